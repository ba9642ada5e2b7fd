// Deliveries to a bot that fails as a receiver, in virtual time: it answers late, never, or is not there. Nothing sleeps.
import { setImmediate } from 'node:timers/promises'
import type { Trouble } from '../target'

type Deliver = (url: string, init: RequestInit) => Promise<Response>

/** The clock: runs a task this many milliseconds from now. */
interface Timer {
  after(ms: number, task: () => void): void
}

interface TroubledDelivery {
  readonly deliver: Deliver
  trouble(callbackUri: string, trouble: Trouble): void
  /**
   * Resolves when everything is delivered, or when all posts under way wait for a bot that answers late: then the clock must move.
   * @param queues how many calls have something to deliver; one post of each is under way
   */
  settled(idle: Promise<void>, queues: () => number): Promise<void>
  /** From now on no bot fails. */
  end(): void
}

/**
 * After this much work of this process, in milliseconds of its processor time, posts that are not held count as waiting for those that are. Not
 * real time: on a busy machine that passes without any work done.
 */
const STUCK_MS = 200

/** After this time, in milliseconds, the sender gives a silent bot up, as the simulator does with a real one (assumption). */
const GIVEN_UP_MS = 10_000

export function troubledDelivery(reach: Deliver, clock: Timer): TroubledDelivery {
  const troubles = new Map<string, Trouble>()
  const held = new Set<() => void>()
  let ended = false

  const hold = (ms: number) =>
    new Promise<void>((resolve) => {
      // The clock moves no more after the end.
      if (ended) return resolve()
      const release = () => {
        held.delete(release)
        resolve()
      }
      held.add(release)
      clock.after(ms, release)
    })

  const deliver: Deliver = async (url, init) => {
    const trouble = troubles.get(url)
    if (trouble?.kind === 'unreachable') throw refused()
    const response = await reach(url, init)
    if (trouble?.kind === 'late') await hold(trouble.ms)
    if (trouble?.kind === 'silent') {
      await hold(GIVEN_UP_MS)
      throw new DOMException(`no response within ${GIVEN_UP_MS / 1000} s`, 'TimeoutError')
    }
    return response
  }

  return {
    deliver,
    trouble: (callbackUri, trouble) => void troubles.set(callbackUri, trouble),
    settled: async (idle, queues) => {
      if (troubles.size === 0) return idle
      const patience = workedMs() + STUCK_MS
      let over = false
      const ended = idle.then(() => {
        over = true
      })
      // Between two posts of a call none is held, and its queue is still there.
      const moving = () => held.size < queues() && workedMs() < patience
      while (!over && (held.size === 0 || moving())) await Promise.race([ended, setImmediate()])
    },
    end: () => {
      ended = true
      troubles.clear()
      for (const release of [...held]) release()
    },
  }
}

/** Processor time that this process has used, in milliseconds. */
function workedMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The error of fetch where nothing listens. */
function refused(): TypeError {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  return new TypeError('fetch failed', { cause })
}
