// The record of a run: cucumber's messages, one a line, written while it runs and read by every report.
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  type Envelope,
  type TestCase,
  type TestRunHookStarted,
  type TestStepResult,
  TestStepResultStatus,
  type Timestamp,
} from '@cucumber/messages'
import { outgoing } from './redaction/outgoing'

/** The exception type of a step that a cut-off run left unfinished; it tells such a step from one that failed by itself. */
export const CUT_OFF = 'RunCutOff'

export interface Record {
  /**
   * Writes what may be shown of one message before it returns, so that a kill loses nothing that was appended; after `close` it writes nothing.
   * @returns the message as it was written: what is made of a run is made of this
   */
  append(envelope: Envelope): Envelope
  close(): void
}

/** A record that cannot be read: `message` is a sentence with the place and the remedy. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord'
}

/**
 * Starts a new record in `file`, replacing what was there; makes the folder when it is missing.
 * @param show what of a text that the run made may be shown; paths of the machine may not
 * @param onUnwritten told why a message cannot be written, once: from then on none is. An error out of `append` would end cucumber before it
 * has hung up any call
 */
export function openRecord(file: string, show: (text: string) => string, onUnwritten: (error: unknown) => void): Record {
  mkdirSync(dirname(file), { recursive: true })
  const descriptor = openSync(file, 'w')
  let open = true
  let writes = true
  const write = (line: string) => {
    try {
      appendFileSync(descriptor, line)
    } catch (error) {
      writes = false
      onUnwritten(error)
    }
  }
  return {
    append(envelope) {
      const shown = outgoing(envelope, show)
      if (writes) write(`${JSON.stringify(shown)}\n`)
      return shown
    },
    close() {
      if (open) closeSync(descriptor)
      open = false
      writes = false
    },
  }
}

/**
 * The messages in `file`. The last line may be torn by a kill and is then left out.
 * @throws UnreadableRecord when there is no such file, or when another line than the last is no message.
 */
export function readRecord(file: string): Envelope[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UnreadableRecord(`There is no record of a run at ${file}: run "npm run conformance" first.`, { cause })
  }
  const lines = text.split('\n')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  const envelopes: Envelope[] = []
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue
    const envelope = parseMessage(line)
    if (envelope) envelopes.push(envelope)
    else if (at !== last) {
      const remedy = 'the record is damaged, run "npm run conformance" again.'
      throw new UnreadableRecord(`Line ${at + 1} of ${file} is no message of cucumber: ${remedy}`)
    }
  }
  return envelopes
}

function parseMessage(line: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Envelope) : undefined
  } catch {
    return undefined
  }
}

/**
 * A record without loose ends: what was under way when the run was cut off is failed with `reason`, what had not begun is
 * skipped, and the run ends without success. Reports made from a cut-off record as it is read "100 % passed".
 * A complete record is returned as it is, the same array.
 * @param reason A sentence for the reader of a report, such as "the run was interrupted here".
 */
export function completeRecord(envelopes: Envelope[], reason: string): Envelope[] {
  const seen = survey(envelopes)
  const ends = [
    ...seen.openRunHooks.map((hook) => failedRunHook(hook, reason, seen.lastTimestamp)),
    ...seen.open.flatMap((unfinished) => endOf(unfinished, reason, seen.lastTimestamp)),
    ...seen.neverStarted.flatMap(({ testCase, attempt }) => skipped(testCase, attempt, seen.lastTimestamp)),
  ]
  const finish = envelopes.findLast((envelope) => envelope.testRunFinished)?.testRunFinished
  if (finish && ends.length === 0) return envelopes
  const testRunFinished = finish
    ? { ...finish, success: false, message: finish.message ?? reason }
    : { success: false, message: reason, timestamp: seen.lastTimestamp, ...seen.runIds }
  return [...envelopes.filter((envelope) => !envelope.testRunFinished), ...ends, { testRunFinished }]
}

/**
 * A complete record of an interrupted run: it did not succeed, although each scenario that was reached may have. A run that
 * was told to stop ends in good order, its remaining scenarios skipped, and cucumber calls that a success.
 */
export function endedBy(envelopes: Envelope[], reason: string): Envelope[] {
  return envelopes.map((envelope) =>
    envelope.testRunFinished
      ? { testRunFinished: { ...envelope.testRunFinished, success: false, message: envelope.testRunFinished.message ?? reason } }
      : envelope,
  )
}

interface Unfinished {
  readonly startedId: string
  readonly testCase: TestCase
  readonly stepsStarted: Set<string>
  readonly stepsFinished: Set<string>
}

interface Survey {
  readonly open: Unfinished[]
  readonly neverStarted: { testCase: TestCase; attempt: number }[]
  readonly openRunHooks: TestRunHookStarted[]
  /** The latest time in the record: what is added happened at no time of its own. */
  readonly lastTimestamp: Timestamp
  readonly runIds: { testRunStartedId?: string }
}

function survey(envelopes: Envelope[]): Survey {
  const waiting = new Map<string, { testCase: TestCase; attempt: number }>()
  const testCases = new Map<string, TestCase>()
  const open = new Map<string, Unfinished & { attempt: number }>()
  const openRunHooks = new Map<string, TestRunHookStarted>()
  let lastTimestamp: Timestamp = { seconds: 0, nanos: 0 }
  let runIds: Survey['runIds'] = {}
  for (const envelope of envelopes) {
    lastTimestamp = later(lastTimestamp, timestampOf(envelope))
    const { testCase, testCaseStarted, testStepStarted, testStepFinished, testCaseFinished } = envelope
    if (envelope.testRunStarted?.id) runIds = { testRunStartedId: envelope.testRunStarted.id }
    if (envelope.testRunHookStarted) openRunHooks.set(envelope.testRunHookStarted.id, envelope.testRunHookStarted)
    if (envelope.testRunHookFinished) openRunHooks.delete(envelope.testRunHookFinished.testRunHookStartedId)
    if (testCase) {
      testCases.set(testCase.id, testCase)
      waiting.set(testCase.id, { testCase, attempt: 0 })
    }
    const started = testCaseStarted && testCases.get(testCaseStarted.testCaseId)
    if (testCaseStarted && started) {
      const { id: startedId, attempt } = testCaseStarted
      waiting.delete(started.id)
      open.set(startedId, { startedId, attempt, testCase: started, stepsStarted: new Set(), stepsFinished: new Set() })
    }
    if (testStepStarted) open.get(testStepStarted.testCaseStartedId)?.stepsStarted.add(testStepStarted.testStepId)
    if (testStepFinished) open.get(testStepFinished.testCaseStartedId)?.stepsFinished.add(testStepFinished.testStepId)
    const ended = testCaseFinished && open.get(testCaseFinished.testCaseStartedId)
    if (ended) {
      open.delete(ended.startedId)
      // Reports leave out an attempt that was to be repeated; without the repetition the scenario would be lost.
      if (testCaseFinished.willBeRetried) {
        waiting.set(ended.testCase.id, { testCase: ended.testCase, attempt: ended.attempt + 1 })
      }
    }
  }
  return {
    open: [...open.values()],
    neverStarted: [...waiting.values()],
    openRunHooks: [...openRunHooks.values()],
    lastTimestamp,
    runIds,
  }
}

function timestampOf(envelope: Envelope): Timestamp | undefined {
  const [content] = Object.values(envelope) as { timestamp?: Timestamp }[]
  return content?.timestamp
}

function later(left: Timestamp, right: Timestamp | undefined): Timestamp {
  if (!right) return left
  return (right.seconds - left.seconds || right.nanos - left.nanos) > 0 ? right : left
}

function cutOff(reason: string): TestStepResult {
  return {
    status: TestStepResultStatus.FAILED,
    duration: { seconds: 0, nanos: 0 },
    message: reason,
    exception: { type: CUT_OFF, message: reason, stackTrace: reason },
  }
}

const SKIPPED: TestStepResult = { status: TestStepResultStatus.SKIPPED, duration: { seconds: 0, nanos: 0 } }

function failedRunHook(hook: TestRunHookStarted, reason: string, timestamp: Timestamp): Envelope {
  return { testRunHookFinished: { testRunHookStartedId: hook.id, result: cutOff(reason), timestamp } }
}

function endOf(
  { startedId, testCase, stepsStarted, stepsFinished }: Unfinished,
  reason: string,
  timestamp: Timestamp,
): Envelope[] {
  const unfinished = testCase.testSteps.filter((step) => !stepsFinished.has(step.id))
  const steps = unfinished.flatMap((step, at): Envelope[] => {
    const place = { testCaseStartedId: startedId, testStepId: step.id, timestamp }
    const finished: Envelope = { testStepFinished: { ...place, testStepResult: at === 0 ? cutOff(reason) : SKIPPED } }
    return stepsStarted.has(step.id) ? [finished] : [{ testStepStarted: place }, finished]
  })
  return [...steps, { testCaseFinished: { testCaseStartedId: startedId, timestamp, willBeRetried: false } }]
}

function skipped(testCase: TestCase, attempt: number, timestamp: Timestamp): Envelope[] {
  const id = `${testCase.id}-not-started`
  const steps = testCase.testSteps.flatMap((step): Envelope[] => {
    const place = { testCaseStartedId: id, testStepId: step.id, timestamp }
    return [{ testStepStarted: place }, { testStepFinished: { ...place, testStepResult: SKIPPED } }]
  })
  return [
    { testCaseStarted: { id, attempt, testCaseId: testCase.id, timestamp } },
    ...steps,
    { testCaseFinished: { testCaseStartedId: id, timestamp, willBeRetried: false } },
  ]
}
