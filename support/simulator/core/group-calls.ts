// Ad hoc calls to several people: each rings for themselves, the first to answer establishes the call, and it ends with the last.
import { isObject, type JsonObject } from '../../contract/json'
import { type CallDeed, type Decision, done, type Effect, type Env, unfit } from './commands'
import { sharingChanged } from './content-sharing'
import { happen, others } from './events'
import { enter, leave, personIn, userIdentity } from './meetings'
import { identitySet } from './new-call'
import type { Call, Invited, MeetingState, State } from './state'

type GroupVerb = 'answer' | 'decline' | 'busy' | 'hang-up'
type GroupCommand = CallDeed & { readonly kind: GroupVerb }

/** The state that a verb needs a person to be in, and the state after it. */
const DEEDS: Readonly<Record<GroupVerb, { readonly from: Invited['now']; readonly to: Invited['now'] }>> = {
  answer: { from: 'ringing', to: 'talking' },
  decline: { from: 'ringing', to: 'gone' },
  busy: { from: 'ringing', to: 'gone' },
  'hang-up': { from: 'talking', to: 'gone' },
}

/** The targets of a request, in their order, all ringing. */
export function invitedBy({ targets }: JsonObject): readonly Invited[] {
  return (Array.isArray(targets) ? targets : []).flatMap((target) => {
    const identity = isObject(target) && isObject(target.identity) ? target.identity : {}
    const kind = isObject(identity.user) ? 'user' : 'application'
    const one = identity[kind]
    if (!isObject(one)) return []
    const displayName = typeof one.displayName === 'string' ? one.displayName : null
    return [{ id: String(one.id), kind, displayName, now: 'ringing' } as const]
  })
}

export function isGroupVerb(command: CallDeed): command is GroupCommand {
  return Object.hasOwn(DEEDS, command.kind)
}

/** Applies what one of the called people does. Without a person: the only one who can do it. */
export function inGroupCall(state: State, call: Call, { kind, personId }: GroupCommand, env: Env): Decision {
  const { from, to } = DEEDS[kind]
  const fitting = call.invited.filter(({ id, now }) => now === from && (personId === undefined || id === personId))
  const [person, ...more] = fitting
  if (person === undefined)
    return unfit(state, `no person${personId === undefined ? '' : ` ${personId}`} in call ${call.id} can ${kind} now`)
  if (more.length > 0)
    return unfit(
      state,
      `${kind} fits ${fitting.length} people in call ${call.id}: say who, ${fitting.map(({ id }) => id).join(' or ')}`,
    )
  const next = standing(call, person.id, to)
  return to === 'talking' ? joined(state, next, person, env) : left(state, next, person)
}

/** The time to ring is over. */
export function ringingOver(state: State, call: Call): Decision {
  const invited = call.invited.map((one) => (one.now === 'ringing' ? ({ ...one, now: 'gone' } as const) : one))
  return settled(state, { ...call, invited }, [])
}

function joined(state: State, call: Call, { id, kind, displayName }: Invited, env: Env): Decision {
  const meeting = enter(meetingOf(state, call), {
    id: env.newId(),
    kind,
    identity: kind === 'user' ? userIdentity(id, displayName) : identitySet(kind, { ...IDENTITY, displayName, id }),
    languageId: null,
    callId: null,
    isMuted: false,
    isInLobby: false,
  })
  const next = withMeeting(state, call, meeting)
  const talks: Effect = { kind: 'talks', callId: call.id, personId: id }
  if (call.phase === 'established') return done(next, [...others(next, meeting, null), talks])
  const first = happen(next, call, 'first-answered')
  return { ...first, effects: [...first.effects, talks] }
}

function left(state: State, call: Call, { id }: Invited): Decision {
  const was = meetingOf(state, call)
  const own = personIn(was, id)
  if (own === undefined) return settled(state, call, [])
  const meeting = leave(was, own.id)
  const next = withMeeting(state, call, meeting)
  return settled(next, call, [...sharingChanged(next, was, meeting), ...others(next, meeting, null)])
}

/** Ends the call when no person talks or rings; `effects` follow if it goes on. */
function settled(state: State, call: Call, effects: readonly Effect[]): Decision {
  if (call.invited.every(({ now }) => now === 'gone'))
    return happen(state, call, call.phase === 'established' ? 'all-left' : 'no-one-joined')
  return done({ ...state, calls: state.calls.set(call.id, call) }, effects)
}

const IDENTITY = { '@odata.type': '#microsoft.graph.identity' } as const

function standing(call: Call, id: string, now: Invited['now']): Call {
  return { ...call, invited: call.invited.map((one) => (one.id === id ? { ...one, now } : one)) }
}

function meetingOf({ meetings }: State, { meeting }: Call): MeetingState {
  return meetings.get(meeting as string) as MeetingState
}

function withMeeting(state: State, call: Call, meeting: MeetingState): State {
  return { ...state, calls: state.calls.set(call.id, call), meetings: state.meetings.set(meeting.key, meeting) }
}
