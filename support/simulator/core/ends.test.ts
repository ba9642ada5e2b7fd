// How calls end that no bot and no person ends: by the service, in every phase, and of a bot that is left alone in a meeting.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import {
  ANNA,
  CALLS,
  CHANNEL,
  DIRECTORY,
  JOHN,
  request,
  SCHEDULED,
  SECOND_BOT,
  type Simulated,
  simulated,
} from '../../../test/kit/simulated-world'
import type { JsonObject } from '../../contract/json'
import { ENDS, endMessage, SERVICE_ENDS } from './ends'
import { DURATIONS } from './life-cycle'

const LOCKED = { code: 403, subcode: 8560, message: 'Locked.' }

/** The resultInfo of the last notification. */
const lastEnd = (run: Simulated): unknown => {
  const { value } = (run.inbox.at(-1) ?? assert.fail('no notification')).body
  const [change] = value as readonly [JsonObject]
  return (change.resourceData as JsonObject).resultInfo
}

describe('the service ends a call', () => {
  const rows: readonly [phase: string, example: number, reach: (run: Simulated, id: string) => unknown][] = [
    ['ringing', 1, () => {}],
    ['joining', 3, () => {}],
    ['in-lobby', 6, (run) => run.advance(1_000)],
    ['established', 3, (run) => run.advance(1_000)],
  ]
  for (const [phase, example, reach] of rows) {
    test(`that is ${phase}: terminated alone is notified, with the chosen resultInfo`, async () => {
      const run = await simulated()
      const { id } = await run.call(request(example))
      await reach(run, id)
      assert.equal(run.simulator.calls()[0]?.phase, phase)
      const before = run.notified(id)
      assert.equal(run.simulator.endCall(id, LOCKED), null)
      await run.simulator.idle()
      assert.deepEqual(run.notified(id), [...before, 'deleted terminated 403/8560'])
      assert.deepEqual(lastEnd(run), { '@odata.type': '#microsoft.graph.resultInfo', ...LOCKED })
      assert.equal((await run.ask('GET', `${CALLS}/${id}`)).status, 404)
      assert.match(run.simulator.endCall(id, LOCKED) ?? 'it was done', /there is no call .*: it has ended, or never was/)
      await run.advance(DURATIONS.lobby.ms + DURATIONS.ringing.ms)
      assert.equal(run.notified(id).at(-1), 'deleted terminated 403/8560', 'its timers change nothing')
    })
  }

  test('to several people, and its meeting is gone with it', async () => {
    const run = await simulated()
    const targets = [JOHN, ANNA].map(({ id, displayName }) => ({ identity: { user: { id, displayName } } }))
    const { id } = await run.call(request(1, { targets }))
    assert.equal(run.simulator.perform({ kind: 'answer', callId: id, personId: JOHN.id }), null)
    assert.equal(run.simulator.endCall(id, LOCKED), null)
    await run.simulator.idle()
    assert.equal(run.notified(id).at(-1), 'deleted terminated 403/8560')
  })

  test('and the message that goes with the codes is the known one, or has their form', () => {
    assert.equal(endMessage(500, 9999), SERVICE_ENDS.mediaProcessorShutDown.message)
    assert.equal(endMessage(200, 5010), ENDS.leftAlone.message)
    assert.equal(endMessage(408, 13025), 'DiagCode: 408#13025.@')
  })
})

describe('a bot that is left alone in a meeting', () => {
  const MS = DURATIONS.alone.ms
  const people = (run: Simulated, ...deeds: readonly ['join' | 'leave', typeof JOHN | typeof ANNA][]) => {
    for (const [kind, person] of deeds)
      assert.equal(
        run.simulator.perform(
          kind === 'join' ? { kind, meeting: SCHEDULED, person } : { kind, meeting: SCHEDULED, personId: person.id },
        ),
        null,
      )
  }
  async function together(...bots: readonly (typeof SECOND_BOT)[]) {
    const run = await simulated()
    people(run, ['join', JOHN])
    const { id } = await run.call(request(3))
    const others = await Promise.all(bots.map((bot) => run.call(request(3), bot)))
    await run.advance(1_000)
    return { run, id, others }
  }

  test('sees the roster without others, and then its call ends with 200/5010', async () => {
    const { run, id } = await together()
    people(run, ['leave', JOHN])
    await run.advance(MS - 1)
    assert.equal(run.notified(id).at(-1), 'roster Bot 1')
    await run.advance(1)
    assert.equal(run.notified(id).at(-1), 'deleted terminated 200/5010')
    assert.deepEqual(lastEnd(run), {
      '@odata.type': '#microsoft.graph.resultInfo',
      code: 200,
      subcode: 5010,
      message: ENDS.leftAlone.message,
    })
  })

  test('goes on when a person comes in time, and waits anew when that person leaves', async () => {
    const { run, id } = await together()
    people(run, ['leave', JOHN])
    await run.advance(MS - 1)
    people(run, ['join', ANNA])
    await run.advance(1)
    assert.match(run.notified(id).at(-1) ?? '', /^roster .*Anna/)
    people(run, ['leave', ANNA])
    await run.advance(MS - 1)
    assert.equal(run.notified(id).at(-1), 'roster Bot 1')
    await run.advance(1)
    assert.equal(run.notified(id).at(-1), 'deleted terminated 200/5010')
  })

  test('goes on for the time of its last stay alone, also when the first of two is over', async () => {
    const { run, id } = await together()
    people(run, ['leave', JOHN])
    await run.advance(MS / 2)
    people(run, ['join', ANNA], ['leave', ANNA])
    await run.advance(MS / 2)
    assert.equal(run.notified(id).at(-1), 'roster Bot 1', 'the first time has passed')
    await run.advance(MS / 2)
    assert.equal(run.notified(id).at(-1), 'deleted terminated 200/5010')
  })

  test('is not alone with another bot; when that one hangs up, it is', async () => {
    const { run, id, others } = await together(SECOND_BOT)
    people(run, ['leave', JOHN])
    await run.advance(MS)
    assert.equal(run.notified(id).at(-1), 'roster Bot 1, Bot 2')
    const token = await run.token(SECOND_BOT)
    assert.equal((await run.ask('DELETE', `${CALLS}/${others[0]?.id}`, { token })).status, 204)
    await run.advance(MS)
    assert.equal(run.notified(id).at(-1), 'deleted terminated 200/5010')
  })

  test('stays where it was the only one from the beginning, also when a guest has waited in the lobby', async () => {
    const run = await simulated()
    const { id } = await run.call(request(5))
    await run.advance(1_000)
    const guest = await run.call(request(6), SECOND_BOT)
    await run.advance(1_000)
    assert.equal(run.simulator.perform({ kind: 'refuse', callId: guest.id }), null)
    await run.advance(10 * MS)
    assert.equal(run.notified(id).at(-1), 'roster Bot 1')
  })
})

describe('an application in the lobby', () => {
  const directory = {
    ...DIRECTORY,
    meetings: DIRECTORY.meetings.map((one) => ({ ...one, guests: 'admitted', applications: 'held' }) as const),
  }
  const WAITS = ['updated establishing', 'roster Bot 1 (in the lobby)']

  test('waits where the meeting holds applications, and is admitted as a guest is; a guest is not held there', async () => {
    const run = await simulated({ directory })
    assert.equal(run.simulator.perform({ kind: 'join', meeting: CHANNEL, person: JOHN }), null)
    const { id } = await run.call(request(5))
    const guest = await run.call(request(6), SECOND_BOT)
    await run.advance(1_000)
    assert.deepEqual(run.notified(id), WAITS)
    assert.ok(run.notified(guest.id).includes('updated established'))
    assert.equal(run.simulator.perform({ kind: 'admit', callId: id }), null)
    await run.simulator.idle()
    assert.deepEqual(run.notified(id), [...WAITS, 'updated established', 'roster John (muted), Bot 1, Guest User'])
  })

  test('is turned away as a guest is, and when it has waited too long', async () => {
    for (const [last, act] of [
      ['200/5300', (run: Simulated, callId: string) => run.simulator.perform({ kind: 'refuse', callId })],
      ['200/5855', (run: Simulated) => run.advance(DURATIONS.lobby.ms)],
    ] as const) {
      const run = await simulated({ directory })
      const { id } = await run.call(request(3))
      await run.advance(1_000)
      await act(run, id)
      await run.simulator.idle()
      assert.deepEqual(run.notified(id), [...WAITS, `deleted terminated ${last}`])
    }
  })
})
