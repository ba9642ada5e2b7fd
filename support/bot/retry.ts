// When a request is sent again, and after how long: a table by purpose. Each attempt is an exchange of its own, so the evidence shows it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Purpose } from '../contract/exchange'
import { CouldNotRun } from '../contract/faults'
import { TIME_LIMITS } from '../net/time-limits'
import type { Reply, Send } from './wire'

/** Lets so many milliseconds pass; rejects when the run is interrupted meanwhile. */
export type Wait = (ms: number) => Promise<void>

interface Policy {
  /** After these statuses the request is sent again. */
  readonly statuses: readonly number[]
  /** Whether it is sent again when no answer came. */
  readonly unanswered: boolean
}

/**
 * What may be asked twice. A create after anything but 429 may have made a call, and a second one would ring somebody twice. What is not
 * listed is sent once; a token is asked for anew by whoever needs one.
 */
const POLICIES: Partial<Readonly<Record<Purpose, Policy>>> = {
  create: { statuses: [429], unanswered: false },
  get: { statuses: [429, 503], unanswered: true },
  delete: { statuses: [429, 503], unanswered: true },
}

/** How often a request is sent again, and how long all waits together may be, in milliseconds. */
const MOST_REPEATS = 3
const LONGEST_MS = 60_000

/**
 * Sends with the retries of the table. What comes last is given as it is: an answer that is still one of being busy, or the fault that no
 * answer came. A wait that is asked for beyond the limit is not begun; one that is interrupted ends with the answer that asked for it.
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
        // Who was told to come back later has an answer, and knows by it that nothing was done.
        if ('reply' in outcome) return outcome.reply
        throw interruption
      }
    }
  }
}

/** Real time that passes until the run is interrupted; then it rejects with the reason. */
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

/** How long to wait before the next attempt, in milliseconds; null when there shall be none. */
function waitAfter(outcome: Outcome, policy: Policy | undefined, unlessTold: number): number | null {
  if (policy === undefined) return null
  // The wire says CouldNotRun where no answer came; an interruption, or a hole of the simulator, is something else.
  if ('fault' in outcome) return policy.unanswered && outcome.fault instanceof CouldNotRun ? unlessTold : null
  const { status, headers } = outcome.reply
  return policy.statuses.includes(status) ? (retryAfter(headers, Date.now()) ?? unlessTold) : null
}

/**
 * What `Retry-After` says, in milliseconds from now: seconds, decimals included, or a date (RFC 9110, section 10.2.3), which is taken on the
 * answer's own clock where it tells its `Date`. Null where there is none, or none that can be read.
 */
export function retryAfter(headers: Headers, now: number): number | null {
  const told = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(told)) return Number(told) * 1000
  // Anything but a day's name would let the reader of dates take almost any text for one.
  const at = /^[A-Z][a-z]+, /.test(told) ? Date.parse(told) : Number.NaN
  const since = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(at) ? null : Math.max(0, at - (Number.isNaN(since) ? now : since))
}
