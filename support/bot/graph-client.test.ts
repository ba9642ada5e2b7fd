// The bot on the wire: what an answer, or none, makes of a scenario; its tokens; and that it hangs up whatever it made.
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'mocha'
import type { Exchange, Fetch } from '../contract/exchange'
import { CouldNotRun, HarnessError, Interrupted, NonConformance } from '../contract/faults'
import { graphClient } from './graph-client'
import { tokenClient } from './token-client'
import { openWire, type Send } from './wire'

type Kind = typeof CouldNotRun | typeof HarnessError | typeof Interrupted | typeof NonConformance

const GET = { method: 'GET', url: 'https://graph.example/beta/app/calls/7?secret=1', headers: {}, body: null }
const json = (status: number, value: unknown, headers = {}) => new Response(JSON.stringify(value), { status, headers })
const empty = (status: number, headers = {}) => new Response(null, { status, headers })

/** A wire on which every request is answered alike, and what it kept. */
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

  test('a body that is no JSON is the target’s fault, and only where it is read', async () => {
    const { send } = wire(async () => new Response('<html>', { status: 201, headers: { 'content-type': 'text/html' } }))
    const reply = await send('get', GET)
    assert.throws(() => reply.json(), {
      name: 'NonConformance',
      message: /calls\/7 was answered 201 .*no JSON \(text\/html, 6 characters\)/,
    })
    assert.throws(
      () => reply.json(),
      (error) => !/secret/.test((error as Error).message),
    )
  })

  test('an answer without a body is kept as such', async () => {
    const { send, exchanges } = wire(async () => empty(204))
    await send('delete', GET)
    assert.deepEqual(exchanges[0]?.response, { status: 204, headers: {}, body: null })
  })

  test('a redirection is not followed', async () => {
    const seen: (RequestInit | undefined)[] = []
    const answer: Fetch = async (_, init) => {
      seen.push(init)
      return empty(302)
    }
    await wire(answer).send('get', GET)
    assert.equal(seen[0]?.redirect, 'manual')
  })

  test('no answer could not run, said in plain words and kept', async () => {
    const { send, exchanges } = wire(async () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('read ECONNRESET') })),
    )
    await rejectsAs(
      send('get', GET),
      CouldNotRun,
      /^GET https:\/\/graph\.example\/beta\/app\/calls\/7: no answer: read ECONNRESET$/,
    )
    assert.deepEqual(exchanges[0]?.response, { failure: 'read ECONNRESET' })
  })

  test('where several addresses were tried, the code is said', async () => {
    const cause = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
    const { send } = wire(async () => Promise.reject(new TypeError('fetch failed', { cause })))
    await rejectsAs(send('get', GET), CouldNotRun, /no answer: ECONNREFUSED$/)
  })

  test('real sockets: nobody listens, the connection is cut, the answer is cut', async () => {
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

  /** Answers nothing; like a socket, and unlike the time limit, it keeps the process running. */
  const silent: Fetch = (_, { signal }) =>
    new Promise((_, reject) => {
      const held = setTimeout(() => {}, 5_000)
      signal?.addEventListener('abort', () => {
        clearTimeout(held)
        reject(signal.reason)
      })
    })

  test('a late answer could not run, and the limit is named', () =>
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

  test('a hole of the simulator is ours, by its code alone', async () => {
    const hole = { error: { code: 'SimulatorNotImplemented', message: 'transfer is not modelled' } }
    await rejectsAs(wire(async () => json(501, hole)).send('get', GET), HarnessError, /transfer is not modelled/)
    const echoed = wire(async () => json(200, { subject: 'SimulatorNotImplemented' }))
    assert.equal((await echoed.send('get', GET)).status, 200)
    const told = wire(async () => json(400, { error: { code: 'BadRequest', message: 'no SimulatorNotImplemented here' } }))
    assert.equal((await told.send('get', GET)).status, 400)
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

  test('an id is one segment, whatever it holds', async () => {
    const urls: string[] = []
    const graph = client(async (url) => {
      urls.push(new URL(url).href)
      return json(200, {})
    })
    for (const id of ['a/b', '../../users', '?x', 'a#b', '%2e%2e', 'é']) await graph.get(id)
    const segments = urls.map((url) => url.replace('https://graph.example/beta/app/calls/', ''))
    assert.deepEqual(segments, ['a%2Fb', '..%2F..%2Fusers', '%3Fx', 'a%23b', '%252e%252e', '%C3%A9'])
    for (const id of ['.', '..', '']) await rejectsAs(graph.delete(id), NonConformance, /is no id of a call/)
    assert.equal(urls.length, 6)
  })

  test('429 and 503 could not run, any other 5xx is the target’s fault, the rest is for the scenario to judge', async () => {
    for (const status of [429, 503])
      await rejectsAs(answering(status).get('7'), CouldNotRun, new RegExp(`GET /beta/app/calls was answered ${status}`))
    for (const status of [500, 501, 502, 504])
      await rejectsAs(answering(status).get('7'), NonConformance, new RegExp(`answered ${status}`))
    for (const status of [429, 500, 503])
      assert.equal((await answering(status).create({ body: '{}', contentType: 'application/json' })).status, status)
    for (const status of [200, 201, 400, 401, 403, 404, 418])
      assert.equal((await answering(status).create({ body: '{}', contentType: 'application/json' })).status, status)
  })
})

describe('tokens', () => {
  const CREDENTIALS = { clientId: 'the client', tenantId: 'the-tenant', secret: 'very secret' }
  const TOKENS = { authorityUrl: 'https://login.example', scope: 'https://graph.example/.default' }
  const granted = (expires: unknown) => json(200, { access_token: 'a token', expires_in: expires })

  function client(answer: () => Response) {
    const sent: Parameters<Send>[] = []
    const { send } = wire(async () => answer())
    const counted: Send = (...args) => {
      sent.push(args)
      return send(...args)
    }
    const token = tokenClient(counted, TOKENS, CREDENTIALS)
    return { token, sent }
  }

  test('come by client credentials, once until shortly before their end', async () => {
    const { token, sent } = client(() => granted('3599'))
    assert.deepEqual([await token(), await token()], ['a token', 'a token'])
    assert.equal(sent.length, 1)
    const [purpose, { method, url, body }] = sent[0] as Parameters<Send>
    assert.deepEqual([purpose, method, url], ['token', 'POST', 'https://login.example/the-tenant/oauth2/v2.0/token'])
    const form = { grant_type: 'client_credentials', client_id: 'the client', client_secret: 'very secret', scope: TOKENS.scope }
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body ?? '')), form)
  })

  test('that end within a minute are not used again', async () => {
    const { token, sent } = client(() => granted(59))
    await token()
    await token()
    assert.equal(sent.length, 2)
  })

  const REFUSALS: Readonly<Record<string, readonly [answer: () => Response, says: RegExp]>> = {
    'a refusal': [() => json(401, { error: 'invalid_client', error_description: 'wrong' }), /401 invalid_client: wrong/],
    'another shape': [() => json(200, { token: 'x' }), /200 with an answer that is none of OAuth/],
    'a page': [() => new Response('<html>', { status: 502 }), /502 with an answer that is none of OAuth/],
    'a token with a status of refusal': [() => json(400, { access_token: 'x', expires_in: 60 }), /400 with an answer/],
    'an empty answer': [() => empty(200), /none of OAuth/],
  }
  for (const [name, [answer, says]] of Object.entries(REFUSALS)) {
    test(`${name}: could not run, and the secret is not told`, async () => {
      const { token } = client(answer)
      await rejectsAs(token(), CouldNotRun, says)
      await assert.rejects(token(), (error) => !/very secret/.test(`${(error as Error).stack}`))
    })
  }
})
