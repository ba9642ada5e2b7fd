// The standalone simulator among clients and bots that do not behave: it goes on, and others notice nothing. The long tests are in robust.ts.
import assert from 'node:assert/strict'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { after, before, describe, test } from 'mocha'
import { CALLS, type Callback, callback, honest, MISBEHAVING, type RobustWorld, robustWorld } from './robust-world'

/** Of the listener, in milliseconds: low, and yet no honest client meets it on a busy machine. */
const LIMIT_MS = 1_500

let world: RobustWorld
const callbacks: Callback[] = []
before(async () => {
  world = await robustWorld({ headersMs: LIMIT_MS, requestMs: LIMIT_MS, lingerMs: 200 })
})
after(async () => {
  await world.close()
  for (const one of callbacks) one.close()
})

const NOTHING_LISTENS = 'http://127.0.0.1:9/'

async function opened(behaves: (socket: net.Socket) => void): Promise<Callback> {
  const one = await callback(behaves)
  callbacks.push(one)
  return one
}

/** How long it takes an honest bot to receive established for its call and to end it, in milliseconds. */
async function honestCall(): Promise<number> {
  const bot = await opened(honest)
  const began = performance.now()
  const made = await world.ask('POST', CALLS, world.call(bot.url))
  assert.equal(made.status, 201)
  while (bot.posts() < 2) {
    assert.ok(performance.now() - began < 3_000, `only ${bot.posts()} notifications came`)
    await pause(5)
  }
  assert.equal((await world.ask('DELETE', `${CALLS}/${made.body.id}`)).status, 204)
  return performance.now() - began
}

describe('bots that do not behave', () => {
  test('disturb no honest one, and of each the journal says what it did', async () => {
    const calls = await Promise.all(
      MISBEHAVING.filter(({ what }) => what !== 'never answers').map(async ({ what, behaves, journal }) => {
        const { url } = await opened(behaves)
        const { status, body } = await world.ask('POST', CALLS, world.call(url))
        assert.equal(status, 201)
        return { what, journal, id: body.id }
      }),
    )
    const hanging = await opened(() => {})
    await world.ask('POST', CALLS, world.call(hanging.url))
    const unheard = await world.ask('POST', CALLS, world.call(NOTHING_LISTENS))
    calls.push({ what: 'does not listen', journal: /connection refused/, id: unheard.body.id })
    assert.ok((await honestCall()) < 3_000)

    const entriesOf = (id: unknown) =>
      world.world.simulator.journal
        .entries()
        .filter(({ kind, callId }) => kind === 'delivery' && callId === id)
        .map(({ text }) => text)
    const began = performance.now()
    while (calls.some(({ id }) => entriesOf(id).length === 0) && performance.now() - began < 5_000) await pause(20)
    for (const { what, journal: expected, id } of calls) assert.match(entriesOf(id)[0] ?? 'nothing', expected, what)
  })
})

describe('clients that do not behave', () => {
  test('disturb no honest bot', async () => {
    const sockets = Array.from({ length: 60 }, (_, at) => {
      const socket = net.connect(world.port, '127.0.0.1').on('error', () => {})
      const kinds = [
        () => socket.write(`POST ${CALLS} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{`),
        () => socket.write(`\0\xffnonsense ${at}\r\n\r\n`),
        () => socket.write(`GET ${CALLS}/x HTTP/1.1\r\nHost: a\r\n\r\n`, () => socket.resetAndDestroy()),
        () => {},
        () => socket.write(`POST ${CALLS} HTTP/1.1\r\nHost: ${'['.repeat(at)}\r\nConnection: close\r\n\r\n`),
      ]
      kinds[at % kinds.length]?.()
      return socket.resume()
    })
    assert.ok((await honestCall()) < 3_000)
    const began = performance.now()
    while (sockets.some((socket) => !socket.destroyed) && performance.now() - began < 2 * LIMIT_MS) await pause(20)
    assert.deepEqual(
      sockets.filter((socket) => !socket.destroyed),
      [],
      'each is let go',
    )
  })

  test('with a body over the limit get the error of Graph, and the connection ends', async () => {
    const body = { ...world.call(NOTHING_LISTENS), subject: 'x'.repeat(5 * 1024 * 1024) }
    const { status, headers, body: answer } = await world.ask('POST', CALLS, body)
    assert.deepEqual([status, headers.connection], [413, 'close'])
    assert.deepEqual(Object.keys(answer.error as object), ['code', 'message', 'innerError'])
    assert.ok((await honestCall()) < 3_000)
  })

  test('with sixty calls at once have sixty calls', async () => {
    const before = world.world.simulator.calls().length
    const { url } = await opened(honest)
    const made = await Promise.all(Array.from({ length: 60 }, () => world.ask('POST', CALLS, world.call(url))))
    assert.equal(new Set(made.map(({ body }) => body.id)).size, 60)
    for (const { headers, body } of made)
      assert.match(String(headers.location), new RegExp(`^http://127\\.0\\.0\\.1:${world.port}${CALLS}/${body.id}$`))
    const ended = await Promise.all(made.map(({ body }) => world.ask('DELETE', `${CALLS}/${body.id}`)))
    assert.ok(ended.every(({ status }) => status === 204))
    assert.ok(world.world.simulator.calls().length <= before)
  })
})
