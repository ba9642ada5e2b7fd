// Refusals of well-formed requests: calls that cannot be created, forms that are not played, and unknown paths.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import {
  type Answer,
  BOT,
  CALLS,
  GRAPH,
  refusalCode,
  refusedWithout,
  request,
  SECOND_BOT,
  simulated,
} from '../../../test/kit/simulated-world'
import type { Json, JsonObject } from '../../contract/json'
import { CALLS_ROOTS, KNOWN_PATHS, ONLINE_MEETINGS, SEGMENTS } from './documented-requests'

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
    [1, { targets: [...targets, identity('application', 'x')], source: identity('application', BOT.clientId.toUpperCase()) }],
    [3, { source: identity('application', BOT.clientId) }],
    [6, { source: { identity: { guest: { id: 'x' }, application: { id: BOT.clientId }, user: null } } }],
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

  const strangeSources: readonly [example: number, source: Json][] = [
    [1, identity('application', '3d913abb-aec0-4964-8fa6-3c6850c4f278')],
    [1, identity('user', '112f7296-5fa4-42ca-bae8-6a692b15d4b8')],
    [1, identity('applicationInstance', BOT.clientId)],
    [1, identity('guest', 'x')],
    [3, identity('application', 'x')],
    [6, { identity: { guest: { id: 'x' }, application: { id: SECOND_BOT.clientId } } }],
  ]
  for (const [example, source] of strangeSources) {
    test(`of another source is refused with 7507: example ${example}, ${JSON.stringify(source)}`, async () => {
      const run = await simulated()
      const answer = await run.create(request(example, { source }))
      await refusedWithout(run, answer, 403, '7507')
      assert.equal((answer.body.error as JsonObject).message, 'Call source identity invalid.')
      assert.match(
        run.journal(),
        /is not the application of the token: leave source out, or name application 2891555a-|is no application instance/,
      )
    })
  }

  test('may have a callback with http on a host that was allowed by name, and the journal says how to allow one', async () => {
    const body = request(1, { callbackUri: 'http://Bot.:3978/api/calls' })
    const run = await simulated({ allowedHosts: ['bot'] })
    assert.equal((await run.create(body)).status, 201)
    for (const strange of ['http://bot.test/', 'http://not-bot:3978/', 'http://a:b@bot/'])
      assert.equal((await run.create(request(1, { callbackUri: strange }))).status, 400, strange)
    const closed = await simulated()
    await refusedWithout(closed, await closed.create(body), 400, 'BadRequest')
    assert.match(closed.journal(), /; start the simulator with --allow-callback bot\., or give an https address/)
  })

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
  const message = ({ body }: Answer) => (body.error as JsonObject).message
  const strange: readonly [method: string, path: string, segment: string][] = [
    ['POST', '/beta/calls', 'calls'],
    ['POST', '/v1.0/app/calls', 'app'],
    ['POST', '/beta/app/callz', 'callz'],
    ['GET', '/beta/nothing/of/graph', 'nothing'],
    ['GET', '/v1.0/communications/callz/x', 'callz'],
    ['GET', `${CALLS}/x/nothing`, 'nothing'],
    ['GET', `${CALLS}/x/participants/y/nothing`, 'nothing'],
    ['GET', '/v1.0/communications/calls/x/nothing/at/all', 'nothing'],
    ['GET', `${ONLINE_MEETINGS}/x/nothing`, 'nothing'],
    ['POST', '/beta/app/%63alls', '%63alls'],
    ['POST', '/beta/%E0%A4%A/calls', '%E0%A4%A'],
  ]
  for (const [method, path, segment] of strange) {
    test(`${method} ${path} is not found for the segment '${segment}'`, async () => {
      const run = await simulated()
      const answer = await run.ask(method, path, method === 'GET' ? {} : { headers: JSON_TYPE, body: text })
      await refusedWithout(run, answer, 400, 'BadRequest')
      assert.equal(message(answer), `Resource not found for the segment '${segment}'.`)
    })
  }

  for (const path of [
    '/communications/calls',
    '/v1/communications/calls',
    '/1.0/app/calls',
    '/v1.0None/app/calls',
    '/app',
    '/',
  ]) {
    test(`${path} has no version, which Graph says, and the journal how to write it`, async () => {
      const run = await simulated()
      const answer = await run.ask('POST', path, { headers: JSON_TYPE, body: text })
      await refusedWithout(run, answer, 400, 'BadRequest')
      assert.equal(message(answer), 'Invalid version.')
      assert.match(run.journal(), /begins with no version of Graph: write \/beta or \/v1\.0 before it; calls are created at /)
    })
  }

  test('takes the methods that Graph documents for it, and any other is answered 405 with those', async () => {
    const run = await simulated()
    for (const [method, path, allowed] of [
      ['GET', CALLS, 'POST'],
      ['PUT', CALLS, 'POST'],
      ['DELETE', CALLS, 'POST'],
      ['PATCH', `${CALLS}/x`, 'GET, DELETE'],
      ['POST', `${CALLS}/x`, 'GET, DELETE'],
      ['PATCH', '/v1.0/communications/calls/x/participants/y', 'GET, DELETE'],
      ['PUT', `${CALLS}/x/participants/y`, 'GET, DELETE'],
      ['POST', `${CALLS}/x/participants`, 'GET'],
      ['GET', `${CALLS}/x/keepAlive`, 'POST'],
      ['GET', `${CALLS}/x/mute`, 'POST'],
      ['PUT', `${CALLS}/x/answer`, 'POST'],
      ['OPTIONS', `${CALLS}/x`, 'GET, DELETE'],
      ['PATCH', `${ONLINE_MEETINGS}/x`, 'GET'],
    ] as const) {
      const answer = await run.ask(method, path)
      const seen = [answer.status, refusalCode(answer), answer.headers.get('allow')]
      assert.deepEqual(seen, [405, 'BadRequest', allowed], `${method} ${path}`)
    }
  })

  test('that is known and not played is said to be so, by its plain and its qualified name, with what to do', async () => {
    const run = await simulated()
    const notPlayed = KNOWN_PATHS.flatMap(({ path, routes }) =>
      routes.flatMap((one) => (one.what === null ? [{ ...one, path }] : [])),
    )
    assert.ok(notPlayed.length > 3 * 25, String(notPlayed.length))
    for (const { method, path } of notPlayed) {
      const asked = path.replaceAll(/:\w+/g, 'some-id')
      const qualified = asked.replace(/\/(\w+)$/, (_, name) => `/microsoft.graph.${name.toUpperCase()}`)
      for (const one of /\/calls\/some-id\/.*[a-z]$/.test(asked) && !asked.endsWith('some-id') ? [asked, qualified] : [asked]) {
        const answer = await run.ask(method, one)
        assert.deepEqual([answer.status, refusalCode(answer)], [501, 'SimulatorNotImplemented'], `${method} ${one}`)
        assert.ok(answer.text.includes(` ${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}. `), answer.text)
        assert.match(String(message(answer)), /\. [A-Z].*\. What is played: docs\/simulator\.md\.$/)
      }
    }
  })

  test('of another resource of Graph is never answered as if it did not exist', async () => {
    const run = await simulated()
    const paths = SEGMENTS.flatMap(({ below, names }) => names.map((name) => `${below}/${name}`))
    assert.ok(paths.length > 200, String(paths.length))
    const deeper = [
      '/v1.0/users/x',
      '/v1.0/users/x/events?$top=1',
      '/v1.0/me/',
      '/beta/applications/x/owners',
      '/beta//Security/alerts',
    ]
    const functions = [
      '/v1.0/communications/callRecords/x',
      '/v1.0/communications/getAllOnlineMeetingMessages()',
      '/beta',
      '/v1.0/',
    ]
    for (const path of [...paths, ...deeper, ...functions, '/v1.0/communications/onlineMeetings/x', '/beta/app', '/v1.0/$batch'])
      for (const method of path.split('/').length > 3 ? ['GET', 'POST', 'PATCH'] : ['GET']) {
        const answer = await run.ask(method, path)
        assert.deepEqual([answer.status, refusalCode(answer)], [501, 'SimulatorNotImplemented'], `${method} ${path}`)
        assert.match(String(message(answer)), /\. [A-Z].*\. What is played: docs\/simulator\.md\.$/)
      }
    const answer = await run.ask('POST', ONLINE_MEETINGS, { headers: JSON_TYPE, body: '{"subject":"x"}' })
    assert.deepEqual([answer.status, refusalCode(answer)], [501, 'SimulatorNotImplemented'])
    assert.match(String(message(answer)), /: POST \/beta\/app\/onlineMeetings\. Write the meeting into the world file/)
  })

  test('may have slashes, letter case and keys as OData and the gateway take them', async () => {
    const run = await simulated()
    const { id, myParticipantId: self } = await run.call(request(3))
    await run.advance(5_000)
    for (const root of CALLS_ROOTS) {
      const doubled = root.replaceAll('/', '//')
      for (const path of [
        `${doubled}/${id}`,
        `${root}//${id}/`,
        `${root.toUpperCase()}/${id}//`,
        `${root}('${id}')`,
        `${root}(%27${id}%27)`,
        `${root}('${id}')/participants`,
        `${root}('${id}')//Participants('${self}')`,
      ])
        assert.equal((await run.ask('GET', path)).status, 200, path)
    }
    const posted = await run.ask('POST', '/v1.0//communications/calls', { headers: JSON_TYPE, body: text })
    assert.deepEqual(
      [posted.status, posted.headers.get('location')],
      [201, `${GRAPH}/v1.0/communications/calls/${posted.body.id}`],
    )
    assert.equal((await run.ask('HEAD', `${CALLS}/${id}`)).status, 200)
    assert.equal(refusalCode(await run.ask('GET', `${CALLS}('it''s not')`)), '8522')
    assert.match(run.journal(), /has no call it's not:/)
  })

  test('with an id like a word of the path, or one that cannot be decoded, is a call that does not exist', async () => {
    const run = await simulated()
    for (const id of ['calls', 'ANSWER', '%E0%A4%A', '..%2f', '__proto__', '%00', 'é', `${GRAPH}`.replaceAll('/', '%2F')]) {
      const answer = await run.ask('GET', `${CALLS}/${id}`)
      assert.deepEqual([answer.status, refusalCode(answer)], [404, '8522'], id)
    }
  })
})
