// Creating, reading and deleting a call through the handler: what is answered, what is ignored, and who may see a call.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import {
  BOT,
  CALLS,
  documentedExample,
  GRAPH,
  NEW_YEAR,
  OTHER_TENANT,
  request,
  SECOND_BOT,
  STRANGER,
  simulated,
  TENANT,
} from '../../../test/kit/simulated-world'
import { type Json, type JsonObject, sameJson } from '../../contract/json'
import { NEW_CALL } from './new-call'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
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

describe('the call that create answers', () => {
  for (const example of EXAMPLES) {
    test(`to the request of example ${example} has every property and what was sent`, async () => {
      const run = await simulated()
      const sent = request(example)
      const { status, headers, body } = await run.create(sent)
      assert.equal(status, 201)
      assert.deepEqual(new Set(Object.keys(body)), new Set(NEW_CALL.map(({ name }) => name)))
      assert.match(String(body.id), GUID)
      assert.match(String(body.myParticipantId), GUID)
      assert.notEqual(body.id, body.myParticipantId)
      assert.equal(headers.get('location'), `${GRAPH}${CALLS}/${body.id}`)
      assert.equal(headers.get('content-type'), 'application/json')
      for (const name of ['callbackUri', 'requestedModalities', 'mediaConfig', 'meetingInfo'])
        assert.deepEqual(body[name], sent[name] ?? null, name)
      assert.equal(body.state, 'establishing')
      assert.equal(body.direction, 'outgoing')
      assert.equal(body.tenantId, TENANT)
    })
  }

  for (const example of [1, 3] as const) {
    test(`is that of example ${example}, but for ids, names and what the page leaves out`, async () => {
      const run = await simulated()
      const printed = documentedExample(example).response?.body as JsonObject
      const sent = request(example, example === 1 ? { mediaConfig: printed.mediaConfig as Json } : {})
      const { body } = await run.create(sent)
      for (const [name, value] of Object.entries(printed)) {
        if (name === 'id' || name === 'myParticipantId' || name === 'source') continue
        assert.ok(covers(body[name] as Json, value), `${name}: ${JSON.stringify(body[name])}`)
      }
      const { identity } = body.source as { identity: { application: JsonObject } }
      assert.deepEqual(identity.application, {
        '@odata.type': '#microsoft.graph.identity',
        displayName: BOT.displayName,
        id: BOT.clientId,
      })
    })
  }

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

  test('is another for the same request: other ids, in two calls that live', async () => {
    const run = await simulated()
    const [one, other] = [await run.create(request(3)), await run.create(request(3))]
    const ids = [one, other].flatMap(({ body }) => [body.id, body.myParticipantId])
    assert.equal(new Set(ids).size, 4)
    assert.equal(run.simulator.calls().length, 2)
  })
})

/** Whether an answer has everything that the page prints, deep down. */
function covers(answered: Json, printed: Json): boolean {
  if (Array.isArray(printed))
    return Array.isArray(answered) && answered.length === printed.length && printed.every((one, at) => covers(answered[at], one))
  if (typeof printed !== 'object' || printed === null) return sameJson(answered, printed)
  return Object.entries(printed).every(([name, value]) => covers((answered as JsonObject | null)?.[name] as Json, value))
}

describe('what a request says of members that the service makes', () => {
  const ids = (body: JsonObject) => JSON.stringify({ ...body, id: 0, myParticipantId: 0 })

  for (const name of GENERATED) {
    test(`is ignored: ${name}`, async () => {
      const run = await simulated()
      const plain = (await run.create(request(3))).body
      for (const value of HOSTILE) {
        const { status, body } = await run.create(request(3, { [name]: value }))
        assert.equal(status, 201, JSON.stringify(value))
        assert.equal(ids(body), ids(plain), JSON.stringify(value))
      }
    })
  }

  test('is said of the same members by the table of the simulator', () => {
    const marked = NEW_CALL.filter(({ generated }) => generated).map(({ name }) => name)
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

  test('a call is read in the state it is in, also in the lobby', async () => {
    const run = await simulated()
    const [two, join, guest] = [await run.call(request(1)), await run.call(request(3)), await run.call(request(6))]
    const states = async () => {
      const bodies = [two, join, guest].map(async ({ id }) => (await run.ask('GET', `${CALLS}/${id}`)).body.state)
      return Promise.all(bodies)
    }
    assert.deepEqual(await states(), ['establishing', 'establishing', 'establishing'])
    await run.advance(1000)
    assert.deepEqual(await states(), ['establishing', 'established', 'establishing'])
    run.simulator.perform({ kind: 'answer', callId: two.id })
    run.simulator.perform({ kind: 'admit', callId: guest.id })
    assert.deepEqual(await states(), ['established', 'established', 'established'])
  })

  const phases: readonly [phase: string, example: number, ms: number][] = [
    ['ringing', 1, 0],
    ['joining', 3, 0],
    ['in-lobby', 6, 1000],
    ['established', 3, 1000],
  ]
  for (const [phase, example, ms] of phases) {
    test(`deleted while ${phase} it tells terminating, then terminated, and is gone`, async () => {
      const run = await simulated()
      const { id } = await run.call(request(example))
      await run.advance(ms)
      assert.equal(run.simulator.calls()[0]?.phase, phase)
      const before = run.told(id).length
      const { status, text } = await run.ask('DELETE', `${CALLS}/${id}`)
      await run.advance(40 * 60_000)
      assert.deepEqual([status, text], [204, ''])
      assert.deepEqual(run.told(id).slice(before), ['updated terminating', 'deleted terminated 0/0'])
      for (const method of ['GET', 'DELETE']) {
        const gone = await run.ask(method, `${CALLS}/${id}`)
        assert.deepEqual([gone.status, (gone.body.error as JsonObject).code], [404, '8522'])
      }
    })
  }

  test('a call of another app, in this tenant or elsewhere, does not exist for one', async () => {
    const run = await simulated()
    const { id } = await run.call(request(1))
    for (const app of [SECOND_BOT, STRANGER]) {
      for (const method of ['GET', 'DELETE']) {
        const answer = await run.ask(method, `${CALLS}/${id}`, { token: await run.token(app) })
        assert.deepEqual([answer.status, (answer.body.error as JsonObject).code], [404, '8522'])
      }
    }
    assert.equal(run.simulator.calls().length, 1)
    assert.equal(run.simulator.calls()[0]?.phase, 'ringing')
  })

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
