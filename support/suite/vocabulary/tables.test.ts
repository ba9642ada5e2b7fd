// The tables of features: what each value and each row means, and that a mistake is an error of the suite that names its place.
import assert from 'node:assert/strict'
import { DataTable } from '@cucumber/cucumber'
import { describe, test } from 'mocha'
import { CAST } from '../../../test/kit/differing-target'
import { loadDocumented } from '../../contract/documented'
import { HarnessError } from '../../contract/failures'
import type { Json } from '../../contract/json'
import { expectedExample } from '../../judge/expected'
import { differences } from '../../judge/pattern'
import { documentedCast, type Setting } from '../../judge/setting'
import { MEANINGS, propertiesOf, rowsOf } from './tables'

const setting: Setting = {
  cast: CAST,
  clientId: 'the-client',
  tenantId: 'the-tenant',
  displayName: 'Bot',
  callbackUri: 'https://bot.example/callback',
  another: null,
}
const documented = loadDocumented()
const expected = (example: 1 | 3) => expectedExample(documented, documentedCast(CAST), example, setting)
const organizer = CAST.meetings.scheduled?.coordinates.organizer

const pattern = (example: 1 | 3, ...rows: readonly (readonly [string, string])[]) =>
  propertiesOf(new DataTable([['property', 'value'], ...rows.map((row) => [...row])]), {
    setting,
    call: { expected: expected(example) },
  })
const bound = () =>
  new Map([
    ['the id of the call', 'id-1'],
    ["the bot's own participant id", 'participant-1'],
  ])
const holds = (example: 1 | 3, words: string, property: string, actual: Json) => {
  const value = property.split('/').reduceRight<Json>((inner, name) => ({ [name]: inner }), actual)
  return differences(pattern(example, [property, words]), value, bound()).length === 0
}

/** For each meaning a value that matches and one that does not. */
const EXAMPLES: Readonly<Record<string, readonly [fits: Json, differs: Json, property?: string, example?: 1 | 3]>> = {
  null: [null, ''],
  'an empty list': [[], [1]],
  yes: [true, 'true'],
  no: [false, 0],
  'yes or no': [false, 'no'],
  'a text': ['a', 1],
  'a media type': ['audio', 'smell'],
  'a media direction': ['sendOnly', 'both'],
  'as sent': [expected(1).request.requestedModalities as Json, ['video'], 'requestedModalities'],
  'as sent, else null': [null, 'a', 'subject'],
  'absent or empty, as none was sent': [[], ['a']],
  'exactly as sent': [expected(1).request.requestedModalities as Json, ['audio', 'video'], 'requestedModalities'],
  'the chatInfo that was sent': [expected(3).request.chatInfo as Json, { threadId: 'a' }, 'chat', 3],
  'the meetingInfo that was sent': [expected(3).request.meetingInfo as Json, {}, 'info', 3],
  'the id of the call': ['id-1', 'id-2'],
  "the bot's participant id": ['participant-1', 'participant-2'],
  'made by Graph': ['anything', null],
  'the path of the call': ['/app/calls/id-1', '/app/calls/id-2'],
  'the path of its roster': ['/app/calls/id-1/participants', '/app/calls/id-1'],
  "the bot's application id": ['the-client', 'another'],
  "the bot's name": ['Bot', 'Bob'],
  "the bot's tenant": ['the-tenant', 'another'],
  "the organizer's tenant": [organizer?.tenantId ?? '', 'another', 'tenantId', 3],
  'the callback address': ['https://bot.example/callback', 'https://bot.example/'],
  "the guest's id": [CAST.guest?.id ?? '', 'another'],
  "the guest's name": [CAST.guest?.displayName ?? '', 'another'],
}

describe('what a value means', () => {
  test('every word has an example here', () => assert.deepEqual(Object.keys(EXAMPLES).sort(), Object.keys(MEANINGS).sort()))
  for (const [words, [fits, differs, property = 'a/b', example = 1]] of Object.entries(EXAMPLES)) {
    test(words, () => {
      assert.ok(holds(example, words, property, fits), `${words} is ${JSON.stringify(fits)}`)
      assert.ok(!holds(example, words, property, differs), `${words} is not ${JSON.stringify(differs)}`)
    })
  }
  test('a text in quotes is itself, also where it reads like a word', () => {
    assert.ok(holds(1, '"null"', 'a', 'null'))
    assert.ok(!holds(1, '"null"', 'a', null))
  })
  test('* is every entry of a list that has one', () => {
    const each = pattern(1, ['all/*/a', 'yes'])
    assert.deepEqual(differences(each, { all: [{ a: true }, { a: true }] }, bound()), [])
    assert.equal(differences(each, { all: [{ a: true }, { a: false }] }, bound()).length, 1)
    assert.equal(differences(each, { all: [] }, bound()).length, 1)
  })
})

describe('a mistake in a table of properties is an error of the suite', () => {
  const SLIPS: readonly (readonly [what: string, rows: readonly (readonly [string, string])[], message: RegExp])[] = [
    ['no rows', [], /cannot be read/],
    ['no property', [['', 'yes']], /write names with \/ between them/],
    ['a slash at the end', [['a/', 'yes']], /write names with \/ between them/],
    ['no value', [['a', '']], /cannot be read/],
    ['an unknown word', [['a', 'perhaps']], /unknown value perhaps: write a text in quotes, or one of null,/],
    ['a word that every object has', [['a', 'constructor']], /unknown value constructor/],
    [
      'a property twice',
      [
        ['a/b', 'yes'],
        ['a/b', 'no'],
      ],
      /has a\/b twice/,
    ],
    [
      'a property and what is in it',
      [
        ['a', 'yes'],
        ['a/b', 'yes'],
      ],
      /has a\/b and also an object that contains it/,
    ],
    [
      'what is in a property, and the property',
      [
        ['a/b', 'yes'],
        ['a', 'yes'],
      ],
      /has a twice, or a property inside it/,
    ],
    [
      '* and names',
      [
        ['a/*', 'yes'],
        ['a/b', 'yes'],
      ],
      /\* and names/,
    ],
    ['as sent, and nothing was', [['a/b', 'as sent']], /the request has no a\/b/],
    ['an organizer where there is no meeting', [['a', "the organizer's tenant"]], /joins no meeting/],
  ]
  for (const [what, rows, message] of SLIPS) {
    test(what, () => {
      assert.throws(
        () => pattern(1, ...rows),
        (error: Error) => {
          assert.ok(error instanceof HarnessError, error.name)
          assert.match(error.message, message)
          return true
        },
      )
    })
  }
  test('another column', () => {
    const odd = new DataTable([
      ['property', 'value', 'why'],
      ['a', 'yes', 'because'],
    ])
    assert.throws(() => propertiesOf(odd, { setting, call: { expected: expected(1) } }), HarnessError)
  })
})

const table = (columns: readonly string[], ...rows: readonly (readonly string[])[]) => {
  return new DataTable([[...columns], ...rows.map((row) => [...row])])
}
const COLUMNS = ['of', 'change', 'state', 'who', 'in the lobby']

describe('a row', () => {
  const call = { of: 'call', change: 'updated', state: 'established', who: [], inLobby: false }
  const roster = { of: 'roster', change: 'updated', state: null, who: ['John', 'the bot'], inLobby: false }

  test('of a call', () => {
    assert.deepEqual(rowsOf(table(['of', 'change', 'state'], ['call', 'updated', 'established'])), [call])
    assert.deepEqual(rowsOf(table(COLUMNS, ['call', 'deleted', 'terminated', '', ''])), [
      { ...call, change: 'deleted', state: 'terminated' },
    ])
  })

  test('of a roster', () => {
    assert.deepEqual(rowsOf(table(['of', 'change', 'who'], ['roster', 'updated', 'John, the bot'])), [roster])
    assert.deepEqual(rowsOf(table(COLUMNS, ['roster', 'created', '', ' John ,the bot', 'no'])), [
      { ...roster, change: 'created' },
    ])
    assert.deepEqual(rowsOf(table(COLUMNS, ['roster', 'updated', '', 'the bot', 'yes'])), [
      { ...roster, who: ['the bot'], inLobby: true },
    ])
  })

  test('each by itself, in the order of the table', () => {
    const read = rowsOf(
      table(COLUMNS, ['call', 'updated', 'established', '', ''], ['roster', 'updated', '', 'John, the bot', '']),
    )
    assert.deepEqual(read, [call, roster])
  })
})

describe('an invalid cell is an error of the suite that names row and column', () => {
  const good = ['call', 'updated', 'established', '', '']
  const BAD: readonly (readonly [what: string, row: readonly string[], place: RegExp])[] = [
    ['neither call nor roster', ['calls', 'updated', 'established', '', ''], /row 2, "of"/],
    ['another change', ['call', 'Updated', 'established', '', ''], /row 2, "change"/],
    ['no change', ['call', '', 'established', '', ''], /row 2, "change"/],
    ['a call without a state', ['call', 'updated', '', '', ''], /row 2, "state"/],
    ['a state that the API does not have', ['call', 'updated', 'estabished', '', ''], /row 2, "state"/],
    ['a call with people', ['call', 'updated', 'established', 'John', ''], /row 2, "who"/],
    ['a call in the lobby', ['call', 'updated', 'established', '', 'yes'], /row 2, "in the lobby"/],
    ['a roster with a state', ['roster', 'updated', 'established', 'John', ''], /row 2, "state"/],
    ['a roster without participants', ['roster', 'updated', '', '', ''], /row 2, "who"/],
    ['an additional comma', ['roster', 'updated', '', 'John, ', ''], /row 2, "who"/],
    ['a participant twice', ['roster', 'updated', '', 'John, John', ''], /row 2, "who"/],
    ['another word for the lobby', ['roster', 'updated', '', 'John', 'Yes'], /row 2, "in the lobby"/],
    ['the lobby without the bot', ['roster', 'updated', '', 'John', 'yes'], /row 2, "in the lobby"/],
  ]
  for (const [what, row, place] of BAD) {
    test(what, () =>
      assert.throws(
        () => rowsOf(table(COLUMNS, good, row)),
        (error) => error instanceof HarnessError && place.test(error.message),
      ),
    )
  }

  const misread = (columns: readonly string[], rows: readonly (readonly string[])[], says: RegExp) =>
    assert.throws(
      () => rowsOf(table(columns, ...rows)),
      (error) => error instanceof HarnessError && says.test(error.message),
    )

  test('a missing or unknown column', () => {
    misread(['of', 'state'], [['call', 'established']], /row 1, "change"/)
    misread(['of', 'change'], [['roster', 'updated']], /row 1, "who"/)
    misread(['of', 'change', 'state', 'muted'], [['call', 'updated', 'established', 'no']], /row 1.*muted/)
  })

  test('a table without rows', () => misread(COLUMNS, [], /no rows/))

  test('all at once', () => {
    misread(
      COLUMNS,
      [
        ['call', 'x', 'established', '', ''],
        ['roster', 'updated', '', 'John', 'x'],
      ],
      /row 1, "change".*; row 2, "in the lobby"/,
    )
  })
})
