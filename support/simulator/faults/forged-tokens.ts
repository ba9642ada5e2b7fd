// Faults of the token that comes with a notification: forged in ways that a bot must refuse, missing, or signed with a new key.
import { createPublicKey } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import { documented } from '../core/provenance'
import { GRAPH_AUDIENCE, NOTIFICATION_ISSUER, publicJwk, seconds, signed } from '../identity/tokens'
import type { Notification } from '../runtime/outbox'
import { type Aim, describeNotification, type FaultRows, type Work } from './fault'

const HOUR = 3_600

/** The claims of a valid token. Times are seconds on the bot's clock. */
function claimsFor({ audience, tenantId }: Notification, { verifierNow }: Aim) {
  const now = seconds(verifierNow())
  return { aud: audience, iss: NOTIFICATION_ISSUER, iat: now, nbf: now, exp: now + HOUR, tid: tenantId }
}
type Claims = ReturnType<typeof claimsFor>

/** Another token in place of a valid one; null: no Authorization header. */
const forging =
  (forge: (claims: Claims, aim: Aim, token: string) => string | null | Promise<string | null>, did: string): Work =>
  (aim) => ({
    post: async ({ notification, init }, next) => {
      const message = describeNotification(notification)
      if (!aim.claim(message)) return next(init)
      aim.did(message, did)
      const headers = new Headers(init.headers)
      const token = String(headers.get('authorization')).replace(/^Bearer /, '')
      const forged = await forge(claimsFor(notification, aim), aim, token)
      if (forged === null) headers.delete('authorization')
      else headers.set('authorization', `Bearer ${forged}`)
      return next({ ...init, headers: Object.fromEntries(headers) })
    },
  })

/** A properly signed token with other claims. */
const claiming = (others: (claims: Claims) => JWTPayload, did: string): Work =>
  forging((claims, { keys }) => signed({ ...claims, ...others(claims) }, keys.notification), did)

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Takes the published key as the secret of an HMAC: a bot that trusts the token's own `alg` accepts it. */
function signWithHmac(claims: Claims, { keys }: Aim): Promise<string> {
  const { kid, publicJwk: jwk } = keys.notification
  const secret = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid }).sign(Buffer.from(secret as string))
}

function alter(token: string): string {
  const [header, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  return [header, encode({ ...claims, altered: true }), signature].join('.')
}

/** Signs with the other key of the simulator, which the list of keys has from now on. */
const rotate: Work = (aim, values) => {
  let rotated = false
  const sign = forging((claims, { keys }) => {
    rotated = true
    return signed(claims, keys.token)
  }, 'comes with a token of the new key')
  return {
    ...sign(aim, values),
    request: async ({ service, request }, next) => {
      const response = await next()
      if (service !== 'keys' || !new URL(request.url).pathname.endsWith('/keys')) return response
      const { keys } = (await response.clone().json()) as { keys: readonly object[] }
      const headers = new Headers(response.headers)
      headers.delete('content-length')
      return Response.json({ keys: [...keys, publicJwk(aim.keys.token)] }, { headers })
    },
    busy: () => rotated,
  }
}

/** @param checked what a bot checks to notice the fault */
const row = (description: string, checked: string, work: Work) => ({
  description,
  ...documented(`Teams page on call notifications: a bot checks ${checked} of the token`),
  work,
})

export const TOKEN_FAULTS: FaultRows = {
  'token-missing': row(
    'A notification comes without a token.',
    'signature',
    forging(() => null, 'comes without a token'),
  ),
  'token-malformed': row(
    'The token of a notification is a word.',
    'signature',
    forging(() => 'token', 'comes with a word as its token'),
  ),
  'token-unsigned': row(
    'The token of a notification says that it needs no signature (alg none).',
    'signature',
    forging(
      (_claims, _aim, token) => `${encode({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1]}.`,
      'comes with an unsigned token',
    ),
  ),
  'token-of-hmac': row(
    'The token of a notification is signed by HMAC, with the published key as the secret.',
    'signature',
    forging((claims, aim) => signWithHmac(claims, aim), 'comes with a token signed by HMAC'),
  ),
  'token-altered': row(
    'The token of a notification was altered after it was signed.',
    'signature',
    forging((_claims, _aim, token) => alter(token), 'comes with an altered token'),
  ),
  'signed-by-another-key': row(
    'The token of a notification is signed with another key than it names.',
    'signature',
    forging(
      (claims, { keys }) => signed(claims, { ...keys.token, kid: keys.notification.kid }),
      'comes with a token signed with another key',
    ),
  ),
  'signed-by-an-unpublished-key': row(
    'The token of a notification is signed with a key that is not published.',
    'signature',
    forging((claims, { keys }) => signed(claims, keys.token), 'comes with a token signed with an unpublished key'),
  ),
  'token-expired': row(
    'The token of a notification has expired.',
    'validity',
    claiming(({ iat }) => ({ iat: iat - 2 * HOUR, nbf: iat - 2 * HOUR, exp: iat - HOUR }), 'comes with an expired token'),
  ),
  'token-early': row(
    'The token of a notification is not valid yet.',
    'validity',
    claiming(({ iat }) => ({ nbf: iat + HOUR, exp: iat + 2 * HOUR }), 'comes with a token that is not valid yet'),
  ),
  'audience-another-app': row(
    'The token of a notification names another app as its audience.',
    'audience',
    claiming(() => ({ aud: '00000000-0000-4000-8000-000000000000' }), 'comes with a token for another app'),
  ),
  'issuer-foreign': row(
    'The token of a notification names an unknown issuer.',
    'issuer',
    claiming(() => ({ iss: 'https://issuer.contoso.com' }), 'comes with a token of an unknown issuer'),
  ),
  'token-for-graph': row(
    'The token of a notification is an access token for Graph.',
    'issuer and audience',
    forging(
      (claims, { keys }) => signed({ ...claims, aud: GRAPH_AUDIENCE, iss: `https://sts.windows.net/${claims.tid}/` }, keys.token),
      'comes with a token for Graph',
    ),
  ),
  'keys-rotated': row('A notification is signed with a new key, which is published beside the old one.', 'the key', rotate),
}
