// What deviations are made of: wrappings from outside, which keep nothing between simulators and leave alone what they do not pick.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { isObject, type JsonObject } from '../../contract/json'
import { decide } from '../../simulator/core/decide'
import { emptyState } from '../../simulator/core/state'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Parts, World, Wrap } from '../../simulator/wrapping'
import { armamentOf } from '../catalogue'
import { answeringWith, asked, deeply, newCallWith, otherwise, together } from './breaks'
import { deciding, ignoring } from './deciding'
import { carried, changeOf, ofAnotherCall, posting, postingOf, withRoster } from './posting'

/** Parts that do nothing but say what reached them. */
function parts(seen: string[], graph: (request: Request) => Promise<Response> = async () => Response.json({})): Parts {
  const nobody = async () => Response.json({})
  return {
    decide,
    graph,
    login: nobody,
    openid: nobody,
    authenticate: async () => ({ error: 'noToken', detail: null, diagnosis: '' }),
    post: ({ callId, body }) => void seen.push(`${callId} ${JSON.stringify(body)}`),
    sign: async () => 'token',
    deliver: async (url, { method, headers, body }) => {
      seen.push(`${method} ${url} ${JSON.stringify(headers)} ${body}`)
      return new Response(null, { status: 202 })
    },
    after: () => {},
  }
}
const world = {} as World
const armed = (wrap: Wrap, given: Parts): Parts => ({ ...given, ...wrap(given, world) })

const notification = (resourceData: unknown, resource = '/app/calls/7'): Notification => ({
  callId: '7',
  callbackUri: 'https://bot.example/callback',
  audience: 'app',
  tenantId: 'tenant',
  body: { value: [{ changeType: 'updated', resource, resourceData }] } as JsonObject,
})

describe('wrappings of notifications', () => {
  test('together, the last is met first, and none sees what another has kept', () => {
    const seen: string[] = []
    const numbered = (name: string): Wrap =>
      posting(() => {
        let count = 0
        return (one) => ({ ...one, callId: `${one.callId} ${name}${++count}` })
      })
    const wrap = together(numbered('a'), numbered('b'))
    const [first, second] = [armed(wrap, parts(seen)), armed(wrap, parts(seen))]
    for (const { post } of [first, first, second]) post(notification({}))
    assert.deepEqual(
      seen.map((one) => one.split(' {')[0]),
      ['7 b1 a1', '7 b2 a2', '7 b1 a1'],
    )
  })

  test('post nothing, one or several in place of one', () => {
    const seen: string[] = []
    for (const next of [null, notification({}), [notification({}), notification({})]]) {
      armed(
        posting(() => () => next),
        parts(seen),
      ).post(notification({}))
    }
    assert.equal(seen.length, 3)
  })

  test('know the request that a call was created by', () => {
    const seen: string[] = []
    const caller = { appId: 'a', displayName: 'A', tenantId: 't', permissions: ['Calls.Initiate.All'], registered: true }
    const media = { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' }
    const target = { identity: { user: { id: 'u' } } }
    const body = {
      callbackUri: 'https://bot.example/x',
      requestedModalities: ['audio'],
      mediaConfig: media,
      targets: [target],
      subject: 'S',
    }
    const wrapped = armed(
      postingOf((one, sent) => ({ ...one, callId: String(sent.subject) })),
      parts(seen),
    )
    const create = { kind: 'create', caller, body, root: 'https://graph.example/calls' } as const
    wrapped.decide(emptyState([]), create, { newId: () => '7' })
    wrapped.post(notification({}))
    wrapped.post({ ...notification({}), callId: '8' })
    assert.deepEqual(
      seen.map((one) => one.split(' ')[0]),
      ['S', 'undefined'],
    )
  })

  test('rewrite rosters alone, and the call of both kinds', () => {
    const state = notification({ state: 'establishing', id: '7' })
    assert.equal(
      withRoster(state, () => []),
      state,
    )
    assert.deepEqual(changeOf(ofAnotherCall(state, '8')), {
      changeType: 'updated',
      resource: '/app/calls/8',
      resourceData: { state: 'establishing', id: '8' },
    })
    const roster = notification([{ id: '1' }], '/app/calls/7/participants')
    assert.deepEqual(changeOf(ofAnotherCall(roster, '8')), {
      changeType: 'updated',
      resource: '/app/calls/8/participants',
      resourceData: [{ id: '1' }],
    })
  })

  test('carry another parcel, with everything else as it was', async () => {
    const seen: string[] = []
    const wrapped = armed(
      carried(() => (parcel) => ({ ...parcel, url: `${parcel.url}/x` })),
      parts(seen),
    )
    await wrapped.deliver('https://bot.example', { method: 'POST', headers: { 'Content-Type': 'a/b' }, body: '{}' })
    assert.deepEqual(seen, ['POST https://bot.example/x {"content-type":"a/b"} {}'])
  })
})

describe('wrappings of Graph', () => {
  const created = async (request: Request) =>
    Response.json({ id: '7', sent: await request.text() }, { status: 201, headers: { location: 'there' } })
  const create = () => new Request('https://graph.example/calls', { method: 'POST', body: '{"id":"mine"}' })

  test('see the request and the answer, and Graph still sees the request', async () => {
    const wrap = newCallWith((call, sent) => ({ was: call.id, id: sent.id, sent: call.sent }))
    const answer = await armed(wrap, parts([], created)).graph(create())
    assert.deepEqual([answer.status, answer.headers.get('location')], [201, 'there'])
    assert.deepEqual(await answer.json(), { id: 'mine', was: '7', sent: '{"id":"mine"}' })
  })

  test('leave answers of another status alone', async () => {
    const wrap = answeringWith(404, (response) => otherwise(response, { status: 410 }))
    assert.equal((await armed(wrap, parts([], created)).graph(create())).status, 201)
  })

  test('put another request in place of the one that came', async () => {
    const types: (string | null)[] = []
    const graph = async (request: Request) => {
      types.push(request.headers.get('content-type'))
      return new Response(await request.text())
    }
    const wrapped = armed(
      asked((body) => (body === 'null' ? { body: '{}' } : null)),
      parts([], graph),
    )
    const ask = (body: string) => wrapped.graph(new Request('https://graph.example', { method: 'POST', body }))
    assert.deepEqual([await (await ask('null')).text(), await (await ask('[]')).text()], ['{}', '[]'])
    assert.deepEqual(types, ['application/json', 'text/plain;charset=UTF-8'])
  })
})

describe('wrappings of the core', () => {
  const state = emptyState([])
  const env = { newId: () => '7' }
  const join = { kind: 'join', meeting: 'none', person: { id: 'p', displayName: 'P', languageId: null } } as const

  test('reconsider a decision, or say that all is done', () => {
    assert.equal(decide(state, join, env).answer.kind, 'unfit')
    const heard: string[] = []
    const wrapped = armed(
      deciding((decision, command, again) => {
        heard.push(command.kind)
        return command.kind === 'join' ? again({ kind: 'admit', callId: 'none' }) : decision
      }),
      parts([]),
    )
    assert.match(JSON.stringify(wrapped.decide(state, join, env).answer), /no call none/)
    assert.deepEqual(heard, ['join'])
    assert.equal(
      armed(
        ignoring(() => true),
        parts([]),
      ).decide(state, join, env).answer.kind,
      'done',
    )
  })
})

test('every object in a value is rewritten, the innermost first', () => {
  const marked = deeply({ a: [{ b: 1 }], c: null }, (object) => ({ ...object, at: Object.keys(object).join() }))
  assert.deepEqual(marked, { a: [{ b: 1, at: 'b' }], c: null, at: 'a,c' })
})

test('twins that pack put what one command leads to into one post', () => {
  const { wrap } = armamentOf('packed') ?? assert.fail('there is no twin that packs')
  const effect = (callId: string, state: string) => ({ kind: 'notify' as const, ...notification({ state }), callId })
  const effects = [effect('7', 'a'), effect('8', 'b'), effect('7', 'c')]
  const packing = wrap({ ...parts([]), decide: (state) => ({ state, answer: { kind: 'done' }, effects }) }, world)
  const packed = packing.decide?.(emptyState([]), { kind: 'admit', callId: '7' }, { newId: () => '' }).effects ?? []
  const shown = packed.map((one) =>
    one.kind === 'notify'
      ? (one.body.value as JsonObject[]).map(({ resourceData }) => isObject(resourceData) && resourceData.state)
      : [],
  )
  assert.deepEqual(shown, [['a', 'c'], ['b']])
})
