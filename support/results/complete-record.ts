// Completes the record of a run that was cut off: its reports would otherwise read "100 % passed".
import type { Envelope, TestCase, TestCaseStarted, TestStepResult, Timestamp } from '@cucumber/messages'
import { TestStepResultStatus } from '@cucumber/messages'
import { type Query, queryOf } from './read-messages'

/** The exception type of a step that a cut-off run left unfinished, which distinguishes it from a step that failed by itself. */
const CUT_OFF = 'RunCutOff'

/**
 * Fails with `reason` what was under way when the run was cut off, skips what had not started, and ends the run without success.
 * Returns a complete record as it is, the same array.
 * @param reason a sentence for the reader of a report, such as "the run was interrupted here"
 */
export function completeRecord(envelopes: Envelope[], reason: string): Envelope[] {
  const query = queryOf(envelopes)
  const timestamp = envelopes.map(timestampOf).reduce(later, { seconds: 0, nanos: 0 })
  const attempts = query.findAllTestCaseStarted()
  const begun = new Set(attempts.map(({ testCaseId }) => testCaseId))
  const waiting = envelopes.flatMap(({ testCase }) => (testCase && !begun.has(testCase.id) ? [testCase] : []))
  const ends = [
    ...query
      .findAllTestRunHookStarted()
      .filter((hook) => !query.findTestRunHookFinishedBy(hook))
      .map(({ id }): Envelope => ({ testRunHookFinished: { testRunHookStartedId: id, result: cutOff(reason), timestamp } })),
    ...attempts
      .filter((attempt) => !query.findTestCaseFinishedBy(attempt))
      .flatMap((attempt) => endOf(query, attempt, cutOff(reason), timestamp)),
    ...waiting.flatMap((testCase) => skipped(testCase, attemptsOf(testCase, envelopes), timestamp)),
  ]
  const finish = query.findTestRunFinished()
  if (finish && ends.length === 0) return envelopes
  const testRunStartedId = query.findTestRunStarted()?.id
  const testRunFinished = finish
    ? { ...finish, success: false, message: finish.message ?? reason }
    : { success: false, message: reason, timestamp, ...(testRunStartedId && { testRunStartedId }) }
  return [...envelopes.filter((envelope) => !envelope.testRunFinished), ...ends, { testRunFinished }]
}

/**
 * Marks a complete record of an interrupted run as unsuccessful. An interrupted run skips its remaining scenarios and ends in order, which
 * cucumber calls a success.
 */
export function endedBy(envelopes: Envelope[], reason: string): Envelope[] {
  return envelopes.map(({ testRunFinished: end, ...others }) =>
    end ? { testRunFinished: { ...end, success: false, message: end.message ?? reason } } : others,
  )
}

function timestampOf(envelope: Envelope): Timestamp | undefined {
  const [content] = Object.values(envelope) as { timestamp?: Timestamp }[]
  return content?.timestamp
}

function later(left: Timestamp, right: Timestamp | undefined): Timestamp {
  if (!right) return left
  return (right.seconds - left.seconds || right.nanos - left.nanos) > 0 ? right : left
}

/** How many attempts at a test case the record has: each was to be repeated. */
function attemptsOf({ id }: TestCase, envelopes: readonly Envelope[]): number {
  return envelopes.filter(({ testCaseStarted }) => testCaseStarted?.testCaseId === id).length
}

function cutOff(reason: string): TestStepResult {
  const exception = { type: CUT_OFF, message: reason, stackTrace: reason }
  return { status: TestStepResultStatus.FAILED, duration: { seconds: 0, nanos: 0 }, message: reason, exception }
}

const SKIPPED: TestStepResult = { status: TestStepResultStatus.SKIPPED, duration: { seconds: 0, nanos: 0 } }

/** Fails the first step without a result, and skips those that follow. */
function endOf(query: Query, attempt: TestCaseStarted, failure: TestStepResult, timestamp: Timestamp): Envelope[] {
  const started = new Set(query.findTestStepsStartedBy(attempt).map(({ testStepId }) => testStepId))
  const finished = new Set(query.findTestStepsFinishedBy(attempt).map(({ testStepId }) => testStepId))
  const unfinished = (query.findTestCaseBy(attempt)?.testSteps ?? []).filter(({ id }) => !finished.has(id))
  const steps = unfinished.flatMap(({ id }, at): Envelope[] => {
    const place = { testCaseStartedId: attempt.id, testStepId: id, timestamp }
    const end: Envelope = { testStepFinished: { ...place, testStepResult: at === 0 ? failure : SKIPPED } }
    return started.has(id) ? [end] : [{ testStepStarted: place }, end]
  })
  return [...steps, { testCaseFinished: { testCaseStartedId: attempt.id, timestamp, willBeRetried: false } }]
}

function skipped({ id, testSteps }: TestCase, attempt: number, timestamp: Timestamp): Envelope[] {
  const testCaseStartedId = `${id}-not-started`
  const steps = testSteps.flatMap((step): Envelope[] => {
    const place = { testCaseStartedId, testStepId: step.id, timestamp }
    return [{ testStepStarted: place }, { testStepFinished: { ...place, testStepResult: SKIPPED } }]
  })
  return [
    { testCaseStarted: { id: testCaseStartedId, attempt, testCaseId: id, timestamp } },
    ...steps,
    { testCaseFinished: { testCaseStartedId, timestamp, willBeRetried: false } },
  ]
}
