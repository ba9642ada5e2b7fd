// How a run ends for those who started it: the exit code, and the last line.
import { EXIT_CODES, type RunOutcome, type Verdict } from '../contract/verdict'

/** The exit code that says so. */
export function exitCodeOf({ outcome }: Verdict): number {
  return EXIT_CODES[outcome]
}

const SAID: Readonly<Record<RunOutcome, string>> = {
  conformant: 'Conformant',
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
  const because = verdict.scenarios.length === 0 ? ' (nothing ran)' : verdict.aborted ? ' (interrupted)' : ''
  return `${SAID[verdict.outcome]}${because} in ${passed} of ${of} must rules${unjudged.length === 0 ? '' : ` (${unjudged.join(', ')})`}: ${report}`
}
