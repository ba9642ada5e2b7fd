// The messages of a run read by scenario: who ran, what each step came to, and what was left as facts.
import {
  type Envelope,
  type Pickle,
  type TestCase,
  type TestStepFinished,
  type TestStepResult,
  TestStepResultStatus,
} from '@cucumber/messages'
import { FACTS_FILE, type Facts, factsSchema } from './scenario-facts'

export interface StepRecord {
  /** The sentence, or the name of a hook. */
  readonly text: string
  readonly hook: boolean
  readonly status: TestStepResultStatus
  /** Kind of the error, when it failed. */
  readonly error: string | null
  readonly message: string
}

export interface ScenarioRecord {
  readonly pickle: Pickle
  readonly line: number
  /** Tags that name requirements, in the order of the feature. */
  readonly requirements: readonly string[]
  /** Whether it was selected to run. */
  readonly selected: boolean
  readonly finished: boolean
  readonly steps: readonly StepRecord[]
  readonly facts: Facts | null
  readonly durationMs: number
}

export interface RunRecord {
  readonly scenarios: readonly ScenarioRecord[]
  /** What went wrong outside of scenarios: features that cannot be read, hooks of the whole run. */
  readonly faults: readonly string[]
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}

const ms = ({ seconds, nanos }: { seconds: number; nanos: number }) => seconds * 1000 + nanos / 1e6

/** Reads a record, whole or cut off: of each scenario the last attempt counts. */
export function readRun(envelopes: readonly Envelope[]): RunRecord {
  const hooks = new Map(envelopes.flatMap(({ hook }) => (hook ? [[hook.id, hook.name ?? 'a hook'] as const] : [])))
  const attachments = envelopes.flatMap(({ attachment }) => (attachment ? [attachment] : []))
  const steps = envelopes.flatMap(({ testStepFinished }) => (testStepFinished ? [testStepFinished] : []))
  const starts = envelopes.flatMap(({ testCaseStarted }) => (testCaseStarted ? [testCaseStarted] : []))
  const ends = new Map(
    envelopes.flatMap(({ testCaseFinished }) =>
      testCaseFinished ? [[testCaseFinished.testCaseStartedId, testCaseFinished] as const] : [],
    ),
  )
  const cases = new Map(envelopes.flatMap(({ testCase }) => (testCase ? [[testCase.pickleId, testCase] as const] : [])))
  const pickles = envelopes.flatMap(({ pickle }) => (pickle ? [pickle] : []))

  const scenarios = pickles.map((pickle): ScenarioRecord => {
    const testCase = cases.get(pickle.id)
    const start = starts.findLast(({ testCaseId }) => testCaseId === testCase?.id)
    const end = start && ends.get(start.id)
    const facts = attachments.find(
      ({ testCaseStartedId, fileName }) => start !== undefined && testCaseStartedId === start.id && fileName === FACTS_FILE,
    )
    return {
      pickle,
      line: pickle.location?.line ?? 0,
      requirements: pickle.tags.map(({ name }) => name.slice(1)).filter((tag) => tag.startsWith('CC-')),
      selected: testCase !== undefined,
      finished: end !== undefined,
      steps:
        testCase && start
          ? stepsOf(
              testCase,
              pickle,
              hooks,
              steps.filter(({ testCaseStartedId }) => testCaseStartedId === start.id),
            )
          : [],
      facts:
        facts === undefined
          ? null
          : factsSchema.parse(
              JSON.parse(facts.contentEncoding === 'BASE64' ? Buffer.from(facts.body, 'base64').toString() : facts.body),
            ),
      durationMs: start && end ? Math.round((ms(end.timestamp) - ms(start.timestamp)) * 10) / 10 : 0,
    }
  })

  const began = envelopes.find(({ testRunStarted }) => testRunStarted)?.testRunStarted
  const ended = envelopes.find(({ testRunFinished }) => testRunFinished)?.testRunFinished
  return {
    scenarios,
    faults: faultsOf(envelopes, hooks),
    startedAt: began ? new Date(ms(began.timestamp)) : null,
    finishedAt: ended ? new Date(ms(ended.timestamp)) : null,
  }
}

/** A step of which the record does not say what it came to. */
const NO_RESULT: TestStepResult = { status: TestStepResultStatus.UNKNOWN, duration: { seconds: 0, nanos: 0 } }

function stepsOf(
  testCase: TestCase,
  pickle: Pickle,
  hooks: ReadonlyMap<string, string>,
  finished: readonly TestStepFinished[],
): StepRecord[] {
  return testCase.testSteps.flatMap(({ id, hookId, pickleStepId }) => {
    const result = finished.find(({ testStepId }) => testStepId === id)?.testStepResult ?? NO_RESULT
    const text =
      hookId === undefined ? (pickle.steps.find((step) => step.id === pickleStepId)?.text ?? '') : (hooks.get(hookId) ?? 'a hook')
    const { status, exception, message } = result
    return [
      {
        text,
        hook: hookId !== undefined,
        status,
        error: exception?.type ?? null,
        message: exception?.message ?? message?.split('\n')[0] ?? '',
      },
    ]
  })
}

function faultsOf(envelopes: readonly Envelope[], hooks: ReadonlyMap<string, string>): string[] {
  const runHooks = new Map(
    envelopes.flatMap(({ testRunHookStarted }) =>
      testRunHookStarted ? [[testRunHookStarted.id, testRunHookStarted.hookId] as const] : [],
    ),
  )
  return envelopes.flatMap(({ parseError, testRunHookFinished }) => {
    if (parseError) return [`${parseError.source.uri} cannot be read: ${parseError.message}`]
    if (testRunHookFinished?.result.status !== TestStepResultStatus.FAILED) return []
    const name = hooks.get(runHooks.get(testRunHookFinished.testRunHookStartedId) ?? '') ?? 'a hook of the run'
    return [`"${name}" failed: ${testRunHookFinished.result.exception?.message ?? testRunHookFinished.result.message ?? ''}`]
  })
}
