// What a simulator is made with: who exists, how time and posts travel, how people behave, and what is armed.
import type { Person } from './core/commands'
import type { Meeting } from './core/state'
import type { Order } from './faults/fault'
import type { Directory } from './identity/directory'
import type { Keys } from './identity/keys'
import type { KnownTokens } from './identity/tokens'
import type { PeopleScripts } from './people/scripts'
import type { Clock } from './runtime/clock'
import type { Deliver } from './runtime/outbox'
import type { Armament } from './wrapping'

export interface SimulatorOptions {
  readonly directory: Directory
  readonly keys: Keys
  /** Tokens that are signed or checked already, for simulators that share their keys; none unless given. */
  readonly knownTokens?: KnownTokens
  readonly clock: Clock
  /** How notifications travel; the global fetch unless said otherwise. */
  readonly deliver?: Deliver
  /** What ids are made from: the same seed makes the same ids. */
  readonly seed?: string
  /** Breaks a rule, or differs where the page allows it. */
  readonly deviation?: Armament
  /** What is armed from the beginning and after each reset; unless said otherwise nothing. */
  readonly faults?: readonly Order[]
  /** The moment on the bot's clock, on which the times of notification tokens are; real time unless said otherwise. */
  readonly verifierNow?: () => number
  /**
   * The moment on which the times of tokens for Graph and the `Date` of its answers are; the simulator's clock unless said otherwise. A bot that
   * keeps tokens by its own clock needs real time here wherever the simulator's runs fast or is moved.
   */
  readonly tokenNow?: () => number
  /** How people behave by themselves; unless said otherwise they do nothing. */
  readonly people?: PeopleScripts
  /** Who is in which meeting from the beginning. */
  readonly present?: readonly { readonly meeting: string; readonly person: Person }[]
  /** What a meeting that the directory does not know does with guests once somebody joins it; null, the default: there is none. */
  readonly meetingsOnDemand?: Meeting['guests'] | null
}
