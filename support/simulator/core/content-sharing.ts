// Content sharing: people start and stop it, bots read the sessions, and calls whose callOptions ask for it are notified.
import type { Json, JsonObject } from '../../contract/json'
import { type Decision, done, type Effect, type Env, noSuchCall, type SharingDeed, still, unfit } from './commands'
import { notifyOf } from './events'
import { change } from './meetings'
import { documented, type Sourced } from './provenance'
import type { Call, MeetingState, State } from './state'

interface SharingNotices extends Sourced {
  /** What is notified, in this order. */
  readonly changes: readonly ('created' | 'updated' | 'deleted')[]
}

const PAGES = 'page "Create call" of 2023 and 2024, content sharing'

/** What a call that asks for it is notified of; one that comes into a meeting later reads the sessions. */
export const SHARING_NOTICES = {
  starts: {
    changes: ['created', 'updated'],
    ...documented(`${PAGES}; that "updated" follows at once, and that a bot that comes later is not notified, is an assumption`),
  },
  stops: {
    changes: ['deleted'],
    ...documented(
      `${PAGES}; that it ends so when the person leaves, and without a notification when the call ends, is an assumption`,
    ),
  },
} as const satisfies Record<string, SharingNotices>

/** A person who can share, and the session in which they do; null while they do not. */
interface Sharer {
  readonly personId: string
  readonly session: string | null
}

/**
 * A person starts or stops sharing: in the meeting that is named, or in a call, which must be established. Several may share at once, as the
 * page of the list prints two sessions. No roster follows, although the streams of a real one may change (assumption).
 */
export function shareContent(state: State, command: SharingDeed, env: Env): Decision {
  if ('meeting' in command) {
    const meeting = state.meetings.get(command.meeting)
    if (meeting === undefined) return unfit(state, `there is no meeting ${command.meeting}`)
    return inMeeting(state, meeting, 'the meeting', command, env)
  }
  const call = state.calls.get(command.callId)
  if (call === undefined) return unfit(state, noSuchCall(command.callId))
  if (call.phase !== 'established')
    return unfit(state, `call ${call.id} is ${call.phase}: no person can ${inWords(command)} in it`)
  const meeting = call.meeting === null ? undefined : state.meetings.get(call.meeting)
  return meeting === undefined
    ? betweenTwo(state, call, command, env)
    : inMeeting(state, meeting, `call ${call.id}`, command, env)
}

function betweenTwo(state: State, call: Call, command: SharingDeed, env: Env): Decision {
  const people = call.personId === null ? [] : [{ personId: call.personId, session: call.sharing }]
  const sharer = theOne(people, `call ${call.id}`, command)
  if (typeof sharer === 'string') return unfit(state, sharer)
  const next = { ...call, sharing: session(command, env) }
  return done({ ...state, calls: state.calls.set(call.id, next) }, notices([next], [call.sharing], [next.sharing]))
}

/** An opaque id: the list prints GUIDs, the notifications 64 hexadecimal digits. */
const session = ({ kind }: SharingDeed, env: Env): string | null => (kind === 'share' ? env.newId() : null)

function inMeeting(state: State, was: MeetingState, where: string, command: SharingDeed, env: Env): Decision {
  const people = peopleIn(was)
  const sharer = theOne(people, where, command)
  if (typeof sharer === 'string') return unfit(state, sharer)
  const meeting = change(was, sharer.participantId, { sharing: session(command, env) })
  return done({ ...state, meetings: state.meetings.set(meeting.key, meeting) }, sharingChanged(state, was, meeting))
}

/** Users of a meeting, in the order in which they came. */
function peopleIn({ participants }: MeetingState): readonly (Sharer & { readonly participantId: string })[] {
  return participants
    .filter(({ kind }) => kind === 'user')
    .map(({ id, identity, sharing }) => ({
      personId: String((identity.user as JsonObject).id),
      participantId: id,
      session: sharing,
    }))
}

const inWords = ({ kind }: SharingDeed) => kind.replace('-', ' ')

/** The person that a verb means; the reason where it fits no person, or several. */
function theOne<Person extends Sharer>(people: readonly Person[], where: string, command: SharingDeed): Person | string {
  const { kind, personId } = command
  const starts = kind === 'share'
  const meant = people.filter((one) => personId === undefined || one.personId === personId)
  const [person, ...more] = meant.filter(({ session }) => (session === null) === starts)
  if (person !== undefined && more.length === 0) return person
  if (person !== undefined)
    return `${kind} fits ${more.length + 1} people in ${where}: say who, ${[person, ...more].map((one) => one.personId).join(' or ')}`
  if (personId === undefined) return `no person in ${where} can ${inWords(command)} now`
  if (meant.length === 0) return `person ${personId} is not in ${where}`
  return `person ${personId} ${starts ? 'shares content already' : 'shares no content'}`
}

/** Notifies the bots in a meeting of the sessions that have begun or ended there; a person who leaves ends their own. */
export function sharingChanged({ calls }: State, was: MeetingState, is: MeetingState): Effect[] {
  const sessions = (meeting: MeetingState) => meeting.participants.map(({ sharing }) => sharing)
  const present = is.participants.flatMap(({ callId }) => (callId === null ? [] : (calls.get(callId) ?? [])))
  return notices(present, sessions(was), sessions(is))
}

function notices(calls: readonly Call[], was: readonly (string | null)[], is: readonly (string | null)[]): Effect[] {
  const ended = was.filter((one) => one !== null && !is.includes(one))
  const begun = is.filter((one) => one !== null && !was.includes(one))
  const changes = [
    ...ended.flatMap((session) => SHARING_NOTICES.stops.changes.map((changeType) => ({ session, changeType }))),
    ...begun.flatMap((session) => SHARING_NOTICES.starts.changes.map((changeType) => ({ session, changeType }))),
  ]
  return calls
    .filter(({ notifiesContentSharing, phase }) => notifiesContentSharing && phase === 'established')
    .flatMap((call) =>
      changes.map(({ session, changeType }) =>
        notifyOf(call, {
          changeType,
          resource: `/app/calls/${call.id}/contentsharingsessions`,
          resourceData: [written(session as string)],
        }),
      ),
    )
}

const written = (id: string): JsonObject => ({ '@odata.type': '#microsoft.graph.contentSharingSession', id })

/** The sessions of an established call; also of one without the option, which no page ties to reading them (assumption). */
function sessionsOf({ meetings }: State, call: Call): readonly string[] {
  if (call.phase !== 'established') return []
  const meeting = call.meeting === null ? undefined : meetings.get(call.meeting)
  const sessions = meeting === undefined ? [call.sharing] : meeting.participants.map(({ sharing }) => sharing)
  return sessions.filter((one) => one !== null)
}

export function listSessions(state: State, call: Call): Decision {
  const value: Json = sessionsOf(state, call).map(written)
  return still(state, { kind: 'content-sharing-sessions', list: { value } })
}

export function getSession(state: State, call: Call, id: string): Decision {
  if (sessionsOf(state, call).includes(id)) return still(state, { kind: 'content-sharing-session', session: written(id) })
  const diagnosis = `call ${call.id} has no content sharing session ${id}: it has ended, or never was`
  return still(state, { kind: 'refused', refusal: { error: 'sessionNotFound', detail: null, diagnosis } })
}
