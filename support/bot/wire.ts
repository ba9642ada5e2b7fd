// Sends the bot's requests, keeps each with its response as evidence, and compares this machine's clock with the target's.
import { z } from 'zod'
import type { Exchange, ExchangeRequest, Fetch, Purpose } from '../contract/exchange'
import { CouldNotRun, HarnessError, NonConformance } from '../contract/failures'
import type { Json } from '../contract/json'
import { SIMULATOR_NOT_IMPLEMENTED } from '../contract/messages'
import { shownText } from '../contract/shown'
import { limited } from '../net/time-limits'
import { readJson } from './json-text'

interface WireParts {
  readonly fetch: Fetch
  /** Ends every request if the run is interrupted. */
  readonly signal: AbortSignal
  readonly keep: (exchange: Exchange) => void
  /** Time limit of a response, in milliseconds of real time. */
  readonly timeLimitMs: number
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** The JSON body. @throws NonConformance when the body is missing, or not JSON as RFC 8259 has it */
  json(): Json
  /** The body as text, read as UTF-8; empty if the response has no body. */
  readonly text: string
}

const notImplemented = z.looseObject({
  error: z.looseObject({ code: z.literal(SIMULATOR_NOT_IMPLEMENTED), message: z.string() }),
})

export type Send = (purpose: Purpose, request: ExchangeRequest) => Promise<Reply>

export function openWire({ fetch, signal, keep, timeLimitMs }: WireParts): Send {
  return async (purpose, request) => {
    signal.throwIfAborted()
    const { method, url, headers, body: sent } = request
    const name = `${method} ${new URL(url).origin}${new URL(url).pathname}`
    let response: Response
    let body: Uint8Array
    try {
      ;[response, body] = await limited(timeLimitMs, signal, async (limit) => {
        const init = {
          method,
          headers: { ...headers },
          redirect: 'manual',
          signal: limit,
          ...(sent === null ? {} : { body: sent }),
        } as const
        const answer = await fetch(url, init)
        return [answer, new Uint8Array(await answer.arrayBuffer())] as const
      })
    } catch (error) {
      signal.throwIfAborted()
      const failure = describeFailure(error, timeLimitMs)
      keep({ purpose, from: 'bot', request, response: { failure } })
      throw new CouldNotRun(
        `${name}: no answer: ${failure}`,
        wasSent(error) ? null : `${SERVICES[purpose] ?? 'Graph'} unreachable`,
      )
    }
    const { status } = response
    const text = new TextDecoder().decode(body)
    keep({
      purpose,
      from: 'bot',
      request,
      response: { status, headers: Object.fromEntries(response.headers), body: text === '' ? null : text },
    })
    refuseUnimplemented(name, text)
    return { status, headers: response.headers, text, json: () => parse(name, response, body) }
  }
}

/** The service that requests of a purpose go to; Graph for all others. */
const SERVICES: Partial<Readonly<Record<Purpose, string>>> = { token: 'token service', keys: 'keys of notifications' }

/** Failures before a connection was there, by the code of Node or undici, or what a proxy that refuses a tunnel says. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|ERR_SSL_\w+)$|CERT|ISSUER|LEAF|^Proxy response \(/

/** Whether the request may have reached the service. In doubt it has. */
function wasSent(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } }
  return !UNSENT.test(typeof cause?.code === 'string' ? cause.code : String(cause?.message ?? ''))
}

function describeFailure(error: unknown, timeLimitMs: number): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') return `nothing came within ${timeLimitMs / 1000} s`
  // After several addresses were tried, the cause has a code and no message.
  return cause?.message || cause?.code || message
}

function parse(name: string, { status, headers }: Response, body: Uint8Array): Json {
  const read = readJson(body)
  if ('value' in read) return read.value
  const type = shownText(headers.get('content-type') ?? 'no content type')
  throw new NonConformance(
    `${name} was answered ${status} with a body that ${read.fault} (${type}, ${body.length} bytes); documented: application/json (CC-04)`,
  )
}

/** @throws HarnessError when the simulator answers that it does not implement a request, which is not an answer of Graph */
function refuseUnimplemented(name: string, text: string): void {
  if (!text.includes(SIMULATOR_NOT_IMPLEMENTED)) return
  const { data } = notImplemented.safeParse(jsonOrNull(text))
  if (data !== undefined) throw new HarnessError(`${name}: ${data.error.message}`)
}

/** Parses a text; null if it is not JSON. */
export function jsonOrNull(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

/** Largest difference of two clocks, in seconds; with more, valid tokens are refused. Source: RFC 7519, section 4.1.4, "a few minutes". */
export const MOST_SKEW_SECONDS = 300

/** By how many milliseconds `now` is ahead of the `Date` of a response; null if it has none. */
export function aheadOf(headers: Headers, now: number): number | null {
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) ? null : now - date
}

/**
 * Returns the response, if the clocks agree well enough.
 * @param whose names the other clock, as in "Graph's"
 * @param now this machine's clock just after the response, in milliseconds since the epoch
 * @throws CouldNotRun with the difference and what to do
 */
export function onTime(whose: string, reply: Reply, now: number): Reply {
  const ahead = aheadOf(reply.headers, now)
  if (ahead === null || Math.abs(ahead) <= MOST_SKEW_SECONDS * 1000) return reply
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  throw new CouldNotRun(
    `this machine's clock is ${minutes} min ${ahead > 0 ? 'ahead of' : 'behind'} ${whose}: set it, by NTP if you can`,
  )
}
