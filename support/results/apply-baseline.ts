// Compares a run with its baseline: each known difference is met or stale, and every other difference is unexpected.
import type { Baseline, KnownDifference } from '../contract/baseline'
import type { BaselineVerdict, RunOutcome, ScenarioVerdict, Verdict } from '../contract/verdict'

/** What decides which entries cover a scenario. */
interface Named {
  readonly name: string
  readonly requirements: readonly string[]
}
type Entries = readonly KnownDifference[]
type EntryVerdict = BaselineVerdict['entries'][number]

/**
 * Takes the known differences into account. Pure: the same record gives the same verdict on any day, because `loadBaseline` checks before
 * the run whether an entry has expired.
 * @param verdict as it is without a baseline
 * @param notSelected scenarios that are there and were not selected: an entry is not stale because of them
 */
export function applyBaseline(verdict: Verdict, { file, entries }: Baseline, notSelected: readonly Named[]): Verdict {
  const judged = entries.map((entry) => entryVerdict(entry, entries, verdict.scenarios, notSelected))
  const unexpected = verdict.scenarios.filter((scenario) => hinders(scenario, verdict) && !isExpected(scenario, entries))
  const outcome = outcomeWith(verdict, judged, unexpected)
  return {
    ...verdict,
    outcome,
    baseline: {
      file,
      asExpected: outcome === 'as-expected',
      outcomeWithout: verdict.outcome as BaselineVerdict['outcomeWithout'],
      entries: judged,
      unexpected: unexpected.map((scenario) => {
        const { name, uri, line, outcome } = scenario
        return { name, uri, line, outcome, why: whyUnexpected(scenario, entries) }
      }),
    },
  }
}

/**
 * Whether a scenario differs, and as listed. By requirement every requirement of the scenario must be listed with that outcome: a
 * known difference from one rule never hides another from the next.
 */
export function isExpected(scenario: ScenarioVerdict, entries: Entries): boolean {
  const difference = differenceOf(scenario)
  if (difference === null) return false
  const listed = covering(scenario, entries).filter(({ expected }) => expected === difference)
  return listed.length > 0 && (isByName(listed) || unlisted(scenario, listed).length === 0)
}

/** How a scenario differs from one that simply passed; null when it does not. */
function differenceOf({ outcome, warnings }: ScenarioVerdict) {
  if (outcome === 'passed') return warnings.length > 0 ? 'warning' : null
  return outcome
}

/** An entry that names the scenario is the more exact one and counts alone; otherwise those of its requirements do. */
function covering({ name, requirements }: Named, entries: Entries): Entries {
  const byName = entries.filter(({ scenario }) => scenario === name)
  if (byName.length > 0) return byName
  return entries.filter(({ requirement }) => requirement !== null && requirements.includes(requirement))
}

const isByName = (entries: Entries) => entries.some(({ scenario }) => scenario !== null)

const unlisted = ({ requirements }: Named, listed: Entries) =>
  requirements.filter((id) => !listed.some(({ requirement }) => requirement === id))

/** Whether the outcome of a scenario keeps a run from being conformant: on the simulator everything applies. */
function hinders({ outcome }: ScenarioVerdict, { target }: Verdict): boolean {
  return outcome !== 'passed' && (outcome !== 'not-applicable' || target.kind === 'simulator')
}

function entryVerdict(
  entry: KnownDifference,
  entries: Entries,
  scenarios: readonly ScenarioVerdict[],
  notSelected: readonly Named[],
): EntryVerdict {
  const covers = (scenario: Named) => covering(scenario, entries).includes(entry)
  const own = scenarios.filter(covers)
  const missing = notSelected.some(covers)
  const met = own.filter((scenario) => differenceOf(scenario) === entry.expected)
  const unjudged = own.some(({ outcome }) => outcome !== 'passed' && outcome !== 'failed')
  const otherwise = own.length === 0 && missing ? 'not-selected' : missing || unjudged ? 'undecided' : 'stale'
  return { ...entry, status: met.length > 0 ? 'met' : otherwise, scenarios: [...new Set(met.map(({ name }) => name))] }
}

/** A baseline hides neither a harness error nor a call that was left, an interruption or a stale entry. */
function outcomeWith(
  { outcome, aborted, cleanup, scenarios }: Verdict,
  entries: readonly EntryVerdict[],
  unexpected: readonly ScenarioVerdict[],
): RunOutcome {
  const any = (status: EntryVerdict['status']) => entries.some((entry) => entry.status === status)
  if (outcome === 'harness-error') return 'harness-error'
  if (any('stale') || unexpected.some((scenario) => scenario.outcome === 'failed')) return 'non-conformant'
  if (unexpected.length > 0 || aborted || cleanup.left.length > 0 || scenarios.length === 0) return 'incomplete'
  return any('met') ? 'as-expected' : 'conformant'
}

function whyUnexpected(scenario: ScenarioVerdict, entries: Entries): string {
  const listed = covering(scenario, entries)
  if (scenario.outcome === 'harness-error') return 'a harness-error is the fault of the suite and never expected of a target'
  if (listed.length === 0) return 'no entry covers it'
  const others = [...new Set(listed.map(({ expected }) => expected))].filter((expected) => expected !== scenario.outcome)
  if (others.length > 0) return `listed as ${others.join(' and as ')}`
  return `${unlisted(scenario, listed).join(' and ')}, which it shows as well, is not listed`
}
