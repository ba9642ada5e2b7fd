// Operations on a call that Graph completes at once, as a table: what each changes, and how sure each row is.
import type { JsonObject } from '../../contract/json'
import { type BotCommand, type Decision, type Env, still } from './commands'
import { others } from './events'
import { change } from './meetings'
import type { Sourced } from './provenance'
import type { Call, Participant, State } from './state'

interface CallOperation extends Sourced {
  /** What it does, for the list of what is played. */
  readonly what: string
  /** What changes of the bot's own participant in the meeting. Every bot in the meeting receives the roster. */
  readonly changes: Partial<Pick<Participant, 'isMuted'>>
}

/** By the segment of the path below the call, as in `POST /calls/{id}/mute`. */
export const CALL_OPERATIONS: Readonly<Record<string, CallOperation>> = {
  mute: {
    what: 'mutes the bot; every bot in the meeting receives the roster',
    changes: { isMuted: true },
    basis: 'documented',
    source:
      'page "Mute" of 2019; that a call between two or not established is refused, with 400 (8548 and 8501), is an assumption',
  },
}

/** Runs an operation on a call of the caller: it is completed, or refused for a call that is not established in a meeting or group. */
export function operateOnCall(state: State, call: Call, command: Extract<BotCommand, { kind: 'operation' }>, env: Env): Decision {
  const operation = CALL_OPERATIONS[command.name]
  const meeting = call.meeting === null ? undefined : state.meetings.get(call.meeting)
  if (operation === undefined || meeting === undefined || call.phase !== 'established') {
    const [error, where] =
      meeting === undefined ? (['notGroupCall', 'between two'] as const) : (['callNotEstablished', call.phase] as const)
    const diagnosis = `${command.name} needs a call that is established in a meeting or a group; call ${call.id} is ${where}`
    return still(state, { kind: 'refused', refusal: { error, detail: null, diagnosis } })
  }
  const changed = change(meeting, call.myParticipantId, operation.changes)
  const next = { ...state, meetings: state.meetings.set(changed.key, changed) }
  const completed: JsonObject = { id: env.newId(), status: 'completed', clientContext: command.body.clientContext ?? null }
  return { state: next, answer: { kind: 'operation', operation: completed }, effects: others(next, changed, null) }
}
