// What carries the simulator: deliveries, the journal, the clock, the ids; and that two simulators know nothing of each other.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import type { JsonObject } from '../support/contract/json'
import { VirtualClock } from '../support/simulator/runtime/clock'
import { seededIds } from '../support/simulator/runtime/ids'
import { Journal } from '../support/simulator/runtime/journal'
import { type Deliver, type Notification, Outbox } from '../support/simulator/runtime/outbox'
import { BOT, CALLS, JOHN, NEW_YEAR, of, request, SCHEDULED, simulated, told } from './support-simulated'

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
  test('posts what the page says: method, token, JSON', async () => {
    const run = await simulated()
    await run.call(request(1))
    const [{ url, headers, body } = assert.fail('nothing was posted')] = run.inbox
    assert.equal(url, 'https://bot.contoso.com/callback')
    assert.equal(headers.get('content-type'), 'application/json')
    assert.match(headers.get('authorization') ?? '', /^Bearer \S+$/)
    assert.equal(body['@odata.type'], '#microsoft.graph.commsNotifications')
  })

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
    [
      'answers 500',
      async () => new Response('oops', { status: 500 }),
      /^the bot at bot\.contoso\.com answered 500: not repeated$/,
    ],
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
      const awake = setTimeout(() => {}, 5_000)
      await outbox.idle()
      clearTimeout(awake)
      assert.match(texts('a')[0] ?? '', text)
      assert.equal(faults, 1, 'nothing is repeated')
      for (const told of [texts('a')[1], texts('b')[0]]) assert.equal(told, 'delivered to bot.contoso.com: 202')
    })
  }

  test('does not follow a redirect of a real server', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer((incoming, response) => {
      asked.push(incoming.url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { outbox, post, texts } = outboxTo(fetch)
    post('a', 1, `http://127.0.0.1:${port}/callback`)
    await outbox.idle()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    assert.deepEqual(asked, ['/callback'])
    assert.deepEqual(texts('a'), [`the bot at 127.0.0.1:${port} answered 302: not repeated`])
    post('a', 2, `http://127.0.0.1:${port}/callback`)
    await outbox.idle()
    assert.match(texts('a')[1] ?? '', /connection refused: nothing listens there/)
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

describe('the journal', () => {
  test('keeps the last entries, oldest first, and counts the others', () => {
    const journal = new Journal(3)
    for (const at of [1, 2, 3, 4, 5]) journal.write({ at, kind: 'people', callId: null, text: `${at}` })
    assert.deepEqual([journal.entries().map(({ at }) => at), journal.dropped], [[3, 4, 5], 2])
    ;(journal.entries() as unknown[]).length = 0
    assert.equal(journal.entries().length, 3)
  })

  test('has no token, no secret and no piece of a body', async () => {
    const run = await simulated({
      deliver: async (url) => Promise.reject(new TypeError('fetch failed', { cause: new Error(`${new URL(url).host} is odd`) })),
    })
    const token = await run.token()
    const headers = { 'content-type': 'application/json' }
    await run.call(request(1))
    await run.create(request(1), { token: `${token}x` })
    await run.create(request(1), { token: null, headers: { authorization: `Basic ${btoa(`x:${BOT.secret}`)}` } })
    for (const body of [`{"blob":${BOT.secret}}`, BOT.secret, `${'x'.repeat(60)}"${BOT.secret}`, `{"a":1,"b" "${BOT.secret}"}`])
      await run.ask('POST', CALLS, { headers, body })
    await run.create(request(2, { callbackUri: `https://x:${BOT.secret}@bot.contoso.com` }))
    const text = run.journal()
    assert.equal(run.simulator.journal.entries().length, 8)
    for (const secret of [token, token.split('.')[2] as string, BOT.secret, btoa(`x:${BOT.secret}`), 'simulated', 'xxx'])
      assert.ok(!text.includes(secret), `${secret}\n${text}`)
  })
})

describe('the virtual clock', () => {
  test('runs what is due in order, also what is set on the way, and never moves back', () => {
    const clock = new VirtualClock(1_000)
    const ran: string[] = []
    const note = (name: string) => () => void ran.push(`${name} at ${clock.now()}`)
    clock.after(30, note('late'))
    clock.after(10, note('first'))
    clock.after(10, () => {
      note('second')()
      clock.after(5, note('on the way'))
      clock.after(-7, note('at once'))
      clock.after(500, note('later'))
    })
    assert.equal(clock.nextDue(), 1_010)
    clock.moveTo(1_009)
    assert.deepEqual(ran, [])
    clock.moveTo(1_030)
    assert.deepEqual(ran, ['first at 1010', 'second at 1010', 'at once at 1010', 'on the way at 1015', 'late at 1030'])
    clock.moveTo(1_000)
    assert.equal(clock.now(), 1_030)
    assert.equal(clock.nextDue(), 1_510)
    clock.moveTo(1_510)
    assert.deepEqual([clock.nextDue(), ran.length], [null, 6])
  })
})

describe('ids', () => {
  test('are GUIDs of version 4, the same for a seed, never the same for two', () => {
    const take = (seed: string) => Array.from({ length: 200 }, seededIds(seed))
    assert.deepEqual(take('a'), take('a'))
    const all = [...take('a'), ...take('b'), ...take(''), ...take('a 1')]
    assert.equal(new Set(all).size, all.length)
    for (const id of all) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('two simulators in one process', () => {
  test('do not see each other: calls, people, meetings, journals, ids', async () => {
    const [one, other] = [await simulated({ seed: 'one' }), await simulated({ seed: 'other' })]
    one.simulator.people.whenCalled(JOHN.id, 'answers')
    one.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN })
    const mine = await one.call(request(1))
    assert.equal((await other.ask('GET', `${CALLS}/${mine.id}`)).status, 404)
    assert.match(other.simulator.perform({ kind: 'answer', callId: mine.id }) ?? '', /no call/)
    assert.deepEqual(other.simulator.calls(), [])
    const [two, meeting] = [await other.call(request(1)), await other.call(request(3))]
    await other.advance(5_000)
    await one.advance(5_000)
    assert.deepEqual(other.told(two.id), ['updated establishing'])
    assert.equal(other.told(meeting.id).at(-1), 'roster Bot 1')
    assert.deepEqual(one.told(mine.id), ['updated establishing', 'updated established'])
    assert.ok(one.inbox.every(({ body }) => of(body) === mine.id))
    assert.notEqual(mine.id, two.id)
  })

  test('of one seed tell the same story', async () => {
    const story = async () => {
      const run = await simulated({ seed: 'story' })
      run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN })
      await run.call(request(3))
      await run.advance(1_000)
      return run.inbox.map(({ body }) => body)
    }
    const first = await story()
    assert.equal(first.map(told).join(), 'updated establishing,updated established,roster John (muted), Bot 1')
    assert.deepEqual(await story(), first)
  })

  test('one that is closed is silent: late timers and late people do nothing, the other goes on', async () => {
    const [closed, open] = [await simulated(), await simulated()]
    const calls = []
    for (const run of [closed, open]) {
      run.simulator.people.whenCalled(JOHN.id, 'answers')
      calls.push((await run.call(request(1))).id, (await run.call(request(3))).id)
    }
    closed.simulator.close()
    const before = closed.simulator.calls()
    await closed.advance(3_600_000)
    await open.advance(3_600_000)
    assert.equal(closed.inbox.length, 2)
    assert.deepEqual(closed.simulator.calls(), before)
    assert.equal(closed.simulator.perform({ kind: 'hang-up', callId: calls[0] as string }), 'the simulator is closed')
    assert.equal(open.inbox.length, 5)
  })
})

test('a notification is one change and names the call, its callback and its kind', async () => {
  const run = await simulated()
  const { id } = await run.call(request(3))
  await run.advance(1_000)
  for (const { body } of run.inbox) {
    const [change, ...others] = body.value as readonly JsonObject[]
    assert.deepEqual(others, [])
    assert.deepEqual(Object.keys(change ?? {}), ['@odata.type', 'changeType', 'resource', 'callbackUri', 'resourceData'])
    assert.match(String(change?.resource), new RegExp(`^/app/calls/${id}(/participants)?$`))
    assert.equal(change?.callbackUri, request(3).callbackUri)
  }
})
