// How a run ends for those who started it: the exit code, and the last line.
import { EXIT_CODES, type RunOutcome, type ScenarioVerdict, type Verdict } from '../contract/verdict'

/** The exit code that says so. */
export function exitCodeOf({ outcome }: Verdict): number {
  return EXIT_CODES[outcome]
}

const SAID: Readonly<Record<RunOutcome, string>> = {
  conformant: 'Conformant',
  'as-expected': 'As expected',
  'non-conformant': 'Non-conformant',
  incomplete: 'Incomplete',
  'harness-error': 'Harness error',
}

/** The last line of a run: the outcome, how many must rules bear it out and what of them was not judged, and where the report is. */
export function lastLine(verdict: Verdict, report: string): string {
  const { passed, of, notApplicable, notCovered, notSelected } = verdict.coverage.must
  const unjudged = [
    [notCovered, 'not covered'],
    [notSelected, 'not selected'],
    [notApplicable, 'not applicable'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  const because = verdict.scenarios.length === 0 ? ' (nothing ran)' : verdict.aborted ? ' (interrupted)' : compared(verdict)
  const rules = `in ${passed} of ${of} must rules${unjudged.length === 0 ? '' : ` (${unjudged.join(', ')})`}`
  return `${SAID[verdict.outcome]}${because} ${rules}${withDrift(verdict)}: ${report}`
}

/** What a baseline has to do with the outcome. */
function compared({ baseline, outcome }: Verdict): string {
  if (baseline === null || outcome === 'harness-error') return ''
  const counts = [
    [baseline.entries.filter(({ status }) => status === 'met').length, 'known difference', 'known differences'],
    [baseline.unexpected.length, 'not in the baseline', 'not in the baseline'],
    [baseline.entries.filter(({ status }) => status === 'stale').length, 'stale entry', 'stale entries'],
  ] as const
  const told = counts.flatMap(([count, one, several]) => (count === 0 ? [] : [`${count} ${count === 1 ? one : several}`]))
  return told.length === 0 ? '' : ` (${told.join(', ')})`
}

/** How many scenarios passed with a known drift from the page, and with which. */
function withDrift({ scenarios }: Verdict): string {
  const drifted = passedWithDrift(scenarios)
  const numbers = [...new Set(drifted.flatMap(({ drift }) => drift))].sort()
  if (drifted.length === 0) return ''
  return `, ${drifted.length === 1 ? '1 scenario' : `${drifted.length} scenarios`} with drift ${numbers.join(', ')}`
}

/** Scenarios that passed because a known drift from the page was allowed for. */
export function passedWithDrift(scenarios: readonly ScenarioVerdict[]): readonly ScenarioVerdict[] {
  return scenarios.filter(({ outcome, drift }) => outcome === 'passed' && drift.length > 0)
}
