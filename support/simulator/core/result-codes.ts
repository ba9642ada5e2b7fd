// How calls end: the pairs of code and subcode that a terminated call reports in resultInfo.
import type { JsonObject } from '../../contract/json'
import type { Sourced } from './provenance'

export interface End extends Sourced {
  readonly code: number
  readonly subcode: number
  readonly message: string
}

const SIBLING = 'no Graph page names it; the troubleshooting table of Azure Communication Services, on the same back end, does'

export const ENDS = {
  deletedByBot: {
    code: 0,
    subcode: 0,
    message: 'The call was ended by the application.',
    basis: 'documented',
    source: 'page "Delete call" of 2019 (code 0 as a string, E-33)',
  },
  declined: { code: 603, subcode: 0, message: 'The call was declined by the callee.', basis: 'assumption', source: SIBLING },
  busy: {
    code: 486,
    subcode: 0,
    message: 'The callee is busy.',
    basis: 'assumption',
    source: 'SIP status 486; no Graph page names the pair',
  },
  unanswered: { code: 487, subcode: 10004, message: 'The call was not answered in time.', basis: 'assumption', source: SIBLING },
  hungUp: {
    code: 200,
    subcode: 4521,
    message: 'The call was ended by the other participant.',
    basis: 'documented',
    source: 'page "Delete call", table of end codes',
  },
  nobodyJoined: {
    code: 200,
    subcode: 5013,
    message: 'Nobody else joined the group call.',
    basis: 'documented',
    source: 'page "Delete call", table of end codes',
  },
  allLeft: {
    code: 200,
    subcode: 5002,
    message: 'All other participants have left.',
    basis: 'documented',
    source: 'page "Delete call", table of end codes',
  },
  removed: {
    code: 200,
    subcode: 5300,
    message: 'The call was removed by another participant.',
    basis: 'documented',
    source: 'page "Delete call", table of end codes',
  },
  refusedInLobby: {
    code: 200,
    subcode: 5300,
    message: 'The call was not admitted from the lobby.',
    basis: 'assumption',
    source: 'the pair is documented for removal; its use for the lobby is ours',
  },
  lobbyTimedOut: {
    code: 200,
    subcode: 5855,
    message: 'The call was removed from the lobby after its timeout.',
    basis: 'documented',
    source: 'page "Delete call", table of end codes',
  },
  noSuchMeeting: {
    code: 400,
    subcode: 2203,
    message: 'Bad Request. DiagCode: 400#2203.',
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issue 433; that it stands for an unknown meeting is an assumption',
  },
} as const satisfies Record<string, End>

export type EndName = keyof typeof ENDS

/** The resultInfo of a terminated call: numbers, and `subcode` as in the metadata (E-32). */
export function resultInfo(end: EndName): JsonObject {
  const { code, subcode, message } = ENDS[end]
  return { '@odata.type': '#microsoft.graph.resultInfo', code, subcode, message }
}
