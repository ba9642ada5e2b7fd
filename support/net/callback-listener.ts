// Receives Graph's posts for the scenarios: one listener for a run, with a path for each scenario.
import { HarnessError } from '../contract/failures'
import { type Limits, listen } from './listener'

interface CallbackListenerOptions {
  /** BOT_CALLBACK_LISTEN, split; port 0 takes any free port. */
  readonly host: string
  readonly port: number
  readonly limits?: Partial<Limits>
}

/** Reports posts on a live path that `handle` did not see, or could not answer. */
interface Watch {
  /** The listener refused a post: the status, and the reason in one sentence. */
  readonly onRefused?: (status: number, reason: string) => void
  /** `handle` rejected and the post was answered 500: an error of ours, not of the sender. */
  readonly onFailure?: (error: unknown) => void
}

type Handle = (request: Request) => Promise<Response>

export interface CallbackListener {
  /** The port that was taken. */
  readonly port: number
  /**
   * Serves a path, exactly as it is written and with any query. Returns what ends it.
   * @throws HarnessError when the path is live already
   */
  receive(path: string, handle: Handle, watch?: Watch): () => void
  /** How many posts came on paths that were never served. A post to a path that has ended is late and does not count. */
  strays(): number
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

interface Live extends Watch {
  readonly handle: Handle
}

/** Far more than any notification of the API has, in bytes. */
const BODY_BYTES = 1_048_576

/** Why the port is not available, and what to do. */
const NOT_OPENED: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program: end that one, or write another port and lead the tunnel there',
  EACCES: 'is not allowed to this user: write a port above 1023 and lead the tunnel there',
  EADDRNOTAVAIL: 'is not an address of this machine: write 127.0.0.1:3979, or the address that the tunnel leads to',
  ENOTFOUND: 'names an unknown host: write 127.0.0.1:3979, or the address that the tunnel leads to',
}

/** @throws HarnessError that names BOT_CALLBACK_LISTEN when the port is not available; nothing was sent by then */
export async function openCallbackListener({ host, port, limits }: CallbackListenerOptions): Promise<CallbackListener> {
  const bounds = { bodyBytes: BODY_BYTES, ...limits }
  const paths = new Map<string, Live>()
  const ended = new Set<string>()
  let strays = 0
  let origin = ''

  const listener = await listen({
    host,
    port,
    limits: bounds,
    handle: async (request, { target, tooLong }) => {
      const path = pathOf(target)
      const live = paths.get(path)
      if (live === undefined) {
        if (request.method === 'POST' && !ended.has(path)) strays++
        return new Response(null, { status: 404 })
      }
      const refuse = (status: number, reason: string) => {
        live.onRefused?.(status, reason)
        return new Response(reason, { status, headers: { connection: 'close' } })
      }
      if (tooLong) return refuse(413, `a post is longer than ${bounds.bodyBytes} bytes`)
      const sent = await readdressed(request, origin + target)
      if (sent === null) return refuse(400, `a request with method ${request.method} cannot be read`)
      try {
        return await live.handle(sent)
      } catch (error) {
        live.onFailure?.(error)
        return new Response(null, { status: 500 })
      }
    },
    onProblem: (_, malformed) => {
      if (malformed === null) return
      const { status, target } = malformed
      paths
        .get(pathOf(target))
        ?.onRefused?.(status, `a post ${status === 408 ? 'did not arrive completely in time' : 'is not valid HTTP'}`)
    },
  }).catch((error) => Promise.reject(notOpened(host, port, error)))
  origin = `http://${addressOf(host, listener.port)}`
  return {
    port: listener.port,
    receive: (path, handle, watch = {}) => {
      if (paths.has(path)) throw new HarnessError('two scenarios listen on one path')
      const live = { handle, ...watch }
      paths.set(path, live)
      return () => {
        if (paths.get(path) === live && paths.delete(path)) ended.add(path)
      }
    },
    strays: () => strays,
    close: () => listener.close(0),
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

function pathOf(target: string): string {
  return target.split('?', 1)[0] as string
}

/** The request under our own address: the host that the sender names stays among the headers. Null for what Fetch cannot express, such as TRACE. */
async function readdressed(request: Request, url: string): Promise<Request | null> {
  const { method, headers } = request
  const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer()
  try {
    return new Request(url, { method, headers, body })
  } catch {
    return null
  }
}
