// The control API over HTTP: access, the form of responses, and that every refusal of a parameter names field and remedy.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { controlled, TOKEN } from '../../../test/kit/control-caller'
import { ANNA } from '../../../test/kit/simulated-world'
import { namesOf, VERBS } from '../../contract/people-verbs'
import { controlHandler } from './http'
import { ControlError } from './operation'
import { OPERATIONS, operate } from './operations'

const URL_OF = 'http://127.0.0.1:5051/calls'
const authorization = `Bearer ${TOKEN}`

describe('access', () => {
  const refused: readonly [what: string, status: 401 | 403, headers: Record<string, string>, url?: string][] = [
    ['no token', 401, {}],
    ['another token', 401, { authorization: `Bearer ${TOKEN}x` }],
    ['the token in another scheme', 401, { authorization: `Basic ${TOKEN}` }],
    ['a browser', 403, { authorization, origin: 'http://127.0.0.1:5051' }],
    ['a browser that hides its origin', 403, { authorization, origin: 'null' }],
    ['another host name', 403, { authorization }, 'http://evil.example:5051/calls'],
    ['a host name that begins with localhost', 403, { authorization }, 'http://localhost.evil.example:5051/calls'],
    ['another Host header', 403, { authorization, host: 'evil.example' }],
    ['another port', 403, { authorization }, 'http://127.0.0.1:5052/calls'],
    ['no port', 403, { authorization }, 'http://localhost/calls'],
  ]
  for (const [what, status, headers, url = URL_OF] of refused) {
    test(`is refused to ${what}`, async () => {
      const { seeded } = await controlled()
      const handle = controlHandler({ seeded, token: TOKEN, port: () => 5051 })
      for (const method of ['POST', 'GET', 'OPTIONS']) {
        const response = await handle(new Request(url, { method, headers }))
        const { error } = (await response.json()) as { error: { code: string } }
        assert.deepEqual([response.status, error.code], [status, status === 401 ? 'unauthorized' : 'forbidden'])
        assert.equal(response.headers.has('access-control-allow-origin'), false)
        assert.equal(response.headers.get('www-authenticate'), status === 401 ? 'Bearer' : null)
      }
    })
  }

  test('is granted to a program with the token, at each name of this machine', async () => {
    const { seeded } = await controlled()
    const handle = controlHandler({ seeded, token: TOKEN, port: () => 5051 })
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const headers = { authorization: `bearer ${TOKEN}`, host: `${host}:5051` }
      assert.equal((await handle(new Request(`http://${host}:5051/calls`, { method: 'POST', headers }))).status, 200)
    }
  })
})

describe('a response', () => {
  test('lists every operation with its JSON schema, or one of them', async () => {
    const run = await controlled()
    const { operations } = (await (await run.raw('/')).json()) as {
      operations: { name: string; description: string; params: object }[]
    }
    assert.deepEqual(
      operations.map(({ name }) => name),
      OPERATIONS.map(({ name }) => name),
    )
    assert.equal(new Set(operations.map(({ name }) => name)).size, operations.length)
    for (const one of operations) {
      assert.match(one.name, /^[a-z]+(-[a-z]+)*$/)
      assert.match(one.description, /^[A-Z].*\.$/)
      assert.deepEqual(await (await run.raw(`/${one.name}`)).json(), one)
      const { properties, additionalProperties } = one.params as {
        properties: Record<string, { description?: string }>
        additionalProperties: boolean
      }
      assert.equal(additionalProperties, false)
      for (const [field, schema] of Object.entries(properties)) assert.ok(schema.description, `${one.name} ${field}`)
    }
    for (const name of namesOf(VERBS))
      assert.ok(
        OPERATIONS.some((one) => one.name === name),
        name,
      )
  })

  const refused: readonly [what: string, path: string, init: RequestInit, status: number, message: RegExp][] = [
    ['an unknown operation', '/anser', { method: 'POST' }, 404, /"anser"; write one of answer, decline, .*reset\./],
    ['a deeper path', '/calls/1', {}, 404, /"calls\/1"; write one of/],
    ['another method', '/answer', { method: 'PUT', body: '{}' }, 405, /GET, POST/],
    ['a post to the list', '/', { method: 'POST', body: '{}' }, 405, /GET/],
    ['no JSON', '/answer', { method: 'POST', body: '{"callId' }, 400, /no JSON; write \{\}/],
    ['no object', '/answer', { method: 'POST', body: '[1]' }, 400, /no JSON object; write \{\}/],
    ['too much', '/answer', { method: 'POST', body: JSON.stringify({ callId: 'x'.repeat(64 * 1024) }) }, 413, /65536 bytes/],
  ]
  for (const [what, path, init, status, message] of refused) {
    test(`${what}: ${status}`, async () => {
      const response = await (await controlled()).raw(path, init)
      const body = (await response.json()) as { error: { code: string; message: string } }
      assert.equal(response.status, status)
      assert.deepEqual([Object.keys(body), Object.keys(body.error)], [['error'], ['code', 'message']])
      assert.match(body.error.message, message)
      assert.equal(response.headers.has('allow'), status === 405)
      assert.equal(response.headers.get('cache-control'), 'no-store')
    })
  }

  test('comes to a request without a body, and with the Content-Type of curl', async () => {
    const run = await controlled()
    assert.equal((await run.raw('/status', { method: 'POST' })).status, 200)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    assert.equal((await run.raw('/calls', { method: 'POST', headers, body: '{"ended":true}' })).status, 200)
  })

  test('to a failure of the simulator names the failure and no place', async () => {
    const { seeded } = await controlled()
    const simulator = {
      ...seeded.simulator,
      waiting: () => {
        throw new Error('broken')
      },
    }
    const handle = controlHandler({ seeded: { ...seeded, simulator }, token: TOKEN })
    const headers = { authorization: `Bearer ${TOKEN}` }
    const response = await handle(new Request('http://127.0.0.1/status', { method: 'POST', headers }))
    assert.equal(response.status, 500)
    assert.deepEqual(await response.json(), { error: { code: 'failed', message: 'The simulator failed: broken' } })
  })

  test('to shutdown comes before the program ends; without a program there is no shutdown', async () => {
    let ended = 0
    const run = await controlled({ onShutdown: () => ended++ })
    assert.deepEqual([await run.done('shutdown'), ended], [{ ends: true }, 0])
    await new Promise(setImmediate)
    assert.equal(ended, 1)
    assert.equal((await (await controlled()).control('shutdown')).status, 404)
  })
})

describe('an invalid parameter', () => {
  const wrong: readonly [name: string, params: object, message: string | RegExp][] = [
    ['answer', { calId: 'x' }, 'calId: no parameter of answer; write callId, person, meeting, threadId, messageId.'],
    ['reset', { hard: true }, 'hard: no parameter of reset; it takes none.'],
    ['answer', { callId: 7 }, 'callId is invalid; write the id of a call, as the operation calls lists it.'],
    ['join', {}, 'person is missing; write the name of a person in the seed file, or a user id.'],
    [
      'join',
      { person: 'John' },
      'meeting is missing; write the name of a meeting in the seed file, or its threadId and messageId.',
    ],
    ['join', { person: 'Jonh', meeting: 'channel' }, /^person "Jonh" is unknown; write one of John, Dora, .*, or a user id\.$/],
    ['join', { person: ANNA.id, meeting: 'channel' }, /^displayName is missing: .* write how the rosters show this person\.$/],
    [
      'join',
      { person: 'John', meeting: 'chanel' },
      /^meeting "chanel" is unknown; write one of scheduled, channel, openChannel, or threadId/,
    ],
    [
      'join',
      { person: 'John', meeting: 'channel', threadId: 'x' },
      'meeting and threadId exclude each other; write one of them.',
    ],
    ['join', { person: 'John', messageId: '0' }, /^threadId is missing, which messageId needs/],
    [
      'when-called',
      { person: 'John', does: 'answer' },
      'does is invalid; write one of answers, declines, is-busy, silent, or null: again as after a reset.',
    ],
    [
      'when-a-guest-waits',
      { meeting: 'channel' },
      'does is missing; write one of admits, refuses, leaves-in-lobby, or null: again as after a reset.',
    ],
    ['wait-for-call', { timeoutMs: 120_001 }, /^timeoutMs is invalid; write how long .* 0 to 120000\.$/],
    [
      'wait-for-call',
      { state: 'dead', form: 'x' },
      /^form is invalid; .* state is invalid; write one of establishing, established, terminated/,
    ],
    ['move-clock', {}, /^by is missing; write how far/],
    ['move-clock', { by: '1 day' }, /^by is invalid; write how far/],
    ['move-clock', { by: '169h' }, /^by is invalid; write how far/],
    ['move-clock', { by: -1 }, /^by is invalid; write how far/],
    [
      'journal',
      { kind: 'all', limit: 0 },
      /^kind is invalid; write one of request, delivery, people, service, discarded, fault\. limit is invalid; write how many/,
    ],
  ]
  for (const [name, params, message] of wrong) {
    test(`refused: ${name} ${JSON.stringify(params)}, with field and remedy`, async () => {
      const run = await controlled()
      const { status, body } = await run.control(name, params)
      assert.deepEqual([status, body.error.code], [400, 'bad-request'])
      if (typeof message === 'string') assert.equal(body.error.message, message)
      else assert.match(body.error.message, message)
      await assert.rejects(
        operate(run.seeded, name, params),
        (error) => error instanceof ControlError && error.message === body.error.message,
      )
    })
  }
})
