// Groups scenarios that did not pass for the same reason, so that a cause is told once with all of its requirements.
import type { ScenarioVerdict } from '../contract/verdict'

export interface Cause {
  readonly outcome: ScenarioVerdict['outcome']
  /** The reason of the first scenario. */
  readonly reason: string
  /** Requirements of all scenarios, each once, in order of first appearance. */
  readonly requirements: readonly string[]
  readonly scenarios: readonly ScenarioVerdict[]
}

/** Ids differ from call to call, and so from scenario to scenario. */
const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

/** Equal for two scenarios that ended for the same reason; null for one without a reason. */
export function causeOf({ outcome, reason }: Pick<ScenarioVerdict, 'outcome' | 'reason'>): string | null {
  return reason === null ? null : `${outcome}\n${reason.replace(GUID, '{id}')}`
}

/** The causes in order of first appearance. */
export function causesOf(scenarios: readonly ScenarioVerdict[]): readonly Cause[] {
  const groups = new Map<string, ScenarioVerdict[]>()
  for (const scenario of scenarios) {
    const cause = causeOf(scenario)
    if (cause !== null) groups.set(cause, [...(groups.get(cause) ?? []), scenario])
  }
  return [...groups.values()].map((group) => {
    const [{ outcome, reason }] = group as [ScenarioVerdict]
    const requirements = [...new Set(group.flatMap((one) => one.requirements))]
    return { outcome, reason: reason as string, requirements, scenarios: group }
  })
}
