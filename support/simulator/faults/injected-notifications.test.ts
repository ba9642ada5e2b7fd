// Faults of notifications while they are armed: lost, doubled, late, in another order, packed; by count, by call and by app.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { answer, arm, caused, life, look } from '../../../test/kit/armed-faults'
import { CALLS, request, SECOND_BOT, simulated } from '../../../test/kit/simulated-world'
import type { JsonObject } from '../../contract/json'

describe('notifications', () => {
  const rows: readonly [id: string, written: object, messages: number, told: readonly number[]][] = [
    ['notification-lost', {}, 1, [1, 2, 3]],
    ['notification-lost', {}, 2, [2, 3]],
    ['notification-doubled', {}, 1, [0, 0, 1, 2, 3]],
    ['notification-delayed', { ms: 50_000 }, 1, [1, 2, 3, 0]],
    ['notifications-reordered', {}, 1, [1, 0, 2, 3]],
    ['notifications-reordered', {}, 2, [1, 0, 3, 2]],
  ]
  for (const [id, written, messages, told] of rows) {
    test(`${id}, ${messages} of them: ${told.join(', ')}`, async () => {
      const run = await simulated()
      const plain = (await life(run)).told
      const armed = arm(run, id, written, { messages })
      assert.deepEqual([armed.left, armed.touched], [messages, 0])
      const { callId, told: heard } = await life(run)
      assert.deepEqual(
        heard,
        told.map((at) => plain[at]),
      )
      assert.deepEqual(run.simulator.faults.list(), [])
      assert.deepEqual((await life(run)).told, plain, 'the next call is as ever')
      const own = run.simulator.journal.entries().filter((entry) => entry.kind === 'fault' && entry.did === 'touched')
      assert.deepEqual(
        own.map((entry) => [entry.fault, entry.callId]),
        Array.from({ length: messages }, () => [id, callId]),
      )
    })
  }

  test('come two in one post', async () => {
    const run = await simulated()
    arm(run, 'notifications-packed', {}, { messages: 1 })
    const { callId } = await life(run)
    assert.deepEqual(
      run.inbox.map(({ body }) => (body.value as JsonObject[]).map(({ resourceData }) => (resourceData as JsonObject).state)),
      [['establishing', 'established'], ['terminating'], ['terminated']],
    )
    assert.ok(caused(run)[1]?.includes('waits for the next of its call'), callId)
  })

  test('that are held are posted when no other comes in time, and when the fault is disarmed', async () => {
    const run = await simulated()
    arm(run, 'notifications-reordered', { heldMs: 5_000 })
    const first = await run.call(request(1))
    await run.advance(4_999)
    assert.deepEqual(run.told(first.id), [])
    await run.advance(1)
    assert.deepEqual(run.told(first.id), ['updated establishing'])
    const second = await run.call(request(1))
    run.simulator.faults.disarm()
    await run.simulator.idle()
    assert.deepEqual(run.told(second.id), ['updated establishing'])
  })

  test('of one call, and of one app', async () => {
    const run = await simulated()
    const [first, second] = [await run.call(request(1)), await run.call(request(1))]
    const other = await run.call(request(1), SECOND_BOT)
    arm(run, 'notification-lost', {}, { callId: first.id })
    arm(run, 'notification-doubled', {}, { appId: SECOND_BOT.clientId })
    for (const { id } of [first, second, other]) await answer(run, id)
    const established = ({ id }: { id: string }) => run.told(id).filter((one) => one.includes('established')).length
    assert.deepEqual([first, second, other].map(established), [0, 1, 2])
  })
})

/** A deviation counts what it has really changed, and says what that was. */
describe('of the catalogue', () => {
  test('a bad token comes so many times, and then one that is in order', async () => {
    const run = await simulated()
    const { id } = await run.call(request(1))
    arm(run, 'token-missing', {}, { messages: 1 })
    await answer(run, id)
    await run.ask('DELETE', `${CALLS}/${id}`)
    await run.simulator.idle()
    assert.deepEqual(
      run.inbox.map(({ headers }) => headers.has('authorization')),
      [true, false, true, true],
    )
    assert.deepEqual(caused(run), [
      'fault token-missing: fault token-missing for 1 message is armed',
      'fault token-missing: fault token-missing: call updated, established is carried otherwise',
      'fault token-missing: fault token-missing is spent: it has touched 1 message',
    ])
  })

  test('a deviation in one kind of answer lets the others pass, and stays armed for it', async () => {
    const run = await simulated()
    arm(run, 'location-missing', {}, { messages: 1 })
    assert.equal((await look(run)).status, 404)
    assert.equal(run.simulator.faults.list()[0]?.left, 1)
    assert.equal((await run.create(request(1))).headers.has('location'), false)
    assert.equal((await run.create(request(1))).headers.has('location'), true)
    assert.ok(caused(run).includes('fault location-missing: fault location-missing: POST /beta/app/calls is answered otherwise'))
  })

  test('two at once do both, on the same message', async () => {
    const run = await simulated()
    arm(run, 'token-missing', {}, { messages: 1 })
    arm(run, 'notification-doubled', {}, { messages: 1 })
    arm(run, 'latency', { ms: 1_000 })
    arm(run, 'server-error', {}, { messages: 1 })
    const create = run.create(request(1))
    assert.equal((await create).status, 503, 'the one that was armed last is nearest to the bot')
    run.simulator.faults.disarm({ fault: 'latency' })
    await run.call(request(1))
    assert.deepEqual(
      run.inbox.map(({ headers }) => headers.has('authorization')),
      [false, false],
    )
    assert.deepEqual(run.simulator.faults.list(), [])
  })

  test('what a deviation remembers begins when it is armed, and a reset ends it', async () => {
    const run = await simulated()
    await life(run)
    arm(run, 'token-once')
    const { id } = await run.call(request(1))
    await answer(run, id)
    assert.deepEqual(
      run.inbox.slice(-2).map(({ headers }) => headers.has('authorization')),
      [true, false],
    )
    run.simulator.reset()
    assert.deepEqual(run.simulator.faults.list(), [])
    const before = run.inbox.length
    await life(run)
    assert.ok(run.inbox.slice(before).every(({ headers }) => headers.has('authorization')))
  })
})
