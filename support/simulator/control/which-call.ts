// The call that an operation acts on: by its id, or the one that the command fits.
import type { JsonObject } from '../../contract/json'
import type { PeopleCommand, ServiceCommand } from '../core/commands'
import type { CallRecord } from '../runtime/call-records'
import type { SeededSimulator } from '../seed'
import { callIdParam, describeCall, isCalled, meetingIfNamed, meetingParams, personParam, showCall } from './names'
import { conflict } from './operation'

export const whichCallParams = {
  callId: callIdParam.optional(),
  person: personParam
    .optional()
    .describe('the person called by the bot, by name of the seed file or user id; of several, the one who acts'),
  ...meetingParams,
}

type OnCall = Extract<PeopleCommand, { callId: string }> | ServiceCommand

interface WhichCall {
  readonly callId?: string | undefined
  readonly personId: string | null
  readonly meeting?: string | undefined
  readonly threadId?: string | undefined
  readonly messageId?: string | undefined
}

/**
 * Acts on the call that is meant, and shows it.
 * @param name of the operation, for messages
 * @param act returns the reason when the command does not fit
 * @throws ControlError with the reason, or that lists the calls where it fits none or several
 */
export async function actOnCall<Command extends OnCall>(
  seeded: SeededSimulator,
  { callId, personId, ...named }: WhichCall,
  name: string,
  command: (callId: string) => Command,
  act: (command: Command) => string | null,
): Promise<JsonObject> {
  const meeting = meetingIfNamed(seeded, named)
  const id = callId ?? theOnlyCall(seeded, name, command, { personId, meeting })
  const after = seeded.simulator.journal.last
  requireDone(act(command(id)))
  const { records } = seeded.simulator
  const record = [...records.living(), ...records.ended()].find((one) => one.id === id)
  return { ...(record === undefined ? { callId: id } : showCall(seeded, record)), after }
}

/** The only living call that a command fits, of this person or in this meeting. */
function theOnlyCall(
  seeded: SeededSimulator,
  name: string,
  command: (callId: string) => OnCall,
  { personId, meeting }: { readonly personId: string | null; readonly meeting: string | null },
): string {
  const { simulator } = seeded
  const living = simulator.records
    .living()
    .filter((call) => (personId === null || isCalled(call, personId)) && (meeting === null || call.meeting === meeting))
  const fitting = living.filter(({ id }) => simulator.fits(command(id)) === null)
  const [only, ...others] = fitting
  if (only !== undefined && others.length === 0) return only.id
  if (only !== undefined) throw conflict(`${name} fits ${fitting.length} calls; write callId: ${listCalls(seeded, fitting)}.`)
  throw conflict(
    `${name} fits no call now; ${living.length === 0 ? 'no such call lives' : `living: ${listCalls(seeded, living)}`}.`,
  )
}

const LISTED = 20

function listCalls(seeded: SeededSimulator, calls: readonly CallRecord[]): string {
  const more = calls.length - LISTED
  return [...calls.slice(0, LISTED).map((call) => describeCall(seeded, call)), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

export function requireDone(reason: string | null): void {
  if (reason !== null) throw conflict(`${reason}.`)
}
