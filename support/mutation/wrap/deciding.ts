// Wrappings of the core: what it decides, reconsidered, or another command in place of the one that came.

import type { JsonObject } from '../../contract/json'
import { type BotCommand, type Command, type Decision, type Env, still } from '../../simulator/core/commands'
import type { ErrorName } from '../../simulator/core/errors'
import type { State } from '../../simulator/core/state'
import type { Wrap } from '../../simulator/wrapping'

type Deciding = (
  decision: Decision,
  command: Command,
  again: (command: Command, state?: State) => Decision,
  state: State,
) => Decision

/** What the core has decided, reconsidered; `again` asks it for something else, from the state before unless said otherwise. */
export const deciding =
  (reconsider: Deciding): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) =>
      reconsider(decide(state, command, env), command, (other, from = state) => decide(from, other, env), state),
  })

/** Another command in place of the one that came, or the same. */
export const commanded =
  (rewrite: (command: Command, state: State, env: Env) => Command): Wrap =>
  ({ decide }) => ({ decide: (state, command, env) => decide(state, rewrite(command, state, env), env) })

/** Commands that come to nothing: whoever gives one is told that it was done. */
export const ignoring =
  (ignored: (command: Command, state: State) => boolean): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) => (ignored(command, state) ? still(state, { kind: 'done' }) : decide(state, command, env)),
  })

/** The command that a request to create a call becomes. */
export type Create = Extract<BotCommand, { kind: 'create' }>

/** A create that the core refuses with one of these errors, and what becomes of it when it is put otherwise (null: it stays refused). */
export const forgiving = (errors: readonly ErrorName[], mend: (create: Create) => Create | null): Wrap =>
  deciding((decision, command, again) => {
    if (command.kind !== 'create' || !refusedFor(decision, errors)) return decision
    const mended = mend(command)
    return mended === null ? decision : again(mended)
  })

/** As `forgiving`, and yet the answer is the refusal. */
export const refusingInWords = (errors: readonly ErrorName[], mend: (create: Create) => Create): Wrap =>
  deciding((decision, command, again) =>
    command.kind === 'create' && refusedFor(decision, errors) ? { ...again(mend(command)), answer: decision.answer } : decision,
  )

/** Whether the core has refused with one of these errors. */
export function refusedFor({ answer }: Decision, errors: readonly ErrorName[]): boolean {
  return answer.kind === 'refused' && errors.includes(answer.refusal.error)
}

/** Creates that are picked are refused, whatever the core would say. */
export const refuseCreate =
  (picks: (body: JsonObject) => boolean, error: ErrorName = 'invalidRequest'): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) =>
      command.kind === 'create' && picks(command.body)
        ? {
            state,
            answer: { kind: 'refused', refusal: { error, detail: null, diagnosis: 'refused against the book' } },
            effects: [],
          }
        : decide(state, command, env),
  })

/** Whether a command is that of a timer that has run out. */
export const timer = (name: string) => (command: Command) => command.kind === 'timer' && command.timer === name
