// Makes a simulated world from a world file: its apps and meetings, how the people behave, and which faults are armed.
import { type Cast, readWorld, WORLD_FILE } from '../contract/cast'
import { FixtureError, type FixtureProblem, shownFile } from '../contract/fixture'
import type { Person } from './core/commands'
import type { Meeting } from './core/state'
import type { Order } from './faults/fault'
import { chooseFault } from './faults/fault-list'
import { type App, botApp, type Directory, directoryOf, keyOf } from './identity/directory'
import { AUTO, MANUAL, type PeopleScripts, REACTION_MS } from './people/scripts'

/** Whether people act by themselves or wait for commands. */
export type PeopleMode = 'auto' | 'manual'

export interface Seed {
  /** The world file, and what it holds. */
  readonly file: string
  readonly cast: Cast
  readonly directory: Directory
  readonly scripts: PeopleScripts
  /** Who is in which meeting from the beginning, by the meeting's key. */
  readonly present: readonly { readonly meeting: string; readonly person: Person }[]
  readonly meetingsOnDemand: Meeting['guests'] | null
  /** The faults that are armed from the beginning, and again after each reset. */
  readonly faults: readonly Order[]
  /** By their names in the file: the apps but for the bot, persons, and keys of meetings. */
  readonly apps: ReadonlyMap<string, App>
  readonly people: ReadonlyMap<string, Person>
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
      return present.map((name) => ({ meeting: keyOf(meeting), person: persons.get(name) as Person }))
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
