// The catalogue for the suite: deviations of both kinds, allowed variations, and the mutations that are left out.
import type { DeviationKind } from '../contract/deviations'
import type { Armament, Deviation } from '../simulator/wrapping'
import { ALLOWED_VARIATIONS } from './allowed-variations'
import { ACCESS_TOKENS } from './catalogue/access-tokens'
import { EXAMPLES } from './catalogue/examples'
import { JSON_TEXTS } from './catalogue/json'
import { KNOWN_VALUES } from './catalogue/known-values'
import { LATER_FORMS } from './catalogue/later-forms'
import { CALL_STATES } from './catalogue/life-cycle'
import { LOBBY } from './catalogue/lobby'
import { MEETING_LOOKUP } from './catalogue/meeting-lookup'
import { NEW_CALLS } from './catalogue/new-call'
import { NOTIFICATION_TOKENS } from './catalogue/notification-tokens'
import { NOTIFICATIONS } from './catalogue/notifications'
import { OTHER_CALLS } from './catalogue/other-calls'
import { PERMISSION_CHECKS } from './catalogue/permissions'
import { REQUEST_VALIDATION } from './catalogue/request-validation'
import { RESPONSES } from './catalogue/responses'
import { ROSTERS } from './catalogue/rosters'
import { type MechanicalDeviation, mechanicalDeviations } from './generated/mechanical'

/** Deviations that are written by hand: each breaks one rule; in the order of a call. */
export const BEHAVIOURS: readonly Deviation[] = [
  ...RESPONSES,
  ...JSON_TEXTS,
  ...NEW_CALLS,
  ...ACCESS_TOKENS,
  ...PERMISSION_CHECKS,
  ...REQUEST_VALIDATION,
  ...MEETING_LOOKUP,
  ...EXAMPLES,
  ...CALL_STATES,
  ...LOBBY,
  ...NOTIFICATIONS,
  ...NOTIFICATION_TOKENS,
  ...ROSTERS,
  ...KNOWN_VALUES,
  ...OTHER_CALLS,
  ...LATER_FORMS,
]

interface Armable extends Pick<Armament, 'id' | 'description'> {
  /** Generated from a printed message, or written by hand. */
  readonly kind: DeviationKind
  /** Examples whose messages it changes, the one that prints the message first; null where it may show in any of the six. */
  readonly examples: readonly number[] | null
}

/** A broken rule: which one, and what its failure must say. */
export interface DeviationInfo extends Armable, Pick<Deviation, 'requirement' | 'names'> {}

/** A difference that every scenario must accept. */
export interface VariationInfo extends Armable {
  /** The requirement whose scenarios are most likely to see it; null where it touches any. */
  readonly requirement: string | null
}

/** A mutation of a printed member that is no deviation, and why. */
interface LeftOutInfo {
  readonly id: string
  readonly reason: string
}

export interface Catalogue {
  readonly armaments: ReadonlyMap<string, Armament>
  readonly deviations: readonly DeviationInfo[]
  readonly variations: readonly VariationInfo[]
  readonly leftOut: readonly LeftOutInfo[]
}

/** Made on the first request: a run without deviations does not pay for it. */
let catalogue: Catalogue | null = null

/**
 * Everything that a simulator can be armed with. Lawful mutations that are left out are allowed variations as well.
 * @throws FixtureError when the documented messages, from which the mechanical ones are generated, cannot be read
 */
export function armable(): Catalogue {
  catalogue ??= make()
  return catalogue
}

/** The deviation or variation with an id; undefined for an unknown id. */
export function armed(id: string): Armament | undefined {
  return armable().armaments.get(id)
}

function make(): Catalogue {
  const { deviations, leftOut } = mechanicalDeviations()
  const lawful = leftOut.filter(({ because }) => because === 'lawful')
  const mutated = (one: MechanicalDeviation): DeviationInfo => ({ ...one, kind: 'mechanical' })
  return {
    armaments: new Map([...BEHAVIOURS, ...deviations, ...ALLOWED_VARIATIONS, ...leftOut].map((one) => [one.id, one])),
    deviations: [
      ...deviations.map(mutated),
      ...BEHAVIOURS.map((one): DeviationInfo => ({ ...one, kind: 'behaviour', examples: null })),
    ],
    variations: [
      ...ALLOWED_VARIATIONS.map((one): VariationInfo => ({ ...one, kind: 'behaviour', examples: null, requirement: null })),
      ...lawful.map((one): VariationInfo => ({ ...one, kind: 'mechanical' })),
    ],
    leftOut,
  }
}
