// The one module of the bot that touches the network: a request goes out, its answer comes back, both are kept as evidence.
import { z } from 'zod'
import type { Exchange, ExchangeRequest, Fetch, Purpose } from '../contract/exchange'
import { CouldNotRun, HarnessError, NonConformance } from '../contract/faults'
import type { Json } from '../contract/json'
import { shownText } from '../contract/shown'
import { limited } from '../net/time-limits'

export interface WireParts {
  readonly fetch: Fetch
  /** Ends every request when the run is interrupted. */
  readonly signal: AbortSignal
  readonly keep: (exchange: Exchange) => void
  /** How long an answer may take, in milliseconds of real time. */
  readonly timeLimitMs: number
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** The JSON body; an answer that has none, or one that is no JSON, is the target's fault. */
  json(): Json
  /** The body as it came; empty when there is none. */
  readonly text: string
}

const hole = z.looseObject({ error: z.looseObject({ code: z.literal('SimulatorNotImplemented'), message: z.string() }) })

export type Send = (purpose: Purpose, request: ExchangeRequest) => Promise<Reply>

export function openWire({ fetch, signal, keep, timeLimitMs }: WireParts): Send {
  return async (purpose, request) => {
    signal.throwIfAborted()
    const { method, url, headers, body } = request
    const told = `${method} ${new URL(url).origin}${new URL(url).pathname}`
    let response: Response
    let text: string
    try {
      ;[response, text] = await limited(timeLimitMs, signal, async (limit) => {
        const init = {
          method,
          headers: { ...headers },
          redirect: 'manual',
          signal: limit,
          ...(body === null ? {} : { body }),
        } as const
        const answer = await fetch(url, init)
        return [answer, await answer.text()] as const
      })
    } catch (error) {
      signal.throwIfAborted()
      const failure = plainly(error, timeLimitMs)
      keep({ purpose, from: 'bot', request, response: { failure } })
      throw new CouldNotRun(`${told}: no answer: ${failure}`)
    }
    const { status } = response
    keep({
      purpose,
      from: 'bot',
      request,
      response: { status, headers: Object.fromEntries(response.headers), body: text === '' ? null : text },
    })
    refuseHoles(told, text)
    return { status, headers: response.headers, text, json: () => parsed(told, response, text) }
  }
}

function plainly(error: unknown, timeLimitMs: number): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') return `nothing came within ${timeLimitMs / 1000} s`
  // Of several addresses that were tried, the cause has a code and no words.
  return cause?.message || cause?.code || message
}

function parsed(told: string, { status, headers }: Response, text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    const type = shownText(headers.get('content-type') ?? 'no content type')
    throw new NonConformance(
      `${told} was answered ${status} with a body that is no JSON (${type}, ${text.length} characters); documented: application/json`,
    )
  }
}

/** The simulator says aloud what it does not play; that is never an answer of Graph. */
function refuseHoles(told: string, text: string): void {
  if (!text.includes('SimulatorNotImplemented')) return
  const { data } = hole.safeParse(jsonOrNull(text))
  if (data !== undefined) throw new HarnessError(`${told}: ${data.error.message}`)
}

/** What a text holds as JSON; null when it is none. */
export function jsonOrNull(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}
