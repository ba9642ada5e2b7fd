// The bodies that are posted to the callback: the envelope of the page and what each notice carries.
import type { Json, JsonObject } from '../../contract/json'
import { CALL_STATE, type Notice, type Phase } from './life-cycle'
import { rosterOf } from './meetings'
import type { Sourced } from './provenance'
import { type EndName, resultInfo } from './result-codes'
import type { Call, Meeting } from './state'

interface Members extends Sourced {
  readonly between: 'two' | 'several' | 'meeting'
  readonly phase: Phase
  readonly members: readonly string[]
}

/** Which members of the call a state notification carries besides its type, state and id. */
export const CALL_MEMBERS: readonly Members[] = [
  { between: 'two', phase: 'ringing', members: [], basis: 'documented', source: 'example 1, establishing' },
  {
    between: 'two',
    phase: 'established',
    members: ['direction', 'tenantId'],
    basis: 'documented',
    source: 'example 1, established (E-18)',
  },
  {
    between: 'several',
    phase: 'established',
    members: ['direction', 'tenantId'],
    basis: 'assumption',
    source: 'as in a call between two: there is no chat to tell of (E-73)',
  },
  {
    between: 'meeting',
    phase: 'joining',
    members: ['chatInfo', 'meetingInfo'],
    basis: 'documented',
    source: 'example 3, establishing (E-19)',
  },
  {
    between: 'meeting',
    phase: 'established',
    members: ['chatInfo', 'meetingInfo'],
    basis: 'documented',
    source: 'example 3, established (E-19)',
  },
]

/** What a notice is made from, besides the call itself. */
export interface Occasion {
  readonly phase: Phase
  readonly meeting: Meeting | null
  readonly end: EndName | null
}

/** The whole body of one post: one change each, as in every example and every capture. */
export function notification(notice: Notice, call: Call, occasion: Occasion): JsonObject {
  const { changeType, suffix, data } = NOTICES[notice](call, occasion)
  return {
    '@odata.type': '#microsoft.graph.commsNotifications',
    value: [
      {
        '@odata.type': '#microsoft.graph.commsNotification',
        changeType,
        resource: `/app/calls/${call.id}${suffix}`,
        callbackUri: call.callbackUri,
        resourceData: data,
      },
    ],
  }
}

interface Change {
  readonly changeType: 'updated' | 'deleted'
  readonly suffix: '' | '/participants'
  readonly data: Json
}

const NOTICES: Readonly<Record<Notice, (call: Call, occasion: Occasion) => Change>> = {
  call: (call, { phase }) => ofCall(call, 'updated', CALL_STATE[phase], membersOf(call, phase)),
  roster: (call, { meeting }) => ({
    changeType: 'updated',
    suffix: '/participants',
    data: meeting === null ? [] : rosterOf(meeting, call),
  }),
  terminating: (call) => ofCall(call, 'updated', 'terminating', {}),
  terminated: (call, { end }) => ofCall(call, 'deleted', CALL_STATE.ended, end === null ? {} : { resultInfo: resultInfo(end) }),
}

function ofCall(call: Call, changeType: Change['changeType'], state: string, members: JsonObject): Change {
  return { changeType, suffix: '', data: { '@odata.type': '#microsoft.graph.call', state, ...members, id: call.id } }
}

function membersOf(call: Call, phase: Phase): JsonObject {
  const between = call.form === 'group' ? 'several' : call.meeting === null ? 'two' : 'meeting'
  const row = CALL_MEMBERS.find((candidate) => candidate.between === between && candidate.phase === phase)
  const known: JsonObject = { ...call.resource, ...call.sent }
  return Object.fromEntries((row?.members ?? []).flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])))
}
