// Whatever a client sends, the handler answers as Graph would: no 5xx but the holes said aloud, no other body, no throw, no wait.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isObject, type Json } from '../support/contract/json'
import { CALLS, GRAPH, refusalCode, request, type Simulated, simulated } from './support-simulated'

const RUNS = 500
const JSON_TYPE = { 'content-type': 'application/json' }
const STATUSES = [200, 201, 204, 400, 401, 403, 404, 405, 413, 501]

/** Any one answer in this time, in milliseconds: hundreds of times what it takes. */
const LIMIT_MS = 5_000

async function sound(run: Simulated, answer: ReturnType<Simulated['ask']>): Promise<number> {
  const { status, headers, body } = await Promise.race([answer, overdue()])
  assert.ok(STATUSES.includes(status), `status ${status}`)
  if (status >= 400) {
    const code = refusalCode({ status, headers, body, text: '' })
    assert.equal(status === 501, code === 'SimulatorNotImplemented')
    const { message } = (body as { error: { message: string } }).error
    assert.ok(!message.includes('The simulator failed'), message)
  }
  if (status === 201) {
    assert.equal(headers.get('location'), `${GRAPH}${CALLS}/${body.id}`)
    assert.equal((await run.ask('DELETE', `${CALLS}/${body.id}`)).status, 204)
    await run.advance(1000)
    assert.deepEqual(run.simulator.calls(), [])
  }
  return status
}

function overdue(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS} ms`)), LIMIT_MS).unref()
  })
}

/** Characters that have broken readers before: halves of pairs, controls, what turns text round, what JSON and paths escape. */
const odd = fc.constantFrom(
  '\u0000',
  '\ud800',
  '\udfff',
  '\ud83d\ude00',
  'é',
  'e\u0301',
  '\u202e',
  '\u2028',
  '\ufeff',
  '"',
  '\\',
  '%',
  ';',
  '\r\n',
  'a',
  '7',
)

const wild = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    115,
    '',
    [],
    {},
    [[]],
    [null],
    { '@odata.type': 5 },
    '#microsoft.graph.call',
    '__proto__',
  ),
  fc.string({ unit: odd, maxLength: 12 }),
  fc.constantFrom(
    'https://a',
    'http://127.0.0.1:1/',
    'http://a',
    'https://u:p@a',
    'https://a/%',
    'javascript:a',
    '//a',
    'https://\ud800.a',
  ),
)

/** Where the leaves and branches of a request are. */
function placesIn(value: Json, place: readonly string[] = []): readonly (readonly string[])[] {
  const inside = isObject(value) || Array.isArray(value) ? Object.entries(value) : []
  return [...(place.length > 0 ? [place] : []), ...inside.flatMap(([name, inner]) => placesIn(inner as Json, [...place, name]))]
}

type Change = {
  readonly at: number
  readonly how: 'replace' | 'remove' | 'add' | 'wrap'
  readonly name: string
  readonly value: unknown
}

function changed(example: number, changes: readonly Change[]): Json {
  const body = request(example)
  for (const { at, how, name, value: given } of changes) {
    // A copy: the generator's constants are shared by all runs.
    const value = JSON.parse(JSON.stringify(given)) as unknown
    const places = placesIn(body)
    const place = places[at % places.length] as readonly string[]
    const last = place.at(-1) as string
    const holder = place
      .slice(0, -1)
      .reduce<Json>((inner, step) => (inner as Record<string, Json>)[step] as Json, body) as Record<string, unknown>
    if (how === 'remove') delete holder[last]
    else if (how === 'add') holder[name] = value
    else holder[last] = how === 'wrap' ? [holder[last]] : value
  }
  return body
}

const change = fc.record<Change>({
  at: fc.nat(60),
  how: fc.constantFrom('replace', 'remove', 'add', 'wrap'),
  name: fc.oneof(
    fc.string({ unit: odd, maxLength: 8 }),
    fc.constantFrom(
      'chatInfo',
      'meetingInfo',
      'targets',
      'source',
      'guest',
      'phone',
      '@odata.type',
      '__proto__',
      'toString',
      'error',
      'diagnosis',
    ),
  ),
  value: wild,
})

const check = <T>(
  what: string,
  arbitrary: fc.Arbitrary<T>,
  ask: (run: Simulated, input: T) => ReturnType<Simulated['ask']>,
  expects: readonly number[],
) =>
  test(what, async () => {
    const met = new Set<number>()
    let run = await simulated()
    await fc.assert(
      fc
        .asyncProperty(arbitrary, async (input) => {
          met.add(await sound(run, ask(run, input)))
        })
        .beforeEach(async () => {
          // Tokens last an hour of the virtual clock, and the journal is bounded: a fresh one now and then.
          if (run.simulator.journal.entries().length > 500) run = await simulated()
        }),
      { numRuns: RUNS },
    )
    for (const status of expects) assert.ok(met.has(status), `the inputs never led to ${status}: ${[...met]}`)
  })

check(
  'any JSON as a request',
  wild,
  (run, body) => run.ask('POST', CALLS, { headers: JSON_TYPE, body: JSON.stringify(body) }),
  [400],
)

check(
  'documented requests with members changed, removed, added or wrapped',
  fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, 6), fc.array(change, { minLength: 1, maxLength: 4 })),
  (run, [example, changes]) => run.ask('POST', CALLS, { headers: JSON_TYPE, body: JSON.stringify(changed(example, changes)) }),
  [201, 400],
)

check(
  'documented requests with their text cut, doubled or mixed up',
  fc.record({
    example: fc.constantFrom(1, 2, 3, 4, 5, 6),
    from: fc.nat(1500),
    length: fc.nat(4),
    put: fc.uint8Array({ maxLength: 4 }),
  }),
  (run, { example, from, length, put }) => {
    const bytes = Buffer.from(JSON.stringify(request(example)))
    return run.ask('POST', CALLS, {
      headers: JSON_TYPE,
      body: Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]),
    })
  },
  [201, 400],
)

const segment = fc.oneof(
  fc.constantFrom(
    'beta',
    'v1.0',
    'app',
    'communications',
    'calls',
    'BETA',
    'x',
    'answer',
    'participants',
    'microsoft.graph.mute',
    '',
    '.',
    '..',
    '%',
    '%2f',
    ';',
    'calls()',
  ),
  fc.string({ unit: odd, maxLength: 6 }),
)
const header = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'Bearer .:=/aé\t'), maxLength: 20 }),
  fc.constantFrom('Bearer e30.e30.', 'Bearer ..', 'Bearer eyJhbGciOiJub25lIn0.e30.'),
)

check(
  'any method, path and headers',
  fc.record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'QUERY'),
    path: fc.oneof(
      fc.array(segment, { maxLength: 4 }),
      fc.constantFrom<string[]>([], ['x'], ['x', 'mute'], ['x', 'participants', 'invite']),
    ),
    known: fc.constantFrom(true, true, true, false),
    authorization: fc.option(header, { freq: 2 }),
    client: header,
    type: fc.option(header),
  }),
  async (run, { method, path, known, authorization, client, type }) => {
    const address = new URL(`${GRAPH}${known ? CALLS : ''}/${path.map((one) => one.replaceAll(/[\\/?#]/g, '')).join('/')}`)
    const headers = {
      ...(authorization === null ? { authorization: `Bearer ${await run.token()}` } : { authorization }),
      ...(type === null ? {} : { 'content-type': type }),
      'client-request-id': client,
    }
    const body = ['GET', 'HEAD'].includes(method) ? undefined : '{}'
    const answer = await run.ask(method, address.pathname, { token: null, headers, ...(body === undefined ? {} : { body }) })
    // An answer to HEAD has no body to look at.
    return method === 'HEAD' ? { ...answer, status: 204 } : answer
  },
  [400, 401, 404, 405],
)
