// Words that the reports share: outcomes, levels and bases for a reader who knows no code, and the command that repeats a run.
import type { Requirement, RequirementBasis } from '../../contract/requirements'
import { DEFAULT_CALLS_PATH } from '../../contract/revisions'
import type { RequirementOutcome, Verdict } from '../../contract/verdict'

/** A sign and words for each outcome: never colour alone. */
export const OUTCOME_WORDS: Readonly<Record<RequirementOutcome, { readonly sign: string; readonly words: string }>> = {
  passed: { sign: '✓', words: 'passed' },
  failed: { sign: '✗', words: 'failed' },
  'harness-error': { sign: '!', words: 'fault of the suite' },
  'could-not-run': { sign: '?', words: 'could not run' },
  'not-applicable': { sign: '–', words: 'not applicable' },
  warning: { sign: '⚠', words: 'warning' },
  'not-covered': { sign: '∅', words: 'not covered' },
  'not-selected': { sign: '○', words: 'not selected' },
}

export const BASIS_WORDS: Readonly<Record<RequirementBasis, string>> = {
  page: 'documented on the page',
  elsewhere: 'documented by Microsoft on another page',
  observed: 'observed in public traffic or issues, not documented',
  assumption: 'an assumption of this project, not documented',
}

export function describeBasis({ basis }: Pick<Requirement, 'basis'>): string {
  return basis.map((one) => BASIS_WORDS[one]).join('; ')
}

/** What the target was held to: the page on creating calls, and how many others. */
export function describeDocument({ revision, pages }: Verdict['document']): string {
  const dates = new Map(pages.map(({ title, date }) => [title, date]))
  const [first = ['', '']] = dates
  const others = dates.size === 1 ? '' : ` and ${dates.size - 1} more page${dates.size === 2 ? '' : 's'}`
  return `“${first[0]}” of ${first[1]}${others}, revision ${revision}`
}

/** The target in words; a deviation that was armed is part of it. */
export function describeTarget({ kind, baseUrl, callsPath, profile, deviation }: Verdict['target']): string {
  if (kind === 'tenant') return `Microsoft Graph at ${baseUrl}, calls under ${callsPath}`
  const armed = deviation === null ? '' : `, which breaks a rule on purpose (deviation ${deviation})`
  return `the simulator of this project, ${profile} profile, calls under ${callsPath}${armed}`
}

export function describeDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** An argument for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/**
 * The command that repeats a run, or one scenario of it against the same target.
 * @param scenario its name; null for the whole run
 */
export function commandOf({ target, selection, strict, baseline }: Verdict, scenario: string | null = null): string {
  const isSimulator = target.kind === 'simulator'
  const strictUnlessSaid = isSimulator && target.profile === 'documented'
  const { tags, requirements, stages, names, shard, seed } = selection
  const selected =
    scenario === null
      ? [
          ...(tags === null ? [] : ['--tags', tags]),
          ...requirements.flatMap((id) => ['--requirement', id]),
          ...stages.flatMap((stage) => ['--stage', stage]),
          ...names.flatMap((name) => ['--name', name]),
          ...(shard === null ? [] : ['--shard', shard]),
          ...(seed === null ? [] : ['--order', `random:${seed}`]),
        ]
      : ['--name', `^${scenario.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`]
  const options = [
    ...(isSimulator ? [] : ['--target', 'tenant']),
    ...(!isSimulator || target.callsPath === DEFAULT_CALLS_PATH ? [] : ['--calls-path', target.callsPath]),
    ...(target.profile === null || target.profile === 'documented' ? [] : ['--profile', target.profile]),
    ...(target.deviation === null ? [] : ['--deviation', target.deviation]),
    ...(strict === strictUnlessSaid ? [] : [strict ? '--strict' : '--no-strict']),
    ...(baseline === null || scenario !== null ? [] : ['--baseline', baseline.file]),
    ...selected,
  ]
  return ['npm run conformance', ...(options.length === 0 ? [] : ['--', ...options.map(quoted)])].join(' ')
}
