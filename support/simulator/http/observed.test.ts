// The observed profile: every known drift has a row or a reason, and each row shows in the messages. test/docs/captured-calls.test.ts has
// the members of whole calls.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { CALLS, GRAPH, JOHN, request, SCHEDULED, type Simulated, simulated } from '../../../test/kit/simulated-world'
import { loadDrift } from '../../contract/discrepancies'
import type { JsonObject } from '../../contract/json'
import type { Profile } from '../../contract/profiles'
import { NOT_SHOWN, OBSERVED, revisionsOf } from './observed'
import { REVISIONS } from './revisions'

test('every known drift has a row or a reason why no message shows it, and never both', () => {
  const rows = new Set(OBSERVED.flatMap(({ drift }) => (drift === null ? [] : [drift])))
  assert.deepEqual(
    [...rows, ...NOT_SHOWN.map(({ drift }) => drift)].sort(),
    loadDrift().map(({ id }) => id),
  )
})

test('every row stands once, and rests on what was observed', () => {
  assert.equal(new Set(OBSERVED.map(({ what }) => what)).size, OBSERVED.length)
  assert.deepEqual(
    OBSERVED.filter(({ basis }) => basis !== 'observed'),
    [],
  )
})

test('a profile is the rows of the revision and, observed, those of the wire after them', () => {
  assert.equal(revisionsOf('documented'), REVISIONS)
  assert.deepEqual(
    revisionsOf('observed').map(({ root, rows }) => [root, rows]),
    REVISIONS.map(({ root, rows }) => [root, [...rows, ...OBSERVED]]),
  )
  assert.throws(() => revisionsOf('newest' as Profile), /^Error: profile is "newest": write "documented" or "observed"$/)
})

const posts = ({ inbox }: Simulated) => inbox.map(({ body }) => (body.value as readonly JsonObject[])[0] as JsonObject)
const states = (run: Simulated) => posts(run).map(({ resourceData }) => (resourceData as JsonObject).state ?? 'roster')

/** A call to John that he has answered, and the answer to its create. */
async function answered(profile: Profile, root: string = CALLS) {
  const run = await simulated({ profile })
  const headers = { 'content-type': 'application/json' }
  const created = await run.ask('POST', root, { headers, body: JSON.stringify(request(1)) })
  await run.simulator.idle()
  const id = String(created.body.id)
  assert.equal(run.simulator.perform({ kind: 'answer', callId: id }), null)
  await run.simulator.idle()
  return { run, id, created }
}

describe('a call between two', () => {
  test('is established twice, the second time with active media and without direction', async () => {
    const { run, created } = await answered('observed')
    assert.deepEqual(states(run), ['establishing', 'established', 'established'])
    const [, first, second] = posts(run).map(({ resourceData }) => resourceData)
    const type = { '@odata.type': '#microsoft.graph.call', state: 'established' }
    const callChainId = run.simulator.calls()[0]?.resource.callChainId
    assert.deepEqual(first, { ...type, direction: 'outgoing', callChainId })
    assert.deepEqual(second, {
      ...type,
      mediaState: { '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' },
      meetingCapability: { '@odata.type': '#microsoft.graph.meetingCapability' },
      coOrganizers: [],
      callChainId,
    })
    assert.equal(created.status, 201)
  })

  test('is established once in the documented profile', async () => {
    assert.deepEqual(states((await answered('documented')).run), ['establishing', 'established'])
  })

  test('has both addresses in every change, and no callbackUri', async () => {
    for (const { root } of REVISIONS) {
      const { run, id } = await answered('observed', root)
      for (const { resource, resourceUrl, ...others } of posts(run)) {
        assert.deepEqual([resource, resourceUrl], [`/app/calls/${id}`, `/communications/calls/${id}`])
        assert.deepEqual(Object.keys(others), ['@odata.type', 'changeType', 'resourceData'])
      }
    }
  })

  for (const { root } of REVISIONS) {
    test(`lies under /communications, where ${root} made it, and is read there`, async () => {
      const { run, id, created } = await answered('observed', root)
      const [, version] = root.split('/')
      const location = String(created.headers.get('location'))
      assert.equal(location, `${GRAPH}/${version}/communications/calls/${id}`)
      const context = /^https:\/\/graph\.microsoft\.com\/(beta|v1\.0)\/\$metadata#communications\/calls\/\$entity$/
      const read = await run.ask('GET', location.slice(GRAPH.length))
      for (const { body } of [created, read]) {
        assert.match(String(body['@odata.context']), context)
        const [target] = body.targets as readonly JsonObject[]
        assert.equal(target?.['@odata.type'], '#microsoft.graph.invitationParticipantInfo')
      }
    })
  }
})

test('a bot is named by its number on rosters and in the list of participants', async () => {
  const run = await simulated({ profile: 'observed' })
  assert.equal(run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN }), null)
  const { id, appId } = await run.call(request(3))
  await run.advance(1_000)
  const { body } = await run.ask('GET', `${CALLS}/${id}/participants`)
  const names = (list: unknown) =>
    (list as readonly JsonObject[]).map(({ info }) => {
      const { user, application } = (info as JsonObject).identity as JsonObject
      return ((user ?? application) as JsonObject).displayName
    })
  assert.deepEqual(names(body.value), ['John', `28:${appId}`])
  assert.deepEqual(names(posts(run).at(-1)?.resourceData), ['John', `28:${appId}`])
})

test('the end of a join has the coordinates as sent', async () => {
  for (const profile of ['documented', 'observed'] as const) {
    const run = await simulated({ profile })
    const { id } = await run.call(request(3))
    await run.advance(1_000)
    assert.equal(run.simulator.perform({ kind: 'remove', callId: id }), null)
    await run.simulator.idle()
    const [last] = posts(run).slice(-1) as [JsonObject]
    const { state, chatInfo, meetingInfo } = last.resourceData as JsonObject
    const sent = request(3)
    assert.deepEqual(
      [state, chatInfo, meetingInfo],
      profile === 'observed' ? ['terminated', sent.chatInfo, sent.meetingInfo] : ['terminated', undefined, undefined],
    )
  }
})
