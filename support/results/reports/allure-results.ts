// Writes Allure's results: one for each scenario of the verdict, with the verdict's outcome as status, steps and evidence from the record.
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Attachment,
  type Envelope,
  type PickleStepArgument,
  PickleStepType,
  TestStepResultStatus,
  type Timestamp,
} from '@cucumber/messages'
import { type Attachment as AllureAttachment, Stage, Status, type StepResult, type TestResult } from 'allure-js-commons'
import type { Category } from 'allure-js-commons/sdk'
import { stringifyEnvInfo } from 'allure-js-commons/sdk/reporter'
import { makeFolder } from '../../contract/folders'
import type { Requirement } from '../../contract/requirements'
import type { ScenarioOutcome, ScenarioVerdict, Verdict } from '../../contract/verdict'
import { contentOf, milliseconds, readRun, type ScenarioRecord, type StepRecord } from '../read-messages'
import { describeMessage, evidenceOf } from './evidence-messages'
import { commandOf, describeBasis, describeDocument, describeTarget } from './wording'

/** Allure's status of each outcome. Its adapter for cucumber shows undefined, ambiguous and failed-hook scenarios as passed. */
const ALLURE_STATUS: Readonly<{ [outcome in ScenarioOutcome]: Status }> = {
  passed: Status.PASSED,
  failed: Status.FAILED,
  'harness-error': Status.BROKEN,
  'could-not-run': Status.BROKEN,
  'not-applicable': Status.SKIPPED,
}

/** Any other status of a step is broken. */
const STEP_STATUS: Readonly<{ [status in TestStepResultStatus]?: Status }> = {
  [TestStepResultStatus.PASSED]: Status.PASSED,
  [TestStepResultStatus.SKIPPED]: Status.SKIPPED,
  [TestStepResultStatus.FAILED]: Status.FAILED,
}

const STEP_MESSAGE: Readonly<{ [status in TestStepResultStatus]?: string }> = {
  [TestStepResultStatus.PENDING]: 'The step is pending.',
  [TestStepResultStatus.UNDEFINED]: 'No step definition matches this sentence.',
  [TestStepResultStatus.AMBIGUOUS]: 'More than one step definition matches this sentence.',
}

/** "And" and "But" take the keyword of the sentence that they continue. */
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

/** What the results say of the run. */
interface AllureInput {
  readonly verdict: Verdict
  /** The last line of the run, without the path of a report. */
  readonly sentence: string
  readonly requirements: readonly Requirement[]
}

/**
 * Writes Allure's results of a run into `folder`, which is emptied first: Allure reports everything that it finds there.
 * Writes text and JSON only, and no page, because attachments hold what came over the wire.
 * @param envelopes the complete record (`completeRecord`)
 */
export function writeAllureResults(
  envelopes: Envelope[],
  { verdict, sentence, requirements }: AllureInput,
  folder: string,
): void {
  rmSync(folder, { recursive: true, force: true })
  makeFolder(folder)
  const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text)
  const writeJson = (name: string, value: unknown) => write(name, JSON.stringify(value, null, 2))
  const records = new Map(readRun(envelopes).scenarios.map((one) => [placeOf(one.pickle.uri, one.line), one]))
  const rules = new Map(requirements.map((one) => [one.id, one]))
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
    writeJson(
      `${id}-result.json`,
      resultOf(scenario, records.get(placeOf(scenario.uri, scenario.line)), id, rules, verdict, write),
    )
  }
  writeJson('categories.json', CATEGORIES)
  const { target, suite, document } = verdict
  const environment = {
    Verdict: sentence,
    Target: describeTarget(target),
    ...(target.deviation === null ? {} : { Deviation: target.deviation }),
    Document: describeDocument(document),
    'Suite version': suite.version,
    'Run it again': commandOf(verdict),
  }
  write('environment.properties', `${stringifyEnvInfo(environment)}\n`)
}

type Write = (name: string, content: string | Buffer) => void

function resultOf(
  scenario: ScenarioVerdict,
  record: ScenarioRecord | undefined,
  id: string,
  rules: ReadonlyMap<string, Requirement>,
  verdict: Verdict,
  write: Write,
): TestResult {
  const feature = record?.feature ?? scenario.uri
  const start = time(record?.started) ?? Date.parse(verdict.startedAt)
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
    stop: time(record?.finished) ?? start + Math.round(scenario.durationMs),
    labels: [
      { name: 'feature', value: feature },
      { name: 'suite', value: feature },
      ...scenario.requirements.map((requirement) => ({ name: 'tag', value: requirement })),
    ],
    description: scenario.requirements.flatMap((one) => describeRule(rules.get(one)) ?? []).join('\n\n'),
    // From Allure's page to the rule on the reviewer's page beside it.
    links: scenario.requirements.map((name) => ({ name, url: `../index.html#${name}`, type: 'link' })),
    parameters: [],
    attachments: [],
    steps: record === undefined ? [] : stepsOf(record, id, write),
  }
}

function messageOf({ outcome, reason, warnings, drift }: ScenarioVerdict): string {
  if (NAMED_IN_MESSAGE.has(outcome)) return [outcome, reason].filter((part) => part !== null).join(': ')
  const remarks = [reason, ...warnings, drift.length > 0 ? `with drift ${drift.join(', ')}` : null]
  return remarks.filter((remark) => remark !== null).join('\n')
}

function describeRule(rule: Requirement | undefined): string | null {
  return rule === undefined ? null : `${rule.id} (${rule.level}; ${describeBasis(rule)}): ${rule.statement}`
}

function stepsOf(record: ScenarioRecord, id: string, write: Write): StepResult[] {
  const messages = new Map(evidenceOf(record).map((message, at) => [message.fileName, `${at + 1}. ${describeMessage(message)}`]))
  let attachments = 0
  const store = (attachment: Attachment): AllureAttachment => {
    const { type, extension, content } = asText(attachment)
    attachments += 1
    const source = `${id}-${attachments}-attachment.${extension}`
    write(source, content)
    const message = messages.get(attachment.fileName ?? '')
    return { name: message ?? attachment.fileName ?? (extension === 'json' ? 'JSON' : 'Text'), type, source }
  }
  return record.steps.map(({ text, sentence, result, started, finished, ...step }: StepRecord): StepResult => {
    const message = result.exception?.message ?? result.message ?? STEP_MESSAGE[result.status]
    return {
      name: `${(sentence?.type && STEP_KEYWORD[sentence.type]) ?? ''}${text}`,
      status: STEP_STATUS[result.status] ?? Status.BROKEN,
      statusDetails: message === undefined ? {} : { message },
      stage: Stage.FINISHED,
      start: time(started),
      stop: time(finished),
      parameters: argumentOf(sentence?.argument),
      attachments: step.attachments.map(store),
      steps: [],
    }
  })
}

/** A step's table or text, row by row: without it the sentence does not say what was expected. */
function argumentOf(argument: PickleStepArgument | undefined) {
  const rows = argument?.dataTable?.rows.map((row) => row.cells.map((cell) => cell.value).join(' | ')) ?? []
  return [...rows, argument?.docString?.content ?? []].flat().map((value, at) => ({ name: `row ${at + 1}`, value }))
}

/** An attachment as text: JSON where it is declared as JSON and can be parsed, otherwise plain text. */
function asText(attachment: Attachment) {
  const content = contentOf(attachment)
  if (/^application\/json\b/.test(attachment.mediaType)) {
    try {
      const pretty = JSON.stringify(JSON.parse(content.toString()), null, 2)
      return { type: 'application/json', extension: 'json', content: pretty }
    } catch {
      // A body that is declared as JSON and cannot be parsed is evidence too, as text.
    }
  }
  return { type: 'text/plain', extension: 'txt', content }
}

function placeOf(uri: string, line: number): string {
  return `${uri}:${line}`
}

function time(timestamp: Timestamp | null | undefined): number | undefined {
  return timestamp ? Math.round(milliseconds(timestamp)) : undefined
}
