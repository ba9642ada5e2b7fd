// A world to play in: a simulator made from a seed file, with the clock that it lives by. The command and the package begin with it.

import { createSimulator, type Simulator } from './assemble'
import { loadKeys } from './identity/keys'
import { type Clock, RealClock, VirtualClock } from './runtime/clock'
import type { Deliver } from './runtime/outbox'
import { loadSeed, type PeopleMode, type Seed } from './seed'

/** Virtual time stands still until it is moved; with a speed it passes, so many times as fast as on the wall. */
export type Time = 'virtual' | { readonly speed: number }

export interface World {
  readonly simulator: Simulator
  readonly clock: Clock
  readonly seed: Seed
}

export interface WorldOptions {
  /** A seed file in YAML; the built-in one is the world of the page. */
  readonly seedFile?: string | undefined
  readonly people: PeopleMode
  readonly time: Time
  readonly deliver: Deliver
  /** What ids are made from. */
  readonly ids: string
}

/**
 * Time begins at the present moment. The times of tokens are real time whatever the clock does: the bot checks those of notifications, and
 * keeps its own by its clock.
 * @throws FixtureError when the seed file cannot be used
 */
export async function openWorld({ seedFile, people, time, deliver, ids }: WorldOptions): Promise<World> {
  const seed = loadSeed(seedFile, people)
  const clock = time === 'virtual' ? new VirtualClock(Date.now()) : new RealClock(Date.now(), time.speed)
  const { directory, scripts, present, meetingsOnDemand, faults } = seed
  const simulator = createSimulator({
    directory,
    keys: await loadKeys(),
    clock,
    deliver,
    seed: ids,
    tokenNow: Date.now,
    people: scripts,
    present,
    meetingsOnDemand,
    faults,
  })
  return { simulator, clock, seed }
}
