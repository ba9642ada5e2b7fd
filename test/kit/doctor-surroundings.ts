// What tests of the doctor need: servers on loopback, a listener, an examination, and the lines of a check.
import { createServer, type RequestListener } from 'node:http'
import { openWire } from '../../support/bot/wire'
import { type DoctorListener, type Examination, explaining } from '../../support/cli/doctor/checks'
import { type Check, checked } from '../../support/cli/doctor/command'
import { loadCast } from '../../support/contract/cast'
import type { Fetch } from '../../support/contract/exchange'
import { loadRequirements } from '../../support/contract/requirements'
import type { Configuration } from '../../support/targets/tenant/config/configuration'
import { httpServer, listening as portOf } from './loopback-https'

export const TENANT = 'aa67bd4c-8475-432d-bd41-39f255720e0a'
export const CLIENT = '2891555a-92ff-42e6-80fa-6e1300c6b5c6'
export const PATH = '/beta/app/calls'
export const ALL = ['Calls.Initiate.All', 'Calls.JoinGroupCall.All', 'Calls.JoinGroupCallAsGuest.All', 'Calls.AccessMedia.All']
export const now = () => Date.now()
export const real = (url: string, init: RequestInit) => fetch(url, init)

/** Address of a proxy that answers every request for a tunnel with a status. */
export async function tunnelRefusing(status: number): Promise<string> {
  const server = createServer()
  server.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`))
  return `http://127.0.0.1:${await portOf(server)}`
}

/** A fetch that fails as undici's does, with this code and a message that must not be repeated. */
export const failing = (code: string) => async () => {
  throw Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('canary'), { code }) })
}

/** A configuration that nothing listens for, but for the changes. */
export function configurationWith(changes: Partial<Configuration> = {}): Configuration {
  return {
    graph: { baseUrl: 'http://127.0.0.1:1', callsPath: PATH },
    authorityUrl: 'https://127.0.0.1:1',
    scope: 'https://graph.microsoft.com/.default',
    tenantId: TENANT,
    clientId: CLIENT,
    credential: { kind: 'secret', secret: 'the-secret' },
    cast: loadCast(),
    castFile: 'cast.yaml',
    caFile: null,
    callback: { url: 'https://bot.example', host: '127.0.0.1', port: 1 },
    openIdUrl: 'https://127.0.0.1:1/openid',
    audiences: [CLIENT],
    people: { kind: 'attended' },
    ...changes,
  }
}

/** What checks are given, with a fetch in place of the network. */
export function examination({ fetch = real, ...changes }: Partial<Examination> & { readonly fetch?: Fetch } = {}): Examination {
  const send = openWire({ fetch: explaining(fetch), signal: new AbortController().signal, keep: () => {}, timeLimitMs: 2_000 })
  return {
    configuration: configurationWith(),
    requirements: loadRequirements(),
    send,
    tokens: async () => 'a token',
    openListener: () => Promise.reject(new Error('no listener')),
    lookup: async () => ['203.0.113.1'],
    earlierRuns: () => ({ calls: [], unreadable: [], settle: () => {} }),
    cleanUp: false,
    now,
    ...changes,
  }
}

/** The lines of a check, as the command has them. */
export async function saidBy(check: Check['check'], made: Examination): Promise<readonly string[]> {
  return (await checked(() => check(made))).map(({ state, says }) => `${state}: ${says}`)
}

/** A listener as the bot has one, on a server of its own. */
export async function listening(answer?: RequestListener) {
  const paths = new Map<string, (request: Request) => Promise<Response>>()
  let strays = 0
  const url = await httpServer(async (request, response) => {
    if (answer !== undefined) return answer(request, response)
    const handle = paths.get(request.url ?? '')
    if (handle === undefined) strays++
    const reply = await handle?.(new Request(`http://127.0.0.1${request.url}`, { method: 'POST' }))
    response.writeHead(reply?.status ?? 404).end(await reply?.text())
  })
  const listener: DoctorListener = {
    receive: (path, handle) => {
      paths.set(path, handle)
      return () => void paths.delete(path)
    },
    strays: () => strays,
    close: async () => {},
  }
  return { url, listener, paths }
}
