// What the service does by itself, as operations: it ends a call with a code of your choice. And the same as a method of the package.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import { endMessage } from '../core/ends'
import { PARAMETERS } from '../faults/fault'
import type { WhichCall } from '../people/people-api'
import { personIdOf, personParam } from './names'
import { type Operation, operation } from './operation'
import { actOnCall, whichCallParams } from './which-call'

const END_CALL = 'end-call'

export const SERVICE_OPERATIONS: readonly Operation[] = [
  operation({
    name: END_CALL,
    description:
      'The service ends a call at once, established or not, with a code and a subcode of your choice. Without a callId: the one call that lives.',
    params: z.strictObject({
      ...whichCallParams,
      person: personParam.optional().describe('the person called by the bot, by name of the seed file or user id'),
      code: PARAMETERS.code,
      subcode: PARAMETERS.subcode,
      message: PARAMETERS.message.default(null).describe(String(PARAMETERS.message.description)),
    }),
    run: async (seeded, { person, code, subcode, message, ...which }) => {
      const end = { code, subcode, message: message ?? endMessage(code, subcode) }
      const personId = person === undefined ? null : personIdOf(seeded, person)
      const command = (callId: string) => ({ kind: 'end' as const, callId, end })
      return actOnCall(seeded, { ...which, personId }, END_CALL, command, ({ callId }) => seeded.simulator.endCall(callId, end))
    },
  }),
]

/** The end of a call by the service, in its `resultInfo`. */
export interface HowItEnds {
  readonly code: number
  readonly subcode: number
  /** Default: the message that goes with the codes. */
  readonly message?: string
}

export type EndCall = (end: WhichCall & HowItEnds) => Promise<Json>

export function endingBy(control: (operation: string, params: JsonObject) => Promise<Json>): EndCall {
  return (end) => control(END_CALL, { ...end })
}
