// A standalone simulator on loopback for the tests of robustness: its own port, time twenty times as fast, people who answer, and bots that do not behave.
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { loadDocumented } from '../../support/contract/documented'
import type { JsonObject } from '../../support/contract/json'
import { type Limits, listen } from '../../support/net/listener'
import { MAX_BODY_BYTES } from '../../support/simulator/http/body'
import { loadKeys } from '../../support/simulator/identity/keys'
import { issueToken } from '../../support/simulator/identity/tokens'
import { RealClock } from '../../support/simulator/runtime/clock'
import { guardedDeliver } from '../../support/simulator/runtime/guarded-delivery'
import { openSeededSimulator, type SeededSimulator } from '../../support/simulator/seed'
import { front } from '../../support/simulator/server/serving'

export const CALLS = '/beta/app/calls'
const SPEED = 20

interface Reply {
  readonly status: number
  readonly body: JsonObject
}

export interface RobustWorld {
  readonly world: SeededSimulator
  readonly port: number
  /** A request with a token, on a connection of its own unless an agent is given. */
  ask(method: string, path: string, body?: JsonObject, agent?: http.Agent): Promise<Reply>
  /** Opens a callback that behaves in this way until the world is closed. */
  callback(behaves: (socket: net.Socket) => void): Promise<Callback>
  /** The page's first example with this callback. */
  call(callbackUri: string): JsonObject
  close(): Promise<void>
}

export async function robustWorld(limits: Partial<Limits> = {}): Promise<RobustWorld> {
  const callbacks: Callback[] = []
  const deliveries = guardedDeliver({ allowedHosts: [] })
  const world = await openSeededSimulator({ people: 'auto', time: { speed: SPEED }, deliver: deliveries.deliver, ids: 'robust' })
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    handle: front(world.simulator.services),
    onProblem: () => {},
    limits: { bodyBytes: MAX_BODY_BYTES, ...limits },
  })
  const app = world.seed.directory.apps[0]
  if (app === undefined) throw new Error('the seed has no app')
  const token = await issueToken(app, await loadKeys(), Date.now())
  const printed = loadDocumented().examples.get(1)?.request as JsonObject
  return {
    world,
    port: listener.port,
    ask: (method, path, body, agent) => {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      return ask({ port: listener.port, method, path, headers, agent: agent ?? false }, body && JSON.stringify(body))
    },
    callback: async (behaves) => {
      const one = await callback(behaves)
      callbacks.push(one)
      return one
    },
    call: (callbackUri) => ({ ...printed, callbackUri }),
    close: async () => {
      if (world.clock instanceof RealClock) world.clock.stop()
      world.simulator.close()
      for (const one of callbacks) one.close()
      await Promise.all([listener.close(0), deliveries.close()])
    },
  }
}

function ask(options: http.RequestOptions, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', ...options }, async (response) => {
      try {
        const text = (await response.setEncoding('utf8').toArray()).join('')
        const { statusCode: status = 0 } = response
        resolve({ status, body: text === '' ? {} : JSON.parse(text) })
      } catch (error) {
        reject(error)
      }
    })
    request.on('error', reject).end(body)
  })
}

/** What listens at a callback. */
export interface Callback {
  readonly url: string
  /** How many posts came. */
  posts(): number
  close(): void
}

async function callback(behaves: (socket: net.Socket) => void): Promise<Callback> {
  let posts = 0
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      if (!chunk.subarray(0, 5).equals(Buffer.from('POST '))) return
      posts++
      behaves(socket)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    posts: () => posts,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const ACCEPTED = 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n'

export const honest = (socket: net.Socket): void => void socket.write(ACCEPTED)

/** Bots that do not behave, by what they do, and what the journal says of it. */
export const MISBEHAVING: readonly {
  readonly what: string
  readonly behaves: (socket: net.Socket) => void
  readonly journal: RegExp
}[] = [
  { what: 'never answers', behaves: () => {}, journal: /did not answer in time/ },
  { what: 'is slow', behaves: (socket) => void setTimeout(() => socket.write(ACCEPTED), 700), journal: /delivered to/ },
  { what: 'closes at once', behaves: (socket) => socket.destroy(), journal: /not delivered/ },
  { what: 'resets', behaves: (socket) => socket.resetAndDestroy(), journal: /not delivered/ },
  { what: 'answers garbage', behaves: (socket) => socket.end('\0\x01garbage\r\n\r\n'), journal: /not delivered.*not HTTP/ },
  { what: 'answers status 999', behaves: (socket) => socket.end('HTTP/1.1 999 x\r\n\r\n'), journal: /not delivered.*999/ },
  { what: 'closes in its headers', behaves: (socket) => socket.end('HTTP/1.1 202 Acc'), journal: /not delivered/ },
  {
    what: 'closes in its body',
    behaves: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'),
    journal: /delivered to/,
  },
  {
    what: 'never ends its body',
    behaves: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'),
    journal: /delivered to/,
  },
  {
    what: 'floods its headers',
    behaves: (socket) => socket.end(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(9_000)}\r\n`),
    journal: /headers/,
  },
  { what: 'refuses', behaves: (socket) => socket.write('HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n'), journal: /answered 401/ },
  {
    what: 'sends elsewhere',
    behaves: (socket) => socket.write('HTTP/1.1 307 Go\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n'),
    journal: /answered 307/,
  },
]
