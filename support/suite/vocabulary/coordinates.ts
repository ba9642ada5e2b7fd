// Where the coordinates of a meeting come from, when a feature joins with others than the example's own.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { jsonOrNull } from '../../bot/wire'
import { type Meeting, type MeetingCoordinates, meetingCoordinates } from '../../contract/cast'
import { NonConformance, NotApplicable } from '../../contract/faults'
import type { Session } from '../session'

const text = z.string().min(1)

/** What a look-up must tell for a join. Source: page "Get onlineMeeting" of 2019. */
const onlineMeeting = z.looseObject({
  chatInfo: z.looseObject({ threadId: text, messageId: text, replyChainMessageId: text.nullish() }),
  participants: z.looseObject({
    organizer: z.looseObject({
      identity: z.looseObject({ user: z.looseObject({ id: text, tenantId: text, displayName: text.nullish() }) }),
    }),
  }),
})

type Source = (session: Session, meeting: Meeting) => Promise<MeetingCoordinates> | MeetingCoordinates

export const SOURCES: Readonly<Record<string, Source>> = {
  'its online meeting look-up': lookedUp,
  'its join address': fromJoinAddress,
  'another tenant': (_, { coordinates }) => ({
    ...coordinates,
    organizer: { ...coordinates.organizer, tenantId: randomUUID() },
  }),
  'no meeting': (_, { coordinates }) => ({ ...coordinates, threadId: `19:meeting_${randomUUID()}@thread.v2` }),
}

/** Joins the scheduled meeting with the request of example 3, and the coordinates that a source gives. */
export async function joinFrom(session: Session, key: string, source: string): Promise<void> {
  const meeting = session.meeting(key)
  const coordinates = await (SOURCES[source] as Source)(session, meeting)
  const { setting } = session
  const meetings = { ...setting.cast.meetings, scheduled: { ...meeting, coordinates } }
  await session.send(3, {}, { ...setting, cast: { ...setting.cast, meetings } })
}

async function lookedUp(session: Session, { conferenceId }: Meeting): Promise<MeetingCoordinates> {
  if (conferenceId === null) throw new NotApplicable('the cast gives the meeting no conferenceId')
  const reply = await session.bot.lookUp(conferenceId)
  const { data, error } = onlineMeeting.safeParse(jsonOrNull(reply.text))
  if (reply.status !== 200 || data === undefined)
    throw new NonConformance(
      `the look-up of the online meeting was answered ${reply.status}${error === undefined ? '' : ` without ${error.issues.map(({ path }) => path.join('/')).join(', ')}`}; documented: 200 with its coordinates (CC-70)`,
    )
  const { threadId, messageId, replyChainMessageId = null } = data.chatInfo
  const { id, tenantId, displayName = null } = data.participants.organizer.identity.user
  return { threadId, messageId, replyChainMessageId, organizer: { id, tenantId, displayName } }
}

/** Without an address in the cast, one is written from the coordinates, as an invitation would have it. */
function fromJoinAddress(_: Session, { joinUrl, coordinates }: Meeting): MeetingCoordinates {
  const read = meetingCoordinates(joinUrl ?? joinAddress(coordinates))
  if (read.coordinates === undefined) throw new NotApplicable(`the join address ${read.fault.cause}`)
  return read.coordinates
}

function joinAddress({ threadId, messageId, organizer }: MeetingCoordinates): string {
  const context = JSON.stringify({ Tid: organizer.tenantId, Oid: organizer.id })
  const path = [threadId, messageId].map(encodeURIComponent).join('/')
  return `https://teams.microsoft.com/l/meetup-join/${path}?context=${encodeURIComponent(context)}`
}
