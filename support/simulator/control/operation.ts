// What an operation of the control API is: its name, what it takes, what it does; and the check of what it is given.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import type { Simulator } from '../assemble'
import type { Clock } from '../runtime/clock'
import type { Seed } from '../seed'
import { badRequest } from './control-error'

/** A simulator with what it was made from: the names of the seed, and the clock that may be moved. */
export interface ControlledWorld {
  readonly simulator: Simulator
  readonly clock: Clock
  readonly seed: Seed
}

export interface Operation<Params extends z.ZodObject = z.ZodObject> {
  /** In kebab case; also the path under which it is reached. */
  readonly name: string
  /** One sentence. */
  readonly description: string
  /** Each with a description that reads after "write": it is the remedy when something else was written. */
  readonly params: Params
  /**
   * @param signal ends a wait whose caller has gone
   * @throws ControlFault (as a rejection) when it does not fit or, of a wait, when the time is up
   */
  run(world: ControlledWorld, params: z.output<Params>, signal?: AbortSignal): Promise<Json>
}

/** Declares an operation; its params are typed where it is written, and those of any operation in the list. */
export function operation<Params extends z.ZodObject>(declared: Operation<Params>): Operation {
  return declared as unknown as Operation
}

/** What an operation takes, as JSON schema. */
export function schemaOf({ params }: Operation): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(params, { io: 'input' })
  return schema as JsonObject
}

/**
 * What was given, checked.
 * @throws ControlFault that names every field at fault and what to write there
 */
export function readParams(operation: Operation, given: unknown): z.output<z.ZodObject> {
  const { name, params } = operation
  const checked = params.safeParse(given, { reportInput: true })
  if (checked.success) return checked.data
  const { properties = {} } = schemaOf(operation) as { properties?: Record<string, { description?: string }> }
  const known = Object.keys(properties)
  const sentences = checked.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const remedy = known.length === 0 ? 'it takes none' : `write ${known.join(', ')}`
      return `${issue.keys.join(', ')}: no parameter of ${name}; ${remedy}.`
    }
    const [field] = issue.path
    if (field === undefined)
      return issue.code === 'custom' ? `${issue.message}.` : 'The body is no JSON object; write {} or the parameters in one.'
    const cause = issue.input === undefined ? 'is missing' : 'does not fit'
    return `${issue.path.map(String).join('.')} ${cause}; write ${properties[String(field)]?.description ?? 'another value'}.`
  })
  throw badRequest(sentences.join(' '))
}
