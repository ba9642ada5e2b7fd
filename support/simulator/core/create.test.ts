// Creating a call through the handler: what is returned exactly, what is ignored, and under which roots calls live.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { BOT, CALLS, NEW_YEAR, OTHER_TENANT, request, simulated, TENANT } from '../../../test/kit/simulated-world'
import type { Json, JsonObject } from '../../contract/json'
import { LATER_PAGES, NEW_CALL } from './new-call'

const EXAMPLES = [1, 2, 3, 4, 5, 6] as const

/** Marked server-generated on the page of the resource, or read-only (incomingContext, of the metadata). */
const GENERATED = [
  'state',
  'direction',
  'callRoutes',
  'activeModalities',
  'tenantId',
  'myParticipantId',
  'id',
  'terminationReason',
  'mediaState',
  'resultInfo',
  'answeredBy',
  'meetingCapability',
  'toneInfo',
  'incomingContext',
]

/** Values that would do harm if anything read them. */
const HOSTILE: readonly Json[] = [null, 'terminated', -1, [], {}, { '@odata.type': 'x', id: 'x' }, [[{}]], '__proto__', true]

describe('a new call', () => {
  test('names the guest alone as source of a join as guest', async () => {
    const run = await simulated()
    const { body } = await run.create(request(6))
    const sent = request(6).source as JsonObject
    assert.deepEqual((body.source as JsonObject).identity, sent.identity)
    assert.ok(!JSON.stringify(body.source).includes(BOT.clientId))
  })

  test('returns preFetchMedia, the blob and names in any language exactly', async () => {
    const run = await simulated()
    const mediaConfig = {
      '@odata.type': '#microsoft.graph.serviceHostedMediaConfig',
      preFetchMedia: [{ uri: 'https://cdn.contoso.com/ü%20.wav', resourceId: null, more: [1, { deep: '\u0000\ud83d\ude00' }] }],
      removeFromDefaultAudioGroup: false,
    }
    assert.deepEqual((await run.create(request(3, { mediaConfig }))).body.mediaConfig, mediaConfig)
    const blob = { '@odata.type': '#microsoft.graph.appHostedMediaConfig', blob: ' {"a":"\\u0000"}\r\n\u2028 ' }
    assert.deepEqual((await run.create(request(4, { mediaConfig: blob }))).body.mediaConfig, blob)
  })

  test('is another for the same request, with other ids', async () => {
    const run = await simulated()
    const [one, other] = [await run.create(request(3)), await run.create(request(3))]
    const ids = [one, other].flatMap(({ body }) => [body.id, body.myParticipantId])
    assert.equal(new Set(ids).size, 4)
    assert.equal(run.simulator.calls().length, 2)
  })
})

describe('a member that the service generates', () => {
  const ids = (body: JsonObject) => JSON.stringify({ ...body, id: 0, myParticipantId: 0 })

  test('is marked so in the table of the simulator', () => {
    const marked = NEW_CALL.filter(({ generated, source }) => generated && source !== LATER_PAGES).map(({ name }) => name)
    assert.deepEqual(new Set(marked), new Set(GENERATED))
  })

  test('is ignored all at once, and in every example', async () => {
    const run = await simulated()
    for (const example of EXAMPLES) {
      const plain = (await run.create(request(example))).body
      for (const value of HOSTILE) {
        const { body } = await run.create(request(example, Object.fromEntries(GENERATED.map((name) => [name, value]))))
        assert.equal(ids(body), ids(plain))
      }
    }
    assert.equal(new Set(run.simulator.calls().map(({ id }) => id)).size, EXAMPLES.length * (HOSTILE.length + 1))
  })

  test('tenantId of another tenant is ignored; the notification goes to the call of the own', async () => {
    const run = await simulated()
    const { status, body } = await run.create(request(1, { tenantId: OTHER_TENANT }))
    await run.simulator.idle()
    assert.equal(status, 201)
    assert.equal(body.tenantId, TENANT)
    assert.ok(!JSON.stringify(run.inbox).includes(OTHER_TENANT))
  })
})

describe('where calls live', () => {
  const paths: readonly [path: string, root: string][] = [
    ['/beta/app/calls', '/beta/app/calls'],
    ['/beta/communications/calls', '/beta/communications/calls'],
    ['/v1.0/communications/calls', '/v1.0/communications/calls'],
    ['/BETA/App/CALLS', '/beta/app/calls'],
    ['/V1.0/Communications/Calls/', '/v1.0/communications/calls'],
    ['/beta/app/calls/', '/beta/app/calls'],
  ]
  for (const [path, root] of paths) {
    test(`${path} answers with a Location under ${root}, under which the call is read and deleted`, async () => {
      const run = await simulated()
      const headers = { 'content-type': 'application/json' }
      const made = await run.ask('POST', path, { headers, body: JSON.stringify(request(1)), origin: 'http://127.0.0.1:8443' })
      assert.equal(made.status, 201)
      const location = new URL(made.headers.get('location') ?? '')
      assert.equal(location.href, `http://127.0.0.1:8443${root}/${made.body.id}`)
      assert.equal((await run.ask('GET', location.pathname)).status, 200)
      assert.equal((await run.ask('GET', `${CALLS}/${made.body.id}`)).status, 200, 'one core serves every root')
      assert.equal((await run.ask('DELETE', `${location.pathname}/`)).status, 204)
    })
  }

  test('every answer carries the date of the clock, an id of its own and the client id', async () => {
    const run = await simulated()
    const headers = { 'client-request-id': 'abc-1' }
    const made = await run.create(request(1), { headers })
    const answers = [made, await run.ask('DELETE', `${CALLS}/${made.body.id}`, { headers })]
    for (const answer of answers) {
      assert.equal(answer.headers.get('client-request-id'), 'abc-1')
      assert.equal(answer.headers.get('date'), new Date(NEW_YEAR).toUTCString())
    }
    assert.equal(new Set(answers.map(({ headers: of }) => of.get('request-id'))).size, 2)
  })
})
