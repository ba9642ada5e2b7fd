// Faults of calls: the service ends a call by itself, with a code and a subcode.
import type { Command } from '../core/commands'
import { ENDS, endMessage, type ResultInfo, SERVICE_ENDS } from '../core/ends'
import { observed, type Sourced } from '../core/provenance'
import type { FaultRows, Values, Work } from './fault'

/** Ends each call once, when it is in this state. */
const ending =
  (endOf: (values: Values) => ResultInfo & Pick<Values, 'state'>): Work =>
  (aim, values) => {
    const { state, ...end } = endOf(values)
    const { ms } = values
    const touched = new Set<string>()
    let over = false
    return {
      call: ({ id, appId, state: is, phase }) => {
        const about = { callId: id, appId, what: `call ${id}` }
        if (is !== state || phase === 'ended' || touched.has(id) || !aim.claim(about)) return
        touched.add(id)
        aim.did(about, `is ended by the service with ${end.code}/${end.subcode}${ms === 0 ? '' : `, ${ms} ms later`}`)
        const endIt = () => {
          if (!over) aim.endCall(id, end)
        }
        if (ms === 0) endIt()
        else aim.after(ms, endIt)
      },
      end: () => {
        over = true
      },
    }
  }

type Rehearsed = ResultInfo & Sourced

/** A fault that ends calls as one row of the table has it. */
const endsWith = (description: string, { basis, source, ...end }: Rehearsed, state: Values['state']): FaultRows[string] => ({
  description: `${description}: ${end.code}/${end.subcode}.`,
  parameters: { ms: 0 },
  basis,
  source,
  work: ending(() => ({ ...end, state })),
})

const { mediaPlatformFailed, admissionFailed } = SERVICE_ENDS

/** Ends a call from the lobby when a person admits it. */
const admissionFails: Work = (aim) => ({
  command: (command, callOf): Command => {
    const call = command.kind === 'admit' ? callOf(command.callId) : undefined
    if (command.kind !== 'admit' || call?.phase !== 'in-lobby') return command
    const about = { callId: call.id, appId: call.appId, what: `call ${call.id}` }
    if (!aim.claim(about)) return command
    const { basis: _, source: __, ...end } = admissionFailed
    aim.did(about, `is admitted from the lobby and ends with ${end.code}/${end.subcode}`)
    return { kind: 'end', callId: call.id, end }
  },
})

export const CALL_FAULTS: FaultRows = {
  'call-ended': {
    description: 'The service ends a call by itself, with a code and a subcode of your choice.',
    parameters: {
      code: mediaPlatformFailed.code,
      subcode: mediaPlatformFailed.subcode,
      message: null,
      state: 'established',
      ms: 0,
    },
    ...observed('microsoft-graph-comms-samples issue 667, for the default values'),
    work: ending(({ code, subcode, message, state }) => ({
      code,
      subcode,
      message: message ?? endMessage(code, subcode),
      state,
    })),
  },
  'join-failed': endsWith(
    'A call ends while it is being established, as its media session fails',
    SERVICE_ENDS.mediaSessionFailed,
    'establishing',
  ),
  'meeting-locked': endsWith(
    'A call ends while it is being established, as the meeting is locked',
    SERVICE_ENDS.meetingLocked,
    'establishing',
  ),
  'callee-unreachable': endsWith(
    'A call ends while it is being established, as the service finds no endpoint of the callee',
    SERVICE_ENDS.calleeNotFound,
    'establishing',
  ),
  'admission-failed': {
    description: 'A call that is admitted from the lobby ends and is never established: 500/9999.',
    basis: admissionFailed.basis,
    source: admissionFailed.source,
    work: admissionFails,
  },
  'media-processor-shut-down': endsWith(
    'An established call ends as its media processor shuts down',
    SERVICE_ENDS.mediaProcessorShutDown,
    'established',
  ),
  'media-failed': endsWith(
    'An established call ends as its media connection failed',
    SERVICE_ENDS.mediaConnectionFailed,
    'established',
  ),
  'keep-alive-expired': endsWith(
    'An established call ends as the service received no keepAlive',
    ENDS.keepAliveMissed,
    'established',
  ),
}
