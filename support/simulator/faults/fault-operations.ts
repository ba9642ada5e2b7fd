// The operations of the control API on faults, and the same as methods of the package: arm, disarm, list.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import { callIdParam, describeCall } from '../control/names'
import { badRequest, conflict, type Operation, operation } from '../control/operation'
import { appOf } from '../identity/directory'
import type { SeededSimulator } from '../seed'
import type { Armed } from './armed-faults'
import { PARAMETERS, type Values } from './fault'
import { chooseFault, FAULTS, type InvalidField, showFault } from './fault-list'

const idParam = z.string().min(1).max(200).describe('the id of a fault, as the operation faults lists it')
const MOST_MESSAGES = 1_000_000

/** The parameters of all faults; which fault takes which is validated with the fault. */
const parameters = Object.fromEntries(
  Object.entries(PARAMETERS).map(([name, schema]) => {
    const takers = FAULTS.filter((fault) => Object.hasOwn(fault.parameters, name)).map(({ id }) => id)
    return [name, (schema as z.ZodType).optional().describe(`${schema.description} (of ${takers.join(', ')})`)]
  }),
)

const sentenceOf = (fields: readonly InvalidField[]) =>
  fields.map(({ field, cause, remedy }) => `${field} ${cause}; ${remedy}.`).join(' ')

/** The client id of an app, by its name in the seed or its client id. */
function clientIdOf({ seed }: SeededSimulator, named: string): string {
  const app = seed.apps.get(named) ?? appOf(seed.directory, named)
  if (app !== undefined) return app.clientId
  const names = seed.apps.size === 0 ? '' : `one of ${[...seed.apps.keys()].join(', ')}, or `
  throw badRequest(`app ${JSON.stringify(named)} is unknown; write ${names}a client id of the seed file.`)
}

/** @throws ControlError when no such call lives: the fault could never touch it */
function livingCall(seeded: SeededSimulator, callId: string): string {
  const living = seeded.simulator.records.living()
  if (living.some(({ id }) => id === callId)) return callId
  const others = living.slice(0, 20).map((call) => describeCall(seeded, call))
  throw conflict(`callId: no such call lives; ${others.length === 0 ? 'no call does' : `living: ${others.join(', ')}`}.`)
}

function showArmed({ seed }: SeededSimulator, { appId, ...others }: Armed): JsonObject {
  const name = [...seed.apps].find(([, app]) => app.clientId === appId)?.[0]
  return { ...others, app: name ?? appId }
}

export const FAULT_OPERATIONS: readonly Operation[] = [
  operation({
    name: 'arm',
    description: 'From now on a fault happens: to all that it can touch, or to the next messages, one call or one app.',
    params: z.strictObject({
      fault: idParam,
      messages: z
        .number()
        .int()
        .positive()
        .max(MOST_MESSAGES)
        .optional()
        .describe(
          `how many requests, notifications or calls it touches, 1 to ${MOST_MESSAGES}; by default all until it is disarmed or the simulator is reset`,
        ),
      callId: callIdParam.optional(),
      app: z.string().min(1).max(200).optional().describe('an app of the seed file, by its name there or its client id'),
      ...parameters,
    }),
    run: async (seeded, { fault: id, messages = null, callId, app, ...written }) => {
      const chosen = chooseFault(id, written)
      if (!('fault' in chosen)) throw badRequest(sentenceOf(chosen))
      const scope = {
        callId: callId === undefined ? null : livingCall(seeded, callId),
        appId: app === undefined ? null : clientIdOf(seeded, app),
      }
      const { simulator } = seeded
      const after = simulator.journal.last
      return { ...showArmed(seeded, simulator.faults.arm({ ...chosen, messages, scope })), after }
    },
  }),
  operation({
    name: 'disarm',
    description: 'Ends a fault, or all of them; a notification that one holds back is posted.',
    params: z.strictObject({
      fault: idParam.optional(),
      number: z.number().int().positive().optional().describe('the number of an arming, as arm and faults give it'),
    }),
    run: async (seeded, which) => {
      const { faults } = seeded.simulator
      const before = faults.list()
      const disarmed = faults.disarm(which)
      if (disarmed.length > 0 || (which.fault === undefined && which.number === undefined))
        return { disarmed: disarmed.map((one) => showArmed(seeded, one)) }
      const armed = before.map(({ number, fault }) => `${number} (${fault})`)
      throw conflict(`No such fault is armed; ${armed.length === 0 ? 'no fault is' : `armed: ${armed.join(', ')}`}.`)
    },
  }),
  operation({
    name: 'faults',
    description: 'What is armed now, and every fault that can be armed, with its parameters; for one fault also its source.',
    params: z.strictObject({ fault: idParam.optional() }),
    run: async (seeded, { fault: id }): Promise<Json> => {
      const chosen = id === undefined ? undefined : chooseFault(id, {})
      if (chosen !== undefined && !('fault' in chosen)) throw badRequest(sentenceOf(chosen))
      const armed = seeded.simulator.faults.list().filter(({ fault }) => id === undefined || fault === id)
      return {
        armed: armed.map((one) => showArmed(seeded, one)),
        faults: chosen === undefined ? FAULTS.map((one) => showFault(one, false)) : [showFault(chosen.fault, true)],
      }
    },
  }),
]

/** A fault by its id, with its parameters; docs/simulator.md has a table of all. */
export interface WhichFault extends Partial<Values> {
  readonly fault: string
  /** How many requests, notifications or calls it touches. Default: all, until `disarm` or `reset`. */
  readonly messages?: number
  /** Only those of this call. */
  readonly callId?: string
  /** Only those of this app, by its name in the seed or its client id. */
  readonly app?: string
}

/** Each method rejects with an Error that names the field and what to write. */
export interface Faulting {
  /** Starts a fault. Resolves with its number and its limits. */
  arm(which: WhichFault): Promise<Json>
  /** Ends a fault, or all; a notification that one holds back is posted. */
  disarm(which?: { readonly fault?: string; readonly number?: number }): Promise<Json>
  /** What is armed, and every fault that can be; with an id, that fault alone. */
  list(which?: { readonly fault?: string }): Promise<Json>
}

export function faultingBy(control: (operation: string, params: JsonObject) => Promise<Json>): Faulting {
  return {
    arm: (which) => control('arm', { ...which }),
    disarm: (which = {}) => control('disarm', { ...which }),
    list: (which = {}) => control('faults', { ...which }),
  }
}
