// The journal of both directions: what each entry holds, that it is bounded and harmless, and that it says how to avoid a refusal.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { arm } from '../../../test/kit/armed-faults'
import { BOT, CALLS, JOHN, request, type Simulated, simulated, TENANT } from '../../../test/kit/simulated-world'
import { Journal, type JournalEntry } from './journal'
import { harmlessAddress, harmlessText, strangersWords } from './redact'

const SCHEDULED_TEXT = 'in 19:meeting_Win6Ydo4wsMijFjZS00ZGVjLTk5MGUtOTRjNWY2NmNkYTFm@thread.v2 0'

const last = (run: Simulated): JournalEntry => run.simulator.journal.entries().at(-1) ?? assert.fail('the journal is empty')
const ofKind = (run: Simulated, kind: JournalEntry['kind']) => run.simulator.journal.entries().filter((one) => one.kind === kind)

describe('an entry', () => {
  test('of a request says how it was answered, from which app it came and why it was refused', async () => {
    const run = await simulated()
    const { id } = await run.call(request(1))
    await run.ask('GET', `${CALLS}/${id}?$select=id`)
    await run.ask('GET', `${CALLS}/unknown`)
    await run.ask('PUT', CALLS)
    const entries = ofKind(run, 'request')
    assert.deepEqual(
      entries.map(({ text, callId }) => [text.split(',')[0], callId]),
      [
        [`POST ${CALLS}: 201`, id],
        [`GET ${CALLS}/${id}: 200`, id],
        [`GET ${CALLS}/unknown: 404 8522`, 'unknown'],
        [`PUT ${CALLS}: 405 BadRequest`, null],
      ],
    )
    const [created, , missing] = entries.map((entry) => (entry.kind === 'request' ? entry.request : undefined))
    const common = { service: 'graph', appId: BOT.clientId }
    assert.deepEqual(created, { ...common, method: 'POST', path: CALLS, status: 201, error: null, diagnosis: null })
    assert.deepEqual(
      { ...missing, diagnosis: '' },
      { ...common, method: 'GET', path: `${CALLS}/unknown`, status: 404, error: '8522', diagnosis: '' },
    )
    assert.match(missing?.diagnosis ?? '', /has no call unknown: it has ended, or never was/)
  })

  test('of a delivery says what it showed, what became of it, and what was posted', async () => {
    const run = await simulated()
    const { id } = await run.call(request(5))
    await run.advance(1_000)
    const deliveries = ofKind(run, 'delivery').map((entry) => (entry.kind === 'delivery' ? entry.delivery : undefined))
    assert.deepEqual(
      deliveries.map((one) => [one?.of, one?.changeType, one?.state, one?.shows, one?.outcome, one?.status]),
      [
        ['call', 'updated', 'establishing', 'call updated, establishing', 'delivered', 202],
        ['call', 'updated', 'established', 'call updated, established', 'delivered', 202],
        ['roster', 'updated', null, 'roster updated, 1 participant', 'delivered', 202],
      ],
    )
    assert.deepEqual(deliveries[2]?.body, run.inbox[2]?.body)
    assert.deepEqual(
      [last(run).callId, last(run).text],
      [id, 'delivered to bot.contoso.com: 202 (roster updated, 1 participant)'],
    )
    assert.ok((deliveries[2]?.durationMs ?? -1) >= 0)
  })

  test('of a delivery of content sharing says so', async () => {
    const run = await simulated()
    const callOptions = { '@odata.type': '#microsoft.graph.outgoingCallOptions', isContentSharingNotificationEnabled: true }
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(request(1, { callOptions }))
    const callId = String((await run.ask('POST', '/v1.0/communications/calls', { headers, body })).body.id)
    assert.equal(run.simulator.perform({ kind: 'answer', callId }), null)
    assert.equal(run.simulator.perform({ kind: 'share', callId }), null)
    await run.simulator.idle()
    const shows = ofKind(run, 'delivery').map((entry) => entry.kind === 'delivery' && [entry.delivery?.of, entry.delivery?.shows])
    assert.deepEqual(shows.slice(-2), [
      ['content-sharing', 'content sharing created'],
      ['content-sharing', 'content sharing updated'],
    ])
  })

  test('of the people says who did what where, and why it did not fit', async () => {
    const run = await simulated()
    const meeting = '19:meeting_Win6Ydo4wsMijFjZS00ZGVjLTk5MGUtOTRjNWY2NmNkYTFm@thread.v2 0'
    run.simulator.perform({ kind: 'join', meeting, person: JOHN })
    assert.equal(last(run).text, `join (John ${SCHEDULED_TEXT})`)
    run.simulator.perform({ kind: 'mute', meeting, personId: JOHN.id })
    const entry = last(run)
    const reason = `person ${JOHN.id} is muted already`
    assert.deepEqual(entry.kind === 'people' && entry.people, { verb: 'mute', reason, meeting, personId: JOHN.id })
    assert.equal(entry.text, `mute (${JOHN.id} ${SCHEDULED_TEXT}): ${reason}`)
  })

  test('of the token service and the keys is there too', async () => {
    const run = await simulated()
    const form = {
      grant_type: 'client_credentials',
      client_id: BOT.clientId,
      client_secret: 'canary',
      scope: 'https://graph.microsoft.com/.default',
    }
    const body = new URLSearchParams(form)
    await run.simulator.services.login(new Request(`https://x/${TENANT}/oauth2/v2.0/token`, { method: 'POST', body }))
    const refused = last(run)
    assert.deepEqual(
      refused.kind === 'request' && [
        refused.request?.service,
        refused.request?.status,
        refused.request?.error,
        refused.request?.appId,
      ],
      ['login', 401, 'invalid_client', BOT.clientId],
    )
    assert.match(
      refused.text,
      /Invalid client secret provided\. Remedy: the apps with their credentials are printed at the start/,
    )
    assert.ok(!JSON.stringify(refused).includes('canary'))
    await run.simulator.services.openid(new Request('https://x/v1/keys'))
    assert.equal(last(run).text, 'GET /v1/keys: 200')
  })
})

describe('an answer that was changed on its way', () => {
  const shown = (run: Simulated) =>
    ofKind(run, 'request').map((entry) =>
      entry.kind === 'request'
        ? [entry.request?.status, entry.request?.error, entry.fault, entry.text.split(': ').slice(1).join(': ')]
        : [],
    )

  test('by an armed fault is shown as the bot received it, with what the service did', async () => {
    const run = await simulated()
    arm(run, 'server-error', { status: 500, carriedOut: true }, { messages: 1 })
    await run.create(request(1))
    arm(run, 'location-missing', {}, { messages: 1 })
    await run.create(request(1))
    arm(run, 'reset', {}, { messages: 1 })
    await assert.rejects(run.create(request(1)))
    assert.deepEqual(shown(run), [
      [500, '9999', 'server-error', '500 9999, fault server-error: answered 500 in place of 201'],
      [201, null, 'location-missing', '201, fault location-missing: is answered without Location'],
      [null, null, 'reset', 'no answer, fault reset: the connection breaks off; the service never saw it'],
    ])
  })

  test('by a deviation is shown so too, whether it changes an answer or takes its place', async () => {
    const run = await simulated({
      deviation: {
        id: 'other-answers',
        description: 'Creates are refused after they were carried out, and nothing is asked about calls.',
        wrap: ({ graph }) => ({
          graph: async (asked) => {
            if (asked.method === 'GET') return new Response(null, { status: 503 })
            await graph(asked.clone())
            return Response.json({ error: { code: 'Changed' } }, { status: 400 })
          },
        }),
      },
    })
    await run.create(request(1))
    await run.ask('GET', `${CALLS}/none`)
    assert.deepEqual(shown(run), [
      [400, 'Changed', undefined, '400 Changed, a deviation changes the answer of the service, 201'],
      [503, null, undefined, '503, a deviation answers in place of the service'],
    ])
  })
})

describe('the journal as a whole', () => {
  test('counts on, notifies listeners in order, and forgets the oldest by number and by size', () => {
    const journal = new Journal(3, 1_000)
    const heard: number[] = []
    const leave = journal.subscribe(({ sequence }) => heard.push(sequence))
    const write = (text: string) => journal.write({ at: 0, kind: 'people', callId: null, text })
    for (const text of ['a', 'b', 'c', 'd']) write(text)
    assert.deepEqual([journal.entries().map(({ sequence }) => sequence), journal.dropped, journal.last], [[2, 3, 4], 1, 4])
    write('x'.repeat(990))
    assert.deepEqual([journal.entries().map(({ sequence }) => sequence), journal.dropped], [[5], 4], 'by size')
    leave()
    write('e')
    assert.deepEqual(heard, [1, 2, 3, 4, 5])
    assert.equal(journal.last, 6)
  })

  test('keeps what was, also when the sender changes it afterwards', () => {
    const journal = new Journal()
    const people = { verb: 'mute', reason: null as string | null, meeting: null, personId: null }
    journal.write({ at: 0, kind: 'people', callId: null, text: 'mute', people })
    people.reason = 'changed'
    const [entry] = journal.entries()
    assert.equal(entry?.kind === 'people' && entry.people?.reason, null)
    ;(journal.entries() as unknown[]).length = 0
    assert.equal(journal.entries().length, 1)
  })

  test('holds no token, no secret and nothing of a request, in no member', async () => {
    const canary = 'c4n4ry'
    const jwt = `eyJ${canary}AAAA.eyJ${canary}.${canary}`
    const run = await simulated({
      deliver: async () => new Response(`Bearer ${jwt} and simulated-${canary}, key ${canary.repeat(8)}`, { status: 401 }),
    })
    const token = await run.token()
    await run.create(request(1, { callbackUri: `https://u:${canary}@bot.contoso.com/x?code=${canary}` }))
    assert.equal((await run.create(request(1, { callbackUri: `https://bot.contoso.com/x?code=${canary}` }))).status, 201)
    await run.create(request(3, { meetingInfo: { '@odata.type': '#microsoft.graph.tokenMeetingInfo', token: canary } }))
    await run.advance(1_000)
    for (const path of [`${CALLS}/${jwt}`, `/${jwt}`, `/beta/simulated-${canary}`]) await run.ask('GET', path)
    for (const bearer of [jwt, `${token}x`, canary.repeat(8)]) await run.ask('GET', CALLS, { token: bearer })
    await run.ask('GET', CALLS, {
      token: null,
      headers: { authorization: `${canary} x`, 'user-agent': `graph-${canary.repeat(20)}/1` },
    })
    await run.create(request(1), { headers: { 'content-type': `application/${jwt}` } })
    const headers = { 'content-type': 'application/json' }
    for (const body of [`{"blob":${canary}}`, canary, `${'x'.repeat(60)}"${canary}`, `{"a":1,"b" "${canary}"}`])
      await run.ask('POST', CALLS, { headers, body })
    const all = JSON.stringify(run.simulator.journal.entries())
    assert.ok(run.simulator.journal.entries().length > 10)
    assert.ok(!all.includes(canary), all.slice(Math.max(0, all.indexOf(canary) - 200), all.indexOf(canary) + 50))
    for (const secret of [token, token.split('.')[2] ?? '', BOT.secret]) assert.ok(!all.includes(secret))
  })

  test('has the request before what followed from it', async () => {
    const run = await simulated()
    await run.call(request(1))
    assert.deepEqual(
      run.simulator.journal.entries().map(({ kind }) => kind),
      ['request', 'delivery'],
    )
  })
})

describe('what the bot answered', () => {
  const json = { 'content-type': 'application/json; charset=utf-8' }
  const answers: readonly [what: string, response: () => Response, text: string][] = [
    ['text', () => new Response('Invalid token', { status: 401 }), 'answered 401: Invalid token'],
    ['JSON', () => new Response('{"error":"no"}', { status: 400, headers: json }), 'answered 400: {"error":"no"}'],
    [
      'a page',
      () => new Response('<h1>no</h1>', { status: 404, headers: { 'content-type': 'text/html' } }),
      'answered 404: not repeated',
    ],
    ['nothing', () => new Response(null, { status: 503 }), 'answered 503: not repeated'],
    ['control characters', () => new Response('a\u001b[31m\r\nb\u202ec\u0000', { status: 500 }), 'answered 500: a [31m b c'],
    ['too much', () => new Response('word '.repeat(20_000), { status: 500 }), `answered 500: ${'word '.repeat(40)}…`],
    [
      'bytes that are no text',
      () => new Response(new Uint8Array([0xff, 0xfe]), { status: 500, headers: { 'content-type': 'text/plain' } }),
      'answered 500: \ufffd\ufffd',
    ],
    [
      'a body that breaks off',
      () => new Response(broken(), { status: 500, headers: { 'content-type': 'text/plain' } }),
      'answered 500: not repeated',
    ],
    ['a token', () => new Response('eyJhbGciOi.eyJpc3Mi.c2ln is old', { status: 401 }), 'answered 401: (hidden) is old'],
  ]
  for (const [what, response, text] of answers) {
    test(`is reported where it is ${what}`, async () => {
      const run = await simulated({ deliver: async () => response() })
      await run.call(request(1))
      assert.equal(last(run).text, `the bot at bot.contoso.com ${text} (call updated, establishing)`)
    })
  }

  test('is not waited for without end, and of a post that was taken it is not read', async () => {
    let cancelled = 0
    const endless = () => new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => void cancelled++ })
    const taken = await simulated({
      deliver: async () => new Response(endless(), { status: 202, headers: { 'content-type': 'text/plain' } }),
    })
    await taken.call(request(1))
    assert.deepEqual([last(taken).text, cancelled], ['delivered to bot.contoso.com: 202 (call updated, establishing)', 1])
    const run = await simulated({
      deliver: async () => new Response(endless(), { status: 500, headers: { 'content-type': 'text/plain' } }),
    })
    await run.create(request(1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    run.simulator.close()
    await run.simulator.idle()
    assert.equal(cancelled, 2)
  })
})

function broken(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) })
}

test('harmless are addresses, long words and tokens alike, and a GUID and a thread id stay', () => {
  assert.equal(harmlessAddress('https://u:p@bot.test:8443/a?b=c#d'), 'https://bot.test:8443/a?…')
  assert.equal(harmlessAddress('no address'), '(no address)')
  assert.equal(harmlessText(`19:meeting_${'x'.repeat(48)}@thread.v2`), `19:meeting_${'x'.repeat(48)}@thread.v2`)
  assert.equal(strangersWords(`call ${JOHN.id} key ${'aB3'.repeat(20)}`, 200), `call ${JOHN.id} key (hidden)`)
  assert.equal(harmlessText('basic YWJjZGVm, Bearer  abcdefg'), '(hidden), (hidden)')
  assert.equal(harmlessText('Authorization: Bearer ...'), 'Authorization: Bearer ...')
})
