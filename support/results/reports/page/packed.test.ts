// What is packed for the page's script comes out as it went in, and a text that comes again is written once.
import assert from 'node:assert/strict'
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { test } from 'mocha'
import { unpacked } from '../../../../test/kit/unpacked'
import { packed } from './packed'

test('any JSON comes out as it went in, texts that look like a reference included', () => {
  const text = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('\u00010', '\u0001zz and more', 'long enough to be shared'))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(text, tie('value'), { maxKeys: 5, noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(value, (one) => assert.deepEqual(unpacked(packed(one)), JSON.parse(JSON.stringify(one)))),
    { numRuns: 500 },
  )
})

test('a text that comes again is written once, a single or a short one where it stands', () => {
  const twice = 'a body that two messages have'
  const text = inflateSync(Buffer.from(packed([twice, 'short', { body: twice }, 'short', 'a text that only one has']), 'base64'))
  assert.equal(text.toString(), `["${twice}"]\n["\\u00010","short",{"body":"\\u00010"},"short","a text that only one has"]`)
})
