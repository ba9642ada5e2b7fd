// For tests of the control API: a simulated world with the built-in names, and a caller that posts operations to it as a program does.
import { controlHandler } from '../../support/simulator/control/http'
import type { ControlledWorld } from '../../support/simulator/control/operations'
import { loadSeed, type Seed } from '../../support/simulator/seed'
import { CHANNEL, JOHN, SCHEDULED, type Simulated, type SimulatedOptions, simulated } from './simulated-world'

export const TOKEN = 'simulated-control-test'

/** Whatever the answer holds. */
// biome-ignore lint/suspicious/noExplicitAny: answers are compared member by member
export type Body = any

export interface Call {
  readonly status: number
  readonly body: Body
}

export interface Controlled extends Simulated {
  readonly world: ControlledWorld
  /** POST /NAME with the token. */
  control(name: string, params?: unknown): Promise<Call>
  /** The same, which must be answered 200. */
  done(name: string, params?: unknown): Promise<Body>
  /** Any request at all. */
  raw(path: string, init?: RequestInit): Promise<Response>
}

/** The names of the built-in seed, which the world of the tests shares. */
export const SEED: Seed = loadSeed(undefined, 'manual')

export async function controlled(options: SimulatedOptions & { readonly onShutdown?: () => void } = {}): Promise<Controlled> {
  const run = await simulated(options)
  const world = { simulator: run.simulator, clock: run.clock, seed: SEED }
  const handle = controlHandler({ world, token: TOKEN, onShutdown: options.onShutdown })
  const raw = (path: string, init: RequestInit = {}) =>
    handle(
      new Request(`http://127.0.0.1:5051${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } }),
    )
  const control = async (name: string, params: unknown = {}) => {
    const response = await raw(`/${name}`, { method: 'POST', body: JSON.stringify(params) })
    return { status: response.status, body: (await response.json()) as Body }
  }
  return {
    ...run,
    world,
    raw,
    control,
    done: async (name, params) => {
      const { status, body } = await control(name, params)
      if (status !== 200) throw new Error(`${name} was answered ${status}: ${body.error?.message}`)
      return body
    },
  }
}

/** Whatever else is in a seed, its people and the first of its meetings are those of the tests. */
export function sameWorld(): boolean {
  return SEED.people.get('John')?.id === JOHN.id && [...SEED.meetings.values()].slice(0, 2).join() === [SCHEDULED, CHANNEL].join()
}
