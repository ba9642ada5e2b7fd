// The simulator inside another program: its services by origin, how its notifications travel there, and what is under way.
import type { Json, JsonObject } from '../contract/json'
import type { Simulator } from './assemble'
import { readParams } from './control/operation'
import { OPERATIONS } from './control/operations'
import type { Handler, Routes } from './mounts/direct'
import { guardedDeliver } from './runtime/guarded-delivery'
import type { Deliver } from './runtime/outbox'
import { front } from './server/serving'
import type { World } from './world'

type Services = Simulator['services']

/** Under which origin each service is reached; one origin may be that of all three. */
export type Origins = { readonly [Service in keyof Services]: string }

/** Where the real services are. */
export const REAL_ORIGINS: Origins = {
  graph: 'https://graph.microsoft.com',
  login: 'https://login.microsoftonline.com',
  openid: 'https://api.aps.skype.com',
}

/** What answers for each origin; one that several services share tells them apart by path. @throws Error when one is no origin */
export function routesOf(origins: Origins, services: Services): Routes {
  const entries = Object.entries(origins) as [keyof Services, string][]
  const routes: Record<string, Handler> = {}
  for (const [service, origin] of entries) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error(
        `origins.${service} is "${origin}": write scheme, host and, where there is one, port, as in ${REAL_ORIGINS[service]}`,
      )
    routes[origin] = Object.hasOwn(routes, origin) ? front(services) : services[service]
  }
  return routes
}

export interface Posts {
  readonly deliver: Deliver
  close(): Promise<void>
}

/** Posts to this machine only; while nock stands before the network, to whatever nock answers for too, and nock refuses the rest. */
export function posting(onNock: () => boolean): Posts {
  const guarded = guardedDeliver({ allowedHosts: [] })
  return { deliver: (url, init) => (onNock() ? fetch(url, init) : guarded.deliver(url, init)), close: () => guarded.close() }
}

export interface Requests {
  /** So many have begun, and so many of them wait for their answer. */
  begun: number
  open: number
}

/** The same services, with a count of the requests to them. */
export function counted({ graph, login, openid }: Services): { readonly services: Services; readonly requests: Requests } {
  const requests: Requests = { begun: 0, open: 0 }
  const count =
    (handle: Handler): Handler =>
    async (request) => {
      requests.begun++
      requests.open++
      try {
        return await handle(request)
      } finally {
        requests.open--
      }
    }
  return { services: { graph: count(graph), login: count(login), openid: count(openid) }, requests }
}

/** One operation of the control API. @throws Error with what it refuses, and what to do about it */
export async function operate(world: World, name: string, params: JsonObject): Promise<Json> {
  const operation = OPERATIONS.find((one) => one.name === name)
  if (operation === undefined)
    throw new Error(`there is no operation "${name}": write one of ${OPERATIONS.map((one) => one.name).join(', ')}`)
  return operation.run(world, readParams(operation, params))
}
