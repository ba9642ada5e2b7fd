// What people do, as methods of the package's simulator: one for each verb, and the two that say how people act from now on.
import type { Json, JsonObject } from '../../contract/json'
import {
  type CallVerb,
  type MeetingVerb,
  namesOf,
  SCRIPT_OPERATIONS,
  type SharingVerb,
  VERBS,
  type WhenAGuestWaits,
  type WhenCalled,
} from '../../contract/people-verbs'

/** A meeting by its name in the seed, or by its thread. */
export interface WhichMeeting {
  readonly meeting?: string
  readonly threadId?: string
  /** Default "0". */
  readonly messageId?: string
}

/** By its id, by the person called by the bot, or by its meeting. Without any: the only call that the verb fits. */
export interface WhichCall extends WhichMeeting {
  readonly callId?: string
  /** A name of the seed, or a user id. */
  readonly person?: string
}

export interface WhoInAMeeting extends WhichMeeting {
  /** A name of the seed, or a user id. */
  readonly person: string
  /** With `join`, for a person who is not in the seed. */
  readonly displayName?: string
}

type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name

/** Each acts at once and resolves with what it was done to, or rejects with an Error that says why it does not fit. */
export type Acting = {
  readonly [Verb in CallVerb as Camel<Verb>]: (call?: WhichCall) => Promise<Json>
} & {
  readonly [Verb in MeetingVerb]: (who: WhoInAMeeting) => Promise<Json>
} & {
  /** In the meeting that is named, which needs a person; or in a call, without a person by the only one who can. */
  readonly [Verb in SharingVerb as Camel<Verb>]: (where?: WhichCall) => Promise<Json>
} & {
  /** What a person does when called, from now on until `reset` or `does: null`. Times are milliseconds of the simulator's clock. */
  whenCalled(script: {
    readonly person: string
    readonly does: WhenCalled | null
    readonly afterMs?: number
    readonly hangsUpAfterMs?: number | null
  }): Promise<Json>
  /** What the people in a meeting do when a guest or an application waits in its lobby, from now on until `reset` or `does: null`. */
  whenAGuestWaits(script: WhichMeeting & { readonly does: WhenAGuestWaits | null; readonly afterMs?: number }): Promise<Json>
}

export function actingBy(control: (operation: string, params: JsonObject) => Promise<Json>): Acting {
  const methods = [...namesOf(VERBS), ...namesOf(SCRIPT_OPERATIONS)].map((operation) => [
    operation.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    (params: JsonObject = {}) => control(operation, params),
  ])
  return Object.fromEntries(methods) as Acting
}
