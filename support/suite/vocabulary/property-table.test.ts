// Tables of properties: what each value means, and that a slip of the pen is our fault and named.
import assert from 'node:assert/strict'
import { DataTable } from '@cucumber/cucumber'
import { describe, test } from 'mocha'
import { CAST } from '../../../test/kit/differing-target'
import { loadDocumented } from '../../contract/documented'
import { HarnessError } from '../../contract/faults'
import type { Json } from '../../contract/json'
import { expectedExample } from '../../judge/expected'
import { differences } from '../../judge/pattern'
import { documentedCast, type Setting } from '../../judge/setting'
import { MEANINGS, propertiesOf } from './property-table'

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
  propertiesOf(new DataTable([['property', 'value'], ...rows.map((row) => [...row])]), { setting, expected: expected(example) })
const bound = () =>
  new Map([
    ['the id of the call', 'id-1'],
    ["the bot's own participant id", 'participant-1'],
  ])
const holds = (example: 1 | 3, words: string, property: string, actual: Json) => {
  const value = property.split('/').reduceRight<Json>((inner, name) => ({ [name]: inner }), actual)
  return differences(pattern(example, [property, words]), value, bound()).length === 0
}

/** Of each meaning a value that it fits and one that it does not. */
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

describe('a slip of the pen is our fault', () => {
  const SLIPS: readonly (readonly [what: string, rows: readonly (readonly [string, string])[], message: RegExp])[] = [
    ['no rows', [], /cannot be read/],
    ['no property', [['', 'yes']], /write names with \/ between them/],
    ['a slash at the end', [['a/', 'yes']], /write names with \/ between them/],
    ['no value', [['a', '']], /cannot be read/],
    ['a word that means nothing', [['a', 'perhaps']], /the value perhaps means: write a text in quotes, or one of null,/],
    ['a word that every object has', [['a', 'constructor']], /nothing says what the value constructor means/],
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
      /has a\/b and also what it is in/,
    ],
    [
      'what is in a property, and it',
      [
        ['a/b', 'yes'],
        ['a', 'yes'],
      ],
      /has a twice, or also what is in it/,
    ],
    [
      '* beside names',
      [
        ['a/*', 'yes'],
        ['a/b', 'yes'],
      ],
      /\* beside names/,
    ],
    ['as sent, and nothing was', [['a/b', 'as sent']], /the request has no a\/b/],
    ['an organizer where there is no meeting', [['a', "the organizer's tenant"]], /of no meeting/],
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
    assert.throws(() => propertiesOf(odd, { setting, expected: expected(1) }), HarnessError)
  })
})
