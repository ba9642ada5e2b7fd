// What each documented example expects: with the documented cast it is the page itself, and every printed member matters.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { everythingMatters } from '../../test/kit/judge-mutations'
import { type Cast, loadCast } from '../contract/cast'
import { loadDocumented } from '../contract/documented'
import type { Json, JsonObject } from '../contract/json'
import { commsNotifications } from '../contract/messages'
import { readChange } from './changes'
import { CALL_ID, expectedExample, MY_PARTICIPANT_ID } from './expected'
import { differences } from './pattern'
import { documentedCast, type Setting } from './setting'

const documented = loadDocumented()
const printedCast = loadCast()
const NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6]

function settingOf(cast: Cast): Setting {
  const { clientId, tenantId, callbackUri } = cast.bot
  const { displayName } = cast.bot
  return {
    cast,
    clientId: clientId as string,
    tenantId: tenantId as string,
    displayName,
    callbackUri: callbackUri as string,
    another: null,
  }
}

const setting = settingOf(printedCast)
const expected = (number: number, as = setting) => expectedExample(documented, documentedCast(printedCast), number, as)
const example = (number: number) => documented.examples.get(number) ?? assert.fail()
const responseOf = (number: number) => example(number).response?.body ?? assert.fail()

/** The one change of a printed notification. */
function changeOf(number: number, kind: string): JsonObject {
  const envelope = example(number).notifications[kind] ?? assert.fail()
  return (envelope.value as JsonObject[])[0] as JsonObject
}

/** What the service made in an example, by its response. */
function madeIn(callId: string, participantId: string) {
  return new Map([
    [CALL_ID.name, callId],
    [MY_PARTICIPANT_ID.name, participantId],
  ])
}
const MADE = {
  1: madeIn('2e1a0b00-2db4-4022-9570-243709c565ab', '499ff390-7a72-40e8-83a0-8fac6295ae7e'),
  3: madeIn('2f1a1100-b174-40a0-aba7-0b405e01ed92', '05491616-385f-44a8-9974-18cc5f9933c1'),
} as const
const GUEST_CALL = '2f1a1100-726f-4705-a071-30fb8f6b568f'

/** Places at which a change differs from its example, its roster participant by participant. */
function placesOfChange(number: number, kind: string, change: Json, made: ReadonlyMap<string, string>): string[] {
  const bindings = new Map(made)
  const { change: pattern, participant } = expected(number)
  const found = differences(pattern(kind), change, bindings).map(({ path }) => path)
  const shape = commsNotifications.safeParse({ '@odata.type': '#microsoft.graph.commsNotifications', value: [change] })
  if (!shape.success) return [...found, ...shape.error.issues.map((issue) => placeOf(issue.path.slice(2)))]
  const read = readChange(shape.data.value[0] as (typeof shape.data.value)[number], setting)
  const known = read.seen.filter(({ name }) => name === 'the bot' || Object.hasOwn(printedCast.people, name))
  const strangers = read.seen
    .filter((one) => !known.includes(one))
    .map(({ raw }) => `resourceData[${indexIn(change, raw)}].info.identity`)
  const inside = known.flatMap(({ name, raw }) =>
    differences(participant(name, number === 6), raw, bindings, `resourceData[${indexIn(change, raw)}]`),
  )
  return [...found, ...strangers, ...inside.map(({ path }) => path)]
}

function indexIn(change: Json, raw: JsonObject): number {
  return ((change as JsonObject).resourceData as Json[]).findIndex((one) => JSON.stringify(one) === JSON.stringify(raw))
}

const placeOf = (keys: readonly PropertyKey[]) =>
  keys.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? String(key) : `.${String(key)}`)).join('')

/** Opaque: another value is lawful on its first occurrence. */
const OPAQUE = ['another value']

describe('with the documented cast', () => {
  for (const number of NUMBERS) {
    test(`the request of example ${number} is the printed one`, () => {
      assert.deepEqual(expected(number).request, example(number).request)
      assert.equal(expected(number).printed, number === 1 || number === 3)
    })
  }

  test('the response of example 1 holds but for the media that were never sent (E-08)', () => {
    const { response, responseErrata } = expected(1)
    const found = differences(response, responseOf(1), new Map())
    assert.deepEqual(
      found.map(({ path }) => path),
      ['mediaConfig.preFetchMedia'],
    )
    assert.deepEqual(responseErrata, ['E-08'])
  })

  test('every member of the response of example 1 matters', () => {
    const { preFetchMedia: _, ...mediaConfig } = responseOf(1).mediaConfig as JsonObject
    everythingMatters(
      { ...responseOf(1), mediaConfig },
      (mutated) => differences(expected(1).response, mutated, new Map()).map(({ path }) => path),
      {
        myParticipantId: OPAQUE,
        id: OPAQUE,
      },
    )
  })

  test('every member of the response of example 3 matters', () => {
    everythingMatters(responseOf(3), (mutated) => differences(expected(3).response, mutated, new Map()).map(({ path }) => path), {
      myParticipantId: OPAQUE,
      id: OPAQUE,
    })
  })

  test('a further member matters in media only (E-08)', () => {
    const printed = responseOf(3)
    const media = printed.mediaConfig as JsonObject
    const entries = (media.preFetchMedia as JsonObject[]).map((entry) => ({ ...entry, further: null }))
    const more = { ...printed, further: 1, mediaConfig: { ...media, further: 1, preFetchMedia: entries } }
    const found = differences(expected(3).response, more, new Map()).map(({ path }) => path)
    assert.deepEqual(found, ['mediaConfig.preFetchMedia'])
  })

  const CHANGES = [
    [1, 'establishing'],
    [3, 'establishing'],
    [3, 'established'],
  ] as const
  for (const [number, kind] of CHANGES) {
    test(`every member of ${kind} in example ${number} matters`, () => {
      everythingMatters(changeOf(number, kind), (mutated) => placesOfChange(number, kind, mutated, MADE[number]), {})
    })
  }

  test('established of example 1 is of another call (E-01), and every member of it matters', () => {
    const printed = changeOf(1, 'established')
    assert.deepEqual(placesOfChange(1, 'established', printed, MADE[1]), ['resource', 'resourceData.id'])
    assert.ok(expected(1).notificationErrata.includes('E-01'))
    const other = '2e1a0b00-b3c5-4b0f-99b3-c133bc1e6116'
    everythingMatters(printed, (mutated) => placesOfChange(1, 'established', mutated, madeIn(other, '')), {})
  })
})

describe('rosters', () => {
  const stream = (at: number) => ({
    [`resourceData[0].mediaStreams[${at}]`]: ['removed'],
    [`resourceData[0].mediaStreams[${at}].sourceId`]: OPAQUE,
    [`resourceData[0].mediaStreams[${at}].serverMuted`]: OPAQUE,
  })

  test('every member of the roster of example 3 matters, except what depends on the client of John (E-21)', () => {
    everythingMatters(changeOf(3, 'roster'), (mutated) => placesOfChange(3, 'roster', mutated, MADE[3]), {
      // The row says who must be on the roster, not the pattern.
      'resourceData[0]': ['removed'],
      'resourceData[1]': ['removed'],
      'resourceData[0].info.languageId': ['removed', 'null', 'another type', 'another value'],
      ...stream(0),
      ...stream(1),
      ...stream(2),
      'resourceData[0].isMuted': OPAQUE,
      'resourceData[0].id': OPAQUE,
      'resourceData[1].mediaStreams[0].sourceId': OPAQUE,
    })
  })

  test('the roster of example 6 is of a call without a response (E-02) and has the participant of example 3 (E-03)', () => {
    const printed = changeOf(6, 'roster')
    const found = placesOfChange(6, 'roster', printed, madeIn('the id in a response', 'the participant in a response'))
    assert.deepEqual(found, ['resource', 'resourceData[0].id'])
    assert.equal(((printed.resourceData as JsonObject[])[0] as JsonObject).id, responseOf(3).myParticipantId)
    assert.deepEqual(expected(6).notificationErrata, ['E-02', 'E-03', 'E-13'])
    everythingMatters(
      printed,
      (mutated) => placesOfChange(6, 'roster', mutated, madeIn(GUEST_CALL, responseOf(3).myParticipantId as string)),
      {
        'resourceData[0]': ['removed'],
        'resourceData[0].mediaStreams[0].sourceId': OPAQUE,
      },
    )
  })
})
