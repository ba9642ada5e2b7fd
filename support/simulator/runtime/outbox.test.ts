// Deliveries: order, one post in flight for a call, and what becomes of a bot that does not take what it is sent.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'mocha'
import { CALLS, NEW_YEAR, request, simulated } from '../../../test/kit/simulated-world'
import { VirtualClock } from './clock'
import { Journal } from './journal'
import { type Deliver, type Notification, noteSent, Outbox } from './outbox'

const accepted = () => new Response(null, { status: 202 })

/** An outbox with a bot that behaves so, and the texts of its journal. */
function outboxTo(deliver: Deliver, timeLimitMs = 10_000) {
  const journal = new Journal()
  const clock = new VirtualClock(NEW_YEAR)
  const outbox = new Outbox({ deliver, sign: async () => 'signed.secret.token', journal, clock, timeLimitMs })
  const post = (callId: string, number: number, callbackUri = 'https://bot.contoso.com/callback') =>
    outbox.post({ callId, callbackUri, audience: 'app', tenantId: 'tenant', body: { number } } satisfies Notification)
  const texts = (callId: string) => journal.entries().flatMap((entry) => (entry.callId === callId ? [entry.text] : []))
  return { outbox, post, texts, journal }
}

const number = (init: RequestInit) => (JSON.parse(String(init.body)) as { number: number }).number

describe('the outbox', () => {
  test('keeps the order of a call, one post in flight, while the bot of another call hangs', async () => {
    const order: string[] = []
    const flying = new Map<string, number>()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { outbox, post } = outboxTo(async (url, init) => {
      flying.set(url, (flying.get(url) ?? 0) + 1)
      assert.equal(flying.get(url), 1, 'one in flight')
      if (url.endsWith('hangs')) await held
      else await new Promise(setImmediate)
      order.push(`${url.split('/').at(-1)} ${number(init)}`)
      flying.set(url, 0)
      return accepted()
    })
    for (const one of [1, 2, 3]) {
      post('a', one, 'https://bot.contoso.com/hangs')
      post('b', one, 'https://bot.contoso.com/answers')
    }
    for (let turns = 0; order.length < 3 && turns < 1_000; turns++) await new Promise(setImmediate)
    assert.deepEqual(order, ['answers 1', 'answers 2', 'answers 3'])
    release()
    await outbox.idle()
    assert.deepEqual(order.slice(3), ['hangs 1', 'hangs 2', 'hangs 3'])
  })

  const troubles: readonly [what: string, bot: Deliver, text: RegExp][] = [
    ['answers 500', async () => new Response('oops', { status: 500 }), /^the bot at bot\.contoso\.com answered 500: oops$/],
    ['answers 401', async () => new Response(null, { status: 401 }), /answered 401: not repeated$/],
    [
      'sends it elsewhere',
      async () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } }),
      /answered 302: not repeated$/,
    ],
    [
      'refuses connections',
      async () => Promise.reject(failed('ECONNREFUSED')),
      /^not delivered to bot\.contoso\.com: connection refused: nothing listens there$/,
    ],
    ['has an old certificate', async () => Promise.reject(failed('CERT_HAS_EXPIRED')), /: its certificate has expired$/],
    ['is nowhere', async () => Promise.reject(failed('ENOTFOUND')), /: no such host$/],
    ['is outside the sealed machine', async () => Promise.reject(failed('ESEALED')), /sealed/],
    [
      'fails in a way of its own',
      async () => Promise.reject(new TypeError('fetch failed', { cause: new Error('odd') })),
      /: odd$/,
    ],
    [
      'throws at once',
      () => {
        throw new Error('at once')
      },
      /: at once$/,
    ],
    [
      'never answers',
      (_, { signal }) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      /^the bot at bot\.contoso\.com did not answer in time$/,
    ],
  ]
  for (const [what, bot, text] of troubles) {
    test(`a bot that ${what}: the journal says so, the next post and other calls are undisturbed`, async () => {
      let faults = 0
      const { outbox, post, texts } = outboxTo(async (url, init) => {
        if (number(init) !== 1) return accepted()
        faults++
        return bot(url, init)
      }, 50)
      post('a', 1)
      post('a', 2)
      post('b', 2)
      let late: NodeJS.Timeout | undefined
      const overdue = new Promise((_, reject) => {
        late = setTimeout(() => reject(new Error('the outbox still waits for the bot')), 5_000)
      })
      await Promise.race([outbox.idle(), overdue])
      clearTimeout(late)
      assert.match(texts('a')[0] ?? '', text)
      assert.equal(faults, 1, 'nothing is repeated')
      for (const text of [texts('a')[1], texts('b')[0]]) assert.equal(text, 'delivered to bot.contoso.com: 202')
    })
  }

  test('records a body that is nested without end as text', async () => {
    const nested = `{"value":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const { outbox, post, texts, journal } = outboxTo(async (url, init) => {
      noteSent(init, { url, body: nested })
      return new Response(null, { status: 202 })
    })
    post('a', 1)
    await outbox.idle()
    assert.deepEqual(texts('a'), ['delivered to bot.contoso.com: 202 (a body that is no JSON object)'])
    const entry = journal.entries().at(-1)
    assert.match(String(entry?.kind === 'delivery' && entry.delivery?.body), /^\{"value":\[+…$/)
  })

  test('does not follow a redirect of a real server', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer((incoming, response) => {
      asked.push(incoming.url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { outbox, post, texts, journal } = outboxTo(fetch)
    post('a', 1, `http://127.0.0.1:${port}/callback`)
    await outbox.idle()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    assert.deepEqual(asked, ['/callback'])
    assert.deepEqual(texts('a'), [`the bot at 127.0.0.1:${port} answered 302: not repeated`])
    post('a', 2, `http://127.0.0.1:${port}/callback`)
    await outbox.idle()
    const last = journal.entries().at(-1)
    assert.match(last?.text ?? '', /connection refused: nothing listens there/)
    assert.deepEqual(last?.kind === 'delivery' && [last.delivery?.outcome, last.delivery?.status], ['failed', null])
  })

  test('never holds back an answer: a call is created, changed and read while its bot hangs', async () => {
    const run = await simulated({ deliver: () => new Promise(() => {}) })
    const { body } = await run.create(request(1))
    run.simulator.perform({ kind: 'answer', callId: String(body.id) })
    assert.equal((await run.ask('GET', `${CALLS}/${body.id}`)).body.state, 'established')
    assert.equal((await run.ask('DELETE', `${CALLS}/${body.id}`)).status, 204)
  })
})

function failed(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}
