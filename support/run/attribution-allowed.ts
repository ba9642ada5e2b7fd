// Where a deviation may also be seen outside of its requirement: a list with reasons, from the most general down.
import type { DeviationInfo } from '../targets/deviations'
import type { Tried } from './trial'

interface Allowance {
  /** What is broken: requirements, or the beginning of ids. */
  readonly broken: RegExp
  /** Requirements whose scenarios may then fail as well. */
  readonly seenBy: RegExp
  readonly reason: string
}

export const ALLOWED: readonly Allowance[] = []

/** Why a scenario may see a deviation although it is of another requirement; null when it may not. */
export function allowance(
  { id, requirement }: Pick<DeviationInfo, 'id' | 'requirement'>,
  { requirements }: Pick<Tried, 'requirements'>,
): string | null {
  const row = ALLOWED.find(
    ({ broken, seenBy }) => (broken.test(requirement) || broken.test(id)) && requirements.some((one) => seenBy.test(one)),
  )
  return row?.reason ?? null
}
