// Reads the messages of a run by scenario, with cucumber's own query: the result of each step, its evidence, and the facts of the scenario.

import {
  type Attachment,
  type Envelope,
  type Pickle,
  type PickleStep,
  type TestCaseStarted,
  type TestStep,
  type TestStepFinished,
  type TestStepResult,
  TestStepResultStatus,
  TimeConversion,
  type Timestamp,
} from '@cucumber/messages'
import { Query } from '@cucumber/query'
import { z } from 'zod'

export { Query } from '@cucumber/query'

/** File name by which the facts of a scenario are known in the record. */
export const FACTS_FILE = 'facts.json'

/** What a scenario attaches for the verdict, which says more than pass or fail. */
const factsSchema = z.object({
  /** Why the scenario did not start, and its outcome; null when it started. */
  skipped: z.object({ outcome: z.enum(['not-applicable', 'could-not-run']), reason: z.string() }).nullable(),
  /** Errata that its comparisons relied on. */
  errata: z.array(z.string()),
  /** Numbers of the drift (fixtures/drift.yaml) without which one of its comparisons would have failed. */
  drift: z.array(z.string()).default([]),
  cleanup: z.object({
    made: z.number(),
    ended: z.number(),
    left: z.array(z.string()),
    uncertain: z.array(z.string()).default([]),
  }),
  /** When each exchange ended, in the order of the evidence, in milliseconds since the epoch. */
  exchangedAt: z.array(z.number()).default([]),
  /** The earlier scenarios that fetched the keys and tokens that it used: the bot remembered them. */
  earlier: z.object({ keys: z.array(z.string()), tokens: z.array(z.string()) }).default({ keys: [], tokens: [] }),
  /** How many posts came to addresses that no bot has, since the previous scenario ended. */
  strayPosts: z.number().default(0),
})
export type Facts = z.infer<typeof factsSchema>

export interface StepRecord {
  /** The sentence, or the name of a hook. */
  readonly text: string
  /** Null for a hook. */
  readonly sentence: PickleStep | null
  readonly result: TestStepResult
  /** Kind of the error, when it failed. */
  readonly error: string | null
  readonly message: string
  readonly started: Timestamp | null
  readonly finished: Timestamp | null
  readonly attachments: readonly Attachment[]
}

export interface ScenarioRecord {
  readonly pickle: Pickle
  readonly feature: string
  readonly line: number
  /** Tags that name requirements, in the order of the feature. */
  readonly requirements: readonly string[]
  /** Whether it was selected to run. */
  readonly selected: boolean
  readonly started: Timestamp | null
  readonly finished: Timestamp | null
  readonly steps: readonly StepRecord[]
  readonly facts: Facts | null
  readonly durationMs: number
}

/** A failure outside of the scenarios: a feature file that cannot be parsed, or a hook of the whole run. */
type RunFault =
  | { readonly kind: 'file'; readonly name: string; readonly message: string }
  | { readonly kind: 'hook'; readonly name: string | undefined; readonly result: TestStepResult }

export interface RunRecord {
  readonly scenarios: readonly ScenarioRecord[]
  readonly faults: readonly RunFault[]
  /** ISO 8601; the epoch where the record does not say. */
  readonly startedAt: string
  readonly finishedAt: string
}

export const milliseconds = TimeConversion.timestampToMillisecondsSinceEpoch
const isoTime = (timestamp?: Timestamp) => new Date(timestamp ? milliseconds(timestamp) : 0).toISOString()

export function queryOf(envelopes: readonly Envelope[]): Query {
  const query = new Query()
  for (const envelope of envelopes) query.update(envelope)
  return query
}

/** Reads a record, complete or cut off. Of each scenario the last attempt counts. */
export function readRun(envelopes: readonly Envelope[]): RunRecord {
  const query = queryOf(envelopes)
  const selected = new Set(envelopes.flatMap(({ testCase }) => testCase?.pickleId ?? []))
  const attempts = new Map(query.findAllTestCaseStarted().map((attempt) => [query.findPickleBy(attempt)?.id, attempt]))
  return {
    scenarios: query
      .findAllPickles()
      .map((pickle) => ({ ...scenarioOf(query, pickle, attempts.get(pickle.id)), selected: selected.has(pickle.id) })),
    faults: runFaults(envelopes, query),
    startedAt: isoTime(query.findTestRunStarted()?.timestamp),
    finishedAt: isoTime(query.findTestRunFinished()?.timestamp),
  }
}

/**
 * The scenario that a message ends; null when it ends none. It reads only the messages of that scenario, so that reporting every end
 * during a run takes time in proportion to the run.
 * @param query knows all messages up to this one
 */
export function endedScenario(query: Query, { testCaseFinished }: Envelope): ScenarioRecord | null {
  const attempt = testCaseFinished && query.findTestCaseStartedBy(testCaseFinished)
  const pickle = attempt && query.findPickleBy(attempt)
  return pickle && !testCaseFinished.willBeRetried ? scenarioOf(query, pickle, attempt) : null
}

function scenarioOf(query: Query, pickle: Pickle, attempt: TestCaseStarted | undefined): ScenarioRecord {
  const steps = attempt ? stepsOf(query, attempt) : []
  const facts = steps.flatMap(({ attachments }) => attachments).find(({ fileName }) => fileName === FACTS_FILE)
  const finished = attempt && query.findTestCaseFinishedBy(attempt)
  const durationMs = finished ? milliseconds(finished.timestamp) - milliseconds(attempt.timestamp) : 0
  return {
    pickle,
    feature: query.findLineageBy(pickle)?.feature?.name ?? pickle.uri,
    line: pickle.location?.line ?? 0,
    requirements: pickle.tags.map(({ name }) => name.slice(1)).filter((tag) => /^[A-Z]{2}-/.test(tag)),
    selected: true,
    started: attempt?.timestamp ?? null,
    finished: finished?.timestamp ?? null,
    steps,
    facts: facts === undefined ? null : factsSchema.parse(JSON.parse(contentOf(facts).toString())),
    durationMs: Math.round(durationMs * 10) / 10,
  }
}

export function contentOf({ body, contentEncoding }: Attachment): Buffer {
  return Buffer.from(body, contentEncoding === 'BASE64' ? 'base64' : 'utf8')
}

function stepsOf(query: Query, attempt: TestCaseStarted): StepRecord[] {
  const { id: testCaseStartedId, timestamp } = attempt
  const started = new Map(query.findTestStepsStartedBy(attempt).map((step) => [step.testStepId, step.timestamp]))
  const finished = new Map(query.findTestStepsFinishedBy(attempt).map((step) => [step.testStepId, step]))
  return (query.findTestCaseBy(attempt)?.testSteps ?? []).map((step: TestStep): StepRecord => {
    const end = finished.get(step.id)
    // A step that the record does not end may have attached something all the same.
    const known: TestStepFinished = end ?? { testCaseStartedId, testStepId: step.id, testStepResult: NO_RESULT, timestamp }
    const sentence = query.findPickleStepBy(step) ?? null
    const { exception, message } = known.testStepResult
    return {
      text: sentence?.text ?? query.findHookBy(step)?.name ?? 'a hook',
      sentence,
      result: known.testStepResult,
      error: exception?.type ?? null,
      message: exception?.message ?? message?.split('\n')[0] ?? '',
      started: started.get(step.id) ?? null,
      finished: end?.timestamp ?? null,
      attachments: query.findAttachmentsBy(known),
    }
  })
}

/** The result of a step that the record does not end. */
const NO_RESULT: TestStepResult = { status: TestStepResultStatus.UNKNOWN, duration: { seconds: 0, nanos: 0 } }

export function runFaults(envelopes: readonly Envelope[], query: Query): RunFault[] {
  return envelopes.flatMap(({ parseError, testRunHookFinished: hook }): RunFault[] => {
    if (parseError) return [{ kind: 'file', name: parseError.source.uri ?? '', message: parseError.message }]
    if (hook?.result.status !== TestStepResultStatus.FAILED) return []
    return [{ kind: 'hook', name: query.findHookBy(hook)?.name, result: hook.result }]
  })
}

/** A fault of the run as a sentence. */
export function describeFault(fault: RunFault): string {
  if (fault.kind === 'file') return `${fault.name} cannot be read: ${fault.message}`
  const { exception, message } = fault.result
  return `"${fault.name ?? 'a hook of the run'}" failed: ${exception?.message ?? message ?? ''}`
}
