// Filling in what a request lacks, so that a fault goes unnoticed.

import type { Json, JsonObject } from '../../contract/json'
import type { ErrorName } from '../../simulator/core/errors'
import type { Wrap } from '../../simulator/wrapping'
import { type Create, deciding, forgiving, refusedFor } from './deciding'

/** A create with other members in its body; undefined takes one out. */
export const withBody = (create: Create, members: Readonly<Record<string, Json | undefined>>): Create => ({
  ...create,
  body: Object.fromEntries(
    Object.entries({ ...create.body, ...members }).filter(([, value]) => value !== undefined),
  ) as JsonObject,
})

/** A fault of a member goes unnoticed: where there is one, it is taken for something else. */
export const unnoticed = (
  fault: (body: JsonObject) => boolean,
  members: (body: JsonObject) => Readonly<Record<string, Json | undefined>>,
  errors: readonly ErrorName[] = ['invalidRequest'],
) => forgiving(errors, (create) => (fault(create.body) ? withBody(create, members(create.body)) : null))

/** Stands in for a callback that was not sent; nobody listens there. */
export const CALLBACK = 'https://registered.contoso.com/callback'

/** Stands in for media that were not sent. */
export const SERVICE_HOSTED: JsonObject = { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' }

/** A list of one target, as the examples have it. */
export const target = (user: JsonObject): Json => [
  { '@odata.type': '#microsoft.graph.participantInfo', identity: { '@odata.type': '#microsoft.graph.identitySet', user } },
]

/** One error of a refused create in place of another. */
export const codeOf = (error: ErrorName, instead: ErrorName): Wrap =>
  deciding((decision, command, _) =>
    command.kind === 'create' && decision.answer.kind === 'refused' && refusedFor(decision, [error])
      ? { ...decision, answer: { kind: 'refused', refusal: { ...decision.answer.refusal, error: instead } } }
      : decision,
  )

/** Said of a call that lives although the request was refused. */
export const CREATED = /a new call exists/
