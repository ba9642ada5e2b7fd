// The run of this process: its folder, environment, time limits and secrets, and the signal that interrupts it.
import { Interrupted } from '../contract/failures'
import { TIME_LIMITS, type TimeLimits } from '../net/time-limits'
import type { Environment } from '../targets/tenant/config/configuration'
import { createOutlet, type Outlet } from './redaction'

interface RunSurroundings {
  /** Where `.env` is read and relative paths begin. */
  readonly folder: string
  readonly environment: Environment
  readonly limits: TimeLimits
  /** Prints a line for the operator of a tenant run. */
  readonly print: (line: string) => void
}

export interface Run extends RunSurroundings {
  readonly outlet: Outlet
  /** Aborted if the run is interrupted: waits and requests then reject with an `Interrupted`. */
  readonly interruption: AbortSignal
  interrupt(reason: string): void
  /** Why no further scenario starts; null while they do. What is under way goes on. */
  readonly stopped: string | null
  stop(why: string): void
  /**
   * Stops the run if its connection or its token cannot work: at the first scenario that cannot run for that reason, and once some have run,
   * at the second in succession.
   * @param lasting of the `CouldNotRun` that ended a scenario; null for any other end
   */
  scenarioEnded(lasting: string | null): void
}

const OF_PROCESS: RunSurroundings = {
  folder: process.cwd(),
  environment: process.env,
  limits: TIME_LIMITS,
  print: (line) => void process.stderr.write(line),
}

let current: Run | null = null

/** Begins a run. A process has one run at a time, and steps and hooks belong to the last one. */
export function beginRun(surroundings: RunSurroundings): Run {
  const controller = new AbortController()
  let stopped: string | null = null
  let [ran, inSuccession] = [false, 0]
  const stop = (why: string) => {
    stopped ??= why
  }
  current = {
    ...surroundings,
    outlet: createOutlet(),
    interruption: controller.signal,
    interrupt: (reason) => controller.abort(new Interrupted(reason)),
    get stopped() {
      return stopped
    },
    stop,
    scenarioEnded: (lasting) => {
      inSuccession = lasting === null ? 0 : inSuccession + 1
      ran ||= lasting === null
      if (lasting !== null && inSuccession > (ran ? 1 : 0)) stop(lasting)
    },
  }
  return current
}

/** The last run. A worker process and an editor's cucumber-js begin theirs here, with the surroundings of the process. */
export function currentRun(): Run {
  return current ?? beginRun(OF_PROCESS)
}
