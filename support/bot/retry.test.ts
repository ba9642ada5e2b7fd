// Retries: which requests are sent again, how often, and after which wait.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import type { Exchange, Purpose } from '../contract/exchange'
import { CouldNotRun, HarnessError, Interrupted } from '../contract/failures'
import { graphClient } from './graph-client'
import { realWait, retryAfter, retrying } from './retry'
import { openWire, type Send } from './wire'

const REQUEST = { method: 'POST', url: 'https://graph.example/beta/app/calls', headers: {}, body: '{}' }
const busy = (status: number, retry?: string) => () =>
  new Response('{}', { status, headers: retry === undefined ? {} : { 'retry-after': retry } })
const done = () => new Response('{}', { status: 201 })
const lost = (): Response => {
  throw new TypeError('fetch failed', { cause: new Error('read ECONNRESET') })
}

/** A wire with these responses, the last one repeated, and the waits. */
function sending(answers: readonly (() => Response)[]) {
  const exchanges: Exchange[] = []
  const waits: number[] = []
  const fetch = async () => (answers[Math.min(exchanges.length, answers.length - 1)] as () => Response)()
  const wire = openWire({
    fetch,
    signal: new AbortController().signal,
    keep: (one) => void exchanges.push(one),
    timeLimitMs: 1_000,
  })
  const wait = async (ms: number) => void waits.push(ms)
  const send = retrying(wire, wait)
  return { send, wire, wait, waits, exchanges, status: async (purpose: Purpose) => (await send(purpose, REQUEST)).status }
}

describe('by purpose', () => {
  const TABLE: readonly (readonly [purpose: Purpose, first: string, answer: () => Response, sent: number])[] = [
    ['create', '429', busy(429), 2],
    ['create', '503', busy(503), 1],
    ['create', '500', busy(500), 1],
    ['create', '504', busy(504, '1'), 1],
    ['create', 'nothing', lost, 1],
    ['get', '429', busy(429), 2],
    ['get', '503', busy(503), 2],
    ['get', '500', busy(500), 1],
    ['get', 'nothing', lost, 2],
    ['delete', '429', busy(429), 2],
    ['delete', '503', busy(503), 2],
    ['delete', '404', busy(404), 1],
    ['delete', 'nothing', lost, 2],
    ['token', '429', busy(429), 1],
    ['token', 'nothing', lost, 1],
    ['keys', '503', busy(503), 1],
    ['other', '429', busy(429), 1],
  ]
  for (const [purpose, first, answer, sent] of TABLE) {
    test(`${purpose} after ${first} is sent ${sent === 1 ? 'once' : 'twice'}, and each is evidence`, async () => {
      const { status, exchanges } = sending([answer, done])
      if (answer === lost && sent === 1) await assert.rejects(status(purpose), CouldNotRun)
      else assert.equal(await status(purpose), sent === 1 ? answer().status : 201)
      assert.equal(exchanges.length, sent)
    })
  }

  test('nothing is sent again after an interruption or a request that the simulator does not implement', async () => {
    const body = JSON.stringify({ error: { code: 'SimulatorNotImplemented', message: 'no' } })
    const { send, exchanges } = sending([() => new Response(body, { status: 503 })])
    await assert.rejects(send('get', REQUEST), HarnessError)
    assert.equal(exchanges.length, 1)
    let sent = 0
    const interrupted: Send = async () => {
      sent++
      throw new Interrupted('stopped')
    }
    await assert.rejects(retrying(interrupted, async () => {})('delete', REQUEST), Interrupted)
    assert.equal(sent, 1)
  })
})

describe('the wait', () => {
  const WAITS: Readonly<Record<string, readonly [answers: readonly (() => Response)[], waits: readonly number[]]>> = {
    'doubles from a second where none is named': [[busy(429)], [1_000, 2_000, 4_000]],
    'is what Retry-After says': [
      [busy(429, '7'), busy(429, '0.25'), busy(429, '0'), done],
      [7_000, 250, 0],
    ],
    'may be named sometimes': [
      [busy(429), busy(429, '5'), busy(429), done],
      [1_000, 5_000, 4_000],
    ],
    'is as if none were named where it cannot be read': [
      [busy(429, 'soon'), busy(429, '-3'), busy(429, '5 minutes'), done],
      [1_000, 2_000, 4_000],
    ],
    'is not begun beyond a minute': [[busy(429, '61'), done], []],
    'is not begun where all together would be beyond a minute': [[busy(429, '40'), busy(429, '21'), done], [40_000]],
    'may be a minute': [[busy(429, '60'), done], [60_000]],
  }
  for (const [name, [answers, expected]] of Object.entries(WAITS)) {
    test(name, async () => {
      const { status, waits } = sending(answers)
      await status('create')
      assert.deepEqual(waits, expected)
    })
  }

  test('until a date uses the clock of the answer, or ours if it has no Date', () => {
    const at = 'Wed, 21 Oct 2015 07:28:00 GMT'
    const ms = (headers: Record<string, string>) => retryAfter(new Headers(headers), Date.parse(at) - 5_000)
    assert.equal(ms({ 'retry-after': at, date: 'Wed, 21 Oct 2015 07:27:30 GMT' }), 30_000)
    assert.equal(ms({ 'retry-after': at }), 5_000)
    assert.equal(ms({ 'retry-after': at, date: 'Wed, 21 Oct 2015 08:00:00 GMT' }), 0)
    assert.equal(ms({ 'retry-after': '2015' }), 2_015_000)
    assert.equal(ms({ 'retry-after': 'Wed, never' }), null)
    assert.equal(ms({ 'retry-after': '' }), null)
    assert.equal(ms({}), null)
  })

  test('after the last, the answer goes on as it is, or the fault', async () => {
    const busyForEver = sending([busy(429)])
    assert.equal(await busyForEver.status('create'), 429)
    assert.equal(busyForEver.exchanges.length, 4)
    const silentForEver = sending([lost])
    await assert.rejects(silentForEver.status('delete'), /no answer: read ECONNRESET/)
    assert.equal(silentForEver.exchanges.length, 4)
  })

  test('that is interrupted ends with the answer that asked for it, so that a create is known to have made no call', async () => {
    const interrupted = async () => {
      throw new Interrupted('stopped')
    }
    const answered = sending([busy(429), done])
    assert.equal((await retrying(answered.wire, interrupted)('create', REQUEST)).status, 429)
    assert.equal(answered.exchanges.length, 1)
    const silent = sending([lost, done])
    await assert.rejects(retrying(silent.wire, interrupted)('delete', REQUEST), Interrupted)
    assert.equal(silent.exchanges.length, 1)
  })

  test('in real time ends with the run, by its reason', async () => {
    const controller = new AbortController()
    const wait = realWait(controller.signal)
    const begun = Date.now()
    await wait(20)
    assert.ok(Date.now() - begun >= 15)
    const underWay = assert.rejects(wait(60_000), Interrupted)
    controller.abort(new Interrupted('stopped'))
    await underWay
    await assert.rejects(wait(0), Interrupted)
  })
})

describe('requests to Graph', () => {
  const SERVICE = { baseUrl: 'https://graph.example', callsPath: '/beta/app/calls' }
  const token = async () => 'the token'
  const CREATE = { body: '{}', contentType: 'application/json' }

  test('are sent again where time can pass, and once where it cannot', async () => {
    const patient = sending([busy(429), done])
    assert.equal((await graphClient(patient.wire, SERVICE, token, patient.wait).create(CREATE)).status, 201)
    const hasty = sending([busy(429), done])
    assert.equal((await graphClient(hasty.wire, SERVICE, token).create(CREATE)).status, 429)
  })

  test('that stay busy could not run', async () => {
    const { wire, wait, exchanges } = sending([busy(503)])
    await assert.rejects(graphClient(wire, SERVICE, token, wait).get('7'), CouldNotRun)
    assert.equal(exchanges.length, 4)
  })
})
