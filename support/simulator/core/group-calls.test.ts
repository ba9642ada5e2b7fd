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
const PEOPLE = { John: JOHN, Anna: ANNA, Hanna: HANNA }
const toBoth = (otherwise: Record<string, Json> = {}) => request(1, { targets: [user(JOHN), user(ANNA)], ...otherwise })

type Verb = 'answer' | 'decline' | 'busy' | 'hang-up'

const changes = ({ inbox }: Simulated) => inbox.map(({ body }) => (body.value as JsonObject[])[0])

/** A call to John and Anna, after what people did, each as VERB or VERB PERSON; each deed must fit. */
async function after(...deeds: readonly string[]) {
  const run = await simulated()
  const { id } = await run.call(toBoth())
  const act = async (deed: string) => {
    const [kind, name] = deed.split(' ') as [Verb, (keyof typeof PEOPLE)?]
    const reason = run.simulator.perform({ kind, callId: id, ...(name === undefined ? {} : { personId: PEOPLE[name].id }) })
    await run.simulator.idle()
    return reason
  }
  for (const deed of deeds) assert.equal(await act(deed), null, deed)
  return { run, id, act, notified: () => run.notified(id) }
}

const BEGUN = ['updated establishing']
const BOTH = [...BEGUN, 'updated established', 'roster John, Bot 1']

describe('a call to several', () => {
  test('is established by the first who answers, and then the roster shows who is there', async () => {
    const { run, id, act, notified } = await after('answer John')
    assert.deepEqual(notified(), BOTH)
    const { resourceData } = changes(run)[1] as { resourceData: JsonObject }
    const members = CALL_MEMBERS.find(({ between, phase }) => between === 'several' && phase === 'established')?.members ?? []
    assert.deepEqual(Object.keys(resourceData), ['@odata.type', 'state', ...members, 'id'])
    assert.equal(await act('answer Anna'), null)
    assert.equal(notified().at(-1), 'roster John, Bot 1, Anna')
    const roster = (await run.ask('GET', `${CALLS}/${id}/participants`)).body.value as JsonObject[]
    assert.equal(new Set(roster.map((one) => one.id)).size, 3)
    assert.ok(roster.some((one) => one.id === run.simulator.calls()[0]?.myParticipantId))
  })

  const OVER = 'deleted terminated 200/5010'
  const lives: readonly [deeds: string, ms: number, last: string][] = [
    ['answer John, answer Anna, hang-up John', 0, 'roster Bot 1, Anna'],
    ['answer John, answer Anna, hang-up John, hang-up Anna', 0, OVER],
    ['answer John, hang-up John', 0, 'roster Bot 1'],
    ['answer John, hang-up John, decline Anna', 0, OVER],
    ['answer John', 60_000, 'roster John, Bot 1'],
    ['answer John, hang-up', 60_000, OVER],
  ]
  for (const [deeds, ms, last] of lives) {
    test(`goes on while a person talks or rings, and ends with the last: ${deeds}, ${ms} ms`, async () => {
      const { run, notified } = await after(...deeds.split(', '))
      await run.advance(ms)
      assert.equal(notified().at(-1), last)
      assert.equal(run.simulator.calls().length, last === OVER ? 0 : 1)
    })
  }

  test('that is established goes on when no other person answers in time; then that person cannot answer', async () => {
    const { run, act, notified } = await after('answer John')
    await run.advance(60_000)
    assert.match(String(await act('answer Anna')), /no person .* can answer now/)
    assert.equal(await act('hang-up'), null)
    assert.equal(notified().at(-1), OVER)
  })

  test('needs a person where several could act, and refuses what does not fit', async () => {
    const { act } = await after()
    assert.match(String(await act('answer')), new RegExp(`answer fits 2 people .* say who, ${JOHN.id} or ${ANNA.id}`))
    assert.match(String(await act('answer Hanna')), new RegExp(`no person ${HANNA.id} .* can answer now`))
    assert.match(String(await act('hang-up')), /no person in call .* can hang-up now/)
    assert.equal(await act('decline John'), null)
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
  assert.equal(run.notified(id).at(-1), 'deleted terminated 200/5010')
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
