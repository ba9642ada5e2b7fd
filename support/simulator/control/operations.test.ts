// What the operations of the control API do: people, by name and id; calls, clock, journal and reset.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { z } from 'zod'
import { controlled, sameWorld } from '../../../test/kit/control-caller'
import { ANNA, CHANNEL, JOHN, request, SECOND_BOT } from '../../../test/kit/simulated-world'
import { RealClock } from '../runtime/clock'
import { ControlError } from './operation'
import { OPERATIONS, operate } from './operations'

const SECOND = 1_000

describe('people', () => {
  test('of the built-in seed are those of these tests', () => assert.ok(sameWorld()))

  const stories: readonly [verb: string, before: readonly string[], last: string][] = [
    ['answer', [], 'updated established'],
    ['decline', [], 'deleted terminated 603/8538'],
    ['busy', [], 'deleted terminated 486/8539'],
    ['hang-up', ['answer'], 'deleted terminated 200/4521'],
  ]
  for (const [verb, before, last] of stories) {
    test(`${verb} in a call between two, by id, by person and by itself`, async () => {
      for (const params of [{ callId: '' }, { person: 'John' }, { person: JOHN.id }, {}]) {
        const run = await controlled()
        const { id } = await run.call(request(1))
        const given = 'callId' in params ? { callId: id } : params
        for (const one of before) await run.done(one, given)
        const answer = await run.done(verb, given)
        await run.simulator.idle()
        assert.equal(run.notified(id).at(-1), last)
        assert.deepEqual([answer.callId, answer.person, answer.personId], [id, 'John', JOHN.id])
        assert.equal(answer.state, last.split(' ')[1])
        assert.equal(answer.end?.code, last.startsWith('deleted') ? Number(last.split(/[ /]/)[2]) : undefined)
      }
    })
  }

  for (const [verb, last] of [
    ['admit', 'roster Guest User'],
    ['refuse', 'deleted terminated 200/5300'],
  ] as const) {
    test(`${verb} a guest in the lobby; remove one who is in`, async () => {
      const run = await controlled()
      const { id } = await run.call(request(6))
      await run.done('move-clock', { by: '1s' })
      assert.equal((await run.done(verb, { meeting: 'channel' })).meeting, 'channel')
      await run.simulator.idle()
      assert.equal(run.notified(id).at(-1), last)
      if (verb === 'admit') assert.equal((await run.done('remove')).end.subcode, 5300)
    })
  }

  test('join, unmute, mute and leave a meeting, by name and by id', async () => {
    const run = await controlled()
    const { id } = await run.call(request(5))
    await run.done('move-clock', { by: 1000 })
    const [threadId, messageId] = CHANNEL.split(' ')
    const steps: readonly [string, object][] = [
      ['join', { person: 'John', meeting: 'channel' }],
      ['unmute', { person: 'John', threadId, messageId }],
      ['mute', { person: JOHN.id, meeting: 'channel' }],
      ['join', { person: ANNA.id, displayName: 'Anna', meeting: 'channel' }],
      ['leave', { person: ANNA.id, meeting: 'channel' }],
    ]
    for (const [name, params] of steps) await run.done(name, params)
    await run.simulator.idle()
    const [bot, john] = ['roster Bot 1', 'John (muted)']
    const seen = [bot, `${bot}, ${john}`, `${bot}, John`, `${bot}, ${john}`, `${bot}, ${john}, Anna (muted)`, `${bot}, ${john}`]
    assert.deepEqual(run.notified(id).slice(2), seen)
    const again = await run.control('leave', { person: ANNA.id, meeting: 'channel' })
    assert.deepEqual([again.status, again.body.error.code], [409, 'unfit'])
    assert.match(again.body.error.message, /is not in the meeting/)
  })

  test('share and stop-sharing, in a meeting by its name, and in a call by id, by person and by itself', async () => {
    const run = await controlled()
    const meeting = { person: 'John', meeting: 'channel' }
    await run.done('join', meeting)
    const shared = await run.done('share', meeting)
    assert.deepEqual([shared.person, shared.meeting], ['John', 'channel'])
    const again = await run.control('share', meeting)
    assert.deepEqual([again.status, again.body.error.code], [409, 'unfit'])
    assert.match(again.body.error.message, /^person .* shares content already\.$/)
    await run.done('stop-sharing', meeting)
    const whose = await run.control('stop-sharing', { meeting: 'channel' })
    assert.equal(whose.status, 400)
    assert.match(whose.body.error.message, /^person is missing; write who in the meeting shares, by name or user id\.$/)

    const none = await run.control('share')
    assert.deepEqual([none.status, none.body.error.message], [409, 'share fits no call now; no such call lives.'])
    const { id } = await run.call(request(1))
    await run.done('answer')
    for (const params of [{}, { callId: id }, { person: 'John' }, { callId: id, person: JOHN.id }]) {
      assert.equal((await run.done('share', params)).callId, id)
      assert.equal((await run.done('stop-sharing', params)).callId, id)
    }
    const other = await run.control('share', { callId: id, person: ANNA.id })
    assert.match(other.body.error.message, /^person .* is not in call /)
    const texts = (await run.done('journal', { kind: 'people' })).entries.map(({ text }: { text: string }) => text)
    assert.ok(texts.includes(`share (${JOHN.id} in ${CHANNEL})`) && texts.includes('stop-sharing'), texts.join('; '))
  })

  test('without a callId only when exactly one call fits; otherwise the calls are listed', async () => {
    const run = await controlled()
    const none = await run.control('answer')
    assert.deepEqual([none.status, none.body.error.message], [409, 'answer fits no call now; no such call lives.'])
    const [one, other] = [await run.call(request(1)), await run.call(request(1), SECOND_BOT)]
    const two = await run.control('answer')
    assert.equal(
      two.body.error.message,
      `answer fits 2 calls; write callId: ${one.id} (ringing John), ${other.id} (ringing John).`,
    )
    assert.equal((await run.done('answer', { callId: other.id })).callId, other.id)
    assert.equal((await run.done('answer')).callId, one.id)
    const over = await run.control('answer')
    assert.match(over.body.error.message, /^answer fits no call now; living: .*established John/)
    const unknown = await run.control('hang-up', { person: 'Dora' })
    assert.deepEqual([unknown.status, unknown.body.error.message], [409, 'hang-up fits no call now; no such call lives.'])
    assert.match((await run.control('admit', { callId: one.id })).body.error.message, /is established: no person can admit it/)
  })

  test('act by their scripts until null says that they end', async () => {
    const run = await controlled()
    await run.done('when-called', { person: 'John', does: 'answers' })
    await run.done('when-a-guest-waits', { meeting: 'channel', does: 'refuses' })
    assert.equal((await run.done('when-called', { person: 'John', does: null })).does, null)
    assert.equal((await run.done('when-a-guest-waits', { meeting: 'channel', does: null })).does, null)
    const [{ id }, guest] = [await run.call(request(1)), await run.call(request(6))]
    await run.done('move-clock', { by: '30s' })
    assert.deepEqual(run.notified(id), ['updated establishing'])
    assert.doesNotMatch(run.notified(guest.id).join(), /terminated/)
  })

  test('act by their scripts until the reset', async () => {
    const run = await controlled()
    await run.done('when-called', { person: 'John', does: 'answers', afterMs: 0, hangsUpAfterMs: 5 * SECOND })
    await run.done('when-a-guest-waits', { meeting: 'channel', does: 'refuses' })
    const [{ id }, guest] = [await run.call(request(1)), await run.call(request(6))]
    await run.done('move-clock', { by: '4999ms' })
    assert.equal(run.notified(id).at(-1), 'updated established')
    await run.done('move-clock', { by: '1ms' })
    assert.equal(run.notified(id).at(-1), 'deleted terminated 200/4521')
    assert.equal(run.notified(guest.id).at(-1), 'deleted terminated 200/5300')
    await run.done('reset')
    const { id: later } = await run.call(request(1))
    await run.done('move-clock', { by: '30s' })
    assert.deepEqual(run.notified(later), ['updated establishing'])
  })
})

describe('the service', () => {
  test('end-call ends the one call that lives, or the named one, with the codes and their message or another', async () => {
    const run = await controlled()
    const { id } = await run.call(request(1))
    const ended = await run.done('end-call', { code: 500, subcode: 9999 })
    assert.deepEqual(
      [ended.callId, ended.state, ended.end.message],
      [id, 'terminated', 'MediaProcessorShutdown. DiagCode: 500#2019'],
    )
    const [first, second] = [await run.call(request(3)), await run.call(request(1))]
    const unclear = await run.control('end-call', { code: 403, subcode: 8560 })
    assert.deepEqual([unclear.status, /^end-call fits 2 calls; write callId: /.test(unclear.body.error.message)], [409, true])
    await run.done('end-call', { callId: first.id, code: 403, subcode: 8560, message: 'Locked.' })
    assert.equal((await run.done('end-call', { person: 'John', code: 1, subcode: 2 })).end.message, 'DiagCode: 1#2.@')
    await run.simulator.idle()
    assert.deepEqual(
      [first, second].map((one) => run.notified(one.id).at(-1)),
      ['deleted terminated 403/8560', 'deleted terminated 1/2'],
    )
    const [entry] = (await run.done('journal', { kind: 'service' })).entries
    assert.deepEqual([entry.callId, entry.text], [id, `the service ends call ${id} with 500/9999`])
  })

  const refused: readonly [params: object, status: number, message: RegExp][] = [
    [{}, 400, /^code is missing; write the code of resultInfo, .* subcode is missing; write the subcode of resultInfo/],
    [{ code: 500, subcode: 9999 }, 409, /^end-call fits no call now; no such call lives\.$/],
    [{ code: 500, subcode: 9999, callId: 'none' }, 409, /^there is no call none: it has ended, or never was\.$/],
    [
      { code: 500, subcode: 9999, end: 1 },
      400,
      /^end: no parameter of end-call; write callId, person, .*code, subcode, message\.$/,
    ],
  ]
  for (const [params, status, message] of refused) {
    test(`refuses end-call ${JSON.stringify(params)} with field and remedy`, async () => {
      const run = await controlled()
      const answer = await run.control('end-call', params)
      assert.equal(answer.status, status)
      assert.match(answer.body.error.message, message)
    })
  }
})

describe('the state', () => {
  test('has calls, living and on demand ended, without what may be a key in an address', async () => {
    const run = await controlled()
    const { id } = await run.call(request(1, { callbackUri: 'https://bot.contoso.com/callback?code=canary' }))
    const guest = await run.call(request(6))
    await run.done('decline', { callId: id })
    const { calls, ended } = await run.done('calls', { ended: true })
    assert.deepEqual([calls.length, calls[0].callId, calls[0].phase, calls[0].meeting], [1, guest.id, 'joining', 'channel'])
    assert.equal(`${calls[0].threadId} ${calls[0].messageId}`, CHANNEL)
    assert.deepEqual([ended[0].callId, ended[0].state, ended[0].end.code], [id, 'terminated', 603])
    assert.equal(ended[0].callback, 'https://bot.contoso.com/callback?…')
    assert.deepEqual(Object.keys(await run.done('calls')), ['calls'])
  })

  test('has a status', async () => {
    const run = await controlled({ deliver: () => new Promise(() => {}) })
    await run.create(request(1))
    const status = await run.done('status')
    assert.deepEqual(status, {
      generation: 0,
      discarded: { timers: 0, deliveries: 0 },
      deliveries: { waiting: 1, idle: false },
      clock: { now: '2026-01-01T00:00:00.000Z', mode: 'manual' },
      people: 'manual',
      calls: { living: 1, ended: 0 },
      journal: { last: run.simulator.journal.last, dropped: 0 },
    })
  })

  test('moves its clock only where that is moved by hand', async () => {
    const run = await controlled()
    const { id } = await run.call(request(1))
    const moved = await run.done('move-clock', { by: '1min' })
    assert.deepEqual(moved, { now: '2026-01-01T00:01:00.000Z', movedMs: 60_000, waiting: 0 })
    assert.equal(run.notified(id).at(-1), 'deleted terminated 200/5002')
    const clock = new RealClock(0)
    const seeded = { ...run.seeded, clock }
    await assert.rejects(
      operate(seeded, 'move-clock', { by: 1 }),
      /The clock runs by itself; start the simulator with --speed manual/,
    )
    assert.equal(((await operate(seeded, 'status', {})) as { clock: { mode: string } }).clock.mode, 'running')
    clock.stop()
  })

  test('reset discards late timers and deliveries and counts them', async () => {
    const run = await controlled({ deliver: () => new Promise(() => {}) })
    await run.create(request(1))
    await run.create(request(6))
    run.simulator.people.whenCalled(JOHN.id, 'answers')
    const reset = await run.done('reset')
    assert.deepEqual([reset.generation, reset.discarded], [1, { timers: 0, deliveries: 2 }])
    run.clock.moveTo(run.clock.now() + 3_600 * SECOND)
    const { discarded, calls, generation } = await run.done('status')
    // Of each call one timer: that it rings too long, that it is let in.
    assert.deepEqual([discarded, calls, generation], [{ timers: 2, deliveries: 2 }, { living: 0, ended: 0 }, 1])
    assert.deepEqual((await run.done('journal')).entries, [], 'the journal of this generation')
    const last = (await run.done('journal', { after: 0 })).entries.at(-1)
    assert.deepEqual([last.kind, last.text], ['discarded', 'generation 0 ended by a reset; 2 notifications not delivered'])
    assert.deepEqual(last.discarded, { generation: 0, deliveries: 2 })
  })

  test('says nothing in this generation of a post of an earlier one, however it ends', async () => {
    const answers: (() => void)[] = []
    const run = await controlled({
      deliver: () => new Promise((resolve) => void answers.push(() => resolve(new Response(null, { status: 202 })))),
    })
    await run.create(request(1))
    for (let turns = 0; answers.length === 0 && turns < 1_000; turns++) await new Promise(setImmediate)
    await run.done('reset')
    for (const answer of answers) answer()
    await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(answers.length, 1)
    assert.deepEqual((await run.done('journal')).entries, [])
  })

  test('every operation can be called as a function too, with what its schema makes of nothing or refuses', async () => {
    const { seeded } = await controlled()
    for (const { name, params } of OPERATIONS) {
      assert.ok(params instanceof z.ZodObject)
      const quick = 'timeoutMs' in params.shape ? { timeoutMs: 0 } : {}
      await operate(seeded, name, quick).catch((error) => assert.ok(error instanceof ControlError, `${name}: ${error}`))
    }
  })
})
