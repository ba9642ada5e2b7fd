// What reports/deviations.json holds: each deviation with who has caught it, each twin, what is left out, and the sums by requirement.
import { z } from 'zod'

const count = z.number().int().nonnegative()
const kind = z.enum(['mechanical', 'behaviour'])
export type DeviationKind = z.infer<typeof kind>

/** A scenario that came out otherwise than it should. */
export const stray = z.object({
  scenario: z.string(),
  requirements: z.array(z.string()),
  outcome: z.string(),
  reason: z.string().nullable(),
})
export type Stray = z.infer<typeof stray>

export const deviationVerdict = z.object({
  id: z.string(),
  requirement: z.string(),
  kind,
  description: z.string(),
  /** A scenario of its requirement failed, and the message names the subject. */
  detected: z.boolean(),
  /** Names of those scenarios; in the default form the first alone. */
  by: z.array(z.string()),
  /** With `full`, other scenarios that did not pass and may: the documented examples, and what the list of reasons allows for. */
  alsoSeenBy: z.array(z.string()),
  /** Scenarios that failed for another reason than this deviation, or are of a requirement that it has nothing to do with. */
  wronglySeenBy: z.array(stray),
  /** Why it does not count as caught, or is wrongly attributed; null when all is well. */
  fault: z.string().nullable(),
  durationMs: count,
})
export type DeviationVerdict = z.infer<typeof deviationVerdict>

export const twinVerdict = z.object({
  id: z.string(),
  kind,
  description: z.string(),
  outcome: z.enum(['conformant', 'non-conformant', 'harness-error']),
  /** Scenarios that mind it. */
  mindedBy: z.array(stray),
  durationMs: count,
})
export type TwinVerdict = z.infer<typeof twinVerdict>

const tally = z.object({ caught: count, of: count })

export const deviationsReport = z.object({
  outcome: z.enum(['all-caught', 'not-all-caught']),
  /** Each against every scenario; otherwise deviations until a scenario of their requirement catches them. */
  full: z.boolean(),
  /** The ids or beginnings of ids that were asked for; empty: all. */
  only: z.array(z.string()),
  workers: count,
  durationMs: count,
  deviations: z.array(deviationVerdict),
  twins: z.array(twinVerdict),
  /** Scenarios that no deviation of their requirements fails: nothing shows that they can fail. Empty unless all were tried with `full`. */
  unfailed: z.array(z.object({ scenario: z.string(), requirements: z.array(z.string()) })),
  /** Mutations of printed members that are no deviations, with the reason. */
  leftOut: z.array(z.object({ id: z.string(), reason: z.string() })),
  requirements: z.array(z.object({ id: z.string(), mechanical: tally, behaviour: tally, durationMs: count })),
})
export type DeviationsReport = z.infer<typeof deviationsReport>
