// The verdict of a run: what reports/verdict.json holds and what the exit codes mean.
import { z } from 'zod'

/** Outcomes of one scenario; what each means is defined in CONTRIBUTING.md. */
export const SCENARIO_OUTCOMES = ['passed', 'failed', 'not-applicable', 'could-not-run', 'harness-error'] as const
export type ScenarioOutcome = (typeof SCENARIO_OUTCOMES)[number]

/** Outcomes of one requirement: those of its scenarios, and three for when none tells. */
export const REQUIREMENT_OUTCOMES = [...SCENARIO_OUTCOMES, 'warning', 'not-covered', 'not-selected'] as const
export type RequirementOutcome = (typeof REQUIREMENT_OUTCOMES)[number]

/** Exit code of a run by its outcome. A second signal exits 130 and leaves no outcome of its own. */
export const EXIT_CODES = { conformant: 0, 'non-conformant': 1, incomplete: 2, 'harness-error': 3 } as const
export type RunOutcome = keyof typeof EXIT_CODES

const count = z.number().int().nonnegative()

export const scenarioVerdict = z.object({
  name: z.string(),
  uri: z.string(),
  line: count,
  outcome: z.enum(SCENARIO_OUTCOMES),
  requirements: z.array(z.string()),
  drift: z.array(z.string()),
  warnings: z.array(z.string()),
  durationMs: z.number().nonnegative(),
  /** Why it is not simply passed: the first failure's message, or the reason it was not judged. */
  reason: z.string().nullable(),
})
export type ScenarioVerdict = z.infer<typeof scenarioVerdict>

export const requirementVerdict = z.object({
  id: z.string(),
  level: z.enum(['must', 'should', 'may']),
  basis: z.string(),
  outcome: z.enum(REQUIREMENT_OUTCOMES),
  /** Some of its scenarios were not exercised. */
  partial: z.boolean(),
  scenarios: z.array(z.string()),
  reason: z.string().nullable(),
})
export type RequirementVerdict = z.infer<typeof requirementVerdict>

export const verdictSchema = z.object({
  outcome: z.enum(['conformant', 'non-conformant', 'incomplete', 'harness-error']),
  strict: z.boolean(),
  /** A signal ended the run before its last scenario. */
  aborted: z.boolean(),
  /** Why the run as a whole is a harness-error although no scenario says so; null otherwise. */
  reason: z.string().nullable(),
  suite: z.object({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  document: z.object({ page: z.string(), revision: z.string() }),
  target: z.object({
    kind: z.enum(['simulator', 'tenant']),
    baseUrl: z.string(),
    callsPath: z.string(),
    profile: z.string().nullable(),
    deviation: z.string().nullable(),
  }),
  selection: z.object({
    tags: z.string().nullable(),
    requirements: z.array(z.string()),
    stages: z.array(z.string()),
    shard: z.string().nullable(),
    /** The seed of a random order; null when the order is as defined. */
    seed: z.string().nullable(),
  }),
  startedAt: z.string(),
  finishedAt: z.string(),
  counts: z.object({
    passed: count,
    failed: count,
    'not-applicable': count,
    'could-not-run': count,
    'harness-error': count,
    warnings: count,
  }),
  coverage: z.object({
    must: z.object({ passed: count, of: count, notApplicable: count, notCovered: count, notSelected: count }),
  }),
  cleanup: z.object({ made: count, ended: count, left: z.array(z.string()) }),
  scenarios: z.array(scenarioVerdict),
  requirements: z.array(requirementVerdict),
})
export type Verdict = z.infer<typeof verdictSchema>
