// Makes a simulator from a world file: its apps and meetings, how the people behave, which faults are armed, and its clock.
import { type Cast, readWorld, WORLD_FILE } from '../contract/cast'
import { FixtureError, type FixtureProblem, shownFile } from '../contract/fixture'
import { DEFAULT_PROFILE, type Profile } from '../contract/profiles'
import { assembleSimulator, type Simulator } from './assemble'
import type { Attendee } from './core/commands'
import type { Admission } from './core/state'
import type { Order } from './faults/fault'
import { chooseFault } from './faults/fault-list'
import { type App, botApp, type Directory, directoryOf, keyOf } from './identity/directory'
import { loadKeys } from './identity/keys'
import { AUTO, MANUAL, type PeopleScripts, REACTION_MS } from './people/scripts'
import { type Clock, RealClock, VirtualClock } from './runtime/clock'
import type { Deliver } from './runtime/outbox'

/** Whether people act by themselves or wait for commands. */
export type PeopleMode = 'auto' | 'manual'

export interface Seed {
  /** The world file, and what it holds. */
  readonly file: string
  readonly cast: Cast
  readonly directory: Directory
  readonly scripts: PeopleScripts
  /** Who is in which meeting from the beginning, by the meeting's key. */
  readonly present: readonly { readonly meeting: string; readonly person: Attendee }[]
  readonly meetingsOnDemand: Admission | null
  /** The faults that are armed from the beginning, and again after each reset. */
  readonly faults: readonly Order[]
  /** By their names in the file: the apps but for the bot, persons, and keys of meetings. */
  readonly apps: ReadonlyMap<string, App>
  readonly people: ReadonlyMap<string, Attendee>
  readonly meetings: ReadonlyMap<string, string>
}

/**
 * Reads a world file for the simulator.
 * @throws FixtureError that names the field and what to write there
 */
export function loadSeed(file: string = WORLD_FILE, mode: PeopleMode = 'auto'): Seed {
  const cast = readWorld(file)
  refuse(file, botProblems(cast))
  const { people, meetings, meetingsOnDemand } = cast
  const directory = directoryOf([cast])
  const [, ...others] = directory.apps
  const apps = new Map(Object.keys(cast.apps).map((name, at) => [name, others[at] as App]))
  const persons = new Map(
    Object.entries(people).map(([name, { id, displayName, languageId = null }]) => [name, { id, displayName, languageId }]),
  )
  return {
    file,
    cast,
    directory,
    scripts: mode === 'auto' ? scriptsOf(cast) : MANUAL,
    present: Object.values(meetings).flatMap((meeting) => {
      const { secondParticipant, present = secondParticipant === null ? [] : [secondParticipant] } = meeting
      return present.map((name) => ({ meeting: keyOf(meeting), person: persons.get(name) as Attendee }))
    }),
    meetingsOnDemand: meetingsOnDemand === 'none' ? null : meetingsOnDemand,
    faults: ordersOf(file, cast, apps),
    apps,
    people: persons,
    meetings: new Map(Object.entries(meetings).map(([name, meeting]) => [name, keyOf(meeting)])),
  }
}

type Problem = Omit<FixtureProblem, 'file'>

function refuse(file: string, problems: readonly Problem[]): void {
  const [first, ...others] = problems.map((problem) => ({ file: shownFile(file), ...problem }))
  if (first !== undefined) throw new FixtureError([first, ...others])
}

function botProblems({ bot }: Cast): Problem[] {
  const missing = (['clientId', 'tenantId'] as const).filter((name) => bot[name] === null)
  return missing.map((name) => ({ path: `bot.${name}`, cause: 'is missing', remedy: 'write a GUID: the simulator needs it' }))
}

function ordersOf(file: string, cast: Cast, apps: ReadonlyMap<string, App>): Order[] {
  const clients = new Map([...apps].map(([name, { clientId }]) => [name, clientId]))
  const known = [...clients.keys(), botApp(cast).clientId]
  const problems: Problem[] = []
  const orders = cast.faults.flatMap(({ fault, messages, app, ...written }, at) => {
    const appId =
      app === null ? null : (clients.get(app) ?? [...clients.values(), botApp(cast).clientId].find((id) => id === app))
    if (appId === undefined) {
      const cause = `is ${JSON.stringify(app)}, which is not one of apps`
      problems.push({ path: `faults[${at}].app`, cause, remedy: `write one of ${known.join(', ')}` })
    }
    const chosen = chooseFault(fault, written)
    if ('fault' in chosen) return [{ ...chosen, messages, scope: { callId: null, appId: appId ?? null } }]
    problems.push(...chosen.map(({ field, ...misfit }) => ({ path: `faults[${at}].${field}`, ...misfit })))
    return []
  })
  refuse(file, problems)
  return orders
}

function scriptsOf({ people, meetings }: Cast): PeopleScripts {
  const ms = (seconds: number | undefined) => (seconds === undefined ? REACTION_MS : seconds * 1000)
  return {
    ...AUTO,
    called: new Map(
      Object.values(people).map(({ id, whenCalled = AUTO.anybody.does, after, hangsUpAfter }) => [
        id,
        { does: whenCalled, afterMs: ms(after), hangsUpAfterMs: hangsUpAfter === undefined ? null : hangsUpAfter * 1000 },
      ]),
    ),
    waiting: new Map(
      Object.values(meetings).map((meeting) => {
        const { whenAGuestWaits = AUTO.anywhere.does, after } = meeting
        return [keyOf(meeting), { does: whenAGuestWaits, afterMs: ms(after) }]
      }),
    ),
  }
}

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
  /** Hosts that callbacks may name with http, as this machine. Default: none. */
  readonly allowedHosts?: readonly string[]
  /** What ids are made from. */
  readonly ids: string
  /** Default: `documented`. */
  readonly profile?: Profile
}

/**
 * Time begins at the present moment. The times of tokens are real time on every clock: the bot checks those of notifications, and keeps its own
 * by its clock.
 * @throws FixtureError when the seed file cannot be used
 */
export async function openSeededSimulator(options: SeedOptions): Promise<SeededSimulator> {
  const { seedFile, people, time, deliver, allowedHosts = [], ids, profile = DEFAULT_PROFILE } = options
  const seed = loadSeed(seedFile, people)
  const clock = time === 'virtual' ? new VirtualClock(Date.now()) : new RealClock(Date.now(), time.speed)
  const { directory, scripts, present, meetingsOnDemand, faults } = seed
  const simulator = assembleSimulator({
    directory,
    keys: await loadKeys(),
    clock,
    deliver,
    allowedHosts,
    seed: ids,
    tokenNow: Date.now,
    people: scripts,
    present,
    meetingsOnDemand,
    faults,
    profile,
  })
  return { simulator, clock, seed }
}
