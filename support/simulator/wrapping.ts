// What a deviation is: a rule of the page broken on purpose, by wrapping a part of the simulator from outside.
import type { Caller, Decide } from './core/commands'
import type { Refusal } from './core/errors'
import type { Handler } from './http/graph'
import type { Directory } from './identity/directory'
import type { Keys } from './identity/keys'
import type { Deliver, Notification } from './runtime/outbox'

/** The parts that can be wrapped. The core itself never asks whether it deviates. */
export interface Parts {
  readonly decide: Decide
  /** Graph as its clients reach it, with the token service and the keys beside it. */
  readonly graph: Handler
  readonly login: Handler
  readonly openid: Handler
  /** Whom an Authorization header speaks for. */
  readonly authenticate: (authorization: string | null) => Promise<Caller | Refusal>
  /** Hands a notification to the outbox. */
  readonly post: (notification: Notification) => void
  /** The token that goes with a notification. */
  readonly sign: (notification: Notification) => Promise<string>
  /** Carries one post to the bot. */
  readonly deliver: Deliver
  /** Runs a task so many milliseconds from now: every timer of the simulated service. */
  readonly after: (ms: number, task: () => void) => void
}

/** What a deviation may know of its simulator: who exists, the keys, and the clocks of the service and of whoever checks its tokens. */
export interface World {
  readonly directory: Directory
  readonly keys: Keys
  readonly now: () => number
  readonly verifierNow: () => number
}

/** How a part is wrapped. Asked once for each simulator: what a wrapping remembers is that simulator's own. */
export type Wrap = (parts: Parts, world: World) => Partial<Parts>

/** What a simulator can be armed with: it then plays another Graph than the page's. */
export interface Armament {
  readonly id: string
  /** One sentence: what a target that differs so does. */
  readonly description: string
  readonly wrap: Wrap
  /** Whether the bot is still notified in the order in which things happened; it is unless said otherwise. */
  readonly ordered?: boolean
}

/** Breaks a rule: a scenario of that requirement must see it. */
export interface Deviation extends Armament {
  /** The requirement that it breaks. */
  readonly requirement: string
  /** What a scenario that sees it says at least: the subject of the rule, as its message names it. */
  readonly names: RegExp | string
}

/** A difference that the page allows: no scenario may see it. */
export interface Twin extends Armament {
  /** The words of the list of lawful variation (CC-51) that it plays. */
  readonly lawful: string
  readonly ordered: boolean
}
