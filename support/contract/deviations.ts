// The shape of reports/deviations.json: each deviation and the scenarios that caught it, each allowed variation, and sums by requirement.
import { z } from 'zod'

const count = z.number().int().nonnegative()
const kind = z.enum(['mechanical', 'behaviour'])
export type DeviationKind = z.infer<typeof kind>

/** A scenario with an unexpected outcome. */
const stray = z.object({
  scenario: z.string(),
  requirements: z.array(z.string()),
  outcome: z.string(),
  reason: z.string().nullable(),
})
export type Stray = z.infer<typeof stray>

const deviationVerdict = z.object({
  id: z.string(),
  requirement: z.string(),
  kind,
  description: z.string(),
  /** Whether a scenario of its requirement failed and its message names the subject. */
  detected: z.boolean(),
  /** Names of those scenarios; by default only the first. */
  by: z.array(z.string()),
  /** With `full`, other scenarios that failed and may: the documented examples, and those that the list of side effects allows. */
  alsoSeenBy: z.array(z.string()),
  /** Scenarios that failed for another reason than this deviation, or are of an unrelated requirement. */
  wronglySeenBy: z.array(stray),
  /** Why it does not count as caught, or is wrongly attributed; null when it is caught. */
  fault: z.string().nullable(),
  durationMs: count,
})
export type DeviationVerdict = z.infer<typeof deviationVerdict>

const variationVerdict = z.object({
  id: z.string(),
  kind,
  description: z.string(),
  outcome: z.enum(['conformant', 'non-conformant', 'harness-error']),
  /** Scenarios that did not pass. */
  failedBy: z.array(stray),
  durationMs: count,
})
export type VariationVerdict = z.infer<typeof variationVerdict>

const tally = z.object({ caught: count, of: count })

export const deviationsReport = z.object({
  outcome: z.enum(['all-caught', 'not-all-caught']),
  /** Whether each ran against every scenario; otherwise a deviation ran until a scenario of its requirement caught it. */
  full: z.boolean(),
  /** The ids or beginnings of ids of `--only`; empty for all. */
  only: z.array(z.string()),
  workers: count,
  durationMs: count,
  deviations: z.array(deviationVerdict),
  /** The allowed variations. */
  twins: z.array(variationVerdict),
  /** Scenarios that no deviation of their requirements fails: nothing shows that they can fail. Empty unless `full` tried all. */
  unfailed: z.array(z.object({ scenario: z.string(), requirements: z.array(z.string()) })),
  /** Mutations of printed members that are no deviations, and why. */
  leftOut: z.array(z.object({ id: z.string(), reason: z.string() })),
  requirements: z.array(z.object({ id: z.string(), mechanical: tally, behaviour: tally, durationMs: count })),
})
export type DeviationsReport = z.infer<typeof deviationsReport>
