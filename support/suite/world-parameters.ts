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
  /** Whether the exchanges of each scenario are attached to the record. */
  readonly evidence: boolean
}

export const BY_THE_BOOK: WorldParameters = {
  target: 'simulator',
  mount: 'nock',
  casts: ['fixtures/world.yaml'],
  deviation: null,
  evidence: true,
}

/** Begins a tag that arms the simulator of one scenario. No feature has it: trials add it. */
const ARMED = '@armed:'

/** The tag that arms the simulator of a scenario with this deviation. */
export function tagOf(deviation: string): string {
  return `${ARMED}${deviation}`
}

/** The deviation that the tags of a scenario arm; null when none does. */
export function armedBy(tags: readonly string[]): string | null {
  return tags.find((tag) => tag.startsWith(ARMED))?.slice(ARMED.length) ?? null
}
