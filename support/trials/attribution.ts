// Whether a deviation was caught for its own reason: a pure judgement on the result of its trial.
import type { DeviationsReport, DeviationVerdict, Stray, TwinVerdict } from '../contract/deviations'
import type { DeviationInfo, TwinInfo } from '../mutation'
import { allowance } from './allowed-side-effects'
import { isOfExamples, type Written } from './plan'
import type { Catches, TrialResult, Tried } from './trial'

/** A message is quoted as far as this, in characters: it says what it is about in the beginning. */
const QUOTED = 400

/**
 * Caught: a scenario of the requirement that is broken failed, which is by an assertion or an asserted deadline, and its message names the
 * subject. A step time limit, an exception of ours and what could not run do not count.
 */
export function catches({ requirement, names }: DeviationInfo, { requirements, outcome, reason }: Tried): boolean {
  return requirements.includes(requirement) && outcome === 'failed' && isNamed(reason ?? '', names)
}

/** The verdict on a deviation, from the scenarios that ran: with the default form those of its requirement until one catches it. */
export function attribute(deviation: DeviationInfo, { scenarios, crash, durationMs }: TrialResult): DeviationVerdict {
  const { id, requirement, kind, description } = deviation
  const own = scenarios.filter(({ requirements }) => requirements.includes(requirement))
  const by = own.filter((one) => catches(deviation, one))
  const others = scenarios.filter((one) => one.outcome !== 'passed' && !own.includes(one))
  const allowed = others.filter((one) => one.outcome === 'failed' && (isOfExamples(one) || allowance(deviation, one) !== null))
  const strays = others.filter((one) => !allowed.includes(one) && !isOfExamples(one))
  const detected = by.length > 0
  const fault = crash ?? (detected ? ofStrays(strays) : ofSurvivor(own, others, requirement))
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

/** The scenarios that none of these fails for its own reason: nothing shows that they can fail. */
export function unfailed(scenarios: readonly Written[], verdicts: readonly DeviationVerdict[]): DeviationsReport['unfailed'] {
  const failed = new Set(verdicts.flatMap(({ by }) => by))
  return scenarios
    .filter(({ name }) => !failed.has(name))
    .map(({ name, requirements }) => ({ scenario: name, requirements: [...requirements] }))
}

/** Whether a scenario catches the deviation of an id among these. */
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

function ofStrays([first, ...rest]: readonly Tried[]): string | null {
  if (first === undefined) return null
  const others = rest.length === 0 ? '' : ` and ${rest.length} more`
  return `it is also seen by "${first.name}" (${first.requirements.join(', ')})${others}, which it has nothing to do with`
}

function ofSurvivor(own: readonly Tried[], others: readonly Tried[], requirement: string): string {
  if (own.length === 0) return `no scenario is tagged @${requirement}`
  const failed = own.find(({ outcome }) => outcome === 'failed')
  if (failed !== undefined) return `"${failed.name}" fails without naming it: ${quoted(failed.reason)}`
  const odd = own.find(({ outcome }) => outcome !== 'passed')
  if (odd !== undefined) return `"${odd.name}" is ${odd.outcome}, which does not count: ${quoted(odd.reason)}`
  const elsewhere = others.length === 0 ? '' : `; "${others[0]?.name}" sees it`
  return `every scenario of ${requirement} passes${elsewhere}`
}

/** A twin is conformant when nothing that ran minds it. */
export function judgeTwin({ id, kind, description }: TwinInfo, { scenarios, crash, durationMs }: TrialResult): TwinVerdict {
  const minding = scenarios.filter(({ outcome }) => outcome !== 'passed')
  const ours = crash !== null || scenarios.length === 0 || minding.some(({ outcome }) => outcome !== 'failed')
  return {
    id,
    kind,
    description,
    outcome: ours ? 'harness-error' : minding.length > 0 ? 'non-conformant' : 'conformant',
    mindedBy: minding.map(strayOf),
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
