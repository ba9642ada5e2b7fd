// Faults through the control API and the package's methods: arming, disarming, the list, and refusals with field and remedy.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { controlled, creating, SEED } from '../../../test/kit/control-caller'
import { CALLS, DIRECTORY, request } from '../../../test/kit/simulated-world'
import { serveSimulator } from '../../../test/kit/standalone'
import type { JsonObject } from '../../contract/json'
import { createSimulator } from '..'
import { FAULTS } from './fault-list'

const UNKNOWN = '00000000-0000-0000-0000-000000000000'

describe('the control API', () => {
  test('arms, shows what is armed and what is left, and disarms', async () => {
    const run = await controlled()
    assert.deepEqual((await run.done('faults')).armed, [])
    const armed = await run.done('arm', { fault: 'throttle', retryAfter: 7, messages: 2 })
    const parameters = { retryAfter: 7 }
    assert.deepEqual(armed, {
      number: 1,
      fault: 'throttle',
      parameters,
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
      ['armed', 'disarmed'].map((did) => ['throttle', did, `fault throttle (retryAfter 7) for 2 messages is ${did}`]),
    )
    assert.deepEqual((await run.done('journal', { kind: 'request' })).entries[0].fault, 'throttle')
  })

  test('limits to a call, and to an app by client id; disarms by number, or all; a reset ends all', async () => {
    const run = await controlled({ directory: { ...DIRECTORY, apps: SEED.directory.apps } })
    const bot = SEED.directory.apps[0] ?? assert.fail('no app')
    const call = await run.call(request(1), bot)
    assert.equal((await run.done('arm', { fault: 'notification-lost', callId: call.id })).callId, call.id)
    const scoped = await run.done('arm', { fault: 'throttle', app: 'none' })
    assert.equal(scoped.app, 'none')
    assert.equal((await run.done('arm', { fault: 'throttle', app: bot.clientId })).app, bot.clientId)
    await run.done('disarm', { number: scoped.number })
    assert.deepEqual(
      (await run.done('faults')).armed.map(({ number }: { number: number }) => number),
      [1, 3],
    )
    assert.equal((await run.done('disarm')).disarmed.length, 2)
    assert.deepEqual(await run.done('disarm'), { disarmed: [] })
    await run.done('arm', { fault: 'server-error' })
    assert.equal((await run.ask('GET', `${CALLS}/none`)).status, 503)
    await run.done('reset')
    assert.equal((await run.ask('GET', `${CALLS}/none`)).status, 401, 'the app of the request is not in this directory')
    assert.deepEqual((await run.done('faults')).armed, [])
  })

  test('lists every fault with a sentence in less than 10 kB, and one with its source', async () => {
    const run = await controlled()
    const { faults } = (await run.done('faults')) as { faults: JsonObject[] }
    assert.deepEqual(
      faults.map(({ fault, description }) => [fault, description]),
      FAULTS.map(({ id, description }) => [id, description]),
    )
    assert.ok(JSON.stringify(faults).length < 10_000, `${JSON.stringify(faults).length} bytes`)
    const { faults: one } = await run.done('faults', { fault: 'token-expired' })
    assert.match(one[0].source, /^Teams page on call notifications/)
    assert.deepEqual(
      { ...one[0], source: undefined },
      { ...faults.find(({ fault }) => fault === 'token-expired'), source: undefined },
    )
  })

  const refused: readonly [name: string, params: object, status: number, message: string | RegExp][] = [
    ['arm', {}, 400, 'fault is missing; write the id of a fault, as the operation faults lists it.'],
    [
      'arm',
      { fault: 'trottle' },
      400,
      /^fault is "trottle", an unknown fault; write throttle, .* that the operation faults lists/,
    ],
    // A deviation of the suite, which could be armed once.
    ['arm', { fault: 'audience-graph' }, 400, /write audience-another-app, .*npm run conformance -- --deviation ID"\.$/],
    ['faults', { fault: 'locations-missing' }, 400, /^fault is "locations-missing", an unknown fault; write location-missing, /],
    ['arm', { fault: 'latency', retryAfter: 1 }, 400, 'retryAfter is no parameter of latency; write ms, service.'],
    ['arm', { fault: 'token-expired', ms: 1 }, 400, 'ms is no parameter of token-expired; leave it out, it takes none.'],
    ['arm', { fault: 'server-error', status: 404 }, 400, /^status is invalid; write the status .* 500, 502, 503, 504/],
    ['arm', { fault: 'call-ended', subcode: 1.5 }, 400, /^subcode is invalid; write the subcode of resultInfo, a whole number/],
    [
      'arm',
      { fault: 'throttle', retryAfter: 1.5 },
      400,
      /^retryAfter is invalid; write how many seconds .*, a whole number from 0/,
    ],
    ['arm', { fault: 'throttle', messages: 0 }, 400, /^messages is invalid; write how many requests/],
    ['arm', { fault: 'throttle', app: 'other' }, 400, /^app "other" is unknown; write one of none, unregistered, .* client id/],
    ['arm', { fault: 'throttle', callId: UNKNOWN }, 409, 'callId: no such call lives; no call does.'],
    ['arm', { fault: 'throttle', retry: 1 }, 400, /^retry: no parameter of arm; write fault, messages, callId, app, retryAfter/],
    ['disarm', { fault: 'throttle' }, 409, 'No such fault is armed; no fault is.'],
    ['faults', { kind: 'all' }, 400, 'kind: no parameter of faults; write fault.'],
  ]
  for (const [name, params, status, message] of refused) {
    test(`refuses ${name} ${JSON.stringify(params)} with field and remedy`, async () => {
      const run = await controlled()
      const { status: answered, body } = await run.control(name, params)
      assert.equal(answered, status, JSON.stringify(body))
      if (typeof message === 'string') assert.equal(body.error.message, message)
      else assert.match(body.error.message, message)
      assert.deepEqual(run.simulator.faults.list(), [])
    })
  }
})

test('the package has the same as methods, as the guide shows', async () => {
  const tokens: string[] = []
  const simulator = await createSimulator({
    people: 'manual',
    deliver: async (_, init) => {
      tokens.push(String(new Headers(init.headers).get('authorization')))
      return new Response(null, { status: 202 })
    },
  })
  try {
    const create = await creating(simulator)
    await simulator.faults.arm({ fault: 'throttle', retryAfter: 5, messages: 1 })
    await simulator.faults.arm({ fault: 'token-malformed', messages: 1 })
    assert.deepEqual([(await create()).status, (await create()).status], [429, 429])
    await simulator.advance(5_000)
    assert.equal((await create()).status, 201)
    await simulator.idle()
    assert.deepEqual(tokens, ['Bearer token'])
    assert.deepEqual(((await simulator.faults.list()) as JsonObject).armed, [])
    await simulator.faults.arm({ fault: 'reset' })
    await assert.rejects(create(), /fetch failed/)
    await simulator.faults.disarm({ fault: 'reset' })
    assert.equal((await create()).status, 201)
    await assert.rejects(simulator.faults.arm({ fault: 'rest' }), /fault is "rest", .* write reset,/)
  } finally {
    await simulator.close()
  }
})

test('over HTTP the head of a response comes, half of its body, and then the end of the connection', async () => {
  const simulator = await serveSimulator('--people', 'manual')
  try {
    await simulator.control('arm', { fault: 'body-cut-off', messages: 1 })
    const look = () => fetch(`${simulator.announced.http}/beta/app/calls/none`)
    const response = await look()
    assert.equal(response.status, 401)
    await assert.rejects(response.text(), /terminated/)
    assert.match(await (await look()).text(), /InvalidAuthenticationToken.*\}$/)
  } finally {
    await simulator.stop()
  }
})
