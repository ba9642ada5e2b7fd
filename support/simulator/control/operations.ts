// Every operation of the control API: what people do, the waits, what can be seen, what goes wrong, and the clock.
import type { Json } from '../../contract/json'
import { ARMING_OPERATIONS } from '../faults/operations'
import { ControlFault } from './control-error'
import { INSPECTION } from './inspection'
import { type ControlledWorld, type Operation, readParams } from './operation'
import { PEOPLE_OPERATIONS } from './people-operations'
import { WORLD_OPERATIONS } from './time'
import { WAITS } from './wait-operations'

export type { ControlledWorld, Operation } from './operation'

export const OPERATIONS: readonly Operation[] = [
  ...PEOPLE_OPERATIONS,
  ...WAITS,
  ...INSPECTION,
  ...ARMING_OPERATIONS,
  ...WORLD_OPERATIONS,
]

/** @throws ControlFault that lists those there are */
export function operationNamed(name: string, operations: readonly Operation[] = OPERATIONS): Operation {
  const found = operations.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = operations.map((one) => one.name).join(', ')
  throw new ControlFault(
    'unknown-operation',
    `There is no operation ${JSON.stringify(name.slice(0, 60))}; write one of ${names}.`,
  )
}

/**
 * One operation with params that anybody may have written.
 * @param signal ends a wait whose caller has gone
 * @throws ControlFault that names the field and what to write, or says why it does not fit
 */
export async function operate(world: ControlledWorld, name: string, params: unknown, signal?: AbortSignal): Promise<Json> {
  const operation = operationNamed(name)
  return operation.run(world, readParams(operation, params), signal)
}
