// What a scenario may take for granted before its one event: a call that is established, a bot in a meeting, another bot there.
import type { ExampleNumber } from '../contract/documented'
import { HarnessError, NonConformance } from '../contract/faults'
import { createsTheCall } from './answers'
import { refusedPosts, troubled, within } from './refused-posts'
import type { Session } from './session'
import { registrationWith } from './vocabulary/permissions'
import { asSent } from './vocabulary/request-changes'

/** The example that joins each meeting as the application, and as a guest. */
const JOINING: Readonly<Record<string, ExampleNumber>> = { scheduled: 3, channel: 5, openChannel: 5 }
const AS_GUEST: ExampleNumber = 6

/** Somebody has picked up, and the bot knows it. */
export async function inACall(session: Session, key: string): Promise<void> {
  await session.target.people.whenCalled(session.person(key), 'answers')
  await session.send(1)
  createsTheCall(session)
  await reaches(session, 'the call is established', () => stateSeen(session, 'established'))
}

/** The bot is in a meeting, and has seen its roster. */
export async function hasJoined(session: Session, key: string): Promise<void> {
  await join(session, key)
  createsTheCall(session)
  await reaches(session, 'the bot is in the meeting', () => stateSeen(session, 'established') && rosterSeen(session))
}

/** The bot waits in the lobby, and has seen itself there. */
export async function waitsInTheLobby(session: Session, key: string): Promise<void> {
  await joinAsGuest(session, key)
  createsTheCall(session)
  await reaches(session, 'the bot waits in the lobby', () => rosterSeen(session))
}

/** Another registration of the cast, one that may join meetings, is in the meeting. */
export async function anotherHasJoined(session: Session, key: string): Promise<void> {
  const permissions = ['Calls.JoinGroupCall.All']
  await hasJoined(session.bringAnother(registrationWith(session.setting.cast, permissions, `only ${permissions}`)), key)
}

/** Asks to be let into a meeting of the cast, with the request of the example that does so. */
export async function join(session: Session, key: string): Promise<void> {
  const example = JOINING[key]
  if (example === undefined) throw new HarnessError(`no example joins the ${key} meeting`)
  await joinWith(session, key, example)
}

export async function joinAsGuest(session: Session, key: string): Promise<void> {
  await joinWith(session, key, AS_GUEST)
}

/** The examples are of the scheduled and the channel meeting; any other meeting takes the place of the channel's. */
async function joinWith(session: Session, key: string, example: ExampleNumber): Promise<void> {
  const { setting } = session
  const meetings = { ...setting.cast.meetings, ...(key === 'scheduled' ? {} : { channel: session.meeting(key) }) }
  session.meeting(key)
  await session.send(example, { change: asSent }, { ...setting, cast: { ...setting.cast, meetings } })
}

async function reaches(session: Session, what: string, holds: () => boolean): Promise<void> {
  const reached = await session.target.until(() => holds() || troubled(session), session.withinMs)
  refusedPosts(session)
  if (!reached) throw new NonConformance(`no notification said ${within(session.withinMs)} that ${what}`)
}

function stateSeen(session: Session, state: string): boolean {
  return session.changes().some((change) => change.of === 'call' && change.state === state)
}

function rosterSeen(session: Session): boolean {
  return session.changes().some(({ of }) => of === 'roster')
}
