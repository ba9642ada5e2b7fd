// Faults as methods of the package's simulator: arming one, disarming, and what there is.
import type { Json, JsonObject } from '../../contract/json'
import type { Values } from './fault'

/** A fault by its id, with what it takes; docs/simulator.md has a table of those that break no rule. */
export interface WhichFault extends Partial<Values> {
  readonly fault: string
  /** How many requests or notifications it touches; all unless said, until `disarm` or `reset`. */
  readonly messages?: number
  /** Those of one call alone. */
  readonly callId?: string
  /** Those of one app alone, by its name in the seed or its client id. */
  readonly app?: string
}

/** Each rejects with an Error that names the field and what to write. */
export interface Faulting {
  /** From now on it happens. Resolves with its number and how often it may. */
  arm(which: WhichFault): Promise<Json>
  /** Ends a fault, or all; a notification that one holds back is posted. */
  disarm(which?: { readonly fault?: string; readonly number?: number }): Promise<Json>
  /** What is armed, and all that can be. */
  list(which?: { readonly kind?: 'robustness' | 'deviation' | 'twin' }): Promise<Json>
}

export function faultingBy(control: (operation: string, params: JsonObject) => Promise<Json>): Faulting {
  return {
    arm: (which) => control('arm', { ...which }),
    disarm: (which = {}) => control('disarm', { ...which }),
    list: (which = {}) => control('faults', { ...which }),
  }
}
