// What people do, as methods of the package's simulator: one for each verb, and the two that say how they behave from now on.

import type { WhenAGuestWaits, WhenCalled } from '../../contract/cast'
import type { Json, JsonObject } from '../../contract/json'

/** A meeting by its name in the seed, or by its thread. */
export interface WhichMeeting {
  readonly meeting?: string
  readonly threadId?: string
  /** "0" unless said. */
  readonly messageId?: string
}

/** By its id, or by whom the bot has called, or by the meeting it is in; nothing: the one call that the verb fits. */
export interface WhichCall extends WhichMeeting {
  readonly callId?: string
  /** A name of the seed, or a user id. */
  readonly person?: string
}

export interface WhoInAMeeting extends WhichMeeting {
  /** A name of the seed, or a user id. */
  readonly person: string
}

/** Each is done at once, or rejects with an Error that says why it does not fit, and says what it was done to. */
export interface Acting {
  /** The person who is called picks up. */
  answer(call?: WhichCall): Promise<Json>
  decline(call?: WhichCall): Promise<Json>
  /** The person who is called is in another call. */
  busy(call?: WhichCall): Promise<Json>
  hangUp(call?: WhichCall): Promise<Json>
  /** Somebody in the meeting lets the bot in from the lobby. */
  admit(call?: WhichCall): Promise<Json>
  /** Somebody in the meeting turns the bot away from the lobby. */
  refuse(call?: WhichCall): Promise<Json>
  /** Somebody in the meeting takes the bot out of it. */
  remove(call?: WhichCall): Promise<Json>
  /** @param who with a displayName where the seed does not know the person */
  join(who: WhoInAMeeting & { readonly displayName?: string }): Promise<Json>
  leave(who: WhoInAMeeting): Promise<Json>
  mute(who: WhoInAMeeting): Promise<Json>
  unmute(who: WhoInAMeeting): Promise<Json>
  /** What a person does when called, from now on until `reset`; times in milliseconds of the simulator. */
  whenCalled(script: {
    readonly person: string
    readonly does: WhenCalled
    readonly afterMs?: number
    readonly hangsUpAfterMs?: number | null
  }): Promise<Json>
  /** What those in a meeting do when a guest waits in its lobby, from now on until `reset`. */
  whenAGuestWaits(script: WhichMeeting & { readonly does: WhenAGuestWaits; readonly afterMs?: number }): Promise<Json>
}

/** The operation of the control API that each method is. */
export const OPERATION_OF: Readonly<Record<keyof Acting, string>> = {
  answer: 'answer',
  decline: 'decline',
  busy: 'busy',
  hangUp: 'hang-up',
  admit: 'admit',
  refuse: 'refuse',
  remove: 'remove',
  join: 'join',
  leave: 'leave',
  mute: 'mute',
  unmute: 'unmute',
  whenCalled: 'when-called',
  whenAGuestWaits: 'when-a-guest-waits',
}

export function actingBy(control: (operation: string, params: JsonObject) => Promise<Json>): Acting {
  const methods = Object.entries(OPERATION_OF).map(([method, operation]) => [
    method,
    (params: JsonObject = {}) => control(operation, params),
  ])
  return Object.fromEntries(methods) as Acting
}
