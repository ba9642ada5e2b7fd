// Refusals of well-formed requests: calls that cannot be created, forms that are not played, and unknown paths.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { CALLS, GRAPH, refusalCode, refusedWithout, request, simulated } from '../../../test/kit/simulated-world'
import type { Json, JsonObject } from '../../contract/json'
import { UNMODELLED } from './routes'

const JSON_TYPE = { 'content-type': 'application/json' }
const text = JSON.stringify(request(1))
const chatInfo = request(3).chatInfo as Json
const targets = request(1).targets as Json[]
const identity = (kind: string, id: Json) => ({ identity: { [kind]: { id } } })
const organizer = { '@odata.type': '#microsoft.graph.organizerMeetingInfo', organizer: { user: { id: 'x' } } }

/** Changed members of a valid request, and the member that the refusal names. More are in request.feature, CC-19. */
const UNFIT: readonly [example: number, members: Readonly<Record<string, Json | undefined>>, named: string][] = [
  [1, { callbackUri: '' }, 'callbackUri'],
  [1, { callbackUri: 'http://127.0.0.1.contoso.com/' }, 'callbackUri'],
  [1, { callbackUri: 'ftp://localhost/' }, 'callbackUri'],
  [1, { callbackUri: 'https://:443' }, 'callbackUri'],
  [1, { callbackUri: 'https://bot:hush@bot.contoso.com/callback' }, 'callbackUri'],
  [1, { callbackUri: ['https://bot.contoso.com'] }, 'callbackUri'],
  [1, { targets: 'abcdef'.split('').map((id) => identity('user', id)) }, 'targets: must be at most 5'],
  [1, { targets: [...targets, identity('user', 'x'), ...targets] }, 'targets: must not name one identity twice'],
  [1, { targets: [...targets, identity('phone', '+15550100')] }, 'targets.1: must be one user or one application'],
  [1, { targets: [...targets, identity('user', 5)] }, 'targets.1.identity.user.id'],
  [1, { targets: [...targets, identity('user', 'x')], subject: 5 }, 'subject'],
  [1, { targets: [null] }, 'targets.0'],
  [1, { targets: [{}] }, 'targets.0.identity'],
  [1, { targets: [identity('user', 5)] }, 'targets.0.identity.user.id'],
  [1, { targets: [identity('user', '')] }, 'targets.0.identity.user.id'],
  [1, { chatInfo }, 'chatInfo'],
  [1, { chatInfo: 'x' }, 'chatInfo'],
  [1, { meetingInfo: 'x' }, 'meetingInfo'],
  [1, { meetingInfo: { '@odata.type': '#microsoft.graph.meetingInfo' } }, 'meetingInfo'],
  [3, { chatInfo: undefined }, 'chatInfo'],
  [3, { chatInfo: { threadId: 5, messageId: '0' } }, 'chatInfo.threadId'],
  [3, { chatInfo: { threadId: 'x' } }, 'chatInfo.messageId'],
  [3, { meetingInfo: { ...organizer, organizer: undefined } as unknown as Json }, 'meetingInfo'],
  [3, { meetingInfo: { '@odata.type': '#microsoft.graph.tokenMeetingInfo' } }, 'meetingInfo'],
  [6, { source: identity('guest', 7) }, 'source.identity.guest.id'],
  [1, { '@odata.type': 7 }, '@odata.type'],
  [1, { mediaConfig: {} }, 'mediaConfig'],
  [2, { mediaConfig: { '@odata.type': '#microsoft.graph.appHostedMediaConfig' } }, 'mediaConfig'],
  [2, { mediaConfig: { '@odata.type': '#microsoft.graph.appHostedMediaConfig', blob: { a: 1 } } }, 'mediaConfig'],
  [3, { mediaConfig: { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig', preFetchMedia: [{}] } }, 'mediaConfig'],
  [1, { requestedModalities: undefined }, 'requestedModalities'],
  [1, { requestedModalities: [] }, 'requestedModalities'],
  [1, { ringingTimeoutInSeconds: 1.5 }, 'ringingTimeoutInSeconds'],
  [1, { ringingTimeoutInSeconds: '60' }, 'ringingTimeoutInSeconds'],
]

describe('a call', () => {
  for (const [example, members, named] of UNFIT) {
    test(`cannot be created from example ${example} with ${JSON.stringify(members)}: ${named}`, async () => {
      const run = await simulated()
      const answer = await run.create(request(example, members))
      await refusedWithout(run, answer, 400, 'BadRequest')
      const { message } = answer.body.error as JsonObject
      assert.ok(String(message).startsWith(`The request is invalid. ${named}`), String(message))
      assert.ok(!run.journal().includes('hush'))
    })
  }

  for (const mediaConfig of [undefined, null]) {
    test(`cannot be created with ${mediaConfig} for mediaConfig, even when more is wrong`, async () => {
      for (const members of [{}, { callbackUri: undefined }, { targets: [] }]) {
        const run = await simulated()
        const answer = await run.create(request(1, { ...members, mediaConfig }))
        await refusedWithout(run, answer, 400, '8523')
        assert.match(answer.text, /Missing mediaConfig information\./)
      }
    })
  }

  const fit: readonly [example: number, members: Readonly<Record<string, Json | undefined>>][] = [
    [1, { callbackUri: 'http://localhost:3979/callback' }],
    [1, { callbackUri: 'http://127.0.0.1/' }],
    [1, { callbackUri: 'http://[::1]:80/' }],
    [1, { extra: { unknown: 'yes' } }],
    [1, { '@odata.type': undefined, targets: [identity('user', 'x')] }],
    [1, { '@odata.type': 'microsoft.graph.call', chatInfo: null, meetingInfo: null }],
    [1, { targets: [identity('application', 'x')] }],
    [1, { targets: 'abcde'.split('').map((id) => identity('user', id)) }],
    [1, { targets: [...targets, identity('application', 'x')], source: identity('application', 'y') }],
    [3, { targets: [], meetingInfo: organizer }],
    [3, { meetingInfo: { '@odata.type': '#microsoft.graph.tokenMeetingInfo', token: 'x' } }],
  ]
  for (const [example, members] of fit) {
    test(`can be created from example ${example} with ${JSON.stringify(members)}`, async () => {
      const run = await simulated()
      const { status, body } = await run.create(request(example, members))
      assert.equal(status, 201)
      assert.ok(!('extra' in body))
    })
  }

  const unplayed: readonly [what: string, body: JsonObject][] = [
    ['phone', request(1, { targets: [identity('phone', '+15550100')], source: identity('applicationInstance', 'x') })],
    [
      'meeting-by-id',
      request(1, {
        targets: undefined,
        meetingInfo: { '@odata.type': '#microsoft.graph.joinMeetingIdMeetingInfo', joinMeetingId: '1' },
      }),
    ],
  ]
  for (const [what, body] of unplayed) {
    test(`of a form that is not played is said to be so: ${what}`, async () => {
      const run = await simulated()
      const answer = await run.create(body)
      await refusedWithout(run, answer, 501, 'SimulatorNotImplemented')
      assert.ok(answer.text.includes(`a ${what} call`))
    })
  }
})

describe('a path', () => {
  const strange: readonly [method: string, path: string, segment: string][] = [
    ['POST', '/beta/calls', 'calls'],
    ['POST', '/v1.0/app/calls', 'app'],
    ['POST', '/beta/app/callz', 'callz'],
    ['POST', '/beta/app', 'app'],
    ['POST', '/', ''],
    ['GET', `${CALLS}/x/nothing`, 'nothing'],
    ['POST', '/beta/app/%63alls', '%63alls'],
    ['POST', '/beta/%E0%A4%A/calls', '%E0%A4%A'],
  ]
  for (const [method, path, segment] of strange) {
    test(`${method} ${path} is not found for the segment '${segment}'`, async () => {
      const run = await simulated()
      const answer = await run.ask(method, path, method === 'GET' ? {} : { headers: JSON_TYPE, body: text })
      await refusedWithout(run, answer, 400, 'BadRequest')
      assert.equal((answer.body.error as JsonObject).message, `Resource not found for the segment '${segment}'.`)
    })
  }

  test('of the calls is not listed, nor is a call changed: 405', async () => {
    const run = await simulated()
    for (const [method, path, allowed] of [
      ['GET', CALLS, 'POST'],
      ['PUT', CALLS, 'POST'],
      ['DELETE', CALLS, 'POST'],
      ['PATCH', `${CALLS}/x`, 'GET, DELETE'],
      ['POST', `${CALLS}/x`, 'GET, DELETE'],
    ] as const) {
      const answer = await run.ask(method, path)
      const seen = [answer.status, refusalCode(answer), answer.headers.get('allow')]
      assert.deepEqual(seen, [405, 'BadRequest', allowed], `${method} ${path}`)
    }
  })

  test('of an operation that is known and not played is said to be so, by its plain and its qualified name', async () => {
    const run = await simulated()
    for (const route of UNMODELLED) {
      const [method = '', path = ''] = route.replaceAll(/:\w+/g, 'some-id').split(' ')
      const qualified = path.replace(/\/(\w+)$/, (_, name) => `/microsoft.graph.${name.toUpperCase()}`)
      for (const root of [CALLS, '/v1.0/communications/calls']) {
        for (const asked of path.endsWith('some-id') ? [path] : [path, qualified]) {
          const answer = await run.ask(method, `${root}/x${asked}`)
          assert.deepEqual([answer.status, refusalCode(answer)], [501, 'SimulatorNotImplemented'], `${method} ${asked}`)
          assert.ok(answer.text.includes(route))
        }
      }
    }
  })

  test('with an id like a word of the path, or one that cannot be decoded, is a call that does not exist', async () => {
    const run = await simulated()
    for (const id of ['calls', 'ANSWER', '%E0%A4%A', '..%2f', '__proto__', '%00', 'é', `${GRAPH}`.replaceAll('/', '%2F')]) {
      const answer = await run.ask('GET', `${CALLS}/${id}`)
      assert.deepEqual([answer.status, refusalCode(answer)], [404, '8522'], id)
    }
  })
})
