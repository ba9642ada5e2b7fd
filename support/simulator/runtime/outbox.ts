// Deliveries to the bot: a queue per call, one post in flight, each attempt in the journal with its cause in plain language.
import { setMaxListeners } from 'node:events'
import type { JsonObject } from '../../contract/json'
import { limited } from '../../net/limit'
import type { Clock } from './clock'
import { shownBy, undelivered, wordsOf } from './delivery-outcome'
import type { DeliveryFacts, Journal } from './journal'

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
  readonly #ended = new AbortController()
  #waiting = 0

  constructor(parts: OutboxParts) {
    this.#parts = parts
    // Every attempt under way listens to it, one for each call that lives.
    setMaxListeners(0, this.#ended.signal)
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
   * Gives up what is under way and what waits: how many notifications that is. What is posted afterwards is given up too. Whoever
   * discards says so in the journal, once: attempts that end afterwards belong to a past generation and say nothing.
   */
  discard(): number {
    this.#ended.abort(new Error('it was discarded with its generation'))
    return this.#waiting
  }

  /** One post, not repeated: no page says that Graph repeats one (assumption). Never rejects. */
  async #attempt(notification: Notification): Promise<void> {
    if (this.#ended.signal.aborted) return
    const { journal, clock } = this.#parts
    const began = performance.now()
    const { text, ...outcome } = await this.#tried(notification)
    if (this.#ended.signal.aborted) return
    const { callId, callbackUri, body } = notification
    const shown = shownBy(body)
    const delivery = {
      ...outcome,
      host: new URL(callbackUri).host,
      ...shown,
      body,
      durationMs: Math.round(performance.now() - began),
    }
    const about = shown.shows === null ? '' : ` (${shown.shows})`
    journal.write({ at: clock.now(), kind: 'delivery', callId, text: `${text}${about}`, delivery })
  }

  async #tried(notification: Notification): Promise<Pick<DeliveryFacts, 'outcome' | 'status'> & { readonly text: string }> {
    const { deliver, sign, timeLimitMs } = this.#parts
    const { callbackUri, body } = notification
    const { host } = new URL(callbackUri)
    try {
      return await limited(timeLimitMs, this.#ended.signal, async (signal) => {
        const headers = {
          authorization: `Bearer ${await sign(notification)}`,
          'content-type': 'application/json',
          accept: 'application/json',
        }
        const init: RequestInit = { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual', signal }
        const response = await deliver(callbackUri, init, notification)
        const { ok, status } = response
        if (ok) {
          // It has arrived, whatever becomes of the rest of the answer.
          await response.body?.cancel().catch(() => {})
          return { outcome: 'delivered', status, text: `delivered to ${host}: ${status}` }
        }
        const words = await wordsOf(response, signal)
        if (!response.body?.locked) await response.body?.cancel().catch(() => {})
        return { outcome: 'refused', status, text: `the bot at ${host} answered ${status}: ${words || 'not repeated'}` }
      })
    } catch (error) {
      return { outcome: 'failed', status: null, text: undelivered(host, error) }
    }
  }
}
