// People and bots in calls and meetings: who is told what, when, and what becomes of a command that does not fit.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { ANNA, CALLS, CHANNEL, JOHN, request, SCHEDULED, SECOND_BOT, simulated } from '../../../test/kit/simulated-world'
import type { WhenCalled } from '../../contract/cast'
import type { PeopleCommand } from '../core/commands'
import { REACTION_MS } from './scripts'
import { VERBS } from './verbs'

const MINUTE = 60_000
const ESTABLISHING = 'updated establishing'
const ESTABLISHED = 'updated established'

describe('a call between two', () => {
  const outcomes: readonly [WhenCalled, readonly string[]][] = [
    ['answers', [ESTABLISHING, ESTABLISHED]],
    ['declines', [ESTABLISHING, 'deleted terminated 603/0']],
    ['is-busy', [ESTABLISHING, 'deleted terminated 486/0']],
    ['silent', [ESTABLISHING]],
  ]
  for (const [does, expected] of outcomes) {
    test(`John ${does}`, async () => {
      const run = await simulated()
      run.simulator.people.whenCalled(JOHN.id, does)
      const { id } = await run.call(request(1))
      await run.advance(REACTION_MS - 1)
      assert.deepEqual(run.told(id), [ESTABLISHING])
      await run.advance(1)
      assert.deepEqual(run.told(id), expected)
      await run.advance(10 * MINUTE)
      assert.deepEqual(run.told(id), does === 'silent' ? [ESTABLISHING, 'deleted terminated 487/10004'] : expected)
    })
  }

  for (const [seconds, rings] of [
    [undefined, 60],
    [null, 60],
    [1, 1],
    [115, 115],
  ] as const) {
    test(`rings ${rings} s when the request says ${seconds}`, async () => {
      const run = await simulated()
      const { id } = await run.call(request(1, { ringingTimeoutInSeconds: seconds }))
      await run.advance(rings * 1000 - 1)
      assert.deepEqual(run.told(id), [ESTABLISHING])
      await run.advance(1)
      assert.deepEqual(run.told(id), [ESTABLISHING, 'deleted terminated 487/10004'])
    })
  }

  test('ends when John hangs up; nobody else is called by what John was told to do', async () => {
    const run = await simulated()
    run.simulator.people.whenCalled(ANNA.id, 'answers')
    const { id } = await run.call(request(1))
    await run.advance(REACTION_MS)
    assert.deepEqual(run.told(id), [ESTABLISHING])
    assert.equal(run.simulator.perform({ kind: 'answer', callId: id }), null)
    assert.equal(run.simulator.perform({ kind: 'hang-up', callId: id }), null)
    await run.simulator.idle()
    assert.deepEqual(run.told(id), [ESTABLISHING, ESTABLISHED, 'deleted terminated 200/4521'])
    assert.deepEqual(run.simulator.calls(), [])
  })
})

describe('a meeting', () => {
  test('tells its roster to every bot past the lobby, at every change, and to nobody else', async () => {
    const run = await simulated()
    const two = await run.call(request(1))
    const first = await run.call(request(5))
    await run.advance(1000)
    const guest = await run.call(request(6), SECOND_BOT)
    await run.advance(1000)
    const second = await run.call(request(5), SECOND_BOT)
    await run.advance(1000)
    const commands: readonly PeopleCommand[] = [
      { kind: 'join', meeting: CHANNEL, person: JOHN },
      { kind: 'unmute', meeting: CHANNEL, personId: JOHN.id },
      { kind: 'mute', meeting: CHANNEL, personId: JOHN.id },
      { kind: 'leave', meeting: CHANNEL, personId: JOHN.id },
      { kind: 'admit', callId: guest.id },
      { kind: 'remove', callId: second.id },
    ]
    for (const command of commands) assert.equal(run.simulator.perform(command), null)
    await run.simulator.idle()
    const bots = 'roster Bot 1, Bot 2'
    const seen = [bots, `${bots}, John (muted)`, `${bots}, John`, `${bots}, John (muted)`, bots]
    const all = 'roster Bot 1, Guest User, Bot 2'
    assert.deepEqual(run.told(first.id), [ESTABLISHING, ESTABLISHED, 'roster Bot 1', ...seen, all, 'roster Bot 1, Guest User'])
    assert.deepEqual(run.told(second.id), [ESTABLISHING, ESTABLISHED, ...seen, all, 'deleted terminated 200/5300'])
    const waited = [ESTABLISHING, 'roster Guest User (in the lobby)']
    assert.deepEqual(run.told(guest.id), [...waited, ESTABLISHED, all, 'roster Bot 1, Guest User'])
    assert.deepEqual(run.told(two.id), [ESTABLISHING], 'a call between two hears nothing of a meeting')
  })

  test('says nothing to the others about a bot that never was on their roster', async () => {
    const run = await simulated()
    const stays = await run.call(request(5))
    await run.advance(1000)
    const before = run.told(stays.id)
    const joining = await run.call(request(5), SECOND_BOT)
    const token = await run.token(SECOND_BOT)
    assert.equal((await run.ask('DELETE', `${CALLS}/${joining.id}`, { token })).status, 204)
    for (const kind of ['refuse', 'delete', 'time out'] as const) {
      const { id } = await run.call(request(6), SECOND_BOT)
      await run.advance(1000)
      if (kind === 'refuse') assert.equal(run.simulator.perform({ kind, callId: id }), null)
      else if (kind === 'delete') assert.equal((await run.ask('DELETE', `${CALLS}/${id}`, { token })).status, 204)
      else await run.advance(31 * MINUTE)
      await run.simulator.idle()
      assert.equal(run.told(id).at(-1)?.startsWith('deleted terminated'), true, kind)
    }
    assert.deepEqual(run.told(stays.id), before)
  })

  for (const kind of ['delete', 'remove', 'hang-up'] as const) {
    test(`shows the others that a bot is gone after ${kind}`, async () => {
      const run = await simulated()
      const stays = await run.call(request(3))
      const goes = await run.call(request(3), SECOND_BOT)
      await run.advance(1000)
      if (kind === 'delete') await run.ask('DELETE', `${CALLS}/${goes.id}`, { token: await run.token(SECOND_BOT) })
      else assert.equal(run.simulator.perform({ kind, callId: goes.id }), null)
      await run.simulator.idle()
      assert.deepEqual(run.told(stays.id).slice(-2), ['roster Bot 1, Bot 2', 'roster Bot 1'])
    })
  }

  test('in its lobby a guest sees only itself, whoever comes, until it is admitted', async () => {
    const run = await simulated()
    run.simulator.perform({ kind: 'join', meeting: CHANNEL, person: JOHN })
    run.simulator.people.whenAGuestWaits(CHANNEL, 'admits')
    const { id, myParticipantId } = await run.call(request(6))
    await run.advance(400)
    run.simulator.perform({ kind: 'join', meeting: CHANNEL, person: ANNA })
    await run.simulator.idle()
    const waited = [ESTABLISHING, 'roster Guest User (in the lobby)']
    assert.deepEqual(run.told(id), waited)
    await run.advance(REACTION_MS)
    assert.deepEqual(run.told(id), [...waited, ESTABLISHED, 'roster John (muted), Guest User, Anna (muted)'])
    assert.match(JSON.stringify(run.inbox.at(-1)?.body), new RegExp(myParticipantId))
  })

  const lobby = [
    ['refuses', REACTION_MS, 'deleted terminated 200/5300'],
    ['leaves-in-lobby', 30 * MINUTE, 'deleted terminated 200/5855'],
  ] as const
  for (const [does, after, end] of lobby) {
    test(`a guest in the lobby of a meeting that ${does} ends with ${end}`, async () => {
      const run = await simulated()
      run.simulator.people.whenAGuestWaits(CHANNEL, does)
      const { id } = await run.call(request(6))
      await run.advance(400 + after - 1)
      assert.equal(run.told(id).length, 2)
      await run.advance(1)
      assert.deepEqual(run.told(id).slice(2), [end])
    })
  }

  test('that nobody knows ends the call', async () => {
    const run = await simulated()
    const { id } = await run.call(request(3, { chatInfo: { threadId: 'nowhere', messageId: '0' } }))
    await run.advance(1000)
    assert.deepEqual(run.told(id), [ESTABLISHING, 'deleted terminated 400/2203'])
  })

  test('gives every media stream a source id of its own', async () => {
    const run = await simulated()
    run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN })
    run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: ANNA })
    await run.call(request(3))
    await run.advance(1000)
    const ids = [...JSON.stringify(run.inbox.at(-1)?.body).matchAll(/"sourceId":"(\d+)"/g)].map(([, id]) => id)
    assert.equal(ids.length, 7)
    assert.equal(new Set(ids).size, ids.length)
  })
})

describe('what does not fit', () => {
  test('is refused with a reason, tells nobody and stands in the journal', async () => {
    const run = await simulated()
    const { id } = await run.call(request(1))
    run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN })
    const told = run.inbox.length
    const unfit: readonly (readonly [PeopleCommand, RegExp])[] = [
      [{ kind: 'hang-up', callId: id }, /is ringing: nobody can hang up it/],
      [{ kind: 'admit', callId: id }, /ringing/],
      [{ kind: 'refuse', callId: id }, /ringing/],
      [{ kind: 'remove', callId: id }, /ringing/],
      [{ kind: 'answer', callId: 'none' }, /there is no call none/],
      [{ kind: 'join', meeting: 'none', person: ANNA }, /there is no meeting none/],
      [{ kind: 'join', meeting: SCHEDULED, person: JOHN }, /John is in the meeting already/],
      [{ kind: 'leave', meeting: SCHEDULED, personId: ANNA.id }, /is not in the meeting/],
      [{ kind: 'unmute', meeting: SCHEDULED, personId: ANNA.id }, /is not in the meeting/],
      [{ kind: 'mute', meeting: SCHEDULED, personId: JOHN.id }, /is muted already/],
    ]
    for (const [command, reason] of unfit) {
      assert.match(run.simulator.perform(command) ?? 'it was done', reason)
      assert.match(run.journal().split('\n').at(-1) ?? '', reason)
    }
    await run.simulator.idle()
    assert.equal(run.inbox.length, told)
    assert.equal(run.simulator.perform({ kind: 'answer', callId: id }), null)
    for (const kind of ['answer', 'decline', 'busy'] as const)
      assert.match(run.simulator.perform({ kind, callId: id }) ?? 'it was done', /is established/)
  })

  test('every verb is one that the core knows, once', async () => {
    const run = await simulated()
    assert.equal(new Set(VERBS.map(({ name }) => name)).size, VERBS.length)
    for (const { name, on } of VERBS) {
      const command = { kind: name, callId: 'none', meeting: 'none', personId: 'none', person: JOHN } as unknown as PeopleCommand
      assert.match(run.simulator.perform(command) ?? 'it was done', on === 'call' ? /no call none/ : /no meeting none/)
    }
  })
})
