// Limits how long something may take: the limits of a run over a network, and a signal that ends a wait.

export interface TimeLimits {
  /** For a connection; a proxy's tunnel and the TLS handshake each as long. */
  readonly connectMs: number
  /** For the head of a response, for each pause in its body, and for the whole of it. */
  readonly answerMs: number
  /** Before a busy service is asked again where its response names no time; each further wait is twice as long. */
  readonly firstWaitMs: number
  /** For a notification that names a call whose create was not answered: nothing else names its id. */
  readonly unansweredCreateMs: number
  /** How long no notification may come before "nothing else" holds, where no simulator says that it is idle. */
  readonly quietMs: number
  /** How long no notification may come after a simulator said that it is idle: what stands before the bot may hold a post back. */
  readonly idleQuietMs: number
}

export const TIME_LIMITS: TimeLimits = {
  connectMs: 10_000,
  answerMs: 30_000,
  firstWaitMs: 1_000,
  unansweredCreateMs: 3_000,
  quietMs: 3_000,
  idleQuietMs: 100,
}

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
