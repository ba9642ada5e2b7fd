// What makes a verdict weaker than it reads: rules that were not judged, assumptions, drift, warnings, interruption, calls left behind.
import type { Requirement } from '../../contract/requirements'
import type { RequirementOutcome, Verdict } from '../../contract/verdict'
import { OUTCOME_WORDS } from './wording'

export interface Doubt {
  /** A short sentence. */
  readonly title: string
  /** Each a sentence or a list of numbers with a reason. */
  readonly details: readonly string[]
}

const count = (number: number, one: string, several = `${one}s`) => `${number} ${number === 1 ? one : several}`

/** @param cutOff why the record ends before the run did; null where it does not */
export function doubtsOf(verdict: Verdict, requirements: readonly Requirement[], cutOff: string | null): readonly Doubt[] {
  return [
    ...ofTheRun(verdict, cutOff),
    ...ofTheTarget(verdict),
    ...ofRules(verdict),
    ...ofScenarios(verdict),
    ...ofAssumptions(verdict, requirements),
    ...ofTheBaseline(verdict),
  ]
}

function ofTheRun(
  { outcome, aborted, reason, scenarios, cleanup, strayPosts }: Verdict,
  cutOff: string | null,
): readonly Doubt[] {
  const left = cleanup.left.length
  return [
    ...(cutOff !== null || aborted
      ? [{ title: 'The run was cut off before its end', details: [cutOff ?? 'What had not begun was not judged.'] }]
      : []),
    ...(reason === null
      ? []
      : [
          {
            title:
              outcome === 'harness-error'
                ? 'The suite itself failed, so this verdict says little about the target'
                : 'The record is not whole',
            details: [reason],
          },
        ]),
    ...(scenarios.length === 0 ? [{ title: 'Nothing ran', details: ['No scenario was selected or could start.'] }] : []),
    ...(left === 0
      ? []
      : [
          {
            title: `${count(left, 'call')} may still be open`,
            details: ['npm run doctor -- --clean-up ends what can be ended.', ...cleanup.left],
          },
        ]),
    ...(strayPosts === 0
      ? []
      : [
          {
            title: `${count(strayPosts, 'post')} came to addresses that no bot has`,
            details: ['A tunnel or proxy must forward every path below BOT_CALLBACK_URL unchanged.'],
          },
        ]),
  ]
}

function ofTheTarget({ target, strict }: Verdict): readonly Doubt[] {
  return [
    ...(target.deviation === null
      ? []
      : [
          {
            title: `The simulator breaks a rule on purpose: deviation ${target.deviation}`,
            details: ['This run shows what the suite detects. It says nothing about Microsoft Graph.'],
          },
        ]),
    ...(target.kind === 'simulator'
      ? [
          {
            title: 'The target is the simulator of this project, not Microsoft Graph',
            details: [
              'It shows that the scenarios hold against a model of the documentation. It does not show what the service does today.',
            ],
          },
        ]
      : []),
    ...(strict ? [] : [{ title: 'The run is not strict: drift and warnings do not fail it', details: [] }]),
  ]
}

/** Outcomes of rules that were not judged, in the order of the page. */
const UNJUDGED: readonly RequirementOutcome[] = ['could-not-run', 'not-applicable', 'not-covered', 'not-selected']

function ofRules({ requirements }: Verdict): readonly Doubt[] {
  const doubts = UNJUDGED.flatMap((outcome): readonly Doubt[] => {
    const own = requirements.filter((one) => one.outcome === outcome)
    if (own.length === 0) return []
    return [{ title: `${count(own.length, 'rule')}: ${OUTCOME_WORDS[outcome].words}`, details: byReason(own) }]
  })
  const partial = requirements.filter((one) => one.partial)
  if (partial.length === 0) return doubts
  return [
    ...doubts,
    {
      title: `${count(partial.length, 'rule')} judged in part: some scenarios did not run`,
      details: [partial.map(({ id }) => id).join(', ')],
    },
  ]
}

/** One line for each reason, with the numbers that share it. */
function byReason(rules: readonly { readonly id: string; readonly reason: string | null }[]): readonly string[] {
  const reasons = new Map<string, string[]>()
  for (const { id, reason } of rules) {
    const [line = ''] = (reason ?? '').split('\n')
    reasons.set(line, [...(reasons.get(line) ?? []), id])
  }
  return [...reasons].map(([reason, ids]) => (reason === '' ? ids.join(', ') : `${ids.join(', ')}: ${reason}`))
}

/** The text by which a scenario fails whose bot refused a post. */
const REFUSED_POST = /^the bot refused a post/

function ofScenarios({ scenarios }: Verdict): readonly Doubt[] {
  const drifted = scenarios.filter(({ drift }) => drift.length > 0)
  const warned = scenarios.filter(({ warnings }) => warnings.length > 0)
  const refused = scenarios.filter(({ reason }) => REFUSED_POST.test(reason ?? ''))
  const numbers = [...new Set(drifted.flatMap(({ drift }) => drift))].sort()
  return [
    ...(drifted.length === 0
      ? []
      : [{ title: `${count(drifted.length, 'scenario')} relied on known drift from the page`, details: [numbers.join(', ')] }]),
    ...(warned.length === 0
      ? []
      : [
          {
            title: `${count(warned.length, 'scenario')} passed with a warning`,
            details: warned.map(
              ({ requirements, name, warnings }) => `${requirements.join(', ')}, ${name}: ${warnings.join('; ').split('\n')[0]}`,
            ),
          },
        ]),
    ...(refused.length === 0
      ? []
      : [
          {
            title: `The bot refused posts in ${count(refused.length, 'scenario')}`,
            details: refused.map(({ requirements, name, reason }) => `${requirements.join(', ')}, ${name}: ${reason}`),
          },
        ]),
  ]
}

function ofAssumptions({ requirements: judged }: Verdict, requirements: readonly Requirement[]): readonly Doubt[] {
  const passed = new Set(judged.flatMap(({ id, outcome }) => (outcome === 'passed' || outcome === 'warning' ? [id] : [])))
  const relied = (basis: Requirement['basis'][number]) =>
    requirements.filter((one) => passed.has(one.id) && one.basis.every((of) => of === basis)).map(({ id }) => id)
  const [assumed, observed] = [relied('assumption'), relied('observed')]
  return [
    ...(assumed.length === 0
      ? []
      : [
          {
            title: `${count(assumed.length, 'rule')} passed that no document states: we assume them`,
            details: [assumed.join(', ')],
          },
        ]),
    ...(observed.length === 0
      ? []
      : [
          { title: `${count(observed.length, 'rule')} passed that are observed, not documented`, details: [observed.join(', ')] },
        ]),
  ]
}

function ofTheBaseline({ baseline }: Verdict): readonly Doubt[] {
  if (baseline === null) return []
  const met = baseline.entries.filter(({ status }) => status === 'met')
  const stale = baseline.entries.filter(({ status }) => status === 'stale')
  const line = ({ requirement, scenario, expected, reason, link }: (typeof met)[number]) =>
    `${requirement ?? scenario}, expected ${expected}: ${reason} ${link}`
  return [
    ...(met.length === 0
      ? []
      : [
          {
            title: `${count(met.length, 'known difference')} of this target, excused by the baseline ${baseline.file}`,
            details: met.map(line),
          },
        ]),
    ...(stale.length === 0
      ? []
      : [{ title: `${count(stale.length, 'entry', 'entries')} of the baseline no longer met`, details: stale.map(line) }]),
  ]
}
