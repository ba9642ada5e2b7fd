// The simulator as a package: Graph, its token service and the people in a call, inside the program that tests a bot.
import type { Json, JsonObject } from '../contract/json'
import { type Activity, passageOf } from './advance-time'
import type { Call } from './core/state'
import { type Faulting, faultingBy } from './faults/faults-api'
import type { App } from './identity/directory'
import { mountDirect } from './mounts/direct'
import type { Mount } from './mounts/nock'
import { counted, type Origins, operate, posting, REAL_ORIGINS, routesOf } from './package-plumbing'
import { type Acting, actingBy } from './people/people-api'
import { RealClock } from './runtime/clock'
import type { JournalEntry } from './runtime/journal'
import type { Deliver } from './runtime/outbox'
import type { PeopleMode } from './seed'
import { type Serving, type ServingOptions, serve } from './server/serving'
import { openWorld, type Time } from './world'

export type { WhenAGuestWaits, WhenCalled } from '../contract/cast'
export type { Json, JsonObject } from '../contract/json'
export type { Person } from './core/commands'
export type { Call } from './core/state'
export type { Faulting, WhichFault } from './faults/faults-api'
export type { App } from './identity/directory'
export type { Handler, Routes } from './mounts/direct'
export type { Mount } from './mounts/nock'
export { type Origins, REAL_ORIGINS } from './package-plumbing'
export type { Acting, WhichCall, WhichMeeting, WhoInAMeeting } from './people/people-api'
export type { JournalEntry } from './runtime/journal'
export type { Deliver } from './runtime/outbox'
export type { PeopleMode } from './seed'
export type { Addresses, Serving } from './server/serving'
export type { Time } from './world'

export interface SimulatorOptions {
  /** A seed file (YAML) with the apps, people and meetings to play; unless said, the world of the page "Create call". */
  readonly seed?: string
  /** `auto`, the default: people act by themselves, as the seed says. `manual`: they wait to be told. */
  readonly people?: PeopleMode
  /** `virtual`, the default: time stands still until `until` or `advance` moves it. `{ speed }`: it passes, so many times as fast as real time. */
  readonly time?: Time
  /**
   * How a notification reaches the bot, for example by calling its handler. Unless said, it is posted: while mounted on nock through the
   * global fetch, so that what nock answers for is reached, and otherwise to this machine only.
   */
  readonly deliver?: Deliver
  /** Where the services are, for `fetch` and `mountOnNock`; what is left out is where the real one is. Two simulators on nock need different ones. */
  readonly origins?: Partial<Origins>
  /** What ids are made from: the same text makes the same ids in the same order. Give two simulators that one bot talks to different ones. */
  readonly ids?: string
}

export interface GraphSimulator {
  readonly origins: Origins
  /** The apps of the seed, with the secrets by which they get tokens. */
  readonly apps: readonly App[]
  /** Reaches this simulator's origins and nothing else, without nock or a socket. */
  readonly fetch: typeof globalThis.fetch
  /**
   * From now on every fetch and http(s) client of this process reaches the simulator at its origins, also after `nock.cleanAll()`; while
   * anything is mounted nock lets requests out to this machine only.
   * @throws Error when an origin is mounted already
   */
  mountOnNock(): Mount
  /** Serves on a port of this machine, any free one unless said, with TLS where wanted. @throws Error with a `code`, as EADDRINUSE */
  listen(options?: Partial<Pick<ServingOptions, 'host' | 'port' | 'tls'>>): Promise<Serving>
  /**
   * One operation of the control API, as `control('answer')` or `control('join', { meeting: 'scheduled', person: 'John' })`; docs/simulator.md
   * lists them.
   * @throws Error that names the field and what to write, or says why it does not fit
   */
  control(operation: string, params?: JsonObject): Promise<Json>
  /** What people do: `people.answer()`, `people.join({ meeting: 'scheduled', person: 'Hanna' })`. */
  readonly people: Acting
  /** What goes wrong: `faults.arm({ fault: 'throttle', retryAfter: 5, messages: 1 })`. Nothing unless armed, here or in the seed. */
  readonly faults: Faulting
  /** The moment on the simulator's clock, in milliseconds since the epoch. */
  now(): number
  /** Lets so many milliseconds of the simulator's pass, with every timer and delivery in them. */
  advance(ms: number): Promise<void>
  /**
   * Lets time pass until the condition holds, at most so many milliseconds of the simulator's; whether it holds in the end. Virtual time moves
   * from timer to timer, each time after deliveries and requests have come to rest.
   */
  until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean>
  /** What happened, oldest first: requests with the reason of a refusal, deliveries with their cause, people. */
  journal(): readonly JournalEntry[]
  /** The calls that live now. */
  calls(): readonly Call[]
  /** Resolves once every notification was delivered or given up. */
  idle(): Promise<void>
  /** Begins anew: no call, people, meetings and faults as in the seed. Late timers and deliveries of before change nothing. */
  reset(): void
  /** Ends everything, mounts and ports included. How many notifications were never delivered. */
  close(): Promise<number>
}

/**
 * A simulator of its own; any number live in one process.
 * @throws FixtureError when the seed file cannot be used, naming the place and what to write
 */
export async function createSimulator(options: SimulatorOptions = {}): Promise<GraphSimulator> {
  const { people = 'auto', time = 'virtual', ids = 'simulator' } = options
  const origins = { ...REAL_ORIGINS, ...options.origins }
  const mounted = new Set<Mount>()
  const serving = new Set<Serving>()
  const posts = posting(() => mounted.size > 0)
  const world = await openWorld({
    seedFile: options.seed,
    people,
    time,
    deliver: options.deliver ?? posts.deliver,
    ids,
  })
  const { simulator, clock, seed } = world
  const { services, requests } = counted(simulator.services)
  const activity: Activity = {
    idle: () => simulator.idle(),
    underWay: () => requests.open,
    count: () => requests.begun + simulator.journal.last,
  }
  const control: GraphSimulator['control'] = (operation, params = {}) => operate(world, operation, params)
  const routes = routesOf(origins, services)

  return {
    origins,
    apps: seed.directory.apps,
    fetch: mountDirect(routes),
    mountOnNock: () => {
      // Loaded only when asked for: nock changes how this process reaches the network.
      const { mountOnNock } = require('./mounts/nock') as typeof import('./mounts/nock')
      const { unmount, repair } = mountOnNock(routes, { lasting: true })
      const mount: Mount = {
        repair,
        unmount: () => {
          mounted.delete(mount)
          unmount()
        },
      }
      mounted.add(mount)
      return mount
    },
    listen: async ({ host = '127.0.0.1', port = 0, tls = false } = {}) => {
      const one = await serve(services, { host, port, tls, onProblem: () => {} })
      serving.add(one)
      return one
    },
    control,
    people: actingBy(control),
    faults: faultingBy(control),
    now: () => clock.now(),
    ...passageOf(clock, activity),
    journal: () => simulator.journal.entries(),
    calls: () => simulator.calls(),
    idle: () => simulator.idle(),
    reset: () => simulator.reset(),
    close: async () => {
      if (clock instanceof RealClock) clock.stop()
      const dropped = simulator.close()
      for (const mount of mounted) mount.unmount()
      await Promise.all([...serving].map((one) => one.close()))
      await posts.close()
      return dropped
    },
  }
}
