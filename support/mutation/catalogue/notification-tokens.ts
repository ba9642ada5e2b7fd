// Deviations in the token of a notification: its claims, its signature and its key.
import { createPublicKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { NOTIFICATION_ISSUER, signed } from '../../simulator/identity/tokens'
import type { Notification } from '../../simulator/runtime/outbox'
import type { World, Wrap } from '../../simulator/wrapping'
import { isRoster, stateOf } from '../wrap/notifications'
import { UNKNOWN_ID } from '../wrap/responses'
import { deviationsFrom } from './rows'

/** In seconds. */
const HOUR = 3_600

interface Claims {
  readonly aud: string
  readonly iss: string
  readonly iat: number
  readonly nbf: number
  readonly exp?: number
  readonly tid: string
}

/** The claims of a valid token; times in seconds, on the clock of the bot. */
function claimsFor({ audience, tenantId }: Notification, { verifierNow }: World): Claims {
  const now = Math.floor(verifierNow() / 1000)
  return { aud: audience, iss: NOTIFICATION_ISSUER, iat: now, nbf: now, exp: now + HOUR, tid: tenantId }
}

type ClaimChange = (claims: Claims, notification: Notification) => Partial<Record<keyof Claims, string | number | undefined>>

/** Replaces claims and signs the token with a key; undefined removes a claim. */
const claims =
  (
    change: ClaimChange,
    picks: (notification: Notification) => boolean = () => true,
    keyOf = ({ keys }: World) => keys.notification,
  ): Wrap =>
  ({ sign }, world) => ({
    sign: (notification) => {
      if (!picks(notification)) return sign(notification)
      const own = claimsFor(notification, world)
      return signed(JSON.parse(JSON.stringify({ ...own, ...change(own, notification) })), keyOf(world))
    },
  })

const all = () => true

/** Signs valid claims with another key. */
const key = (keyOf: (world: World) => World['keys']['token']): Wrap => claims(() => ({}), all, keyOf)

/** Changes a token after it is signed. */
const text =
  (change: (token: string) => string): Wrap =>
  ({ sign }) => ({ sign: async (notification) => change(await sign(notification)) })

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const decoded = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as object

function altered(token: string): string {
  const [header, payload, signature] = token.split('.')
  return [header, encoded({ ...decoded(payload), altered: true }), signature].join('.')
}

/** Signs with HMAC and the published key as its secret: a bot that trusts the algorithm of the token accepts it. */
const hmac: Wrap = (_, world) => ({
  sign: (notification) => {
    const { kid, publicJwk } = world.keys.notification
    const secret = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    return new SignJWT({ ...claimsFor(notification, world) })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
      .sign(Buffer.from(secret as string))
  },
})

const tokenOfFirst: Wrap = ({ sign }) => {
  let first: Promise<string> | null = null
  return { sign: (notification) => (first ??= sign(notification)) }
}

const tokenServiceOf = ({ tid }: Claims) => `https://sts.windows.net/${tid}/`

const refused = (subject: string) => new RegExp(`token of a notification is refused: .*${subject}`)
const [AUDIENCE, ISSUER, EXPIRY, KEY, SIGNATURE] = [
  refused('"aud"'),
  refused('"iss"'),
  refused('"exp"'),
  refused('no applicable key'),
  refused('signature'),
]

export const NOTIFICATION_TOKENS = deviationsFrom({
  'CC-50': {
    'audience-another-app': ['The notification token is for another app.', AUDIENCE, claims(() => ({ aud: UNKNOWN_ID }))],
    'audience-graph': ['The notification token is for Graph.', AUDIENCE, claims(() => ({ aud: 'https://graph.microsoft.com' }))],
    'audience-callback': [
      'The notification token is for the callback.',
      AUDIENCE,
      claims((_, { callbackUri }) => ({ aud: callbackUri })),
    ],
    'audience-missing': ['The notification token has no audience.', AUDIENCE, claims(() => ({ aud: undefined }))],
    'roster-to-another-audience': [
      'The token of a roster is for another app.',
      AUDIENCE,
      claims(() => ({ aud: UNKNOWN_ID }), isRoster),
    ],
    'established-to-another-audience': [
      'The token of established is for another app.',
      AUDIENCE,
      claims(
        () => ({ aud: UNKNOWN_ID }),
        (notification) => stateOf(notification) === 'established',
      ),
    ],
    'token-of-the-first-bot': ['Every notification has the token of the first.', AUDIENCE, tokenOfFirst],
    'issuer-foreign': [
      'The notification token has an unknown issuer.',
      ISSUER,
      claims(() => ({ iss: 'https://issuer.contoso.com' })),
    ],
    'issuer-of-the-tenant': [
      'The issuer of the notification token is that of the tenant.',
      ISSUER,
      claims((own) => ({ iss: tokenServiceOf(own) })),
    ],
    'issuer-missing': ['The notification token has no issuer.', ISSUER, claims(() => ({ iss: undefined }))],
    'token-expired': [
      'The notification token has expired.',
      EXPIRY,
      claims(({ iat }) => ({ iat: iat - 2 * HOUR, nbf: iat - 2 * HOUR, exp: iat - HOUR })),
    ],
    'token-early': [
      'The notification token is not valid yet.',
      refused('"nbf"'),
      claims(({ iat }) => ({ nbf: iat + HOUR, exp: iat + 2 * HOUR })),
    ],
    'token-for-ever': ['The notification token never expires.', EXPIRY, claims(() => ({ exp: undefined }))],
    'token-unsigned': [
      'The notification token has the algorithm none.',
      refused('alg'),
      text((token) => `${encoded({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1]}.`),
    ],
    'token-of-hmac': ['The notification token is signed with the published key as an HMAC secret.', refused('alg'), hmac],
    'signed-by-another-key': [
      'The notification token is signed with another key than its kid.',
      SIGNATURE,
      key(({ keys }) => ({ ...keys.token, kid: keys.notification.kid })),
    ],
    'signed-by-an-unpublished-key': [
      'The notification token is signed with an unpublished key.',
      KEY,
      key(({ keys }) => keys.token),
    ],
    'token-altered': ['The notification token is altered after it is signed.', SIGNATURE, text(altered)],
    'token-cut-off': ['The notification token is cut off.', SIGNATURE, text((token) => token.slice(0, -100))],
    'token-malformed': ['The notification token is no JWT.', refused('Compact JWS'), text(() => 'token')],
    'token-of-the-request': [
      'The notification token is one for Graph.',
      KEY,
      claims(
        (own) => ({ aud: 'https://graph.microsoft.com', iss: tokenServiceOf(own) }),
        all,
        ({ keys }) => keys.token,
      ),
    ],
  },
  'CC-50b': {
    'tenant-missing-in-token': ['The notification token names no tenant.', /has no tid/, claims(() => ({ tid: undefined }))],
    'another-tenant-in-token': [
      'The notification token names another tenant.',
      /has tid ".*"; documented: the tenant/,
      claims(() => ({ tid: UNKNOWN_ID })),
    ],
    'another-tenant-in-tokens-of-rosters': [
      'The token of a roster names another tenant.',
      /roster updated.* has tid/,
      claims(() => ({ tid: UNKNOWN_ID }), isRoster),
    ],
  },
})
