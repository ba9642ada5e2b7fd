// Who is in a meeting: entering, leaving, the lobby, and the roster as each bot sees it.
import type { Json, JsonObject } from '../../contract/json'
import { identitySet } from './new-call'
import type { Call, MeetingState, Participant } from './state'

interface Stream {
  readonly mediaType: string
  readonly direction: string
  /** Added to the participant's base to give the sourceId. */
  readonly offset: number
}

/** The media streams of example 3: of a user in a client with camera and screen, and of a bot with audio only. */
const STREAMS: Readonly<Record<Participant['kind'], readonly Stream[]>> = {
  user: [
    { mediaType: 'audio', direction: 'sendReceive', offset: 1 },
    { mediaType: 'video', direction: 'receiveOnly', offset: 2 },
    { mediaType: 'videoBasedScreenSharing', direction: 'receiveOnly', offset: 8 },
  ],
  application: [{ mediaType: 'audio', direction: 'sendReceive', offset: 1 }],
  guest: [{ mediaType: 'audio', direction: 'sendReceive', offset: 1 }],
}

/** Distance between the bases of two participants, so that no two streams of a meeting share a sourceId. */
const SOURCES_EACH = 9

export type Newcomer = Omit<Participant, 'sharing' | 'sourceBase'>

export function enter(meeting: MeetingState, newcomer: Newcomer): MeetingState {
  return {
    ...meeting,
    participants: [...meeting.participants, { ...newcomer, sharing: null, sourceBase: meeting.nextSourceBase }],
    nextSourceBase: meeting.nextSourceBase + SOURCES_EACH,
  }
}

export function leave(meeting: MeetingState, participantId: string): MeetingState {
  const left = { ...meeting, participants: meeting.participants.filter(({ id }) => id !== participantId) }
  const becameAlone = botAlone(meeting) === null && botAlone(left) !== null
  return becameAlone ? { ...left, timesAlone: meeting.timesAlone + 1 } : left
}

/** The call of the bot that is the only participant past the lobby; null where there are others, or a person, or no participant. */
export function botAlone({ participants }: MeetingState): string | null {
  const [only, ...others] = participants.filter(({ isInLobby }) => !isInLobby)
  return only === undefined || others.length > 0 ? null : only.callId
}

export function change(
  meeting: MeetingState,
  participantId: string,
  to: Partial<Pick<Participant, 'isMuted' | 'isInLobby' | 'sharing'>>,
): MeetingState {
  return { ...meeting, participants: meeting.participants.map((one) => (one.id === participantId ? { ...one, ...to } : one)) }
}

/** A user of the directory in this meeting, by user id. */
export function personIn(meeting: MeetingState, personId: string): Participant | undefined {
  return meeting.participants.find(({ kind, identity }) => kind === 'user' && (identity.user as JsonObject).id === personId)
}

export function userIdentity(id: string, displayName: string | null): JsonObject {
  return identitySet('user', { '@odata.type': '#microsoft.graph.identity', displayName, id })
}

/**
 * The roster that one bot receives, as a full list (assumption: later pages print the changed participant only). From the
 * lobby it sees only itself (example 6); once in, everybody who is not in the lobby (assumption). Before either, its roster is empty.
 */
export function rosterOf(meeting: MeetingState, call: Call): readonly Json[] {
  const own = meeting.participants.find(({ id }) => id === call.myParticipantId)
  if (own === undefined) return []
  return own.isInLobby ? [participant(own)] : everybodyIn(meeting)
}

/** All participants of a meeting, without those who wait in the lobby. */
export function everybodyIn({ participants }: MeetingState): readonly Json[] {
  return participants.filter(({ isInLobby }) => !isInLobby).map(participant)
}

function participant({ kind, identity, languageId, sourceBase, isMuted, isInLobby, id }: Participant): JsonObject {
  return {
    '@odata.type': '#microsoft.graph.participant',
    info: { '@odata.type': '#microsoft.graph.participantInfo', identity, ...(languageId === null ? {} : { languageId }) },
    mediaStreams: STREAMS[kind].map(({ mediaType, direction, offset }) => ({
      '@odata.type': '#microsoft.graph.mediaStream',
      mediaType,
      sourceId: String(sourceBase + offset),
      direction,
      serverMuted: false,
    })),
    isMuted,
    isInLobby,
    id,
  }
}
