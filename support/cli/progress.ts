// Prints a run for a person: the header, scenarios as they end with failures in full, and the summary with its last line.
import { styleText } from 'node:util'
import {
  type BaselineVerdict,
  ENTRY_STATUSES,
  EXIT_CODES,
  type RunOutcome,
  type ScenarioOutcome,
  type ScenarioVerdict,
  type Verdict,
} from '../contract/verdict'
import { causeOf, causesOf } from '../results/causes'
import type { Query } from '../results/read-messages'

type Colour = Parameters<typeof styleText>[0]

const MARKS: Readonly<Record<ScenarioOutcome, { readonly mark: string; readonly colour: Colour }>> = {
  passed: { mark: '✓', colour: 'green' },
  failed: { mark: '✗', colour: 'red' },
  'could-not-run': { mark: '?', colour: 'yellow' },
  'not-applicable': { mark: '-', colour: 'gray' },
  'harness-error': { mark: '!', colour: 'magenta' },
}

/** Columns for the name of a feature. */
const NAME_WIDTH = 48

export interface ReportTerminal {
  readonly print: (line: string) => void
  readonly colours: boolean
}

export function header(terminal: ReportTerminal, { page, revision }: Verdict['document'], target: Verdict['target']): void {
  terminal.print(`\n${painted(terminal, 'bold', `${page} (${revision})`)} against ${describeTarget(target)}\n`)
}

function describeTarget({ kind, baseUrl, callsPath, profile, deviation }: Verdict['target']): string {
  if (kind === 'tenant') return `${baseUrl}${callsPath}`
  return `the simulator, ${profile} profile${deviation === null ? '' : `, with deviation ${deviation}`}`
}

/** More scenarios than one wants to read line by line. */
const MANY = 40

/**
 * Prints scenarios as they end: a line for each, or where there are many, a line for each feature and for each scenario that did not simply
 * pass.
 * @param query knows all messages of the run so far
 * @param eachScenario a line for each, however many there are, because they take long or the caller asks for it
 * @returns prints a scenario that has ended; `expected`: the baseline lists its outcome
 */
export function scenarioPrinter(
  terminal: ReportTerminal,
  query: Query,
  eachScenario: boolean,
): (scenario: ScenarioVerdict, feature: string, expected: boolean) => void {
  const ended = new Map<string, ScenarioVerdict[]>()
  /** The first scenario of each cause: its reason has been printed. */
  const told = new Map<string, ScenarioVerdict>()
  let selected: ReadonlyMap<string, number> | null = null
  return (scenario, feature, expected) => {
    // Cucumber plans every scenario before it starts the first.
    selected ??= countByFile(query)
    const grouped = !eachScenario && [...selected.values()].reduce((sum, count) => sum + count, 0) > MANY
    if (!grouped || scenario.outcome !== 'passed' || scenario.drift.length > 0 || scenario.warnings.length > 0)
      printScenario(terminal, scenario, expected, sameBefore(told, scenario))
    if (!grouped) return
    const scenarios = [...(ended.get(scenario.uri) ?? []), scenario]
    ended.set(scenario.uri, scenarios)
    if (scenarios.length === selected.get(scenario.uri)) printFeature(terminal, feature, scenarios)
  }
}

/** How many scenarios of each feature file are selected. */
function countByFile(query: Query): ReadonlyMap<string, number> {
  const steps = new Set(query.findAllTestSteps().map(({ pickleStepId }) => pickleStepId))
  const counts = new Map<string, number>()
  for (const { uri, steps: own } of query.findAllPickles())
    if (own.some(({ id }) => steps.has(id))) counts.set(uri, (counts.get(uri) ?? 0) + 1)
  return counts
}

/** The earlier scenario that ended for the same reason; remembers a reason that is new. */
function sameBefore(told: Map<string, ScenarioVerdict>, scenario: ScenarioVerdict): ScenarioVerdict | null {
  const cause = causeOf(scenario)
  const before = cause === null ? null : (told.get(cause) ?? null)
  if (cause !== null && before === null) told.set(cause, scenario)
  return before
}

/** @param same an earlier scenario with the same reason, which is not printed again */
function printScenario(
  terminal: ReportTerminal,
  scenario: ScenarioVerdict,
  expected: boolean,
  same: ScenarioVerdict | null,
): void {
  const { outcome, name, requirements, durationMs, reason, drift } = scenario
  const { mark, colour } = MARKS[outcome]
  const passed = drift.length === 0 ? '' : ` with drift ${drift.join(', ')}`
  const ending = `${outcome === 'passed' ? passed : ` ${outcome}`}${expected ? ', as expected' : ''}`
  terminal.print(
    `  ${painted(terminal, colour, mark)} ${requirements.join(' ').padEnd(6)} ${name}${ending}  ${painted(terminal, 'gray', `${durationMs} ms`)}`,
  )
  const lines = same === null ? (reason?.split('\n') ?? []) : [`the same as ${same.requirements.join(' ')} "${same.name}"`]
  for (const line of lines) terminal.print(`      ${painted(terminal, colour, line)}`)
}

function printFeature(terminal: ReportTerminal, name: string, scenarios: readonly ScenarioVerdict[]): void {
  const passed = scenarios.filter(({ outcome }) => outcome === 'passed').length
  const { mark, colour } = MARKS[passed === scenarios.length ? 'passed' : 'failed']
  const seconds = scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000
  const result = passed === scenarios.length ? `${passed} passed` : `${passed} of ${scenarios.length} passed`
  terminal.print(
    `  ${painted(terminal, colour, mark)} ${name.padEnd(NAME_WIDTH)} ${result}  ${painted(terminal, 'gray', `${seconds.toFixed(1)} s`)}`,
  )
}

/** Prints scenarios and requirements by outcome, so that the reader sees what is not covered. */
export function summary(terminal: ReportTerminal, verdict: Verdict): void {
  const { counts, requirements, cleanup, strayPosts } = verdict
  const drifted = passedWithDrift(verdict.scenarios).length
  const scenarios = [...Object.entries(counts), ['with drift', drifted] as const].flatMap(([outcome, count]) =>
    count === 0 ? [] : [`${count} ${outcome}`],
  )
  const outcomes = [...new Set(requirements.map(({ outcome }) => outcome))].map(
    (outcome) => `${requirements.filter((one) => one.outcome === outcome).length} ${outcome}`,
  )
  terminal.print(`\nScenarios:    ${scenarios.join(', ') || 'none'}`)
  terminal.print(`Requirements: ${outcomes.join(', ')}`)
  terminal.print(
    `Calls:        ${cleanup.made} made, ${cleanup.ended} ended${cleanup.left.length === 0 ? '' : `, LEFT: ${cleanup.left.join(', ')}`}`,
  )
  for (const cause of causesOf(verdict.scenarios).filter(({ scenarios: all }) => all.length > 1))
    terminal.print(
      `Same cause:   ${cause.requirements.join(', ')}, ${cause.scenarios.length} scenarios: ${cause.reason.split('\n', 1)}`,
    )
  if (verdict.baseline !== null) comparison(terminal, verdict.baseline)
  if (strayPosts > 0)
    terminal.print(
      `Stray posts:  ${strayPosts}, to addresses that no bot has: a tunnel or proxy must forward every path below BOT_CALLBACK_URL unchanged`,
    )
  if (verdict.reason !== null) terminal.print(painted(terminal, 'magenta', `\n${verdict.reason}`))
}

/** Prints what the reader of a baseline must act on, entry by entry. */
function comparison(terminal: ReportTerminal, { file, entries, unexpected }: BaselineVerdict): void {
  const counts = ENTRY_STATUSES.map((status) => ({ status, count: entries.filter((one) => one.status === status).length }))
  const parts = counts.flatMap(({ status, count }) => (count === 0 ? [] : [`${count} ${status}`]))
  terminal.print(`Baseline:     ${file}: ${parts.join(', ') || 'no entries'}`)
  for (const { requirement, scenario, expected, link } of entries.filter(({ status }) => status === 'stale'))
    terminal.print(
      painted(
        terminal,
        'red',
        `  stale: nothing of ${requirement ?? scenario} is ${expected} any more, remove the entry (${link})`,
      ),
    )
  for (const { name, outcome, why } of unexpected)
    terminal.print(painted(terminal, 'red', `  unexpected: ${name} ${outcome}: ${why}`))
}

function painted({ colours }: ReportTerminal, colour: Colour, text: string): string {
  return colours ? styleText(colour, text) : text
}

export function exitCodeOf({ outcome }: Verdict): number {
  return EXIT_CODES[outcome]
}

const OUTCOMES: Readonly<Record<RunOutcome, string>> = {
  conformant: 'Conformant',
  'as-expected': 'As expected',
  'non-conformant': 'Non-conformant',
  incomplete: 'Incomplete',
  'harness-error': 'Harness error',
}

/** The last line of a run: the outcome, how many must rules passed and how many were not judged, and where the report is. */
export function lastLine(verdict: Verdict, report: string): string {
  const { passed, of, notApplicable, notCovered, notSelected } = verdict.coverage.must
  const unjudged = [
    [notCovered, 'not covered'],
    [notSelected, 'not selected'],
    [notApplicable, 'not applicable'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  const because =
    verdict.scenarios.length === 0 ? ' (nothing ran)' : verdict.aborted ? ' (interrupted)' : describeBaseline(verdict)
  const rules = `in ${passed} of ${of} must rules${unjudged.length === 0 ? '' : ` (${unjudged.join(', ')})`}`
  return `${OUTCOMES[verdict.outcome]}${because} ${rules}${describeDrift(verdict)}: ${report}`
}

/** How a baseline affects the outcome. */
function describeBaseline({ baseline, outcome }: Verdict): string {
  if (baseline === null || outcome === 'harness-error') return ''
  const counts = [
    [baseline.entries.filter(({ status }) => status === 'met').length, 'known difference', 'known differences'],
    [baseline.unexpected.length, 'not in the baseline', 'not in the baseline'],
    [baseline.entries.filter(({ status }) => status === 'stale').length, 'stale entry', 'stale entries'],
  ] as const
  const parts = counts.flatMap(([count, one, several]) => (count === 0 ? [] : [`${count} ${count === 1 ? one : several}`]))
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

/** How many scenarios passed with a known drift from the page, and with which. */
function describeDrift({ scenarios }: Verdict): string {
  const drifted = passedWithDrift(scenarios)
  const numbers = [...new Set(drifted.flatMap(({ drift }) => drift))].sort()
  if (drifted.length === 0) return ''
  return `, ${drifted.length === 1 ? '1 scenario' : `${drifted.length} scenarios`} with drift ${numbers.join(', ')}`
}

/** Scenarios that passed only with a known drift from the page. */
function passedWithDrift(scenarios: readonly ScenarioVerdict[]): readonly ScenarioVerdict[] {
  return scenarios.filter(({ outcome, drift }) => outcome === 'passed' && drift.length > 0)
}
