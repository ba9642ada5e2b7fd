// The core: one command and the state it meets give the next state, an answer and effects. Pure: no I/O, clock or randomness.
import { isObject, type Json } from '../../contract/json'
import { operateOnCall } from './call-operations'
import {
  type BotCommand,
  type CallDeed,
  type Decide,
  type Decision,
  done,
  type Env,
  noSuchCall,
  type PeopleCommand,
  type ServiceCommand,
  still,
  type TimerCommand,
  unfit,
} from './commands'
import { getSession, listSessions, shareContent, sharingChanged } from './content-sharing'
import { create } from './create'
import { aloneTimer, happen, others } from './events'
import { refuseDelegated } from './forms'
import { inGroupCall, isGroupVerb, ringingOver } from './group-calls'
import { keepAliveOver, keptAlive } from './keep-alive'
import { type Event, transition } from './life-cycle'
import { botAlone, change, enter, leave, type Newcomer, personIn, rosterOf, userIdentity } from './meetings'
import { onlineMeeting } from './online-meetings'
import type { Call, MeetingState, State } from './state'

export const decide: Decide = (state, command, env) => {
  switch (command.kind) {
    case 'create':
      return create(state, command, env)
    case 'online-meeting':
      return onlineMeeting(state, command)
    case 'get':
    case 'delete':
    case 'keep-alive':
    case 'participants':
    case 'participant':
    case 'content-sharing-sessions':
    case 'content-sharing-session':
    case 'operation':
      return onCall(state, command, env)
    case 'join':
    case 'leave':
    case 'mute':
    case 'unmute':
      return inMeeting(state, command, env)
    case 'share':
    case 'stop-sharing':
      return shareContent(state, command, env)
    case 'timer':
      return timeUp(state, command)
    case 'end':
      return endedByService(state, command)
    default:
      return people(state, command, env)
  }
}

type OnCall = Extract<BotCommand, { callId: string }>

function onCall(state: State, command: OnCall, env: Env): Decision {
  const delegated = refuseDelegated(command.caller)
  if (delegated !== null) return still(state, { kind: 'refused', refusal: delegated })
  const call = state.calls.get(command.callId)
  if (call === undefined || call.appId !== command.caller.appId) {
    const diagnosis = `app ${command.caller.appId} has no call ${command.callId}: it has ended, or never was`
    return still(state, { kind: 'refused', refusal: { error: 'callNotFound', detail: null, diagnosis } })
  }
  switch (command.kind) {
    case 'get':
      return still(state, { kind: 'call', call: call.resource, form: call.form })
    case 'delete':
      return { ...happen(state, call, 'deleted'), answer: { kind: 'deleted' } }
    case 'keep-alive':
      return keptAlive(state, call)
    case 'participants':
      return still(state, { kind: 'participants', list: { value: rosterFor(state, call) } })
    case 'participant':
      return participant(state, call, command.participantId)
    case 'content-sharing-sessions':
      return listSessions(state, call)
    case 'content-sharing-session':
      return getSession(state, call, command.sessionId)
    case 'operation':
      return operateOnCall(state, call, command, env)
  }
}

/** No participant is listed for a call between two (observed: comms-samples issue 102). */
function rosterFor({ meetings }: State, call: Call): readonly Json[] {
  const meeting = call.meeting === null ? undefined : meetings.get(call.meeting)
  return meeting === undefined ? [] : rosterOf(meeting, call)
}

function participant(state: State, call: Call, id: string): Decision {
  const found = rosterFor(state, call).find((one) => isObject(one) && one.id === id)
  if (found !== undefined) return still(state, { kind: 'participant', participant: found })
  const diagnosis = `call ${call.id} shows no participant ${id}`
  return still(state, { kind: 'refused', refusal: { error: 'participantNotFound', detail: null, diagnosis } })
}

/** What each verb of the people means to a call. */
const EVENT_OF: Readonly<Record<CallDeed['kind'], Event>> = {
  answer: 'answered',
  decline: 'declined',
  busy: 'busy',
  'hang-up': 'hung-up',
  admit: 'admitted',
  refuse: 'refused',
  remove: 'removed',
}

function people(state: State, command: CallDeed, env: Env): Decision {
  const call = state.calls.get(command.callId)
  if (call === undefined) return unfit(state, noSuchCall(command.callId))
  if (call.form === 'group' && isGroupVerb(command)) return inGroupCall(state, call, command, env)
  const event = EVENT_OF[command.kind]
  if (transition(call.phase, event) === undefined)
    return unfit(state, `call ${call.id} is ${call.phase}: no person can ${command.kind.replace('-', ' ')} it`)
  return happen(state, call, event)
}

function endedByService(state: State, { callId, end }: ServiceCommand): Decision {
  const call = state.calls.get(callId)
  return call === undefined ? unfit(state, noSuchCall(callId)) : happen(state, call, 'ended-by-service', end)
}

type InMeeting = Extract<PeopleCommand, { kind: 'join' | 'leave' | 'mute' | 'unmute' }>

function inMeeting(state: State, command: InMeeting, env: Env): Decision {
  const meeting = state.meetings.get(command.meeting)
  if (meeting === undefined) return unfit(state, `there is no meeting ${command.meeting}`)
  if (command.kind === 'join') {
    const { id, displayName, languageId } = command.person
    if (personIn(meeting, id) !== undefined) return unfit(state, `${displayName} is in the meeting already`)
    const newcomer: Newcomer = {
      id: env.newId(),
      kind: 'user',
      identity: userIdentity(id, displayName),
      languageId,
      callId: null,
      isMuted: true,
      isInLobby: false,
    }
    return rosterChanged(state, meeting, enter(meeting, newcomer))
  }
  const person = personIn(meeting, command.personId)
  if (person === undefined) return unfit(state, `person ${command.personId} is not in the meeting`)
  if (command.kind === 'leave') return rosterChanged(state, meeting, leave(meeting, person.id))
  const isMuted = command.kind === 'mute'
  if (person.isMuted === isMuted) return unfit(state, `person ${command.personId} is ${isMuted ? '' : 'not '}muted already`)
  return rosterChanged(state, meeting, change(meeting, person.id, { isMuted }))
}

function timeUp(state: State, { timer, callId, time }: TimerCommand): Decision {
  const call = state.calls.get(callId)
  if (call === undefined) return done(state, [])
  if (timer === 'ringing') return call.form === 'group' ? ringingOver(state, call) : happen(state, call, 'unanswered')
  if (timer === 'lobby') return happen(state, call, 'lobby-timed-out')
  if (timer === 'keep-alive') return keepAliveOver(state, call, time)
  const meeting = call.meeting === null ? undefined : state.meetings.get(call.meeting)
  if (timer === 'alone') {
    const stays = meeting === undefined || botAlone(meeting) !== callId || meeting.timesAlone !== time
    return stays ? done(state, []) : happen(state, call, 'left-alone')
  }
  // Of another tenant's meetings nothing is said, not even that they exist (assumption).
  if (meeting === undefined || meeting.tenantId !== call.tenantId) return happen(state, call, 'no-such-meeting')
  const admission = call.form === 'meeting-as-guest' ? meeting.guests : meeting.applications
  return happen(state, call, admission === 'held' ? 'held' : 'let-in')
}

function rosterChanged(state: State, was: MeetingState, meeting: MeetingState): Decision {
  const next = { ...state, meetings: state.meetings.set(meeting.key, meeting) }
  return done(next, [...sharingChanged(next, was, meeting), ...others(next, meeting, null), ...aloneTimer(was, meeting)])
}
