// The simulator as a package: Graph, its token service and the people in a call, inside the program that tests a bot.
import type { Json, JsonObject } from '../contract/json'
import { DEFAULT_PROFILE, type Profile } from '../contract/profiles'
import type { Simulator } from './assemble'
import { operate } from './control/operations'
import { type EndCall, endingBy } from './control/service-operations'
import type { Call } from './core/state'
import { type Faulting, faultingBy } from './faults/fault-operations'
import type { App } from './identity/directory'
import { type Handler, mountDirect, type Routes } from './mounts/direct'
import type { Mount } from './mounts/nock'
import { type Acting, actingBy } from './people/people-api'
import { type Activity, passageOf, RealClock } from './runtime/clock'
import { guardedDeliver } from './runtime/guarded-delivery'
import type { JournalEntry } from './runtime/journal'
import type { Deliver } from './runtime/outbox'
import { openSeededSimulator, type PeopleMode, type Time } from './seed'
import { front, type Serving, type ServingOptions, serve } from './server/serving'

export { type JoinAddress, readJoinAddress } from '../contract/join-address'
export type { Json, JsonObject } from '../contract/json'
export type { WhenAGuestWaits, WhenCalled } from '../contract/people-verbs'
export type { Profile } from '../contract/profiles'
export type { EndCall, HowItEnds } from './control/service-operations'
export type { Attendee as Person } from './core/commands'
export type { Call } from './core/state'
export type { Faulting, WhichFault } from './faults/fault-operations'
export type { App } from './identity/directory'
export type { Handler, Routes } from './mounts/direct'
export type { Mount } from './mounts/nock'
export type { Acting, WhichCall, WhichMeeting, WhoInAMeeting } from './people/people-api'
export type { JournalEntry } from './runtime/journal'
export type { Deliver } from './runtime/outbox'
export type { PeopleMode, Time } from './seed'
export type { Addresses, Serving } from './server/serving'

type Services = Simulator['services']

/** The origin of each service; several services may share one. */
export type Origins = { readonly [Service in keyof Services]: string }

/** Where the real services are. */
export const REAL_ORIGINS: Origins = {
  graph: 'https://graph.microsoft.com',
  login: 'https://login.microsoftonline.com',
  openid: 'https://api.aps.skype.com',
}

export interface SimulatorOptions {
  /** A seed file (YAML) with the apps, people and meetings. Default: the world of the page "Create call". */
  readonly seed?: string
  /** `auto`, the default: people act by themselves, as the seed says. `manual`: they act on command only. */
  readonly people?: PeopleMode
  /** `virtual`, the default: time stands still until `until` or `advance` moves it. `{ speed }`: it passes that many times as fast as real time. */
  readonly time?: Time
  /**
   * How a notification reaches the bot, for example by calling its handler. Default: it is posted, through the global fetch while mounted on
   * nock, so that it reaches what nock answers for, and otherwise to this machine only.
   */
  readonly deliver?: Deliver
  /** Where the services are, for `fetch` and `mountOnNock`. Default: where the real ones are. Two simulators on nock need different origins. */
  readonly origins?: Partial<Origins>
  /** What ids are made from: the same text makes the same ids in the same order. Give two simulators that one bot talks to different ones. */
  readonly ids?: string
  /** `documented`, the default: messages as the pages of each root print them. `observed`: with the known drift of today's wire. */
  readonly profile?: Profile
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
  /** Serves on a port of this machine, by default any free one, with TLS where wanted. @throws Error with a `code`, as EADDRINUSE */
  listen(options?: Partial<Pick<ServingOptions, 'host' | 'port' | 'tls'>>): Promise<Serving>
  /**
   * One operation of the control API, as `control('answer')` or `control('join', { meeting: 'scheduled', person: 'John' })`; docs/simulator.md
   * lists them.
   * @throws Error that names the field and what to write, or says why it does not fit
   */
  control(operation: string, params?: JsonObject): Promise<Json>
  /** What people do: `people.answer()`, `people.join({ meeting: 'scheduled', person: 'Hanna' })`. */
  readonly people: Acting
  /** The service ends a call at once: `endCall({ code: 500, subcode: 9999 })`. Without a `callId`: the one call that lives. */
  readonly endCall: EndCall
  /** What goes wrong: `faults.arm({ fault: 'throttle', retryAfter: 5, messages: 1 })`. Nothing goes wrong that is not armed, here or in the seed. */
  readonly faults: Faulting
  /** The moment on the simulator's clock, in milliseconds since the epoch. */
  now(): number
  /** Lets this many milliseconds of the simulator's clock pass, with every timer and delivery in them. */
  advance(ms: number): Promise<void>
  /**
   * Lets time pass until the condition holds, at most this many milliseconds of the simulator's clock. Returns whether it holds in the end.
   * Virtual time moves from timer to timer, each time after deliveries and requests have come to rest.
   */
  until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean>
  /** What happened, oldest first: requests with the reason of a refusal, deliveries with their cause, people. */
  journal(): readonly JournalEntry[]
  /** The calls that live now. */
  calls(): readonly Call[]
  /** Resolves once every notification was delivered or given up. */
  idle(): Promise<void>
  /** Begins anew: no call; people, meetings and faults as in the seed. Earlier timers and deliveries change nothing any more. */
  reset(): void
  /** Ends everything, mounts and ports included. Resolves with how many notifications were never delivered. */
  close(): Promise<number>
}

/**
 * A simulator of its own; any number live in one process.
 * @throws FixtureError when the seed file cannot be used, naming the place and what to write
 * @throws Error for an unknown profile
 */
export async function createSimulator(options: SimulatorOptions = {}): Promise<GraphSimulator> {
  const { people = 'auto', time = 'virtual', ids = 'simulator', profile = DEFAULT_PROFILE } = options
  const origins = { ...REAL_ORIGINS, ...options.origins }
  const mounted = new Set<Mount>()
  const serving = new Set<Serving>()
  const guarded = guardedDeliver({ allowedHosts: [] })
  // On nock the global fetch reaches what nock answers for, and nock refuses the rest.
  const post: Deliver = (url, init) => (mounted.size > 0 ? fetch(url, init) : guarded.deliver(url, init))
  const seeded = await openSeededSimulator({
    seedFile: options.seed,
    people,
    time,
    deliver: options.deliver ?? post,
    ids,
    profile,
  })
  const { simulator, clock, seed } = seeded
  const { services, requests } = counted(simulator.services)
  const activity: Activity = {
    idle: () => simulator.idle(),
    underWay: () => requests.open,
    count: () => requests.begun + simulator.journal.last,
  }
  const control: GraphSimulator['control'] = (operation, params = {}) => operate(seeded, operation, params)
  const routes = routesOf(origins, services)

  return {
    origins,
    apps: seed.directory.apps,
    fetch: mountDirect(routes),
    mountOnNock: () => {
      // Loaded only when asked for: nock changes how this process reaches the network.
      const { mountOnNock } = require('./mounts/nock') as typeof import('./mounts/nock')
      const { unmount, repair } = mountOnNock(routes, { lasting: true, own: true })
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
    endCall: endingBy(control),
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
      await guarded.close()
      return dropped
    },
  }
}

/** The handler of each origin; an origin that several services share selects them by path. @throws Error for an invalid origin */
function routesOf(origins: Origins, services: Services): Routes {
  const routes: Record<string, Handler> = {}
  for (const [service, origin] of Object.entries(origins) as [keyof Services, string][]) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error(
        `origins.${service} is "${origin}": write scheme, host and, where it has one, port, as in ${REAL_ORIGINS[service]}`,
      )
    routes[origin] = Object.hasOwn(routes, origin) ? front(services) : services[service]
  }
  return routes
}

/** The same services, with a count of all requests and of those that wait for their response. */
function counted({ graph, login, openid }: Services) {
  const requests = { begun: 0, open: 0 }
  const count =
    (handle: Handler): Handler =>
    async (request) => {
      requests.begun++
      requests.open++
      try {
        return await handle(request)
      } finally {
        requests.open--
      }
    }
  return { services: { graph: count(graph), login: count(login), openid: count(openid) }, requests }
}
