// Deliveries of the standalone simulator: they reach this machine and the hosts that were allowed, and cannot be led anywhere else.
import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns'
import { isIP } from 'node:net'
import type { Agent, buildConnector, Dispatcher } from 'undici'
import { canonicalHost, isLoopback } from '../../contract/loopback'
import { fetchFailed } from '../mounts/direct'
import { type Deliver, endOf } from './outbox'

/** Looks a name up: every address that it has. */
type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>

export interface GuardOptions {
  /** Hosts that are reached although they are not this machine: names or addresses, without a port. */
  readonly allowedHosts: readonly string[]
  /** The machine's own, unless said otherwise. */
  readonly lookup?: Lookup
}

interface GuardedDeliver {
  readonly deliver: Deliver
  /** Ends every connection, also those under way. */
  close(): Promise<void>
}

/** How long a connection may take to come about, in milliseconds. */
const CONNECT_MS = 5_000

/** How much of the bot's answer is read, in bytes, and for how long, in milliseconds: enough for a sentence about what it refused. */
const ANSWER_BYTES = 16 * 1024
const ANSWER_MS = 1_000

/**
 * How notifications travel. A name is looked up once, and the connection goes to the very addresses that were checked. No redirect is
 * followed, no proxy and no dispatcher of the process is used. It rejects as fetch does: a TypeError whose `cause` has Node's or undici's
 * code, or EFORBIDDEN for a host that is neither this machine nor allowed (`describeFailure` puts each in words).
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
        throw fetchFailed(error)
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
    if (!allowed.has(canonicalHost(hostname)) && !addresses.every(({ address }) => isLoopback(address))) throw forbidden(hostname)
    return addresses
  }
  const connector = buildConnector({
    timeout: CONNECT_MS,
    // Node asks here once per connection for every name that is not an address, and connects to the answer.
    lookup: (hostname: string, options: LookupOptions, callback: (...result: unknown[]) => void) => {
      checked(hostname).then(
        (addresses) => (options.all ? callback(null, addresses) : callback(null, addresses[0]?.address, addresses[0]?.family)),
        (error) => callback(error),
      )
    },
  } as buildConnector.BuildOptions)
  const connect: buildConnector.connector = (options, callback) => {
    const address = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(address) !== 0 && !allowed.has(canonicalHost(address)) && !isLoopback(address)) {
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
    signal: endOf(init),
  })
  if (statusCode >= 200 && statusCode < 300) {
    if (headers['content-length'] !== '0') discard(body)
    return new Response(null, { status: statusCode })
  }
  const answer = await beginningOf(body)
  if (statusCode < 200 || statusCode > 599)
    throw new Error(`the bot answered with status ${statusCode}, which is not a valid HTTP status`)
  const type = headers['content-type']
  return new Response(BODILESS.includes(statusCode) ? null : answer, {
    status: statusCode,
    headers: typeof type === 'string' ? { 'content-type': type } : {},
  })
}

const BODILESS: readonly number[] = [204, 205, 304]

/** Lets the rest of a 2xx answer pass: the post has arrived. */
function discard(body: Dispatcher.ResponseData['body']): void {
  const enough = setTimeout(() => body.destroy(), ANSWER_MS)
  body
    .dump({ limit: ANSWER_BYTES })
    .catch(() => {})
    .finally(() => clearTimeout(enough))
}

/** The beginning of an answer. The bot has answered, even if the rest never comes. */
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
    // Cut off: what has come is enough.
  } finally {
    clearTimeout(enough)
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES)
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
