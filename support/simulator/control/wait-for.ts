// Waiting for something to happen in the simulator: told at once when it does, ended by time, by a reset and by a caller who goes.
import { z } from 'zod'
import { VirtualClock } from '../runtime/clock'
import { ControlFault, unfit } from './control-error'
import type { ControlledWorld } from './operation'

/** Of real time, in milliseconds: a wait is a request that somebody's test holds open. */
const DEFAULT_MS = 30_000
const LONGEST_MS = 120_000

export const timeoutParam = z
  .number()
  .int()
  .nonnegative()
  .max(LONGEST_MS)
  .default(DEFAULT_MS)
  .describe(`how long to wait at most, in milliseconds of real time: 0 to ${LONGEST_MS}`)

/** How much of what came meanwhile is told when the time is up. */
const TOLD = 8

export interface Wait<Event, Result> {
  readonly world: ControlledWorld
  /** What is waited for, as the end of "waited in vain for ...". */
  readonly what: string
  /** What has happened already, oldest first: nothing is overlooked that came before the wait. */
  readonly already: readonly Event[]
  readonly subscribe: (listener: (event: Event) => void) => () => void
  /** What the wait ends with when the event is the one; null when it is not; a fault when it cannot come any more. */
  readonly match: (event: Event) => Result | ControlFault | null
  /** The event in a few words; null for one that is not worth telling. */
  readonly tell: (event: Event) => string | null
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/**
 * The first event that matches, of those that have happened and those to come.
 * @throws ControlFault `timed-out` with what came meanwhile, `unfit` when the simulator is reset or closed
 */
export function waitFor<Event, Result>(wait: Wait<Event, Result>): Promise<Result> {
  const { world, what, already, subscribe, match, tell, timeoutMs, signal } = wait
  for (const event of already) {
    const found = match(event)
    if (found instanceof ControlFault) return Promise.reject(found)
    if (found !== null) return Promise.resolve(found)
  }
  return new Promise((resolve, reject) => {
    const began = world.clock.now()
    const meanwhile: string[] = []
    const endings: (() => void)[] = []
    const end = (settle: () => void) => {
      for (const one of endings) one()
      settle()
    }
    const inVain = () => {
      const came = meanwhile.length === 0 ? 'nothing came meanwhile' : `meanwhile came: ${meanwhile.slice(-TOLD).join('; ')}`
      const stands =
        world.clock instanceof VirtualClock && world.clock.now() === began
          ? ' The clock did not move: it is moved with move-clock.'
          : ''
      return new ControlFault('timed-out', `Waited ${timeoutMs} ms in vain for ${what}; ${came}.${stands}`)
    }
    endings.push(
      subscribe((event) => {
        const found = match(event)
        if (found instanceof ControlFault) return end(() => reject(found))
        if (found !== null) return end(() => resolve(found))
        const told = tell(event)
        if (told !== null) meanwhile.push(told)
        if (meanwhile.length > TOLD) meanwhile.shift()
      }),
      world.simulator.whenItEnds((how) =>
        end(() => reject(unfit(`The simulator was ${how} while ${what} was waited for; begin again.`))),
      ),
    )
    const timer = setTimeout(() => end(() => reject(inVain())), timeoutMs)
    const gone = () => end(() => reject(unfit('The caller has gone.')))
    signal?.addEventListener('abort', gone, { once: true })
    endings.push(
      () => clearTimeout(timer),
      () => signal?.removeEventListener('abort', gone),
    )
  })
}
