// The parts of deviations: wraps share no memory between simulators and leave everything else unchanged.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import type { JsonObject } from '../../contract/json'
import { decide } from '../../simulator/core/decide'
import { emptyState } from '../../simulator/core/state'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Parts, World, Wrap } from '../../simulator/wrapping'
import { decisions, ignore } from './core'
import { deliveries, entryOf, ofAnotherCall, post, withRoster } from './notifications'
import { bodiesWith, changed, deeply, requests, responsesWith, rewriteNewCall, together } from './responses'

/** Parts that record what reaches them. */
function parts(seen: string[], graph: (request: Request) => Promise<Response> = async () => Response.json({})): Parts {
  const empty = async () => Response.json({})
  return {
    decide,
    graph,
    login: empty,
    openid: empty,
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
const wrapped = (wrap: Wrap, given: Parts): Parts => ({ ...given, ...wrap(given, {} as World) })

const notification = (resourceData: unknown, resource = '/app/calls/7'): Notification => ({
  callId: '7',
  callbackUri: 'https://bot.example/callback',
  audience: 'app',
  tenantId: 'tenant',
  body: { value: [{ changeType: 'updated', resource, resourceData }] } as JsonObject,
})

describe('wraps of notifications', () => {
  test('the last of several is the outermost, and each simulator has its own memory', () => {
    const seen: string[] = []
    const numbered = (name: string): Wrap =>
      post(() => {
        let count = 0
        return (one) => ({ ...one, callId: `${one.callId} ${name}${++count}` })
      })
    const wrap = together(numbered('a'), numbered('b'))
    const [first, second] = [wrapped(wrap, parts(seen)), wrapped(wrap, parts(seen))]
    for (const simulator of [first, first, second]) simulator.post(notification({}))
    assert.deepEqual(
      seen.map((one) => one.split(' {')[0]),
      ['7 b1 a1', '7 b2 a2', '7 b1 a1'],
    )
  })

  test('rewrite the roster only, and the id of both kinds', () => {
    const state = notification({ state: 'establishing', id: '7' })
    const roster = notification([{ id: '1' }], '/app/calls/7/participants')
    const entry = (one: Notification) => {
      const { resource, resourceData } = entryOf(one)
      return [resource, resourceData]
    }
    const none = () => []
    assert.equal(withRoster(state, none), state)
    assert.deepEqual(entry(ofAnotherCall(state, '8')), ['/app/calls/8', { state: 'establishing', id: '8' }])
    assert.deepEqual(entry(ofAnotherCall(roster, '8')), ['/app/calls/8/participants', [{ id: '1' }]])
  })

  test('change what goes over the wire, and nothing else of it', async () => {
    const seen: string[] = []
    const wrap = deliveries(({ url }) => ({ url: `${url}/x` }))
    const post = { method: 'POST', headers: { 'Content-Type': 'a/b' }, body: '{}' }
    await wrapped(wrap, parts(seen)).deliver('https://bot.example', post)
    assert.deepEqual(seen, ['POST https://bot.example/x {"content-type":"a/b"} {}'])
  })
})

describe('wraps of Graph', () => {
  const created = async (request: Request) =>
    Response.json({ id: '7', sent: await request.text() }, { status: 201, headers: { location: 'there' } })
  const create = () => new Request('https://graph.example/calls', { method: 'POST', body: '{"id":"mine"}' })

  test('see the request and the response, and Graph still gets the request', async () => {
    const wrap = rewriteNewCall((call, sent) => ({ was: call.id, id: sent.id, sent: call.sent }))
    const answer = await wrapped(wrap, parts([], created)).graph(create())
    assert.deepEqual([answer.status, answer.headers.get('location')], [201, 'there'])
    assert.deepEqual(await answer.json(), { id: 'mine', was: '7', sent: '{"id":"mine"}' })
  })

  test('leave responses of another status unchanged', async () => {
    const to410 = responsesWith(404, (response) => changed(response, { status: 410 }))
    const emptied = bodiesWith(404, () => ({}))
    const answer = await wrapped(together(to410, emptied), parts([], created)).graph(create())
    assert.deepEqual([answer.status, await answer.json()], [201, { id: '7', sent: '{"id":"mine"}' }])
  })

  test('replace the body of a request', async () => {
    const graph = async (request: Request) => new Response(`${request.headers.get('content-type')} ${await request.text()}`)
    const wrap = requests((body) => (body === 'null' ? { body: '{}' } : null))
    const ask = (body: string) =>
      wrapped(wrap, parts([], graph)).graph(new Request('https://graph.example', { method: 'POST', body }))
    assert.equal(await (await ask('null')).text(), 'application/json {}')
    assert.equal(await (await ask('[]')).text(), 'text/plain;charset=UTF-8 []')
  })
})

test('wraps of the core replace a decision, or answer that a command is done', () => {
  const state = emptyState([])
  const env = { newId: () => '7' }
  const join = { kind: 'join', meeting: 'none', person: { id: 'p', displayName: 'P', languageId: null } } as const
  assert.equal(decide(state, join, env).answer.kind, 'unfit')
  const admitting = decisions((decision, command, again) =>
    command.kind === 'join' ? again({ kind: 'admit', callId: 'none' }) : decision,
  )
  assert.match(JSON.stringify(wrapped(admitting, parts([])).decide(state, join, env).answer), /no call none/)
  const ignoring = ignore(() => true)
  assert.equal(wrapped(ignoring, parts([])).decide(state, join, env).answer.kind, 'done')
})

test('every object in a value is rewritten, the innermost first', () => {
  const marked = deeply({ a: [{ b: 1 }], c: null }, (object) => ({ ...object, at: Object.keys(object).join() }))
  assert.deepEqual(marked, { a: [{ b: 1, at: 'b' }], c: null, at: 'a,c' })
})
