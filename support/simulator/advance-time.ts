// How time passes for a program that has the simulator in its own process: it waits for a condition, and nothing sleeps for long.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, VirtualClock } from './runtime/clock'

/** How long nothing may happen, in real milliseconds, before virtual time moves on: a bot needs a moment for what it does next. */
const SETTLE_MS = 5
/** When virtual time moves on although something happens all the time, in real milliseconds. */
const RESTLESS_MS = 250
/** How often a condition is asked while real time passes, in milliseconds. */
const LOOKING_MS = 10

export interface Activity {
  /** Resolves once every notification was delivered or given up. */
  idle(): Promise<void>
  /** Requests that wait for their answer. */
  underWay(): number
  /** A number that grows with everything that happens. */
  count(): number
}

interface Passage {
  /** Lets this many milliseconds of the simulator's clock pass. */
  advance(ms: number): Promise<void>
  /** Lets time pass until the condition holds, at most this many milliseconds of the simulator's clock. Resolves with whether it holds. */
  until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean>
}

/** A clock that is moved by hand moves from timer to timer, as soon as nothing happens any more; another is waited for. */
export function passageOf(clock: Clock, activity: Activity): Passage {
  const pass = async (deadline: number) => {
    if (clock instanceof VirtualClock) clock.moveTo(Math.min(clock.nextDue() ?? deadline, deadline))
    else await sleep(LOOKING_MS)
  }
  const until: Passage['until'] = async (holds, withinMs) => {
    const deadline = clock.now() + withinMs
    for (;;) {
      if (clock instanceof VirtualClock) await settled(activity)
      if (await holds()) return true
      if (clock.now() >= deadline) return false
      await pass(deadline)
    }
  }
  return { until, advance: async (ms) => void (await until(() => false, ms)) }
}

async function settled({ idle, underWay, count }: Activity): Promise<void> {
  const patience = performance.now() + RESTLESS_MS
  for (;;) {
    await idle()
    const before = count()
    await sleep(SETTLE_MS)
    if ((underWay() === 0 && count() === before) || performance.now() > patience) return
  }
}
