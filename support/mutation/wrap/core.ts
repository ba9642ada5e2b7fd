// Wraps the core of the simulator: rewrites commands, replaces decisions, accepts invalid creates and refuses valid ones.
import type { Json, JsonObject } from '../../contract/json'
import { type BotCommand, type Command, type Decision, type Effect, still } from '../../simulator/core/commands'
import type { ErrorName } from '../../simulator/core/errors'
import type { State } from '../../simulator/core/state'
import type { Wrap } from '../../simulator/wrapping'
import type { Members } from './responses'

type Reconsider = (
  decision: Decision,
  command: Command,
  again: (command: Command, state?: State) => Decision,
  state: State,
) => Decision

/** Replaces decisions of the core; `again` decides another command, by default from the state before the decision. */
export const decisions =
  (reconsider: Reconsider): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) =>
      reconsider(decide(state, command, env), command, (other, from = state) => decide(from, other, env), state),
  })

/** Rewrites commands before the core decides them. */
export const commands =
  (rewrite: (command: Command) => Command): Wrap =>
  ({ decide }) => ({ decide: (state, command, env) => decide(state, rewrite(command), env) })

/** Rewrites the state that the core decides a command from. */
export const states =
  (rewrite: (state: State, command: Command) => State): Wrap =>
  ({ decide }) => ({ decide: (state, command, env) => decide(rewrite(state, command), command, env) })

/** Answers commands as done and does nothing. */
export const ignore = (ignored: (command: Command) => boolean): Wrap =>
  decisions((decision, command, _, state) => (ignored(command) ? still(state, { kind: 'done' }) : decision))

/** Replaces a command on a call by another command on the same call. */
export const instead = (kind: Command['kind'], another: Extract<Command, { readonly callId: string }>['kind']): Wrap =>
  commands((command) => (command.kind === kind && 'callId' in command ? ({ ...command, kind: another } as Command) : command))

/** Removes effects from the decisions on some commands. */
export const withoutEffects = (picks: (command: Command) => boolean, removed: (effect: Effect) => boolean): Wrap =>
  decisions((decision, command) =>
    picks(command) ? { ...decision, effects: decision.effects.filter((effect) => !removed(effect)) } : decision,
  )

export const isKind = (kind: Command['kind']) => (command: Command) => command.kind === kind

/** Whether a command is the expiry of a timer. */
export const isTimer = (name: string) => (command: Command) => command.kind === 'timer' && command.timer === name

/** The command that a request to create a call becomes. */
export type Create = Extract<BotCommand, { kind: 'create' }>

/** Copies a create with other members in its body. */
export const withBody = (create: Create, members: Members): Create => ({
  ...create,
  body: Object.fromEntries(
    Object.entries({ ...create.body, ...members }).filter(([, value]) => value !== undefined),
  ) as JsonObject,
})

const isRefused = ({ answer }: Decision, errors: readonly ErrorName[]) =>
  answer.kind === 'refused' && errors.includes(answer.refusal.error)

/** Corrects creates that the core refuses with one of these errors, so that it accepts them; null leaves one refused. */
export const accept = (errors: readonly ErrorName[], correct: (create: Create) => Create | null): Wrap =>
  decisions((decision, command, again) => {
    if (command.kind !== 'create' || !isRefused(decision, errors)) return decision
    const corrected = correct(command)
    return corrected === null ? decision : again(corrected)
  })

/** Refuses as the core does and creates the corrected call all the same. */
export const refuseAndCreate = (errors: readonly ErrorName[], correct: (create: Create) => Create): Wrap =>
  decisions((decision, command, again) =>
    command.kind === 'create' && isRefused(decision, errors) ? { ...again(correct(command)), answer: decision.answer } : decision,
  )

/** Accepts creates with an invalid member by replacing members of the body. */
export const acceptInvalid = (
  invalid: (body: JsonObject) => boolean,
  members: (body: JsonObject) => Members,
  error: ErrorName = 'invalidRequest',
): Wrap => accept([error], (create) => (invalid(create.body) ? withBody(create, members(create.body)) : null))

/** Refuses creates that the core would accept. */
export const refuseCreate = (picks: (body: JsonObject) => boolean, error: ErrorName = 'invalidRequest'): Wrap =>
  decisions((decision, command, _, state) =>
    command.kind === 'create' && picks(command.body)
      ? still(state, { kind: 'refused', refusal: { error, detail: null, diagnosis: 'a deviation refuses it' } })
      : decision,
  )

/** Refuses creates with another error than the core does. */
export const replaceError = (error: ErrorName, replacement: ErrorName): Wrap =>
  decisions((decision, command) =>
    command.kind === 'create' && decision.answer.kind === 'refused' && isRefused(decision, [error])
      ? { ...decision, answer: { kind: 'refused', refusal: { ...decision.answer.refusal, error: replacement } } }
      : decision,
  )

/** A callback for requests that have none; no server listens there. */
export const CALLBACK = 'https://registered.contoso.com/callback'

/** Media for requests that have none. */
export const SERVICE_HOSTED_MEDIA: JsonObject = { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' }

/** A list of one target, in the shape of the examples. */
export const targetList = (id: string): Json => [
  {
    '@odata.type': '#microsoft.graph.participantInfo',
    identity: { '@odata.type': '#microsoft.graph.identitySet', user: { id } },
  },
]
