// The catalogue of deviations: each breaks one rule, so that the suite can be shown to see it; and the legal twins, which break none.
import { ANSWERS } from './answers'
import { CONTENT } from './content'
import { DELIVERIES } from './delivery'
import type { Armament, Deviation } from './deviation'
import { EXAMPLES } from './examples'
import { ISOLATION } from './isolation'
import { LIVES } from './life-cycle'
import { NEW_CALLS } from './new-call'
import { NOTIFIED } from './notifications'
import { PERMITTED } from './permissions'
import { ROSTERS } from './roster'
import { SIGNED } from './signing'
import { TOKENS } from './tokens'
import { TWINS } from './twins'

export { TWINS }

/** Ways to get a rule wrong, written by hand. */
export const BEHAVIOURS: readonly Deviation[] = [
  ...ANSWERS,
  ...NEW_CALLS,
  ...TOKENS,
  ...PERMITTED,
  ...CONTENT,
  ...EXAMPLES,
  ...LIVES,
  ...NOTIFIED,
  ...SIGNED,
  ...ROSTERS,
  ...ISOLATION,
  ...DELIVERIES,
]

export const DEVIATIONS: readonly Deviation[] = BEHAVIOURS

/** The deviation with an id; undefined when the catalogue has none. */
export function deviationOf(id: string): Deviation | undefined {
  return DEVIATIONS.find((deviation) => deviation.id === id)
}

/** Whatever a simulator can be armed with under an id: a deviation, or a twin. */
export function armamentOf(id: string): Armament | undefined {
  return deviationOf(id) ?? TWINS.find((twin) => twin.id === id)
}
