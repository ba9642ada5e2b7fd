// A known secret is removed from any text, encoded, cut or joined; other texts stay as they are.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, test } from 'mocha'
import { disguises } from '../../../test/kit/echoing-front'
import { leaksIn } from '../../../test/kit/leak-search'
import { PROJECT_ROOT } from '../../contract/fixture'
import { shownProse, shownText, untilStable } from '../../contract/shown'
import { createSecrets } from './secrets'

function hiding(...values: readonly string[]) {
  const secrets = createSecrets()
  for (const [at, value] of values.entries()) secrets.learn(`secret ${at + 1}`, value)
  return secrets.hide
}

describe('a secret', () => {
  const SECRET = 'p4ss/w0rd+of "the" bot?&=%'
  test('has its name in its place, in every form', () => {
    const hide = hiding(SECRET)
    const forms = [
      SECRET,
      SECRET.toUpperCase(),
      JSON.stringify(SECRET),
      encodeURIComponent(SECRET),
      encodeURIComponent(SECRET).toLowerCase(),
      encodeURIComponent(encodeURIComponent(SECRET)),
      new URLSearchParams({ a: SECRET }).toString(),
      ...['', 'x', 'xy'].flatMap((before) => disguises(before + SECRET)),
    ]
    for (const form of forms) {
      const hidden = hide(`before ${form} after`)
      assert.match(hidden, /^before .*\[secret-1\].* after$/, form)
      assert.deepEqual(leaksIn(Buffer.from(hidden), new Map([[SECRET, 'it']])), [], form)
    }
  })

  test('is hidden in any surroundings', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9+/_~.-]{8,40}$/)
    fc.assert(
      fc.property(word, fc.string(), fc.string(), fc.constantFrom(0, 1, 2, 3, 4), (secret, before, after, disguise) => {
        const written = `${before} ${disguises(secret)[disguise]} ${after}`
        const hidden = hiding(secret)(written)
        assert.ok(!leaksIn(Buffer.from(hidden), new Map([[secret, 'it']])).includes('it') || before.includes(secret), hidden)
      }),
      { numRuns: 200 },
    )
  })

  test('that was cut shows nothing of its beginning, and one that goes on differently nothing of its word', () => {
    const hide = hiding('abcdefghijklmnopqrstuvwxyz0123456789')
    assert.equal(hide('it was abcdefghijklmnopqrstu… (36 characters)'), 'it was [secret-1]… (36 characters)')
    assert.equal(hide('abcdefghijklmnopqrstu.other.rest and more'), '[secret-1] and more')
    assert.equal(hide('abcdefghij'), 'abcdefghij')
  })

  test('inside or across another shows no end of either', () => {
    assert.equal(hiding('first-secret', 'first-secret-and-more')('is first-secret-and-more.'), 'is [secret-2].')
    assert.equal(hiding('12345678abcdef', 'abcdef87654321')('is 12345678abcdef87654321.'), 'is [secret-1].')
  })

  test('keeps its first name; a short one must stand alone, and a very short one is a word like others', () => {
    const { learn, hide } = createSecrets()
    for (const [name, value] of [
      ['one', 'the-same-secret'],
      ['two', 'the-same-secret'],
      ['pass code', '123456'],
      ['none', 'calls'],
      ['blank', '       '],
    ] as const)
      learn(name, value)
    assert.equal(
      hide('the-same-secret 123456 /123456/ 1234567 a123456 calls        .'),
      '[one] [pass-code] /[pass-code]/ 1234567 a123456 calls        .',
    )
  })

  test('leaves other texts as they are, letters of other alphabets included', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => hiding('never-in-there-0f3b')(text) === text))
    assert.equal(hiding('a-secret-of-ours')('İİİ a-secret-of-ours ß'), 'İİİ [secret-1] ß')
  })

  test('in a query stays hidden with the rest of the query', () => {
    const hidden = shownProse(hiding('client secret x')('at https://a.test/b?c=client secret x'))
    assert.equal(hidden, 'at https://a.test/b?c=‹not shown›')
    assert.equal(
      shownProse(hiding('canary-path')('at https://a.test/canary-path?c=canary-path&d=1')),
      'at https://a.test/[secret-1]?c=‹not shown›&d=‹not shown›',
    )
  })
})

describe('a text without what opens something', () => {
  const SHOWN: readonly (readonly [text: string, shown: string])[] = [
    ['see /app/calls/7?sig=1#a, please', 'see /app/calls/7?sig=‹not shown›'],
    ['https://me:pw@a.test/b', 'https://a.test/b'],
    [
      'it is at https://a.test:5051, or http://a.test:80; see (https://a.test:1).',
      'it is at https://a.test:5051, or http://a.test:80; see (https://a.test:1).',
    ],
    ['and/or? 1/2 ?x=1', 'and/or? 1/2 ?x=1'],
    ['{"a":"https://a.test/?b=1"}', '{"a":"https://a.test/?b=‹not shown›"}'],
    ['{\\"a\\":\\"https://a.test/?b=1\\"}', '{\\"a\\":\\"https://a.test/?b=‹not shown›\\"}'],
    ['Bearer abc, Bearer realm="x"', 'Bearer ‹not shown› Bearer realm="x"'],
    [
      'came without a bearer token; Bearer token-abc, Bearer tokenabc',
      'came without a bearer token; Bearer ‹not shown› Bearer ‹not shown›',
    ],
  ]
  for (const [text, shown] of SHOWN) {
    test(text, () => {
      assert.ok(shownProse(text).startsWith(shown), shownProse(text))
      assert.equal(shownProse(shownProse(text)), shownProse(text), 'doing it again changes it')
    })
  }

  const NESTED: readonly (readonly [name: string, text: string, shown: string])[] = [
    [
      'user information that only appears when a token has gone',
      ['eyJhbGciOiJSUzI1NiJ9.e30.x', 'https://a.test', 'https://a.test', '@'].join(''),
      '‹not shown›://a.testhttps://',
    ],
    [
      'an address that only appears when a token has gone, and cannot be parsed',
      'eyJhbGciOiJSUzI1NiJ9.e30.xhttps://a.testhttps://a.test:https://a.test',
      '‹not shown›://‹not shown›',
    ],
    ['an address of two encodings', 'https%3A%2F%2Fa.test%2Fhttps://a.testme:pw', '‹not shown›‹not shown›'],
    ['user information of an address in an address', 'https://a.test/https://me:pw@b.test/c', 'https://a.test/https://b.test/c'],
    ['the same percent-encoded', 'https://a.test/https%3A%2F%2Fme%3Apw%40b.test', 'https://a.test/‹not shown›'],
    ['a token in user information', 'https://eyJhbGciOiJSUzI1NiJ9.e30.x@a.test/b', 'https://a.test/b'],
    ['user information in user information', 'https://me@https://you@a.test', 'https://https://a.test'],
    ['an encoded address with a query', 'see https%3A%2F%2Fa.test%2F%3Fsig%3D1 now', 'see ‹not shown› now'],
    ['an address that was encoded twice', 'https%253A%252F%252Fme%253Apw%2540a.test', '‹not shown›'],
    ['an encoded address without a secret', 'https%3A%2F%2Fa.test%2Fb', 'https%3A%2F%2Fa.test%2Fb'],
    ['an address with escaped slashes', '{"a":"https:\\/\\/me:pw@a.test\\/b"}', '{"a":"‹not shown›"}'],
    ['a token after which the credential goes on', 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.x~rest', 'Bearer ‹not shown›'],
    ['a credential that ends in a mark', 'Bearer x‹not shown›', 'Bearer ‹not shown›'],
  ]
  for (const [name, text, shown] of NESTED)
    test(name, () => {
      assert.equal(shownProse(text), shown)
      assert.equal(shownProse(shown), shown, 'doing it again changes it')
    })

  test('is not shown when its redaction does not end', () => {
    let rounds = 0
    assert.equal(
      untilStable((text) => `${text}${rounds++}`, 'a'),
      '‹not shown›',
    )
    assert.ok(rounds < 10)
  })

  test('is the same when it is redacted twice', () => {
    const part = fc.constantFrom(
      'https://a.test',
      'https%3A%2F%2Fa.test',
      'https:\\/\\/a.test',
      'me:pw',
      '/b',
      '//',
      '?c=1',
      '&d',
      '=',
      '#e',
      'Bearer x',
      'Bearer ',
      ' ',
      '\n',
      '"',
      '\\',
      '‹not shown›',
      '‹',
      '›',
      'eyJhbGciOiJSUzI1NiJ9.e30.x',
      'eyJ',
      '.',
      '-',
      'abcdefghijklmnopqrst',
      ':',
      '@',
      '%40',
      '%2F',
      '%25',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        for (const shown of [shownProse, shownText]) {
          const once = shown(parts.join(''))
          assert.equal(shown(once), once)
        }
      }),
    )
  })
})

test('no secret reaches the terminal of a run in any way', () => {
  const script = `
    const { guardTerminal, createOutlet } = require(${JSON.stringify(join(PROJECT_ROOT, 'support/suite/redaction.ts'))})
    const outlet = createOutlet()
    guardTerminal(outlet)
    outlet.conceal('client secret', 'canary-terminal-7f3a')
    console.log('said canary-terminal-7f3a')
    console.error(new Error('failed with canary-terminal-7f3a', { cause: { body: 'canary-terminal-7f3a' } }))
    process.stdout.write(Buffer.from('bytes canary-terminal-7f3a\\n'), () => process.stdout.write('done\\n'))
    process.emitWarning('warned of canary-terminal-7f3a')
  `
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', script], {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  assert.equal(stdout, 'said [client-secret]\nbytes [client-secret]\ndone\n')
  assert.match(stderr, /failed with \[client-secret\][\s\S]*body: '\[client-secret\]'[\s\S]*warned of \[client-secret\]/)
  assert.ok(!stderr.includes('canary'), stderr)
})
