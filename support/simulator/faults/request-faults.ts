// Faults of requests: what Graph, the token service or the keys answer in place of the right response, or do not answer.
import { setTimeout as sleep } from 'node:timers/promises'
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { BrokenOff } from '../../net/listener'
import { ERRORS, writtenError } from '../core/errors'
import { assumption, documented, observed, type Sourced } from '../core/provenance'
import { type Aim, type FaultRows, fill, type IncomingRequest, type Values, type Work } from './fault'
import { withoutMember } from './notification-faults'

interface ServerError extends Sourced {
  /** What Graph says in `error`; null: a gateway answers, without words of Graph. */
  readonly error: { readonly code: string; readonly message: string } | null
}

/** The responses of `server-error`, by status. */
export const SERVER_ERRORS = {
  500: {
    error: { code: '9999', message: 'Unkown internal Server Error.' },
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issue 413 and microsoft-graph-docs issue 16084, with this spelling',
  },
  502: { error: null, basis: 'assumption', source: 'not among the statuses of Graph; a gateway before it may answer so' },
  503: {
    error: { code: 'serviceNotAvailable', message: 'The service is not available. Try the request again after a delay.' },
    basis: 'documented',
    source: 'page on errors of Graph, 2019, for status and code; the message is an assumption',
  },
  504: { error: null, basis: 'assumption', source: 'among the statuses of Graph, with no words that are known' },
} as const satisfies Readonly<Record<number, ServerError>>

/** A timer of a bot may run out this much before its time, in milliseconds: that is no early return. */
const EARLY_MS = 50

interface Refusal {
  readonly status: number
  /** The `error` of the body; null: no body. */
  readonly error: JsonObject | null
  readonly headers?: Readonly<Record<string, string>>
}

/** A response in the form of Graph's errors. */
function refuse({ newId, now }: Aim, { status, error, headers = {} }: Refusal): Response {
  const traced = { 'request-id': newId(), date: new Date(now()).toUTCString(), ...headers }
  if (error === null) return new Response(null, { status, headers: traced })
  const date = new Date(now()).toISOString().slice(0, 19)
  const innerError = { ...(error.innerError as JsonObject | undefined), date, 'request-id': traced['request-id'] }
  return Response.json({ error: { ...error, innerError } }, { status, headers: traced })
}

type Selects = (incoming: IncomingRequest) => boolean
type Next = () => Promise<Response>

/** Answers requests to the service of the parameter `service`, by default Graph. */
const answering =
  (
    answer: (incoming: IncomingRequest, next: Next, aim: Aim, values: Values) => Response | Promise<Response>,
    selects: Selects = () => true,
  ): Work =>
  (aim, values) => ({
    request: async (incoming, next) => {
      const meant = incoming.service === (values.service ?? 'graph') && selects(incoming)
      return meant && aim.claim(incoming) ? answer(incoming, next, aim, values) : next()
    },
  })

const said = (why: string | ((values: Values) => string), values: Values) =>
  typeof why === 'string' ? fill(why, values) : why(values)

/** Refuses requests that the service then never sees. */
const refusing = (refusal: (values: Values) => Refusal, why: string | ((values: Values) => string), selects?: Selects): Work =>
  answering((incoming, _next, aim, values) => {
    const { status, error, headers } = refusal(values)
    aim.answered(incoming, typeof error?.code === 'string' ? error.code : null, said(why, values))
    return refuse(aim, { status, error, ...(headers && { headers }) })
  }, selects)

/** Rewrites responses of Graph. @param rewrite null for a response that it does not apply to */
const rewriting =
  (rewrite: (response: Response, values: Values) => Response | null | Promise<Response | null>, did: string): Work =>
  (aim, values) => ({
    request: async (incoming, next) => {
      const response = await next()
      if (incoming.service !== 'graph' || !aim.inScope(incoming)) return response
      const rewritten = await rewrite(response.clone(), values)
      if (rewritten === null || !aim.claim(incoming)) return response
      aim.did(incoming, fill(did, values))
      return rewritten
    },
  })

/** Rewrites the JSON object in responses that are no refusals. */
const rewritingBody = (rewrite: (body: JsonObject, values: Values) => Json | undefined, did: string): Work =>
  rewriting(async (response, values) => {
    if (!response.ok || response.status === 204) return null
    const body = (await response.json()) as Json
    const rewritten = isObject(body) ? rewrite(body, values) : undefined
    const { status, headers } = response
    return rewritten === undefined ? null : new Response(JSON.stringify(rewritten), { status, headers })
  }, did)

const TOO_MANY: JsonObject = {
  code: 'TooManyRequests',
  innerError: { code: '429', message: 'Please retry after', status: '429' },
  message: 'Please retry again later.',
}

const throttleWithoutHeader = refusing(() => ({ status: 429, error: TOO_MANY }), 'without Retry-After')

/** Each app by itself waits for the time of its Retry-After, on the simulator's clock. */
const throttle: Work = (aim, values) => {
  const { retryAfter } = values
  if (retryAfter === null) return throttleWithoutHeader(aim, values)
  const until = new Map<string, number>()
  const early = (time: number) => time - aim.now() > EARLY_MS
  return {
    request: async (incoming, next) => {
      if (incoming.service !== 'graph' || !aim.inScope(incoming)) return next()
      const app = incoming.appId ?? ''
      const left = (until.get(app) ?? 0) - aim.now()
      const again = left > EARLY_MS
      if (!again && !aim.claim(incoming)) return next()
      if (!again) until.set(app, aim.now() + retryAfter * 1000)
      const seconds = again ? Math.ceil(left / 1000) : retryAfter
      const why = again ? `the app came back ${(left / 1000).toFixed(1)} s too early` : `the app must wait ${retryAfter} s`
      aim.answered(incoming, 'TooManyRequests', why, !again)
      return refuse(aim, { status: 429, error: TOO_MANY, headers: { 'retry-after': String(seconds) } })
    },
    busy: () => [...until.values()].some(early),
  }
}

const serverError = answering(async (incoming, next, aim, { status, service, carriedOut }) => {
  // Only Graph has an error body of its own.
  const error = service === 'graph' ? (SERVER_ERRORS[status as keyof typeof SERVER_ERRORS]?.error ?? null) : null
  if (carriedOut) aim.did(incoming, `answered ${status} in place of ${(await next()).status}`, error?.code ?? null)
  else aim.answered(incoming, error?.code ?? null, 'the service never saw it')
  return refuse(aim, { status, error })
})

/** Waits that end early when the fault ends. */
function waits() {
  const waiting = new Set<() => void>()
  let over = false
  return {
    isOver: () => over,
    busy: () => waiting.size > 0,
    end: () => {
      over = true
      for (const resolve of waiting) resolve()
      waiting.clear()
    },
    wait: (start: (resolve: () => void) => void) =>
      new Promise<void>((resolve) => {
        waiting.add(resolve)
        start(() => {
          waiting.delete(resolve)
          resolve()
        })
      }),
  }
}

const latency: Work = (aim, values) => {
  const { isOver, busy, end, wait } = waits()
  const late = answering(async (incoming, next) => {
    const response = await next()
    if (isOver()) return response
    aim.did(incoming, `the response (${response.status}) comes ${values.ms} ms late`)
    await wait((resolve) => aim.after(values.ms, resolve))
    return response
  })
  return { ...late(aim, values), busy, end }
}

const broken = async (next: Next, carriedOut: boolean) =>
  carriedOut ? `the bot does not get the response (${(await next()).status})` : 'the service never saw it'

const noAnswer: Work = (aim, values) => {
  const { isOver, busy, end, wait } = waits()
  const silent = answering(async (incoming, next) => {
    aim.did(incoming, `gets no response; ${await broken(next, values.carriedOut)}`)
    const { signal } = incoming.request
    if (!isOver()) await wait((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    throw new BrokenOff()
  })
  return { ...silent(aim, values), busy, end }
}

const reset = answering(async (incoming, next, aim, { carriedOut }) => {
  aim.did(incoming, `the connection breaks off; ${await broken(next, carriedOut)}`)
  throw new BrokenOff()
})

/** How long the first half may take on its way, in milliseconds of real time. */
const CUT_AFTER_MS = 20

const cutOff = answering(async (incoming, next, aim) => {
  const response = await next()
  const body = Buffer.from(await response.arrayBuffer())
  aim.did(incoming, `the response (${response.status}) ends after ${body.length >> 1} of ${body.length} bytes`)
  const half = new ReadableStream({
    start: (controller) => controller.enqueue(body.subarray(0, body.length >> 1)),
    // Only once the HTTP listener has sent the head and the first half.
    pull: async (controller) => {
      await sleep(CUT_AFTER_MS)
      controller.error(new BrokenOff())
    },
  })
  const headers = new Headers(response.headers)
  headers.set('content-length', String(body.length))
  return new Response(response.status === 204 ? null : half, { status: response.status, headers })
})

const gatewayPage = answering((incoming, _next, aim) => {
  aim.answered(incoming, null, 'a gateway answers with an HTML page')
  const page = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>'
  return new Response(page, { status: 502, headers: { 'content-type': 'text/html; charset=utf-8' } })
})

const secretExpired = answering(
  (incoming, _next, aim) => {
    aim.answered(incoming, 'invalid_client', 'the secret of the app has expired')
    const description = `AADSTS7000222: The provided client secret keys for app '${incoming.appId}' are expired.`
    return Response.json({ error: 'invalid_client', error_description: description, error_codes: [7000222] }, { status: 401 })
  },
  ({ request }) => request.method === 'POST',
)

const catalogued = (name: keyof typeof ERRORS): Refusal => {
  return { status: ERRORS[name].status, error: { ...writtenError(name) } }
}
const isOnCall: Selects = ({ callId }) => callId !== null
const isCreate: Selects = ({ request, callId }) => request.method === 'POST' && callId === null

const ADDED = { simulatedFutureMember: 'added by the fault' }

export const REQUEST_FAULTS: FaultRows = {
  throttle: {
    description:
      'Graph answers 429 with Retry-After, and again to an app that comes back before; or without, where retryAfter is null.',
    parameters: { retryAfter: 5 },
    ...documented(
      'throttling page of Graph, 2020 on; in 2019 calls were not among what sends Retry-After; that each app is held to it by itself, and early ones are refused again, is an assumption',
    ),
    work: throttle,
  },
  'throttle-without-retry-after': {
    description: 'Graph answers 429 and does not say how long to wait.',
    ...documented('throttling page of Graph: back off exponentially where Retry-After is missing'),
    work: throttleWithoutHeader,
  },
  'server-error': {
    description: 'A service answers with a status of 500 and above.',
    parameters: { status: 503, service: 'graph', carriedOut: false },
    ...documented('page on errors of Graph, 2019, for 500, 503 and 504; that a gateway answers 502 is an assumption'),
    work: serverError,
  },
  unavailable: {
    description: 'Graph answers 503 with Retry-After, or without, where retryAfter is null.',
    parameters: { retryAfter: 5 },
    ...documented('page on errors of Graph, 2019: the delay may be specified in a Retry-After header'),
    work: refusing(
      ({ retryAfter }) => ({
        status: 503,
        error: SERVER_ERRORS[503].error,
        ...(retryAfter === null ? {} : { headers: { 'retry-after': String(retryAfter) } }),
      }),
      ({ retryAfter }) => (retryAfter === null ? 'without Retry-After' : `the app should wait ${retryAfter} s`),
    ),
  },
  latency: {
    description: 'A service does at once what it is asked for, and answers late.',
    parameters: { ms: 2_000, service: 'graph' },
    ...assumption('no page says how soon Graph answers, or that a notification waits for the answer'),
    work: latency,
  },
  'no-response': {
    description: 'A service takes the request and never answers, until the client gives up.',
    parameters: { service: 'graph', carriedOut: false },
    ...assumption('any connection can hang so'),
    work: noAnswer,
  },
  reset: {
    description: 'The connection breaks off before the response.',
    parameters: { service: 'graph', carriedOut: false },
    ...assumption('any connection can end so'),
    work: reset,
  },
  'body-cut-off': {
    description: 'The connection breaks off in the middle of the body of a response.',
    parameters: { service: 'graph' },
    ...assumption('any connection can end so'),
    work: cutOff,
  },
  'gateway-page': {
    description: 'A gateway answers 502 with an HTML page where JSON is expected.',
    parameters: { service: 'graph' },
    ...assumption('what proxies and gateways between a bot and a service do'),
    work: gatewayPage,
  },
  'create-refused': {
    description: 'Graph refuses to create a call, for a reason of your choice.',
    parameters: { refusal: 'insufficientPermissions' },
    ...observed('the errors of the same names in the list of errors'),
    work: refusing(({ refusal }) => catalogued(refusal), 'the create is refused as {refusal}', isCreate),
  },
  'operation-refused': {
    description: 'Graph refuses a request on a call that lives, for a reason of your choice.',
    parameters: { refusal: 'conflict' },
    ...documented('the errors of the same names in the list of errors; that Graph refuses requests on calls so is an assumption'),
    work: refusing(({ refusal }) => catalogued(refusal), 'the request is refused as {refusal}', isOnCall),
  },
  'call-not-found': {
    description: 'Graph does not find a call that lives: 404 with code 8522.',
    ...observed('microsoft-graph-comms-samples issues 173, 191 and 330, for calls that have ended'),
    work: refusing(() => catalogued('callNotFound'), 'as if the call had ended', isOnCall),
  },
  'access-token-refused': {
    description: 'Graph answers 401 although the access token of the bot is valid.',
    ...observed('general for Graph; that a token is revoked before its time is documented as continuous access evaluation'),
    work: refusing(() => catalogued('staleToken'), 'as if the token had been revoked'),
  },
  'secret-expired': {
    description: 'The token service refuses the secret of the bot as expired.',
    ...documented('error codes of the token service: AADSTS7000222'),
    work: (aim, values) => secretExpired(aim, { ...values, service: 'login' }),
  },
  'response-member-missing': {
    description: 'A successful response of Graph lacks a member of your choice.',
    parameters: { member: 'myParticipantId' },
    ...assumption('pages and real responses differ in their members; which may be missing is not said'),
    work: rewritingBody((body, { member }) => withoutMember(body, member), 'is answered without {member}'),
  },
  'response-member-unknown': {
    description: 'A successful response of Graph has a member that no page names.',
    ...documented('metadata of 2019 and today: the type of a call is open'),
    work: rewritingBody((body) => ({ ...body, ...ADDED }), 'is answered with an unknown member'),
  },
  'location-missing': {
    description: 'The 201 of a create has no Location header.',
    ...assumption('the examples print Location; no page promises it'),
    work: rewriting(({ status, headers, body }) => {
      if (status !== 201) return null
      const others = new Headers(headers)
      others.delete('location')
      return new Response(body, { status, headers: others })
    }, 'is answered without Location'),
  },
}
