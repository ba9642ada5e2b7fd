// The sources of time and ids, and how a program lets time pass. In process both are reproducible: time moves by hand, ids come from a seed.
import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `task` once, `ms` from now. Returns what cancels it, which does nothing once it has run. */
  after(ms: number, task: () => void): () => void
}

interface Timer {
  readonly due: number
  readonly task: () => void
}

/** A clock that is moved by hand; timers due at the same moment run in the order in which they were set. */
export class VirtualClock implements Clock {
  #now: number
  /** By the moment when they are due, those of one moment in the order in which they were set. */
  readonly #timers: Timer[] = []

  constructor(startsAt: number) {
    this.#now = startsAt
  }

  now(): number {
    return this.#now
  }

  after(ms: number, task: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, ms), task }
    this.#timers.splice(this.#firstAfter(timer.due), 0, timer)
    return () => {
      for (let at = this.#firstAfter(timer.due) - 1; this.#timers[at]?.due === timer.due; at--)
        if (this.#timers[at] === timer) return void this.#timers.splice(at, 1)
    }
  }

  /** The place of the first timer that is due after a moment. */
  #firstAfter(due: number): number {
    let [from, to] = [0, this.#timers.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#timers[middle] as Timer).due <= due) from = middle + 1
      else to = middle
    }
    return from
  }

  /** When the next timer is due, or null when none is set. */
  nextDue(): number | null {
    return this.#timers[0]?.due ?? null
  }

  /** Moves to a moment, running every timer due until then, also those set on the way. Never moves back. */
  moveTo(moment: number): void {
    for (let next = this.#timers[0]; next !== undefined && next.due <= moment; next = this.#timers[0]) {
      this.#timers.shift()
      this.#now = Math.max(this.#now, next.due)
      next.task()
    }
    this.#now = Math.max(this.#now, moment)
  }
}

/** What a timer of Node can wait at most in milliseconds, about 25 days; a longer delay would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/** Time as it passes, or faster: with speed 60 a minute of the simulator's is a second. Timers do not keep the process alive. */
export class RealClock implements Clock {
  readonly #began = performance.now()
  readonly #startsAt: number
  readonly #speed: number
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(startsAt: number, speed = 1) {
    this.#startsAt = startsAt
    this.#speed = speed
  }

  now(): number {
    return Math.round(this.#startsAt + (performance.now() - this.#began) * this.#speed)
  }

  after(ms: number, task: () => void): () => void {
    const delay = Math.max(0, ms) / this.#speed
    let cancelRest = () => {}
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        if (delay <= LONGEST_DELAY_MS) task()
        else cancelRest = this.after((delay - LONGEST_DELAY_MS) * this.#speed, task)
      },
      Math.min(delay, LONGEST_DELAY_MS),
    )
    timer.unref()
    this.#timers.add(timer)
    return () => {
      clearTimeout(timer)
      this.#timers.delete(timer)
      cancelRest()
    }
  }

  /** Ends every timer. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}

/** A source of version 4 GUIDs in lower case, as Graph writes them. */
export function seededIds(seed: string): () => string {
  let count = 0
  return () => {
    const hex = hash('sha256', `${seed} ${count++}`, 'hex')
    // Version and variant (RFC 9562, section 5.4); the rest is as the hash has it.
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }
}

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
