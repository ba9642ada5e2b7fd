// The simulated token service: client credentials with a secret, and the errors that name what is wrong.
import { Hono } from 'hono'
import type { JSONWebKeySet } from 'jose'
import { SIMULATOR_NOT_IMPLEMENTED } from '../../contract/messages'
import { type App, appOf, type Directory, knowsTenant } from '../identity/directory'
import { GRAPH_AUDIENCE, TOKEN_SECONDS } from '../identity/tokens'
import { strangersWords } from '../runtime/redact'
import { serveDiscovery } from './discovery'
import type { Handler } from './graph'
import { type Entry, Notes, recorded } from './journal-requests'

interface LoginParts {
  readonly directory: Directory
  issue(app: App): Promise<string>
  /** The public keys of the tokens that it issues. */
  keys(): JSONWebKeySet
  newId(): string
  now(): number
  /** Records in the journal how a request was answered, and why it was refused. */
  record(entry: Entry): void
}

interface OAuthFault {
  readonly status: 400 | 401 | 501
  readonly error: string
  /** Number of the AADSTS error; 0 where the fault is the simulator's. */
  readonly number: number
  readonly description: string
}

export function loginHandler(parts: LoginParts): Handler {
  const app = new Hono()
  const notes = new Notes()
  app.post('/:tenant/oauth2/v2.0/token', async ({ req, json }) => {
    const form = new URLSearchParams(await req.text())
    const registration = appOf(parts.directory, form.get('client_id') ?? '')
    const fault = faultOf(parts.directory, req.param('tenant'), form, registration)
    if (registration !== undefined) notes.add(req.raw, { appId: registration.clientId })
    if (fault !== null) notes.add(req.raw, { error: fault.error, diagnosis: diagnosisOf(fault) })
    if (fault !== null) return json(faultBody(fault, parts), fault.status)
    const token = await parts.issue(registration as App)
    return json({ token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token: token }, 200, {
      'cache-control': 'no-store',
    })
  })
  serveDiscovery(app, {
    knowsTenant: (tenant) => knowsTenant(parts.directory, tenant),
    keys: parts.keys,
    tenantNotFound: (tenant) => faultBody(tenantNotFound(tenant), parts),
  })
  app.notFound(({ json }) =>
    json({ error: 'not_found', error_description: 'The simulated token service serves POST /{tenant}/oauth2/v2.0/token.' }, 404),
  )
  return recorded('login', notes, async (request) => app.fetch(request), parts.record)
}

const APPS = 'the apps with their credentials are printed at the start and stand in the seed file'

/** What corrects a fault, by the number of its error. */
const REMEDIES: Readonly<Record<number, string>> = {
  900144: 'send it in the body as application/x-www-form-urlencoded',
  70003: 'send grant_type=client_credentials, the only one for a bot that calls',
  90002: `the tenant is the first segment of the path; ${APPS}`,
  700016: `both client id and tenant must be those of one app; ${APPS}`,
  7000218: 'send the client_secret of the app',
  7000215: `${APPS}; unless the seed file says otherwise a secret is "simulated-" and the client id`,
  1002012: 'send this scope and no other; the permissions come from the seed file',
}

function diagnosisOf({ number, description }: OAuthFault): string {
  const remedy = REMEDIES[number]
  return `${strangersWords(description, 250)}${remedy === undefined ? '' : ` Remedy: ${remedy}.`}`
}

/** The first thing wrong with a token request, in the order of the token service's own checks (assumption). */
function faultOf(directory: Directory, tenant: string, form: URLSearchParams, registration: App | undefined): OAuthFault | null {
  const grant = form.get('grant_type')
  if (grant === null)
    return bad('invalid_request', 900144, "The request body must contain the following parameter: 'grant_type'.")
  if (grant !== 'client_credentials')
    return bad('unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`)
  if (!form.has('client_id'))
    return bad('invalid_request', 900144, "The request body must contain the following parameter: 'client_id'.")
  if (!knowsTenant(directory, tenant)) return tenantNotFound(tenant)
  if (registration === undefined || registration.tenantId !== tenant) {
    return bad(
      'unauthorized_client',
      700016,
      `Application with identifier '${form.get('client_id')}' was not found in the directory '${tenant}'.`,
    )
  }
  if (form.has('client_assertion'))
    return { status: 501, error: SIMULATOR_NOT_IMPLEMENTED, number: 0, description: 'The simulator takes a client secret only.' }
  if (!form.has('client_secret')) {
    const wanted = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    return { ...bad('invalid_client', 7000218, wanted), status: 401 }
  }
  if (form.get('client_secret') !== registration.secret)
    return { ...bad('invalid_client', 7000215, 'Invalid client secret provided.'), status: 401 }
  if (form.get('scope') !== `${GRAPH_AUDIENCE}/.default`) {
    return bad(
      'invalid_scope',
      1002012,
      `The provided value for scope is not valid: client credential flows must have the scope ${GRAPH_AUDIENCE}/.default.`,
    )
  }
  return null
}

function tenantNotFound(tenant: string): OAuthFault {
  return bad('invalid_request', 90002, `Tenant '${tenant}' not found.`)
}

function bad(error: string, number: number, description: string): OAuthFault {
  return { status: 400, error, number, description }
}

function faultBody({ error, number, description }: OAuthFault, { newId, now }: LoginParts) {
  return {
    error,
    error_description: number === 0 ? description : `AADSTS${number}: ${description}`,
    error_codes: number === 0 ? [] : [number],
    timestamp: new Date(now()).toISOString().replace('T', ' ').slice(0, 20).replace('.', 'Z'),
    trace_id: newId(),
    correlation_id: newId(),
  }
}
