// Writes cucumber's own reports of a run, JUnit XML and HTML. Both show scenarios only, so each fault outside them becomes a failed scenario.
import { createWriteStream, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CucumberHtmlStream } from '@cucumber/html-formatter'
import junitXml from '@cucumber/junit-xml-formatter'
import { type Envelope, type Pickle, SourceMediaType, TestStepResultStatus, type Timestamp } from '@cucumber/messages'
import { queryOf, runFaults } from '../read-messages'

const SUITE_NAME = 'graph-calls-conformance'
const RUN_URI = 'the-run.feature'

/** Writes the JUnit XML of a complete record (`completeRecord`). */
export function writeJunit(envelopes: Envelope[], file: string): void {
  let xml = ''
  let update: (envelope: Envelope) => void = () => {}
  junitXml.formatter({
    options: { suiteName: SUITE_NAME },
    on: (_type, handler) => {
      update = handler
    },
    write: (content) => {
      xml += content
    },
  })
  for (const envelope of withRunProblems(envelopes)) update(envelope)
  writeFileSync(file, `${withPlaces(xml, withRunProblems(envelopes))}\n`)
}

/**
 * Adds what build servers use and cucumber's formatter leaves out: a root for several suites, file and line of each scenario, and the numbers of
 * its rules as properties. Text of the run stands in CDATA and stays untouched.
 */
function withPlaces(xml: string, envelopes: readonly Envelope[]): string {
  const query = queryOf(envelopes)
  const pickles = query
    .findAllTestCaseStartedOrderBy((of, attempt) => of.findPickleBy(attempt), byPlace)
    .map((attempt) => query.findPickleBy(attempt))
  const places = pickles.map((pickle) => {
    if (pickle === undefined) return { attributes: '', properties: '' }
    const rules = pickle.tags.flatMap(({ name }) => (/^@[A-Z]{2}-/.test(name) ? [name.slice(1)] : []))
    const properties = rules.map((id) => `<property name="rule" value="${id}"/>`).join('')
    return {
      attributes: ` file="${asAttribute(pickle.uri)}" line="${pickle.location?.line ?? 0}"`,
      properties: properties === '' ? '' : `\n    <properties>${properties}</properties>`,
    }
  })
  let at = 0
  const placed = (markup: string) =>
    markup.replace(/<testcase ([^>]*?)(\/?)>/g, (_, written: string, empty: string) => {
      const { attributes = '', properties = '' } = places[at] ?? {}
      at += 1
      return `<testcase ${written.trimEnd()}${attributes}>${properties}${empty ? '</testcase>' : ''}`
    })
  const whole = xml
    .split(/(<!\[CDATA\[[\s\S]*?\]\]>)/)
    .map((piece, index) => (index % 2 === 0 ? placed(piece) : piece))
    .join('')
  return whole.replace(/<testsuite [\s\S]*$/, (suite) => `<testsuites>\n${suite.trimEnd()}\n</testsuites>`)
}

/** The order in which cucumber's formatter lists scenarios. */
function byPlace(one: Pickle, other: Pickle): number {
  return one.uri.localeCompare(other.uri) || (one.location?.line ?? 0) - (other.location?.line ?? 0)
}

function asAttribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

// The report renders these as markup: a log line as HTML, a list of addresses as links, which may be javascript: ones.
const RENDERED_AS_MARKUP = new Set(['text/x.cucumber.log+plain', 'text/uri-list'])

/**
 * Writes the HTML, one self-contained file, of a complete record (`completeRecord`). Attachments that the report would render as markup become
 * plain text: they may hold what came over the wire.
 */
export async function writeCucumberHtml(envelopes: Envelope[], file: string): Promise<void> {
  const harmless = withRunProblems(envelopes).map(asPlainText)
  await pipeline(Readable.from(harmless), new CucumberHtmlStream(), createWriteStream(file))
}

function asPlainText(envelope: Envelope): Envelope {
  const { attachment } = envelope
  return attachment && RENDERED_AS_MARKUP.has(attachment.mediaType)
    ? { attachment: { ...attachment, mediaType: 'text/plain' } }
    : envelope
}

interface RunProblem {
  readonly should: string
  readonly message: string
}

/**
 * Adds a failed scenario for each fault outside the scenarios: an unreadable feature file, a hook around the run, a run that was cut off,
 * that ended without success for no visible reason, or that ran nothing. Returns a record without such a fault as it is.
 */
function withRunProblems(envelopes: Envelope[]): Envelope[] {
  const problems = runProblems(envelopes)
  if (problems.length === 0) return envelopes
  const end = envelopes.findLastIndex((envelope) => envelope.testRunFinished)
  const at = end === -1 ? envelopes.length : end
  const timestamp = envelopes[at]?.testRunFinished?.timestamp ?? { seconds: 0, nanos: 0 }
  return [...envelopes.slice(0, at), ...asScenarios(problems, timestamp), ...envelopes.slice(at)]
}

function runProblems(envelopes: Envelope[]): RunProblem[] {
  const query = queryOf(envelopes)
  const finish = query.findTestRunFinished()
  const problems = runFaults(envelopes, query).map((fault): RunProblem => {
    if (fault.kind === 'file') return { should: `the file ${fault.name} can be read`, message: fault.message }
    const should = fault.name ? `the hook "${fault.name}" succeeds` : 'each hook around the run succeeds'
    return { should, message: fault.result.message ?? 'It failed without a message.' }
  })
  const message = finish?.message ?? finish?.exception?.message
  if (message) problems.push({ should: 'the run goes on to its end', message })
  if (!envelopes.some((envelope) => envelope.testCase))
    problems.push({ should: 'a scenario is run', message: 'No scenario was run, so nothing was judged.' })
  if (problems.length === 0 && !finish?.success && !envelopes.some(isFailedStep))
    problems.push({ should: 'the run succeeds', message: 'The run ended without success, and its record does not say why.' })
  return problems
}

function isFailedStep({ testStepFinished }: Envelope): boolean {
  const status = testStepFinished?.testStepResult.status
  return status !== undefined && status !== TestStepResultStatus.PASSED && status !== TestStepResultStatus.SKIPPED
}

/** The messages that cucumber would send for a feature "The run" with one scenario for each problem. */
function asScenarios(problems: RunProblem[], timestamp: Timestamp): Envelope[] {
  const scenarios = problems.map((problem, at) => ({
    ...problem,
    id: `the-run-${at}`,
    keyword: 'Scenario',
    name: problem.should,
    description: '',
    tags: [],
    examples: [],
    location: { line: 2 + 2 * at, column: 3 },
    step: { id: `the-run-${at}-step`, keyword: 'Then ', text: problem.should, location: { line: 3 + 2 * at, column: 5 } },
  }))
  const lines = scenarios.flatMap(({ name, step }) => [`  Scenario: ${name}`, `    Then ${step.text}`])
  const feature = {
    keyword: 'Feature',
    name: 'The run',
    description: '',
    language: 'en',
    tags: [],
    location: { line: 1, column: 1 },
    children: scenarios.map(({ step, ...scenario }) => ({ scenario: { ...scenario, steps: [step] } })),
  }
  const data = ['Feature: The run', ...lines, ''].join('\n')
  return [
    { source: { uri: RUN_URI, data, mediaType: SourceMediaType.TEXT_X_CUCUMBER_GHERKIN_PLAIN } },
    { gherkinDocument: { uri: RUN_URI, feature, comments: [] } },
    ...scenarios.flatMap(({ id, name, location, step, message }): Envelope[] => {
      const ids = { pickle: `${id}-pickle`, pickleStep: `${id}-pickle-step`, testCase: `${id}-case`, started: `${id}-started` }
      const place = { testCaseStartedId: ids.started, testStepId: `${id}-test-step`, timestamp }
      const pickleStep = { id: ids.pickleStep, text: step.text, astNodeIds: [step.id] }
      const pickle = { id: ids.pickle, uri: RUN_URI, location, name, language: 'en', tags: [], astNodeIds: [id] }
      const testStep = { id: place.testStepId, pickleStepId: ids.pickleStep, stepDefinitionIds: [], stepMatchArgumentsLists: [] }
      const testStepResult = {
        status: TestStepResultStatus.FAILED,
        duration: { seconds: 0, nanos: 0 },
        message,
        exception: { type: 'RunProblem', message, stackTrace: message },
      }
      return [
        { pickle: { ...pickle, steps: [pickleStep] } },
        { testCase: { id: ids.testCase, pickleId: ids.pickle, testSteps: [testStep] } },
        { testCaseStarted: { id: ids.started, testCaseId: ids.testCase, attempt: 0, timestamp } },
        { testStepStarted: place },
        { testStepFinished: { ...place, testStepResult } },
        { testCaseFinished: { testCaseStartedId: ids.started, timestamp, willBeRetried: false } },
      ]
    }),
  ]
}
