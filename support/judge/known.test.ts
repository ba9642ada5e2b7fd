// What is known of a call: every lasting member matters wherever it is said again, and what may differ is left alone.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { loadDocumented } from '../contract/documented'
import type { Json, JsonObject } from '../contract/json'
import type { CommsNotification } from '../contract/messages'
import { type Change, readChange } from './changes'
import { contradictingChanges, contradictionsInCall, contradictionsInSource, describeContradictions, knownFrom } from './known'
import type { Setting } from './setting'

const BOT = '2891555a-92ff-42e6-80fa-6e1300c6b5c6'
const { examples } = loadDocumented()
const requestOf = (number: number) => examples.get(number)?.request ?? assert.fail()
const answerTo = (number: number) => examples.get(number)?.response?.body ?? assert.fail()
const knownOf = (number: number) => knownFrom(answerTo(number), requestOf(number), BOT)
const setting = { cast: { people: {}, guest: null }, clientId: BOT, another: null } as unknown as Setting

const CALL = 'the-call'
const notified = (resourceData: JsonObject | readonly JsonObject[], entry: JsonObject = {}): Change => {
  const resource = `/app/calls/${CALL}${Array.isArray(resourceData) ? '/participants' : ''}`
  return readChange({ changeType: 'updated', resource, resourceData, ...entry } as unknown as CommsNotification, setting)
}
const placesIn = (changes: readonly Change[], number = 3) =>
  contradictingChanges(knownOf(number), changes).flatMap(({ found }) => found.map(({ path }) => path))
const placesInCall = (given: JsonObject, number = 3, changes: readonly Change[] = []) =>
  contradictionsInCall(knownOf(number), answerTo(number), changes, given).map(({ path }) => path)

/** Members of the new call that may change, or that the service may leave out of what is known. */
const CHANGING =
  `state callRoutes activeModalities mediaState resultInfo terminationReason answeredBy meetingCapability toneInfo`.split(' ')

const OTHER: Json = 'another value'

describe('the call that Graph gives', () => {
  for (const number of [1, 3]) {
    test(`may be as it was created, and each member that lasts matters: example ${number}`, () => {
      const answered = answerTo(number)
      assert.deepEqual(placesInCall(answered, number), [])
      for (const name of Object.keys(answered)) {
        const lasts = !CHANGING.includes(name) && !(number === 1 && ['chatInfo', 'meetingInfo'].includes(name))
        assert.deepEqual(placesInCall({ ...answered, [name]: OTHER }, number), lasts ? [name] : [], name)
        const { [name]: was, ...rest } = answered
        assert.deepEqual(placesInCall(rest, number), [], `without ${name}`)
        assert.deepEqual(placesInCall({ ...rest, [name]: null }, number), lasts && was !== null ? [name] : [], `${name} as null`)
      }
    })
  }

  test('is compared to the innermost member', () => {
    const { meetingInfo } = answerTo(3) as { meetingInfo: { organizer: { user: JsonObject } } }
    const organizer = { ...meetingInfo.organizer, user: { ...meetingInfo.organizer.user, tenantId: OTHER, displayName: null } }
    assert.deepEqual(placesInCall({ meetingInfo: { ...meetingInfo, organizer } }), ['meetingInfo.organizer.user.tenantId'])
  })

  test('may have other types of targets (E-22) and further members, and not other people or more of them', () => {
    const [target] = answerTo(1).targets as readonly [JsonObject]
    const invited = { ...target, '@odata.type': '#microsoft.graph.invitationParticipantInfo', region: 'emea', hidden: false }
    assert.deepEqual(placesInCall({ targets: [invited] }, 1), [])
    assert.deepEqual(placesInCall({ targets: [target, target] }, 1), ['targets'])
    assert.deepEqual(placesInCall({ targets: [{ ...target, identity: { phone: { id: '+1' } } }] }, 1), ['targets[0].identity'])
    assert.deepEqual(placesInCall({ targets: [target] }, 3), ['targets'])
  })

  test('does not contradict a notification that says what the answer did not', () => {
    const { tenantId: _, ...answered } = answerTo(3)
    const found = contradictionsInCall(knownFrom(answered, requestOf(3), BOT), answered, [notified({ tenantId: 'a' })], {
      tenantId: 'b',
    })
    assert.deepEqual(found, [{ path: 'tenantId', expected: '"a"', actual: '"b"' }])
  })
})

describe('a notification', () => {
  test('may say every value of the call again, or null, or what may change', () => {
    const call = answerTo(3)
    const empty = Object.fromEntries(Object.keys(call).map((name) => [name, null]))
    const changed = { state: 'established', callChainId: 'a', activeModalities: ['audio'], answeredBy: {}, toneInfo: {} }
    assert.deepEqual(placesIn([notified(call), notified(empty), notified(changed), notified({ callChainId: 'b' })]), [])
  })

  test('contradicts with each member that lasts, tones included', () => {
    for (const name of knownOf(3).keys()) {
      assert.deepEqual(placesIn([notified({ [name]: OTHER })]), [`resourceData.${name}`])
      assert.deepEqual(placesIn([notified({ [name]: OTHER, toneInfo: { tone: 'tone1', sequenceId: 1 } })]), [
        `resourceData.${name}`,
      ])
    }
  })

  test('may bring a thread and a token to a call without them, and other ones later', () => {
    const later = (token: string) => notified({ chatInfo: { threadId: '19:a' }, meetingInfo: { token } })
    assert.deepEqual(placesIn([later('a'), later('b')], 1), [])
  })

  test('sets what the answer left open, for those after it', () => {
    const { myParticipantId: _, ...answered } = answerTo(3)
    const known = knownFrom(answered, requestOf(3), BOT)
    const faults = (...ids: readonly string[]) =>
      contradictingChanges(
        known,
        ids.map((id) => notified({ myParticipantId: id })),
      ).length
    assert.deepEqual([faults('a', 'a'), faults('a', 'b')], [0, 1])
  })

  test('has the values of its call in its entry, too', () => {
    assert.deepEqual(placesIn([notified({}, { tenantId: OTHER }), notified([], { callbackUri: OTHER })]), [
      'tenantId',
      'callbackUri',
    ])
  })

  test('has other addresses of the same call and the same part of it', () => {
    const url = (resourceUrl: string) => placesIn([notified({}, { resourceUrl })])
    assert.deepEqual(url(`/communications/calls/${CALL}`), [])
    assert.deepEqual(url(`https://graph.microsoft.com/beta/communications/calls/${CALL}`), [])
    assert.deepEqual(url(`/communications/calls/${CALL}/participants`), ['resourceUrl'])
    assert.deepEqual(url('/communications/calls/another'), ['resourceUrl'])
    assert.deepEqual(placesIn([notified([], { resourceUrl: '/communications/calls/another/participants' })]), ['resourceUrl'])
    assert.deepEqual(placesIn([notified({ '@odata.id': `/app/calls/${CALL}` })]), [])
    assert.deepEqual(placesIn([notified({ '@odata.id': '/app/calls/another' })]), ['resourceData.@odata.id'])
  })

  test('has each participant under one id, and each identity in one tenant', () => {
    const on = (participantId: Json, tenantId: Json) =>
      notified([{ id: 'p', info: { participantId, identity: { user: { id: 'u', tenantId } } } }])
    assert.deepEqual(placesIn([on('p', 'a'), on(null, null), on('p', 'a')]), [])
    assert.deepEqual(placesIn([on('q', 'a'), on('p', 'b')]), [
      'resourceData[0].info.participantId',
      'resourceData[0].info.identity.user.tenantId',
    ])
    const organizer = notified([
      { id: 'p', info: { identity: { user: { id: '5810cede-f3cc-42eb-b2c1-e9bd5d53ec96', tenantId: 'b' } } } },
    ])
    assert.deepEqual(placesIn([organizer]), ['resourceData[0].info.identity.user.tenantId'])
  })
})

describe('the source of a guest', () => {
  const { source } = requestOf(6) as { source: { identity: JsonObject } }
  const places = (identity: JsonObject) =>
    contradictionsInSource(knownFrom({ source: { identity } }, requestOf(6), BOT), { source: { identity } }).map(
      ({ path }) => path,
    )

  test('may have the application beside it (E-24): this one', () => {
    assert.deepEqual(places(source.identity), [])
    assert.deepEqual(places({ ...source.identity, application: { id: BOT } }), [])
    assert.deepEqual(places({ ...source.identity, application: { id: 'another' } }), ['source.identity.application.id'])
  })

  test('is the guest or the application in notifications', () => {
    const known = knownFrom({}, requestOf(6), BOT)
    const said = (identity: JsonObject) => contradictingChanges(known, [notified({ source: { identity } })]).length
    assert.deepEqual([said(source.identity), said({ application: { id: BOT } }), said({ user: { id: BOT } })], [0, 0, 1])
  })
})

test('what a request claims of the service is not known', () => {
  const claims = { id: OTHER, direction: 'incoming', tenantId: OTHER, myParticipantId: OTHER, subject: 'sent' }
  assert.deepEqual([...knownFrom({}, claims, BOT)], [['subject', 'sent']])
})

test('a description names the place, what is known and what came', () => {
  const found = contradictionsInCall(knownOf(1), answerTo(1), [], { tenantId: 'b' })
  assert.equal(
    describeContradictions('the call that Graph gives', found),
    'the call that Graph gives contradicts what is known of the call:\n  tenantId: known "aa67bd4c-8475-432d-bd41-39f255720e0a", received "b"',
  )
})
