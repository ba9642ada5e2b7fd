// What a deviation is: a rule of the page broken on purpose, by wrapping a part of the simulator from outside.
import type { Decide } from '../core/decision'
import type { Notification } from '../runtime/outbox'
import type { Handler } from '../wire/graph'

/** The parts that can be wrapped. The core itself never asks whether it deviates. */
export interface Parts {
  readonly decide: Decide
  readonly graph: Handler
  /** Hands a notification to the outbox. */
  readonly post: (notification: Notification) => void
}

export interface Deviation {
  readonly id: string
  /** The requirement that it breaks. */
  readonly requirement: string
  /** One sentence: what a target that deviates so does. */
  readonly description: string
  wrap(parts: Parts): Partial<Parts>
}
