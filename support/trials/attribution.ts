// Decides from the result of a trial whether a deviation was caught for its own reason, and whether a variation was accepted. Pure.
import type { DeviationsReport, DeviationVerdict, Stray, VariationVerdict } from '../contract/deviations'
import type { DeviationInfo, VariationInfo } from '../mutation'
import { isOfExamples, type Written } from './plan'
import type { Catches, TrialResult, Tried } from './trial'

interface Allowance {
  /** The broken requirement, or the beginning of the id. */
  readonly broken: RegExp
  /** Requirements whose scenarios may fail as well. */
  readonly seenBy: RegExp
  readonly reason: string
}

/** Where a deviation may fail scenarios of other requirements, from the most general row down. */
export const ALLOWED: readonly Allowance[] = [
  {
    broken: /-in-order-/,
    seenBy: /./,
    reason: 'Graph refuses or punishes valid requests: every scenario that sends one may see it',
  },
  {
    broken: /^CC-(0[124]|25|40|54)$|^answer-(call|join)\/id\//,
    seenBy: /./,
    reason: 'every scenario checks status and JSON of a response, and one that makes a call its id and the first notification',
  },
  {
    broken: /^CC-(03|2\d)/,
    seenBy: /^CC-(02|05b|2\d.?|13|19b|5[23])$/,
    reason:
      'parts of one answer: CC-02 checks its type, CC-13 and CC-19b compare the whole answer with its Location, CC-53 what follows with it, and CC-05b and CC-52 the call that Graph gives',
  },
  {
    broken: /^CC-(4\d.?|50)$/,
    seenBy: /^CC-(0[1457]b?|13|2[23]|29.?|4\d.?|5\d.?|6\d|7\d)$/,
    reason: 'tables compare notifications with the printed ones, and an invalid post is missing in every table',
  },
  {
    broken: /^CC-/,
    seenBy: /^(?!CC-)/,
    reason:
      'an operation needs a call that works: its scenarios begin with the creation of a call, its notifications and its roster',
  },
  {
    broken: /^MU-/,
    seenBy: /^CC-5[34]/,
    reason: 'scenarios of what Graph says again, and of how its JSON reads, mute a bot and read the roster',
  },
  {
    broken: /^CC-3[0-5]$/,
    seenBy: /./,
    reason: 'an example follows every rule: a scenario of one of these rules sees a fault of the example',
  },
  {
    broken: /^CC-6\d$/,
    seenBy: /^CC-(29|4[235-7]|5[23]|54b|6\d|72)$/,
    reason:
      'tables of whole sequences show guests and the ends of calls and share their rows, and other scenarios wait for an end',
  },
  {
    broken: /^CC-(0[6-9]|1[0-2])$/,
    seenBy: /^CC-(0[4-9]|1[0-2]|2[23]|29b?|4[02589]|5[023])$/,
    reason: 'one application asks for several forms of calls, media require a further permission, and a second bot may only join',
  },
  {
    broken: /^CC-(05|15|16)$/,
    seenBy: /^CC-(04|05b?|15|16|54)$/,
    reason: 'Graph refuses missing and bad tokens with the same answer, which is JSON like every other',
  },
  { broken: /^CC-14$/, seenBy: /^CC-04$/, reason: 'one of the refusals whose JSON is looked at is of a body that is no JSON' },
  {
    broken: /^CC-19$/,
    seenBy: /^CC-(22c?|29|42|53|66)$/,
    reason: 'scenarios of other requirements send the optional members, too',
  },
  {
    broken: /^CC-29$/,
    seenBy: /^CC-(05b|13|29b|42|45|48|5[23]|54b|6[578])$/,
    reason: 'scenarios ask Graph for a call or end one, and a roster shows the bot by the id of the answer',
  },
]

/** The reason why a scenario of another requirement may see a deviation; null when it may not. */
export function allowance(
  { id, requirement }: Pick<DeviationInfo, 'id' | 'requirement'>,
  { requirements }: Pick<Tried, 'requirements'>,
): string | null {
  const row = ALLOWED.find(
    ({ broken, seenBy }) => (broken.test(requirement) || broken.test(id)) && requirements.some((one) => seenBy.test(one)),
  )
  return row?.reason ?? null
}

/** The length of a quoted message, in characters: its subject stands in the beginning. */
const QUOTED = 400

/**
 * Caught: a scenario of the broken requirement failed by an assertion or an asserted deadline, and its message names the subject. A step
 * time limit, an exception of the suite and a scenario that could not run do not count.
 */
function catches({ requirement, names }: DeviationInfo, { requirements, outcome, reason }: Tried): boolean {
  return requirements.includes(requirement) && outcome === 'failed' && isNamed(reason ?? '', names)
}

/** The verdict on a deviation, from the scenarios that ran: by default those of its requirement until one catches it. */
export function attribute(deviation: DeviationInfo, { scenarios, crash, durationMs }: TrialResult): DeviationVerdict {
  const { id, requirement, kind, description } = deviation
  const own = scenarios.filter(({ requirements }) => requirements.includes(requirement))
  const by = own.filter((one) => catches(deviation, one))
  const others = scenarios.filter((one) => one.outcome !== 'passed' && !own.includes(one))
  const allowed = others.filter((one) => one.outcome === 'failed' && (isOfExamples(one) || allowance(deviation, one) !== null))
  const strays = others.filter((one) => !allowed.includes(one) && !isOfExamples(one))
  const detected = by.length > 0
  const fault = crash ?? (detected ? describeStrays(strays) : describeSurvivor(own, others, requirement))
  return {
    id,
    requirement,
    kind,
    description,
    detected: detected && crash === null,
    by: by.map(({ name }) => name),
    alsoSeenBy: allowed.map(({ name }) => name),
    wronglySeenBy: [...own.filter((one) => one.outcome !== 'passed' && !by.includes(one)), ...strays].map(strayOf),
    fault,
    durationMs,
  }
}

/** The scenarios that no deviation of their requirements fails: nothing shows that they can fail. */
export function unfailed(scenarios: readonly Written[], verdicts: readonly DeviationVerdict[]): DeviationsReport['unfailed'] {
  const failed = new Set(verdicts.flatMap(({ by }) => by))
  return scenarios
    .filter(({ name }) => !failed.has(name))
    .map(({ name, requirements }) => ({ scenario: name, requirements: [...requirements] }))
}

/** Finds the deviation by its id and checks whether a scenario catches it. */
export function catchesAmong(deviations: readonly DeviationInfo[]): Catches {
  const byId = new Map(deviations.map((one) => [one.id, one]))
  return (id, tried) => {
    const deviation = byId.get(id)
    return deviation !== undefined && catches(deviation, tried)
  }
}

function isNamed(message: string, names: RegExp | string): boolean {
  return typeof names === 'string' ? message.includes(names) : names.test(message)
}

function describeStrays([first, ...rest]: readonly Tried[]): string | null {
  if (first === undefined) return null
  const others = rest.length === 0 ? '' : ` and ${rest.length} more`
  return `it is also seen by "${first.name}" (${first.requirements.join(', ')})${others}, which is of an unrelated requirement`
}

function describeSurvivor(own: readonly Tried[], others: readonly Tried[], requirement: string): string {
  if (own.length === 0) return `no scenario is tagged @${requirement}`
  const failed = own.find(({ outcome }) => outcome === 'failed')
  if (failed !== undefined) return `"${failed.name}" fails without naming it: ${quoted(failed.reason)}`
  const odd = own.find(({ outcome }) => outcome !== 'passed')
  if (odd !== undefined) return `"${odd.name}" is ${odd.outcome}, which does not count: ${quoted(odd.reason)}`
  const elsewhere = others.length === 0 ? '' : `; "${others[0]?.name}" sees it`
  return `every scenario of ${requirement} passes${elsewhere}`
}

/** A variation is conformant when every scenario that ran passed. */
export function judgeVariation(
  { id, kind, description }: VariationInfo,
  { scenarios, crash, durationMs }: TrialResult,
): VariationVerdict {
  const failed = scenarios.filter(({ outcome }) => outcome !== 'passed')
  const ours = crash !== null || scenarios.length === 0 || failed.some(({ outcome }) => outcome !== 'failed')
  return {
    id,
    kind,
    description,
    outcome: ours ? 'harness-error' : failed.length > 0 ? 'non-conformant' : 'conformant',
    failedBy: failed.map(strayOf),
    durationMs,
  }
}

function strayOf({ name, requirements, outcome, reason }: Tried): Stray {
  return { scenario: name, requirements: [...requirements], outcome, reason: reason === null ? null : quoted(reason) }
}

function quoted(text: string | null): string {
  const line = (text ?? '').replace(/\s*\n\s*/g, ' | ')
  return line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line
}
