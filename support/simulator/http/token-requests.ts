// Reads a request for a token, of both versions of the endpoint: whose token it asks for, or the first thing that is wrong with it.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { type Account, type App, appOf, type Directory, knowsTenant, personNamed } from '../identity/directory'
import { GRAPH_AUDIENCE } from '../identity/tokens'
import { bad, lacking, notPlayed, type OAuthFault, tenantNotFound, unproven } from './oauth-faults'

/** Version 1 names what the token is for by `resource`, version 2 by `scope`. */
export type EndpointVersion = 1 | 2

export interface TokenRequest {
  readonly version: EndpointVersion
  readonly tenant: string
  readonly form: URLSearchParams
  /** Milliseconds since the epoch. */
  readonly now: number
}

interface Granted {
  readonly app: App
  /** Who signed in; null for a token of the app itself. */
  readonly person: Account | null
}

/** Grants that the token service has and a bot that calls does not use (documented: OAuth flows of the identity platform). */
const OTHER_GRANTS = [
  ...['authorization_code', 'refresh_token', 'device_code'],
  ...['device_code', 'jwt-bearer', 'saml2-bearer', 'saml1_1-bearer'].map((name) => `urn:ietf:params:oauth:grant-type:${name}`),
]

const RESOURCES: readonly string[] = [GRAPH_AUDIENCE, `${GRAPH_AUDIENCE}/`, '00000003-0000-0000-c000-000000000000']

/** In the order of the token service's own checks (assumption). */
export function readTokenRequest(directory: Directory, request: TokenRequest): Granted | OAuthFault {
  const { tenant, form } = request
  const grant = form.get('grant_type')
  if (grant === null) return lacking('grant_type')
  if (OTHER_GRANTS.includes(grant)) return notPlayed(`the grant type ${grant}`, 'send grant_type=client_credentials')
  if (grant !== 'client_credentials' && grant !== 'password')
    return bad('unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`)
  const clientId = form.get('client_id')
  if (clientId === null) return lacking('client_id')
  if (!knowsTenant(directory, tenant)) return tenantNotFound(tenant)
  const app = appOf(directory, clientId)
  if (app === undefined || app.tenantId !== tenant) {
    return bad(
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${tenant}'.`,
    )
  }
  const fault = proofFault(request, app) ?? purposeFault(request, grant)
  if (fault !== null) return fault
  if (grant === 'client_credentials') return { app, person: null }
  const person = personOf(directory, form)
  return 'error' in person ? person : { app, person }
}

/** Whether the app proves who it is: by its secret, or by an assertion that fits it. */
function proofFault(request: TokenRequest, app: App): OAuthFault | null {
  const { form } = request
  const assertion = form.get('client_assertion')
  if (assertion !== null) return assertionFault(request, assertion, app)
  const secret = form.get('client_secret')
  if (secret === null)
    return unproven(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
  return secret === app.secret ? null : unproven(7000215, 'Invalid client secret provided.')
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** By how many seconds the clocks may differ. */
const SKEW_SECONDS = 300

/** Documented: page on certificate credentials. The world has no certificates, so that any signature is taken. */
function assertionFault({ tenant, form, now }: TokenRequest, assertion: string, { clientId }: App): OAuthFault | null {
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) return lacking('client_assertion_type')
  const read = jwtOf(assertion)
  if (read === null) return unproven(50027, 'JWT token is invalid or malformed.')
  const { iss, sub, aud, exp, nbf } = read
  if (typeof iss === 'string' && URL.canParse(iss))
    return notPlayed(
      'federated credentials',
      'send a secret, or an assertion that the app issues itself (iss and sub its client id)',
    )
  if (iss !== clientId || sub !== clientId)
    return unproven(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")
  const places = [`/${tenant}/oauth2/v2.0/token`, `/${tenant}/oauth2/token`, `/${tenant}/v2.0`, `/${tenant}`, `/${tenant}/`]
  const meant = [aud ?? []].flat().some((one) => URL.canParse(one) && places.includes(new URL(one).pathname))
  if (!meant) return unproven(700023, "Client assertion audience claim doesn't match the realm issuer.")
  const seconds = now / 1000
  if (typeof exp !== 'number' || exp + SKEW_SECONDS <= seconds || (nbf ?? 0) - SKEW_SECONDS > seconds)
    return unproven(700024, 'Client assertion is not within its valid time range.')
  return null
}

function jwtOf(assertion: string) {
  try {
    const { alg } = decodeProtectedHeader(assertion)
    return alg === 'RS256' || alg === 'PS256' ? decodeJwt(assertion) : null
  } catch {
    return null
  }
}

/** Whether the token is asked for Graph, in the way of the endpoint's version. */
function purposeFault({ version, tenant, form }: TokenRequest, grant: string): OAuthFault | null {
  const [resource, scope] = [form.get('resource'), form.get('scope')]
  if (version === 1) {
    if (resource === null) return { ...lacking('resource'), remedy: `send resource=${GRAPH_AUDIENCE}; scope is for version 2` }
    if (RESOURCES.includes(resource)) return null
    return bad(
      'invalid_resource',
      500011,
      `The resource principal named ${resource} was not found in the tenant named ${tenant}.`,
    )
  }
  if (resource !== null) return bad('invalid_request', 901002, "The 'resource' request parameter is not supported.")
  if (grant === 'password') return scope === null ? lacking('scope') : null
  if (scope === `${GRAPH_AUDIENCE}/.default`) return null
  return bad(
    'invalid_scope',
    1002012,
    `The provided value for scope is not valid: client credential flows must have the scope ${GRAPH_AUDIENCE}/.default.`,
  )
}

function personOf(directory: Directory, form: URLSearchParams): Account | OAuthFault {
  const [username, password] = [form.get('username'), form.get('password')]
  if (username === null || password === null) return lacking(username === null ? 'username' : 'password')
  const person = personNamed(directory, username)
  if (person === undefined)
    return bad('invalid_grant', 50034, `The user account ${username} does not exist in the ${form.get('client_id')} directory.`)
  if (password !== `simulated-${person.id}`)
    return bad('invalid_grant', 50126, 'Error validating credentials due to invalid username or password.')
  return person
}
