// How sure a fact of the simulator is. Every row of its tables carries one of these and its source.

/** Documented by Microsoft, observed and published by others, or an assumption of ours. */
type Basis = 'documented' | 'observed' | 'assumption'

export interface Sourced {
  readonly basis: Basis
  /** Where the fact comes from: an example of the page "Create call", another page, an issue; for an assumption, what it rests on. */
  readonly source: string
}

const basedOn =
  (basis: Basis) =>
  (source: string): Sourced => ({ basis, source })
export const documented = basedOn('documented')
export const observed = basedOn('observed')
export const assumption = basedOn('assumption')
