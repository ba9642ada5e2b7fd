// An example with another cast has the values of that cast and none of the documented ones.
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'mocha'
import { type Cast, loadCast } from '../contract/cast'
import { loadDocumented } from '../contract/documented'
import { PROJECT_ROOT } from '../contract/fixture'
import { isObject, type Json, type JsonObject } from '../contract/json'
import { type ExpectedExample, expectedExample } from './expected'
import { Made, type Pattern } from './pattern'
import { documentedCast, type Setting, THE_BOT } from './setting'

const documented = loadDocumented()
const printedCast = loadCast()
const second = loadCast(path.join(PROJECT_ROOT, 'test/kit/second-cast.yaml'))
const NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6]

function expected(number: number, cast: Cast = second): ExpectedExample {
  const { clientId, tenantId, callbackUri } = cast.bot
  const setting: Setting = {
    cast,
    clientId: clientId as string,
    tenantId: tenantId as string,
    displayName: cast.bot.displayName,
    callbackUri: callbackUri as string,
    another: null,
  }
  return expectedExample(documented, documentedCast(printedCast), number, setting)
}

/** Every text in a value, without names of members and of what the service makes. */
function textsIn(value: unknown): string[] {
  if (value instanceof Made) return []
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** The message id of every scheduled meeting, a word of the vocabulary, and keys of the cast. */
const SHARED = new Set(['0', 'held'])
const { meetings, ...others } = printedCast
const values = [
  ...textsIn(others),
  ...Object.values(meetings).flatMap(({ secondParticipant: _, ...meeting }) => textsIn(meeting)),
]
const DOCUMENTED_VALUES = [...new Set(values)].filter((value) => !SHARED.has(value))

function documentedValuesIn(message: Json | Pattern): string[] {
  const texts = textsIn(message)
  return DOCUMENTED_VALUES.filter((value) => texts.some((text) => text.includes(value)))
}

/** The messages of an example: request, response, notifications and participants. */
function messagesOf(example: ExpectedExample): Record<string, Json | Pattern> {
  const kinds: readonly string[] =
    example.meeting === null ? ['establishing', 'established'] : ['establishing', 'established', 'roster']
  return {
    request: example.request,
    response: example.response,
    ...Object.fromEntries(kinds.map((kind) => [kind, example.change(kind)])),
    bot: example.participant(THE_BOT, false),
    John: example.participant('John', false),
  }
}

describe('the second cast', () => {
  test('the documented values are found with the documented cast', () => {
    assert.ok(DOCUMENTED_VALUES.length >= 14, String(DOCUMENTED_VALUES.length))
    for (const number of NUMBERS) {
      const found = Object.entries(messagesOf(expected(number, printedCast))).map(([name, message]) => [
        name,
        documentedValuesIn(message).length > 0,
      ])
      assert.deepEqual(
        found.filter(([, any]) => !any),
        [],
      )
    }
  })

  for (const number of NUMBERS) {
    test(`no documented value is left in example ${number}`, () => {
      const found = Object.entries(messagesOf(expected(number))).map(([name, message]) => [name, documentedValuesIn(message)])
      assert.deepEqual(
        found,
        found.map(([name]) => [name, []]),
      )
    })
  }

  test('a request differs from the printed one in values only', () => {
    for (const number of NUMBERS) {
      const { chatInfo, ...request } = expected(number).request
      const { chatInfo: printed, ...others } = expected(number, printedCast).request
      assert.deepEqual(shapeOf(request), shapeOf(others))
      // Only a meeting with a reply chain sends one.
      const chain = second.meetings.channel?.coordinates.replyChainMessageId
      const more = number >= 5 ? { ...(printed as JsonObject), replyChainMessageId: chain as string } : printed
      assert.deepEqual(shapeOf(chatInfo ?? null), shapeOf(more ?? null))
    }
  })
})

/** Members and types, with the entries of lists as one. */
function shapeOf(value: Json): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]))
    : typeof value
}

describe('what the messages take from the cast', () => {
  const at = (message: unknown, ...names: (string | number)[]): unknown =>
    names.reduce((value, name) => (value as Record<string | number, unknown>)[name], message)

  test('a call in a meeting of another tenant is of that tenant', () => {
    const scheduled = second.meetings.scheduled ?? assert.fail()
    const organizer = { ...scheduled.coordinates.organizer, tenantId: 'another tenant' }
    const abroad = { ...scheduled, coordinates: { ...scheduled.coordinates, organizer } }
    const { response } = expected(3, { ...second, meetings: { ...second.meetings, scheduled: abroad } })
    assert.equal(at(response, 'tenantId'), 'another tenant')
  })

  test('any person on the roster, in the lobby or not', () => {
    const people = { ...second.people, Mary: { id: 'the id of Mary', displayName: 'Mary Q.' } }
    const { participant } = expected(3, { ...second, people })
    const user = at(participant('Mary', true), 'info', 'identity', 'user') as JsonObject
    assert.deepEqual([user.id, user.displayName], ['the id of Mary', 'Mary Q.'])
    assert.deepEqual(
      [true, false].map((lobby) => at(participant('Mary', lobby), 'isInLobby')),
      [true, false],
    )
  })

  test('an organiser without a known name has none', () => {
    const scheduled = second.meetings.scheduled ?? assert.fail()
    const { coordinates } = scheduled
    const nameless = { ...scheduled, coordinates: { ...coordinates, organizer: { ...coordinates.organizer, displayName: null } } }
    const { request } = expected(3, { ...second, meetings: { ...second.meetings, scheduled: nameless } })
    assert.equal(Object.hasOwn(at(request, 'meetingInfo', 'organizer', 'user') as object, 'displayName'), false)
  })

  test('exactly the media of the cast, each with a key of its own', () => {
    const entries = at(expected(3).request, 'mediaConfig', 'preFetchMedia') as JsonObject[]
    assert.deepEqual(
      entries.map(({ uri }) => uri),
      second.media.prefetch,
    )
    assert.equal(new Set(entries.map(({ resourceId }) => resourceId)).size, second.media.prefetch.length)
    const none = expected(3, { ...second, media: { ...second.media, prefetch: [] } })
    assert.deepEqual(at(none.request, 'mediaConfig', 'preFetchMedia'), [])
  })

  test('the guest, as source and on the roster', () => {
    const { request, response, participant, botIs } = expected(6)
    assert.equal(botIs, 'guest')
    const { '@odata.type': _, ...guest } = at(request, 'source', 'identity', 'guest') as JsonObject
    assert.deepEqual(guest, second.guest)
    assert.equal(Object.hasOwn(response as object, 'source'), false)
    assert.equal(at(participant(THE_BOT, true), 'info', 'identity', 'guest', 'id'), second.guest?.id)
    assert.deepEqual(
      [true, false].map((lobby) => at(participant(THE_BOT, lobby), 'isInLobby')),
      [true, false],
    )
    assert.deepEqual(
      NUMBERS.map((number) => expected(number).botIs === 'application'),
      [true, true, true, true, true, false],
    )
  })

  test('a missing meeting is an error', () => {
    assert.throws(() => expected(5, { ...second, meetings: {} }), /no channel meeting, which example 5 needs/)
  })
})
