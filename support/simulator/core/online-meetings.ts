// The look-up of an online meeting by its conference id: who may ask, and what is answered, member by member.
import type { Json, JsonObject } from '../../contract/json'
import { type BotCommand, type Caller, type Decision, still } from './commands'
import type { Refusal } from './errors'
import { LOOK_UP_PERMISSIONS } from './forms'
import type { Sourced } from './provenance'
import type { MeetingSeed, State } from './state'

const PAGE = 'page "Get onlineMeeting" of 2019'

interface Member extends Sourced {
  readonly name: string
  value(meeting: MeetingSeed): Json
}

const documented = (name: string, value: Member['value']): Member => ({ name, value, basis: 'documented', source: PAGE })
/** Documented members that a simulated meeting has no value for. */
const unknown = (name: string, value: Json = null): Member => ({
  name,
  value: () => value,
  basis: 'assumption',
  source: `${PAGE} has the member; that one that is not set is ${JSON.stringify(value)} is ours`,
})

const type = (name: string) => ({ '@odata.type': `#microsoft.graph.${name}` })

export const ONLINE_MEETING: readonly Member[] = [
  {
    name: '@odata.context',
    value: () => 'https://graph.microsoft.com/beta/$metadata#app/onlineMeetings/$entity',
    basis: 'assumption',
    source: 'as that of a call on the page "Create call"',
  },
  documented('@odata.type', () => '#microsoft.graph.onlineMeeting'),
  {
    name: 'id',
    value: ({ conferenceId }) => conferenceId ?? null,
    basis: 'assumption',
    source: `${PAGE} takes a conference id; that the meeting's own id is the same is ours`,
  },
  documented('subject', ({ subject }) => subject ?? null),
  documented('chatInfo', ({ threadId, messageId, replyChainMessageId }) => ({
    ...type('chatInfo'),
    threadId,
    messageId,
    replyChainMessageId: replyChainMessageId ?? null,
  })),
  documented('joinUrl', joinUrlOf),
  documented('participants', ({ organizer, tenantId }) => ({
    organizer:
      organizer === undefined
        ? null
        : { identity: { ...type('identitySet'), user: { ...type('identity'), ...organizer, tenantId } } },
    attendees: [],
  })),
  unknown('audioConferencing'),
  unknown('startDateTime'),
  unknown('endDateTime'),
  unknown('creationDateTime'),
  unknown('meetingType'),
  unknown('accessLevel'),
  unknown('isCancelled', false),
]

export function onlineMeeting(state: State, { caller, conferenceId }: Extract<BotCommand, { kind: 'online-meeting' }>): Decision {
  const refusal = refuseLookUp(caller)
  if (refusal !== null) return still(state, { kind: 'refused', refusal })
  const meeting = state.onlineMeetings.get(conferenceId)
  // Of another tenant's meetings nothing is said, not even that they exist (assumption).
  if (meeting !== undefined && meeting.tenantId === caller.tenantId)
    return still(state, { kind: 'online-meeting', meeting: lookedUp(meeting) })
  const diagnosis = `no meeting of tenant ${caller.tenantId} has the conference id that was asked for; a meeting is found by its conferenceId alone, as the seed file or the cast writes it`
  return still(state, { kind: 'refused', refusal: { error: 'meetingNotFound', detail: null, diagnosis } })
}

function lookedUp(meeting: MeetingSeed): JsonObject {
  return Object.fromEntries(ONLINE_MEETING.map(({ name, value }) => [name, value(meeting)]))
}

function refuseLookUp({ appId, permissions }: Caller): Refusal | null {
  const granted = permissions.map((name) => name.toLowerCase())
  if (LOOK_UP_PERMISSIONS.some((name) => granted.includes(name.toLowerCase()))) return null
  const diagnosis = `app ${appId} lacks ${LOOK_UP_PERMISSIONS.join(' or ')}, needed to look an online meeting up: grant one and have an administrator consent`
  return { error: 'lookUpForbidden', detail: null, diagnosis }
}

/** The address of the invitation, where it was given; else as the resource page of the call takes one apart. */
function joinUrlOf({ joinUrl, threadId, messageId, replyChainMessageId, organizer, tenantId }: MeetingSeed): string | null {
  if (joinUrl !== undefined && joinUrl !== null) return joinUrl
  if (organizer === undefined) return null
  const replied = replyChainMessageId === undefined || replyChainMessageId === null ? {} : { MessageId: replyChainMessageId }
  const context = JSON.stringify({ Tid: tenantId, Oid: organizer.id, ...replied })
  const [thread, message, query] = [threadId, messageId, context].map(encodeURIComponent)
  return `https://teams.microsoft.com/l/meetup-join/${thread}/${message}?context=${query}`
}
