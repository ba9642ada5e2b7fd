// Serves the documents by which clients find the token service and the keys of tokens and notifications.
import { type Context, Hono } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import type { JSONWebKeySet } from 'jose'
import type { Keys } from '../identity/keys'
import { GRAPH_AUDIENCE, NOTIFICATION_ISSUER, publicJwk } from '../identity/tokens'
import type { Handler } from './graph'
import type { Notes } from './journal-requests'
import { bad, type OAuthFault, tenantNotFound } from './oauth-faults'

interface DiscoveryParts {
  knowsTenant(tenant: string): boolean
  /** The public keys of the token service. */
  keys(): JSONWebKeySet
  /** Answers that it was refused, with the reason in the journal. */
  refuse(context: Context, fault: OAuthFault): Response
}

const CONFIGURATIONS = {
  '/:tenant/v2.0/.well-known/openid-configuration': version2,
  '/:tenant/.well-known/openid-configuration': version1,
} as const

/** The documents of both versions; an unknown tenant is 400, as at the token endpoint (observed: AADSTS90002). */
export function serveDiscovery(app: Hono, { knowsTenant, keys, refuse }: DiscoveryParts): void {
  for (const [path, configuration] of Object.entries(CONFIGURATIONS)) {
    app.get(path, (context) => {
      const tenant = context.req.param('tenant') ?? ''
      if (!knowsTenant(tenant)) return refuse(context, tenantNotFound(tenant))
      return context.json(configuration(new URL(context.req.url).origin, tenant))
    })
  }
  for (const path of ['/:tenant/discovery/v2.0/keys', '/:tenant/discovery/keys'])
    app.get(path, (context) => {
      const tenant = context.req.param('tenant') ?? ''
      return knowsTenant(tenant) || tenant === 'common' ? context.json(keys()) : refuse(context, tenantNotFound(tenant))
    })
  app.get('/common/discovery/instance', (context) => {
    const { url } = context.req
    const asked = new URL(url).searchParams.get('authorization_endpoint') ?? ''
    const found = instance(new URL(url), asked)
    return 'error' in found ? refuse(context, found) : context.json(found)
  })
}

/**
 * What a client needs to know of a tenant's token service. Everything is under the address at which it was asked, the issuer too: MSAL
 * refuses one of another host. The tokens for Graph keep the issuer of version 1, as those of the real service do.
 */
function version2(origin: string, tenant: string): object {
  const authority = `${origin}/${tenant}`
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    ...COMMON,
    scopes_supported: [`${GRAPH_AUDIENCE}/.default`],
  }
}

/** The same for clients of version 1 (observed: the real document, whose issuer is that of the tokens). */
function version1(origin: string, tenant: string): object {
  const authority = `${origin}/${tenant}`
  return {
    issuer: `https://sts.windows.net/${tenant}/`,
    authorization_endpoint: `${authority}/oauth2/authorize`,
    token_endpoint: `${authority}/oauth2/token`,
    jwks_uri: `${origin}/common/discovery/keys`,
    ...COMMON,
  }
}

const COMMON = {
  token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
  response_types_supported: ['token'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
  claims_supported: ['aud', 'iss', 'iat', 'nbf', 'exp', 'tid'],
  tenant_region_scope: null,
}

/** Names of the one real cloud that is played (documented: MSAL's own list of clouds). */
const PUBLIC_CLOUD = {
  preferred_network: 'login.microsoftonline.com',
  preferred_cache: 'login.windows.net',
  aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
} as const

/**
 * Which names an authority has, as ADAL and MSAL ask before the first token (documented: MSAL, "Instance discovery"): the real cloud, and the
 * address at which the simulator was asked.
 * @param asked the authority's address for signing in, `https://HOST/TENANT/oauth2/...`
 */
function instance({ host, protocol }: URL, asked: string): object | OAuthFault {
  const { host: authority, pathname } = URL.canParse(asked) ? new URL(asked) : { host: '', pathname: '' }
  const names: readonly string[] = PUBLIC_CLOUD.aliases
  if (authority !== host && !names.includes(authority)) return bad('invalid_instance', 50049, 'Unknown or invalid instance.')
  const [, tenant, , version] = pathname.split('/')
  const own = names.includes(host) ? [] : [{ preferred_network: host, preferred_cache: host, aliases: [host] }]
  const place = `${names.includes(authority) ? 'https:' : protocol}//${authority}/${tenant}`
  return {
    tenant_discovery_endpoint: `${place}${version === 'v2.0' ? '/v2.0' : ''}/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [PUBLIC_CLOUD, ...own],
  }
}

/** Documented: Teams page on call notifications. */
export const OPENID_PATH = '/v1/.well-known/OpenIdConfiguration'
const KEYS_PATH = '/v1/keys'

/** @param notes what is found out about a request, for the journal */
export function openIdHandler(keys: Keys, notes: Notes): Handler {
  const app = new Hono({ router: new TrieRouter() })
  app.get(OPENID_PATH, ({ req, json }) =>
    json({
      issuer: NOTIFICATION_ISSUER,
      jwks_uri: new URL(req.url).origin + KEYS_PATH,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    }),
  )
  app.get(KEYS_PATH, ({ json }) => json({ keys: [publicJwk(keys.notification)] }))
  app.notFound(({ req, json }) => {
    const diagnosis = `nothing is here: the configuration is at GET ${OPENID_PATH}, the keys at GET ${KEYS_PATH}`
    notes.add(req.raw, { error: 'not_found', diagnosis })
    return json({ error: 'not_found' }, 404)
  })
  return async (request) => app.fetch(request)
}
