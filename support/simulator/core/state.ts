// The state of the simulated service: living calls and the meetings they are in. Values, never changed in place.
import { Map as Table } from 'immutable'
import type { JsonObject } from '../../contract/json'
import type { Phase } from './life-cycle'

/** The forms of "create call". */
export type FormName = 'peer-to-peer' | 'meeting' | 'meeting-as-guest' | 'group' | 'phone' | 'meeting-by-id'

export interface Call {
  readonly id: string
  readonly form: FormName
  readonly phase: Phase
  /** The address of the calls under which it was created, such as `https://graph.microsoft.com/v1.0/communications/calls`. */
  readonly root: string
  readonly appId: string
  readonly tenantId: string
  readonly callbackUri: string
  readonly myParticipantId: string
  /** Who is called; null in a meeting and where several are. */
  readonly personId: string | null
  /** Who are called, where several are. */
  readonly invited: readonly Invited[]
  /** Key of the meeting, also of an unknown one, and of the one that a call to several people makes; null for a call between two. */
  readonly meeting: string | null
  /** The call as create answered it, state apart. */
  readonly resource: JsonObject
  /** chatInfo and meetingInfo as they were sent, for the notifications. */
  readonly sent: { readonly chatInfo?: JsonObject; readonly meetingInfo?: JsonObject }
  /** Whether the bot is notified of content sharing, as its callOptions say. */
  readonly notifiesContentSharing: boolean
  /** Id of the session in which the person of a call between two shares content; null while they do not, and in every other call. */
  readonly sharing: string | null
  /** After how many milliseconds without keepAlive the call ends, and how often it was kept alive; null: it lives without. */
  readonly keepAlive: { readonly withinMs: number; readonly times: number } | null
}

/** One of several people who are called. */
export interface Invited {
  readonly id: string
  readonly kind: 'user' | 'application'
  /** As the request has it. */
  readonly displayName: string | null
  readonly now: 'ringing' | 'talking' | 'gone'
}

export interface Participant {
  readonly id: string
  readonly kind: 'user' | 'application' | 'guest'
  readonly identity: JsonObject
  readonly languageId: string | null
  /** The bot's own leg; null for people. */
  readonly callId: string | null
  readonly isMuted: boolean
  readonly isInLobby: boolean
  /** Id of the session in which a person shares content; null while they do not. */
  readonly sharing: string | null
  /** Number that the ids of the participant's media streams count from; unique in the meeting. */
  readonly sourceBase: number
}

export type Admission = 'held' | 'admitted'

export interface MeetingState {
  readonly key: string
  readonly tenantId: string
  /** Whether a guest waits in the lobby or is let in at once. */
  readonly guests: Admission
  /** Whether an application that joins as itself waits in the lobby, as where only organizers are let in at once. */
  readonly applications: Admission
  /** In the order in which they came. */
  readonly participants: readonly Participant[]
  readonly nextSourceBase: number
  /** How often a bot has become the only participant, as the others left. */
  readonly timesAlone: number
}

export interface State {
  /** What an unlisted meeting does with guests once it is joined; null: such a join ends. */
  readonly meetingsOnDemand: Admission | null
  readonly calls: Table<string, Call>
  readonly meetings: Table<string, MeetingState>
  /** What can be looked up, by conference id. */
  readonly onlineMeetings: Table<string, MeetingSeed>
  /** What can be joined by its meeting id, by the digits. */
  readonly meetingsById: Table<string, MeetingSeed>
}

/** Names a meeting by where it is held: the same thread and message are the same meeting. */
export function meetingKey(threadId: string, messageId: string): string {
  return `${threadId} ${messageId}`
}

/** The meeting that a call to several people makes; it is gone with the call. */
export function groupKey(callId: string): string {
  return meetingKey('group', callId)
}

export interface MeetingSeed {
  readonly threadId: string
  readonly messageId: string
  readonly tenantId: string
  readonly guests: Admission
  /** Default: admitted. */
  readonly applications?: Admission
  /** By which the meeting can be looked up; null or absent: it cannot. */
  readonly conferenceId?: string | null
  /** Id and passcode by which it can be joined; null or absent: it cannot, or no passcode is needed. */
  readonly joinMeetingId?: string | null
  readonly passcode?: string | null
  /** Known to the look-up alone; a join brings its own. */
  readonly organizer?: { readonly id: string; readonly displayName: string | null }
  readonly joinUrl?: string | null
  readonly replyChainMessageId?: string | null
  readonly subject?: string | null
}

export function emptyState(meetings: readonly MeetingSeed[], meetingsOnDemand: Admission | null = null): State {
  return {
    meetingsOnDemand,
    calls: Table(),
    meetings: Table(
      meetings.map(({ threadId, messageId, tenantId, guests, applications }) => {
        const key = meetingKey(threadId, messageId)
        return [key, emptyMeeting(key, tenantId, guests, applications)] as const
      }),
    ),
    onlineMeetings: tableBy(meetings, ({ conferenceId }) => conferenceId),
    meetingsById: tableBy(meetings, ({ joinMeetingId }) => joinMeetingId?.replaceAll(' ', '')),
  }
}

function tableBy(meetings: readonly MeetingSeed[], key: (seed: MeetingSeed) => string | null | undefined) {
  return Table(meetings.flatMap((seed) => (typeof key(seed) === 'string' ? [[String(key(seed)), seed] as const] : [])))
}

export function emptyMeeting(
  key: string,
  tenantId: string,
  guests: Admission,
  applications: Admission = 'admitted',
): MeetingState {
  return { key, tenantId, guests, applications, participants: [], nextSourceBase: 0, timesAlone: 0 }
}
