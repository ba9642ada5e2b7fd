// The direct mount: a fetch that calls the handler itself, with no interception and no socket between.
import type { Handler } from '../../contract/exchange'

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
 * the signal's reason, while the handler goes on; the handler sees it as the signal of its request. Redirects are not followed, and
 * nothing is decoded: the answer is the handler's own Response.
 */
export function mountDirect(routes: Routes): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { origin } = new URL(request.url)
    const handle = Object.hasOwn(routes, origin) ? routes[origin] : undefined
    if (!handle) throw fetchFailed(new Error(`no route to ${origin}`))
    const { signal } = request
    signal.throwIfAborted()
    let leave = () => {}
    const aborted = new Promise<never>((_, reject) => {
      const onAbort = () => reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      leave = () => signal.removeEventListener('abort', onAbort)
    })
    // An async function, so that a handler that throws at once fails like one that rejects.
    const answered = (async () => handle(request))().catch((cause) => {
      throw fetchFailed(cause)
    })
    return Promise.race([answered, aborted]).finally(leave)
  }
}
