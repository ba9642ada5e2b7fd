// People and bots in calls and meetings: who is notified of what, when, and what happens to a command that does not fit.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { ANNA, CALLS, CHANNEL, JOHN, request, SCHEDULED, SECOND_BOT, simulated } from '../../../test/kit/simulated-world'
import { namesOf, VERBS, type WhenCalled } from '../../contract/people-verbs'
import type { PeopleCommand } from '../core/commands'
import { MANUAL, REACTION_MS, scriptedPeople } from './scripts'

const MINUTE = 60_000
const ESTABLISHING = 'updated establishing'
const ESTABLISHED = 'updated established'

describe('a call between two', () => {
  const outcomes: readonly [WhenCalled, readonly string[]][] = [
    ['answers', [ESTABLISHING, ESTABLISHED]],
    ['declines', [ESTABLISHING, 'deleted terminated 603/8538']],
    ['is-busy', [ESTABLISHING, 'deleted terminated 486/8539']],
    ['silent', [ESTABLISHING]],
  ]
  for (const [does, expected] of outcomes) {
    test(`John ${does}`, async () => {
      const run = await simulated()
      run.simulator.people.whenCalled(JOHN.id, does)
      const { id } = await run.call(request(1))
      await run.advance(REACTION_MS - 1)
      assert.deepEqual(run.notified(id), [ESTABLISHING])
      await run.advance(1)
      assert.deepEqual(run.notified(id), expected)
      await run.advance(10 * MINUTE)
      assert.deepEqual(run.notified(id), does === 'silent' ? [ESTABLISHING, 'deleted terminated 200/5002'] : expected)
    })
  }

  test('John does again what he did at the beginning', async () => {
    const { called: _, ...others } = MANUAL
    const scripts = { ...others, called: new Map([[JOHN.id, { ...MANUAL.anybody, does: 'declines' as const }]]) }
    const rung: string[] = []
    const people = scriptedPeople(
      scripts,
      (_, task) => task(),
      ({ kind }) => void rung.push(kind),
    )
    for (const does of ['answers', null] as const) {
      people.whenCalled(JOHN.id, does)
      people.notice({ kind: 'rings', callId: '1', personId: JOHN.id } as never)
    }
    assert.deepEqual(rung, ['answer', 'decline'])
  })

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
      assert.deepEqual(run.notified(id), [ESTABLISHING])
      await run.advance(1)
      assert.deepEqual(run.notified(id), [ESTABLISHING, 'deleted terminated 200/5002'])
    })
  }
})

describe('a meeting', () => {
  test('notifies every bot past the lobby of its roster, at every change, and no other bot', async () => {
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
    assert.deepEqual(run.notified(first.id), [
      ESTABLISHING,
      ESTABLISHED,
      'roster Bot 1',
      ...seen,
      all,
      'roster Bot 1, Guest User',
    ])
    assert.deepEqual(run.notified(second.id), [ESTABLISHING, ESTABLISHED, ...seen, all, 'deleted terminated 200/5300'])
    const waited = [ESTABLISHING, 'roster Guest User (in the lobby)']
    assert.deepEqual(run.notified(guest.id), [...waited, ESTABLISHED, all, 'roster Bot 1, Guest User'])
    assert.deepEqual(run.notified(two.id), [ESTABLISHING], 'a call between two is not notified of a meeting')
  })

  test('does not notify others of a bot that never was on their roster', async () => {
    const run = await simulated()
    const stays = await run.call(request(5))
    await run.advance(1000)
    const before = run.notified(stays.id)
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
      assert.equal(run.notified(id).at(-1)?.startsWith('deleted terminated'), true, kind)
    }
    assert.deepEqual(run.notified(stays.id), before)
  })

  const lobby = [
    ['admits', REACTION_MS, [ESTABLISHED, 'roster Guest User']],
    ['refuses', REACTION_MS, ['deleted terminated 200/5300']],
    ['leaves-in-lobby', 30 * MINUTE, ['deleted terminated 200/5855']],
  ] as const
  for (const [does, after, end] of lobby) {
    test(`a guest in the lobby of a meeting that ${does}: ${end}`, async () => {
      const run = await simulated()
      run.simulator.people.whenAGuestWaits(CHANNEL, does)
      const { id } = await run.call(request(6))
      await run.advance(400 + after - 1)
      assert.equal(run.notified(id).length, 2)
      await run.advance(1)
      assert.deepEqual(run.notified(id).slice(2), end)
    })
  }

  test('that is unknown ends the call', async () => {
    const run = await simulated()
    const { id } = await run.call(request(3, { chatInfo: { threadId: 'nowhere', messageId: '0' } }))
    await run.advance(1000)
    assert.deepEqual(run.notified(id), [ESTABLISHING, 'deleted terminated 400/2203'])
  })
})

describe('a command that does not fit', () => {
  test('is refused with a reason, notifies no bot, and stands in the journal', async () => {
    const run = await simulated()
    const { id } = await run.call(request(1))
    run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN })
    const before = run.inbox.length
    const unfit: readonly (readonly [PeopleCommand, RegExp])[] = [
      [{ kind: 'hang-up', callId: id }, /is ringing: no person can hang up it/],
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
    assert.equal(run.inbox.length, before)
    assert.equal(run.simulator.perform({ kind: 'answer', callId: id }), null)
    for (const kind of ['answer', 'decline', 'busy'] as const)
      assert.match(run.simulator.perform({ kind, callId: id }) ?? 'it was done', /is established/)
  })

  test('is refused for every verb, which the core knows', async () => {
    const run = await simulated()
    for (const name of namesOf(VERBS)) {
      const command = { kind: name, callId: 'none', meeting: 'none', personId: 'none', person: JOHN } as unknown as PeopleCommand
      assert.match(
        run.simulator.perform(command) ?? 'it was done',
        VERBS[name].on === 'call' ? /no call none/ : /no meeting none/,
      )
    }
  })
})
