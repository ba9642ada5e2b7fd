// What a deviation is: a rule of the page broken on purpose, by wrapping a part of the simulator from outside.
import type { Caller } from '../core/commands'
import type { Decide } from '../core/decision'
import type { Refusal } from '../core/errors'
import type { Directory } from '../identity/directory'
import type { Keys } from '../identity/keys'
import type { Deliver, Notification } from '../runtime/outbox'
import type { Handler } from '../wire/graph'

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

export interface Deviation {
  readonly id: string
  /** The requirement that it breaks. */
  readonly requirement: string
  /** One sentence: what a target that deviates so does. */
  readonly description: string
  wrap(parts: Parts, world: World): Partial<Parts>
}
