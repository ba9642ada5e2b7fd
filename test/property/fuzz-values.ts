// Values of chance for the property tests: text and JSON of every kind, with what has broken readers before.
import fc from 'fast-check'

/** Characters that have broken readers before: halves of pairs, controls, what turns text round, what JSON and paths escape. */
const ODD = [
  ...[
    '\u0000',
    '\u0001',
    '\u007f',
    '\ud800',
    '\udfff',
    '\ud83d\ude00',
    '\u00e9',
    'e\u0301',
    '\u202e',
    '\u2028',
    '\ufeff',
    '\uffff',
  ],
  ...['"', '\\', '%', ';', '/', '\r\n', '{{', '${', '<', "'", ' ', 'a', '7'],
]
export const odd = fc.constantFrom(...ODD)
/** Any character, those that are not ASCII by name: the whole of Unicode takes fast-check four seconds to learn. */
const unit = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))) },
  { weight: 1, arbitrary: odd },
)
const oddText = fc.string({ unit: odd, maxLength: 12 })

const ADDRESSES = [
  ...['https://a', 'http://127.0.0.1:1/', 'http://a', 'https://u:p@a', 'https://a/%', 'javascript:a', '//a', 'file:///a'],
  ...[
    'https://\ud800.a',
    'https://[::1]:0/',
    'https://a:99999/',
    'https://xn--',
    `https://${'a'.repeat(300)}`,
    'HTTPS://A/#b',
    'https:a',
  ],
]

/** Values of every kind, with those at the edges of their kind. */
export const wild: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: unit }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, 0, -1, -0, 0.5, 1e308, 2 ** 53, 115, 116, '', '0', [], {}, [[]], [null], { '@odata.type': 5 }],
      ...[
        '#microsoft.graph.call',
        'microsoft.graph.identity',
        '__proto__',
        { user: null },
        JSON.parse('{"then":true}'),
        ['audio', 'audio'],
      ],
    ),
  },
  { weight: 2, arbitrary: oddText },
  { weight: 2, arbitrary: fc.constantFrom(...ADDRESSES) },
)
