// For tests of the control API: a simulated world with the built-in names, and a caller that posts operations to it as a program does.
import type { GraphSimulator } from '../../support/simulator'
import { controlHandler } from '../../support/simulator/control/http'
import { loadSeed, type Seed, type SeededSimulator } from '../../support/simulator/seed'
import {
  CALLS,
  CHANNEL,
  GRAPH,
  JOHN,
  request,
  SCHEDULED,
  type Simulated,
  type SimulatedOptions,
  simulated,
} from './simulated-world'

export const TOKEN = 'simulated-control-test'

/** The JSON of a response, compared member by member. */
// biome-ignore lint/suspicious/noExplicitAny: responses are compared member by member
export type Body = any

export interface Controlled extends Simulated {
  readonly seeded: SeededSimulator
  /** POST /NAME with the token. */
  control(name: string, params?: unknown): Promise<{ readonly status: number; readonly body: Body }>
  /** The same, which must be answered 200. */
  done(name: string, params?: unknown): Promise<Body>
  /** Any request at all. */
  raw(path: string, init?: RequestInit): Promise<Response>
}

/** The names of the built-in seed, which the world of the tests shares. */
export const SEED: Seed = loadSeed(undefined, 'manual')

export async function controlled(options: SimulatedOptions & { readonly onShutdown?: () => void } = {}): Promise<Controlled> {
  const run = await simulated(options)
  const seeded = { simulator: run.simulator, clock: run.clock, seed: SEED }
  const handle = controlHandler({ seeded, token: TOKEN, onShutdown: options.onShutdown })
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
    seeded,
    raw,
    control,
    done: async (name, params) => {
      const { status, body } = await control(name, params)
      if (status !== 200) throw new Error(`${name} was answered ${status}: ${body.error?.message}`)
      return body
    },
  }
}

/** Whether the people and the first meetings of the seed are those of the tests. */
export function sameWorld(): boolean {
  return SEED.people.get('John')?.id === JOHN.id && [...SEED.meetings.values()].slice(0, 2).join() === [SCHEDULED, CHANNEL].join()
}

/** Creates calls to John as a bot of the package's simulator, with a token of its first app. */
export async function creating({ apps, origins, fetch }: GraphSimulator): Promise<() => Promise<Response>> {
  const [{ clientId, tenantId, secret }] = apps as [GraphSimulator['apps'][number]]
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: `${GRAPH}/.default` }
  const login = `${origins.login}/${tenantId}/oauth2/v2.0/token`
  const token = await fetch(login, { method: 'POST', body: new URLSearchParams(form) })
  const { access_token } = (await token.json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
  return () => fetch(origins.graph + CALLS, { method: 'POST', headers, body: JSON.stringify(request(1)) })
}
