// The bot on the wire: what a response, or a missing one, means to a scenario, and where requests go.
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'mocha'
import type { Exchange, Fetch } from '../contract/exchange'
import { CouldNotRun, HarnessError, Interrupted, NonConformance } from '../contract/failures'
import { graphClient } from './graph-client'
import { onTime, openWire, type Reply } from './wire'

type Kind = typeof CouldNotRun | typeof HarnessError | typeof Interrupted | typeof NonConformance

const GET = { method: 'GET', url: 'https://graph.example/beta/app/calls/7?secret=1', headers: {}, body: null }
const json = (status: number, value: unknown, headers = {}) => new Response(JSON.stringify(value), { status, headers })
const empty = (status: number, headers = {}) => new Response(null, { status, headers })

/** A wire with one answer to every request, and what it kept. */
function wire(answer: Fetch, { signal = new AbortController().signal, timeLimitMs = 5_000 } = {}) {
  const exchanges: Exchange[] = []
  const send = openWire({ fetch: answer, signal, keep: (exchange) => void exchanges.push(exchange), timeLimitMs })
  return { send, exchanges }
}

function rejectsAs(promise: Promise<unknown>, Kind: Kind, says: RegExp): Promise<void> {
  return assert.rejects(promise, (error) => {
    assert.ok(error instanceof Kind, `${(error as Error).name}: ${(error as Error).message}`)
    assert.match(error.message, says)
    return true
  })
}

describe('the wire', () => {
  test('gives status, headers and body, and keeps the exchange', async () => {
    const { send, exchanges } = wire(async () => json(201, { id: '7' }, { location: '/7' }))
    const reply = await send('create', { ...GET, method: 'POST', body: '{}' })
    assert.deepEqual([reply.status, reply.headers.get('location'), reply.json()], [201, '/7', { id: '7' }])
    const [{ purpose, from, request, response }] = exchanges as [Exchange]
    assert.deepEqual([purpose, from, request.body], ['create', 'bot', '{}'])
    assert.deepEqual(response, {
      status: 201,
      headers: { 'content-type': 'text/plain;charset=UTF-8', location: '/7' },
      body: '{"id":"7"}',
    })
  })

  test('a body that is not JSON is the target’s fault, if it is read', async () => {
    const { send } = wire(async () => new Response('<html>', { status: 201, headers: { 'content-type': 'text/html' } }))
    const reply = await send('get', GET)
    const message = /^(?!.*secret).*calls\/7 was answered 201 .*not JSON \(text\/html, 6 bytes\)/
    assert.throws(() => reply.json(), { name: 'NonConformance', message })
  })

  test('an answer without a body is kept as such, and a redirection is not followed', async () => {
    const seen: (RequestInit | undefined)[] = []
    const { send, exchanges } = wire(async (_, init) => {
      seen.push(init)
      return empty(302)
    })
    await send('delete', GET)
    assert.deepEqual(exchanges[0]?.response, { status: 302, headers: {}, body: null })
    assert.equal(seen[0]?.redirect, 'manual')
  })

  test('without a response a scenario could not run; the reason is plain and kept, a code where there is no message', async () => {
    const codeOnly = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
    for (const [cause, reason] of [
      [new Error('read ECONNRESET'), 'read ECONNRESET'],
      [codeOnly, 'ECONNREFUSED'],
    ] as const) {
      const { send, exchanges } = wire(async () => Promise.reject(new TypeError('fetch failed', { cause })))
      const says = new RegExp(`^GET https://graph\\.example/beta/app/calls/7: no answer: ${reason}$`)
      await rejectsAs(send('get', GET), CouldNotRun, says)
      assert.deepEqual(exchanges[0]?.response, { failure: reason })
    }
  })

  test('real sockets: no listener, a connection that is cut, a response that is cut', async () => {
    const cut: RequestListener = (request) => request.socket.destroy()
    const torn: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{', () => request.socket.destroy())
    }
    for (const [listener, says] of [
      [null, /no answer: .*ECONNREFUSED/],
      [cut, /no answer: \w/],
      [torn, /no answer: \w/],
    ] as const) {
      const server = createServer(listener ?? undefined).listen(0, 'localhost')
      await new Promise((done) => server.once('listening', done))
      const { port } = server.address() as AddressInfo
      if (listener === null) await new Promise((done) => server.close(done))
      const { send } = wire((url, init) => fetch(url, init))
      await rejectsAs(send('get', { ...GET, url: `http://localhost:${port}/` }), CouldNotRun, says)
      server.close()
    }
  })

  /** Never answers. Like a socket, and unlike the time limit, it keeps the process running. */
  const silent: Fetch = (_, { signal }) =>
    new Promise((_, reject) => {
      const held = setTimeout(() => {}, 5_000)
      signal?.addEventListener('abort', () => {
        clearTimeout(held)
        reject(signal.reason)
      })
    })

  test('after a late response a scenario could not run, and the reason names the limit', () =>
    rejectsAs(wire(silent, { timeLimitMs: 20 }).send('get', GET), CouldNotRun, /nothing came within 0\.02 s/))

  test('an interruption ends a request under way, and lets none begin', async () => {
    const controller = new AbortController()
    const { send, exchanges } = wire(silent, { signal: controller.signal })
    const underWay = rejectsAs(send('get', GET), Interrupted, /stopped/)
    controller.abort(new Interrupted('stopped'))
    await underWay
    await rejectsAs(send('get', GET), Interrupted, /stopped/)
    assert.deepEqual(exchanges, [])
  })

  test('a request that the simulator does not implement is an error of the suite, by its code alone', async () => {
    const notImplemented = { error: { code: 'SimulatorNotImplemented', message: 'transfer is not modelled' } }
    await rejectsAs(wire(async () => json(501, notImplemented)).send('get', GET), HarnessError, /transfer is not modelled/)
    const echoed = wire(async () => json(200, { subject: 'SimulatorNotImplemented' }))
    assert.equal((await echoed.send('get', GET)).status, 200)
    const quoted = wire(async () => json(400, { error: { code: 'BadRequest', message: 'no SimulatorNotImplemented here' } }))
    assert.equal((await quoted.send('get', GET)).status, 400)
    const page = wire(async () => new Response('<p>SimulatorNotImplemented</p>'))
    assert.equal((await page.send('get', GET)).status, 200)
  })
})

describe('requests to Graph', () => {
  const SERVICE = { baseUrl: 'https://graph.example', callsPath: '/beta/app/calls' }
  const client = (answer: Fetch) => graphClient(wire(answer).send, SERVICE, async () => 'the token')
  const answering = (status: number) => client(async () => json(status, {}))

  test('go where the page says, with token and media type', async () => {
    const seen: unknown[] = []
    const graph = client(async (url, { method, headers, body }) => {
      seen.push([method, url, headers, body])
      return json(200, {})
    })
    await graph.create({ body: '{"a":1}', contentType: 'application/json' })
    await graph.get('7')
    await graph.delete('7')
    const headers = { authorization: 'Bearer the token', accept: 'application/json' }
    assert.deepEqual(seen, [
      ['POST', 'https://graph.example/beta/app/calls', { ...headers, 'content-type': 'application/json' }, '{"a":1}'],
      ['GET', 'https://graph.example/beta/app/calls/7', headers, undefined],
      ['DELETE', 'https://graph.example/beta/app/calls/7', headers, undefined],
    ])
  })

  test('an id is one segment with any content', async () => {
    const urls: string[] = []
    const graph = client(async (url) => {
      urls.push(new URL(url).href)
      return json(200, {})
    })
    for (const id of ['a/b', '../../users', '?x', 'a#b', '%2e%2e', 'é']) await graph.get(id)
    const segments = urls.map((url) => url.replace('https://graph.example/beta/app/calls/', ''))
    assert.deepEqual(segments, ['a%2Fb', '..%2F..%2Fusers', '%3Fx', 'a%23b', '%252e%252e', '%C3%A9'])
    for (const id of ['.', '..', '']) await rejectsAs(graph.delete(id), NonConformance, /is not the id of a call/)
    assert.equal(urls.length, 6)
  })

  test('after 429 and 503 a scenario could not run, any other 5xx is the target’s fault, the scenario judges the rest', async () => {
    for (const status of [429, 503])
      await rejectsAs(answering(status).get('7'), CouldNotRun, new RegExp(`GET /beta/app/calls was answered ${status}`))
    for (const status of [500, 501, 502, 504])
      await rejectsAs(answering(status).get('7'), NonConformance, new RegExp(`answered ${status}`))
    for (const status of [200, 201, 400, 401, 403, 404, 418, 429, 500, 503])
      assert.equal((await answering(status).create({ body: '{}', contentType: 'application/json' })).status, status)
  })
})

const NOW = Date.parse('2019-11-05T12:00:00Z')
const dated = (seconds: number): Reply => {
  const headers = new Headers({ date: new Date(NOW + seconds * 1000).toUTCString() })
  return { status: 201, headers, text: '', json: () => null }
}

describe('the clock of an answer', () => {
  test('may differ by five minutes, and may be missing or unreadable', () => {
    for (const seconds of [0, 300, -300]) assert.equal(onTime("Graph's", dated(seconds), NOW).status, 201)
    for (const headers of [new Headers(), new Headers({ date: 'soon' })])
      assert.equal(onTime("Graph's", { ...dated(0), headers }, NOW).status, 201)
  })

  test('may not differ more: the error says by how much, in which direction, and what to do', () => {
    for (const [seconds, says] of [
      [301, /^this machine's clock is 5 min behind Graph's: set it/],
      [-301, /^this machine's clock is 5 min ahead of Graph's: set it/],
      [3_600, /clock is 60 min behind Graph's/],
    ] as const)
      assert.throws(
        () => onTime("Graph's", dated(seconds), NOW),
        (error: Error) => error instanceof CouldNotRun && says.test(error.message),
      )
  })
})
