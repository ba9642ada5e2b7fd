// The direct mount: a fetch that calls the handler itself, with no interception and no socket between.
import type { Handler } from '../../contract/exchange'
import { bytesRequest } from '../../net/bytes-request'
import { urlOf } from '../../net/request-url'

export type { Handler }

/** Origins, written as `https://graph.microsoft.com`, and what answers for them. */
export type Routes = Readonly<Record<string, Handler>>

/** The error with which a client's fetch fails without a response: undici's shape, a TypeError whose `cause` says why. */
export function fetchFailed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause: cause instanceof Error ? cause : new Error(String(cause)) })
}

/**
 * A function with fetch's signature that reaches exactly the given origins.
 *
 * An origin without a route, and a handler that throws or rejects, reject like a network error (`fetchFailed`). An abort rejects at once with
 * the signal's reason; it does not reach the handler, which goes on. Redirects are not followed, and nothing is decoded: the answer is
 * the handler's own Response.
 */
export function mountDirect(routes: Routes): typeof globalThis.fetch {
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : null)
    const request = plainRequest(input, init) ?? new Request(input, { ...init, signal: null })
    const { origin } = urlOf(request)
    const handle = Object.hasOwn(routes, origin) ? routes[origin] : undefined
    if (!handle) throw fetchFailed(new Error(`no route to ${origin}`))
    signal?.throwIfAborted()
    // An async function, so that a handler that throws at once fails like one that rejects.
    const answered = (async () => handle(request))().catch((cause) => {
      throw fetchFailed(cause)
    })
    if (signal === null) return answered
    let leave = () => {}
    const aborted = new Promise<never>((_, reject) => {
      const onAbort = () => reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      leave = () => signal.removeEventListener('abort', onAbort)
    })
    return Promise.race([answered, aborted]).finally(leave)
  }
}

/** Methods as fetch sends them; others it may rewrite or refuse. */
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** The request of a client that names an address, a method, headers and a text, as nearly all do; null where Fetch must look at more. */
function plainRequest(input: Parameters<typeof fetch>[0], init: RequestInit = {}): Request | null {
  const { method = 'GET', headers = {}, body = null } = init
  if (input instanceof Request || !METHODS.includes(method) || headers instanceof Headers || Array.isArray(headers)) return null
  if (body !== null && (typeof body !== 'string' || method === 'GET' || method === 'HEAD')) return null
  const url = typeof input === 'string' ? URL.canParse(input) && new URL(input) : new URL(input)
  if (url === false || url.username !== '' || url.password !== '') return null
  const type = body === null || Object.keys(headers).some((name) => name.toLowerCase() === 'content-type') ? {} : TEXT
  return bytesRequest(url, method, { ...type, ...headers }, body === null ? null : new TextEncoder().encode(body))
}

const TEXT = { 'content-type': 'text/plain;charset=UTF-8' }
