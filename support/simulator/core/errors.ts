// The catalogue of errors that the simulated Graph answers with: status, code, message, and how sure each is.
import { SIMULATOR_NOT_IMPLEMENTED } from '../../contract/messages'
import { assumption, documented, observed, type Sourced } from './provenance'

interface CatalogueEntry extends Sourced {
  readonly status: number
  readonly code: string
  readonly message: string
  /** Whether the gateway hides it: the code is UnknownError then, and code and message stand as JSON text in the message. */
  readonly wrapped?: true
}

/** Many of its codes are seen on Graph, with the same meaning. */
const SIBLING = 'table of error codes of Azure Call Automation, on the same back end'

export const ERRORS = {
  notJson: {
    status: 400,
    code: 'BadRequest',
    message: 'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    ...observed('microsoft-graph-docs issues 6259 and 8146'),
  },
  invalidRequest: {
    status: 400,
    code: 'BadRequest',
    message: 'The request is invalid.',
    ...observed('microsoft-graph-comms-samples issue 546; which faults it covers is an assumption'),
  },
  missingMediaConfig: {
    status: 400,
    code: '8523',
    message: 'Missing mediaConfig information.',
    ...observed('microsoft-graph-docs-contrib issue 9126'),
  },
  callNotEstablished: {
    status: 400,
    code: '8501',
    message: 'Action not supported: the call is not established.',
    ...documented(`${SIBLING}; that Graph refuses an operation so is an assumption`),
  },
  notGroupCall: {
    status: 400,
    code: '8548',
    message: 'The call is not a group call.',
    ...documented(`${SIBLING}, without a status; that Graph refuses an operation so, with 400, is an assumption`),
  },
  actionNotValid: {
    status: 400,
    code: '8585',
    message: 'Action not valid in the current state of the call.',
    ...documented(`${SIBLING}; that Graph refuses an operation so is an assumption`),
  },
  conflict: {
    status: 409,
    code: '8519',
    message: 'Conflict.',
    ...documented(`${SIBLING}; that Graph refuses an operation so is an assumption`),
  },
  noSuchSegment: {
    status: 400,
    code: 'BadRequest',
    message: 'Resource not found for the segment',
    ...observed('techcommunity thread of October 2019'),
  },
  noSuchProperty: {
    status: 400,
    code: 'BadRequest',
    message: 'Could not find a property',
    ...assumption('the words of OData services, which reports about other resources of Graph show; none is about calls'),
  },
  strangeQueryOption: {
    status: 400,
    code: 'BadRequest',
    message: 'The query parameter',
    ...assumption('the words of OData services; no report shows them for calls'),
  },
  invalidVersion: {
    status: 400,
    code: 'BadRequest',
    message: 'Invalid version.',
    ...observed(
      'msgraph-sdk-dotnet issue 2023 and msgraph-sample-blazor-clientside issue 94, both of 2023; in December 2019 the code was ResourceNotFound and the message named the version (microsoft-graph-docs issue 6671), with a status that is not reported',
    ),
  },
  noToken: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Access token is empty.',
    ...observed('general for Graph'),
  },
  staleToken: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Access token has expired or is not yet valid.',
    ...observed('general for Graph'),
  },
  badToken: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Access token validation failure.',
    ...observed('general for Graph'),
  },
  malformedToken: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'CompactToken parsing failed with error code: 80049217',
    ...observed('general for Graph'),
  },
  notRegistered: {
    status: 403,
    code: '7503',
    message: 'Application is not registered in our store.',
    wrapped: true,
    ...observed(
      'microsoft-graph-docs issue 10845, microsoft-graph-comms-samples issue 432, both with the code inside the message',
    ),
  },
  delegatedToken: {
    status: 403,
    code: '7500',
    message: 'Unsupported AAD Identity.',
    wrapped: true,
    ...observed(
      'microsoft-graph-docs issue 8263, learn.microsoft.com question 507597; the status, and that requests other than create are refused so, are an assumption',
    ),
  },
  insufficientPermissions: {
    status: 403,
    code: '7504',
    message: 'Insufficient enterprise tenant permissions, cannot access this API.',
    ...observed('microsoft-graph-comms-samples issues 224, 276 and 538'),
  },
  tenantMismatch: {
    status: 403,
    code: '7505',
    message: 'Request authorization tenant mismatch.',
    ...observed('microsoft-graph-docs issues 7080 and 9481'),
  },
  strangeSource: {
    status: 403,
    code: '7507',
    message: 'Call source identity invalid.',
    ...observed(
      'microsoft-graph-docs-contrib issue 649 for code and words; the status and what they mean are those of Azure Call Automation, of the same back end, and that a call without a telephone is refused so is an assumption',
    ),
  },
  lookUpForbidden: {
    status: 403,
    code: '7504',
    message: 'Insufficient enterprise tenant permissions, cannot access this API.',
    ...assumption('as seen for calls; no report shows a look-up that was refused'),
  },
  callNotFound: {
    status: 404,
    code: '8522',
    message: 'Call not found.',
    ...observed('microsoft-graph-comms-samples issues 173, 191 and 330; the status also on the page of keepAlive'),
  },
  participantNotFound: {
    status: 404,
    code: '8522',
    message: 'Participant not found.',
    ...observed(
      `microsoft-graph-comms-samples issue 579 for the words; ${SIBLING}, for status and code, of calls and participants alike`,
    ),
  },
  sessionNotFound: {
    status: 404,
    code: '8522',
    message: 'Content sharing session not found.',
    ...assumption('as a participant that does not exist; no page or report shows an unknown session'),
  },
  meetingNotFound: {
    status: 404,
    code: 'NotFound',
    message: 'Online meeting not found.',
    ...assumption('the statuses of Graph in general name 404; no report shows one for a look-up'),
  },
  methodNotAllowed: {
    status: 405,
    code: 'BadRequest',
    message: 'The HTTP method is not allowed for this resource.',
    ...assumption('no page lists calls; the statuses of Graph in general name 405'),
  },
  bodyTooLarge: {
    status: 413,
    code: 'BadRequest',
    message: 'The request body is too large.',
    ...assumption('the statuses of Graph in general name 413; no report shows it for calls'),
  },
  notImplemented: {
    status: 501,
    code: SIMULATOR_NOT_IMPLEMENTED,
    message: 'The simulator does not play this part of Graph:',
    ...assumption('no answer of Graph: a hole of the simulator, said aloud'),
  },
  simulatorFailed: {
    status: 501,
    code: SIMULATOR_NOT_IMPLEMENTED,
    message: 'The simulator failed:',
    ...assumption('no answer of Graph: a fault of the simulator, said aloud'),
  },
} as const satisfies Record<string, CatalogueEntry>

export type ErrorName = keyof typeof ERRORS

/** A refusal as a value: the catalogue's entry, what exactly is wrong, and for people what to do. */
export interface Refusal {
  readonly error: ErrorName
  /** Appended to the message that the client reads; null leaves the catalogue's sentence as it is. */
  readonly detail: string | null
  /** For the journal only: the cause in plain language, with the remedy. */
  readonly diagnosis: string
}

/** Code and message of an error as the client reads them. */
export function writtenError(name: ErrorName, detail: string | null = null): { readonly code: string; readonly message: string } {
  const { code, message, wrapped }: CatalogueEntry = ERRORS[name]
  const words = detail === null ? message : `${message} ${detail}`
  if (wrapped !== true) return { code, message: words }
  return { code: 'UnknownError', message: JSON.stringify({ errorCode: code, message: words, instanceAnnotations: [] }) }
}

/** What a bot's author can do about a part of Graph that is not played. */
const STUB_IT = 'Answer it by a stub of your own, or test it on a tenant.'

/** Refuses what Graph documents and the simulator does not play, with what to do about it. */
export function unplayed(what: string, instead: string | null = null): Refusal {
  const next = instead ?? STUB_IT
  return {
    error: 'notImplemented',
    detail: `${what}. ${next} What is played: docs/simulator.md.`,
    diagnosis: `the simulator does not play ${what}: ${next}`,
  }
}
