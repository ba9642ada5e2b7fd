// The local listener that Graph's posts reach: one server for a run, a path of its own for each scenario, limits on what may come.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { HarnessError } from '../contract/faults'

export interface ListenerOptions {
  /** BOT_CALLBACK_LISTEN, taken apart; port 0 takes any that is free. */
  readonly host: string
  readonly port: number
  readonly limits?: Partial<ListenerLimits>
}

export interface ListenerLimits {
  /** Longest body, in bytes. */
  readonly bodyBytes: number
  /** How long the head of a request may take, and the whole of it, in milliseconds. */
  readonly headersMs: number
  readonly requestMs: number
}

/** What becomes of posts on a live path that `handle` never saw, or could not answer. */
export interface Watch {
  /** The listener answered for itself: the status, and in one sentence why. */
  readonly onRefused?: (status: number, reason: string) => void
  /** `handle` rejected; the post was answered 500. The fault is its own, not the sender's. */
  readonly onFailure?: (error: unknown) => void
}

export interface Listener {
  /** The port that was taken. */
  readonly port: number
  /**
   * Serves a path, exactly as it is written, whatever the query: `handle` gets the request under the path that came. Returns what ends it.
   * @throws HarnessError when the path is live already
   */
  receive(path: string, handle: (request: Request) => Promise<Response>, watch?: Watch): () => void
  /** How many posts came on paths that nobody ever served; one to a path whose time is over is late and no stray. */
  strays(): number
  /** Ends every connection and gives the port back. */
  close(): Promise<void>
}

interface Live extends Watch {
  readonly handle: (request: Request) => Promise<Response>
}

/** Far more than any notification of the API, and slower than any sender that means well. */
const LIMITS: ListenerLimits = { bodyBytes: 1_048_576, headersMs: 10_000, requestMs: 20_000 }

/** How often overdue requests are looked for, in milliseconds; Node's own 30 s would keep every limit waiting. */
const CHECKED_EVERY_MS = 200

/** What Node's parser found wrong, as a status and in words; any other code is a request that is none. */
const MALFORMED: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'did not come to its end in time'],
  HPE_HEADER_OVERFLOW: [431, 'has headers that are too long'],
}
const UNREADABLE = [400, 'is no proper HTTP'] as const

/** The sender went away in the middle: nobody is left to be answered. */
const GONE: readonly string[] = ['ECONNRESET', 'HPE_INVALID_EOF_STATE']

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** Why the port cannot be had, and what to do. */
const NOT_OPENED: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program: end that one, or write another port and lead the tunnel there',
  EACCES: 'is not allowed to this user: write a port above 1023 and lead the tunnel there',
  EADDRNOTAVAIL: 'is no address of this machine: write 127.0.0.1:3979, or the address that the tunnel leads to',
  ENOTFOUND: 'names a host that is not known: write 127.0.0.1:3979, or the address that the tunnel leads to',
}

/** @throws HarnessError that names BOT_CALLBACK_LISTEN when the port cannot be had; nothing was sent by then */
export async function openListener({ host, port, limits = {} }: ListenerOptions): Promise<Listener> {
  const { bodyBytes, headersMs, requestMs } = { ...LIMITS, ...limits }
  const paths = new Map<string, Live>()
  /** The live path whose request is being read on a connection. */
  const reading = new WeakMap<object, Live>()
  const over = new Set<string>()
  let strays = 0
  let origin = ''
  const times = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: CHECKED_EVERY_MS }

  const server = createServer(times, (request, response) => {
    const path = pathOf(request)
    const live = paths.get(path)
    if (live === undefined) {
      if (request.method === 'POST' && !over.has(path)) strays++
      return void response.writeHead(404).end()
    }
    reading.set(request.socket, live)
    // A connection that breaks is the sender's affair: what it had to say will come again, or be missed.
    serve(request, response, live, { origin, bodyBytes }, () => reading.delete(request.socket)).catch(() =>
      request.socket.destroy(),
    )
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (GONE.includes(error.code ?? '') || !socket.writable) return void socket.destroy()
    const [status, reason] = MALFORMED[error.code ?? ''] ?? UNREADABLE
    reading.get(socket)?.onRefused?.(status, `a post ${reason}`)
    reading.delete(socket)
    socket.end(`HTTP/1.1 ${status} ${STATUS_TEXTS[status]}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(notOpened(host, port, error)))
    server.listen(port, host, resolve)
  })
  const taken = (server.address() as AddressInfo).port
  origin = `http://${addressOf(host, taken)}`
  return {
    port: taken,
    receive: (path, handle, watch = {}) => {
      if (paths.has(path)) throw new HarnessError('two scenarios listen on one path')
      const live = { handle, ...watch }
      paths.set(path, live)
      return () => {
        if (paths.get(path) === live && paths.delete(path)) over.add(path)
      }
    },
    strays: () => strays,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function notOpened(host: string, port: number, { code = 'unknown' }: NodeJS.ErrnoException): HarnessError {
  return new HarnessError(
    `BOT_CALLBACK_LISTEN: ${addressOf(host, port)} ${NOT_OPENED[code] ?? `cannot be listened on (${code})`}`,
  )
}

function addressOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The path as it came: no dots resolved, nothing decoded, so that it is the one that was given out or none. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] as string
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  live: Live,
  { origin, bodyBytes }: { readonly origin: string; readonly bodyBytes: number },
  read: () => void,
): Promise<void> {
  const body = await bodyOf(request, bodyBytes)
  read()
  const refuse = (status: number, reason: string) => {
    live.onRefused?.(status, reason)
    response.writeHead(status, { connection: 'close' }).end()
  }
  if (body === null) return refuse(413, `a post is longer than ${bodyBytes} bytes`)
  const asked = asFetch(request, origin, body)
  if (asked === null) return refuse(400, `a request of method ${request.method} cannot be read`)
  try {
    await answer(response, await live.handle(asked))
  } catch (error) {
    live.onFailure?.(error)
    if (!response.headersSent) response.writeHead(500).end()
  }
}

/** The body; null as soon as it is known to be too long: the rest is read and forgotten, so that the sender gets to hear of it. */
async function bodyOf(request: IncomingMessage, bodyBytes: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length']) > bodyBytes) {
    request.resume()
    return null
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > bodyBytes) {
        chunks.length = 0
        resolve(null)
      } else chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', reject)
  })
}

/** What Fetch cannot express is null: TRACE, for example. Who the sender thinks we are (`Host`) is kept among the headers only. */
function asFetch({ method = '', url = '', rawHeaders }: IncomingMessage, origin: string, body: Buffer): Request | null {
  try {
    const headers = new Headers()
    for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string)
    const bodiless = method === 'GET' || method === 'HEAD'
    return new Request(origin + url, { method, headers, ...(bodiless ? {} : { body: new Uint8Array(body) }) })
  } catch {
    return null
  }
}

async function answer(response: ServerResponse, given: Response): Promise<void> {
  const body = Buffer.from(await given.arrayBuffer())
  response.writeHead(given.status, Object.fromEntries(given.headers)).end(body)
}
