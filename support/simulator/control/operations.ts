// Every operation of the control API, and running one by its name.
import type { Json } from '../../contract/json'
import { FAULT_OPERATIONS } from '../faults/fault-operations'
import type { SeededSimulator } from '../seed'
import { ControlError, type Operation, readParams } from './operation'
import { PEOPLE_OPERATIONS } from './people-operations'
import { SERVICE_OPERATIONS } from './service-operations'
import { INSPECTION, TIME_OPERATIONS } from './state-operations'
import { WAITS } from './waits'

export const OPERATIONS: readonly Operation[] = [
  ...PEOPLE_OPERATIONS,
  ...SERVICE_OPERATIONS,
  ...WAITS,
  ...INSPECTION,
  ...FAULT_OPERATIONS,
  ...TIME_OPERATIONS,
]

/** @throws ControlError that lists the operations when the name is unknown */
export function operationNamed(name: string, operations: readonly Operation[] = OPERATIONS): Operation {
  const found = operations.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = operations.map((one) => one.name).join(', ')
  throw new ControlError(
    'unknown-operation',
    `There is no operation ${JSON.stringify(name.slice(0, 60))}; write one of ${names}.`,
  )
}

/**
 * Runs one operation.
 * @param params not validated yet
 * @param signal ends a wait whose caller has gone
 * @throws ControlError that names the field and what to write, or says why it does not fit
 */
export async function operate(
  seeded: SeededSimulator,
  name: string,
  params: unknown,
  { operations = OPERATIONS, signal }: { readonly operations?: readonly Operation[]; readonly signal?: AbortSignal } = {},
): Promise<Json> {
  const operation = operationNamed(name, operations)
  return operation.run(seeded, readParams(operation, params), signal)
}
