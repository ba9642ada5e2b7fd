// Ctrl-C and SIGTERM: the first lets the scenario hang up its calls and the reports be written, the second ends at once.
import { currentRun } from './run'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** How the main process interrupts its workers; a terminal's Ctrl-C reaches them as well and must not count twice. */
export const WORKER_SIGNAL = 'SIGUSR2'

/** Exit code after a second signal. */
const IMPATIENT = 130

/**
 * Listens to the signals of this process from now on.
 * @param onSecond called before a second signal ends the process
 * @returns aborted by the first signal, with the reason as a sentence
 */
export function signalsOfProcess(onSecond: () => void): AbortSignal {
  const controller = new AbortController()
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        onSecond()
        process.exit(IMPATIENT)
      }
      controller.abort(`the run was interrupted by ${signal}`)
    })
  }
  return controller.signal
}

/** Listens in a worker process: only the main process interrupts it. */
export function listenAsWorker(): void {
  for (const signal of SIGNALS) process.on(signal, () => {})
  process.on(WORKER_SIGNAL, () => currentRun().interrupt('the run was interrupted'))
}
