// Ctrl-C and SIGTERM: the first lets the scenario hang up its calls and the reports be written, the second ends at once.
import { onEndRequest } from '../contract/end-requests'
import { Interrupted } from '../contract/faults'

const controller = new AbortController()

/** Aborted by the first signal; waits and requests reject with an `Interrupted`. */
export const interruption: AbortSignal = controller.signal

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** What the main process sends to its workers; a terminal's Ctrl-C reaches them as well and must not count twice. A message, since Windows has no signals. */
export const WORKER_MESSAGE = { type: 'INTERRUPT' } as const

/** Exit code after a second signal. */
const IMPATIENT = 130

/** Ends the run as the first signal does, for a reason of its own. */
export function interrupt(reason: string): void {
  controller.abort(new Interrupted(reason))
}

/** Listens from now on, in the process that a person started. */
export function listenForSignals(onFirst: () => void, onSecond: () => void): void {
  onEndRequest((by) => {
    if (controller.signal.aborted) {
      onSecond()
      process.exit(IMPATIENT)
    }
    controller.abort(new Interrupted(`the run was interrupted by ${by}`))
    onFirst()
  })
}

/** Listens in a worker process: only the main process interrupts it. */
export function listenAsWorker(): void {
  for (const signal of SIGNALS) process.on(signal, () => {})
  process.on('message', (message: { readonly type?: unknown }) => {
    if (message.type === WORKER_MESSAGE.type) controller.abort(new Interrupted('the run was interrupted'))
  })
}
