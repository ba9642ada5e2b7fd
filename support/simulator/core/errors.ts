// The catalogue of errors that the simulated Graph answers with: status, code, message, and how sure each is.
import { SIMULATOR_NOT_IMPLEMENTED } from '../../contract/messages'
import type { Sourced } from './provenance'

interface CatalogueEntry extends Sourced {
  readonly status: number
  readonly code: string
  readonly message: string
}

export const ERRORS = {
  notJson: {
    status: 400,
    code: 'BadRequest',
    message: 'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    basis: 'observed',
    source: 'microsoft-graph-docs issues 6259 and 8146',
  },
  invalidRequest: {
    status: 400,
    code: 'BadRequest',
    message: 'The request is invalid.',
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issue 546; which faults it covers is an assumption',
  },
  missingMediaConfig: {
    status: 400,
    code: '8523',
    message: 'Missing mediaConfig information.',
    basis: 'observed',
    source: 'microsoft-graph-docs-contrib issue 9126',
  },
  noSuchSegment: {
    status: 400,
    code: 'BadRequest',
    message: 'Resource not found for the segment',
    basis: 'observed',
    source: 'techcommunity thread of October 2019',
  },
  noToken: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Access token is empty.',
    basis: 'observed',
    source: 'general for Graph',
  },
  staleToken: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Access token has expired or is not yet valid.',
    basis: 'observed',
    source: 'general for Graph',
  },
  badToken: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Access token validation failure.',
    basis: 'observed',
    source: 'general for Graph',
  },
  malformedToken: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'CompactToken parsing failed with error code: 80049217',
    basis: 'observed',
    source: 'general for Graph',
  },
  notRegistered: {
    status: 403,
    code: '7503',
    message: 'Application is not registered in our store.',
    basis: 'observed',
    source: 'microsoft-graph-docs issue 10845, microsoft-graph-comms-samples issue 432',
  },
  insufficientPermissions: {
    status: 403,
    code: '7504',
    message: 'Insufficient enterprise tenant permissions, cannot access this API.',
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issues 224, 276 and 538',
  },
  tenantMismatch: {
    status: 403,
    code: '7505',
    message: 'Request authorization tenant mismatch.',
    basis: 'observed',
    source: 'microsoft-graph-docs issues 7080 and 9481',
  },
  lookUpForbidden: {
    status: 403,
    code: '7504',
    message: 'Insufficient enterprise tenant permissions, cannot access this API.',
    basis: 'assumption',
    source: 'as seen for calls; no report shows a look-up that was refused',
  },
  callNotFound: {
    status: 404,
    code: '8522',
    message: 'Call not found.',
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issues 173, 191 and 330; the status also on the page of keepAlive',
  },
  participantNotFound: {
    status: 404,
    code: '8522',
    message: 'Participant not found.',
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issue 579 for the words; status and code are an assumption',
  },
  meetingNotFound: {
    status: 404,
    code: 'NotFound',
    message: 'Online meeting not found.',
    basis: 'assumption',
    source: 'the statuses of Graph in general name 404; no report shows one for a look-up',
  },
  methodNotAllowed: {
    status: 405,
    code: 'BadRequest',
    message: 'The HTTP method is not allowed for this resource.',
    basis: 'assumption',
    source: 'no page lists calls; the statuses of Graph in general name 405',
  },
  bodyTooLarge: {
    status: 413,
    code: 'BadRequest',
    message: 'The request body is too large.',
    basis: 'assumption',
    source: 'the statuses of Graph in general name 413; no report shows it for calls',
  },
  notImplemented: {
    status: 501,
    code: SIMULATOR_NOT_IMPLEMENTED,
    message: 'The simulator does not play this part of Graph:',
    basis: 'assumption',
    source: 'no answer of Graph: a hole of the simulator, said aloud',
  },
  simulatorFailed: {
    status: 501,
    code: SIMULATOR_NOT_IMPLEMENTED,
    message: 'The simulator failed:',
    basis: 'assumption',
    source: 'no answer of Graph: a fault of the simulator, said aloud',
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
