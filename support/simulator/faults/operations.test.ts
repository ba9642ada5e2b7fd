// Faults through the control API and the package's methods: arming, disarming, what is told of them, and refusals with field and remedy.
import assert from 'node:assert/strict'
import { after, describe, test } from 'mocha'
import { controlled, SEED } from '../../../test/kit/control-caller'
import { CALLS, DIRECTORY, request } from '../../../test/kit/simulated-world'
import type { JsonObject } from '../../contract/json'
import { armable } from '../../mutation'
import { createSimulator } from '..'
import { ROBUSTNESS } from './faults'

const UNKNOWN = '00000000-0000-0000-0000-000000000000'

describe('the control API', () => {
  test('arms, tells what is armed and what is left, and disarms', async () => {
    const run = await controlled()
    assert.deepEqual((await run.done('faults', { kind: 'robustness' })).armed, [])
    const armed = await run.done('arm', { fault: 'throttle', retryAfter: 7, messages: 2 })
    assert.deepEqual(armed, {
      number: 1,
      fault: 'throttle',
      parameters: { retryAfter: 7 },
      callId: null,
      app: null,
      left: 2,
      touched: 0,
      after: 0,
    })
    assert.equal((await run.create(request(1))).headers.get('retry-after'), '7')
    const { after: _, ...shown } = { ...armed, left: 1, touched: 1 }
    assert.deepEqual((await run.done('faults')).armed, [shown])
    assert.deepEqual(await run.done('disarm', { fault: 'throttle' }), { disarmed: [shown] })
    assert.equal((await run.create(request(1))).status, 201)
    assert.deepEqual((await run.done('faults')).armed, [])
    const entries = (await run.done('journal', { kind: 'fault' })).entries as JsonObject[]
    assert.deepEqual(
      entries.map(({ fault, did, text }) => [fault, did, text]),
      [
        ['throttle', 'armed', 'fault throttle (retryAfter 7) for 2 messages is armed'],
        ['throttle', 'disarmed', 'fault throttle (retryAfter 7) for 2 messages is disarmed'],
      ],
    )
    assert.deepEqual((await run.done('journal', { kind: 'request' })).entries[0].fault, 'throttle')
  })

  test('limits to a call, and to an app by client id; disarms by number, or all', async () => {
    const run = await controlled({ directory: { ...DIRECTORY, apps: SEED.directory.apps } })
    const bot = SEED.directory.apps[0] ?? assert.fail('no app')
    const call = await run.call(request(1), bot)
    const armed = await run.done('arm', { fault: 'notification-lost', callId: call.id })
    assert.equal(armed.callId, call.id)
    const scoped = await run.done('arm', { fault: 'throttle', app: 'none' })
    assert.equal(scoped.app, 'none')
    assert.equal((await run.done('arm', { fault: 'throttle', app: bot.clientId })).app, bot.clientId)
    await run.done('disarm', { number: scoped.number })
    assert.deepEqual(
      (await run.done('faults', { kind: 'twin' })).armed.map(({ number }: { number: number }) => number),
      [1, 3],
    )
    assert.equal((await run.done('disarm')).disarmed.length, 2)
    assert.deepEqual(await run.done('disarm'), { disarmed: [] })
  })

  test('lists every fault with what is known of it', async () => {
    const run = await controlled()
    const { faults } = (await run.done('faults')) as { faults: JsonObject[] }
    assert.equal(new Set(faults.map(({ fault }) => fault)).size, faults.length)
    for (const kind of ['robustness', 'deviation', 'twin'])
      assert.deepEqual(
        (await run.done('faults', { kind })).faults,
        faults.filter((one) => one.kind === kind),
      )
    const { deviations, variations } = armable()
    assert.deepEqual(
      faults.map(({ fault }) => fault).sort(),
      [...ROBUSTNESS, ...deviations, ...variations].map(({ id }) => id).sort(),
    )
    assert.equal(faults.filter(({ kind }) => kind === 'twin').length, variations.length)
    const lost = faults.find(({ fault }) => fault === 'token-expired')
    assert.deepEqual([lost?.kind, lost?.source, lost?.basis], ['deviation', 'breaks CC-50', null])
    for (const { fault, basis, source } of faults.slice(0, ROBUSTNESS.length)) assert.ok(basis && source, String(fault))
  })

  test('arms what is made from a printed member, and counts only what it changes', async () => {
    const run = await controlled()
    await run.done('arm', { fault: 'answer-call/direction/missing', messages: 1 })
    const told = async (example: 1 | 3) => ((await run.create(request(example))).body as JsonObject).direction
    assert.deepEqual([await told(3), await told(1), await told(1)], ['outgoing', undefined, 'outgoing'])
    assert.deepEqual((await run.done('faults', { kind: 'twin' })).armed, [])
  })

  test('reset ends what was armed', async () => {
    const run = await controlled()
    await run.done('arm', { fault: 'server-error' })
    assert.equal((await run.ask('GET', `${CALLS}/none`)).status, 503)
    await run.done('reset')
    assert.equal((await run.ask('GET', `${CALLS}/none`)).status, 404)
    assert.deepEqual((await run.done('faults', { kind: 'twin' })).armed, [])
  })

  const refused: readonly [name: string, params: object, status: number, message: string | RegExp][] = [
    ['arm', {}, 400, 'fault is missing; write the id of a fault, as the operation faults lists it.'],
    [
      'arm',
      { fault: 'trottle' },
      400,
      /^fault is "trottle", which there is none of; write throttle, .* or another that the operation faults lists\.$/,
    ],
    ['arm', { fault: 'latency', retryAfter: 1 }, 400, 'retryAfter is no parameter of latency; write ms, service.'],
    ['arm', { fault: 'token-expired', ms: 1 }, 400, 'ms is no parameter of token-expired; leave it out, it takes none.'],
    ['arm', { fault: 'server-error', status: 404 }, 400, /^status does not fit; write the status .* 500, 502, 503, 504/],
    ['arm', { fault: 'throttle', messages: 0 }, 400, /^messages does not fit; write how many requests/],
    [
      'arm',
      { fault: 'throttle', app: 'nobody' },
      400,
      /^app: none is called "nobody"; write one of none, unregistered, .* client id/,
    ],
    ['arm', { fault: 'throttle', callId: UNKNOWN }, 409, 'callId: no such call lives; none does.'],
    ['arm', { fault: 'throttle', retry: 1 }, 400, /^retry: no parameter of arm; write fault, messages, callId, app, retryAfter/],
    ['disarm', { fault: 'throttle' }, 409, 'No such fault is armed; none is.'],
    ['faults', { kind: 'all' }, 400, /^kind does not fit; write one of robustness, deviation, twin/],
  ]
  for (const [name, params, status, message] of refused) {
    test(`${name} ${JSON.stringify(params)} is refused with field and remedy`, async () => {
      const run = await controlled()
      const { status: answered, body } = await run.control(name, params)
      assert.equal(answered, status, JSON.stringify(body))
      if (typeof message === 'string') assert.equal(body.error.message, message)
      else assert.match(body.error.message, message)
      assert.deepEqual(run.simulator.faults.list(), [])
    })
  }
})

describe('the package', () => {
  const heard: string[] = []
  const open = createSimulator({
    people: 'manual',
    deliver: async (_, init) => {
      heard.push(String(new Headers(init.headers).get('authorization')))
      return new Response(null, { status: 202 })
    },
  })
  after(async () => (await open).close())

  test('has the same as methods, as the guide shows', async () => {
    const simulator = await open
    const [{ clientId, tenantId, secret }] = simulator.apps as [(typeof simulator.apps)[number]]
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret })
    form.set('scope', 'https://graph.microsoft.com/.default')
    const token = await simulator.fetch(`${simulator.origins.login}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: form,
    })
    const { access_token } = (await token.json()) as { access_token: string }
    const create = () =>
      simulator.fetch(`${simulator.origins.graph}${CALLS}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify(request(1)),
      })
    await simulator.faults.arm({ fault: 'throttle', retryAfter: 5, messages: 1 })
    await simulator.faults.arm({ fault: 'token-malformed', messages: 1 })
    assert.deepEqual([(await create()).status, (await create()).status], [429, 429])
    await simulator.advance(5_000)
    assert.equal((await create()).status, 201)
    await simulator.idle()
    assert.deepEqual(heard, ['Bearer token'])
    assert.deepEqual(((await simulator.faults.list({ kind: 'robustness' })) as JsonObject).armed, [])
    await simulator.faults.arm({ fault: 'reset' })
    await assert.rejects(create(), /fetch failed/)
    await simulator.faults.disarm({ fault: 'reset' })
    assert.equal((await create()).status, 201)
    await assert.rejects(simulator.faults.arm({ fault: 'rest' }), /fault is "rest", .* write reset,/)
  })
})
