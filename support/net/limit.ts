// A time limit on something that waits, which also ends when somebody else says so.

/**
 * Runs `act` with a signal that is aborted when `outer` is, or after `ms` milliseconds of real time with a `TimeoutError`.
 * A plain timer: a signal of `AbortSignal.timeout` inside `AbortSignal.any` can be collected and then never fires (seen: a hanging bot
 * was given up after 300 s instead of 10), and it does not keep the process alive.
 */
export async function limited<T>(ms: number, outer: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  outer.throwIfAborted()
  const controller = new AbortController()
  const end = () => controller.abort(outer.reason)
  const timer = setTimeout(() => controller.abort(new DOMException(`nothing came within ${ms / 1000} s`, 'TimeoutError')), ms)
  outer.addEventListener('abort', end, { once: true })
  try {
    return await act(controller.signal)
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', end)
  }
}
