// How calls end: code, subcode and message of every end that follows from the life of a call, and of those that can be rehearsed.
import type { JsonObject } from '../../contract/json'
import { assumption, documented, observed, type Sourced } from './provenance'

/** What the last notification of a call says about its end. */
export interface ResultInfo {
  readonly code: number
  readonly subcode: number
  readonly message: string
}

interface End extends ResultInfo, Sourced {}

const DELETE_CALL = 'page "Delete call", table of end codes'
/** The table of Azure Call Automation, on the same back end; it has many subcodes of Graph with the same meaning. */
const SIBLING = 'table of end codes of Azure Call Automation, on the same back end'

/** By what leads to them. */
export const ENDS = {
  deletedByBot: {
    code: 0,
    subcode: 0,
    message: 'The call was ended by the application.',
    ...documented('page "Delete call" of 2019 (code 0 as a string, E-33)'),
  },
  declined: {
    code: 603,
    subcode: 8538,
    message: 'The call was declined by the callee.',
    ...assumption(`${SIBLING}, has 603 (declined) and 8538 (callee declined); no Graph page or report names the pair`),
  },
  busy: {
    code: 486,
    subcode: 8539,
    message: 'The callee is busy.',
    ...assumption(`${SIBLING}, has 8539 (callee busy); 486 is the SIP status; no Graph page or report names the pair`),
  },
  unanswered: {
    code: 200,
    subcode: 5002,
    message: 'The conversation has ended. DiagCode: 0#5002.@',
    ...observed(
      'recorded traffic of 2023 (sambetts/graph-calling-bots) of a call between two that failed before it was established',
    ),
  },
  hungUp: {
    code: 200,
    subcode: 4521,
    message: 'The call was ended by the other participant.',
    ...documented(DELETE_CALL),
  },
  noOneJoined: {
    code: 200,
    subcode: 5013,
    message: 'No other participant joined the group call.',
    ...documented(DELETE_CALL),
  },
  leftAlone: {
    code: 200,
    subcode: 5010,
    message: 'This conversation has ended as only one participant was remaining in the conversation.. DiagCode: 0#5010.@',
    ...documented(`${DELETE_CALL}; the message as recorded in 2023 (sambetts/graph-calling-bots)`),
  },
  removed: {
    code: 200,
    subcode: 5300,
    message: 'The call was removed by another participant.',
    ...documented(DELETE_CALL),
  },
  refusedInLobby: {
    code: 200,
    subcode: 5300,
    message: 'The call was not admitted from the lobby.',
    ...assumption('the pair is documented for removal; its use for the lobby is ours'),
  },
  lobbyTimedOut: {
    code: 200,
    subcode: 5855,
    message: 'The call was removed from the lobby after its timeout.',
    ...documented(DELETE_CALL),
  },
  keepAliveMissed: {
    code: 408,
    subcode: 8537,
    message: 'The call was cleaned up without a keepAlive.',
    ...documented(DELETE_CALL),
  },
  noSuchMeeting: {
    code: 400,
    subcode: 2203,
    message: 'Bad Request. DiagCode: 400#2203.',
    ...observed('microsoft-graph-comms-samples issue 433; that it stands for an unknown meeting is an assumption'),
  },
} as const satisfies Record<string, End>

export type EndName = keyof typeof ENDS

/** Ends that follow from nothing a bot or a person does: they come only where they were asked for. */
export const SERVICE_ENDS = {
  mediaProcessorShutDown: {
    code: 500,
    subcode: 9999,
    message: 'MediaProcessorShutdown. DiagCode: 500#2019',
    ...observed('microsoft-graph-comms-samples issue 474, seconds after established'),
  },
  mediaSessionFailed: {
    code: 500,
    subcode: 7112,
    message: 'Server Internal Error. DiagCode: 500#7112.@',
    ...observed(
      'microsoft-graph-comms-samples issues 571 and 598, on joining a meeting; that a call to a person ends so is an assumption',
    ),
  },
  mediaPlatformFailed: {
    code: 500,
    subcode: 7106,
    message: 'Server Internal Error. DiagCode: 3003#7106.@',
    ...observed('microsoft-graph-comms-samples issue 667'),
  },
  mediaPlatformUnreachable: {
    code: 500,
    subcode: 3003,
    message: 'Server Internal Error. DiagCode: 500#3003.@',
    ...observed('microsoft-graph-comms-samples issue 632'),
  },
  mediaNotNegotiated: {
    code: 500,
    subcode: 1203002,
    message: 'Server Internal Error. DiagCode: 500#1203002.@',
    ...observed('microsoft-graph-comms-samples issues 772, 855 and 861'),
  },
  mediaConnectionFailed: {
    code: 410,
    subcode: 301005,
    message: 'Client Media Error. DiagCode: 410#301005.@',
    ...documented(`${DELETE_CALL}; the message as in microsoft-graph-comms-samples issue 771`),
  },
  meetingLocked: {
    code: 403,
    subcode: 8560,
    message: 'Join conversation blocked due to locked meeting.',
    ...assumption(`${SIBLING}, has 8560 with this meaning; the code 403 is ours`),
  },
  admissionFailed: {
    code: 500,
    subcode: 9999,
    message: 'Did not receive valid response for JoinCall request from call modality controller.',
    ...observed(
      'microsoft-graph-comms-samples issue 816, for the words and that the join fails; code and subcode are an assumption',
    ),
  },
  calleeNotFound: {
    code: 480,
    subcode: 10037,
    message: 'No endpoints of the callee were found.',
    ...documented(DELETE_CALL),
  },
} as const satisfies Record<string, End>

/** The message that goes with a pair of codes; one of the form that Graph's have (microsoft-graph-docs-contrib issue 63) where it is not known. */
export function endMessage(code: number, subcode: number): string {
  const known: readonly End[] = [...Object.values(ENDS), ...Object.values(SERVICE_ENDS)]
  const found = known.find((one) => one.code === code && one.subcode === subcode)
  return found?.message ?? `DiagCode: ${code}#${subcode}.@`
}

/** The resultInfo of a terminated call: numbers, and `subcode` as in the metadata (E-32). */
export function resultInfo({ code, subcode, message }: ResultInfo): JsonObject {
  return { '@odata.type': '#microsoft.graph.resultInfo', code, subcode, message }
}
