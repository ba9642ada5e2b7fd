// What the tests of the mounts share: two origins, a handler that echoes its request, and the clients that ask it.

import { once } from 'node:events'
import type http from 'node:http'
import type https from 'node:https'
import { buffer } from 'node:stream/consumers'
import { afterEach } from 'mocha'
import type { Handler, Routes } from '../../support/simulator/mounts/direct'
import { type Mount, type MountOptions, mountOnNock } from '../../support/simulator/mounts/nock'

export const graph = 'https://graph.simulated.invalid'
export const login = 'https://login.simulated.invalid'

/** What a handler saw, with its body as base64: bytes, not text, are compared. */
export interface Seen {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

export const echo: Handler = async (request) =>
  Response.json({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: Buffer.from(await request.arrayBuffer()).toString('base64'),
  } satisfies Seen)

export interface Sent {
  method?: string
  headers?: Record<string, string | string[]>
  body?: Buffer
}
/** Sends a request by one client and gives back what the client got. */
export type Send = (
  url: string,
  sent: Sent,
) => Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }>

export const throughNode =
  (client: typeof http | typeof https): Send =>
  async (url, { method = 'GET', headers = {}, body }) => {
    const request = client.request(url, { method, headers })
    request.end(body)
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) }
  }

export const throughFetch =
  (fetch: typeof globalThis.fetch): Send =>
  async (url, { method = 'GET', headers = {}, body }) => {
    const list = Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    )
    const response = await fetch(url, { method, headers: list, body: body && new Uint8Array(body) })
    const received = Object.fromEntries(response.headers) as Record<string, string | string[]>
    if (response.headers.getSetCookie().length > 0) received['set-cookie'] = response.headers.getSetCookie()
    return { status: response.status, headers: received, body: Buffer.from(await response.arrayBuffer()) }
  }

/** Mounts on nock, as often as a test wants. All are removed by `unmountAll`, and after each test of the file. */
export function mountsOfThisFile() {
  let mounts: Mount[] = []
  const unmountAll = () => {
    for (const mounted of mounts) mounted.unmount()
    mounts = []
  }
  afterEach(unmountAll)
  const mount = (routes: Routes, options: MountOptions = {}): Mount => {
    const mounted = mountOnNock(routes, options)
    mounts.push(mounted)
    return mounted
  }
  return { mount, unmountAll }
}
