// Every fault that can be armed, and the lookup of one by id with its validated parameters.
import { distance } from 'fastest-levenshtein'
import { z } from 'zod'
import type { JsonObject } from '../../contract/json'
import { CALL_FAULTS } from './call-faults'
import { type Fault, type FaultRows, PARAMETERS, type Values } from './fault'
import { TOKEN_FAULTS } from './forged-tokens'
import { NOTIFICATION_FAULTS } from './notification-faults'
import { REQUEST_FAULTS } from './request-faults'

const listed = (touches: Fault['touches'], rows: FaultRows): readonly Fault[] =>
  Object.entries(rows).map(([id, row]) => ({ parameters: {}, ...row, id, touches }))

export const FAULTS: readonly Fault[] = [
  ...listed('requests', REQUEST_FAULTS),
  ...listed('calls', CALL_FAULTS),
  ...listed('notifications', NOTIFICATION_FAULTS),
  ...listed('notifications', TOKEN_FAULTS),
]

interface ChosenFault {
  readonly fault: Fault
  readonly values: Values
}

/** An invalid field: the cause follows the field's name in a sentence, the remedy says what to write. */
export interface InvalidField {
  readonly field: string
  readonly cause: string
  readonly remedy: string
}

/** A fault with its parameters, or each invalid field. @param written the parameters as they were written, without limits */
export function chooseFault(
  id: string,
  written: Readonly<Record<string, unknown>>,
): ChosenFault | readonly [InvalidField, ...InvalidField[]] {
  const fault = FAULTS.find((one) => one.id === id)
  if (fault === undefined) return [unknownFault(id)]
  const checked = schemaOf(fault).safeParse(written, { reportInput: true })
  if (checked.success) return { fault, values: checked.data as Values }
  const [first, ...others] = checked.error.issues.flatMap((issue) => invalidFields(fault, issue))
  if (first === undefined) throw checked.error
  return [first, ...others]
}

function schemaOf({ parameters }: Fault): z.ZodObject {
  const fields = Object.entries(parameters).map(([name, value]) => {
    const schema: z.ZodType = PARAMETERS[name as keyof Values]
    return [name, schema.default(value)]
  })
  return z.strictObject(Object.fromEntries(fields))
}

function invalidFields({ id, parameters }: Fault, issue: z.core.$ZodIssue): readonly InvalidField[] {
  if (issue.code !== 'unrecognized_keys') {
    const field = String(issue.path[0])
    return [{ field, cause: 'is invalid', remedy: `write ${PARAMETERS[field as keyof Values].description}` }]
  }
  const names = Object.keys(parameters)
  const remedy = names.length === 0 ? 'leave it out, it takes none' : `write ${names.join(', ')}`
  return issue.keys.map((field) => ({ field, cause: `is no parameter of ${id}`, remedy }))
}

/** How many similar ids an unknown one is answered with. */
const NEAREST = 3

function unknownFault(id: string): InvalidField {
  const nearest = FAULTS.map((fault) => ({ id: fault.id, far: distance(id.slice(0, 100), fault.id) }))
    .sort((left, right) => left.far - right.far)
    .slice(0, NEAREST)
  const shown = id.length > 60 ? `${id.slice(0, 60)}…` : id
  return {
    field: 'fault',
    cause: `is ${JSON.stringify(shown)}, an unknown fault`,
    remedy: `write ${nearest.map((one) => one.id).join(', ')} or another that the operation faults lists; deviations of the suite are armed by "npm run conformance -- --deviation ID"`,
  }
}

/** As the control API lists a fault; with its source where it is asked for alone. */
export function showFault({ id, description, touches, parameters, basis, source }: Fault, whole: boolean): JsonObject {
  return { fault: id, description, touches, parameters: { ...parameters }, basis, ...(whole && { source }) }
}
