// Every fault by what a bot sees while it is armed, and its limits: a number of messages, a call, an app.
import assert from 'node:assert/strict'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, test } from 'mocha'
import { answer, arm, caused, life, look } from '../../../test/kit/armed-faults'
import { BOT, CALLBACK, CALLS, GRAPH, request, SECOND_BOT, type Simulated, simulated } from '../../../test/kit/simulated-world'
import type { JsonObject } from '../../contract/json'
import { mountDirect } from '../mounts/direct'
import { FAULTS } from './fault-list'

const tried = new Set<string>()
const armTried: typeof arm = (run, id, ...others) => {
  tried.add(id)
  return arm(run, id, ...others)
}

const LOGIN = 'https://login.microsoftonline.com'
const KEYS = 'https://api.aps.skype.com'

/** The services as a client in this process reaches them. */
function clientOf({ simulator }: Simulated) {
  const { graph, login, openid } = simulator.services
  return mountDirect({ [GRAPH]: graph, [LOGIN]: login, [KEYS]: openid })
}
const withToken = async (run: Simulated) => ({
  authorization: `Bearer ${await run.token()}`,
  'content-type': 'application/json',
})

/** What a client sees of a request: status, error code and Retry-After, or how it failed. */
type Seen = readonly [status: number, code: string | null, retryAfter: string | null] | string

async function see(ask: () => Promise<Response>): Promise<Seen> {
  try {
    const response = await ask()
    const text = await response.text()
    const { error } = (text.startsWith('{') ? JSON.parse(text) : {}) as { error?: { code?: string } | string }
    return [response.status, (typeof error === 'string' ? error : error?.code) ?? null, response.headers.get('retry-after')]
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string } }
    return `${message} ${cause?.code}`
  }
}

const ASKS = {
  create: async (run: Simulated) => {
    const init = { method: 'POST', headers: await withToken(run), body: JSON.stringify(request(1)) }
    return clientOf(run)(GRAPH + CALLS, init)
  },
  call: async (run: Simulated) =>
    clientOf(run)(`${GRAPH}${CALLS}/${run.simulator.calls()[0]?.id}`, { headers: await withToken(run) }),
  token: async (run: Simulated) => {
    const { clientId, secret, tenantId } = BOT
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: `${GRAPH}/.default` }
    return clientOf(run)(`${LOGIN}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })
  },
  keys: (run: Simulated) => clientOf(run)(`${KEYS}/v1/keys`, {}),
} as const satisfies Readonly<Record<string, (run: Simulated) => Promise<Response>>>

test('without a fault nothing goes wrong, and the journal names none', async () => {
  const run = await simulated()
  const { posted } = await life(run)
  assert.deepEqual(posted, ['updated establishing', 'updated established', 'updated terminating', 'deleted terminated 0/0'])
  assert.deepEqual([run.simulator.faults.list(), caused(run)], [[], []])
})

describe('a request', () => {
  const BROKEN = 'fetch failed UND_ERR_SOCKET'
  const rows: readonly [id: string, written: object, asks: keyof typeof ASKS, seen: Seen, created: number][] = [
    ['throttle', { retryAfter: 5 }, 'create', [429, 'TooManyRequests', '5'], 0],
    ['throttle', { retryAfter: 0 }, 'create', [429, 'TooManyRequests', '0'], 0],
    ['throttle', { retryAfter: null }, 'create', [429, 'TooManyRequests', null], 0],
    ['throttle-without-retry-after', {}, 'create', [429, 'TooManyRequests', null], 0],
    ['server-error', { status: 500 }, 'create', [500, '9999', null], 0],
    ['server-error', { status: 502 }, 'create', [502, null, null], 0],
    ['server-error', {}, 'create', [503, 'serviceNotAvailable', null], 0],
    ['server-error', { status: 504 }, 'create', [504, null, null], 0],
    ['server-error', { carriedOut: true }, 'create', [503, 'serviceNotAvailable', null], 1],
    ['server-error', { service: 'login' }, 'token', [503, null, null], 0],
    ['server-error', { service: 'keys' }, 'keys', [503, null, null], 0],
    ['unavailable', { retryAfter: 7 }, 'create', [503, 'serviceNotAvailable', '7'], 0],
    ['unavailable', { retryAfter: null }, 'create', [503, 'serviceNotAvailable', null], 0],
    ['reset', {}, 'create', BROKEN, 0],
    ['reset', { carriedOut: true }, 'create', BROKEN, 1],
    ['reset', { service: 'login' }, 'token', BROKEN, 0],
    ['gateway-page', {}, 'create', [502, null, null], 0],
    ['create-refused', {}, 'create', [403, '7504', null], 0],
    ['create-refused', { refusal: 'notRegistered' }, 'create', [403, 'UnknownError', null], 0],
    ['create-refused', { refusal: 'missingMediaConfig' }, 'create', [400, '8523', null], 0],
    ['operation-refused', {}, 'call', [409, '8519', null], 1],
    ['operation-refused', { refusal: 'callNotEstablished' }, 'call', [400, '8501', null], 1],
    ['operation-refused', { refusal: 'actionNotValid' }, 'call', [400, '8585', null], 1],
    ['call-not-found', {}, 'call', [404, '8522', null], 1],
    ['access-token-refused', {}, 'create', [401, 'InvalidAuthenticationToken', null], 0],
    ['secret-expired', {}, 'token', [401, 'invalid_client', null], 0],
  ]
  for (const [id, written, asks, seen, created] of rows) {
    test(`with ${id} ${JSON.stringify(written)}: ${seen}`, async () => {
      const run = await simulated()
      if (asks === 'call') await run.call(request(1))
      armTried(run, id, written, { messages: 1 })
      const ask = () => see(() => ASKS[asks](run))
      assert.deepEqual([await ask(), run.simulator.calls().length], [seen, created])
      await run.advance(7_000)
      assert.equal((await ask())[0], asks === 'create' ? 201 : 200, 'the next request is answered as ever')
      assert.deepEqual(run.simulator.faults.list(), [])
      assert.ok(caused(run).some((line) => line.endsWith(`fault ${id} is spent: it has touched 1 message`)))
    })
  }

  test('with throttle is refused again before the time of Retry-After, for each app by itself', async () => {
    const run = await simulated()
    const [ours, theirs] = [await run.token(BOT), await run.token(SECOND_BOT)]
    arm(run, 'throttle', { retryAfter: 5 }, { messages: 1 })
    const first = await look(run, ours)
    const { innerError } = first.body.error as JsonObject & { innerError: JsonObject }
    assert.deepEqual([innerError.code, innerError.status, innerError.message], ['429', '429', 'Please retry after'])
    assert.equal(innerError['request-id'], first.headers.get('request-id'))
    assert.equal((await look(run, theirs)).status, 404)
    await run.advance(3_000)
    const early = await look(run, ours)
    assert.deepEqual([early.status, early.headers.get('retry-after')], [429, '2'])
    assert.deepEqual([run.simulator.faults.list()[0]?.touched, run.simulator.faults.list().length], [1, 1])
    await run.advance(2_000)
    assert.deepEqual([(await look(run, ours)).status, run.simulator.faults.list()], [404, []])
    assert.deepEqual(
      caused(run).filter((line) => line.startsWith('request')),
      ['the app must wait 5 s', 'the app came back 2.0 s too early'].map(
        (why) => `request throttle: GET ${CALLS}/none: 429 TooManyRequests, fault throttle: ${why}`,
      ),
    )
  })

  test('with latency is carried out at once and answered late; disarming or a reset ends the wait', async () => {
    const run = await simulated()
    armTried(run, 'latency', { ms: 2_000 }, { messages: 1 })
    let status = 0
    const late = run.create(request(1)).then((response) => {
      status = response.status
    })
    while (run.inbox.length === 0) await new Promise(setImmediate)
    assert.equal((await look(run)).status, 404, 'the next is in time')
    await run.advance(1_999)
    assert.equal(status, 0)
    await run.advance(1)
    await late
    assert.equal(status, 201)
    for (const end of ['disarm', 'reset'] as const) {
      arm(run, 'latency')
      const left = look(run)
      while (run.simulator.faults.list()[0]?.touched === 0) await new Promise(setImmediate)
      if (end === 'disarm') run.simulator.faults.disarm()
      else run.simulator.reset()
      assert.equal((await left).status, 404)
    }
  })

  test('with no-response waits until the client gives up', async () => {
    const run = await simulated()
    armTried(run, 'no-response', { carriedOut: true }, { messages: 1 })
    const gaveUp = new AbortController()
    const headers = await withToken(run)
    const init = { method: 'POST', headers, body: JSON.stringify(request(1)), signal: gaveUp.signal }
    const create = run.simulator.services.graph(new Request(GRAPH + CALLS, init))
    while (run.inbox.length === 0) await new Promise(setImmediate)
    gaveUp.abort()
    await assert.rejects(create, /other side closed/)
    assert.deepEqual([run.simulator.faults.list(), run.simulator.calls().length], [[], 1])
  })

  test('with body-cut-off gets the head of the response and half of its body', async () => {
    const run = await simulated()
    armTried(run, 'body-cut-off', {}, { messages: 1 })
    const response = await ASKS.create(run)
    assert.deepEqual([response.status, Number(response.headers.get('content-length')) > 100], [201, true])
    await assert.rejects(response.text())
  })

  const rewritten: readonly [id: string, written: object, seen: (call: JsonObject, headers: Headers) => unknown][] = [
    ['response-member-missing', {}, (call) => call.myParticipantId === undefined && call.id !== undefined],
    ['response-member-missing', { member: 'source/identity' }, ({ source }) => (source as JsonObject).identity === undefined],
    ['response-member-unknown', {}, (call) => call.simulatedFutureMember !== undefined],
    ['location-missing', {}, (_, headers) => !headers.has('location')],
  ]
  for (const [id, written, seen] of rewritten) {
    test(`with ${id} ${JSON.stringify(written)} is carried out, and its response differs`, async () => {
      const run = await simulated()
      armTried(run, id, written, { messages: 1 })
      assert.equal((await look(run)).status, 404)
      assert.equal(run.simulator.faults.list()[0]?.left, 1, 'a refusal is not touched')
      const [first, second] = [await run.create(request(1)), await run.create(request(1))]
      assert.deepEqual([first.status, second.status], [201, 201])
      assert.deepEqual([seen(first.body, first.headers), seen(second.body, second.headers)], [true, false])
    })
  }
})

describe('a call', () => {
  const rows: readonly [id: string, written: object, before: 'establishing' | 'established', end: string][] = [
    ['call-ended', {}, 'established', '500/7106'],
    ['call-ended', { code: 408, subcode: 1106, state: 'establishing' }, 'establishing', '408/1106'],
    ['call-ended', { code: 500, subcode: 9999 }, 'established', '500/9999'],
    ['join-failed', {}, 'establishing', '500/7112'],
    ['meeting-locked', {}, 'establishing', '403/8560'],
    ['callee-unreachable', {}, 'establishing', '480/10037'],
    ['media-processor-shut-down', {}, 'established', '500/9999'],
    ['media-failed', {}, 'established', '410/301005'],
    ['keep-alive-expired', {}, 'established', '408/8537'],
  ]
  for (const [id, written, state, end] of rows) {
    test(`with ${id} ${JSON.stringify(written)} ends with ${end} while it is ${state}`, async () => {
      const run = await simulated()
      armTried(run, id, { ...written, ms: 1_000 }, { messages: 1 })
      const { id: callId } = await run.call(request(1))
      if (state === 'established') await answer(run, callId)
      const before = run.notified(callId)
      assert.equal(before.at(-1), `updated ${state}`)
      await run.advance(1_000)
      assert.deepEqual(run.notified(callId), [...before, `deleted terminated ${end}`])
      assert.deepEqual([run.simulator.calls(), (await run.ask('GET', `${CALLS}/${callId}`)).status], [[], 404])
      await answer(run, (await run.call(request(1))).id)
      await run.advance(1_000)
      assert.equal(run.simulator.calls().length, 1, 'the next call goes on')
    })
  }

  test('that is in this state already ends at once; the others in the meeting see it leave', async () => {
    const run = await simulated()
    const [stays, goes] = [await run.call(request(3)), await run.call(request(3), SECOND_BOT)]
    await run.advance(1_000)
    arm(run, 'call-ended', { message: 'Over.' }, { callId: goes.id })
    await run.simulator.idle()
    assert.equal(run.notified(goes.id).at(-1), 'deleted terminated 500/7106')
    assert.match(JSON.stringify(run.inbox), /"message":"Over\."/)
    assert.deepEqual(run.notified(stays.id).slice(-2), ['roster Bot 1, Bot 2', 'roster Bot 1'])
    assert.equal(run.simulator.records.ended()[0]?.end?.subcode, 7106)
  })
})

describe('a call in the lobby', () => {
  test('with admission-failed ends when a person admits it, and is never established; the next is', async () => {
    const run = await simulated()
    armTried(run, 'admission-failed', {}, { messages: 1 })
    const [first, second] = [await run.call(request(6)), await run.call(request(6), SECOND_BOT)]
    await run.advance(1_000)
    const lobby = run.notified(first.id)
    for (const { id } of [first, second]) assert.equal(run.simulator.perform({ kind: 'admit', callId: id }), null)
    await run.simulator.idle()
    assert.deepEqual(run.notified(first.id), [...lobby, 'deleted terminated 500/9999'])
    assert.ok(run.notified(second.id).includes('updated established'))
    assert.deepEqual(
      run.simulator.calls().map(({ id, phase }) => [id, phase]),
      [[second.id, 'established']],
    )
    assert.equal(run.simulator.faults.list().length, 0)
    assert.ok(caused(run).some((line) => line.endsWith(`call ${first.id} is admitted from the lobby and ends with 500/9999`)))
  })
})

describe('notifications', () => {
  const rows: readonly [id: string, written: object, messages: number, posted: readonly number[]][] = [
    ['notification-lost', {}, 1, [1, 2, 3]],
    ['notification-lost', {}, 2, [2, 3]],
    ['notification-doubled', {}, 1, [0, 0, 1, 2, 3]],
    ['notification-repeated', { ms: 50_000 }, 1, [0, 1, 2, 3, 0]],
    ['notification-delayed', { ms: 50_000 }, 1, [1, 2, 3, 0]],
    ['notifications-reordered', {}, 1, [1, 0, 2, 3]],
    ['notifications-reordered', {}, 2, [1, 0, 3, 2]],
  ]
  for (const [id, written, messages, posted] of rows) {
    test(`with ${id}, ${messages} of them: ${posted.join(', ')}`, async () => {
      const run = await simulated()
      const plain = (await life(run)).posted
      const armed = armTried(run, id, written, { messages })
      assert.deepEqual([armed.left, armed.touched], [messages, 0])
      const { callId, posted: seen } = await life(run)
      assert.deepEqual(
        seen,
        posted.map((at) => plain[at]),
      )
      assert.deepEqual(run.simulator.faults.list(), [])
      assert.deepEqual((await life(run)).posted, plain, 'the next call is as ever')
      const own = run.simulator.journal.entries().filter((entry) => entry.kind === 'fault' && entry.did === 'touched')
      assert.deepEqual(
        own.map((entry) => [entry.fault, entry.callId]),
        Array.from({ length: messages }, () => [id, callId]),
      )
    })
  }

  const bodies: readonly [id: string, written: object, first: (body: string, plain: string) => unknown][] = [
    ['notifications-packed', {}, (body) => /establishing.*established/.test(body)],
    ['notification-empty', {}, (body) => /"value":\[\]/.test(body)],
    ['notification-member-missing', {}, (body) => !body.includes('"state"') && body.includes('"resourceData"')],
    ['notification-member-missing', { member: 'changeType' }, (body) => !body.includes('"changeType"')],
    ['notification-member-unknown', {}, (body) => body.includes('"simulatedFutureMember"')],
    ['notification-state-unknown', {}, (body) => body.includes('"state":"unknownFutureValue"')],
    ['notification-not-json', {}, (body, plain) => plain.startsWith(body) && body.length === plain.length >> 1],
    ['notification-of-unknown-call', {}, (body, plain) => body === plain],
  ]
  for (const [id, written, first] of bodies) {
    test(`with ${id} ${JSON.stringify(written)} are posted with another body, once`, async () => {
      const bodies: string[] = []
      const deliver = mountDirect({
        [CALLBACK]: async (post) => {
          bodies.push(await post.text())
          return new Response(null, { status: 202 })
        },
      })
      const run = await simulated({ deliver })
      armTried(run, id, written, { messages: 1 })
      const { callId } = await life(run)
      const [delivered] = run.simulator.journal.entries().flatMap((entry) => (entry.kind === 'delivery' ? [entry] : []))
      const sent = delivered?.delivery?.body ?? ''
      assert.equal(typeof sent === 'string' ? sent : JSON.stringify(sent), bodies[0], 'the journal has what was posted')
      // That of an unknown call follows one that is unchanged; the two that are packed are one after the other in any case.
      const unchanged = ['notification-of-unknown-call', 'notifications-packed'].includes(id)
      if (!unchanged) assert.deepEqual([delivered?.fault, delivered?.text.endsWith(`, changed by fault ${id}`)], [id, true])
      const plain = await simulated()
      await life(plain)
      // The same seed makes the same ids.
      assert.ok(first(bodies[0] ?? '', JSON.stringify(plain.inbox[0]?.body)), bodies[0])
      const states = bodies.map((body) => /"state":"(\w+)"/.exec(body)?.[1])
      assert.deepEqual(states.slice(-2), ['terminating', 'terminated'])
      if (id === 'notification-of-unknown-call') assert.ok(!bodies[1]?.includes(callId) && bodies[1]?.includes('establishing'))
    })
  }

  test('that are held back are posted in time, and when the fault is disarmed', async () => {
    const run = await simulated()
    arm(run, 'notifications-reordered', { heldMs: 5_000 })
    const first = await run.call(request(1))
    await run.advance(4_999)
    assert.deepEqual(run.notified(first.id), [])
    await run.advance(1)
    assert.deepEqual(run.notified(first.id), ['updated establishing'])
    const second = await run.call(request(1))
    run.simulator.faults.disarm()
    await run.simulator.idle()
    assert.deepEqual(run.notified(second.id), ['updated establishing'])
  })

  test('of one call and of one app', async () => {
    const run = await simulated()
    const [first, second] = [await run.call(request(1)), await run.call(request(1))]
    const other = await run.call(request(1), SECOND_BOT)
    arm(run, 'notification-lost', {}, { callId: first.id })
    arm(run, 'notification-doubled', {}, { appId: SECOND_BOT.clientId })
    for (const { id } of [first, second, other]) await answer(run, id)
    const established = ({ id }: { id: string }) => run.notified(id).filter((one) => one.includes('established')).length
    assert.deepEqual([first, second, other].map(established), [0, 1, 2])
  })
})

describe('the token of a notification', () => {
  /** How a bot judges it: with the published keys, issuer, audience and time. */
  async function judge(run: Simulated, { headers }: Simulated['inbox'][number]): Promise<string> {
    const jwks = (await (await ASKS.keys(run)).json()) as JSONWebKeySet
    const options = { issuer: 'https://api.botframework.com', audience: BOT.clientId, currentDate: new Date(run.clock.now()) }
    const token = headers.get('authorization')?.replace('Bearer ', '')
    if (token === undefined) return 'missing'
    return jwtVerify(token, createLocalJWKSet(jwks), { ...options, algorithms: ['RS256'] }).then(
      () => 'valid',
      (error: Error & { code: string; claim?: string }) => error.claim ?? error.code,
    )
  }

  const rows: readonly [id: string, refusal: string][] = [
    ['token-missing', 'missing'],
    ['token-malformed', 'ERR_JWS_INVALID'],
    ['token-unsigned', 'ERR_JOSE_ALG_NOT_ALLOWED'],
    ['token-of-hmac', 'ERR_JOSE_ALG_NOT_ALLOWED'],
    ['token-altered', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    ['signed-by-another-key', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    ['signed-by-an-unpublished-key', 'ERR_JWKS_NO_MATCHING_KEY'],
    ['token-expired', 'exp'],
    ['token-early', 'nbf'],
    ['audience-another-app', 'aud'],
    ['issuer-foreign', 'iss'],
    ['token-for-graph', 'ERR_JWKS_NO_MATCHING_KEY'],
    ['keys-rotated', 'valid'],
  ]
  for (const [id, refusal] of rows) {
    test(`with ${id} is ${refusal}, and that of the next is valid`, async () => {
      const run = await simulated()
      const { id: callId } = await run.call(request(1))
      armTried(run, id, {}, { messages: 1 })
      await answer(run, callId)
      await run.ask('DELETE', `${CALLS}/${callId}`)
      await run.simulator.idle()
      const judged: string[] = []
      for (const post of run.inbox) judged.push(await judge(run, post))
      assert.deepEqual(judged, ['valid', refusal, 'valid', 'valid'])
      assert.equal(caused(run)[1]?.startsWith(`fault ${id}: fault ${id}: call updated, established comes`), true)
    })
  }

  test('with keys-rotated is of a key that was not published before, and is until the fault ends', async () => {
    const run = await simulated()
    const kids = async () => ((await (await ASKS.keys(run)).json()) as JSONWebKeySet).keys.map(({ kid }) => kid)
    const [old] = await kids()
    arm(run, 'keys-rotated', {}, { messages: 1 })
    await run.call(request(1))
    const [header = ''] = run.inbox[0]?.headers.get('authorization')?.replace('Bearer ', '').split('.') ?? []
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
    assert.deepEqual(await kids(), [old, kid])
    run.simulator.faults.disarm()
    assert.deepEqual(await kids(), [old])
  })
})

describe('faults', () => {
  test('two at once touch the same message; for requests the one armed last is nearest to the bot', async () => {
    const run = await simulated()
    arm(run, 'token-missing', {}, { messages: 2 })
    arm(run, 'notification-doubled', {}, { messages: 1 })
    arm(run, 'latency', { ms: 1_000 })
    arm(run, 'server-error', {}, { messages: 1 })
    assert.equal((await run.create(request(1))).status, 503)
    run.simulator.faults.disarm({ fault: 'latency' })
    await run.call(request(1))
    assert.deepEqual(
      run.inbox.map(({ headers }) => headers.has('authorization')),
      [false, false],
    )
    assert.deepEqual(run.simulator.faults.list(), [])
  })

  test('are all tried here, each with an id, a sentence and a source', () => {
    assert.deepEqual([...tried].sort(), FAULTS.map(({ id }) => id).sort())
    for (const { id, description, source, basis } of FAULTS) {
      assert.ok(/^[a-z]+(-[a-z]+)*$/.test(id) && /^[A-Z].*\.$/.test(description), id)
      assert.ok(['documented', 'observed', 'assumption'].includes(basis) && source !== '', id)
    }
  })
})
