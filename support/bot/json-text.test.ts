// JSON from the wire: what is no JSON for RFC 8259, and what readers take differently.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { ambiguities, readJson } from './json-text'

const bytes = (text: string) => new TextEncoder().encode(text)
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

describe('a body is refused', () => {
  const FAULTS: Readonly<Record<string, readonly [body: Uint8Array, fault: RegExp]>> = {
    'that is empty': [bytes(''), /is not JSON: it is empty/],
    'that is cut off': [bytes('{"a":1'), /^is not JSON(: it cannot be read at position 6)?$/],
    'with a trailing comma': [bytes('{"a":1,}'), /at position 7/],
    'with a comment': [bytes('{"a":1 // one\n}'), /at position 7/],
    'with NaN': [bytes('{"a":NaN}'), /^is not JSON/],
    'with Infinity': [bytes('{"a":Infinity}'), /^is not JSON/],
    'with a leading zero': [bytes('{"a":01}'), /at position 6/],
    'with a leading plus': [bytes('{"a":+1}'), /^is not JSON/],
    'with single quotes': [bytes("{'a':1}"), /at position 1$/],
    'with a control character in a text': [bytes('{"a":"\n"}'), /at position 6/],
    'with two values': [bytes('{"a":1}{"a":2}'), /at position 7/],
    'with a byte order mark': [bytes('\ufeff{"a":1}'), /begins with a byte order mark \(CC-54, RFC 8259, section 8\.1\)/],
    'in Latin-1': [Buffer.from('{"a":"é"}', 'latin1'), /is not UTF-8 \(CC-54/],
    'in UTF-16': [Buffer.from('\ufeff{"a":1}', 'utf16le'), /is not UTF-8/],
    'in UTF-16 without a mark': [Buffer.from('{"a":1}', 'utf16le'), /^is not JSON/],
    'with half of a surrogate pair in UTF-8': [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /is not UTF-8/],
    'with an overlong form': [Buffer.from([0x22, 0xc0, 0xaf, 0x22]), /is not UTF-8/],
    'that is nested too deeply': [bytes(nested(101)), /nested deeper than 100 levels/],
    'that is nested as deeply as the limit of a post allows': [bytes(nested(524_288)), /nested deeper than 100 levels/],
  }
  for (const [name, [body, fault]] of Object.entries(FAULTS))
    test(name, () => {
      const read = readJson(body)
      assert.match('fault' in read ? read.fault : 'it was read', fault)
    })

  test('without a word of it in the fault', () => {
    const read = readJson(bytes('{"a": secret-7f3a}'))
    assert.ok('fault' in read && !/secret|7f3a/.test(read.fault), JSON.stringify(read))
  })
})

test('a body is read with white space, escapes, other alphabets and 100 levels', () => {
  for (const text of [' \r\n\t{"a":"\\u00e9é\\ud83d\\ude00😀"} ', 'null', '0', nested(100), '{"a":"[[{{"}'])
    assert.deepEqual(readJson(bytes(text)), { value: JSON.parse(text) })
})

describe('readers take differently', () => {
  const FOUND: readonly (readonly [text: string, found: readonly string[]])[] = [
    ['{"state":"a","state":"b"}', ['state is there twice (RFC 8259, section 4)']],
    ['{"st\\u0061te":"a","state":"b"}', ['state is there twice (RFC 8259, section 4)']],
    ['{"value":[{"a":1},{"b":{"id":1,"c":[],"id":2}}]}', ['value[1].b.id is there twice (RFC 8259, section 4)']],
    ['{"a":1,"a":2,"a":3}', ['a is there twice (RFC 8259, section 4)', 'a is there twice (RFC 8259, section 4)']],
    ['{"a":9007199254740993}', ['a is a number that not every reader can hold (RFC 8259, section 6)']],
    ['[1,-1e400]', ['[1] is a number that not every reader can hold (RFC 8259, section 6)']],
    ['{"a":{"b":"\\ud83d"}}', ['a.b holds half of a surrogate pair (RFC 8259, section 8.2)']],
    ['{"\\ude00":1}', ['\ude00 holds half of a surrogate pair (RFC 8259, section 8.2)']],
    ['"\\ud83d\\ud83d"', ['the whole holds half of a surrogate pair (RFC 8259, section 8.2)']],
  ]
  for (const [text, found] of FOUND) test(text, () => assert.deepEqual(ambiguities(text), found))

  test('nothing else', () => {
    for (const text of [
      '{"a":{"a":[{"a":1},{"a":"a"}]},"b":"a:{","A":1}',
      '{"a":"\\"a\\":1,\\"a\\":2","b":"{\\\\"}',
      '[9007199254740991,-9007199254740991,0.1234567890123456789,1e3,1.0E+2,-0]',
      '["\\ud83d\\ude00","😀",true,null,""]',
      'null',
    ])
      assert.deepEqual(ambiguities(text), [], text)
  })
})
