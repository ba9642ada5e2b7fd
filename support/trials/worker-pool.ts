// Runs trials in worker processes. Each worker runs this file and takes the next batch when it has finished one.
import { type ChildProcess, fork } from 'node:child_process'
import { loadRequirementsFile } from '../contract/requirements'
import { armable } from '../mutation'
import { loadSupportCode } from '../suite/cucumber'
import { catchesAmong } from './attribution'
import { type Trial, type TrialResult, Trials } from './trial'

/** Trials make many short-lived objects: with more room for them a worker collects garbage less often. In MiB. */
const YOUNG_MIB = 64

/** The most scenarios that a batch begins with: enough that starting Cucumber costs little, few enough that no worker waits long. */
const BATCH = 60

/** Runs trials in any order; ends its workers and resolves when the last trial is done. */
export type RunTrials = (trials: readonly Trial[], onResult: (result: TrialResult) => void) => Promise<void>

/**
 * Starts worker processes, which load while the trials are still being planned.
 * @param program the file that each of them runs
 */
export function startWorkers(count: number, program = __filename): RunTrials {
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

/** Splits trials into batches and keeps their order; a trial with more scenarios than a batch has room for is a batch of its own. */
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

/** Waits for the next message of a worker. Rejects when the worker ends. */
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

/** Runs the batches that the parent sends, one after the other, and sends back their results. */
async function work(): Promise<void> {
  const trials = new Trials(await loadSupportCode(), loadRequirementsFile(), catchesAmong(armable().deviations))
  let last: Promise<void> = Promise.resolve()
  process.on('message', (batch: readonly Trial[]) => {
    last = last.then(async () => void process.send?.(await trials.run(batch)))
  })
  process.send?.('ready')
}

if (require.main === module) {
  // A worker ends with its parent.
  process.on('disconnect', () => process.exit())
  void work()
}
