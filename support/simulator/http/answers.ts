// From the core's answers to HTTP: the Graph error body, and the headers that every answer carries.
import type { Answer } from '../core/commands'
import { ERRORS, type Refusal } from '../core/errors'

/** Of every answer: the service's own id of the request, the client's, and the moment (milliseconds). */
export interface Tracing {
  readonly requestId: string
  readonly clientRequestId: string | null
  readonly now: number
}

const CHALLENGE =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"'

/**
 * A refusal as Graph answers it: `error` with code, message and innerError (the layout of 2019 reports, E-50).
 * @param headers of this refusal alone, such as Allow
 */
export function refused({ error, detail }: Refusal, tracing: Tracing, headers: Readonly<Record<string, string>> = {}): Response {
  const { status, code, message } = ERRORS[error]
  const body = {
    error: {
      code,
      message: detail === null ? message : `${message} ${detail}`,
      innerError: { 'request-id': tracing.requestId, date: new Date(tracing.now).toISOString().slice(0, 19) },
    },
  }
  return json(status, body, tracing, status === 401 ? { ...headers, 'www-authenticate': CHALLENGE } : headers)
}

/** The answer to a request of the bot. */
export function answered(answer: Answer, tracing: Tracing): Response {
  switch (answer.kind) {
    case 'created':
      return json(201, answer.call, tracing, { location: answer.location })
    case 'call':
      return json(200, answer.call, tracing)
    case 'participants':
      return json(200, { value: answer.participants }, tracing)
    case 'participant':
      return json(200, answer.participant, tracing)
    case 'online-meeting':
      return json(200, answer.meeting, tracing)
    case 'alive':
      return new Response(null, { status: 200, headers: traced(tracing) })
    case 'refused':
      return refused(answer.refusal, tracing)
    case 'unfit':
      throw new Error(`a request of the bot was answered as one of the people: ${answer.reason}`)
    default:
      return new Response(null, { status: 204, headers: traced(tracing) })
  }
}

function json(status: number, body: unknown, tracing: Tracing, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers, ...traced(tracing) },
  })
}

function traced({ requestId, clientRequestId, now }: Tracing): Record<string, string> {
  return {
    'request-id': requestId,
    date: new Date(now).toUTCString(),
    ...(clientRequestId === null ? {} : { 'client-request-id': clientRequestId }),
  }
}
