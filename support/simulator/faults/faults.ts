// Faults that break no rule and that every bot must survive: what each does to requests and notifications while it is armed.
import type { JsonObject } from '../../contract/json'
import { BrokenOff } from '../../net/listener'
import type { Notification } from '../runtime/outbox'
import type { Parts } from '../wrapping'
import { DISTURBANCES, type DisturbanceName, SERVER_ERRORS } from './delivery-problems'
import type { Aim, Fault, Values, Working } from './fault'

type Work = Fault['work']

/** A timer of a bot may run out this much before its time, in milliseconds; that is no early return. */
const EARLY_MS = 50

/** Under which name a service is among the parts. */
const PART_OF = { graph: 'graph', login: 'login', keys: 'openid' } as const satisfies Record<Values['service'], keyof Parts>

function answer(
  aim: Aim,
  { status, error, headers = {} }: { status: number; error: JsonObject | null; headers?: object },
): Response {
  const traced = { 'request-id': aim.newId(), date: new Date(aim.now()).toUTCString(), ...headers }
  if (error === null) return new Response(null, { status, headers: traced })
  const date = new Date(aim.now()).toISOString().slice(0, 19)
  const innerError = { ...(error.innerError as JsonObject | undefined), date, 'request-id': traced['request-id'] }
  return new Response(JSON.stringify({ error: { ...error, innerError } }), {
    status,
    headers: { 'content-type': 'application/json', ...traced },
  })
}

/** A line of the journal for a request that no service has seen. */
function answeredInPlace(
  aim: Aim,
  service: Values['service'],
  request: Request,
  status: number,
  error: string | null,
  why: string,
) {
  const { apps } = aim.message()
  const { method } = request
  const path = new URL(request.url).pathname
  const code = error === null ? '' : ` ${error}`
  const facts = { service, method, path, status, error, appId: apps[0] ?? null, diagnosis: why }
  aim.answered({ text: `${method} ${path}: ${status}${code}, ${why}`, request: facts })
}

/** Each app by itself waits until the time that it was told, on the simulator's clock. */
const throttle: Work = ({ graph }, aim, { retryAfter }) => {
  const until = new Map<string, number>()
  return {
    parts: {
      graph: async (request) => {
        if (!aim.inScope()) return graph(request)
        const app = aim.message().apps[0] ?? ''
        const left = (until.get(app) ?? 0) - aim.now()
        const early = left > EARLY_MS
        if (!early && !aim.claim()) return graph(request)
        if (!early) until.set(app, aim.now() + retryAfter * 1000)
        const seconds = early ? Math.ceil(left / 1000) : retryAfter
        const why = early ? `came back ${(left / 1000).toFixed(1)} s too early` : `is told to wait ${retryAfter} s`
        answeredInPlace(aim, 'graph', request, 429, 'TooManyRequests', `fault throttle: the app ${why}`)
        const innerError = { code: '429', message: 'Please retry after', status: '429' }
        const error = { code: 'TooManyRequests', innerError, message: 'Please retry again later.' }
        return answer(aim, { status: 429, error, headers: { 'retry-after': String(seconds) } })
      },
    },
    busy: () => [...until.values()].some((time) => time - aim.now() > EARLY_MS),
  }
}

const serverError: Work = (parts, aim, { status, service, carriedOut }) => {
  const handle = parts[PART_OF[service]]
  // Only Graph has words of its own for it.
  const error = service === 'graph' ? (SERVER_ERRORS[status as keyof typeof SERVER_ERRORS]?.error ?? null) : null
  const instead = async (request: Request) => {
    if (!aim.claim()) return handle(request)
    if (carriedOut) {
      const { status: was } = await handle(request)
      aim.did(`answered ${status} in place of ${was}`)
    } else answeredInPlace(aim, service, request, status, error?.code ?? null, 'fault server-error: the service never saw it')
    return answer(aim, { status, error })
  }
  return { parts: { [PART_OF[service]]: instead } }
}

const latency: Work = (parts, aim, { ms, service }) => {
  const handle = parts[PART_OF[service]]
  const waiting = new Set<() => void>()
  let over = false
  const late = async (request: Request) => {
    if (!aim.claim()) return handle(request)
    const response = await handle(request)
    if (over) return response
    aim.did(`the answer (${response.status}) comes ${ms} ms late`)
    await new Promise<void>((resolve) => {
      waiting.add(resolve)
      parts.after(ms, resolve)
    })
    return response
  }
  const end = () => {
    over = true
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  return { parts: { [PART_OF[service]]: late }, end }
}

const reset: Work = (parts, aim, { service, carriedOut }) => {
  const handle = parts[PART_OF[service]]
  const breaking = async (request: Request) => {
    if (!aim.claim()) return handle(request)
    const done = carriedOut ? `that it was answered ${(await handle(request)).status} is not told` : 'the service never saw it'
    aim.did(`the connection breaks off; ${done}`)
    throw new BrokenOff()
  }
  return { parts: { [PART_OF[service]]: breaking } }
}

/** What is posted in place of a notification that may be touched. */
const posting =
  (instead: (notification: Notification, parts: Parts, values: Values) => void, words: (values: Values) => string): Work =>
  (parts, aim, values) => ({
    parts: {
      post: (notification) => {
        if (!aim.claim()) return parts.post(notification)
        aim.did(words(values))
        instead(notification, parts, values)
      },
    },
  })

/** A notification waits for the next of its call, and what becomes of the two is posted; it waits no longer than it may. */
const waitingForTheNext =
  (joined: (first: Notification, next: Notification) => readonly Notification[], words: string): Work =>
  ({ post, after }, aim, { heldMs }): Working => {
    const held = new Map<string, Notification>()
    return {
      parts: {
        post: (notification) => {
          const { callId } = notification
          const first = held.get(callId)
          if (first !== undefined) {
            held.delete(callId)
            for (const one of joined(first, notification)) post(one)
            return
          }
          if (!aim.claim()) return post(notification)
          held.set(callId, notification)
          aim.did(`waits for the next of its call, ${heldMs} ms at most, ${words}`)
          after(heldMs, () => {
            if (held.get(callId) !== notification) return
            held.delete(callId)
            post(notification)
          })
        },
      },
      busy: () => held.size > 0,
      end: (lettingGo) => {
        const left = [...held.values()]
        held.clear()
        if (lettingGo) for (const one of left) post(one)
      },
    }
  }

function packed(first: Notification, next: Notification): readonly Notification[] {
  const value = [first, next].flatMap(({ body }) => body.value as JsonObject[])
  return [{ ...next, body: { ...next.body, value } }]
}

/** How each works, and what it takes. */
const WORKS: Readonly<Record<DisturbanceName, { readonly parameters: Partial<Values>; readonly work: Work }>> = {
  throttle: { parameters: { retryAfter: 5 }, work: throttle },
  'server-error': { parameters: { status: 503, service: 'graph', carriedOut: false }, work: serverError },
  latency: { parameters: { ms: 2_000, service: 'graph' }, work: latency },
  reset: { parameters: { service: 'graph', carriedOut: false }, work: reset },
  'notification-lost': {
    parameters: {},
    work: posting(
      () => {},
      () => 'is not posted',
    ),
  },
  'notification-doubled': {
    parameters: {},
    work: posting(
      (notification, { post }) => {
        post(notification)
        post(notification)
      },
      () => 'is posted twice',
    ),
  },
  'notifications-reordered': {
    parameters: { heldMs: 5_000 },
    work: waitingForTheNext((first, next) => [next, first], 'and is posted after it'),
  },
  'notification-delayed': {
    parameters: { ms: 3_000 },
    work: posting(
      (notification, { post, after }, { ms }) => after(ms, () => post(notification)),
      ({ ms }) => `is posted ${ms} ms late`,
    ),
  },
  'notifications-packed': { parameters: { heldMs: 5_000 }, work: waitingForTheNext(packed, 'to be posted with it') },
}

/** All of them, in the order in which they are told. */
export const ROBUSTNESS: readonly Fault[] = (Object.keys(WORKS) as DisturbanceName[]).map((id) => ({
  id,
  kind: 'robustness',
  ...DISTURBANCES[id],
  ...WORKS[id],
}))
