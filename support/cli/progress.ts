// Prints a run for a person: the header, scenarios as they end with failures in full, and the summary with its last line.
import { styleText } from 'node:util'
import { DEFAULT_CALLS_PATH, revisionOf } from '../contract/revisions'
import {
  type BaselineVerdict,
  ENTRY_STATUSES,
  EXIT_CODES,
  type RunOutcome,
  type ScenarioOutcome,
  type ScenarioVerdict,
  type Verdict,
  whyNotStarted,
} from '../contract/verdict'
import { isExpected } from '../results/apply-baseline'
import { type Cause, causeOf, causesOf } from '../results/causes'
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

export function header(terminal: ReportTerminal, target: Verdict['target']): void {
  const { id, pages } = revisionOf(target.callsPath)
  terminal.print(`\n${painted(terminal, 'bold', `${pages[0]?.title} (${id})`)} against ${describeTarget(target)}\n`)
}

function describeTarget({ kind, baseUrl, callsPath, profile, deviation }: Verdict['target']): string {
  if (kind === 'tenant') return `${baseUrl}${callsPath}`
  const path = callsPath === DEFAULT_CALLS_PATH ? '' : `, calls under ${callsPath}`
  return `the simulator, ${profile} profile${path}${deviation === null ? '' : `, with deviation ${deviation}`}`
}

/** More scenarios than one wants to read line by line. */
const MANY = 40

/**
 * Prints scenarios as they end: a line for each, or where there are many, a line for each feature and for each scenario that did not simply
 * pass.
 * @param query knows all messages of the run so far
 * @param eachScenario a line for each, however many there are, because they take long or the caller asks for it
 * @param countdown says how many have ended and how long the others may take
 * @returns prints a scenario that has ended; `expected`: the baseline lists its outcome
 */
export function scenarioPrinter(
  terminal: ReportTerminal,
  query: Query,
  { eachScenario, countdown = false }: { readonly eachScenario: boolean; readonly countdown?: boolean },
): (scenario: ScenarioVerdict, feature: string, expected: boolean) => void {
  const ended = new Map<string, ScenarioVerdict[]>()
  /** The first scenario of each cause: its reason has been printed. */
  const printed = new Map<string, ScenarioVerdict>()
  let selected: ReadonlyMap<string, number> | null = null
  let [count, tookMs] = [0, 0]
  return (scenario, feature, expected) => {
    // Cucumber plans every scenario before it starts the first.
    selected ??= countByFile(query)
    const all = [...selected.values()].reduce((sum, some) => sum + some, 0)
    const grouped = !eachScenario && all > MANY
    count++
    tookMs += scenario.durationMs
    const left = countdown ? `  (${count} of ${all}${describeTimeLeft(all - count, tookMs / count)})` : ''
    if (!grouped || scenario.outcome !== 'passed' || scenario.drift.length > 0 || scenario.warnings.length > 0)
      printScenario(terminal, scenario, expected, sameBefore(printed, scenario), left)
    if (!grouped) return
    const scenarios = [...(ended.get(scenario.uri) ?? []), scenario]
    ended.set(scenario.uri, scenarios)
    if (scenarios.length === selected.get(scenario.uri)) printFeature(terminal, feature, scenarios)
  }
}

/** @param eachMs how long a scenario took on average */
function describeTimeLeft(scenarios: number, eachMs: number): string {
  const seconds = (scenarios * eachMs) / 1000
  if (scenarios === 0) return ''
  return seconds < 90 ? `, about ${Math.ceil(seconds)} s left` : `, about ${Math.round(seconds / 60)} min left`
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
function sameBefore(printed: Map<string, ScenarioVerdict>, scenario: ScenarioVerdict): ScenarioVerdict | null {
  const cause = causeOf(scenario)
  const before = cause === null ? null : (printed.get(cause) ?? null)
  if (cause !== null && before === null) printed.set(cause, scenario)
  return before
}

/**
 * @param same an earlier scenario with the same reason, which is not printed again
 * @param left how many scenarios are left, on a tenant
 */
function printScenario(
  terminal: ReportTerminal,
  scenario: ScenarioVerdict,
  expected: boolean,
  same: ScenarioVerdict | null,
  left: string,
): void {
  const { outcome, name, requirements, durationMs, reason, drift } = scenario
  const { mark, colour } = MARKS[outcome]
  const passed = drift.length === 0 ? '' : ` with drift ${drift.join(', ')}`
  const ending = `${outcome === 'passed' ? passed : ` ${outcome}`}${expected ? ', as expected' : ''}`
  terminal.print(
    `  ${painted(terminal, colour, mark)} ${requirements.join(' ').padEnd(6)} ${name}${ending}  ${painted(terminal, 'gray', `${durationMs} ms${left}`)}`,
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

/** So many reasons are printed at the end. */
const MOST_CAUSES = 20
/** So many scenarios of a reason are named in its command. */
const MOST_NAMES = 3

/**
 * Prints what did not simply pass once more, each reason once, with the command that runs its scenarios again; and how many scenarios were not
 * started, and why. What a baseline expects is left out.
 * @param command with the options that a repetition needs
 */
export function failures(terminal: ReportTerminal, { scenarios, baseline }: Verdict, command: string): void {
  const causes = causesOf(
    scenarios.filter(
      (scenario) =>
        scenario.outcome !== 'passed' &&
        scenario.outcome !== 'not-applicable' &&
        whyNotStarted(scenario) === null &&
        !isExpected(scenario, baseline?.entries ?? []),
    ),
  )
  if (causes.length > 0) terminal.print('\nWhat did not pass:')
  for (const cause of causes.slice(0, MOST_CAUSES)) printCause(terminal, cause, command)
  if (causes.length > MOST_CAUSES) terminal.print(`  ... and ${causes.length - MOST_CAUSES} further reasons: see the report`)
  const unstarted = scenarios.flatMap((scenario) => whyNotStarted(scenario) ?? [])
  for (const why of new Set(unstarted)) {
    const count = unstarted.filter((one) => one === why).length
    const hint = DOCTOR_KNOWS.test(why) ? '; "npm run doctor" says what to fix' : ''
    const line = `${count} ${count === 1 ? 'scenario was' : 'scenarios were'} not started: ${why}${hint}`
    terminal.print(`\n  ${painted(terminal, 'yellow', `? ${line}`)}`)
  }
}

/** Reasons to end a run that the doctor can explain. */
const DOCTOR_KNOWS = /unreachable$|refused$|cannot be opened$/

function printCause(terminal: ReportTerminal, { outcome, reason, requirements, scenarios }: Cause, command: string): void {
  const { mark, colour } = MARKS[outcome]
  const more = scenarios.length === 1 ? '' : ` (and ${scenarios.length - 1} more for the same reason)`
  terminal.print(`  ${painted(terminal, colour, mark)} ${requirements.join(' ').padEnd(6)} ${scenarios[0].name}${more}`)
  if (reason !== null) terminal.print(`      ${painted(terminal, colour, reason.split('\n', 1)[0] ?? '')}`)
  const byName = scenarios.map(({ name }) => `--name "^${anyPunctuation(name)}$"`)
  const byRequirement = requirements.map((id) => `--requirement ${id}`)
  const chosen = scenarios.length <= MOST_NAMES || requirements.length === 0 ? byName : byRequirement
  terminal.print(`      ${painted(terminal, 'gray', `${command} ${chosen.join(' ')}`)}`)
}

/** A pattern for a name that means the same to every shell and in every regular expression. */
const anyPunctuation = (name: string) => name.replace(/[^\p{L}\p{N} ,:-]/gu, '.')

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
  const { seed } = verdict.selection
  if (seed !== null) terminal.print(`Order:        random; --order random:${seed} repeats it`)
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

/** The last line of a run: the outcome, what was broken or not judged, what was not looked at, and where the report is. */
export function lastLine(verdict: Verdict, report: string): string {
  const { notApplicable, notCovered, notSelected } = verdict.coverage.must
  const unexercised = [
    [notCovered, 'not covered'],
    [notSelected, 'not selected'],
    [notApplicable, 'not applicable'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  const sentence = [SENTENCES[verdict.outcome](verdict), ...unexercised].join(', ')
  return `${OUTCOMES[verdict.outcome]}: ${sentence}${describeDrift(verdict)}. ${report}`
}

/** What each outcome says of the rules. */
const SENTENCES: Readonly<Record<RunOutcome, (verdict: Verdict) => string>> = {
  conformant: (verdict) => `${held(verdict)} hold`,
  'as-expected': (verdict) => `${describeBaseline(verdict)}, ${held(verdict)} hold`,
  'non-conformant': (verdict) => {
    const broken = verdict.requirements.filter(({ outcome }) => outcome === 'failed')
    const must = broken.filter(({ level }) => level === 'must')
    const others = broken.filter(({ level }) => level !== 'must')
    const parts = [
      `${counted(verdict, must)} broken${named(must)}`,
      others.length === 0 ? '' : `${others.length} other ${others.length === 1 ? 'rule' : 'rules'} broken${named(others)}`,
      describeBaseline(verdict),
      notJudged(verdict).length === 0 ? '' : `${notJudged(verdict).length} not judged`,
      verdict.aborted ? 'interrupted' : '',
    ]
    return parts.filter((part) => part !== '').join(', ')
  },
  incomplete: (verdict) => {
    const rules = notJudged(verdict)
    return `${rules.length > 0 ? `${counted(verdict, rules)} not judged` : `${held(verdict)} hold`} (${whyIncomplete(verdict)})`
  },
  'harness-error': ({ reason, counts }) => {
    const count = counts['harness-error']
    if (reason !== null) return reason.split('\n', 1)[0]?.replace(/\.$/, '') ?? ''
    if (count > 0) return `${count} ${count === 1 ? 'scenario' : 'scenarios'} ended with a fault of the suite`
    return 'the simulator can be judged in every scenario, and was not'
  },
}

type Rules = Verdict['requirements']

const held = ({ coverage: { must } }: Verdict) => `${must.passed} of ${must.of} must rules`
const counted = ({ coverage: { must } }: Verdict, rules: Rules) => `${rules.length} of ${must.of} must rules`
const notJudged = ({ requirements }: Verdict) =>
  requirements.filter(({ level, outcome }) => level === 'must' && outcome === 'could-not-run')

/** So many ids are named in the last line. */
const MOST_IDS = 8

function named(rules: Rules): string {
  if (rules.length === 0) return ''
  const ids = rules.slice(0, MOST_IDS).map(({ id }) => id)
  return ` (${ids.join(', ')}${rules.length > MOST_IDS ? ` and ${rules.length - MOST_IDS} more` : ''})`
}

/** Longer reasons stand above only. */
const LONGEST_REASON = 120

function whyIncomplete({ aborted, scenarios, cleanup }: Verdict): string {
  if (aborted) return 'interrupted'
  if (scenarios.length === 0) return 'nothing ran'
  const stopped = scenarios.map(whyNotStarted).find((why) => why !== null)
  if (stopped !== undefined && stopped !== null) return stopped
  const reasons = [...new Set(scenarios.flatMap(({ outcome, reason }) => (outcome === 'could-not-run' ? [reason ?? ''] : [])))]
  const [only = `${cleanup.left.length} ${cleanup.left.length === 1 ? 'call' : 'calls'} left`] = reasons
  return reasons.length > 1 || only.length > LONGEST_REASON ? 'for the reasons above' : only
}

/** How a baseline affects the outcome; empty without one. */
function describeBaseline({ baseline }: Verdict): string {
  if (baseline === null) return ''
  const counts = [
    [baseline.entries.filter(({ status }) => status === 'met').length, 'known difference', 'known differences'],
    [baseline.unexpected.length, 'not in the baseline', 'not in the baseline'],
    [baseline.entries.filter(({ status }) => status === 'stale').length, 'stale entry', 'stale entries'],
  ] as const
  return counts.flatMap(([count, one, several]) => (count === 0 ? [] : [`${count} ${count === 1 ? one : several}`])).join(', ')
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
