// The worker processes of `npm run deviations`: each takes the next trial when it is done with its last.
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Trial, TrialResult } from './trial'

const WORKER = join(__dirname, 'trial-worker.ts')

/** Trials make much that is soon forgotten: with more room for it a worker collects garbage less often. In MiB. */
const YOUNG_MIB = 64

/**
 * Starts workers, which load while the trials are still being planned.
 * @returns runs trials, in any order; resolves when the last is done, and ends the workers
 */
export function startWorkers(
  count: number,
): (trials: readonly Trial[], onResult: (result: TrialResult) => void) => Promise<void> {
  const workers = Array.from({ length: count }, () =>
    fork(WORKER, {
      execArgv: [...process.execArgv, `--max-semi-space-size=${YOUNG_MIB}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  const ready = workers.map((worker) => message(worker))
  return async (trials, onResult) => {
    const waiting = [...trials]
    try {
      await Promise.all(
        workers.map(async (worker, at) => {
          await ready[at]
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const result = message<TrialResult>(worker)
            worker.send(next)
            onResult(await result)
          }
        }),
      )
    } finally {
      for (const worker of workers) worker.kill()
    }
  }
}

/** The next message of a worker. Rejects when it ends instead. */
function message<Message>(worker: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const end = (code: number | null, signal: string | null) => reject(new Error(`a worker ended with ${signal ?? code}`))
    worker.once('exit', end)
    worker.once('message', (value) => {
      worker.off('exit', end)
      resolve(value as Message)
    })
  })
}
