// JUnit XML of a run, by cucumber's own formatter, and what went wrong outside the scenarios told as scenarios.
import { writeFileSync } from 'node:fs'
import junitXml from '@cucumber/junit-xml-formatter'
import { type Envelope, SourceMediaType, TestStepResultStatus, type Timestamp } from '@cucumber/messages'

const SUITE_NAME = 'graph-calls-conformance'
const RUN_URI = 'the-run.feature'

/**
 * Writes the JUnit XML of a complete record (`completeRecord`). Neither an empty nor a failed run reads as a success: see
 * `withRunProblems`.
 */
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
  writeFileSync(file, `${xml}\n`)
}

interface RunProblem {
  readonly should: string
  readonly message: string
}

/**
 * The record with a failed scenario for each thing that went wrong outside the scenarios: an unreadable feature file, a hook
 * around the run, a run that was cut off or ended without success for no visible reason, or that ran nothing. Readers of
 * cucumber's HTML and JUnit look at scenarios only. Without such a problem the record is returned as it is.
 */
export function withRunProblems(envelopes: Envelope[]): Envelope[] {
  const problems = runProblems(envelopes)
  if (problems.length === 0) return envelopes
  const end = envelopes.findLastIndex((envelope) => envelope.testRunFinished)
  const at = end === -1 ? envelopes.length : end
  const timestamp = envelopes[at]?.testRunFinished?.timestamp ?? { seconds: 0, nanos: 0 }
  return [...envelopes.slice(0, at), ...asScenarios(problems, timestamp), ...envelopes.slice(at)]
}

function runProblems(envelopes: Envelope[]): RunProblem[] {
  const hooks = new Map(envelopes.flatMap(({ hook }) => (hook ? [[hook.id, hook.name] as const] : [])))
  const hookOf = new Map(envelopes.flatMap(({ testRunHookStarted: it }) => (it ? [[it.id, it.hookId] as const] : [])))
  const problems = envelopes.flatMap((envelope): RunProblem[] => {
    const { parseError, testRunHookFinished, testRunFinished } = envelope
    if (parseError) return [{ should: `the file ${parseError.source.uri ?? ''} can be read`, message: parseError.message }]
    if (testRunHookFinished?.result.status === TestStepResultStatus.FAILED) {
      const name = hooks.get(hookOf.get(testRunHookFinished.testRunHookStartedId) ?? '')
      const message = testRunHookFinished.result.message ?? 'It failed without a message.'
      return [{ should: name ? `the hook "${name}" succeeds` : 'each hook around the run succeeds', message }]
    }
    const message = testRunFinished?.message ?? testRunFinished?.exception?.message
    return message ? [{ should: 'the run goes on to its end', message }] : []
  })
  if (!envelopes.some((envelope) => envelope.testCase)) {
    problems.push({ should: 'a scenario is run', message: 'No scenario was run, so nothing was judged.' })
  }
  const finish = envelopes.findLast((envelope) => envelope.testRunFinished)?.testRunFinished
  if (problems.length === 0 && !finish?.success && !envelopes.some(isFailedStep)) {
    problems.push({ should: 'the run succeeds', message: 'The run ended without success, and its record does not say why.' })
  }
  return problems
}

function isFailedStep({ testStepFinished }: Envelope): boolean {
  const status = testStepFinished?.testStepResult.status
  return status !== undefined && status !== TestStepResultStatus.PASSED && status !== TestStepResultStatus.SKIPPED
}

/** A feature called "The run", one scenario a problem, in the messages that cucumber would have sent for it. */
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
