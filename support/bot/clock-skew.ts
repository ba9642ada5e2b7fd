// Whether this machine's clock and the target's tell the same time: tokens of both directions are judged by their times.
import { CouldNotRun } from '../contract/faults'
import type { Reply } from './wire'

/** How far they may differ, in seconds: with more, tokens that are in order are refused (RFC 7519, section 4.1.4, has "a few minutes"). */
export const MOST_SKEW_SECONDS = 300

/** By how many milliseconds a clock that shows `now` is ahead of the one that wrote the `Date` of an answer; null where there is none. */
export function aheadOf(headers: Headers, now: number): number | null {
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) ? null : now - date
}

/**
 * The reply, unless the clocks differ too much for anything to be judged.
 * @param whose whose answer it is, as in "Graph's"
 * @param now this machine's clock, just after the answer came, in milliseconds since the epoch
 * @throws CouldNotRun that says by how much and what to do
 */
export function onTime(whose: string, reply: Reply, now: number): Reply {
  const ahead = aheadOf(reply.headers, now)
  if (ahead === null || Math.abs(ahead) <= MOST_SKEW_SECONDS * 1000) return reply
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  throw new CouldNotRun(
    `this machine's clock is ${minutes} min ${ahead > 0 ? 'ahead of' : 'behind'} ${whose}: set it, by NTP where there is that`,
  )
}
