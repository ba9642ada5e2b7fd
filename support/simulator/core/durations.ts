// How long things take in the simulated service, and how sure each figure is.
import type { Sourced } from './provenance'

interface Duration extends Sourced {
  readonly ms: number
}

export const DURATIONS = {
  /** From the establishing of a join to the meeting's decision: let in, or held in the lobby. */
  joining: { ms: 400, basis: 'assumption', source: 'no page says how long a join takes' },
  /** How long a call rings when the request does not say. */
  ringing: { ms: 60_000, basis: 'assumption', source: 'not documented; about a minute seen in comms-samples issue 17' },
  /** How long a guest may wait in the lobby. */
  lobby: { ms: 30 * 60_000, basis: 'assumption', source: 'that there is a limit is documented (200/5855), its length is not' },
} as const satisfies Record<string, Duration>
