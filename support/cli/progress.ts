// What a person sees while a run goes on: a line per scenario as it ends, and the failures in full. Colours on a terminal only.
import { styleText } from 'node:util'
import {
  type BaselineVerdict,
  ENTRY_STATUSES,
  type ScenarioOutcome,
  type ScenarioVerdict,
  type Verdict,
} from '../contract/verdict'
import { passedWithDrift } from './summary-line'

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

export interface Terminal {
  readonly print: (line: string) => void
  readonly colours: boolean
}

export function header(terminal: Terminal, { page, revision }: Verdict['document'], target: Verdict['target']): void {
  terminal.print(`\n${painted(terminal, 'bold', `${page} (${revision})`)} against ${whom(target)}\n`)
}

function whom({ kind, baseUrl, callsPath, profile, deviation }: Verdict['target']): string {
  if (kind === 'tenant') return `${baseUrl}${callsPath}`
  return `the simulator, ${profile} profile${deviation === null ? '' : `, with deviation ${deviation}`}`
}

/** @param expected the baseline lists this outcome */
export function scenarioLine(terminal: Terminal, scenario: ScenarioVerdict, expected = false): void {
  const { outcome, name, requirements, durationMs, reason, drift } = scenario
  const { mark, colour } = MARKS[outcome]
  const passed = drift.length === 0 ? '' : ` with drift ${drift.join(', ')}`
  const told = `${outcome === 'passed' ? passed : ` ${outcome}`}${expected ? ', as expected' : ''}`
  terminal.print(
    `  ${painted(terminal, colour, mark)} ${requirements.join(' ').padEnd(6)} ${name}${told}  ${painted(terminal, 'gray', `${durationMs} ms`)}`,
  )
  if (reason !== null) for (const line of reason.split('\n')) terminal.print(`      ${painted(terminal, colour, line)}`)
}

/** A feature whose last scenario has ended: how many of its scenarios passed. */
export function featureLine(terminal: Terminal, name: string, scenarios: readonly ScenarioVerdict[]): void {
  const passed = scenarios.filter(({ outcome }) => outcome === 'passed').length
  const { mark, colour } = MARKS[passed === scenarios.length ? 'passed' : 'failed']
  const seconds = scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000
  const told = passed === scenarios.length ? `${passed} passed` : `${passed} of ${scenarios.length} passed`
  terminal.print(
    `  ${painted(terminal, colour, mark)} ${name.padEnd(NAME_WIDTH)} ${told}  ${painted(terminal, 'gray', `${seconds.toFixed(1)} s`)}`,
  )
}

/** Requirements by outcome, so that what is not covered is seen and not guessed. */
export function summary(terminal: Terminal, verdict: Verdict): void {
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
  if (verdict.baseline !== null) comparison(terminal, verdict.baseline)
  if (strayPosts > 0)
    terminal.print(
      `Stray posts:  ${strayPosts}, to addresses that nobody was given: a tunnel or proxy must forward every path below BOT_CALLBACK_URL unchanged`,
    )
  if (verdict.reason !== null) terminal.print(painted(terminal, 'magenta', `\n${verdict.reason}`))
}

/** What the reader of a baseline must act on, entry by entry. */
function comparison(terminal: Terminal, { file, entries, unexpected }: BaselineVerdict): void {
  const counts = ENTRY_STATUSES.map((status) => ({ status, count: entries.filter((one) => one.status === status).length }))
  const told = counts.flatMap(({ status, count }) => (count === 0 ? [] : [`${count} ${status}`]))
  terminal.print(`Baseline:     ${file}: ${told.join(', ') || 'no entries'}`)
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

function painted({ colours }: Terminal, colour: Colour, text: string): string {
  return colours ? styleText(colour, text) : text
}
