// Allure results: one a scenario of the verdict, its status the verdict's, its steps and evidence from the record.
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Attachment,
  type Envelope,
  HookType,
  type PickleStepArgument,
  PickleStepType,
  TestStepResultStatus,
  TimeConversion,
  type Timestamp,
} from '@cucumber/messages'
import { type Attachment as AllureAttachment, Stage, Status, type StepResult, type TestResult } from 'allure-js-commons'
import type { Category } from 'allure-js-commons/sdk'
import { stringifyEnvInfo } from 'allure-js-commons/sdk/reporter'
import type { ScenarioOutcome, ScenarioVerdict, Verdict } from '../../contract/verdict'

/** Allure's status of each outcome. Its adapter for cucumber shows undefined, ambiguous and failed-hook scenarios as passed. */
export const ALLURE_STATUS: Readonly<{ [outcome in ScenarioOutcome]: Status }> = {
  passed: Status.PASSED,
  failed: Status.FAILED,
  'harness-error': Status.BROKEN,
  'could-not-run': Status.BROKEN,
  'not-applicable': Status.SKIPPED,
}

const STEP_STATUS: Readonly<{ [status in TestStepResultStatus]: Status }> = {
  [TestStepResultStatus.PASSED]: Status.PASSED,
  [TestStepResultStatus.SKIPPED]: Status.SKIPPED,
  [TestStepResultStatus.FAILED]: Status.FAILED,
  [TestStepResultStatus.PENDING]: Status.BROKEN,
  [TestStepResultStatus.UNDEFINED]: Status.BROKEN,
  [TestStepResultStatus.AMBIGUOUS]: Status.BROKEN,
  [TestStepResultStatus.UNKNOWN]: Status.BROKEN,
}

const STEP_MESSAGE: Readonly<{ [status in TestStepResultStatus]?: string }> = {
  [TestStepResultStatus.PENDING]: 'The step is pending.',
  [TestStepResultStatus.UNDEFINED]: 'No step definition matches this sentence.',
  [TestStepResultStatus.AMBIGUOUS]: 'More than one step definition matches this sentence.',
}

const HOOK_NAME: Readonly<{ [type in HookType]?: string }> = {
  [HookType.BEFORE_TEST_CASE]: 'Before the scenario',
  [HookType.AFTER_TEST_CASE]: 'After the scenario',
}

/** "And" and "But" take the word of the sentence that they continue. */
const STEP_KEYWORD: Readonly<{ [type in PickleStepType]?: string }> = {
  [PickleStepType.CONTEXT]: 'Given ',
  [PickleStepType.ACTION]: 'When ',
  [PickleStepType.OUTCOME]: 'Then ',
}

/** Outcomes that share Allure's status "broken": their message begins with their name, and the categories go by it. */
const NAMED_IN_MESSAGE: ReadonlySet<ScenarioOutcome> = new Set(['could-not-run', 'harness-error'])

// Allure 2 matches the whole message, Allure 3 any part of it.
const CATEGORIES: readonly Category[] = [
  { name: 'Target does not conform', matchedStatuses: [Status.FAILED] },
  { name: 'Could not run', matchedStatuses: [Status.BROKEN], messageRegex: '^could-not-run[\\s\\S]*' },
  { name: 'Harness error', matchedStatuses: [Status.BROKEN], messageRegex: '^harness-error[\\s\\S]*' },
]

/**
 * Writes Allure's results of a run into `folder`, which is emptied first: what Allure finds there it reports.
 * Everything is written as text or JSON and nothing as a page, because attachments hold what came over the wire.
 * @param envelopes The complete record (`completeRecord`): steps, times and attachments.
 * @param verdict Which scenarios there are, and how each ended.
 */
export function writeAllureResults(envelopes: Envelope[], verdict: Verdict, folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text)
  const writeJson = (name: string, value: unknown) => write(name, JSON.stringify(value, null, 2))
  const record = lookUp(envelopes)
  const namesakes = new Map<string, number>()
  for (const scenario of verdict.scenarios) {
    // Allure takes two results with one history for repetitions and hides the first: examples may share their outline's name.
    const named = `${scenario.uri}: ${scenario.name}`
    const ordinal = namesakes.get(named) ?? 0
    namesakes.set(named, ordinal + 1)
    const id = createHash('sha256')
      .update(ordinal === 0 ? named : `${named} (${ordinal + 1})`)
      .digest('hex')
      .slice(0, 32)
    writeJson(`${id}-result.json`, resultOf(scenario, id, verdict, { ...record, write }))
  }
  writeJson('categories.json', CATEGORIES)
  const { target, suite } = verdict
  const environment = { Target: target.kind, 'Base URL': target.baseUrl, Profile: target.profile ?? 'none' }
  write('environment.properties', `${stringifyEnvInfo({ ...environment, 'Suite version': suite.version })}\n`)
}

interface Means extends ReturnType<typeof lookUp> {
  readonly write: (name: string, content: string | Buffer) => void
}

function resultOf(scenario: ScenarioVerdict, id: string, verdict: Verdict, means: Means): TestResult {
  const played = means.played.get(placeOf(scenario.uri, scenario.line))
  const feature = means.features.get(scenario.uri) ?? scenario.uri
  const start = milliseconds(played?.started) ?? Date.parse(verdict.startedAt)
  return {
    uuid: id,
    historyId: id,
    testCaseId: id,
    name: scenario.name,
    fullName: `${scenario.uri}: ${scenario.name}`,
    status: ALLURE_STATUS[scenario.outcome],
    statusDetails: { message: messageOf(scenario) },
    stage: Stage.FINISHED,
    start,
    stop: milliseconds(played?.finished) ?? start + Math.round(scenario.durationMs),
    labels: [
      { name: 'feature', value: feature },
      { name: 'suite', value: feature },
      ...scenario.requirements.map((requirement) => ({ name: 'tag', value: requirement })),
    ],
    links: [],
    parameters: [],
    attachments: [],
    steps: played ? stepsOf(played, id, means) : [],
  }
}

function messageOf({ outcome, reason, warnings, drift }: ScenarioVerdict): string {
  if (NAMED_IN_MESSAGE.has(outcome)) return [outcome, reason].filter((part) => part !== null).join(': ')
  const remarks = [reason, ...warnings, drift.length > 0 ? `with drift ${drift.join(', ')}` : null]
  return remarks.filter((remark) => remark !== null).join('\n')
}

interface Played {
  readonly startedId: string
  readonly started: Timestamp
  finished?: Timestamp
  readonly steps: readonly { readonly id: string; readonly name: string; readonly argument: PickleStepArgument | undefined }[]
}

function stepsOf(played: Played, id: string, means: Means): StepResult[] {
  let attachments = 0
  const store = (attachment: Attachment): AllureAttachment => {
    const { type, extension, content } = asText(attachment)
    attachments += 1
    const source = `${id}-${attachments}-attachment.${extension}`
    means.write(source, content)
    return { name: attachment.fileName ?? (extension === 'json' ? 'JSON' : 'Text'), type, source }
  }
  return played.steps.map((step): StepResult => {
    const place = placeOf(played.startedId, step.id)
    const finished = means.finished.get(place)
    const status = finished?.testStepResult.status ?? TestStepResultStatus.UNKNOWN
    const said = finished?.testStepResult.exception?.message ?? finished?.testStepResult.message ?? STEP_MESSAGE[status]
    return {
      name: step.name,
      status: STEP_STATUS[status],
      statusDetails: said === undefined ? {} : { message: said },
      stage: Stage.FINISHED,
      start: milliseconds(means.begun.get(place)),
      stop: milliseconds(finished?.timestamp),
      parameters: argumentOf(step.argument),
      attachments: (means.attachments.get(place) ?? []).map(store),
      steps: [],
    }
  })
}

/** A step's table or text, row by row: without it the sentence does not say what was expected. */
function argumentOf(argument: PickleStepArgument | undefined) {
  const rows = argument?.dataTable?.rows.map((row) => row.cells.map((cell) => cell.value).join(' | ')) ?? []
  return [...rows, argument?.docString?.content ?? []].flat().map((value, at) => ({ name: `row ${at + 1}`, value }))
}

/** An attachment as text: JSON where it says and is JSON, everything else plain, whatever type it was given. */
function asText({ mediaType, body, contentEncoding }: Attachment) {
  const content = contentEncoding === 'BASE64' ? Buffer.from(body, 'base64') : Buffer.from(body)
  if (/^application\/json\b/.test(mediaType)) {
    try {
      const pretty = JSON.stringify(JSON.parse(content.toString()), null, 2)
      return { type: 'application/json', extension: 'json', content: pretty }
    } catch {
      // A body that was announced as JSON and is none is evidence too, as the text it is.
    }
  }
  return { type: 'text/plain', extension: 'txt', content }
}

function lookUp(envelopes: Envelope[]) {
  const hooks = new Map(envelopes.flatMap(({ hook }) => (hook ? [[hook.id, hook] as const] : [])))
  const pickles = new Map(envelopes.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle] as const] : [])))
  const testCases = new Map(envelopes.flatMap(({ testCase }) => (testCase ? [[testCase.id, testCase] as const] : [])))
  const features = new Map<string, string>()
  const played = new Map<string, Played>()
  const byStartedId = new Map<string, Played>()
  const begun = new Map<string, Timestamp>()
  const finished = new Map<string, NonNullable<Envelope['testStepFinished']>>()
  const attachments = new Map<string, Attachment[]>()
  for (const { gherkinDocument, testCaseStarted, testCaseFinished, testStepStarted, testStepFinished, attachment } of envelopes) {
    if (gherkinDocument?.uri && gherkinDocument.feature) features.set(gherkinDocument.uri, gherkinDocument.feature.name)
    if (testStepStarted)
      begun.set(placeOf(testStepStarted.testCaseStartedId, testStepStarted.testStepId), testStepStarted.timestamp)
    if (testStepFinished) finished.set(placeOf(testStepFinished.testCaseStartedId, testStepFinished.testStepId), testStepFinished)
    if (attachment?.testCaseStartedId && attachment.testStepId) {
      const place = placeOf(attachment.testCaseStartedId, attachment.testStepId)
      attachments.set(place, [...(attachments.get(place) ?? []), attachment])
    }
    const testCase = testCaseStarted && testCases.get(testCaseStarted.testCaseId)
    const pickle = testCase && pickles.get(testCase.pickleId)
    if (testCaseStarted && testCase && pickle) {
      const steps = testCase.testSteps.map((step) => {
        const hook = step.hookId === undefined ? undefined : hooks.get(step.hookId)
        const sentence = pickle.steps.find(({ id }) => id === step.pickleStepId)
        const hookName = hook?.name ?? (hook?.type && HOOK_NAME[hook.type]) ?? 'Hook'
        const name = sentence ? `${(sentence.type && STEP_KEYWORD[sentence.type]) ?? ''}${sentence.text}` : hookName
        return { id: step.id, name, argument: sentence?.argument }
      })
      const scenario: Played = { startedId: testCaseStarted.id, started: testCaseStarted.timestamp, steps }
      played.set(placeOf(pickle.uri, pickle.location?.line ?? 0), scenario)
      byStartedId.set(testCaseStarted.id, scenario)
    }
    const ended = testCaseFinished && byStartedId.get(testCaseFinished.testCaseStartedId)
    if (ended) ended.finished = testCaseFinished.timestamp
  }
  return { features, played, begun, finished, attachments }
}

function placeOf(...parts: (string | number)[]): string {
  return parts.join('\n')
}

function milliseconds(timestamp: Timestamp | undefined): number | undefined {
  return timestamp && Math.round(TimeConversion.timestampToMillisecondsSinceEpoch(timestamp))
}
