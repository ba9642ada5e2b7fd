// The verdict of a run: what reports/verdict.json holds and what the exit codes mean.
import { z } from 'zod'
import { knownDifference } from './baseline'
import { LEVELS } from './requirements'

/** Outcomes of one scenario; what each means is defined in CONTRIBUTING.md. */
export const SCENARIO_OUTCOMES = ['passed', 'failed', 'not-applicable', 'could-not-run', 'harness-error'] as const
export type ScenarioOutcome = (typeof SCENARIO_OUTCOMES)[number]

/** Begins the reason of a scenario that could not run because the run ended before it. */
const NOT_STARTED = 'not started: '
export const INTERRUPTED = 'the run was interrupted'

export const notStarted = (why: string): string => NOT_STARTED + why

/** Why a scenario was not started; null for one that was. */
export function whyNotStarted({ outcome, reason }: Pick<ScenarioVerdict, 'outcome' | 'reason'>): string | null {
  return outcome === 'could-not-run' && reason?.startsWith(NOT_STARTED) === true ? reason.slice(NOT_STARTED.length) : null
}

/** Outcomes of one requirement: those of its scenarios, and three more for when these do not decide. */
const REQUIREMENT_OUTCOMES = [...SCENARIO_OUTCOMES, 'warning', 'not-covered', 'not-selected'] as const
export type RequirementOutcome = (typeof REQUIREMENT_OUTCOMES)[number]

/**
 * Exit code of a run by its outcome. A second signal exits 130 and leaves no outcome of its own. `as-expected` comes from a baseline
 * alone: the target differs, in what is listed and in nothing else.
 */
export const EXIT_CODES = { conformant: 0, 'as-expected': 0, 'non-conformant': 1, incomplete: 2, 'harness-error': 3 } as const
export type RunOutcome = keyof typeof EXIT_CODES
const runOutcome = z.enum(['conformant', 'as-expected', 'non-conformant', 'incomplete', 'harness-error'])

const count = z.number().int().nonnegative()

const scenarioVerdict = z.object({
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

const requirementVerdict = z.object({
  id: z.string(),
  level: z.enum(LEVELS),
  basis: z.string(),
  outcome: z.enum(REQUIREMENT_OUTCOMES),
  /** Some of its scenarios were not exercised. */
  partial: z.boolean(),
  scenarios: z.array(z.string()),
  reason: z.string().nullable(),
})
export type RequirementVerdict = z.infer<typeof requirementVerdict>

/**
 * What became of an entry of the baseline. met: a scenario came out as listed. stale: everything that the entry covers passed or failed,
 * or it covers nothing, and none came out as listed. undecided: none did either, and something was not selected or not judged.
 */
export const ENTRY_STATUSES = ['met', 'stale', 'undecided', 'not-selected'] as const

const baselineVerdict = z.object({
  /** Name of the file, never its place on the machine. */
  file: z.string(),
  asExpected: z.boolean(),
  /** The outcome of the run if no difference were known. */
  outcomeWithout: runOutcome.exclude(['as-expected']),
  entries: z.array(
    knownDifference.extend({
      status: z.enum(ENTRY_STATUSES),
      /** Names of the scenarios that came out as listed. */
      scenarios: z.array(z.string()),
    }),
  ),
  /** Scenarios that hinder a conformant run and came out as no entry lists, each with why that is so. */
  unexpected: z.array(scenarioVerdict.pick({ name: true, uri: true, line: true, outcome: true }).extend({ why: z.string() })),
})
export type BaselineVerdict = z.infer<typeof baselineVerdict>

export const verdictSchema = z.object({
  outcome: runOutcome,
  strict: z.boolean(),
  /** A signal ended the run before its last scenario. */
  aborted: z.boolean(),
  /** Why the run as a whole is a harness-error although no scenario says so, or which shards a merged run lacks; null otherwise. */
  reason: z.string().nullable(),
  suite: z.object({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  /** The revision that the target is held to, with the pages that say so. */
  document: z.object({ revision: z.string(), pages: z.array(z.object({ title: z.string(), date: z.string() })).min(1) }),
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
    /** Patterns of names (`--name`). */
    names: z.array(z.string()).default([]),
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
  /** How the run compares with the known differences of its target; null when none were given. */
  baseline: baselineVerdict.nullable(),
  /** Posts that came to the listener at addresses that no bot has. No scenario judges them. */
  strayPosts: count,
  scenarios: z.array(scenarioVerdict),
  requirements: z.array(requirementVerdict),
})
export type Verdict = z.infer<typeof verdictSchema>
