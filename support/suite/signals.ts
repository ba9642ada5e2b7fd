// Ctrl-C and SIGTERM: the first lets the scenario hang up its calls and the reports be written, the second ends at once.
import { onEndRequest } from '../contract/end-requests'
import { currentRun } from './current-run'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** What the main process sends to its workers; a terminal's Ctrl-C reaches them as well and must not count twice. Windows has no signals. */
export const WORKER_MESSAGE = { type: 'INTERRUPT' } as const

/** Exit code after a second signal. */
const IMPATIENT = 130

/**
 * Listens to the signals of this process from now on.
 * @param onSecond called before a second signal ends the process
 * @returns aborted by the first signal, with the reason as a sentence
 */
export function signalsOfProcess(onSecond: () => void): AbortSignal {
  const controller = new AbortController()
  onEndRequest((by) => {
    if (controller.signal.aborted) {
      onSecond()
      process.exit(IMPATIENT)
    }
    controller.abort(`the run was interrupted by ${by}`)
  })
  return controller.signal
}

/** Listens in a worker process: only the main process interrupts it. */
export function listenAsWorker(): void {
  for (const signal of SIGNALS) process.on(signal, () => {})
  process.on('message', (message: { readonly type?: unknown }) => {
    if (message.type === WORKER_MESSAGE.type) currentRun().interrupt('the run was interrupted')
  })
}
