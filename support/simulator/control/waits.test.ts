// The waits of the control API: they end at once, count what came before, and their errors say what came instead.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, test } from 'mocha'
import { controlled, creating } from '../../../test/kit/control-caller'
import { JOHN, request, SECOND_BOT } from '../../../test/kit/simulated-world'
import { createSimulator } from '..'
import { ControlError } from './operation'
import { operate } from './operations'

const ESTABLISHED = { of: 'call', state: 'established' }

describe('a wait for a notification', () => {
  test('ends with the notification, which another request causes', async () => {
    const run = await controlled()
    const { id } = await run.call(request(1))
    const wait = run.done('wait-for-notification', { callId: id, ...ESTABLISHED })
    await new Promise(setImmediate)
    await run.done('answer')
    const entry = await wait
    assert.deepEqual([entry.kind, entry.callId, entry.delivery.state], ['delivery', id, 'established'])
    assert.equal(entry.delivery.body.value[0].resourceData.state, 'established')
  })

  test('works with the clock, moved by another request', async () => {
    const run = await controlled()
    run.simulator.people.whenCalled(JOHN.id, 'answers', { hangsUpAfterMs: 60_000 })
    const { id } = await run.call(request(1))
    const wait = run.done('wait-for-notification', { callId: id, changeType: 'deleted' })
    await run.done('move-clock', { by: '30s' })
    assert.equal(run.notified(id).at(-1), 'updated established')
    await run.done('move-clock', { by: '5min' })
    assert.equal((await wait).at, '2026-01-01T00:01:02.000Z')
  })

  test('counts what came before it in this generation, and nothing before `after`', async () => {
    const run = await controlled()
    const { id } = await run.call(request(1))
    const { after } = await run.done('answer')
    await run.simulator.idle()
    assert.equal((await run.done('wait-for-notification', { ...ESTABLISHED, timeoutMs: 0 })).callId, id)
    const entry = await run.done('wait-for-notification', { after, timeoutMs: 0 })
    assert.ok(entry.sequence > after && entry.delivery.state === 'established')
    const late = await run.control('wait-for-notification', { after: entry.sequence, timeoutMs: 0 })
    assert.equal(late.status, 408)
    await run.done('reset')
    assert.equal((await run.control('wait-for-notification', { ...ESTABLISHED, timeoutMs: 0 })).status, 408)
    assert.equal((await run.control('wait-for-notification', { ...ESTABLISHED, after: 0, timeoutMs: 0 })).status, 200)
  })

  test('needs a match of every parameter', async () => {
    const run = await controlled()
    const [one, other] = [await run.call(request(1)), await run.call(request(5), SECOND_BOT)]
    await run.done('move-clock', { by: '1s' })
    const timeoutMs = 0
    const sought: readonly [object, number][] = [
      [{ callId: one.id, state: 'establishing' }, 200],
      [{ callId: other.id, state: 'established', of: 'call', changeType: 'updated' }, 200],
      [{ callId: other.id, of: 'roster' }, 200],
      [{ callId: one.id, state: 'established' }, 408],
      [{ callId: one.id, of: 'roster' }, 408],
      [{ callId: one.id, of: 'content-sharing' }, 408],
      [{ callId: other.id, changeType: 'deleted' }, 408],
      [{ callId: other.id, of: 'roster', state: 'established' }, 408],
    ]
    for (const [params, status] of sought)
      assert.equal((await run.control('wait-for-notification', { ...params, timeoutMs })).status, status, JSON.stringify(params))
  })

  test('waits for what the bot accepts, or for any outcome; a timeout says what came instead', async () => {
    const run = await controlled({ deliver: async () => new Response('Invalid token', { status: 401 }) })
    const wait = run.control('wait-for-notification', { state: 'establishing', timeoutMs: 500 })
    await run.call(request(1))
    const { status, body } = await wait
    assert.deepEqual([status, body.error.code], [408, 'timed-out'])
    assert.match(
      body.error.message,
      /^Timed out after 500 ms waiting for a notification with state establishing that the bot accepts; meanwhile came: /,
    )
    assert.match(
      body.error.message,
      /POST \/beta\/app\/calls: 201; the bot at bot\.contoso\.com answered 401: Invalid token \(call updated, establishing\)\. The clock did not move/,
    )
    const any = await run.done('wait-for-notification', { outcome: 'any', timeoutMs: 0 })
    assert.deepEqual([any.delivery.outcome, any.delivery.status], ['refused', 401])
    const nothing = await run.control('wait-for-notification', { callId: 'x', timeoutMs: 0 })
    assert.match(nothing.body.error.message, /waiting for a notification for x that the bot accepts; nothing came meanwhile\./)
  })

  test('ends with a reset, with the simulator, and with a caller who goes, and removes its listener', async () => {
    const ends: readonly [how: string, end: (run: Awaited<ReturnType<typeof controlled>>) => unknown, message: RegExp][] = [
      ['reset', (run) => run.done('reset'), /The simulator was reset while waiting for a notification .*; begin again\./],
      ['close', (run) => run.simulator.close(), /The simulator was closed while/],
    ]
    for (const [how, end, message] of ends) {
      const run = await controlled()
      const wait = run.control('wait-for-notification', ESTABLISHED)
      await new Promise(setImmediate)
      await end(run)
      const { status, body } = await wait
      assert.equal(status, 409, how)
      assert.match(body.error.message, message)
    }
    const run = await controlled()
    const listening = { count: 0 }
    const { journal } = run.simulator
    const subscribe = journal.subscribe.bind(journal)
    journal.subscribe = (listener) => {
      listening.count++
      const leave = subscribe(listener)
      return () => {
        listening.count--
        leave()
      }
    }
    const caller = new AbortController()
    const wait = operate(run.seeded, 'wait-for-notification', {}, { signal: caller.signal })
    assert.equal(listening.count, 1)
    caller.abort()
    await assert.rejects(wait, /The caller has gone/)
    assert.equal(listening.count, 0)
  })

  test('many waits for one thing all end', async () => {
    const run = await controlled()
    const waits = Array.from({ length: 200 }, () => run.done('wait-for-notification', ESTABLISHED))
    await run.call(request(1))
    await run.done('answer')
    assert.equal(new Set((await Promise.all(waits)).map(({ sequence }) => sequence)).size, 1)
  })
})

describe('a wait for a call', () => {
  test('ends with the call that matches: one that lives already, or one to come', async () => {
    const run = await controlled()
    const wait = run.done('wait-for-call', { person: 'John', form: 'peer-to-peer' })
    const meeting = await run.call(request(3))
    const { id } = await run.call(request(1))
    assert.equal((await wait).callId, id)
    assert.equal((await run.done('wait-for-call', { meeting: 'scheduled', timeoutMs: 0 })).callId, meeting.id)
    assert.equal((await run.done('wait-for-call', { timeoutMs: 0 })).callId, id, 'the latest')
    const established = run.done('wait-for-call', { callId: meeting.id, state: 'established' })
    await run.done('move-clock', { by: '1s' })
    assert.equal((await established).phase, 'established')
    for (const params of [{ person: 'Dora' }, { form: 'meeting-as-guest' }, { meeting: 'channel' }, { state: 'in-lobby' }])
      assert.equal((await run.control('wait-for-call', { ...params, timeoutMs: 0 })).status, 408, JSON.stringify(params))
  })

  test('sees the finer states of establishing, and the end with its reason', async () => {
    const run = await controlled()
    const { id } = await run.call(request(6))
    assert.equal((await run.done('wait-for-call', { state: 'joining', timeoutMs: 0 })).callId, id)
    const lobby = run.done('wait-for-call', { state: 'in-lobby' })
    await run.done('move-clock', { by: '1s' })
    assert.equal((await lobby).state, 'establishing')
    const over = run.done('wait-for-call', { callId: id, state: 'terminated' })
    await run.done('refuse')
    assert.equal((await over).end.subcode, 5300)
    assert.equal((await run.done('wait-for-call', { callId: id, state: 'terminated', timeoutMs: 0 })).phase, 'ended')
  })

  test('counts calls that have come and gone since `after`; one that has ended will not come back', async () => {
    const run = await controlled()
    await run.call(request(1))
    await run.done('decline')
    const after = (await run.done('status')).journal.last
    assert.equal((await run.control('wait-for-call', { after, timeoutMs: 0 })).status, 408)
    const { id } = await run.call(request(1))
    await run.done('decline')
    assert.equal((await run.control('wait-for-call', { timeoutMs: 0 })).status, 408)
    assert.equal((await run.done('wait-for-call', { after, timeoutMs: 0 })).callId, id)
    const gone = await run.control('wait-for-call', { callId: id, state: 'established' })
    assert.deepEqual([gone.status, gone.body.error.message], [409, `Call ${id} has ended: it will never be established.`])
    const living = await run.call(request(1))
    const wait = run.control('wait-for-call', { callId: living.id, state: 'established' })
    await new Promise(setImmediate)
    await run.done('decline')
    assert.equal((await wait).status, 409, 'at once, not when the time is up')
  })

  test('that times out says which calls came', async () => {
    const run = await controlled()
    const wait = run.control('wait-for-call', { person: 'Dora', state: 'ringing', timeoutMs: 1_000 })
    const { id } = await run.call(request(1))
    const { message } = (await wait).body.error
    assert.match(
      message,
      new RegExp(
        `^Timed out after 1000 ms waiting for a call to Dora that is ringing; meanwhile came: call ${id} \\(ringing John\\)\\.`,
      ),
    )
  })
})

describe('a wait until nothing is on its way', () => {
  test('ends when the last post was answered, or with its time', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const run = await controlled({ deliver: async () => held.then(() => new Response(null, { status: 202 })) })
    assert.deepEqual(await run.done('wait-for-idle', { timeoutMs: 0 }), { waiting: 0 })
    await run.create(request(1))
    const vain = await run.control('wait-for-idle', { timeoutMs: 20 })
    assert.deepEqual(
      [vain.status, vain.body.error.message.split(';')[0]],
      [408, 'Timed out after 20 ms waiting for the last delivery'],
    )
    const wait = run.done('wait-for-idle')
    release()
    assert.deepEqual(await wait, { waiting: 0 })
  })
})

test('with a clock that runs, waits end as things happen', async () => {
  const simulator = await createSimulator({
    time: { speed: 100 },
    deliver: async () => new Response(null, { status: 202 }),
  })
  try {
    const create = await creating(simulator)
    const wait = simulator.control('wait-for-notification', ESTABLISHED)
    assert.equal((await create()).status, 201)
    await Promise.race([wait, sleep(2_000, undefined, { ref: false }).then(() => assert.fail('the wait did not end'))])
    await assert.rejects(
      simulator.control('wait-for-call', { person: 'Dora', timeoutMs: 20 }),
      (error) => error instanceof ControlError && error.status === 408 && !error.message.includes('clock'),
    )
  } finally {
    await simulator.close()
  }
})
