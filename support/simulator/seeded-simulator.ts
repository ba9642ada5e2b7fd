// A simulator made from a seed file, with its clock. The command, the control API and the package work on it.
import { assembleSimulator, type Simulator } from './assemble'
import { loadKeys } from './identity/keys'
import { type Clock, RealClock, VirtualClock } from './runtime/clock'
import type { Deliver } from './runtime/outbox'
import { loadSeed, type PeopleMode, type Seed } from './seed'

/** Virtual time stands still until it is moved; with a speed it passes that many times as fast as real time. */
export type Time = 'virtual' | { readonly speed: number }

export interface SeededSimulator {
  readonly simulator: Simulator
  readonly clock: Clock
  /** The names of people, meetings and apps. */
  readonly seed: Seed
}

interface SeedOptions {
  /** A seed file in YAML. Default: the world of the page "Create call". */
  readonly seedFile?: string | undefined
  readonly people: PeopleMode
  readonly time: Time
  readonly deliver: Deliver
  /** What ids are made from. */
  readonly ids: string
}

/**
 * Time begins at the present moment. The times of tokens are real time on every clock: the bot checks those of notifications, and keeps its own
 * by its clock.
 * @throws FixtureError when the seed file cannot be used
 */
export async function openSeededSimulator(options: SeedOptions): Promise<SeededSimulator> {
  const { seedFile, people, time, deliver, ids } = options
  const seed = loadSeed(seedFile, people)
  const clock = time === 'virtual' ? new VirtualClock(Date.now()) : new RealClock(Date.now(), time.speed)
  const { directory, scripts, present, meetingsOnDemand, faults } = seed
  const simulator = assembleSimulator({
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
