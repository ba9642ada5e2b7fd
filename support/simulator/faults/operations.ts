// Faults as operations: which there are, arming one for so many messages, a call or an app, and disarming.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import { badRequest, unfit } from '../control/control-error'
import { callIdParam, callTold } from '../control/names'
import { type ControlledWorld, type Operation, operation } from '../control/operation'
import { appOf } from '../identity/directory'
import { allFaults, choose, type Misfit } from './choosing'
import { type Armed, faultShown, PARAMETERS } from './fault'
import { ROBUSTNESS } from './faults'

const KINDS = ['robustness', 'deviation', 'twin'] as const
const idParam = z.string().min(1).max(200).describe('the id of a fault, as the operation faults lists it')

const MOST_MESSAGES = 1_000_000

/** Of all faults together; which of them takes which is checked with the fault. */
const parameters = Object.fromEntries(
  Object.entries(PARAMETERS).map(([name, schema]) => {
    const takers = ROBUSTNESS.filter((fault) => Object.hasOwn(fault.parameters, name)).map(({ id }) => id)
    return [name, (schema as z.ZodType).optional().describe(`${schema.description} (of ${takers.join(', ')})`)]
  }),
)

function sentence(misfits: readonly Misfit[]): string {
  return misfits.map(({ field, cause, remedy }) => `${field} ${cause}; ${remedy}.`).join(' ')
}

/** The client id of an app that is named as in the seed, or by its client id. */
function clientIdOf({ seed }: ControlledWorld, named: string): string {
  const app = seed.apps.get(named) ?? appOf(seed.directory, named)
  if (app !== undefined) return app.clientId
  const names = seed.apps.size === 0 ? '' : `one of ${[...seed.apps.keys()].join(', ')}, or `
  throw badRequest(`app: none is called ${JSON.stringify(named)}; write ${names}a client id of the seed file.`)
}

/** @throws ControlFault when no such call lives: nothing could ever happen to it */
function livingCall(world: ControlledWorld, callId: string): string {
  const living = world.simulator.records.living()
  if (living.some(({ id }) => id === callId)) return callId
  const there = living.slice(0, 20).map((call) => callTold(world, call))
  throw unfit(`callId: no such call lives; ${there.length === 0 ? 'none does' : `living: ${there.join(', ')}`}.`)
}

function armedShown({ seed }: ControlledWorld, { appId, ...others }: Armed): JsonObject {
  const name = [...seed.apps].find(([, app]) => app.clientId === appId)?.[0]
  return { ...others, app: name ?? appId }
}

export const ARMING_OPERATIONS: readonly Operation[] = [
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
          `how many requests or notifications it touches, 1 to ${MOST_MESSAGES}; unless said, all until it is disarmed or the simulator is reset`,
        ),
      callId: callIdParam.optional(),
      app: z.string().min(1).max(200).optional().describe('an app of the seed file, by its name there or its client id'),
      ...parameters,
    }),
    run: async (world, { fault: id, messages = null, callId, app, ...written }) => {
      const chosen = choose(id, written)
      if (!('fault' in chosen)) throw badRequest(sentence(chosen))
      const scope = {
        callId: callId === undefined ? null : livingCall(world, callId),
        appId: app === undefined ? null : clientIdOf(world, app),
      }
      const { simulator } = world
      const after = simulator.journal.last
      return { ...armedShown(world, simulator.faults.arm({ ...chosen, messages, scope })), after }
    },
  }),
  operation({
    name: 'disarm',
    description: 'Ends a fault, or all of them; a notification that one holds back is posted.',
    params: z.strictObject({
      fault: idParam.optional(),
      number: z.number().int().positive().optional().describe('the number of an arming, as arm and faults tell it'),
    }),
    run: async (world, which) => {
      const { faults } = world.simulator
      const before = faults.list()
      const disarmed = faults.disarm(which)
      if (disarmed.length > 0 || (which.fault === undefined && which.number === undefined))
        return { disarmed: disarmed.map((one) => armedShown(world, one)) }
      const there = before.map(({ number, fault }) => `${number} (${fault})`)
      throw unfit(`No such fault is armed; ${there.length === 0 ? 'none is' : `armed: ${there.join(', ')}`}.`)
    },
  }),
  operation({
    name: 'faults',
    description: 'What is armed now, and every fault that can be, with its parameters and what is known of it.',
    params: z.strictObject({
      kind: z
        .enum(KINDS)
        .optional()
        .describe(
          `one of ${KINDS.join(', ')}: those that break no rule, those that break one, what the page allows; unless said, all`,
        ),
    }),
    run: async (world, { kind }): Promise<Json> => ({
      armed: world.simulator.faults.list().map((one) => armedShown(world, one)),
      faults: allFaults()
        .filter((fault) => kind === undefined || fault.kind === kind)
        .map(faultShown),
    }),
  }),
]
