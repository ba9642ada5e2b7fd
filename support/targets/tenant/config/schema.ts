// What each variable of a tenant target may hold: one schema per variable, with its default. No error repeats a value.
import { z } from 'zod'
import { type CauseAndRemedy, reportProblem } from '../../../contract/fixture'
import { onLoopback } from '../../../contract/loopback'
import { callsPaths, DEFAULT_CALLS_PATH } from '../../../contract/revisions'
import { isProxy } from '../../../net/network'
import { type Read, readAuthorities, readCertificate, readTokenFile } from './pem'

export const CREDENTIALS = ['GRAPH_CLIENT_SECRET', 'GRAPH_CLIENT_CERTIFICATE', 'GRAPH_FEDERATED_TOKEN_FILE'] as const

interface Rules {
  /** A valid address, for the error. */
  readonly example: string
  /** Whether http will do on loopback. */
  readonly plain: boolean
  /** Why a path is wrong here, by what the path is; null where any path is right. */
  readonly noPath: { readonly pattern: RegExp; readonly fault: CauseAndRemedy } | null
}

/** What is wrong with an address; the first that holds is reported. */
const WRONG: readonly {
  readonly holds: (url: URL, written: string, rules: Rules) => boolean
  readonly fault: (rules: Rules) => CauseAndRemedy
}[] = [
  {
    holds: ({ username, password }) => username !== '' || password !== '',
    fault: ({ example }) => ({ cause: 'has credentials in it', remedy: `write it without them, as in ${example}` }),
  },
  {
    holds: ({ protocol, href }, _, { plain }) => protocol === 'http:' && !(plain && onLoopback(href)),
    fault: ({ example, plain }) => ({
      cause: plain ? 'is plain http, which only loopback may be' : 'is plain http',
      remedy: `write an address as ${example}`,
    }),
  },
  {
    holds: (_, written) => /[?#]/.test(written),
    fault: ({ example }) => ({ cause: 'has a query or a fragment', remedy: `write it without, as in ${example}` }),
  },
  {
    holds: ({ pathname }, _, { noPath }) => noPath?.pattern.test(pathname) ?? false,
    fault: ({ noPath }) => noPath?.fault ?? { cause: 'has a path', remedy: 'remove it' },
  },
]

/** An address without a slash at its end. */
function readAddress(written: string, rules: Rules): Read<string> {
  if (!/^https?:\/\/[^\s/]\S*$/i.test(written) || !URL.canParse(written))
    return { fault: { cause: 'is no web address', remedy: `write a whole one, as in ${rules.example}` } }
  const url = new URL(written)
  const wrong = WRONG.find(({ holds }) => holds(url, written, rules))
  return wrong === undefined ? { value: url.origin + url.pathname.replace(/\/+$/, '') } : { fault: wrong.fault(rules) }
}

const address = (rules: Rules) => (written: string) => readAddress(written, rules)
const PEOPLE: Rules = { example: 'http://127.0.0.1:3981', plain: true, noPath: null }
const OPENID = 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration'

/** A schema whose text is read by a function; a variable that is unset or blank has its default. */
function setting<Value>(read: (written: string) => Read<Value>) {
  return z
    .string()
    .trim()
    .transform((written, context): Value => {
      const result = read(written)
      if (result.fault === undefined) return result.value
      reportProblem(context, [], result.fault)
      return z.NEVER
    })
}

const id = (remedy: string) =>
  setting((written): Read<string> => {
    const fault = { cause: 'is no GUID', remedy }
    return z.guid().safeParse(written).success ? { value: written.toLowerCase() } : { fault }
  })

const TENANT = "write the tenant's directory id, a GUID, from the overview of the registration"
const CLIENT = 'write the application (client) id, a GUID, from the overview of the registration'

/** Each variable in the order of the documentation; what has neither a default nor `.optional()` is required. */
export const SETTINGS = {
  GRAPH_BASE_URL: setting(
    address({
      example: 'https://graph.microsoft.com',
      plain: true,
      noPath: {
        pattern: /\/(beta|v1\.0)(\/|$)/i,
        fault: { cause: 'names a version', remedy: 'write the root of the service; the version belongs to GRAPH_CALLS_PATH' },
      },
    }),
  ).prefault('https://graph.microsoft.com'),
  GRAPH_CALLS_PATH: setting((written): Read<string> => {
    const found = callsPaths().find((path) => path === written.replace(/\/+$/, ''))
    const fault = { cause: 'is an unknown path', remedy: `write one of ${callsPaths().join(', ')}` }
    return found === undefined ? { fault } : { value: found }
  }).prefault(DEFAULT_CALLS_PATH),
  GRAPH_AUTHORITY_URL: setting(
    address({
      example: 'https://login.microsoftonline.com',
      plain: false,
      noPath: {
        pattern: /[^/]/,
        fault: { cause: 'has a path', remedy: 'write scheme and host only; the tenant is added from GRAPH_TENANT_ID' },
      },
    }),
  ).prefault('https://login.microsoftonline.com'),
  GRAPH_SCOPE: setting((written): Read<string> => {
    const fault = { cause: 'is no scope for client credentials', remedy: 'write one scope that ends in /.default' }
    return /^\S+\/\.default$/.test(written) ? { value: written } : { fault }
  }).prefault('https://graph.microsoft.com/.default'),
  GRAPH_TENANT_ID: id(TENANT),
  GRAPH_CLIENT_ID: id(CLIENT),
  GRAPH_CLIENT_SECRET: z
    .string()
    .transform((written, context) => {
      if (written !== written.trim())
        reportProblem(context, [], { cause: 'begins or ends with white space', remedy: 'write the value of the secret alone' })
      return written
    })
    .optional(),
  GRAPH_CLIENT_CERTIFICATE: setting((written) => readCertificate(written, Date.now())).optional(),
  GRAPH_FEDERATED_TOKEN_FILE: setting(readTokenFile).optional(),
  GRAPH_CAST: setting((written): Read<string> => ({ value: written })),
  GRAPH_CA_FILE: setting(readAuthorities).optional(),
  BOT_CALLBACK_URL: setting(address({ example: 'https://bot.contoso.com/callback', plain: true, noPath: null })),
  BOT_CALLBACK_LISTEN: setting(readListen).prefault('127.0.0.1:3979'),
  BOT_NOTIFICATION_OPENID: setting(address({ example: OPENID, plain: false, noPath: null })).prefault(OPENID),
  BOT_NOTIFICATION_AUDIENCE: setting((written): Read<string> => ({ value: written })).optional(),
  GRAPH_PEOPLE: setting((written): Read<string> => {
    if (written === 'attended' || written === 'unattended') return { value: written }
    if (written.includes('://')) return readAddress(written, PEOPLE)
    const remedy = "write attended, unattended, or the address of a simulator's control API"
    return { fault: { cause: 'is unknown', remedy } }
  }).prefault('unattended'),
  GRAPH_PEOPLE_TOKEN: z.string().optional(),
  GRAPH_ALLOW_TENANT: setting((written): Read<string> => ({ value: written.toLowerCase() })).optional(),
  HTTPS_PROXY: setting(readProxy).optional(),
  https_proxy: setting(readProxy).optional(),
  // Read by what opens the connections, which takes this one for https too where there is no other.
  HTTP_PROXY: setting(readProxy).optional(),
  http_proxy: setting(readProxy).optional(),
  NO_PROXY: setting(readExceptions).optional(),
  no_proxy: setting(readExceptions).optional(),
} as const

/** What to write into a variable that must be set. */
export const REMEDIES: { readonly [Name in keyof typeof SETTINGS]?: string } = {
  GRAPH_TENANT_ID: TENANT,
  GRAPH_CLIENT_ID: CLIENT,
  GRAPH_CAST: 'write the path of the YAML file with the people and meetings of the tenant',
  BOT_CALLBACK_URL: 'write the public https address that leads to the local listener',
}

/** `host:port`, an IPv6 address in brackets. */
function readListen(written: string): Read<{ readonly host: string; readonly port: number }> {
  const [, six, host, digits] = /^(?:\[([0-9a-f:.%\w]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(written) ?? []
  const port = Number(digits)
  const name = six ?? host
  if (name === undefined || (six !== undefined && !URL.canParse(`http://[${six.split('%')[0]}]`)))
    return { fault: { cause: 'is no host:port', remedy: 'write for example 127.0.0.1:3979 or [::1]:3979' } }
  // Port 0 would be another one each time, and a tunnel to the listener would not know it.
  return port >= 1 && port <= 65_535
    ? { value: { host: name, port } }
    : { fault: { cause: 'has a port that cannot be used', remedy: 'write a port from 1 to 65535' } }
}

function readProxy(written: string): Read<string> {
  const remedy = 'write http://host:port, with user name and password percent-encoded where there are any'
  return isProxy(written) ? { value: written } : { fault: { cause: 'is no address of a proxy', remedy } }
}

function readExceptions(written: string): Read<string> {
  return written.includes('://')
    ? { fault: { cause: 'holds addresses', remedy: 'write host names only, separated by commas' } }
    : { value: written }
}
