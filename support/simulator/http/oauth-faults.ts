// How the simulated token service refuses: the error that names what is wrong, and for the journal what corrects it.
import { SIMULATOR_NOT_IMPLEMENTED } from '../../contract/messages'
import { GRAPH_AUDIENCE } from '../identity/tokens'
import { strangersWords } from '../runtime/redact'

export interface OAuthFault {
  readonly status: 400 | 401 | 404 | 501
  readonly error: string
  /** Number of the AADSTS error; 0 where the fault is the simulator's. */
  readonly number: number
  readonly description: string
  /** In place of what the number says. */
  readonly remedy?: string
}

const APPS = 'the apps with their credentials are printed at the start and stand in the seed file'
const PATHS = 'ask for a token at POST /TENANT/oauth2/v2.0/token (scope) or POST /TENANT/oauth2/token (resource)'

/** What corrects a fault, by the number of its error. Numbers and words: page on the error codes of the token service, but for the last part of some. */
const REMEDIES: Readonly<Record<number, string>> = {
  900144: 'send it in the body as application/x-www-form-urlencoded',
  900561: PATHS,
  70003: 'send grant_type=client_credentials, the only one for a bot that calls',
  90002: `the tenant is the first segment of the path, and its own id: common and organizations have no credentials of an app; ${APPS}`,
  700016: `both client id and tenant must be those of one app; ${APPS}`,
  7000218: 'send the client_secret of the app',
  7000215: `${APPS}; unless the seed file says otherwise a secret is "simulated-" and the client id`,
  1002012: 'send this scope and no other; the permissions come from the seed file',
  901002: `send scope=${GRAPH_AUDIENCE}/.default here, or the resource to POST /TENANT/oauth2/token`,
  500011: `send resource=${GRAPH_AUDIENCE}`,
  50034: 'send as username the name or the id of a person of the seed file',
  50126: 'the password of a person is "simulated-" and the id of the person',
  50049: 'configure that this address is an authority (MSAL: knownAuthorities, with the port), or ask it about itself',
  50027: 'sign a JWT with RS256 or PS256, and send it whole',
  700021: 'both iss and sub of the assertion must be the client id',
  700023: 'aud of the assertion must be the address of the token endpoint that it is sent to',
  700024: 'give the assertion an nbf and an exp around now',
}

/** What the journal says of a fault. */
export function diagnosisOf({ number, description, remedy = REMEDIES[number] }: OAuthFault): string {
  return `${strangersWords(description, 250)}${remedy === undefined ? '' : ` Remedy: ${remedy}.`}`
}

/** The body of the answer (observed: errors of the token service). */
export function faultBody({ error, number, description }: OAuthFault, newId: () => string, now: number): object {
  return {
    error,
    error_description: number === 0 ? description : `AADSTS${number}: ${description}`,
    error_codes: number === 0 ? [] : [number],
    timestamp: new Date(now).toISOString().replace('T', ' ').slice(0, 20).replace('.', 'Z'),
    trace_id: newId(),
    correlation_id: newId(),
  }
}

export function bad(error: string, number: number, description: string): OAuthFault {
  return { status: 400, error, number, description }
}

/** The client could not prove who it is. */
export function unproven(number: number, description: string): OAuthFault {
  return { status: 401, error: 'invalid_client', number, description }
}

export const lacking = (parameter: string): OAuthFault =>
  bad('invalid_request', 900144, `The request body must contain the following parameter: '${parameter}'.`)

export const tenantNotFound = (tenant: string): OAuthFault => bad('invalid_request', 90002, `Tenant '${tenant}' not found.`)

/** The token service has it, the simulator does not. */
export function notPlayed(what: string, remedy: string): OAuthFault {
  return {
    status: 501,
    error: SIMULATOR_NOT_IMPLEMENTED,
    number: 0,
    description: `The simulated token service does not play ${what}.`,
    remedy,
  }
}

/** Which words the token service has for an unknown path is not documented. */
export function noSuchPath(method: string, path: string): OAuthFault {
  const remedy = path.includes('//') ? `write one slash in place of two; ${PATHS}` : PATHS
  const description = `The simulated token service has no ${method} ${path}: ${PATHS}.`
  return { status: 404, error: 'not_found', number: 0, description, remedy }
}

export function wrongMethod(method: string): OAuthFault {
  return bad('invalid_request', 900561, `The endpoint only accepts POST requests. Received a ${method} request.`)
}
