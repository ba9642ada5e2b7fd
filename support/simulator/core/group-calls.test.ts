// A call to several people: what the first answer causes, how the roster follows, and how it ends. Random lives are in test/property.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { controlled } from '../../../test/kit/control-caller'
import { ANNA, CALLS, JOHN, request, type Simulated, simulated } from '../../../test/kit/simulated-world'
import type { Json, JsonObject } from '../../contract/json'
import { CALL_MEMBERS } from './events'

const user = ({ id, displayName }: { readonly id: string; readonly displayName: string }): JsonObject => ({
  '@odata.type': '#microsoft.graph.participantInfo',
  identity: {
    '@odata.type': '#microsoft.graph.identitySet',
    user: { '@odata.type': '#microsoft.graph.identity', displayName, id },
  },
})
const HANNA = { id: '334f9418-7bc6-44ec-9cfa-8c8b4d37f6da', displayName: 'Hanna' }
const toBoth = (otherwise: Record<string, Json> = {}) => request(1, { targets: [user(JOHN), user(ANNA)], ...otherwise })

type Verb = 'answer' | 'decline' | 'busy' | 'hang-up'

const changes = ({ inbox }: Simulated) => inbox.map(({ body }) => (body.value as JsonObject[])[0])

/** A call to John and Anna, after what people did; each deed must fit. */
async function after(...deeds: readonly (readonly [Verb, { readonly id: string }?])[]) {
  const run = await simulated()
  const { id } = await run.call(toBoth())
  const act = async (verb: Verb, person?: { readonly id: string }) => {
    const reason = run.simulator.perform({ kind: verb, callId: id, ...(person === undefined ? {} : { personId: person.id }) })
    await run.simulator.idle()
    return reason
  }
  for (const [verb, person] of deeds) assert.equal(await act(verb, person), null, verb)
  return { run, id, act, notified: () => run.notified(id) }
}

const BEGUN = ['updated establishing']
const BOTH = [...BEGUN, 'updated established', 'roster John, Bot 1']

describe('a call to several', () => {
  test('is established by the first who answers, and then the roster shows who is there', async () => {
    const { run, id, act, notified } = await after(['answer', JOHN])
    assert.deepEqual(notified(), BOTH)
    const { resourceData } = changes(run)[1] as { resourceData: JsonObject }
    const members = CALL_MEMBERS.find(({ between, phase }) => between === 'several' && phase === 'established')?.members ?? []
    assert.deepEqual(Object.keys(resourceData), ['@odata.type', 'state', ...members, 'id'])
    assert.equal(await act('answer', ANNA), null)
    assert.equal(notified().at(-1), 'roster John, Bot 1, Anna')
    const roster = (await run.ask('GET', `${CALLS}/${id}/participants`)).body.value as JsonObject[]
    assert.equal(new Set(roster.map((one) => one.id)).size, 3)
    assert.ok(roster.some((one) => one.id === run.simulator.calls()[0]?.myParticipantId))
  })

  test('goes on while a person talks or rings, and ends with the last', async () => {
    const { run, act, notified } = await after(['answer', JOHN], ['answer', ANNA], ['hang-up', JOHN])
    assert.equal(notified().at(-1), 'roster Bot 1, Anna')
    assert.equal(await act('hang-up', ANNA), null)
    assert.equal(notified().at(-1), 'deleted terminated 200/5002')
    assert.deepEqual(run.simulator.calls(), [])
    const ringing = await after(['answer', JOHN], ['hang-up', JOHN])
    assert.deepEqual(ringing.notified(), [...BOTH, 'roster Bot 1'])
    await ringing.act('decline', ANNA)
    assert.equal(ringing.notified().at(-1), 'deleted terminated 200/5002')
  })

  test('that is established goes on when no other person answers in time, and ends when its last participant has left', async () => {
    const talking = await after(['answer', JOHN])
    await talking.run.advance(60_000)
    assert.deepEqual(talking.notified(), BOTH)
    assert.match(String(await talking.act('answer', ANNA)), /no person .* can answer now/)
    assert.equal(await talking.act('hang-up'), null)
    assert.equal(talking.notified().at(-1), 'deleted terminated 200/5002')
    const left = await after(['answer', JOHN], ['hang-up'])
    await left.run.advance(60_000)
    assert.equal(left.notified().at(-1), 'deleted terminated 200/5002')
  })

  test('needs a person where several could act, and refuses what does not fit', async () => {
    const { act } = await after()
    assert.match(String(await act('answer')), new RegExp(`answer fits 2 people .* say who, ${JOHN.id} or ${ANNA.id}`))
    assert.match(String(await act('answer', HANNA)), new RegExp(`no person ${HANNA.id} .* can answer now`))
    assert.match(String(await act('hang-up')), /no person in call .* can hang-up now/)
    assert.equal(await act('decline', JOHN), null)
    assert.equal(await act('answer'), null)
  })
})

test('people act by their scripts in a call to several, each for themselves', async () => {
  const run: Simulated = await simulated()
  run.simulator.people.whenCalled(JOHN.id, 'answers', { afterMs: 100, hangsUpAfterMs: 1_000 })
  run.simulator.people.whenCalled(ANNA.id, 'declines', { afterMs: 200 })
  const { id } = await run.call(toBoth())
  await run.advance(500)
  assert.deepEqual(run.notified(id), BOTH)
  await run.advance(600)
  assert.equal(run.notified(id).at(-1), 'deleted terminated 200/5002')
})

test('the control API shows the people of a call to several, waits for it by any of them, and lets one act', async () => {
  const run = await controlled()
  const { id } = await run.call(request(1, { targets: [user(JOHN), user(HANNA)] }))
  const waited = await run.done('wait-for-call', { person: HANNA.id, state: 'ringing' })
  const call = (waited.call ?? waited) as JsonObject
  assert.deepEqual(call.people, [
    { person: 'John', personId: JOHN.id, now: 'ringing' },
    { person: HANNA.id, personId: HANNA.id, now: 'ringing' },
  ])
  assert.ok(!('meeting' in call) && !('threadId' in call))
  const { status, body } = await run.control('answer')
  assert.deepEqual(
    [status, /answer fits no call now; living: .*\(ringing John and 334f/.test(String(body.error?.message))],
    [409, true],
  )
  const answered = await run.done('answer', { person: 'John' })
  assert.deepEqual([answered.callId, answered.state], [id, 'established'])
  await run.done('decline', { callId: id })
  await run.done('hang-up', { person: 'John' })
  assert.deepEqual((await run.done('calls')).calls, [])
})
