// From the record to the verdict: a pure function, the same for a finished, an interrupted and a killed run.
import { type Envelope, TestStepResultStatus as Status } from '@cucumber/messages'
import type { Baseline } from '../contract/baseline'
import { isIn, notIn, type Requirement } from '../contract/requirements'
import { revisionOf } from '../contract/revisions'
import {
  type RequirementVerdict,
  type RunOutcome,
  SCENARIO_OUTCOMES,
  type ScenarioOutcome,
  type ScenarioVerdict,
  type Verdict,
  whyNotStarted,
} from '../contract/verdict'
import { applyBaseline } from './apply-baseline'
import { describeFault, type RunRecord, readRun, type ScenarioRecord, type StepRecord } from './read-messages'

export interface VerdictInput {
  readonly envelopes: readonly Envelope[]
  /** Those of every revision; the path of the target chooses which count. */
  readonly requirements: readonly Requirement[]
  readonly suite: Verdict['suite']
  readonly target: Verdict['target']
  readonly selection: Verdict['selection']
  readonly strict: boolean
  /** Known differences of the target; nothing or null where none were given. */
  readonly baseline?: Baseline | null
  /** A signal ended the run. */
  readonly interrupted: boolean
  /** Why cucumber itself gave up; null when it did not. */
  readonly crash: string | null
}

interface Judgement {
  readonly outcome: ScenarioOutcome
  readonly reason: string | null
}

/** Kinds of error that are the target's fault: those of the judge, and assertions of steps. */
const FAULTS_OF_TARGET = ['NonConformance', 'AssertionError']
const NOT_JUDGED = ['CouldNotRun', 'Interrupted', 'RunCutOff']

/** What each kind of error in a step makes of its scenario; anything else is ours. */
function ofFailure({ error, text, message, sentence }: StepRecord): Judgement {
  if (NOT_JUDGED.includes(error ?? '')) return { outcome: 'could-not-run', reason: message }
  if (sentence === null) return { outcome: 'harness-error', reason: `the hook "${text}" failed: ${message}` }
  if (FAULTS_OF_TARGET.includes(error ?? '')) return { outcome: 'failed', reason: message }
  return { outcome: 'harness-error', reason: `${error ?? 'an error'} in "${text}": ${message}` }
}

const OURS: Readonly<Partial<Record<Status, (step: StepRecord) => string>>> = {
  [Status.UNDEFINED]: ({ text }) => `no step is defined for "${text}"`,
  [Status.AMBIGUOUS]: ({ text }) => `more than one step is defined for "${text}"`,
  [Status.PENDING]: ({ text }) => `the step "${text}" is pending`,
  [Status.UNKNOWN]: ({ text }) => `the record has no result of the step "${text}"`,
}

/** Worst first: what is ours hides nothing of the target's, and nothing not judged reads as green. */
const WORST_FIRST: readonly ScenarioOutcome[] = ['harness-error', 'failed', 'could-not-run', 'not-applicable']

function judge(scenario: ScenarioRecord, { strict, interrupted }: Watched): Judgement {
  const { steps, facts, finished } = scenario
  if (finished === null) {
    return interrupted
      ? { outcome: 'could-not-run', reason: 'the run was interrupted before it ended' }
      : { outcome: 'harness-error', reason: 'it was begun or selected and never ended: the process that ran it is gone' }
  }
  if (!steps.some(({ sentence }) => sentence !== null)) return { outcome: 'harness-error', reason: 'it has no steps' }
  const judged = steps.flatMap((step): Judgement[] => {
    const { status } = step.result
    const ours = OURS[status]
    if (ours !== undefined) return [{ outcome: 'harness-error', reason: ours(step) }]
    return status === Status.FAILED ? [ofFailure(step)] : []
  })
  if (judged.length === 0 && steps.some(({ result }) => result.status === Status.SKIPPED)) {
    const skipped = facts?.skipped ?? null
    if (skipped !== null) return skipped
    return interrupted
      ? { outcome: 'could-not-run', reason: 'the run was interrupted before it ended' }
      : { outcome: 'harness-error', reason: 'steps were skipped, and nothing says why' }
  }
  return worst(judged) ?? (strict ? drifted(driftOf(scenario)) : null) ?? { outcome: 'passed', reason: null }
}

function worst(judged: readonly Judgement[]): Judgement | undefined {
  return [...judged].sort((left, right) => WORST_FIRST.indexOf(left.outcome) - WORST_FIRST.indexOf(right.outcome))[0]
}

/** Where a run is strict, what holds only with a known drift from the page differs from the page. */
function drifted(drift: readonly string[]): Judgement | null {
  if (drift.length === 0) return null
  return { outcome: 'failed', reason: `it holds only with drift ${drift.join(', ')}, and strictly that differs from the page` }
}

function driftOf({ facts }: ScenarioRecord): string[] {
  return [...new Set(facts?.drift)].sort()
}

/** Whether the pages of a revision have what a scenario says. */
const isOf =
  (revision: string) =>
  ({ pickle }: ScenarioRecord): boolean =>
    !pickle.tags.some(({ name }) => name === notIn(revision))

export function foldVerdict(input: VerdictInput): Verdict {
  const run = readRun(input.envelopes)
  const scenarios = run.scenarios.filter(({ selected }) => selected).map((scenario) => scenarioVerdict(scenario, input))
  const revision = revisionOf(input.target.callsPath)
  const requirements = input.requirements
    .filter((requirement) => isIn(requirement, revision.id))
    .map((requirement) =>
      requirementVerdict(requirement, { ...run, scenarios: run.scenarios.filter(isOf(revision.id)) }, scenarios),
    )
  const reason = input.crash ?? run.faults.map(describeFault)[0] ?? firstUnknownTag(run, input.requirements)
  const cleanup = run.scenarios.flatMap(({ facts }) => facts?.cleanup ?? [])
  // On a simulator nothing is left by an unanswered create: it ends with the scenario.
  const left = cleanup.flatMap((one) => (input.target.kind === 'tenant' ? [...one.left, ...one.uncertain] : one.left))
  const countOf = (outcome: ScenarioOutcome) => scenarios.filter((one) => one.outcome === outcome).length
  const counts = Object.fromEntries(SCENARIO_OUTCOMES.map((outcome) => [outcome, countOf(outcome)])) as Record<
    ScenarioOutcome,
    number
  >
  const must = requirements.filter(({ level }) => level === 'must')
  const having = (outcome: RequirementVerdict['outcome']) => must.filter((one) => one.outcome === outcome).length
  const verdict: Verdict = {
    outcome: runOutcome(input, scenarios, reason, left.length),
    strict: input.strict,
    aborted: input.interrupted,
    reason,
    suite: input.suite,
    document: { revision: revision.id, pages: revision.pages.map(({ title, date }) => ({ title, date })) },
    target: input.target,
    selection: input.selection,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    counts: { ...counts, warnings: sum(scenarios.map(({ warnings }) => warnings.length)) },
    coverage: {
      must: {
        passed: having('passed'),
        of: must.length,
        notApplicable: having('not-applicable'),
        notCovered: having('not-covered'),
        notSelected: having('not-selected'),
      },
    },
    cleanup: { made: sum(cleanup.map(({ made }) => made)), ended: sum(cleanup.map(({ ended }) => ended)), left },
    baseline: null,
    strayPosts: sum(run.scenarios.map(({ facts }) => facts?.strayPosts ?? 0)),
    scenarios,
    requirements,
  }
  if (!input.baseline) return verdict
  const others = run.scenarios.flatMap(({ selected, pickle: { name }, requirements }) =>
    selected ? [] : [{ name, requirements }],
  )
  return applyBaseline(verdict, input.baseline, others)
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

/** What the verdict of one scenario depends on, apart from its record. */
type Watched = Pick<VerdictInput, 'requirements' | 'strict' | 'interrupted'>

/** The verdict of one scenario, while the run goes on or in the end. */
export function scenarioVerdict(scenario: ScenarioRecord, watched: Watched): ScenarioVerdict {
  const { pickle, line, requirements, durationMs } = scenario
  const judged = judge(scenario, watched)
  const isShould = (id: string) => watched.requirements.find((one) => one.id === id)?.level === 'should'
  const advisory = requirements.length > 0 && requirements.every(isShould)
  const warned = judged.outcome === 'failed' && advisory && !watched.strict
  return {
    name: pickle.name,
    uri: pickle.uri,
    line,
    outcome: warned ? 'passed' : judged.outcome,
    requirements: [...requirements],
    drift: driftOf(scenario),
    warnings: warned && judged.reason !== null ? [judged.reason] : [],
    durationMs,
    reason: warned ? null : judged.reason,
  }
}

/** In this order the outcomes of a requirement's scenarios decide its own. */
const DECIDING: readonly ScenarioOutcome[] = ['failed', 'harness-error', 'could-not-run', 'passed', 'not-applicable']

function requirementVerdict(
  { id, level, basis, unexercised }: Requirement,
  run: RunRecord,
  verdicts: readonly ScenarioVerdict[],
): RequirementVerdict {
  const all = run.scenarios.filter(({ requirements }) => requirements.includes(id))
  const own = verdicts.filter(({ requirements }) => requirements.includes(id))
  const deciding = DECIDING.find((outcome) => own.some((one) => one.outcome === outcome))
  const warned = deciding === 'passed' && own.some(({ warnings }) => warnings.length > 0)
  const exercised = own.filter(({ outcome }) => outcome !== 'not-applicable' && outcome !== 'could-not-run').length
  const outcome = all.length === 0 ? 'not-covered' : (deciding ?? 'not-selected')
  return {
    id,
    level,
    basis: basis.join(', '),
    outcome: warned ? 'warning' : outcome,
    partial: exercised > 0 && exercised < all.length,
    scenarios: all.map(({ pickle }) => pickle.name),
    reason: (all.length === 0 ? unexercised : own.find((one) => one.outcome === deciding)?.reason) ?? null,
  }
}

/** A tag that names no requirement would silently cover nothing. */
export function unknownTag({ pickle, requirements: tags }: ScenarioRecord, requirements: readonly Requirement[]): string | null {
  const unknown = tags.find((tag) => !requirements.some(({ id }) => id === tag))
  return unknown === undefined ? null : `"${pickle.name}" is tagged @${unknown}, and there is no such requirement`
}

function firstUnknownTag({ scenarios }: RunRecord, requirements: readonly Requirement[]): string | null {
  return scenarios.map((scenario) => unknownTag(scenario, requirements)).find((reason) => reason !== null) ?? null
}

function runOutcome(
  { target, interrupted }: VerdictInput,
  scenarios: readonly ScenarioVerdict[],
  reason: string | null,
  left: number,
): RunOutcome {
  const any = (outcome: ScenarioOutcome) => scenarios.some((one) => one.outcome === outcome)
  if (reason !== null || any('harness-error')) return 'harness-error'
  // The simulator can do everything and is always there: what it cannot do, or leaves behind, is a fault of ours.
  const begun = scenarios.filter((one) => whyNotStarted(one) === null)
  const unable = begun.some((one) => one.outcome === 'could-not-run') && !interrupted
  if (target.kind === 'simulator' && (any('not-applicable') || left > 0 || unable)) return 'harness-error'
  if (any('failed')) return 'non-conformant'
  return any('could-not-run') || scenarios.length === 0 || interrupted || left > 0 ? 'incomplete' : 'conformant'
}
