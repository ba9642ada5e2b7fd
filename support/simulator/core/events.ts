// Applies an event to a call: the row of the life cycle, the notifications, and what follows for the meeting, the timers and the other bots.
import type { Json, JsonObject } from '../../contract/json'
import { type Decision, done, type Effect, type TimerCommand } from './commands'
import { ENDS, type ResultInfo, resultInfo } from './ends'
import { CALL_STATE, DURATIONS, type Event, type Notice, type Phase, transition } from './life-cycle'
import { botAlone, change, enter, leave, type Newcomer, rosterOf } from './meetings'
import { assumption, documented, type Sourced } from './provenance'
import type { Call, MeetingState, Participant, State } from './state'

/**
 * An event happens to a call: the table's row decides; the meeting, the timers and the other bots in the meeting follow.
 * @param chosen how it ends, where the row leaves that to the command
 */
export function happen(state: State, before: Call, event: Event, chosen: ResultInfo | null = null): Decision {
  const row = transition(before.phase, event)
  if (row === undefined) return done(state, [])
  const call: Call = { ...before, phase: row.to }
  const was = (before.meeting === null ? undefined : state.meetings.get(before.meeting)) ?? null
  const meeting = moved(was, call, event)
  const calls = row.to === 'ended' ? state.calls.delete(call.id) : state.calls.set(call.id, established(call))
  const next: State = { ...state, calls, meetings: held(state.meetings, meeting, call) }

  const end = row.end === undefined ? null : row.end === 'chosen' ? chosen : ENDS[row.end]
  const notices = row.notices.map((notice) => notify(call, notification(notice, call, { phase: row.to, meeting, end })))
  const changed =
    meeting !== null && was !== null && looksOther(was, meeting)
      ? [...others(next, meeting, call.id), ...aloneTimer(was, meeting)]
      : []
  return done(next, [...notices, ...follow(call, event), ...changed])
}

/** The meetings with this one as it is now; that of several people called is gone with the call. */
function held(meetings: State['meetings'], meeting: MeetingState | null, call: Call): State['meetings'] {
  if (meeting === null) return meetings
  return call.form === 'group' && call.phase === 'ended' ? meetings.delete(meeting.key) : meetings.set(meeting.key, meeting)
}

/** Whether others in the meeting see another roster than before: who comes to the lobby or leaves it unadmitted is not on theirs. */
function looksOther(was: MeetingState, is: MeetingState): boolean {
  const [before, after] = [seen(was), seen(is)]
  return before.length !== after.length || after.some((participant, at) => participant !== before[at])
}

function seen({ participants }: MeetingState): readonly Participant[] {
  return participants.filter(({ isInLobby }) => !isInLobby)
}

function established(call: Call): Call {
  return call.phase === 'established' ? { ...call, resource: { ...call.resource, state: 'established' } } : call
}

/** The meeting after an event of one of its bots. */
function moved(meeting: MeetingState | null, call: Call, event: Event): MeetingState | null {
  if (meeting === null) return null
  if (event === 'let-in' || event === 'held' || event === 'first-answered') return enter(meeting, bot(call, event === 'held'))
  if (event === 'admitted') return change(meeting, call.myParticipantId, { isInLobby: false })
  return call.phase === 'ended' ? leave(meeting, call.myParticipantId) : meeting
}

function bot(call: Call, isInLobby: boolean): Newcomer {
  const guest = call.form === 'meeting-as-guest'
  const { identity } = call.resource.source as JsonObject
  return {
    id: call.myParticipantId,
    kind: guest ? 'guest' : 'application',
    identity: identity as JsonObject,
    languageId: null,
    callId: call.id,
    isMuted: false,
    isInLobby,
  }
}

/** The roster to every bot in the meeting that is past the lobby, but for the one that has had it already. */
export function others(state: State, meeting: MeetingState, except: string | null): Effect[] {
  return meeting.participants.flatMap(({ callId }) => {
    const call = callId === null || callId === except ? undefined : state.calls.get(callId)
    const row = call && transition(call.phase, 'roster-changed')
    if (call === undefined || row === undefined) return []
    return row.notices.map((notice) => notify(call, notification(notice, call, { phase: row.to, meeting, end: null })))
  })
}

/** The end of a call whose bot has just become the only participant of a meeting. */
export function aloneTimer(was: MeetingState, is: MeetingState): Effect[] {
  const callId = is.timesAlone === was.timesAlone ? null : botAlone(is)
  if (callId === null) return []
  const command = { kind: 'timer', timer: 'alone', callId, time: is.timesAlone } as const
  return [{ kind: 'schedule', afterMs: DURATIONS.alone.ms, command }]
}

function notify(call: Call, body: JsonObject): Effect {
  const { id: callId, root, callbackUri, appId: audience, tenantId } = call
  return { kind: 'notify', callId, root, callbackUri, audience, tenantId, body }
}

/** The post of one change, without the address that it goes to. @param change changeType, resource and resourceData */
export function notifyOf(call: Call, change: JsonObject): Effect {
  return notify(call, ofOneChange(change))
}

/** What else an event sets going: clients that ring, a guest or an application that waits to be seen, and the timers. */
function follow(call: Call, event: Event): Effect[] {
  const timer = (name: TimerCommand['timer'], afterMs: number): Effect => ({
    kind: 'schedule',
    afterMs,
    command: { kind: 'timer', timer: name, callId: call.id },
  })
  if (event === 'called' || event === 'several-called') {
    const seconds = call.resource.ringingTimeoutInSeconds
    const called = [...(call.personId === null ? [] : [call.personId]), ...call.invited.map(({ id }) => id)]
    const rings = called.map((personId): Effect => ({ kind: 'rings', callId: call.id, personId }))
    return [...rings, timer('ringing', typeof seconds === 'number' ? seconds * 1000 : DURATIONS.ringing.ms)]
  }
  if (event === 'answered' && call.personId !== null) return [{ kind: 'talks', callId: call.id, personId: call.personId }]
  if (event === 'joined') return [timer('let-in', DURATIONS.joining.ms)]
  if (event === 'held')
    return [{ kind: 'waits', callId: call.id, meeting: call.meeting as string }, timer('lobby', DURATIONS.lobby.ms)]
  return []
}

interface Members extends Sourced {
  readonly between: 'two' | 'several' | 'meeting'
  readonly phase: Phase
  readonly members: readonly string[]
}

/** Which members of the call a state notification carries in addition to its type, state and id. */
export const CALL_MEMBERS: readonly Members[] = [
  { between: 'two', phase: 'ringing', members: [], ...documented('example 1, establishing') },
  {
    between: 'two',
    phase: 'established',
    members: ['direction', 'tenantId'],
    ...documented('example 1, established (E-18)'),
  },
  {
    between: 'several',
    phase: 'established',
    members: ['direction', 'tenantId'],
    ...assumption('as in a call between two: it has no chat (E-73)'),
  },
  {
    between: 'meeting',
    phase: 'joining',
    members: ['chatInfo', 'meetingInfo'],
    ...documented('example 3, establishing (E-19)'),
  },
  {
    between: 'meeting',
    phase: 'established',
    members: ['chatInfo', 'meetingInfo'],
    ...documented('example 3, established (E-19)'),
  },
]

/** What a notice is made from, in addition to the call. */
interface Occasion {
  readonly phase: Phase
  readonly meeting: MeetingState | null
  readonly end: ResultInfo | null
}

function notification(notice: Notice, call: Call, occasion: Occasion): JsonObject {
  const { changeType, suffix, data } = NOTICES[notice](call, occasion)
  return ofOneChange({
    changeType,
    resource: `/app/calls/${call.id}${suffix}`,
    callbackUri: call.callbackUri,
    resourceData: data,
  })
}

/** The whole body of one post: one change each, as in every example and every capture. */
function ofOneChange(change: JsonObject): JsonObject {
  return {
    '@odata.type': '#microsoft.graph.commsNotifications',
    value: [{ '@odata.type': '#microsoft.graph.commsNotification', ...change }],
  }
}

interface Change {
  readonly changeType: 'updated' | 'deleted'
  readonly suffix: '' | '/participants'
  readonly data: Json
}

const NOTICES: Readonly<Record<Notice, (call: Call, occasion: Occasion) => Change>> = {
  call: (call, { phase }) => ofCall(call, 'updated', CALL_STATE[phase], membersOf(call, phase)),
  roster: (call, { meeting }) => ({
    changeType: 'updated',
    suffix: '/participants',
    data: meeting === null ? [] : rosterOf(meeting, call),
  }),
  terminating: (call) => ofCall(call, 'updated', 'terminating', {}),
  terminated: (call, { end }) => ofCall(call, 'deleted', CALL_STATE.ended, end === null ? {} : { resultInfo: resultInfo(end) }),
}

function ofCall(call: Call, changeType: Change['changeType'], state: string, members: JsonObject): Change {
  return { changeType, suffix: '', data: { '@odata.type': '#microsoft.graph.call', state, ...members, id: call.id } }
}

function membersOf(call: Call, phase: Phase): JsonObject {
  const between = call.form === 'group' ? 'several' : call.meeting === null ? 'two' : 'meeting'
  const row = CALL_MEMBERS.find((candidate) => candidate.between === between && candidate.phase === phase)
  const known: JsonObject = { ...call.resource, ...call.sent }
  return Object.fromEntries((row?.members ?? []).flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])))
}
