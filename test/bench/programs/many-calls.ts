// Many calls that live at once, in process. Run with --expose-gc. Prints what memory they take, or what a further one costs.
import { createSimulator, type GraphSimulator } from '../../../support/simulator'
import { authorizationOf } from '../authorization'
import { createBody, peerToPeer } from '../peer-to-peer'

const [what, from = 6_000, to = 18_000] = process.argv.slice(2).map((text, at) => (at === 0 ? text : Number(text)))

/** Bytes of the heap after collection. */
function heap(): number {
  for (let time = 0; time < 3; time++) global.gc?.()
  return process.memoryUsage().heapUsed
}

interface Caller {
  readonly simulator: GraphSimulator
  /** Makes so many calls. Resolves with the processor time in microseconds. */
  create(count: number): Promise<number>
  /** Ends every call. */
  endAll(): Promise<void>
}

async function caller(): Promise<Caller> {
  const simulator = await createSimulator({ people: 'manual', deliver: async () => new Response(null, { status: 202 }) })
  const authorization = await authorizationOf(simulator.fetch, simulator.origins.login, simulator.apps)
  const headers = { authorization, 'content-type': 'application/json' }
  const body = createBody('https://bot.example/callback')
  const calls = `${simulator.origins.graph}/beta/app/calls`
  return {
    simulator,
    create: async (count) => {
      const began = process.cpuUsage()
      for (let made = 0; made < count; made++) {
        const response = await simulator.fetch(calls, { method: 'POST', headers, body })
        if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
        await response.text()
      }
      await simulator.idle()
      const { user, system } = process.cpuUsage(began)
      return user + system
    },
    endAll: async () => {
      for (const { id } of simulator.calls()) {
        const response = await simulator.fetch(`${calls}/${id}`, { method: 'DELETE', headers })
        if (response.status !== 204) throw new Error(`DELETE: ${response.status}`)
      }
      await simulator.idle()
      // Timers of the calls are kept until they are due.
      await simulator.advance(2 * 3_600_000)
    },
  }
}

/** Bytes that one parsed response takes. */
function bytesOfResponse(): number {
  const text = JSON.stringify(peerToPeer().created)
  const count = 5_000
  const before = heap()
  const parsed = Array.from({ length: count }, () => JSON.parse(text))
  const bytes = (heap() - before) / count
  if (parsed.length !== count) throw new Error('they were collected')
  return bytes
}

async function memory(begin: number, end: number): Promise<object> {
  const response = bytesOfResponse()
  const { create, endAll } = await caller()
  // Until the journal and the list of ended calls are full.
  await create(begin)
  await endAll()
  const atStart = heap()
  await create(begin)
  const before = heap()
  await create(end - begin)
  const after = heap()
  await endAll()
  return { perCall: (after - before) / (end - begin), response, kept: heap() / atStart }
}

async function growth(few: number, many: number): Promise<object> {
  const block = Math.min(few, 1_000)
  const { create, simulator } = await caller()
  await create(few)
  await create(few * 4)
  simulator.reset()
  await create(few)
  const early = Math.min(await create(block), await create(block), await create(block))
  await create(many - few - 3 * block)
  const late = Math.min(await create(block), await create(block), await create(block))
  return { early: early / block, late: late / block }
}

async function main(): Promise<void> {
  const measure = what === 'memory' ? memory : growth
  console.log(JSON.stringify(await measure(Number(from), Number(to))))
  process.exit(0)
}

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
