// Surroundings for tests of the doctor: servers on loopback, a listener, and what a check said.
import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'mocha'
import type { Listener } from '../../support/cli/doctor/check-callback'
import type { Checked } from '../../support/cli/doctor/check-services'

export const TENANT = 'aa67bd4c-8475-432d-bd41-39f255720e0a'
export const CLIENT = '2891555a-92ff-42e6-80fa-6e1300c6b5c6'
export const PATH = '/beta/app/calls'
export const ALL = ['Calls.Initiate.All', 'Calls.JoinGroupCall.All', 'Calls.JoinGroupCallAsGuest.All', 'Calls.AccessMedia.All']
export const now = () => Date.now()
export const real = (url: string, init: RequestInit) => fetch(url, init)

/** Address of a server on loopback that lives as long as the test's file. */
export function serve(listener: RequestListener): Promise<string> {
  return started(createServer(listener))
}

/** Address of a proxy that answers every request for a tunnel with a status. */
export function tunnelRefusing(status: number): Promise<string> {
  const server = createServer()
  server.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`))
  return started(server)
}

async function started(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A fetch that fails as undici's does, with this code and words that must not be repeated. */
export const failing = (code: string) => async () => {
  throw Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('canary'), { code }) })
}

export const lines = ({ findings }: Checked<unknown>) => findings.map(({ state, says }) => `${state}: ${says}`)

/** Asserts that a check found one thing. */
export function one(checked: Checked<unknown>, ...says: readonly RegExp[]): void {
  assert.equal(checked.findings.length, 1, lines(checked).join('\n'))
  for (const part of says) assert.match(lines(checked)[0] as string, part)
}

/** A listener as the bot has one, on a server of its own. */
export async function listening(answer?: RequestListener) {
  const paths = new Map<string, (request: Request) => Promise<Response>>()
  let strays = 0
  const url = await serve(async (request, response) => {
    if (answer !== undefined) return answer(request, response)
    const handle = paths.get(request.url ?? '')
    if (handle === undefined) strays++
    const reply = await handle?.(new Request(`http://127.0.0.1${request.url}`, { method: 'POST' }))
    response.writeHead(reply?.status ?? 404).end(await reply?.text())
  })
  const listener: Listener = {
    receive: (path, handle) => {
      paths.set(path, handle)
      return () => void paths.delete(path)
    },
    strays: () => strays,
    close: async () => {},
  }
  return { url, listener, paths }
}
