// `npm run test:robust`: many clients and bots that do not behave at once, memory after ten thousand calls, a hundred thousand requests of chance; ends in "N passed, N failed".
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import http from 'node:http'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { CALLS, type Callback, honest, MISBEHAVING, type RobustWorld, robustWorld } from './robust-world'

/** Of the listener, in milliseconds. */
const LIMIT_MS = 2_000

/** A callback where nothing listens. */
const UNHEARD = 'http://127.0.0.1:9/'

interface Check {
  readonly name: string
  /** What was measured, for the reader; null when there is nothing to say. */
  run(world: RobustWorld): Promise<string | null>
}

const CHECKS: readonly Check[] = [
  {
    name: '500 connections at once each create a call and end it',
    run: async (world) => {
      const began = performance.now()
      const lives = Array.from({ length: 500 }, async () => {
        const made = await world.ask('POST', CALLS, world.call(UNHEARD))
        assert.equal(made.status, 201)
        assert.equal((await world.ask('DELETE', `${CALLS}/${made.body.id}`)).status, 204)
        return made.body.id
      })
      assert.equal(new Set(await Promise.all(lives)).size, 500)
      assert.deepEqual(world.world.simulator.calls(), [])
      return `${Math.round(performance.now() - began)} ms`
    },
  },
  {
    name: '300 clients that drip delay no one, and all are let go',
    run: async (world) => {
      const began = performance.now()
      const sockets = Array.from({ length: 300 }, () => {
        const socket = net.connect(world.port, '127.0.0.1').on('error', () => {})
        socket.write(`POST ${CALLS} HTTP/1.1\r\nHost: a\r\n`)
        const drip = setInterval(() => socket.write('x: y\r\n'), 100)
        socket.resume().on('close', () => clearInterval(drip))
        return socket
      })
      await pause(200)
      const slowest = await slowestOf(world, 20)
      while (sockets.some((socket) => !socket.destroyed)) {
        assert.ok(performance.now() - began < 4 * LIMIT_MS, 'they are still connected')
        await pause(50)
      }
      return `an honest call took at most ${slowest} ms meanwhile`
    },
  },
  {
    name: '1,000 connections of chance bytes, and malformed requests cut anywhere',
    run: async (world) => {
      const whole = Buffer.from(
        `POST ${CALLS} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n0\r\n\r\n`,
      )
      for (let round = 0; round < 20; round++) {
        await Promise.all(
          Array.from({ length: 50 }, (_, at) => {
            const bytes = Buffer.from(whole.subarray(0, (round * 50 + at) % whole.length))
            const sent = at % 2 === 0 ? randomBytes(200) : Buffer.concat([bytes, randomBytes(at % 4)])
            return gone(net.connect(world.port, '127.0.0.1'), sent)
          }),
        )
      }
      return `an honest call took at most ${await slowestOf(world, 5)} ms afterwards`
    },
  },
  {
    name: '500 requests given up at any moment leave a simulator that answers',
    run: async (world) => {
      const body = JSON.stringify(world.call(UNHEARD))
      const request = Buffer.from(
        `POST ${CALLS} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x.y.z\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
      await Promise.all(
        Array.from({ length: 500 }, async (_, at) => {
          const socket = net.connect(world.port, '127.0.0.1').on('error', () => {})
          socket.write(request.subarray(0, 1 + ((at * 37) % request.length)))
          await pause(at % 40)
          if (at % 2 === 0) socket.resetAndDestroy()
          else socket.destroy()
        }),
      )
      return `an honest call took at most ${await slowestOf(world, 5)} ms afterwards`
    },
  },
  {
    name: '130 bots that do not behave do not disturb 20 that do, and the journal says what each did',
    run: async (world) => {
      const bots = [...MISBEHAVING, { what: 'does not listen', behaves: null, journal: /connection refused/ }]
      const calls = await Promise.all(
        bots.map(async ({ what, behaves, journal }) => {
          const url = behaves === null ? UNHEARD : (await world.callback(behaves)).url
          const made = await Promise.all(Array.from({ length: 10 }, () => world.ask('POST', CALLS, world.call(url))))
          return { what, journal, id: made[0]?.body.id }
        }),
      )
      const honestBots = Array.from({ length: 20 }, async () => establishedAt(world, await world.callback(honest)))
      const slowest = Math.round(Math.max(...(await Promise.all(honestBots))))
      assert.ok(slowest < 3_000, `${slowest} ms`)
      const began = performance.now()
      await world.world.simulator.idle()
      const entries = world.world.simulator.journal.entries()
      for (const { what, journal, id } of calls) {
        const first = entries.find(({ kind, callId }) => kind === 'delivery' && callId === id)
        assert.match(first?.text ?? 'nothing', journal, what)
      }
      return `honest bots received "established" after at most ${slowest} ms; the last delivery ended ${Math.round(performance.now() - began)} ms later`
    },
  },
]

/** Writes, and waits until the connection has ended. */
function gone(socket: net.Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {}).on('close', () => resolve())
    socket.resume().end(bytes)
  })
}

/** Of some calls, one after the other, the longest time from request to answer in milliseconds. */
async function slowestOf(world: RobustWorld, calls: number): Promise<number> {
  let slowest = 0
  for (let at = 0; at < calls; at++) {
    const began = performance.now()
    const made = await world.ask('POST', CALLS, world.call(UNHEARD))
    assert.equal(made.status, 201)
    slowest = Math.max(slowest, performance.now() - began)
    await world.ask('DELETE', `${CALLS}/${made.body.id}`)
  }
  assert.ok(slowest < 1_000, `a call took ${slowest} ms`)
  return Math.round(slowest)
}

/** Milliseconds until a bot has heard of its call twice. */
async function establishedAt(world: RobustWorld, bot: Callback): Promise<number> {
  const began = performance.now()
  const made = await world.ask('POST', CALLS, world.call(bot.url))
  assert.equal(made.status, 201)
  while (bot.posts() < 2) {
    assert.ok(performance.now() - began < 5_000, `only ${bot.posts()} notifications came`)
    await pause(5)
  }
  return performance.now() - began
}

const tally = { passed: 0, failed: 0 }

function report(name: string, error: unknown, measured: string | null): void {
  tally[error === null ? 'passed' : 'failed']++
  console.log(`${error === null ? '✓' : '✗'} ${name}${measured === null ? '' : `: ${measured}`}`)
  if (error !== null) console.log(error instanceof Error ? error.stack : error)
}

async function main(): Promise<void> {
  const crashes: unknown[] = []
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, (error) => crashes.push(error))
  const world = await robustWorld({ headersMs: LIMIT_MS, requestMs: LIMIT_MS, lingerMs: 300 })
  for (const { name, run } of CHECKS) {
    try {
      report(name, null, await run(world))
    } catch (error) {
      report(name, error, null)
    }
  }
  const began = performance.now()
  await world.close()
  const ended = performance.now() - began
  report('it ends at once', ended < 2_000 ? null : new Error(`it took ${ended} ms`), `${Math.round(ended)} ms`)
  report('nothing was thrown outside of a request', crashes[0] ?? null, null)

  const args = ['--expose-gc', '-r', 'ts-node/register/transpile-only', __filename, MEMORY]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  report('memory is back near the start after 10,000 ended calls', status === 0 ? null : stderr || stdout, stdout.trim())

  console.log(`\n${tally.passed} passed, ${tally.failed} failed`)
  process.exit(tally.failed === 0 ? 0 : 1)
}

/** The argument of the process that measures memory, with `--expose-gc`. */
const MEMORY = 'memory'

const CALLS_IN_ALL = 10_000
const AT_ONCE = 20

/** Made before the first measurement: what grows once only (journal, caches, compiled code) is not counted. */
const WARM_UP = 2_500

/** How much may be left of ten thousand calls, in bytes: 200 for each. */
const MAY_GROW = 2_000_000

/** Until the documented time limits of a call have passed on the world's clock, which is twenty times as fast, in milliseconds. */
const TIME_LIMITS_MS = 7_000

async function lives(world: RobustWorld, count: number, callbackUri: string): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE })
  let begun = 0
  const one = async () => {
    while (begun++ < count) {
      const made = await world.ask('POST', CALLS, world.call(callbackUri), agent)
      const { status } = await world.ask('DELETE', `${CALLS}/${made.body.id}`, undefined, agent)
      assert.deepEqual([made.status, status], [201, 204])
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  agent.destroy()
  await world.world.simulator.idle()
}

/** In bytes, once everything that can go has gone. */
async function heap(): Promise<number> {
  for (let times = 0; times < 4; times++) {
    global.gc?.()
    await pause(50)
  }
  return process.memoryUsage().heapUsed
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`

/** Prints one line; the process exits with 1 when memory grew. */
async function memory(): Promise<void> {
  const world = await robustWorld()
  const bot = await world.callback(honest)
  await lives(world, WARM_UP, bot.url)
  await pause(TIME_LIMITS_MS)
  const before = await heap()
  const began = performance.now()
  await lives(world, CALLS_IN_ALL, bot.url)
  const seconds = ((performance.now() - began) / 1_000).toFixed(0)
  const atOnce = await heap()
  await pause(TIME_LIMITS_MS)
  const afterwards = await heap()
  console.log(
    `heap ${megabytes(before)} before, ${megabytes(atOnce)} right after, ${megabytes(afterwards)} once their time limits had passed; ${seconds} s, ${bot.posts()} notifications`,
  )
  await world.close()
  process.exit(afterwards - before < MAY_GROW ? 0 : 1)
}

void (process.argv[2] === MEMORY ? memory() : main())
