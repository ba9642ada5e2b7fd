// The comparison with a pattern finds every difference, names its place, and allows lawful variation.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'mocha'
import type { Json } from '../contract/json'
import {
  anyOf,
  type Bindings,
  describeDifferences,
  differences,
  Each,
  exactly,
  InText,
  Made,
  noneSent,
  oneOf,
  type Pattern,
} from './pattern'

const CALL = new Made('the id of the call')

/** The places at which a value differs from a pattern. */
function places(pattern: Pattern, actual: Json | undefined, bindings: Bindings = new Map()): string[] {
  return differences(pattern, actual, bindings).map(({ path }) => path)
}

/** For each kind of place, values that match and values that do not. */
const PLACES: Readonly<
  Record<string, { pattern: Pattern; fits: readonly (Json | undefined)[]; not: readonly (Json | undefined)[] }>
> = {
  'made by the service: any text but an empty one': {
    pattern: CALL,
    fits: ['1', 'é/ü', 'constructor'],
    not: ['', null, 1, true, [], {}, undefined],
  },
  'a text around what is made': {
    pattern: new InText('/app/calls/', CALL, '/participants'),
    fits: ['/app/calls/1/participants'],
    not: [
      '/app/calls//participants',
      '/app/calls/participants',
      '/app/calls/1',
      'x/app/calls/1/participants',
      null,
      1,
      undefined,
      ['1'],
    ],
  },
  'one of an enumeration': {
    pattern: oneOf(['audio', 'video']),
    fits: ['audio', 'video'],
    not: ['Audio', 'toString', '', null, undefined, ['audio'], 0],
  },
  'any text': { pattern: anyOf('text'), fits: ['', 'x'], not: [1, null, undefined, [], {}, true] },
  'any boolean': { pattern: anyOf('boolean'), fits: [true, false], not: ['true', 0, null, undefined, []] },
  'a list whose every entry fits': {
    pattern: new Each(anyOf('boolean')),
    fits: [[true], [true, false]],
    not: [[], [1], [true, null], true, null, undefined, { 0: true }],
  },
  'exactly this': {
    pattern: exactly({ a: [1, { b: null }] }),
    fits: [{ a: [1, { b: null }] }],
    not: [
      { a: [1, { b: null }], c: 1 },
      { a: [1, { b: null, c: 1 }] },
      { a: [1] },
      { a: [1, {}] },
      { a: [{ b: null }, 1] },
      null,
      undefined,
    ],
  },
  'none was sent: absent, null or empty': {
    pattern: noneSent(),
    fits: [undefined, null, []],
    not: [[{}], [null], {}, '', 0, false],
  },
  'a literal text': { pattern: 'x', fits: ['x'], not: ['X', 'x ', null, undefined, ['x'], 0] },
  'a literal number': { pattern: 0, fits: [0], not: ['0', false, null, undefined, 1] },
  'a literal boolean': { pattern: false, fits: [false], not: [true, 0, 'false', null, undefined] },
  'a literal null': { pattern: null, fits: [null], not: [undefined, 0, '', false, {}, []] },
  'an empty list': { pattern: [], fits: [[]], not: [[1], null, {}, undefined] },
  'an empty object': { pattern: {}, fits: [{}, { more: 1 }], not: [[], null, undefined, 'x'] },
}

describe('each kind of place', () => {
  for (const [name, { pattern, fits, not }] of Object.entries(PLACES)) {
    test(name, () => {
      for (const value of fits) assert.deepEqual(places(pattern, value), [], `should fit: ${JSON.stringify(value)}`)
      for (const value of not) assert.equal(places(pattern, value).length > 0, true, `should differ: ${JSON.stringify(value)}`)
    })
  }
})

describe('what the service makes', () => {
  test('agrees wherever its name stands, also inside texts and in later messages', () => {
    const bindings: Bindings = new Map()
    const pattern = {
      id: CALL,
      resource: new InText('/app/calls/', CALL, ''),
      roster: new InText('/app/calls/', CALL, '/participants'),
    }
    assert.deepEqual(places(pattern, { id: '7', resource: '/app/calls/7', roster: '/app/calls/7/participants' }, bindings), [])
    assert.deepEqual([...bindings], [['the id of the call', '7']])
    assert.deepEqual(places(pattern, { id: '7', resource: '/app/calls/8', roster: '/app/calls/7/participants' }, bindings), [
      'resource',
    ])
    assert.deepEqual(places({ id: CALL }, { id: '8' }, bindings), ['id'])
    assert.equal(bindings.get(CALL.name), '7')
  })

  test('differs in letter case only: differs', () => {
    assert.deepEqual(places([CALL, CALL], ['2e1a', '2E1A']), ['[1]'])
  })

  test('one name is not the other', () => {
    assert.deepEqual(places([CALL, new Made("the bot's own participant id")], ['1', '2']), [])
  })

  test('a value that does not match binds nothing', () => {
    const bindings: Bindings = new Map()
    places([CALL, new InText('a', CALL, 'b')], ['', 'ab'], bindings)
    assert.equal(bindings.size, 0)
  })

  test('the difference quotes what was made before', () => {
    const [difference] = differences(CALL, 'two', new Map([[CALL.name, 'one']]))
    assert.deepEqual(difference, { path: '', expected: 'one, the id of the call as before', actual: '"two"' })
  })
})

describe('members and entries', () => {
  const pattern = {
    state: 'established',
    targets: [{ identity: { user: { id: '1', tenantId: null } } }],
    streams: new Each({ muted: false }),
  }
  const fitting = {
    state: 'established',
    targets: [{ identity: { user: { id: '1', tenantId: null } } }],
    streams: [{ muted: false }],
  }

  // The mechanical deviations have every printed member missing, null, of another type and with another value.
  const BROKEN: readonly (readonly [what: string, actual: Json, at: string[]])[] = [
    ['an object in place of a list', { ...fitting, targets: { 0: fitting.targets[0] as Json, length: 1 } }, ['targets']],
    ['a list in place of an object', { ...fitting, targets: [[]] }, ['targets[0]']],
    [
      'one entry of each',
      { ...fitting, streams: [{ muted: false }, { muted: true }, {}] },
      ['streams[1].muted', 'streams[2].muted'],
    ],
    ['several at once', { targets: [{ identity: {} }] }, ['state', 'targets[0].identity.user', 'streams']],
  ]
  for (const [what, actual, at] of BROKEN)
    test(`${what}: the place is named`, () => assert.deepEqual(places(pattern, actual), at))

  test('a message that is not an object differs as a whole', () => {
    for (const actual of [null, [], 'x', undefined]) assert.deepEqual(places(pattern, actual), [''])
  })

  test('the difference has the documented and the received value, shortened', () => {
    assert.deepEqual(differences({ a: 'x' }, {}, new Map()), [{ path: 'a', expected: '"x"', actual: 'nothing' }])
    const [long] = differences({ a: 'x' }, { a: 'y'.repeat(500) }, new Map())
    assert.match(long?.actual ?? '', /^"y{150,}… \(502 characters\)$/)
  })
})

describe('names that every object inherits', () => {
  const inherited = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']

  test('a member must be the message’s own', () => {
    for (const name of inherited) {
      const pattern = JSON.parse(`{"${name}": "x"}`)
      assert.deepEqual(places(pattern, {}), [name])
      assert.deepEqual(places(pattern, JSON.parse(`{"${name}": "x"}`)), [])
      assert.deepEqual(places(JSON.parse(`{"${name}": {}}`), {}), [name])
      assert.deepEqual(places(exactly(pattern), {}), [''])
      assert.deepEqual(places(exactly({}), pattern), [''])
    }
  })

  test('an exact value is not matched by a member of its prototype', () => {
    assert.deepEqual(places(exactly(JSON.parse('{"__proto__": {}}')), { other: 1 }), [''])
  })

  test('as what the service makes they are texts like others', () => {
    for (const name of inherited) assert.deepEqual(places([CALL, new InText('/', CALL, '')], [name, `/${name}`]), [])
  })
})

test('any JSON fits itself as a pattern and as an exact value, and one member more only the pattern', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), (value, object) => {
      const json = JSON.parse(JSON.stringify(value)) as Json
      assert.deepEqual(places(json as Pattern, json), [])
      assert.deepEqual(places(exactly(json), json), [])
      const whole = JSON.parse(JSON.stringify(object))
      const more = { ...whole, 'one member more': 1 }
      if (Object.hasOwn(whole, 'one member more')) return
      assert.deepEqual(places(whole, more), [])
      assert.deepEqual(places(exactly(whole), more), [''])
    }),
    { numRuns: 200 },
  )
})

const CANARY = 'canary-5d1e'
const TOKEN = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(CANARY.repeat(3)).toString('base64url')}.x`

const sentence = (pattern: Pattern, actual: Json) => describeDifferences('it', differences(pattern, actual, new Map()))

describe('a difference in words', () => {
  const HIDES: readonly (readonly [what: string, pattern: Pattern, actual: Json])[] = [
    ['a member that no list names, inside a documented one', { state: 'established' }, { state: { secret: CANARY } }],
    ['the same in a list', { targets: ['x'] }, { targets: [{ secret: CANARY }, CANARY.length] }],
    ['a token', { displayName: 'John' }, { displayName: TOKEN }],
    ['the query of an address', { callbackUri: 'https://bot.test/a' }, { callbackUri: `https://bot.test/a?sig=${CANARY}` }],
    ['a query that was documented', { callbackUri: `https://bot.test/a?sig=${CANARY}` }, { callbackUri: 'https://bot.test/b' }],
    ['a secret of the API, on both sides', { mediaConfig: { blob: CANARY } }, { mediaConfig: { blob: `x${CANARY}` } }],
    ['an exact value', { meetingInfo: exactly({ passcode: CANARY }) }, { meetingInfo: { passcode: CANARY, a: 1 } }],
    ['a message that is a text', { id: anyOf('text') }, TOKEN],
  ]
  for (const [what, pattern, actual] of HIDES) {
    test(`does not quote ${what}`, () => {
      const said = sentence(pattern, actual)
      assert.match(said, /documented .+, received .+/)
      assert.ok(!said.includes(CANARY) && !said.includes(TOKEN.slice(0, 12)), said)
    })
  }

  test('does not quote a token as what the service made before', () => {
    const [difference] = differences({ id: new Made('the id') }, { id: 'two' }, new Map([['the id', TOKEN]]))
    assert.equal(difference?.expected, '‹not shown›, the id as before')
  })

  test('quotes what is documented and harmless', () => {
    assert.match(sentence({ state: 'established' }, { state: 'ringing' }), /state: documented "established", received "ringing"/)
    assert.match(sentence({ '@odata.type': '#a' }, { '@odata.type': '#b' }), /@odata\.type: documented "#a", received "#b"/)
    assert.match(sentence({ targets: [] }, { targets: [{ id: '7' }] }), /documented an empty list, received \[\{"id":"7"\}\]/)
    assert.match(
      sentence({ callbackUri: 'https://bot.test/a' }, { callbackUri: 'https://bot.test/a?b=1' }),
      /documented "https:\/\/bot\.test\/a", received "https:\/\/bot\.test\/a\?b=‹not shown›"/,
    )
  })
})

describe('values that look the same when they are shown', () => {
  const [one, other] = [`eyJ${'a'.repeat(33)}.b.c`, `eyJ${'a'.repeat(9)}b${'a'.repeat(24)}.b.c`]
  const CASES: readonly (readonly [name: string, pattern: Pattern, actual: Json, how: RegExp])[] = [
    [
      'a text',
      { id: one },
      { id: other },
      /id: documented "‹not shown›", received "‹not shown›" \(.*: length 40 \/ 41, .* character 13\)$/,
    ],
    ['a text that goes on', { id: one }, { id: `${one}d` }, /length 40 \/ 41, first difference at character 41\)$/],
    ['a member with a secret', exactly({ x: [one] }), { x: [other] }, /in x: in \[0\]: length 40 \/ 41/],
    ['a secret of another type', exactly({ token: null }), { token: true }, /in token: null \/ a boolean/],
  ]
  for (const [name, pattern, actual, how] of CASES)
    test(`${name}: the difference says how they differ, and shows neither`, () => {
      const said = sentence(pattern, actual)
      assert.match(said, how)
      assert.ok(!said.includes('eyJ'), said)
    })

  test('what the service made before', () => {
    const bindings = new Map([['an id', one]])
    const [difference] = differences(new Made('an id'), other, bindings, 'id')
    assert.match(difference?.actual ?? '', /length 40 \/ 41, first difference at character 13/)
  })

  test('a type is seen by itself', () => {
    assert.match(sentence({ isMuted: true }, { isMuted: 'true' }), /isMuted: documented true, received "true"$/)
    assert.match(sentence({ code: '7504' }, { code: 7504 }), /code: documented "7504", received 7504$/)
  })

  test('a context URL is shown', () => {
    const context = 'https://graph.microsoft.com/beta/$metadata#app/calls/$entity'
    const received = context.replace('$entity', '$count')
    assert.match(
      sentence({ '@odata.context': context }, { '@odata.context': received }),
      /#app\/calls\/\$entity", .*#app\/calls\/\$count"$/,
    )
  })
})
