// Retries requests by a table of purposes. Each attempt is an exchange of its own in the evidence.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Purpose } from '../contract/exchange'
import { CouldNotRun } from '../contract/failures'
import { TIME_LIMITS } from '../net/time-limits'
import type { Reply, Send } from './wire'

/** Waits for milliseconds; rejects if the run is interrupted. */
export type Wait = (ms: number) => Promise<void>

interface Policy {
  /** Statuses after which the request is sent again. */
  readonly statuses: readonly number[]
  /** Whether it is sent again without a response. */
  readonly unanswered: boolean
}

/** Requests of other purposes are sent once. A create is sent again after 429 only, as it may have made a call and would ring a person twice. */
const POLICIES: Partial<Readonly<Record<Purpose, Policy>>> = {
  create: { statuses: [429], unanswered: false },
  get: { statuses: [429, 503], unanswered: true },
  delete: { statuses: [429, 503], unanswered: true },
  operation: { statuses: [429], unanswered: false },
}

/** Limits of one request: retries, and the sum of all waits in milliseconds. */
const MOST_REPEATS = 3
const LONGEST_MS = 60_000

/**
 * Sends with the retries of the table. Returns the last response, or rejects with the last error. A wait beyond the limit does not begin;
 * an interrupted wait ends with the response before it.
 */
export function retrying(send: Send, wait: Wait, firstWaitMs = TIME_LIMITS.firstWaitMs): Send {
  return async (purpose, request) => {
    const policy = POLICIES[purpose]
    let waited = 0
    for (let repeat = 0; ; repeat++) {
      const outcome = await attempt(send(purpose, request))
      const ms = waitAfter(outcome, policy, firstWaitMs * 2 ** repeat)
      if (ms === null || repeat === MOST_REPEATS || waited + ms > LONGEST_MS) return settled(outcome)
      waited += ms
      try {
        await wait(ms)
      } catch (interruption) {
        // The response before the wait says that Graph did nothing.
        if ('reply' in outcome) return outcome.reply
        throw interruption
      }
    }
  }
}

/** Waits in real time; rejects with the reason of the signal. */
export function realWait(signal: AbortSignal): Wait {
  return async (ms) => {
    signal.throwIfAborted()
    await sleep(ms, undefined, { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error
    })
  }
}

type Outcome = { readonly reply: Reply } | { readonly fault: unknown }

function attempt(sent: Promise<Reply>): Promise<Outcome> {
  return sent.then(
    (reply) => ({ reply }),
    (fault: unknown) => ({ fault }),
  )
}

function settled(outcome: Outcome): Reply {
  if ('fault' in outcome) throw outcome.fault
  return outcome.reply
}

/** Milliseconds before the next attempt; null: there is no next one. */
function waitAfter(outcome: Outcome, policy: Policy | undefined, byDefault: number): number | null {
  if (policy === undefined) return null
  // CouldNotRun means that no response arrived.
  if ('fault' in outcome) return policy.unanswered && outcome.fault instanceof CouldNotRun ? byDefault : null
  const { status, headers } = outcome.reply
  return policy.statuses.includes(status) ? (retryAfter(headers, Date.now()) ?? byDefault) : null
}

/**
 * `Retry-After` in milliseconds from now: seconds, decimals included, or a date (RFC 9110, section 10.2.3) on the clock of the response, if it
 * has a `Date`. Null if the header is missing or invalid.
 */
export function retryAfter(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000
  // Date.parse accepts almost any text; a date in this header begins with the name of a day.
  const at = /^[A-Z][a-z]+, /.test(value) ? Date.parse(value) : Number.NaN
  const since = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(at) ? null : Math.max(0, at - (Number.isNaN(since) ? now : since))
}
