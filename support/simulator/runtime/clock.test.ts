// The clocks and the ids; and that two simulators do not share anything.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { CALLS, JOHN, of, request, SCHEDULED, simulated, summary } from '../../../test/kit/simulated-world'
import { RealClock, seededIds, VirtualClock } from './clock'

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

  test('cancels one timer of several that are due at the same moment, and none that has run', () => {
    const clock = new VirtualClock(0)
    const ran: string[] = []
    const [one, two] = ['one', 'two', 'three'].map((name) => clock.after(10, () => void ran.push(name))) as [
      () => void,
      () => void,
    ]
    two()
    two()
    clock.moveTo(10)
    one()
    clock.after(10, () => void ran.push('later'))
    one()
    clock.moveTo(20)
    assert.deepEqual([ran, clock.nextDue()], [['one', 'three', 'later'], null])
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
    assert.deepEqual(other.notified(two.id), ['updated establishing'])
    assert.equal(other.notified(meeting.id).at(-1), 'roster Bot 1')
    assert.deepEqual(one.notified(mine.id), ['updated establishing', 'updated established'])
    assert.ok(one.inbox.every(({ body }) => of(body) === mine.id))
    assert.notEqual(mine.id, two.id)
  })

  test('of one seed play the same story', async () => {
    const story = async () => {
      const run = await simulated({ seed: 'story' })
      run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN })
      await run.call(request(3))
      await run.advance(1_000)
      return run.inbox.map(({ body }) => body)
    }
    const first = await story()
    assert.equal(first.map(summary).join(), 'updated establishing,updated established,roster John (muted), Bot 1')
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

describe('a clock that runs', () => {
  test('passes as many times as fast as it is set to, and runs its timers then', async () => {
    const began = performance.now()
    const clock = new RealClock(0, 1_000)
    const started = performance.now()
    const fired: number[] = []
    // The clock's own timers do not keep the process alive.
    const alive = setInterval(() => {}, 10)
    const before = await new Promise<number>((resolve) => {
      clock.after(30_000, () => fired.push(clock.now()))
      clock.after(60_000, () => resolve(fired.length))
    })
    clearInterval(alive)
    // Bounds that hold on a machine of any speed: real time before and after each look at a clock.
    const [earliest, now, latest] = [performance.now() - started, clock.now(), performance.now() - began]
    assert.ok(now >= (earliest - 2) * 1_000 && now <= (latest + 2) * 1_000, `${earliest} ms, ${now}, ${latest} ms`)
    assert.ok(before === 1 && (fired[0] ?? 0) >= 29_000, String(fired))
    clock.stop()
  })

  test('cancels a timer', async () => {
    const clock = new RealClock(0)
    let fired = false
    const cancel = clock.after(1, () => {
      fired = true
    })
    cancel()
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(fired, false)
  })

  test('keeps a delay that is longer than a timer can wait', async () => {
    const clock = new RealClock(0)
    let fired = false
    clock.after(2 ** 31 + 1_000, () => {
      fired = true
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(fired, false)
    clock.stop()
  })
})
