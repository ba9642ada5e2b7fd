// Content sharing: who can share and where, which calls are notified and with which messages, the sessions that a bot reads, and callOptions.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'mocha'
import {
  ANNA,
  BOT,
  CALLS,
  JOHN,
  refusalCode,
  request,
  SCHEDULED,
  SECOND_BOT,
  type Simulated,
  simulated,
} from '../../../test/kit/simulated-world'
import { PROJECT_ROOT } from '../../contract/fixture'
import type { Json, JsonObject } from '../../contract/json'
import type { App } from '../identity/directory'
import type { SharingDeed } from './commands'

const BETA = '/beta/communications/calls'
const V1 = '/v1.0/communications/calls'

/** The printed messages of each root with content sharing: folder and number of the example. */
const PRINTED: readonly (readonly [root: string, messages: string])[] = [
  [BETA, 'beta-2023/create-call/025-create-call'],
  [V1, 'v1.0/create-call/098-create-call'],
]

const fixture = (path: string) => JSON.parse(readFileSync(join(PROJECT_ROOT, 'fixtures', `${path}.json`), 'utf8')) as JsonObject

const ASKS = { callOptions: { '@odata.type': '#microsoft.graph.outgoingCallOptions', isContentSharingNotificationEnabled: true } }
const STARTED = ['sharing created', 'sharing updated']

const user = ({ id, displayName }: { readonly id: string; readonly displayName: string }): Json => ({
  identity: { user: { id, displayName } },
})
const GROUP = { targets: [user(JOHN), user(ANNA)] }

async function create(run: Simulated, root: string, body: JsonObject, app: App = BOT) {
  const headers = { 'content-type': 'application/json' }
  return run.ask('POST', root, { headers, body: JSON.stringify(body), token: await run.token(app) })
}

/** A call that must come into being: the people called have answered, a bot that joins is in or in the lobby. */
async function established(run: Simulated, root: string, body: JsonObject, app: App = BOT): Promise<string> {
  const answer = await create(run, root, body, app)
  assert.equal(answer.status, 201, answer.text)
  const id = String(answer.body.id)
  const called = run.simulator.calls().find((one) => one.id === id)
  const people = called?.invited.length ? called.invited.map((one) => one.id) : called?.personId ? [called.personId] : []
  for (const personId of people) assert.equal(run.simulator.perform({ kind: 'answer', callId: id, personId }), null)
  await run.advance(1_000)
  return id
}

type Deed = 'share' | 'stop-sharing'

async function act(
  run: Simulated,
  command: SharingDeed | { readonly kind: 'leave'; readonly meeting: string; readonly personId: string },
) {
  const reason = run.simulator.perform(command)
  await run.simulator.idle()
  return reason
}

const inCall = (kind: Deed, callId: string, personId?: string): SharingDeed => ({
  kind,
  callId,
  ...(personId === undefined ? {} : { personId }),
})
const inMeeting = (kind: Deed, { id: personId }: typeof JOHN | typeof ANNA): SharingDeed => ({
  kind,
  meeting: SCHEDULED,
  personId,
})

const meet = (run: Simulated, ...people: readonly (typeof JOHN | typeof ANNA)[]) => {
  for (const person of people) assert.equal(run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person }), null)
}

const sharing = (run: Simulated, id: string) => run.notified(id).filter((one) => one.startsWith('sharing'))

/** Sessions of a call, as a GET answers. */
async function sessions(run: Simulated, root: string, id: string): Promise<readonly string[]> {
  const { status, body, text } = await run.ask('GET', `${root}/${id}/contentSharingSessions`)
  assert.equal(status, 200, text)
  return (body.value as readonly JsonObject[]).map((one) => String(one.id))
}

describe('content sharing in a call between two', () => {
  for (const [root, messages] of PRINTED) {
    test(`is notified as printed, ids apart: ${root}`, async () => {
      const run = await simulated()
      const id = await established(run, root, fixture(`${messages}.request`))
      assert.equal(await act(run, inCall('share', id)), null)
      const [session = ''] = await sessions(run, root, id)
      assert.equal(await act(run, inCall('stop-sharing', id)), null)
      const posts = run.inbox.slice(-3)
      for (const [at, change] of ['created', 'updated', 'deleted'].entries()) {
        const printed = fixture(`${messages}.notification-content-sharing-${change}`)
        const [{ resourceUrl, resourceData }] = printed.value as [{ resourceUrl: string; resourceData: [{ id: string }] }]
        const expected = JSON.stringify(printed)
          .replaceAll(resourceUrl.split('/')[3] as string, id)
          .replaceAll(resourceData[0].id, session)
        assert.equal(JSON.stringify(posts[at]?.body), expected, change)
        assert.equal(posts[at]?.url, 'https://bot.contoso.com/callback')
      }
      assert.deepEqual(run.notified(id).slice(-4), ['updated established', ...STARTED, 'sharing deleted'])
    })

    test(`is not notified without the option: ${root}`, async () => {
      const off = { '@odata.type': '#microsoft.graph.outgoingCallOptions', isContentSharingNotificationEnabled: false }
      for (const callOptions of [undefined, null, {}, off]) {
        const run = await simulated()
        const id = await established(run, root, request(1, { callOptions }))
        assert.equal(await act(run, inCall('share', id)), null)
        assert.deepEqual(sharing(run, id), [])
        assert.equal((await sessions(run, root, id)).length, 1)
      }
    })
  }

  test('is not notified under the root of November 2019, where callOptions is an unknown property', async () => {
    const run = await simulated()
    const id = await established(run, CALLS, request(1, ASKS))
    assert.equal(await act(run, inCall('share', id)), null)
    assert.deepEqual(run.notified(id), ['updated establishing', 'updated established'])
    const answer = await create(run, CALLS, request(1, { callOptions: 7 }))
    assert.deepEqual([answer.status, 'callOptions' in answer.body], [201, false])
  })

  test('begins anew with another session, and ends with the call without a notification', async () => {
    const run = await simulated()
    const id = await established(run, BETA, request(1, ASKS))
    const seen: string[] = []
    for (let times = 0; times < 2; times++) {
      assert.equal(await act(run, inCall('share', id, JOHN.id)), null)
      seen.push(...(await sessions(run, BETA, id)))
      assert.equal(await act(run, inCall('stop-sharing', id)), null)
      assert.deepEqual(await sessions(run, BETA, id), [])
    }
    assert.equal(new Set(seen).size, 2)
    await act(run, inCall('share', id))
    assert.equal(run.simulator.perform({ kind: 'hang-up', callId: id }), null)
    await run.simulator.idle()
    assert.deepEqual(run.notified(id).slice(-3), [...STARTED, 'deleted terminated 200/4521'])
  })

  test('fits an established call and the person called, once', async () => {
    const run = await simulated()
    const { id } = (await create(run, BETA, request(1, ASKS))).body
    const callId = String(id)
    assert.match(String(await act(run, inCall('share', callId))), /is ringing: no person can share in it/)
    run.simulator.perform({ kind: 'answer', callId })
    const unfit: readonly (readonly [SharingDeed, RegExp])[] = [
      [inCall('stop-sharing', callId), /no person in call .* can stop sharing now/],
      [inCall('stop-sharing', callId, JOHN.id), /shares no content/],
      [inCall('share', callId, ANNA.id), new RegExp(`person ${ANNA.id} is not in call`)],
      [inCall('share', 'none'), /there is no call none/],
    ]
    for (const [command, reason] of unfit) assert.match(String(await act(run, command)), reason)
    assert.equal(await act(run, inCall('share', callId, JOHN.id)), null)
    assert.match(String(await act(run, inCall('share', callId, JOHN.id))), /shares content already/)
    assert.deepEqual(sharing(run, callId), STARTED)
  })
})

describe('content sharing in a meeting', () => {
  test('is notified to every bot in it that asks, and to no other', async () => {
    const run = await simulated()
    meet(run, JOHN, ANNA)
    const asks = await established(run, V1, request(3, ASKS))
    const silent = await established(run, BETA, request(3))
    const another = await established(run, BETA, request(3, ASKS), SECOND_BOT)
    assert.equal(await act(run, inMeeting('share', JOHN)), null)
    assert.equal(await act(run, inMeeting('share', ANNA)), null)
    assert.equal(await act(run, inMeeting('stop-sharing', JOHN)), null)
    const all = [...STARTED, ...STARTED, 'sharing deleted']
    assert.deepEqual([sharing(run, asks), sharing(run, silent), sharing(run, another)], [all, [], all])
    const [session, ...more] = await sessions(run, V1, asks)
    assert.deepEqual([await sessions(run, BETA, silent), more], [[session], []])
  })

  test('ends as the person leaves, before the roster', async () => {
    const run = await simulated()
    meet(run, JOHN, ANNA)
    const id = await established(run, BETA, request(3, ASKS))
    await act(run, inMeeting('share', JOHN))
    await act(run, { kind: 'leave', meeting: SCHEDULED, personId: ANNA.id })
    assert.equal(run.notified(id).at(-1), 'roster John (muted), Bot 1')
    await act(run, { kind: 'leave', meeting: SCHEDULED, personId: JOHN.id })
    assert.deepEqual(run.notified(id).slice(-2), ['sharing deleted', 'roster Bot 1'])
    assert.deepEqual(await sessions(run, BETA, id), [])
  })

  test('that began before a bot joined is read by it; it is notified of the end', async () => {
    const run = await simulated()
    meet(run, JOHN)
    assert.equal(await act(run, inMeeting('share', JOHN)), null)
    const id = await established(run, BETA, request(3, ASKS))
    assert.equal((await sessions(run, BETA, id)).length, 1)
    assert.deepEqual(sharing(run, id), [])
    await act(run, inMeeting('stop-sharing', JOHN))
    assert.deepEqual(sharing(run, id), ['sharing deleted'])
  })

  test('can be named by a call, and then the person, unless only one can', async () => {
    const run = await simulated()
    meet(run, JOHN, ANNA)
    const id = await established(run, BETA, request(3, ASKS))
    assert.match(String(await act(run, inCall('share', id))), /share fits 2 people .*: say who, .* or /)
    assert.equal(await act(run, inCall('share', id, ANNA.id)), null)
    assert.equal(await act(run, inCall('share', id)), null, 'only John is left')
    assert.match(String(await act(run, inCall('share', id))), /no person in call .* can share now/)
    assert.match(String(await act(run, { kind: 'share', meeting: 'none', personId: JOHN.id })), /there is no meeting none/)
  })

  test('is neither notified nor read from the lobby', async () => {
    const run = await simulated()
    const { chatInfo } = request(6) as { chatInfo: JsonObject }
    const meeting = `${chatInfo.threadId} ${chatInfo.messageId}`
    assert.equal(run.simulator.perform({ kind: 'join', meeting, person: JOHN }), null)
    const id = await established(run, BETA, request(6, ASKS))
    await act(run, { kind: 'share', meeting, personId: JOHN.id })
    assert.deepEqual([sharing(run, id), await sessions(run, BETA, id)], [[], []])
    assert.equal(run.simulator.perform({ kind: 'admit', callId: id }), null)
    assert.equal((await sessions(run, BETA, id)).length, 1)
  })
})

describe('content sharing in a call to several', () => {
  for (const [root] of PRINTED) {
    test(`is notified, and ends as the person hangs up while the call goes on: ${root}`, async () => {
      const run = await simulated()
      const id = await established(run, root, request(1, { ...ASKS, ...GROUP }))
      assert.equal(await act(run, inCall('share', id, ANNA.id)), null)
      assert.deepEqual(sharing(run, id), STARTED)
      assert.equal(run.simulator.perform({ kind: 'hang-up', callId: id, personId: ANNA.id }), null)
      await run.simulator.idle()
      assert.deepEqual(run.notified(id).slice(-2), ['sharing deleted', 'roster John, Bot 1'])
    })
  }

  test('does not fit a person who has not answered', async () => {
    const run = await simulated()
    const callId = String((await create(run, BETA, request(1, { ...ASKS, ...GROUP }))).body.id)
    run.simulator.perform({ kind: 'answer', callId, personId: JOHN.id })
    assert.match(String(await act(run, inCall('share', callId, ANNA.id))), /is not in call/)
    assert.equal(await act(run, inCall('share', callId)), null, 'the only one who can')
  })
})

describe('content sharing sessions', () => {
  for (const [root, version] of [
    [BETA, 'beta'],
    [V1, 'v1.0'],
  ] as const) {
    test(`are listed as printed, and read one by one: ${root}`, async () => {
      const run = await simulated()
      meet(run, JOHN, ANNA)
      const id = await established(run, root, request(3, ASKS))
      await act(run, inMeeting('share', JOHN))
      await act(run, inMeeting('share', ANNA))
      const list = await run.ask('GET', `${root}/${id}/contentSharingSessions`)
      const printed = fixture('beta-2023/content-sharing/064-list-content-sharing-sessions.response')
      const ids = (body: JsonObject) => (body.value as readonly JsonObject[]).map((one) => String(one.id))
      const expected = ids(printed).reduce(
        (text, one, at) => text.replace(one, ids(list.body)[at] ?? 'none'),
        JSON.stringify(printed).replace('/beta/', `/${version}/`).replace('7531d31f-d10d-44de-802f-c569dbca451c', id),
      )
      assert.equal(list.text, expected)
      const [session = ''] = ids(list.body)
      const one = await run.ask('GET', `${root}/${id}/contentSharingSessions/${session}`)
      assert.deepEqual([one.status, one.body], [200, (list.body.value as JsonObject[])[0]])
      const other = await run.ask('GET', `${root}/${id}/contentSharingSessions/${id}`)
      assert.deepEqual([other.status, refusalCode(other)], [404, '8522'])
      const ended = await run.ask('GET', `${root}/none/contentSharingSessions`)
      assert.deepEqual([ended.status, refusalCode(ended)], [404, '8522'])
    })

    test(`are selected from as other answers are: ${root}`, async () => {
      const run = await simulated()
      const id = await established(run, root, request(1))
      await act(run, inCall('share', id))
      const [session] = await sessions(run, root, id)
      const path = `${root}/${id}/contentSharingSessions`
      const of = { '@odata.type': '#microsoft.graph.contentSharingSession', id: session }
      assert.deepEqual((await run.ask('GET', `${path}?$select=id`)).body.value, [of])
      assert.deepEqual((await run.ask('GET', `${path}/${session}?$select=id`)).body, of)
      for (const below of [path, `${path}/${session}`]) assert.equal((await run.ask('GET', `${below}?$select=state`)).status, 400)
    })
  }

  test('are not played under the root of November 2019, and the answer says where they are', async () => {
    const run = await simulated()
    const id = await established(run, CALLS, request(1))
    for (const path of ['', '/x']) {
      const answer = await run.ask('GET', `${CALLS}/${id}/contentSharingSessions${path}`)
      assert.deepEqual([answer.status, refusalCode(answer)], [501, 'SimulatorNotImplemented'])
      assert.match(answer.text, /Calls created at \/beta\/communications\/calls and \/v1\.0\/communications\/calls have it\./)
    }
  })
})

describe('callOptions', () => {
  const OUTGOING = 'microsoft.graph.outgoingCallOptions'
  const lawful: readonly (readonly [what: string, callOptions: Json])[] = [
    ['null', null],
    ['no members', {}],
    [
      'members that are null',
      { hideBotAfterEscalation: null, isContentSharingNotificationEnabled: null, isDeltaRosterEnabled: null },
    ],
    ['a type without #', { '@odata.type': OUTGOING, hideBotAfterEscalation: true, isDeltaRosterEnabled: false }],
    ['a type with #', { '@odata.type': `#${OUTGOING}`, later: 'a member of a later page' }],
  ]
  const unlawful: readonly (readonly [callOptions: Json, message: RegExp])[] = [
    [7, /callOptions: /],
    [[], /callOptions: /],
    ['yes', /callOptions: /],
    [
      { '@odata.type': '#microsoft.graph.incomingCallOptions' },
      /callOptions\.@odata\.type: must be #microsoft\.graph\.outgoingCallOptions/,
    ],
    [{ '@odata.type': 5 }, /callOptions\.@odata\.type: /],
    [{ isContentSharingNotificationEnabled: 'true' }, /callOptions\.isContentSharingNotificationEnabled: .*boolean/],
    [{ hideBotAfterEscalation: 1 }, /callOptions\.hideBotAfterEscalation: .*boolean/],
    [{ isDeltaRosterEnabled: {} }, /callOptions\.isDeltaRosterEnabled: .*boolean/],
    [{ isInteractiveRosterEnabled: [] }, /callOptions\.isInteractiveRosterEnabled: .*boolean/],
  ]
  for (const root of [BETA, V1]) {
    for (const [what, callOptions] of lawful) {
      test(`may be ${what}, and come back in no answer: ${root}`, async () => {
        const run = await simulated()
        for (const example of [1, 3]) {
          const created = await create(run, root, request(example, { callOptions }))
          assert.deepEqual([created.status, 'callOptions' in created.body], [201, false], created.text)
          assert.ok(!('callOptions' in (await run.ask('GET', `${root}/${created.body.id}`)).body))
        }
      })
    }

    for (const [callOptions, message] of unlawful) {
      test(`are refused with the member named: ${JSON.stringify(callOptions)}, ${root}`, async () => {
        const run = await simulated()
        for (const example of [1, 3]) {
          const refused = await create(run, root, request(example, { callOptions }))
          assert.deepEqual([refused.status, refusalCode(refused)], [400, 'BadRequest'])
          assert.match(refused.text, message)
        }
        assert.deepEqual(run.simulator.calls(), [])
      })
    }
  }
})
