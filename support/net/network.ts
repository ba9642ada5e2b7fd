// Opens the network to a real Graph: one dispatcher with its own trust, proxies and time limits. Nothing global changes.
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import tls from 'node:tls'
import { Agent, type buildConnector, EnvHttpProxyAgent, Pool, type RequestInit as UndiciInit, fetch as undiciFetch } from 'undici'
import type { Fetch } from '../contract/exchange'
import { HarnessError } from '../contract/failures'
import { onLoopback } from '../contract/loopback'

export interface NetworkOptions {
  /** PEM file with further certificate authorities (GRAPH_CA_FILE); null: those of the machine alone. */
  readonly caFile: string | null
  /** Proxies are read from here, never from the process: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in capitals or not. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** How long a connection may take, a proxy's tunnel and the TLS handshake each, in milliseconds. */
  readonly connectTimeoutMs: number
  /** How long the head of an answer may take, in milliseconds. */
  readonly headersTimeoutMs: number
  /** How long the body of an answer may pause, in milliseconds. */
  readonly bodyTimeoutMs: number
}

export interface Network {
  readonly fetch: Fetch
  /** Ends every connection, also one on which an answer is awaited. */
  close(): Promise<void>
}

/**
 * Opens the network of a run. Nothing global changes: the dispatcher of other code in the process stays what it was.
 * Without HTTPS_PROXY, HTTP_PROXY is used for https as well, as undici does. What is on loopback is reached without a proxy, even if NO_PROXY
 * does not list it: a proxy's own loopback is another machine's.
 * @throws HarnessError that names GRAPH_CA_FILE or the variable of a proxy, and what to write; never an address of a proxy, which may hold a password
 */
export function openNetwork(options: NetworkOptions): Network {
  const { connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs } = options
  const connect = { secureContext: trust(options), timeout: connectTimeoutMs }
  const limits = { headersTimeout: headersTimeoutMs, bodyTimeout: bodyTimeoutMs }
  const direct = new Agent({ connect, ...limits })
  const dispatcher = new EnvHttpProxyAgent({
    connect,
    // Through a proxy undici forgets `connect`: these are the connections to the proxy, and through it.
    proxyTls: connect,
    requestTls: connect,
    // A proxy that is asked for a tunnel and never answers would otherwise be waited for five minutes.
    clientFactory: (origin, { connect, ...proxy }: { connect: buildConnector.connector }) =>
      new Pool(origin, { ...proxy, connect: withoutAddressAsName(connect), headersTimeout: connectTimeoutMs }),
    ...limits,
    ...proxiesOf(options.environment),
  })
  return {
    fetch: async (url, init) => {
      try {
        // The types of undici's own fetch differ from the global ones in names alone.
        const through = onLoopback(url) ? direct : dispatcher
        return (await undiciFetch(url, { ...(init as UndiciInit), dispatcher: through })) as unknown as Response
      } catch (error) {
        throw withFirstCause(error)
      }
    },
    close: async () => void (await Promise.all([direct.destroy(), dispatcher.destroy()])),
  }
}

/** undici names a proxy by its IP address in the TLS handshake, which RFC 6066, section 3, forbids and Node 26 refuses. */
function withoutAddressAsName(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect({ ...options, servername: isIP(options.servername ?? '') === 0 ? options.servername : undefined }, callback)
}

/** A proxy's refusal comes wrapped in "Request was cancelled", which explains nothing. */
function withFirstCause(error: unknown): unknown {
  let cause = (error as Error).cause
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  return cause === (error as Error).cause ? error : new TypeError((error as Error).message, { cause })
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** One context for every connection: authorities given to each connection would be parsed for each (measured: 32 ms against 3). */
function trust({ caFile, environment }: NetworkOptions): tls.SecureContext {
  if (caFile === null) return tls.createSecureContext()
  return tls.createSecureContext({ ca: [...rootsOf(environment), ...authoritiesIn(caFile)] })
}

/** The authorities that Node trusts by itself, those of NODE_EXTRA_CA_CERTS included; Node 20 does not list the latter. */
function rootsOf(environment: NetworkOptions['environment']): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (kind: 'default') => string[] }
  if (getCACertificates !== undefined) return getCACertificates('default')
  const extra = environment.NODE_EXTRA_CA_CERTS
  try {
    return [...tls.rootCertificates, ...(extra === undefined ? [] : (readFileSync(extra, 'utf8').match(CERTIFICATE) ?? []))]
  } catch {
    // Node itself warns of such a file at its start, and goes on.
    return tls.rootCertificates
  }
}

function authoritiesIn(caFile: string): readonly string[] {
  const fault = (cause: string) =>
    new HarnessError(`GRAPH_CA_FILE: ${caFile} ${cause}: write the path of a PEM file with at least one certificate`)
  let found: RegExpMatchArray | null
  try {
    found = readFileSync(caFile, 'utf8').match(CERTIFICATE)
  } catch (error) {
    throw fault(`cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  if (found === null) throw fault('holds no certificate')
  // One that cannot be read would be passed over in silence.
  for (const [at, pem] of found.entries()) if (!isCertificate(pem)) throw fault(`holds an invalid certificate (number ${at + 1})`)
  return found
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

/** Small letters win, as everywhere. An empty text says "none", where undici would look into the process. */
const PROXY_VARIABLES = [
  { option: 'httpsProxy', names: ['https_proxy', 'HTTPS_PROXY'] },
  { option: 'httpProxy', names: ['http_proxy', 'HTTP_PROXY'] },
  { option: 'noProxy', names: ['no_proxy', 'NO_PROXY'] },
] as const

type Proxies = Record<(typeof PROXY_VARIABLES)[number]['option'], string>

function proxiesOf(environment: NetworkOptions['environment']): Proxies {
  const proxies = PROXY_VARIABLES.map(({ option, names }) => {
    const name = names.find((one) => environment[one] !== undefined)
    const written = name === undefined ? '' : (environment[name] ?? '')
    if (name !== undefined && option !== 'noProxy' && written !== '' && !isProxy(written))
      throw new HarnessError(`${name} is no address of a proxy: write http://HOST:PORT, a user name and password percent-encoded`)
    return [option, written] as const
  })
  return Object.fromEntries(proxies) as Proxies
}

/** Whether a proxy can be reached under this address; user name and password must be percent-encoded. */
export function isProxy(written: string): boolean {
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) return false
  const { username, password } = new URL(written)
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}
