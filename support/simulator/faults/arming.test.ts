// Faults of requests while they are armed: throttling, errors, late answers and broken connections, on and off again, by count and by app.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { arm, caused, life, look } from '../../../test/kit/armed-faults'
import { BOT, CALLS, GRAPH, request, SECOND_BOT, type Simulated, simulated } from '../../../test/kit/simulated-world'
import type { JsonObject } from '../../contract/json'
import { mountDirect } from '../mounts/direct'
import { ROBUSTNESS } from './faults'

const statuses = async (run: Simulated, times: number) => {
  const all: number[] = []
  for (let at = 0; at < times; at++) all.push((await look(run)).status)
  return all
}
describe('unless armed', () => {
  test('nothing goes wrong, and nothing is said of faults', async () => {
    const run = await simulated()
    const { told } = await life(run)
    assert.deepEqual(told, ['updated establishing', 'updated established', 'updated terminating', 'deleted terminated 0/0'])
    assert.deepEqual([run.simulator.faults.list(), caused(run)], [[], []])
  })
})

describe('throttling', () => {
  test('refuses with Retry-After, holds to it whoever comes back before, and is over', async () => {
    const run = await simulated()
    arm(run, 'throttle', { retryAfter: 5 }, { messages: 1 })
    const first = await run.create(request(1))
    assert.deepEqual([first.status, first.headers.get('retry-after')], [429, '5'])
    const { code, message, innerError } = first.body.error as JsonObject & { innerError: JsonObject }
    assert.deepEqual([code, message], ['TooManyRequests', 'Please retry again later.'])
    assert.deepEqual([innerError.code, innerError.status, innerError.message], ['429', '429', 'Please retry after'])
    assert.equal(innerError['request-id'], first.headers.get('request-id'))
    await run.advance(3_000)
    const early = await run.create(request(1))
    assert.deepEqual([early.status, early.headers.get('retry-after')], [429, '2'])
    assert.equal(run.simulator.faults.list().length, 1, 'it still holds somebody to what it said')
    await run.advance(2_000)
    assert.equal((await run.create(request(1))).status, 201)
    assert.deepEqual([run.simulator.faults.list(), run.simulator.calls().length], [[], 1])
    assert.deepEqual(
      caused(run).filter((line) => line.startsWith('request')),
      [
        'request throttle: POST /beta/app/calls: 429 TooManyRequests, fault throttle: the app is told to wait 5 s',
        'request throttle: POST /beta/app/calls: 429 TooManyRequests, fault throttle: the app came back 2.0 s too early',
      ],
    )
  })

  test('is of each app by itself, and of one app where that is said', async () => {
    const run = await simulated()
    const [ours, theirs] = [await run.token(BOT), await run.token(SECOND_BOT)]
    arm(run, 'throttle', { retryAfter: 5 }, { messages: 1 })
    assert.deepEqual([(await look(run, ours)).status, (await look(run, theirs)).status], [429, 404])
    run.simulator.faults.disarm()
    arm(run, 'throttle', {}, { appId: SECOND_BOT.clientId })
    assert.deepEqual([(await look(run, ours)).status, (await look(run, theirs)).status], [404, 429])
    assert.equal(run.simulator.faults.disarm({ fault: 'throttle' })[0]?.touched, 1)
    assert.equal((await look(run, theirs)).status, 404)
  })
})

describe('answers', () => {
  for (const [status, code] of [
    [500, '9999'],
    [502, null],
    [503, 'serviceNotAvailable'],
    [504, null],
  ] as const) {
    test(`of ${status} come so many times, and nothing was done`, async () => {
      const run = await simulated()
      arm(run, 'server-error', { status }, { messages: 2 })
      const refused = await run.create(request(1))
      const error = refused.body.error as JsonObject | undefined
      assert.deepEqual([refused.status, error?.code ?? null], [status, code])
      assert.deepEqual(await statuses(run, 2), [status, 404])
      assert.deepEqual([run.simulator.calls(), run.simulator.faults.list()], [[], []])
    })
  }

  test('of an error come after what was asked for was done, where that is said', async () => {
    const run = await simulated()
    arm(run, 'server-error', { carriedOut: true }, { messages: 1 })
    assert.equal((await run.create(request(1))).status, 503)
    assert.equal(run.simulator.calls().length, 1)
    assert.ok(caused(run).includes('fault server-error: fault server-error: POST /beta/app/calls answered 503 in place of 201'))
  })

  test('come late: the notification is there first, and disarming lets go what still waits', async () => {
    const run = await simulated()
    arm(run, 'latency', { ms: 2_000 }, { messages: 1 })
    let answered = false
    const late = run.create(request(1)).then(({ status }) => {
      answered = true
      return status
    })
    while (run.inbox.length === 0) await new Promise(setImmediate)
    assert.equal((await look(run)).status, 404, 'the next is in time')
    await run.advance(1_999)
    assert.equal(answered, false)
    await run.advance(1)
    assert.equal(await late, 201)
    arm(run, 'latency')
    const left = look(run)
    while (run.simulator.faults.list()[0]?.touched === 0) await new Promise(setImmediate)
    run.simulator.faults.disarm()
    assert.equal((await left).status, 404)
  })

  test('are not late any more where the fault ends while the service still works on them', async () => {
    const run = await simulated()
    arm(run, 'latency')
    const answer = run.simulator.services.graph(new Request(`${GRAPH}${CALLS}/none`))
    run.simulator.reset()
    assert.equal((await answer).status, 401)
  })

  test('do not come where the connection breaks off; fetch rejects as it does', async () => {
    const run = await simulated()
    const fetch = mountDirect({ [GRAPH]: run.simulator.services.graph })
    const create = async () =>
      fetch(`${GRAPH}${CALLS}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await run.token()}`, 'content-type': 'application/json' },
        body: JSON.stringify(request(1)),
      })
    const broken = (error: Error & { cause?: { code?: string } }) =>
      error instanceof TypeError && error.message === 'fetch failed' && error.cause?.code === 'UND_ERR_SOCKET'
    arm(run, 'reset', {}, { messages: 1 })
    await assert.rejects(create(), broken)
    assert.equal(run.simulator.calls().length, 0)
    arm(run, 'reset', { carriedOut: true }, { messages: 1 })
    await assert.rejects(create(), broken)
    assert.equal(run.simulator.calls().length, 1)
    assert.equal((await create()).status, 201)
  })

  for (const service of ['login', 'keys'] as const) {
    test(`of the service ${service} alone, where that is said`, async () => {
      const run = await simulated()
      const { login, openid } = run.simulator.services
      const ask = () =>
        service === 'login'
          ? login(new Request('https://login.microsoftonline.com/common/oauth2/v2.0/token', { method: 'POST', body: '' }))
          : openid(new Request('https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration'))
      const before = (await ask()).status
      arm(run, 'server-error', { service, status: 502 }, { messages: 1 })
      assert.deepEqual([(await look(run)).status, (await ask()).status, (await ask()).status], [404, 502, before])
    })
  }
})

describe('every fault that breaks no rule', () => {
  test('is tried here', () => {
    const tried = ['throttle', 'server-error', 'latency', 'reset', 'notification-lost', 'notification-doubled']
    assert.deepEqual(
      ROBUSTNESS.map(({ id }) => id),
      [...tried, 'notifications-reordered', 'notification-delayed', 'notifications-packed'],
    )
  })
})
