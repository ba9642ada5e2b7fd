// Ctrl-C and SIGTERM: the first lets the scenario hang up its calls and the reports be written, the second ends the process and its workers.
import childProcess, { type ChildProcess } from 'node:child_process'
import { onEndRequest } from '../contract/end-requests'
import { INTERRUPTED } from '../contract/verdict'
import { currentRun } from './current-run'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** What the main process sends to its workers. They ignore a terminal's Ctrl-C, which reaches them too. Windows has no signals. */
const WORKER_MESSAGE = { type: 'INTERRUPT' } as const

/** Has a worker start no further scenario. */
const STOP_MESSAGE = { type: 'STOP' } as const

/** Exit code after a second signal. */
const IMPATIENT = 130

export interface Workers {
  interrupt(): void
  /** No further scenario starts, and what is under way goes on. */
  stop(why: string): void
  kill(): void
}

/** Remembers every forked process until it exits, as cucumber hides its workers. Call it before cucumber is loaded. */
export function rememberWorkers(): Workers {
  const workers = new Set<ChildProcess>()
  const fork = childProcess.fork
  childProcess.fork = ((...args: Parameters<typeof fork>) => {
    const worker = fork(...args)
    workers.add(worker)
    worker.once('exit', () => workers.delete(worker))
    return worker
  }) as typeof fork
  const send = (message: object) => workers.forEach((worker) => void (worker.connected && worker.send(message)))
  return {
    interrupt: () => send(WORKER_MESSAGE),
    stop: (why) => send({ ...STOP_MESSAGE, why }),
    kill: () => workers.forEach((worker) => void worker.kill('SIGKILL')),
  }
}

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

/** Listens in a worker process, which only the main process interrupts. */
export function listenAsWorker(): void {
  for (const signal of SIGNALS) process.on(signal, () => {})
  process.on('message', (message: { readonly type?: unknown; readonly why?: unknown }) => {
    if (message.type === WORKER_MESSAGE.type) currentRun().interrupt(INTERRUPTED)
    if (message.type === STOP_MESSAGE.type) currentRun().stop(String(message.why))
  })
}
