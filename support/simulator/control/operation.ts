// What an operation of the control API is: its name, its parameters and their validation, what it does, and the errors that it answers with.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import type { SeededSimulator } from '../seed'

/** By code, the status of the response. */
const STATUSES = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'unknown-operation': 404,
  'wrong-method': 405,
  'timed-out': 408,
  unfit: 409,
  'too-large': 413,
  failed: 500,
} as const

/** An operation that was not done; the message says what is wrong and what to do. */
export class ControlError extends Error {
  override readonly name = 'ControlError'

  constructor(
    readonly code: keyof typeof STATUSES,
    message: string,
  ) {
    super(message)
  }

  get status(): number {
    return STATUSES[this.code]
  }
}

export const badRequest = (message: string): ControlError => new ControlError('bad-request', message)
export const conflict = (message: string): ControlError => new ControlError('unfit', message)

export interface Operation<Params extends z.ZodObject = z.ZodObject> {
  /** In kebab case; also the path under which it is reached. */
  readonly name: string
  /** One sentence. */
  readonly description: string
  /** Each description follows "write": it is the remedy for an invalid value. */
  readonly params: Params
  /**
   * @param signal ends a wait whose caller has gone
   * @throws ControlError (as a rejection) when it does not fit or, of a wait, when the time is up
   */
  run(seeded: SeededSimulator, params: z.output<Params>, signal?: AbortSignal): Promise<Json>
}

/** Declares an operation, with typed params where it is written. */
export function operation<Params extends z.ZodObject>(declared: Operation<Params>): Operation {
  return declared as unknown as Operation
}

/** The params of an operation as a JSON schema. */
export function schemaOf({ params }: Operation): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(params, { io: 'input' })
  return schema as JsonObject
}

/** @throws ControlError that names every invalid field and what to write there */
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
    if (field === undefined) return 'The body is no JSON object; write {} or the parameters in one.'
    const cause = issue.input === undefined ? 'is missing' : 'is invalid'
    return `${issue.path.map(String).join('.')} ${cause}; write ${properties[String(field)]?.description ?? 'another value'}.`
  })
  throw badRequest(sentences.join(' '))
}
