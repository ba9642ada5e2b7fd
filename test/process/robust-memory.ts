// Memory of the standalone simulator after ten thousand calls that were made and ended over HTTP; run with --expose-gc, prints one line, exits 1 when it grew.
import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { CALLS, callback, honest, type RobustWorld, robustWorld } from './robust-world'

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
      if (made.status !== 201 || status !== 204) throw new Error(`a call was answered ${made.status} and ${status}`)
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

async function main(): Promise<void> {
  if (global.gc === undefined) throw new Error('start it with node --expose-gc')
  const world = await robustWorld()
  const bot = await callback(honest)
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
  bot.close()
  process.exit(afterwards - before < MAY_GROW ? 0 : 1)
}

main().catch((error: Error) => {
  console.error(error.stack)
  process.exit(1)
})
