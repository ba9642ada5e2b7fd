// One call under each root, from its creation to its end: each message has the form of its root, and nothing of another.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { type Answer, BOT, JOHN, request, SCHEDULED, type Simulated, simulated } from '../../../test/kit/simulated-world'
import type { JsonObject } from '../../contract/json'

const ROOTS = ['/beta/app/calls', '/beta/communications/calls', '/v1.0/communications/calls'] as const
type Root = (typeof ROOTS)[number]

const post = async (run: Simulated, root: Root, example: number): Promise<Answer> =>
  run.ask('POST', root, {
    token: await run.token(BOT),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request(example)),
  })

const changes = ({ inbox }: Simulated) => inbox.map(({ body }) => (body.value as readonly JsonObject[])[0] as JsonObject)

/** What distinguishes the roots, in the messages of a call between two that it ends. */
async function seenUnder(root: Root) {
  const run = await simulated()
  const { body } = await post(run, root, 1)
  const id = String(body.id)
  run.simulator.perform({ kind: 'answer', callId: id })
  const given = await run.ask('GET', `${root}/${id}`)
  await run.simulator.idle()
  await run.ask('DELETE', `${root}/${id}`)
  await run.simulator.idle()
  const [, established] = changes(run)
  const last = changes(run).at(-1)?.resourceData as JsonObject
  const [target] = body.targets as readonly JsonObject[]
  const end = last.resultInfo as JsonObject
  return {
    resource: established?.resource,
    resourceUrl: String(established?.resourceUrl ?? '').replace(id, '{id}'),
    established: Object.keys(established?.resourceData as JsonObject)
      .sort()
      .join(' '),
    created: String(body['@odata.context']).split('/').slice(3).join('/'),
    given: String(given.body['@odata.context']).split('/').slice(3).join('/'),
    chain: typeof body.callChainId === 'string' && given.body.callChainId === body.callChainId,
    tenant: 'tenantId' in body,
    target: target?.['@odata.type'],
    end: [end.code, end.subcode],
  }
}

describe('a call that the bot makes and ends', () => {
  const later = {
    resource: undefined,
    resourceUrl: '/communications/calls/{id}',
    chain: true,
    target: '#microsoft.graph.invitationParticipantInfo',
    end: [200, 5001],
  }
  const beta = { created: 'beta/$metadata#app/calls/$entity', given: 'beta/$metadata#app/calls/$entity', tenant: true }
  const expected: Readonly<Record<Root, object>> = {
    '/beta/app/calls': {
      ...beta,
      resourceUrl: '',
      established: '@odata.type direction id state tenantId',
      chain: false,
      target: '#microsoft.graph.participantInfo',
      end: [0, 0],
    },
    '/beta/communications/calls': { ...later, ...beta, established: '@odata.type direction id state tenantId' },
    '/v1.0/communications/calls': {
      ...later,
      established: '@odata.type direction id state',
      created: 'v1.0/$metadata#app/calls/$entity',
      given: 'v1.0/$metadata#communications/calls/$entity',
      tenant: false,
    },
  }
  for (const root of ROOTS)
    test(`has the form of ${root}`, async () => {
      const { resource, ...seen } = await seenUnder(root)
      const { resource: _, ...wanted } = expected[root] as { resource?: unknown }
      assert.deepEqual(seen, wanted)
      assert.equal(resource === undefined, root !== '/beta/app/calls')
    })
})

test('calls of one bot under two roots in one meeting are each notified in the form of their own root', async () => {
  const run = await simulated()
  for (const root of ['/beta/app/calls', '/v1.0/communications/calls'] as const)
    assert.equal((await post(run, root, 3)).status, 201)
  await run.advance(5_000)
  run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN })
  await run.simulator.idle()
  const rosters = changes(run).slice(-2)
  assert.deepEqual(
    rosters.map(({ resource, resourceUrl }) => [typeof resource, typeof resourceUrl]),
    [
      ['string', 'undefined'],
      ['undefined', 'string'],
    ],
  )
})

test('a call is read under another root in the form of that root, and lists of participants likewise', async () => {
  const run = await simulated()
  const { body } = await post(run, '/beta/app/calls', 3)
  await run.advance(5_000)
  const given = await run.ask('GET', `/v1.0/communications/calls/${body.id}`)
  assert.equal(given.body['@odata.context'], 'https://graph.microsoft.com/v1.0/$metadata#communications/calls/$entity')
  const streams = async (root: Root) => {
    const list = await run.ask('GET', `${root}/${body.id}/participants`)
    const [one] = list.body.value as readonly [JsonObject]
    const [stream] = one.mediaStreams as readonly [JsonObject]
    return [stream.label, 'metadata' in one, 'recordingInfo' in one, typeof list.body['@odata.context']]
  }
  assert.deepEqual(await streams('/beta/app/calls'), ['main-audio', false, false, 'undefined'])
  assert.deepEqual(await streams('/beta/communications/calls'), [null, true, true, 'string'])
  assert.deepEqual(await streams('/v1.0/communications/calls'), [null, true, false, 'string'])
})

test('the root of a request is found however it is written', async () => {
  const run = await simulated()
  const { body } = await post(run, '/v1.0/communications/calls', 1)
  for (const path of [`/V1.0/Communications/Calls/${body.id}`, `/v1.0//communications/calls('${body.id}')`]) {
    const given = await run.ask('GET', path)
    assert.equal(given.body['@odata.context'], 'https://graph.microsoft.com/v1.0/$metadata#communications/calls/$entity', path)
  }
})

test('a join with media of the application has all members under v1.0, with and without the # of the type', async () => {
  for (const type of ['#microsoft.graph.appHostedMediaConfig', 'microsoft.graph.appHostedMediaConfig']) {
    const run = await simulated()
    const body = JSON.stringify(request(3, { mediaConfig: { '@odata.type': type } }))
    const headers = { 'content-type': 'application/json' }
    const answer = await run.ask('POST', '/v1.0/communications/calls', { token: await run.token(BOT), headers, body })
    assert.ok('tenantId' in answer.body && 'callRoutes' in answer.body, type)
  }
})
