// Brings bots and people into calls and meetings, makes people act, and finds the coordinates of a meeting.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { jsonOrNull } from '../../bot/wire'
import { coordinatesOf, type Meeting, type MeetingCoordinates } from '../../contract/cast'
import { HarnessError, NonConformance, NotApplicable } from '../../contract/failures'
import { readJoinAddress } from '../../contract/join-address'
import type { MeetingVerb, WhenAGuestWaits, WhenCalled } from '../../contract/people-verbs'
import { ANOTHER_BOT, THE_BOT } from '../../judge/setting'
import { assertJson, createsTheCall, hangUp, idOf } from '../answers'
import { inSeconds, type Session } from '../session'
import { registrationWith } from './registrations'

/** Joins a meeting with the request of the example that joins it. */
export async function join(session: Session, key: string, asGuest = false, meeting = session.meeting(key)): Promise<void> {
  // The examples join the scheduled and the channel meeting. Any other meeting takes the place of the channel meeting.
  const printed = session.exampleThatJoins(key, asGuest) === null ? 'channel' : key
  const example = session.exampleThatJoins(printed, asGuest)
  if (example === null) throw new HarnessError(`no example joins the ${key} meeting`)
  const { cast } = session.setting
  await session.send(example, {}, { ...session.setting, cast: { ...cast, meetings: { ...cast.meetings, [printed]: meeting } } })
}

/** Ways to join a meeting, by their phrases. */
export const MANNERS: ReadonlyMap<string, (session: Session, key: string) => Promise<void>> = new Map([
  ['as a guest', (session: Session, key: string) => join(session, key, true)],
  ['with the coordinates of its online meeting look-up', joiningWith(lookedUp)],
  ['with the coordinates of its join address', joiningWith(fromJoinAddress)],
  [
    'with the coordinates of another tenant',
    joiningWith((_, { coordinates }) => ({
      ...coordinates,
      organizer: { ...coordinates.organizer, tenantId: randomUUID() },
    })),
  ],
  [
    'with the coordinates of no meeting',
    joiningWith((_, { coordinates }) => ({ ...coordinates, threadId: `19:meeting_${randomUUID()}@thread.v2` })),
  ],
])

/** Joins with the request for the scheduled meeting and other coordinates. */
function joiningWith(source: (session: Session, meeting: Meeting) => Promise<MeetingCoordinates> | MeetingCoordinates) {
  return async (session: Session, key: string) => {
    const meeting = session.meeting(key)
    await join(session, 'scheduled', false, { ...meeting, coordinates: await source(session, meeting) })
  }
}

const text = z.string().min(1)

/** What the response of a look-up must have for a join. Source: page "Get onlineMeeting" of 2019. */
const onlineMeeting = z.looseObject({
  chatInfo: z.looseObject({ threadId: text, messageId: text, replyChainMessageId: text.nullish() }),
  participants: z.looseObject({
    organizer: z.looseObject({
      identity: z.looseObject({ user: z.looseObject({ id: text, tenantId: text, displayName: text.nullish() }) }),
    }),
  }),
})

async function lookedUp(session: Session, { conferenceId }: Meeting): Promise<MeetingCoordinates> {
  if (conferenceId === null) throw new NotApplicable('the cast gives the meeting no conferenceId')
  const reply = await session.bot.graph.lookUp(conferenceId)
  const { data, error } = onlineMeeting.safeParse(jsonOrNull(reply.text))
  const missing = error === undefined ? '' : ` without ${error.issues.map(({ path }) => path.join('/')).join(', ')}`
  if (reply.status !== 200 || data === undefined)
    throw new NonConformance(
      `the look-up of the online meeting was answered ${reply.status}${missing}; documented: 200 with its coordinates (CC-70)`,
    )
  assertJson('the online meeting', reply)
  const { threadId, messageId, replyChainMessageId = null } = data.chatInfo
  const { id, tenantId, displayName = null } = data.participants.organizer.identity.user
  return { threadId, messageId, replyChainMessageId, organizer: { id, tenantId, displayName } }
}

/** Without an address in the cast, one is made from the coordinates, as in an invitation. */
function fromJoinAddress(_: Session, { joinUrl, coordinates }: Meeting): MeetingCoordinates {
  const read = readJoinAddress(joinUrl ?? joinAddress(coordinates))
  if (read.kind !== 'coordinates') throw new NotApplicable(`the join address ${read.cause}`)
  return coordinatesOf(read)
}

/** As in an invitation; of a reply in a channel the context has the post. */
export function joinAddress({ threadId, messageId, replyChainMessageId, organizer }: MeetingCoordinates): string {
  const replied = replyChainMessageId === null ? {} : { MessageId: replyChainMessageId }
  const context = JSON.stringify({ Tid: organizer.tenantId, Oid: organizer.id, ...replied })
  const path = [threadId, messageId].map(encodeURIComponent).join('/')
  return `https://teams.microsoft.com/l/meetup-join/${path}?context=${encodeURIComponent(context)}`
}

/** Places a call that the person answers, and waits until it is established. */
export async function inACall(session: Session, key: string): Promise<void> {
  await session.target.people.whenCalled(session.person(key), 'answers')
  await session.send(1)
  await reach(session, 'the call is established', () => stateSeen(session, 'established'))
}

/** Places a call that the person does not answer, and waits until the bot is notified of it. */
async function isCalling(session: Session, key: string): Promise<void> {
  await session.target.people.whenCalled(session.person(key), 'silent')
  await session.send(1)
  await reach(session, 'the call is establishing', () => stateSeen(session, 'establishing'))
}

/** How the bot is connected with a person at the start of a scenario, by the phrases. */
export const CONTACTS = new Map([
  ['is in a call with', inACall],
  ['is calling', isCalling],
])

/** Where a participant can be at the start of a scenario, by the phrases. */
export const PRESENCES = new Map([
  ['in', 'in'],
  ['unmuted in', 'unmuted'],
  ['in the lobby of', 'lobby'],
] as const)
type Presence = typeof PRESENCES extends ReadonlyMap<string, infer Value> ? Value : never

/** Brings a bot or a person into a meeting. A bot has received the roster by then. */
export async function bePresent(session: Session, who: string, presence: Presence, key: string): Promise<void> {
  if (who === THE_BOT || who === ANOTHER_BOT) {
    if (presence === 'unmuted') throw new HarnessError('no operation unmutes a bot')
    const bot = who === THE_BOT ? session : bringAnother(session)
    return presence === 'lobby' ? waitInTheLobby(bot, key) : haveJoined(bot, key)
  }
  if (presence === 'lobby') throw new HarnessError('only the bot waits in a lobby')
  const [meeting, person] = [session.meeting(key), session.person(who)]
  await session.target.people.inMeeting(meeting, 'join', person)
  if (presence === 'unmuted') await session.target.people.inMeeting(meeting, 'unmute', person)
}

/** The other bot is the registration of the cast that may join meetings and nothing more. */
function bringAnother(session: Session): Session {
  const permissions = ['Calls.JoinGroupCall.All']
  return session.bringAnother(registrationWith(session.setting.cast, permissions, `only ${permissions}`))
}

async function haveJoined(session: Session, key: string): Promise<void> {
  await join(session, key)
  await reach(session, 'the bot is in the meeting', () => stateSeen(session, 'established') && rosterSeen(session))
}

async function waitInTheLobby(session: Session, key: string): Promise<void> {
  await join(session, key, true)
  await reach(session, 'the bot waits in the lobby', () => rosterSeen(session))
}

async function reach(session: Session, what: string, holds: () => boolean): Promise<void> {
  createsTheCall(session)
  const reached = await session.waitUntil(holds)
  if (!reached) throw new NonConformance(`no notification said within ${inSeconds(session.withinMs)} that ${what}`)
}

function stateSeen(session: Session, state: string): boolean {
  return session.ownChanges().some((change) => change.of === 'call' && change.state === state)
}

function rosterSeen(session: Session): boolean {
  return session.ownChanges().some(({ of }) => of === 'roster')
}

type Deed = MeetingVerb | 'remove the bot'

/** What a person does in a meeting, by the phrases. */
export const DEEDS: ReadonlyMap<string, Deed> = new Map<string, Deed>([
  ['joins', 'join'],
  ['leaves', 'leave'],
  ['mutes in', 'mute'],
  ['unmutes in', 'unmute'],
  ['removes the bot from', 'remove the bot'],
])

export async function actInMeeting(session: Session, key: string, deed: Deed, meetingKey: string): Promise<void> {
  const { people } = session.target
  const [meeting, person] = [session.meeting(meetingKey), session.person(key)]
  if (deed === 'remove the bot') await people.removes(meeting, person, idOf(session))
  else await people.inMeeting(meeting, deed, person)
}

export async function reactWhenCalled(session: Session, key: string, does: WhenCalled): Promise<void> {
  await session.target.people.whenCalled(session.person(key), does)
}

export async function treatGuests(session: Session, key: string, does: WhenAGuestWaits, meeting: string): Promise<void> {
  await session.target.people.whenAGuestWaits(session.meeting(meeting), does, session.person(key))
}

export async function leaveGuests(session: Session, meeting: string): Promise<void> {
  await session.target.people.whenAGuestWaits(session.meeting(meeting), 'leaves-in-lobby', null)
}

export async function endCall(session: Session, who: string): Promise<void> {
  if (who === THE_BOT) await hangUp(session)
  else await session.target.people.hangsUp(session.person(who), idOf(session))
}
