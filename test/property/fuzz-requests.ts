// What a careless or hostile client may send to Graph, for the property tests: families of requests, each of them data that shrinks and prints.
import fc from 'fast-check'
import { CALLS_ROOTS, KNOWN_PATHS } from '../../support/simulator/http/documented-requests'
import { CALLS, CHANNEL } from '../kit/simulated-world'
import { type Body, type Recipe, sized } from './fuzz-bodies'
import { base, change, changed, example, stowaway, withStowaway } from './fuzz-changes'
import { odd, wild } from './fuzz-values'

/** A request; in the path and in the Authorization header words in brackets stand for what the world puts there. */
export interface Sent {
  readonly method: string
  /** With its query, below the origin. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
}

export interface Family {
  readonly name: string
  /** Of all requests, as a fraction. */
  readonly share: number
  readonly requests: fc.Arbitrary<Sent>
  /** Statuses that must be among the answers: otherwise the family tests less than it says. */
  readonly meets: readonly number[]
  /** Whether calls live in its world already. */
  readonly residents: boolean
}

/** Put in place by the world: the id of the bot's own call, of another app's, and the bot's own participant id. */
export const PLACES = { own: '[own]', others: '[others]', participant: '[participant]', token: '[token]' } as const

const BEARER = { authorization: `Bearer ${PLACES.token}` }
const JSON_TYPE = { ...BEARER, 'content-type': 'application/json' }
const post = (body: Body): Sent => ({ method: 'POST', path: CALLS, headers: JSON_TYPE, body })

const segment = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['beta', 'v1.0', 'app', 'communications', 'calls', 'BETA', 'x', 'answer', 'participants', 'microsoft.graph.mute'],
      ...[
        '',
        '.',
        '..',
        '%',
        '%2f',
        '%00',
        '%ff',
        '%c0%ae',
        ';',
        'calls()',
        "calls('x')",
        '$metadata',
        '__proto__',
        'constructor',
      ],
      ...Object.values(PLACES).slice(0, 3),
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: odd, maxLength: 6 }).map((text) => text.replaceAll(/[\\/?#]/g, '')) },
)

const A_CALL = `${CALLS_ROOTS[0]}/:id`
const ON_A_CALL = KNOWN_PATHS.filter(({ path }) => path.startsWith(A_CALL)).flatMap(({ path, routes }) =>
  routes.map(({ method }) => `${method} ${path.slice(A_CALL.length)}`),
)

/** Everything that the simulator plays or only knows of a call, with its own call and with others. */
const operation = fc
  .record({
    route: fc.constantFrom(...ON_A_CALL),
    call: fc.constantFrom(PLACES.own, PLACES.own, PLACES.others, 'none', '%5Bown%5D'),
    participant: fc.constantFrom(PLACES.participant, 'none', '__proto__'),
    method: fc.constantFrom('as it is', 'as it is', 'as it is', 'GET', 'DELETE', 'POST', 'PUT'),
  })
  .map(({ route, call, participant, method }) => {
    const [own = '', path = ''] = route.split(' ')
    return { method: method === 'as it is' ? own : method, path: `${CALLS}/${call}${path.replace(/:\w+/, participant)}` }
  })

const anywhere = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'QUERY', 'a-b'),
    root: fc.constantFrom(CALLS, CALLS, '/v1.0/communications/calls', '/beta/app/onlineMeetings', ''),
    segments: fc.array(segment, { maxLength: 4 }),
    query: fc.constantFrom('', '', '?', '?$select=id', '?%', '?a=1&a=2', `?${'a'.repeat(5_000)}`),
  })
  .map(({ method, root, segments, query }) => ({ method, path: `${root}/${segments.join('/')}${query}` }))

const headerText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'Bearer .:=/,;"\u00e9\u00ff\t'), maxLength: 20 }),
  fc.constantFrom(
    ...['Bearer e30.e30.', 'Bearer ..', 'Bearer eyJhbGciOiJub25lIn0.e30.', `Bearer ${PLACES.token}x`, `bearer  ${PLACES.token}`],
    ...[`Bearer ${PLACES.token}, Bearer ${PLACES.token}`, `Basic ${PLACES.token}`, `Bearer ${'a'.repeat(20_000)}`, 'Bearer null'],
  ),
)

const headers = fc
  .record({
    authorization: fc.oneof(
      { weight: 4, arbitrary: fc.constant(`Bearer ${PLACES.token}`) },
      { weight: 1, arbitrary: headerText },
    ),
    'client-request-id': fc.option(headerText, { nil: undefined }),
    'content-type': fc.option(
      fc.constantFrom(
        'application/json',
        'text/json',
        'APPLICATION/JSON ;charset=utf-16',
        'application/json, text/plain',
        ';',
        'a/b',
      ),
      { nil: undefined },
    ),
    'content-length': fc.constantFrom(undefined, undefined, '0', '-1', '99999999999', 'x'),
    'content-encoding': fc.constantFrom(undefined, undefined, 'gzip'),
    accept: fc.constantFrom(undefined, 'text/html', '*/*;q=0'),
    'user-agent': fc.option(headerText, { nil: undefined }),
    sdkversion: fc.constantFrom(undefined, 'graph-js/3.0.7', `graph-${'a'.repeat(500)}/1`),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<string, string>)

const encodings = fc.constantFrom('utf8', 'utf8', 'utf16le', 'latin1') as fc.Arbitrary<'utf8' | 'utf16le' | 'latin1'>

export const FAMILIES: readonly Family[] = [
  {
    name: 'any JSON as a request',
    share: 0.2,
    requests: wild.map((value) => post({ kind: 'text', text: JSON.stringify(value) })),
    meets: [400],
    residents: false,
  },
  {
    name: 'documented requests with members changed, removed, added, wrapped or repeated',
    share: 0.3,
    requests: fc
      .tuple(example, fc.array(change, { minLength: 1, maxLength: 4 }))
      .map(([number, changes]) => post({ kind: 'text', text: JSON.stringify(changed(number, changes)) })),
    meets: [201, 400, 501],
    residents: false,
  },
  {
    name: 'documented requests with their text cut, doubled or mixed up, or in another encoding',
    share: 0.15,
    requests: fc
      .record({
        example,
        from: fc.nat(1_500),
        length: fc.nat(4),
        put: fc.uint8Array({ maxLength: 4 }),
        bom: fc.boolean(),
        encoding: encodings,
      })
      .map(({ example: number, ...rest }) => post({ kind: 'edited', text: JSON.stringify(base(number)), ...rest })),
    meets: [201, 400],
    residents: false,
  },
  {
    name: 'documented requests with members that mean something to JavaScript, or that they have already',
    share: 0.1,
    requests: stowaway.map((one) => post({ kind: 'text', text: withStowaway(one) })),
    meets: [201, 400],
    residents: false,
  },
  {
    name: 'bodies that are huge or deep',
    share: 0.0003,
    requests: fc
      .record<Recipe>({
        kind: fc.constantFrom(
          'text',
          'members',
          'list',
          'targets',
          'deep list',
          'deep object',
          'open brackets',
          'number',
          'spaces',
        ),
        size: fc.oneof(
          fc.integer({ min: 90, max: 110 }),
          fc.integer({ min: 1_000, max: 100_000 }),
          fc.constantFrom(4_194_304, 4_200_000),
        ),
      })
      .map((recipe) => post({ kind: 'made', ...sized(recipe) })),
    meets: [201, 400, 413],
    residents: false,
  },
  {
    name: 'operations on calls of one’s own and of others',
    share: 0.1,
    requests: operation.map((one) => ({ ...one, headers: BEARER, body: { kind: 'none' } })),
    meets: [200, 204, 404, 405, 501],
    residents: true,
  },
  {
    name: 'any method, path and headers',
    share: 0.1497,
    requests: fc
      .tuple(
        anywhere,
        headers,
        fc.constantFrom<Body>({ kind: 'none' }, { kind: 'text', text: '{}' }, { kind: 'text', text: CHANNEL }),
      )
      .map(([where, all, body]) => ({ ...where, headers: all, body })),
    meets: [400, 401, 403, 404, 405],
    residents: true,
  },
]
