// What a command leads to: the next state, an answer and effects, and what the core may ask of its surroundings.
import type { Answer, Command, Effect } from './commands'
import type { State } from './state'

/** What the core is given besides state and command. */
export interface Env {
  /** A fresh GUID in lower case. */
  newId(): string
}

export interface Decision {
  readonly state: State
  readonly answer: Answer
  readonly effects: readonly Effect[]
}

export type Decide = (state: State, command: Command, env: Env) => Decision

/** Nothing changes. */
export const still = (state: State, answer: Answer): Decision => ({ state, answer, effects: [] })

/** A command of the people that does not fit: nothing changes. */
export const unfit = (state: State, reason: string): Decision => still(state, { kind: 'unfit', reason })

export const done = (state: State, effects: readonly Effect[]): Decision => ({ state, answer: { kind: 'done' }, effects })
