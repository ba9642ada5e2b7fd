// Deviations in the token that goes with a notification: who signs it, to whom it is made out, and when it is in force.

import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { NOTIFICATION_ISSUER, signed } from '../../simulator/identity/tokens'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Deviation, World, Wrap } from '../../simulator/wrapping'
import { breaks, NOBODY } from '../wrap/breaks'
import { isRoster, stateOf } from '../wrap/posting'

const HOUR = 3_600

interface Claims {
  readonly aud: string
  readonly iss: string
  readonly iat: number
  readonly nbf: number
  readonly exp?: number
  readonly tid: string
}

/** What a token by the book says; times in seconds, on the clock of whoever checks it. */
function claimsFor({ audience, tenantId }: Notification, { verifierNow }: World): Claims {
  const now = Math.floor(verifierNow() / 1000)
  return { aud: audience, iss: NOTIFICATION_ISSUER, iat: now, nbf: now, exp: now + HOUR, tid: tenantId }
}

type Claiming = (
  claims: Claims,
  notification: Notification,
  world: World,
) => Partial<Record<keyof Claims, string | number | undefined>>

/** Tokens that say something else, properly signed; of the notifications that are picked. */
const claiming =
  (claims: Claiming, picks: (notification: Notification) => boolean = () => true): Wrap =>
  ({ sign }, world) => ({
    sign: (notification) => {
      if (!picks(notification)) return sign(notification)
      const own = claimsFor(notification, world)
      return signed(JSON.parse(JSON.stringify({ ...own, ...claims(own, notification, world) })), world.keys.notification)
    },
  })

/** Tokens by the book, spoilt once they are signed. */
const spoilt =
  (spoil: (token: string) => string): Wrap =>
  ({ sign }) => ({ sign: async (notification) => spoil(await sign(notification)) })

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const decoded = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as object

const unsigned = (token: string) => `${encoded({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1]}.`

/** Signed with HMAC, the published key as the secret: whoever checks by what the token says of itself believes it. */
const confused: Wrap = (_, world) => ({
  sign: (notification) => {
    const { kid, publicJwk } = world.keys.notification
    const secret = createPublicKey({ key: publicJwk as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    return new SignJWT({ ...claimsFor(notification, world) })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
      .sign(Buffer.from(secret as string))
  },
})

const signedBy =
  (key: (world: World) => World['keys']['token']): Wrap =>
  (_, world) => ({
    sign: (notification) => signed({ ...claimsFor(notification, world) }, key(world)),
  })

const refused = (claim: string) => new RegExp(`token of a notification is refused: .*${claim}`)

function signedForGraph(): Wrap {
  return (_, world) => ({
    sign: (notification) => {
      const own = claimsFor(notification, world)
      return signed({ ...own, aud: 'https://graph.microsoft.com', iss: `https://sts.windows.net/${own.tid}/` }, world.keys.token)
    },
  })
}

export const SIGNED: readonly Deviation[] = [
  breaks(
    'CC-50',
    'audience-another-app',
    'The token of a notification is made out to another app.',
    refused('"aud"'),
    claiming(() => ({ aud: NOBODY })),
  ),
  breaks(
    'CC-50',
    'audience-graph',
    'The token of a notification is made out to Graph.',
    refused('"aud"'),
    claiming(() => ({ aud: 'https://graph.microsoft.com' })),
  ),
  breaks(
    'CC-50',
    'audience-callback',
    'The token of a notification is made out to the callback address.',
    refused('"aud"'),
    claiming((_, { callbackUri }) => ({ aud: callbackUri })),
  ),
  breaks(
    'CC-50',
    'audience-missing',
    'The token of a notification is made out to nobody.',
    refused('"aud"'),
    claiming(() => ({ aud: undefined })),
  ),
  breaks(
    'CC-50',
    'roster-to-another-audience',
    'The token of a roster is made out to another app.',
    refused('"aud"'),
    claiming(() => ({ aud: NOBODY }), isRoster),
  ),
  breaks(
    'CC-50',
    'established-to-another-audience',
    'The token of established is made out to another app.',
    refused('"aud"'),
    claiming(
      () => ({ aud: NOBODY }),
      (notification) => stateOf(notification) === 'established',
    ),
  ),
  breaks(
    'CC-50',
    'issuer-foreign',
    'The token of a notification names an issuer that nobody knows.',
    refused('"iss"'),
    claiming(() => ({ iss: 'https://issuer.contoso.com' })),
  ),
  breaks(
    'CC-50',
    'issuer-of-the-tenant',
    'The token of a notification names the token service of the tenant.',
    refused('"iss"'),
    claiming(({ tid }) => ({ iss: `https://sts.windows.net/${tid}/` })),
  ),
  breaks(
    'CC-50',
    'issuer-missing',
    'The token of a notification names no issuer.',
    refused('"iss"'),
    claiming(() => ({ iss: undefined })),
  ),
  breaks(
    'CC-50',
    'token-expired',
    'The token of a notification has expired.',
    refused('"exp"'),
    claiming(({ iat }) => ({ iat: iat - 2 * HOUR, nbf: iat - 2 * HOUR, exp: iat - HOUR })),
  ),
  breaks(
    'CC-50',
    'token-early',
    'The token of a notification is not in force yet.',
    refused('"nbf"'),
    claiming(({ iat }) => ({ nbf: iat + HOUR, exp: iat + 2 * HOUR })),
  ),
  breaks(
    'CC-50',
    'token-for-ever',
    'The token of a notification has no end.',
    refused('"exp"'),
    claiming(() => ({ exp: undefined })),
  ),
  breaks(
    'CC-50',
    'token-unsigned',
    'The token of a notification says of itself that it needs no signature.',
    refused('alg'),
    spoilt(unsigned),
  ),
  breaks(
    'CC-50',
    'token-of-hmac',
    'The token of a notification is signed with the published key as a secret.',
    refused('alg'),
    confused,
  ),
  breaks(
    'CC-50',
    'signed-by-another-key',
    'The token of a notification is signed with another key than it says.',
    refused('signature'),
    signedBy(({ keys }) => ({ ...keys.token, kid: keys.notification.kid })),
  ),
  breaks(
    'CC-50',
    'signed-by-an-unpublished-key',
    'The token of a notification is signed with a key that nobody publishes.',
    refused('no applicable key'),
    signedBy(({ keys }) => keys.token),
  ),
  breaks(
    'CC-50',
    'token-altered',
    'The token of a notification is altered once it is signed.',
    refused('signature'),
    spoilt((token) => {
      const [header, payload, signature] = token.split('.')
      return [header, encoded({ ...decoded(payload), altered: true }), signature].join('.')
    }),
  ),
  breaks(
    'CC-50',
    'token-cut-off',
    'The token of a notification ends in the middle.',
    refused('signature'),
    spoilt((token) => token.slice(0, -100)),
  ),
  breaks(
    'CC-50',
    'token-malformed',
    'The token of a notification is a word.',
    refused('Compact JWS'),
    spoilt(() => 'token'),
  ),
  breaks(
    'CC-50',
    'token-of-the-request',
    'The token of a notification is one for Graph.',
    refused('no applicable key'),
    signedForGraph(),
  ),
]
