// An event happens to a call: the row of the life cycle, and what follows for the meeting, the timers and the other bots in it.
import type { JsonObject } from '../../contract/json'
import type { Effect, TimerCommand } from './commands'
import { type Decision, done } from './decision'
import { DURATIONS } from './durations'
import { type Event, transition } from './life-cycle'
import { change, enter, leave, type Newcomer } from './meetings'
import { notification } from './notifications'
import type { Call, Meeting, Participant, State } from './state'

/** An event happens to a call: the table's row decides; the meeting, the timers and the other bots in the meeting follow. */
export function happen(state: State, before: Call, event: Event): Decision {
  const row = transition(before.phase, event)
  if (row === undefined) return done(state, [])
  const call: Call = { ...before, phase: row.to }
  const was = (before.meeting === null ? undefined : state.meetings.get(before.meeting)) ?? null
  const meeting = moved(was, call, event)
  const calls = row.to === 'ended' ? state.calls.delete(call.id) : state.calls.set(call.id, established(call))
  const next: State = { ...state, calls, meetings: held(state.meetings, meeting, call) }

  const notices = row.notices.map((notice) =>
    notify(call, notification(notice, call, { phase: row.to, meeting, end: row.end ?? null })),
  )
  const changed = meeting !== null && was !== null && looksOther(was, meeting) ? others(next, meeting, call.id) : []
  return done(next, [...notices, ...follow(call, event), ...changed])
}

/** The meetings with this one as it is now; that of several people called is gone with the call. */
function held(meetings: State['meetings'], meeting: Meeting | null, call: Call): State['meetings'] {
  if (meeting === null) return meetings
  return call.form === 'group' && call.phase === 'ended' ? meetings.delete(meeting.key) : meetings.set(meeting.key, meeting)
}

/** Whether others in the meeting see another roster than before: who comes to the lobby or leaves it unadmitted is not on theirs. */
function looksOther(was: Meeting, is: Meeting): boolean {
  const [before, after] = [seen(was), seen(is)]
  return before.length !== after.length || after.some((participant, at) => participant !== before[at])
}

function seen({ participants }: Meeting): readonly Participant[] {
  return participants.filter(({ isInLobby }) => !isInLobby)
}

function established(call: Call): Call {
  return call.phase === 'established' ? { ...call, resource: { ...call.resource, state: 'established' } } : call
}

/** The meeting after an event of one of its bots. */
function moved(meeting: Meeting | null, call: Call, event: Event): Meeting | null {
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
export function others(state: State, meeting: Meeting, except: string | null): Effect[] {
  return meeting.participants.flatMap(({ callId }) => {
    const call = callId === null || callId === except ? undefined : state.calls.get(callId)
    const row = call && transition(call.phase, 'roster-changed')
    if (call === undefined || row === undefined) return []
    return row.notices.map((notice) => notify(call, notification(notice, call, { phase: row.to, meeting, end: null })))
  })
}

function notify(call: Call, body: JsonObject): Effect {
  return { kind: 'notify', callId: call.id, callbackUri: call.callbackUri, audience: call.appId, tenantId: call.tenantId, body }
}

/** What else an event sets going: clients that ring, a guest that waits to be seen, and the timers. */
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
