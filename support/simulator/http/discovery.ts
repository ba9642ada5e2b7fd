// Serves the documents by which clients find the token service and the keys of tokens and notifications.
import { Hono } from 'hono'
import type { JSONWebKeySet } from 'jose'
import type { Keys } from '../identity/keys'
import { GRAPH_AUDIENCE, NOTIFICATION_ISSUER, publicJwk } from '../identity/tokens'
import type { Handler } from './graph'

interface DiscoveryParts {
  knowsTenant(tenant: string): boolean
  /** The public keys of the token service. */
  keys(): JSONWebKeySet
  /** The body with which the token service refuses a tenant that it does not know. */
  tenantNotFound(tenant: string): object
}

/** With the version and without: MSAL asks for the first, for the second where it is configured that the authority is a plain OpenID one. */
const CONFIGURATIONS = ['/:tenant/v2.0/.well-known/openid-configuration', '/:tenant/.well-known/openid-configuration'] as const

/** Both documents of both versions; an unknown tenant is 400, as at the token endpoint (observed: AADSTS90002). */
export function serveDiscovery(app: Hono, { knowsTenant, keys, tenantNotFound }: DiscoveryParts): void {
  for (const path of CONFIGURATIONS) {
    app.get(path, ({ req, json }) => {
      const tenant = req.param('tenant')
      if (!knowsTenant(tenant)) return json(tenantNotFound(tenant), 400)
      return json(configuration(new URL(req.url).origin, tenant))
    })
  }
  app.get('/:tenant/discovery/v2.0/keys', ({ req, json }) => {
    const tenant = req.param('tenant')
    return knowsTenant(tenant) ? json(keys()) : json(tenantNotFound(tenant), 400)
  })
}

/**
 * What a client needs to know of a tenant's token service. Everything is under the address at which it was asked, the issuer too: MSAL
 * refuses one of another host. The tokens for Graph keep the issuer of version 1, as those of the real service do.
 */
function configuration(origin: string, tenant: string): object {
  const authority = `${origin}/${tenant}`
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    response_types_supported: ['token'],
    scopes_supported: [`${GRAPH_AUDIENCE}/.default`],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['aud', 'iss', 'iat', 'nbf', 'exp', 'tid'],
    tenant_region_scope: null,
  }
}

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
