// Deliveries of the standalone simulator: they reach this machine and the hosts that were allowed, and cannot be led anywhere else.
import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import type { Agent, buildConnector, Dispatcher } from 'undici'
import { fetchFailed } from '../mounts/direct'
import type { Deliver } from './outbox'

/** Looks a name up: every address that it has. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>

export interface GuardOptions {
  /** Hosts that are reached although they are not this machine: names or addresses, without a port. */
  readonly allowedHosts: readonly string[]
  /** The machine's own, unless said otherwise. */
  readonly lookup?: Lookup
}

export interface GuardedDeliver {
  readonly deliver: Deliver
  /** Ends every connection, also those under way. */
  close(): Promise<void>
}

/** How long a connection may take to come about, in milliseconds. */
const CONNECT_MS = 5_000

/** How much of the bot's answer is read, in bytes, and for how long, in milliseconds: enough for a sentence about what it refused. */
const ANSWER_BYTES = 16 * 1024
const ANSWER_MS = 1_000

/** Why a bot was not reached, by the code of the error; the words stand for what somebody must mend. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'the bot closed the connection before it answered',
  EPIPE: 'the bot closed the connection before it answered',
  UND_ERR_SOCKET: 'the bot closed the connection before it answered',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of its answer are too long',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the callback is https, but what listens there speaks http',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the callback is https, but what listens there speaks http',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

/** Of a certificate that nobody vouches for: Graph refuses such a callback too. */
const UNTRUSTED =
  'its certificate is not trusted: start the simulator with NODE_EXTRA_CA_CERTS=FILE of the authority that issued it'
const UNTRUSTED_CODES: readonly string[] = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/**
 * How notifications travel. A name is looked up once, and the connection goes to the very addresses that were checked. No redirect is
 * followed, no proxy and no dispatcher of the process is used. It rejects as fetch does: a TypeError whose `cause` has a code and says in
 * plain words what happened: EFORBIDDEN for a host that is neither this machine nor allowed, EUNTRUSTED for a certificate that nobody
 * vouches for, else Node's or undici's own.
 */
export function guardedDeliver({ allowedHosts, lookup = systemLookup }: GuardOptions): GuardedDeliver {
  const allowed = new Set(allowedHosts.map(canonicalHost))
  let sender: Promise<Sender> | null = null
  let closed = false

  return {
    deliver: async (url, init) => {
      try {
        if (closed) throw new Error('the simulator has stopped')
        // undici is loaded with the first delivery: a start does not pay for it.
        sender ??= makeSender(allowed, lookup)
        return await send(await sender, url, init)
      } catch (error) {
        init.signal?.throwIfAborted()
        throw fetchFailed(inWords(error))
      }
    },
    close: async () => {
      closed = true
      await (await sender)?.agent.destroy()
    },
  }
}

interface Sender {
  readonly agent: Agent
  readonly request: typeof import('undici').request
}

async function makeSender(allowed: ReadonlySet<string>, lookup: Lookup): Promise<Sender> {
  const { Agent, buildConnector, request } = await import('undici')
  const checked = async (hostname: string) => {
    const addresses = await lookup(hostname)
    if (!allowed.has(canonicalHost(hostname)) && !addresses.every(isThisMachine)) throw forbidden(hostname)
    return addresses
  }
  const connector = buildConnector({
    timeout: CONNECT_MS,
    // Net asks here, once per connection, for every name that is no address, and connects to what it is told.
    lookup: (hostname: string, options: LookupOptions, callback: (...result: unknown[]) => void) => {
      checked(hostname).then(
        (addresses) => (options.all ? callback(null, addresses) : callback(null, addresses[0]?.address, addresses[0]?.family)),
        (error) => callback(error),
      )
    },
  } as buildConnector.BuildOptions)
  const connect: buildConnector.connector = (options, callback) => {
    const address = options.hostname.replace(/^\[|\]$/g, '')
    const family = isIP(address)
    if (family !== 0 && !allowed.has(canonicalHost(address)) && !isThisMachine({ address, family })) {
      callback(forbidden(options.hostname), null)
    } else connector({ ...options, hostname: address }, callback)
  }
  return { agent: new Agent({ connect }), request }
}

async function send({ agent, request }: Sender, url: string, init: RequestInit): Promise<Response> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher: agent,
    method: init.method as Dispatcher.HttpMethod,
    headers: init.headers as Record<string, string>,
    body: init.body as string,
    signal: init.signal,
  })
  const answer = await beginningOf(body)
  if (statusCode < 200 || statusCode > 599)
    throw new Error(`the bot answered with status ${statusCode}, which there is none of in HTTP`)
  const type = headers['content-type']
  return new Response(BODILESS.includes(statusCode) ? null : answer, {
    status: statusCode,
    headers: typeof type === 'string' ? { 'content-type': type } : {},
  })
}

const BODILESS: readonly number[] = [204, 205, 304]

/** What comes first of an answer; the bot has answered, whatever becomes of the rest. */
async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  const enough = setTimeout(() => body.destroy(), ANSWER_MS)
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length >= ANSWER_BYTES) break
    }
  } catch {
    // Cut off: what has come is all there is.
  } finally {
    clearTimeout(enough)
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES)
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether an address is of the loopback, also written as an IPv6 one (`::ffff:127.0.0.1`). 0.0.0.0 is not: it means every interface. */
function isThisMachine({ address, family }: LookupAddress): boolean {
  return LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** A host as URLs have it: lower case, numbers as an address, no dot at the end. */
function canonicalHost(host: string): string {
  const bare = isIP(host) === 6 ? `[${host}]` : host
  const written = URL.canParse(`http://${bare}`) ? new URL(`http://${bare}`).hostname : bare.toLowerCase()
  return written.replace(/\.$/, '')
}

const systemLookup: Lookup = (hostname) =>
  new Promise((done, failed) => {
    resolve(hostname, { all: true }, (error, addresses) => (error ? failed(error) : done(addresses)))
  })

function forbidden(host: string): Error {
  return Object.assign(new Error(`callback host ${host} is not this machine: start with --allow-callback ${host}`), {
    code: 'EFORBIDDEN',
  })
}

/** The same failure, said in words, with its code; parser errors of the bot's answer all mean the same. */
function inWords(error: unknown): Error {
  const { name, code = '', message } = error as NodeJS.ErrnoException
  const garbage = name === 'HTTPParserError' ? `what the bot answered is no HTTP (${message})` : message
  if (UNTRUSTED_CODES.includes(code)) return Object.assign(new Error(UNTRUSTED, { cause: error }), { code: 'EUNTRUSTED' })
  return Object.assign(new Error(CAUSES[code] ?? garbage, { cause: error }), { code })
}
