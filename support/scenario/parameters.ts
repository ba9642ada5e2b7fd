// What a run tells its world: plain JSON, because workers are processes of their own.

export interface WorldParameters {
  /** A tenant's addresses, credentials and cast come from the environment: no secret travels in parameters. */
  readonly target: 'simulator' | 'tenant'
  /** How the simulator is reached. */
  readonly mount: 'nock' | 'direct'
  /** Cast files. With more than one, every step is done with each of them in turn: calls that live at once and must not mix. */
  readonly casts: readonly string[]
  /** Id of a deviation to arm; null for a simulator by the book. */
  readonly deviation: string | null
}

export const BY_THE_BOOK: WorldParameters = {
  target: 'simulator',
  mount: 'nock',
  casts: ['fixtures/cast.yaml'],
  deviation: null,
}
