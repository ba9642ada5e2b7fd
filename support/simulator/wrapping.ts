// The types of deviations and allowed variations: both wrap parts of the simulator from outside.
import type { Caller, Decide } from './core/commands'
import type { Refusal } from './core/errors'
import type { Handler } from './http/graph'
import type { Directory } from './identity/directory'
import type { Keys } from './identity/keys'
import type { Deliver, Notification } from './runtime/outbox'

/** The parts that can be wrapped. The core does not know whether it is wrapped. */
export interface Parts {
  readonly decide: Decide
  /** Graph as its clients reach it. The token service and the keys have handlers of their own. */
  readonly graph: Handler
  readonly login: Handler
  readonly openid: Handler
  /** The caller that an Authorization header identifies. */
  readonly authenticate: (authorization: string | null) => Promise<Caller | Refusal>
  /** Hands a notification to the outbox. */
  readonly post: (notification: Notification) => void
  /** Makes the token of a notification. */
  readonly sign: (notification: Notification) => Promise<string>
  /** Sends one post to the bot. */
  readonly deliver: Deliver
  /** Runs a task so many milliseconds from now: every timer of the simulated service. Returns what cancels it. */
  readonly after: (ms: number, task: () => void) => () => void
}

/** What a deviation may know of its simulator: who exists, the keys, and the clocks of the service, of its tokens and of the bot. */
export interface World {
  readonly directory: Directory
  readonly keys: Keys
  readonly now: () => number
  /** The moment by which tokens for Graph are checked. */
  readonly tokenNow: () => number
  readonly verifierNow: () => number
}

/** Wraps parts. Called once for each simulator, so that simulators share no memory. */
export type Wrap = (parts: Parts, world: World) => Partial<Parts>

/** A change of behaviour that a simulator can be started with. */
export interface Armament {
  readonly id: string
  /** One sentence: what the target does differently. */
  readonly description: string
  readonly wrap: Wrap
  /** Whether notifications keep the order of events; true by default. */
  readonly ordered?: boolean
}

/** Breaks a rule: a scenario of that requirement must see it. */
export interface Deviation extends Armament {
  /** The requirement that it breaks. */
  readonly requirement: string
  /** What the failing scenario must say: the subject of the rule. */
  readonly names: RegExp | string
}

/** A difference that the page allows: no scenario may fail. */
export interface AllowedVariation extends Armament {
  /** The words of CC-51 that allow it. */
  readonly lawful: string
  readonly ordered: boolean
}
