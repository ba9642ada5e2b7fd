// Sentences: what no deviation shows of them. How each fails in a scenario, the deviations show.
import assert from 'node:assert/strict'
import { DataTable } from '@cucumber/cucumber'
import { describe, test } from 'mocha'
import { type Answered, type Difference, sessionWith } from '../../test/kit/differing-target'
import { HarnessError, NonConformance, NotApplicable } from '../contract/failures'
import type { Json, JsonObject } from '../contract/json'
import type { CommsNotification } from '../contract/messages'
import type { Row } from '../judge/sequence'
import { loadKeys } from '../simulator/identity/keys'
import { notificationSigner } from '../simulator/identity/tokens'
import * as answers from './answers'
import * as notifications from './notifications'
import type { Session } from './session'
import { bePresent, inACall } from './vocabulary/meetings'
import { register } from './vocabulary/registrations'
import { CHANGES } from './vocabulary/requests'

const answer = (change: (answer: Answered) => Partial<Answered>, method = 'POST'): Difference => ({
  answer: (actual, asked) => (asked === method ? { ...actual, ...change(actual) } : actual),
})
const member = (name: string, value: unknown, method = 'POST') =>
  answer(({ body }) => ({ body: JSON.parse(JSON.stringify({ ...body, [name]: value })) }), method)

const dataOf = (entry: JsonObject) => entry.resourceData as Json

/** Loses the notifications of the established call, or of rosters. */
const losing = (of: 'established' | 'roster'): Difference => ({
  post: (body) => {
    const data = dataOf((body.value as readonly JsonObject[])[0] as JsonObject)
    return of === (Array.isArray(data) ? 'roster' : (data as JsonObject).state) ? null : body
  },
})

const rejected = (session: Session) => session.send(1, { change: CHANGES.get('without mediaConfig') })
const created = (session: Session) => session.send(1)
const established = (session: Session) => inACall(session, 'John')
const inMeeting = (session: Session) => bePresent(session, 'the bot', 'in', 'scheduled')
const inLobby = (session: Session) => bePresent(session, 'the bot', 'lobby', 'channel')

describe('fails on a target that differs, and passes on the simulator', () => {
  const CASES: readonly (readonly [
    name: string,
    before: (session: Session) => Promise<unknown>,
    assertion: (session: Session) => unknown,
    difference: Difference,
    message: RegExp,
  ])[] = [
    [
      'no call is created: a Location',
      rejected,
      answers.noCallIsCreated,
      answer(({ headers }) => ({ headers: { ...headers, location: 'https://a/calls/1' } })),
      /refused, but the answer has Location https:\/\/a\/calls\/1/,
    ],
    [
      'Graph refuses: a body that is not an error',
      rejected,
      (session) => answers.refuses(session, { status: 400, code: '8523' }),
      member('error', 'none'),
      /refused with 400, but with a body that is not a complete error; .*\n {2}error: documented an object, received "none"/,
    ],
    [
      'Graph refuses: an error without a message',
      rejected,
      (session) => answers.refuses(session, { status: 400, code: '8523' }),
      member('error', { code: '8523' }),
      /\n {2}error\.message: documented a text, received nothing$/,
    ],
    [
      'Graph refuses: a code that is a number',
      rejected,
      (session) => answers.refuses(session, { status: 400, code: '8523' }),
      member('error', { code: 8523, message: 'No media.' }),
      /\n {2}error\.code: documented "8523", received 8523$/,
    ],
    [
      'Graph refuses: a code that looks like another',
      rejected,
      (session) => answers.refuses(session, { status: 400, code: '8523' }),
      member('error', { code: '8523\n', message: 'No media.' }),
      /refused with 8523 ; expected: 8523|refused with 8523 .*length 4 \/ 5/,
    ],
    [
      'the call is gone: a code that is a number',
      async (session) => {
        await created(session)
        await answers.hangUp(session)
      },
      answers.callIsGone,
      member('error', { code: 8522, message: 'Call not found.' }, 'GET'),
      /answers 404; expected: 404 8522 \(CC-29\); error\.code: expected "8522", received 8522$/,
    ],
    [
      'Graph gives the call: another id',
      created,
      (session) => answers.callIsThere(session, 'establishing'),
      member('id', 'another', 'GET'),
      /id: documented .*received "another"/,
    ],
    [
      'the bot hangs up: another status',
      created,
      answers.hangUp,
      answer(() => ({ status: 200, body: {} }), 'DELETE'),
      /the DELETE of the call was answered 200; documented: 204/,
    ],
    [
      'the new call has an id: none',
      created,
      answers.idOf,
      { ...member('id', undefined), post: () => null },
      /gives the new call no id, and no notification names one/,
    ],
    ['a call with John', established, () => {}, losing('established'), /within 60 s that the call is established/],
    ['in a meeting', inMeeting, () => {}, losing('roster'), /within 60 s that the bot is in the meeting/],
    ['in the lobby', inLobby, () => {}, losing('roster'), /within 60 s that the bot waits in the lobby/],
  ]
  for (const [name, before, assertion, difference, message] of CASES)
    test(name, async () => {
      const act = async (session: Session) => {
        await before(session)
        await assertion(session)
      }
      await act(await sessionWith({}))
      await assert.rejects(act(await sessionWith(difference)), (error: Error) => {
        assert.ok(error instanceof NonConformance, `${error.name}: ${error.message}`)
        assert.match(error.message, message)
        return true
      })
    })
})

describe('ignores what other sentences check', () => {
  test('that the call is created: the rest of the answer', async () => {
    for (const difference of [
      member('state', 'established'),
      member('@odata.type', undefined),
      answer(() => ({ headers: { 'content-type': 'application/json' } })),
    ]) {
      const session = await sessionWith(difference)
      await created(session)
      answers.createsTheCall(session)
    }
  })

  test('that no call is created: calls from before', async () => {
    const session = await sessionWith({})
    await created(session)
    await rejected(session)
    await answers.noCallIsCreated(session)
  })
})

describe('an error of the suite or of the cast is not the target’s fault', () => {
  const CASES: readonly (readonly [string, (session: Session) => unknown, new (...args: never[]) => Error, RegExp])[] = [
    ['"nothing else" without a table', notifications.nothingElseNotified, HarnessError, /needs a table/],
    [
      'an unsent example',
      (session) => created(session).then(() => answers.sent(session, 2)),
      HarnessError,
      /example 2 was not sent/,
    ],
    [
      'an uncited erratum',
      (session) => created(session).then(() => answers.answeredAsDocumented(session, true, 1, [])),
      HarnessError,
      /cites no erratum, but the comparison relies on E-08/,
    ],
    [
      'a response that is not printed',
      (session) => created(session).then(() => answers.answeredAsDocumented(session, false, 1, ['E-08'])),
      HarnessError,
      /the page prints a response for example 1/,
    ],
    ['an unknown person', (session) => session.person('Zoe'), NotApplicable, /the cast has no person Zoe/],
    ['an unknown meeting', (session) => session.meeting('secret'), NotApplicable, /the cast has no secret meeting/],
    [
      'an unknown registration',
      (session) => register(session, 'granted only Calls.Fly.All'),
      NotApplicable,
      /no registration that is granted only Calls\.Fly\.All/,
    ],
  ]
  for (const [name, act, kind, message] of CASES)
    test(name, async () => {
      const session = await sessionWith({})
      await assert.rejects(
        async () => act(session),
        (error: Error) => error instanceof kind && message.test(error.message),
      )
    })
})

test('a post that the bot refused fails the scenario with its reason', async () => {
  const session = await sessionWith({})
  session.bot.callback.refused.push({ status: 401, reason: 'no token came (CC-50)' })
  assert.throws(() => session.failOnRefusedPosts(), /NonConformance|401: no token came \(CC-50\)/)
})

describe('in the quiet period', () => {
  const state = (name: string): Row => ({ of: 'call', change: 'updated', state: name, who: [], inLobby: false })

  /** Asserts that nothing else is notified while this arrives. */
  async function arriving(late: (received: readonly CommsNotification[]) => CommsNotification[]): Promise<void> {
    const session = await sessionWith({})
    await established(session)
    await notifications.notifiedAsDocumented(session, 'all', 1, ['E-01'], [state('establishing'), state('established')])
    session.bot.callback.received.push(...structuredClone(late(session.bot.callback.received)))
    await notifications.nothingElseNotified(session)
  }

  test('nothing may arrive', () => arriving(() => []))
  test('the last state may be repeated, with more in it', () =>
    arriving((all) => all.slice(-1).map((one) => ({ ...one, more: true }))))
  test('the last state may not be repeated with other content', () =>
    assert.rejects(
      arriving((all) => all.slice(-1).map((one) => ({ ...one, callbackUri: 'https://elsewhere.example/' }))),
      /"call updated, established" differs from the documented one:\n {2}callbackUri: documented "https:\/\/bot\.contoso/,
    ))
  test('a state may not go back', () =>
    assert.rejects(
      arriving((all) => all.slice(0, 1)),
      /unexpected notification: call updated, establishing/,
    ))
  test('what is unexpected has a cross in the list of what was received', () =>
    assert.rejects(
      arriving((all) => all.slice(0, 1)),
      ({ message }: Error) => {
        assert.deepEqual(message.split('\n').slice(message.split('\n').indexOf('received:')), [
          'received:',
          '    call updated, establishing',
          '    call updated, established',
          '  ✗ call updated, establishing',
        ])
        return true
      },
    ))
})

describe('a roster delivered again', () => {
  const roster = async () => {
    const session = await sessionWith({})
    await inMeeting(session)
    const { received, repeated } = session.bot.callback
    const again = (body: CommsNotification, delivered: boolean) => {
      const copy = structuredClone(body)
      received.push(copy)
      if (delivered) repeated.add(copy)
    }
    const last = received.findLast(({ resourceData }) => Array.isArray(resourceData)) as CommsNotification
    const muted = structuredClone(last)
    for (const participant of muted.resourceData as { isMuted: boolean }[]) participant.isMuted = true
    return { session, last, muted, again }
  }
  const muted = new DataTable([
    ['property', 'value'],
    ['isMuted', 'yes'],
  ])

  test('hides no later one, and can be the last one', async () => {
    const { session, last, muted: later, again } = await roster()
    again(later, false)
    again(last, true)
    await notifications.participantHas(session, 'the bot', muted)
    again(last, false)
    again(later, true)
    await notifications.participantHas(session, 'the bot', muted)
  })

  test('is no excuse for a wrong one', async () => {
    const { session, last, muted: later, again } = await roster()
    again(later, false)
    again(last, false)
    again(last, true)
    await assert.rejects(notifications.participantHas(session, 'the bot', muted), /isMuted: documented true, received false/)
  })
})

describe('a post', () => {
  const post = (state: string, callId = '7') =>
    JSON.stringify({
      '@odata.type': '#microsoft.graph.commsNotifications',
      value: [
        {
          '@odata.type': '#microsoft.graph.commsNotification',
          changeType: 'updated',
          resource: `/app/calls/${callId}`,
          resourceData: { state },
        },
      ],
    })
  const CASES: readonly (readonly [name: string, posts: readonly string[], kept: readonly string[]])[] = [
    [
      'that is delivered again is known for a repeat, and answered each time',
      [post('establishing'), post('establishing'), post('establishing')],
      ['7 establishing', '7 establishing again', '7 establishing again'],
    ],
    [
      'that is delivered again after others, too',
      [post('establishing'), post('established'), post('establishing'), post('establishing', '8')],
      ['7 establishing', '7 established', '7 establishing again', '8 establishing'],
    ],
    [
      'of an equal state in a new body is no repeat',
      [post('establishing'), `${post('establishing')} `],
      ['7 establishing', '7 establishing'],
    ],
  ]
  for (const [name, posts, kept] of CASES)
    test(name, async () => {
      const session = await sessionWith({})
      const { clientId, tenantId, callbackUri } = session.setting
      const token = await notificationSigner(await loadKeys(), Date.now)({ audience: clientId, tenantId })
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      for (const body of posts) {
        const { status } = await session.bot.callback.handle(new Request(callbackUri, { method: 'POST', headers, body }))
        assert.equal(status, 202)
      }
      assert.deepEqual(
        session.changes().map(({ callId, state, repeated }) => `${callId} ${state}${repeated ? ' again' : ''}`),
        kept,
      )
      assert.equal(session.bot.exchanges.filter(({ purpose }) => purpose === 'notification').length, posts.length)
    })
})
