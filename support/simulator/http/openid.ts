// What a bot needs to check a notification's token: the OpenID configuration and the keys.
import { Hono } from 'hono'
import type { Keys } from '../identity/keys'
import { NOTIFICATION_ISSUER, publicJwk } from '../identity/tokens'
import type { Handler } from './graph'

/** Documented: Teams page on call notifications. */
export const OPENID_PATH = '/v1/.well-known/OpenIdConfiguration'
const KEYS_PATH = '/v1/keys'

export function openIdHandler(keys: Keys): Handler {
  const app = new Hono()
  app.get(OPENID_PATH, ({ req, json }) =>
    json({
      issuer: NOTIFICATION_ISSUER,
      jwks_uri: new URL(req.url).origin + KEYS_PATH,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    }),
  )
  app.get(KEYS_PATH, ({ json }) => json({ keys: [publicJwk(keys.notification)] }))
  app.notFound(({ json }) => json({ error: 'not_found' }, 404))
  return async (request) => app.fetch(request)
}
