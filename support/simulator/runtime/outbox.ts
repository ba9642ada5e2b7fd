// Delivers notifications to the bot: a queue per call with one post in flight, and each attempt in the journal with its cause in plain words.
import { EventEmitter } from 'node:events'
import { isObject, type JsonObject } from '../../contract/json'
import type { Clock } from './clock'
import type { DeliveryFacts, Journal } from './journal'
import { strangersWords } from './redact'

export interface Notification {
  readonly callId: string
  readonly callbackUri: string
  readonly audience: string
  readonly tenantId: string
  readonly body: JsonObject
  /** The armed fault that changed it; absent where none has. */
  readonly fault?: string
}

/** Sends one post; the nock and standalone mounts use fetch, the direct mount calls the bot's handler. */
export type Deliver = (url: string, init: RequestInit) => Promise<Response>

/** What leaves for the bot in an attempt, after faults and deviations. */
interface Sent {
  url?: string
  body?: string
  fault?: string
}

/**
 * A post that waits for its answer, and may be given up. For undici it is a signal itself, at a fraction of what an AbortSignal costs; that
 * is made on demand.
 */
class Attempt extends EventEmitter {
  readonly sent: Sent = {}
  aborted = false
  reason: unknown
  #controller: AbortController | null = null

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController()
      if (this.aborted) this.#controller.abort(this.reason)
    }
    return this.#controller.signal
  }

  giveUp(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.emit('abort')
    this.#controller?.abort(reason)
  }
}

/** Where the init of a post has its attempt: what changes a post copies its init. */
const ATTEMPT = Symbol('attempt')
type PostInit = RequestInit & { readonly [ATTEMPT]?: Attempt }

/** What ends a post, for undici: the attempt itself, else the signal of its init. */
export function endOf(init: RequestInit): EventEmitter | AbortSignal | null {
  return (init as PostInit)[ATTEMPT] ?? init.signal ?? null
}

/** Notes what an attempt sends, or which armed fault changes it, for the journal. @param init of the post */
export function noteSent(init: RequestInit, sent: Sent): void {
  Object.assign((init as PostInit)[ATTEMPT]?.sent ?? {}, sent)
}

interface OutboxParts {
  readonly deliver: (url: string, init: RequestInit, notification: Notification) => Promise<Response>
  readonly sign: (notification: Notification) => Promise<string>
  readonly journal: Journal
  readonly clock: Clock
  /** How long one post may take, in milliseconds of real time. No page says; some bots never answer (assumption). */
  readonly timeLimitMs: number
}

export class Outbox {
  readonly #parts: OutboxParts
  readonly #queues = new Map<string, Promise<void>>()
  readonly #underWay = new Set<Attempt>()
  #discarded = false
  #waiting = 0

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** Queues a notification behind those of the same call; never waits. */
  post(notification: Notification): void {
    const { callId } = notification
    const last = this.#queues.get(callId) ?? Promise.resolve()
    this.#waiting++
    const next = last.then(() => this.#attempt(notification)).finally(() => this.#waiting--)
    this.#queues.set(callId, next)
    next.then(() => {
      if (this.#queues.get(callId) === next) this.#queues.delete(callId)
    })
  }

  /** How many notifications are under way or wait. */
  get waiting(): number {
    return this.#waiting
  }

  /** How many calls have something under way or waiting: of each, one post is under way. */
  get queues(): number {
    return this.#queues.size
  }

  /** Resolves once every queue is empty, also of what was queued meanwhile. */
  async idle(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all(this.#queues.values())
  }

  /**
   * Gives up what is under way and what waits: how many notifications that is. What is posted afterwards is given up too. The caller
   * of discard records it in the journal, once: attempts that end afterwards belong to a past generation and say nothing.
   */
  discard(): number {
    this.#discarded = true
    for (const attempt of this.#underWay) attempt.giveUp(new Error('it was discarded with its generation'))
    return this.#waiting
  }

  /** One post, not repeated: no page says that Graph repeats one (assumption). Never rejects. */
  async #attempt(notification: Notification): Promise<void> {
    if (this.#discarded) return
    const { journal, clock } = this.#parts
    const began = performance.now()
    const posted = JSON.stringify(notification.body)
    const attempt = new Attempt()
    const { sent } = attempt
    const { text, ...outcome } = await this.#tried(notification, posted, attempt)
    if (this.#discarded) return
    const { callId, callbackUri, fault = sent.fault } = notification
    const body = sent.body === undefined || sent.body === posted ? notification.body : readSent(sent.body)
    const shown = shownBy(typeof body === 'string' ? {} : body)
    const delivery = {
      ...outcome,
      host: new URL(sent.url ?? callbackUri).host,
      ...shown,
      body,
      durationMs: Math.round(performance.now() - began),
    }
    const about = typeof body === 'string' ? ' (a body that is no JSON object)' : shown.shows === null ? '' : ` (${shown.shows})`
    const why = fault === undefined ? '' : `, changed by fault ${fault}`
    const entry = { callId, text: `${text}${about}${why}`, ...(fault === undefined ? {} : { fault }) }
    journal.write({ at: clock.now(), kind: 'delivery', ...entry, delivery })
  }

  async #tried(
    notification: Notification,
    posted: string,
    attempt: Attempt,
  ): Promise<Pick<DeliveryFacts, 'outcome' | 'status'> & { readonly text: string }> {
    const { deliver, sign, timeLimitMs } = this.#parts
    const { callbackUri } = notification
    const { host } = new URL(callbackUri)
    const end = setTimeout(() => attempt.giveUp(new DOMException('nothing came', 'TimeoutError')), timeLimitMs)
    this.#underWay.add(attempt)
    try {
      const headers = {
        authorization: `Bearer ${await sign(notification)}`,
        'content-type': 'application/json',
        accept: 'application/json',
      }
      const init: PostInit = {
        method: 'POST',
        headers,
        body: posted,
        redirect: 'manual',
        get signal() {
          return attempt.signal
        },
        [ATTEMPT]: attempt,
      }
      const response = await deliver(callbackUri, init, notification)
      const { ok, status } = response
      if (ok) {
        // It has arrived, even if the rest of the response is lost.
        await response.body?.cancel().catch(() => {})
        return { outcome: 'delivered', status, text: `delivered to ${host}: ${status}` }
      }
      const words = await wordsOf(response, attempt.signal)
      if (!response.body?.locked) await response.body?.cancel().catch(() => {})
      return { outcome: 'refused', status, text: `the bot at ${host} answered ${status}: ${words || 'not repeated'}` }
    } catch (error) {
      return { outcome: 'failed', status: null, text: undelivered(host, error) }
    } finally {
      clearTimeout(end)
      this.#underWay.delete(attempt)
    }
  }
}

/** Longest piece of a bot's answer that is quoted, in characters; and what is read of it for that, in bytes. */
const QUOTED = 200
const READ_BYTES = 4_096

/** What was sent, as an object where it is one that can be written again: one that is nested without end can only be read. */
function readSent(text: string): JsonObject | string {
  try {
    const body = JSON.parse(text)
    JSON.stringify(body)
    return isObject(body) ? body : text
  } catch {
    return text
  }
}

/** What a notification is about: "call updated, established", "roster updated, 3 participants". */
export function shownBy(body: JsonObject): Pick<DeliveryFacts, 'of' | 'changeType' | 'state' | 'shows'> {
  const change = Array.isArray(body.value) ? body.value[0] : undefined
  if (!isObject(change)) return { of: null, changeType: null, state: null, shows: null }
  const { changeType: type, resource, resourceUrl, resourceData } = change
  const changeType = typeof type === 'string' ? type : null
  if (/\/contentsharingsessions$/.test(String(resourceUrl ?? resource)))
    return { of: 'content-sharing', changeType, state: null, shows: `content sharing ${changeType}` }
  if (Array.isArray(resourceData)) {
    const size = `${resourceData.length} participant${resourceData.length === 1 ? '' : 's'}`
    return { of: 'roster', changeType, state: null, shows: `roster ${changeType}, ${size}` }
  }
  const state = isObject(resourceData) && typeof resourceData.state === 'string' ? resourceData.state : null
  return { of: 'call', changeType, state, shows: `call ${changeType}, ${state}` }
}

/** The beginning of what the bot answered, where that is text or JSON; empty when it said nothing that can be shown. Never rejects. */
async function wordsOf(response: Response, signal: AbortSignal): Promise<string> {
  const type = response.headers.get('content-type') ?? ''
  const reader = /^(text\/plain|application\/([\w.-]+\+)?json)\b/i.test(type) ? response.body?.getReader() : undefined
  if (reader === undefined) return ''
  // Also where the body does not end when the time is up.
  const stop = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    const chunks: Uint8Array[] = []
    for (let length = 0; length < READ_BYTES && !signal.aborted; ) {
      const { done, value } = await reader.read()
      if (done) break
      chunks.push(value)
      length += value.byteLength
    }
    return strangersWords(Buffer.concat(chunks).subarray(0, READ_BYTES).toString('utf8'), QUOTED)
  } catch {
    return ''
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

const CLOSED = 'it closed the connection without an answer'
const NOT_TLS = 'it does not speak TLS: is the callback an http address?'
/** Graph refuses such a callback too. */
const UNTRUSTED =
  'its certificate is not trusted: start the simulator with NODE_EXTRA_CA_CERTS=FILE of the authority that issued it'

/** Why a bot was not reached, by the code of Node's or undici's error. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  ETIMEDOUT: 'the connection was not made in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ESEALED: 'the run is sealed: only loopback is reached',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  EPROTO: NOT_TLS,
  UND_ERR_SOCKET: CLOSED,
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not made in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of its answer are too long',
}

interface Failure {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly cause?: Failure
}

/** The cause of a failed fetch in plain words. Errors of Node and undici carry it one level down. */
export function describeFailure(error: unknown): string {
  const failure = error as Failure
  const {
    name,
    message,
    code = '',
  } = failure.cause?.code === undefined && failure.code !== undefined ? failure : (failure.cause ?? failure)
  return CAUSES[code] ?? (name === 'HTTPParserError' || code.startsWith('HPE_') ? 'what it answered is not HTTP' : message)
}

/** Why a post did not arrive. */
function undelivered(host: string, error: unknown): string {
  if ((error as Failure).name === 'TimeoutError') return `the bot at ${host} did not answer in time`
  return `not delivered to ${host}: ${describeFailure(error)}`
}
