// The worker processes of `npm run deviations`: each takes the next batch of trials when it is done with its last.
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Trial, TrialResult } from './trial'

const WORKER = join(__dirname, 'worker.ts')

/** Trials make much that is soon forgotten: with more room for it a worker collects garbage less often. In MiB. */
const YOUNG_MIB = 64

/** Scenarios that a batch begins with, at most: enough that starting Cucumber costs little, few enough that no worker waits long. */
const BATCH = 60

/** Runs trials, in any order; resolves when the last is done, and ends what it runs them with. */
export type RunTrials = (trials: readonly Trial[], onResult: (result: TrialResult) => void) => Promise<void>

/**
 * Starts worker processes, which load while the trials are still being planned.
 * @param program what each of them runs
 */
export function startWorkers(count: number, program = WORKER): RunTrials {
  const workers = Array.from({ length: count }, () =>
    fork(program, {
      execArgv: [...process.execArgv, `--max-semi-space-size=${YOUNG_MIB}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  const ready = workers.map((worker) => message(worker))
  return async (trials, onResult) => {
    const waiting = batchesOf(trials)
    try {
      await Promise.all(
        workers.map(async (worker, at) => {
          await ready[at]
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const results = message<readonly TrialResult[]>(worker)
            worker.send(next)
            for (const result of await results) onResult(result)
          }
        }),
      )
    } finally {
      for (const worker of workers) worker.kill()
    }
  }
}

/** Trials in batches, the order kept; a trial with more scenarios than a batch has room for is a batch of its own. */
export function batchesOf(trials: readonly Trial[]): Trial[][] {
  const batches: Trial[][] = []
  let room = 0
  for (const trial of trials) {
    const first = trial.untilCaught ? 1 : trial.places.length
    if (first > room) {
      batches.push([])
      room = BATCH
    }
    room -= first
    batches.at(-1)?.push(trial)
  }
  return batches
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
