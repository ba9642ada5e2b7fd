// What a simulator can be armed with, for the suite: deviations of both kinds, twins, and what is left out with the reason.
import type { DeviationKind } from '../contract/deviations'
import type { Armament, Deviation } from '../simulator/wrapping'
import { BEHAVIOURS, TWINS } from './catalogue'
import { type MechanicalDeviation, mechanicalDeviations } from './generated/mechanical'

export interface Armable extends Pick<Armament, 'id' | 'description'> {
  /** Made from a printed message, or written. */
  readonly kind: DeviationKind
  /** Examples whose messages it changes, the one that prints the message first; null: it may show in any of the six. */
  readonly examples: readonly number[] | null
}

/** A rule broken on purpose: which one, and by what its failure must be known. */
export interface DeviationInfo extends Armable, Pick<Deviation, 'requirement' | 'names'> {}

/** A difference that no scenario may mind. */
export interface TwinInfo extends Armable {
  /** The requirement whose scenarios it is nearest to; null where it touches any. */
  readonly requirement: string | null
}

/** A mutation of a printed member that is no deviation, and why. */
export interface LeftOutInfo {
  readonly id: string
  readonly reason: string
}

export interface Catalogue {
  readonly armaments: ReadonlyMap<string, Armament>
  readonly deviations: readonly DeviationInfo[]
  readonly twins: readonly TwinInfo[]
  readonly leftOut: readonly LeftOutInfo[]
}

/** Made when it is first asked for: a run by the book does not pay for it. */
let catalogue: Catalogue | null = null

/**
 * Everything that a simulator can be armed with. Mutations that are left out because they are lawful are twins as well.
 * @throws FixtureError when the documented messages, from which the mechanical ones are made, cannot be read
 */
export function armable(): Catalogue {
  catalogue ??= make()
  return catalogue
}

/** What goes by an id; undefined when nothing does. */
export function armed(id: string): Armament | undefined {
  return armable().armaments.get(id)
}

function make(): Catalogue {
  const mechanical = mechanicalDeviations()
  const lawful = mechanical.leftOut.filter(({ because }) => because === 'lawful')
  const mutated = (one: MechanicalDeviation): DeviationInfo => ({ ...one, kind: 'mechanical' })
  return {
    armaments: new Map([...BEHAVIOURS, ...mechanical.deviations, ...TWINS, ...mechanical.leftOut].map((one) => [one.id, one])),
    deviations: [
      ...mechanical.deviations.map(mutated),
      ...BEHAVIOURS.map((one): DeviationInfo => ({ ...one, kind: 'behaviour', examples: null })),
    ],
    twins: [
      ...TWINS.map((one): TwinInfo => ({ ...one, kind: 'behaviour', examples: null, requirement: null })),
      ...lawful.map((one): TwinInfo => ({ ...one, kind: 'mechanical' })),
    ],
    leftOut: mechanical.leftOut,
  }
}
