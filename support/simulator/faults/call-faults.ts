// Faults of calls: the service ends a call by itself, with a code and a subcode.
import type { JsonObject } from '../../contract/json'
import type { Command, Decide, Effect } from '../core/commands'
import { documented, observed } from '../core/provenance'
import type { Call } from '../core/state'
import type { FaultRows, Values, Work } from './fault'

/** A command that deletes a call in the name of its app. */
export function deletionOf({ id, appId, tenantId }: Call): Command {
  return { kind: 'delete', callId: id, caller: { appId, tenantId, displayName: '', permissions: [], registered: true } }
}

/**
 * Decides a deletion as the end of a call by the service: what becomes of call and meeting is the same, and the bot is notified of `terminated`
 * alone, with this resultInfo.
 */
export const endedByService =
  (decide: Decide, end: JsonObject): Decide =>
  (state, command, env) => {
    const decision = decide(state, command, env)
    const effects = decision.effects.flatMap((effect): Effect[] => {
      if (effect.kind !== 'notify') return [effect]
      const [change = {}] = effect.body.value as readonly JsonObject[]
      const { state: reported, ...data } = (change.resourceData ?? {}) as JsonObject
      if (reported === 'terminating') return []
      if (reported !== 'terminated') return [effect]
      const value = [{ ...change, resourceData: { ...data, state: reported, resultInfo: end } }]
      return [{ ...effect, body: { ...effect.body, value } }]
    })
    return { ...decision, effects }
  }

/** Ends each call once, when it is in the state of the parameters. */
const ending =
  (fixed: Partial<Values> = {}): Work =>
  (aim, values) => {
    const { code, subcode, message, state, ms } = { ...values, ...fixed }
    const resultInfo = { '@odata.type': '#microsoft.graph.resultInfo', code, subcode, message }
    const touched = new Set<string>()
    let over = false
    return {
      call: ({ id, appId, state: is, phase }) => {
        const about = { callId: id, appId, what: `call ${id}` }
        if (is !== state || phase === 'ended' || touched.has(id) || !aim.claim(about)) return
        touched.add(id)
        aim.did(about, `is ended by the service with ${code}/${subcode}${ms === 0 ? '' : `, ${ms} ms later`}`)
        const end = () => {
          if (!over) aim.endCall(id, resultInfo)
        }
        if (ms === 0) end()
        else aim.after(ms, end)
      },
      end: () => {
        over = true
      },
    }
  }

const ENDS = documented('page "Delete call", table of end codes')

export const CALL_FAULTS: FaultRows = {
  'call-ended': {
    description: 'The service ends a call by itself, with a code and a subcode of your choice.',
    parameters: {
      code: 500,
      subcode: 7106,
      message: 'Server Internal Error. DiagCode: 3003#7106.@',
      state: 'established',
      ms: 0,
    },
    ...observed('microsoft-graph-comms-samples issue 667, for the default values'),
    work: ending(),
  },
  'join-failed': {
    description: 'A call ends while it is being established, with 500/7112.',
    parameters: { ms: 0 },
    ...observed(
      'microsoft-graph-comms-samples issue 571, on joining a meeting; that a call to a person ends so is an assumption',
    ),
    work: ending({ code: 500, subcode: 7112, message: 'Server Internal Error. DiagCode: 500#7112.@', state: 'establishing' }),
  },
  'callee-unreachable': {
    description: 'A call ends while it is being established, as the service finds no endpoint of the callee: 480/10037.',
    parameters: { ms: 0 },
    ...ENDS,
    work: ending({ code: 480, subcode: 10037, message: 'No endpoints of the callee were found.', state: 'establishing' }),
  },
  'media-failed': {
    description: 'An established call ends as its media connection failed: 410/301005.',
    parameters: { ms: 0 },
    ...ENDS,
    work: ending({ code: 410, subcode: 301005, message: 'The media connection failed.', state: 'established' }),
  },
  'keep-alive-expired': {
    description: 'An established call ends as the service received no keepAlive: 408/8537.',
    parameters: { ms: 0 },
    ...ENDS,
    work: ending({ code: 408, subcode: 8537, message: 'The call was cleaned up without a keepAlive.', state: 'established' }),
  },
}
