// Deliveries to the bot: a queue per call, one post in flight, each attempt in the journal with its cause in plain language.
import type { JsonObject } from '../../contract/json'
import type { Clock } from './clock'
import type { Journal } from './journal'

export interface Notification {
  readonly callId: string
  readonly callbackUri: string
  readonly audience: string
  readonly tenantId: string
  readonly body: JsonObject
}

/** Sends one post; the nock and standalone mounts use fetch, the direct mount calls the bot's handler. */
export type Deliver = (url: string, init: RequestInit) => Promise<Response>

export interface OutboxParts {
  readonly deliver: Deliver
  readonly sign: (notification: Notification) => Promise<string>
  readonly journal: Journal
  readonly clock: Clock
  /** How long one post may take, in milliseconds of real time. No page says; some bots never answer (assumption). */
  readonly timeLimitMs: number
}

export class Outbox {
  readonly #parts: OutboxParts
  readonly #queues = new Map<string, Promise<void>>()
  readonly #ended = new AbortController()
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

  /** Resolves once every queue is empty, also of what was queued meanwhile. */
  async idle(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all(this.#queues.values())
  }

  /** Gives up what is under way and what waits: how many notifications that is. What is posted afterwards is given up too. */
  discard(): number {
    this.#ended.abort(new Error('it was discarded with its generation'))
    return this.#waiting
  }

  /** One post, not repeated: no page says that Graph repeats one (assumption). Never rejects. */
  async #attempt(notification: Notification): Promise<void> {
    const { deliver, sign, journal, clock, timeLimitMs } = this.#parts
    const { callId, callbackUri, body } = notification
    const note = (text: string) => journal.write({ at: clock.now(), kind: 'delivery', callId, text })
    try {
      this.#ended.signal.throwIfAborted()
      const response = await deliver(callbackUri, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await sign(notification)}`,
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(timeLimitMs)]),
      })
      await response.body?.cancel()
      const { host } = new URL(callbackUri)
      note(
        response.ok ? `delivered to ${host}: ${response.status}` : `the bot at ${host} answered ${response.status}: not repeated`,
      )
    } catch (error) {
      note(undelivered(new URL(callbackUri).host, error))
    }
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'no such host',
  ECONNRESET: 'the connection was reset',
  ESEALED: 'the run is sealed: only loopback is reached',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
}

function undelivered(host: string, error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  if (name === 'TimeoutError') return `the bot at ${host} did not answer in time`
  const why = CAUSES[cause?.code ?? ''] ?? cause?.message ?? message
  return `not delivered to ${host}: ${why}`
}
