// Groups scenarios that did not pass for the same reason, so that a cause stands once, with all of its requirements.
import type { ScenarioVerdict } from '../contract/verdict'

export interface Cause {
  readonly outcome: ScenarioVerdict['outcome']
  /** The reason of the first scenario. */
  readonly reason: string | null
  /** Requirements of all scenarios, each once, in order of first appearance. */
  readonly requirements: readonly string[]
  readonly scenarios: readonly [ScenarioVerdict, ...ScenarioVerdict[]]
}

/** Ids differ from call to call, and so from scenario to scenario. */
const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

/** Equal for two scenarios that ended for the same reason; null for one without a reason. */
export function causeOf({ outcome, reason }: Pick<ScenarioVerdict, 'outcome' | 'reason'>): string | null {
  return reason === null ? null : `${outcome}\n${reason.replace(GUID, '{id}')}`
}

/**
 * The causes in order of first appearance.
 * @param scenarios those that did not pass
 */
export function causesOf(scenarios: readonly ScenarioVerdict[]): readonly Cause[] {
  const groups = new Map<string, [ScenarioVerdict, ...ScenarioVerdict[]]>()
  for (const scenario of scenarios) {
    const cause = causeOf(scenario) ?? scenario.outcome
    const group = groups.get(cause)
    if (group === undefined) groups.set(cause, [scenario])
    else group.push(scenario)
  }
  return [...groups.values()].map((group) => {
    const [{ outcome, reason }] = group
    return { outcome, reason, requirements: [...new Set(group.flatMap((one) => one.requirements))], scenarios: group }
  })
}
