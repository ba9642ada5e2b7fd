// Ctrl-C and SIGTERM: the first lets the scenario hang up its calls and the reports be written, the second ends at once.
import { Interrupted } from '../contract/faults'

const controller = new AbortController()

/** Aborted by the first signal; waits and requests reject with an `Interrupted`. */
export const interruption: AbortSignal = controller.signal

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** How the main process tells its workers; a terminal's Ctrl-C reaches them as well and must not count twice. */
export const WORKER_SIGNAL = 'SIGUSR2'

/** Exit code after a second signal. */
const IMPATIENT = 130

/** Ends the run as the first signal does, for a reason of its own. */
export function interrupt(reason: string): void {
  controller.abort(new Interrupted(reason))
}

/** Listens from now on, in the process that a person started. */
export function listenForSignals(onFirst: () => void, onSecond: () => void): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        onSecond()
        process.exit(IMPATIENT)
      }
      controller.abort(new Interrupted(`the run was interrupted by ${signal}`))
      onFirst()
    })
  }
}

/** Listens in a worker process: only the main process interrupts it. */
export function listenAsWorker(): void {
  for (const signal of SIGNALS) process.on(signal, () => {})
  process.on(WORKER_SIGNAL, () => controller.abort(new Interrupted('the run was interrupted')))
}
