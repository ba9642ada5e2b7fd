// Requests of the page with something changed by chance, for the property tests: as values, and as they are written.
import fc from 'fast-check'
import { isObject, type Json, type JsonObject } from '../../support/contract/json'
import { request } from '../kit/simulated-world'
import { odd, wild } from './fuzz-values'

/** Where the leaves and branches of a request are. */
function placesIn(value: Json, place: readonly string[] = []): readonly (readonly string[])[] {
  const inside = isObject(value) || Array.isArray(value) ? Object.entries(value) : []
  return [...(place.length > 0 ? [place] : []), ...inside.flatMap(([name, inner]) => placesIn(inner as Json, [...place, name]))]
}

interface Change {
  readonly at: number
  readonly how: 'replace' | 'remove' | 'add' | 'wrap' | 'repeat'
  readonly name: string
  readonly value: unknown
}

/** A documented request with some of its members changed. */
export function changed(example: number, changes: readonly Change[]): Json {
  const body = base(example)
  for (const { at, how, name, value: given } of changes) {
    // A copy: the constants of the generator are shared by all runs.
    const value = JSON.parse(JSON.stringify(given)) as unknown
    const places = placesIn(body)
    const place = places[at % places.length]
    if (place === undefined) break
    const last = place.at(-1) as string
    const holder = holderOf(body, place)
    if (how === 'remove') delete holder[last]
    else if (how === 'repeat') holder[last] = Array.from({ length: 1 + (at % 7) }, () => holder[last])
    // Own members even where the name is __proto__.
    else if (how === 'add' && Array.isArray(holder)) holder.push(value)
    else if (how === 'add') Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
    else holder[last] = how === 'wrap' ? [holder[last]] : value
  }
  return body
}

function holderOf(body: JsonObject, place: readonly string[]): Record<string, unknown> {
  return place.slice(0, -1).reduce<Json>((inner, step) => (inner as Record<string, Json>)[step] as Json, body) as Record<
    string,
    unknown
  >
}

const NAMES = [
  ...['chatInfo', 'meetingInfo', 'targets', 'source', 'guest', 'phone', 'user', 'application', 'mediaConfig', 'callbackUri'],
  ...['@odata.type', 'ringingTimeoutInSeconds', 'id', 'state', 'tenantId', 'requestedModalities', 'blob', 'token'],
]

/** Names that mean something to JavaScript, to this code or to a serializer. */
const TRAPS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'hasOwnProperty', '__defineGetter__', 'then'],
  ...['length', 'error', 'diagnosis', 'kind', 'status', '$ref', '', '0', '-1', 'NaN'],
]

export const change = fc.record<Change>({
  at: fc.nat(60),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'wrap', 'repeat'),
  name: fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom(...TRAPS), fc.string({ unit: odd, maxLength: 8 })),
  value: wild,
})

const DOCUMENTED = [1, 2, 3, 4, 5, 6]

/** Numbers that stand for later forms, which the simulator only knows, and for several who are called at once. */
const LATER: Readonly<Record<number, () => JsonObject>> = {
  7: () => request(1, { targets: [{ identity: { phone: { id: '+12345678901' } } }] }),
  8: () => request(3, { meetingInfo: { '@odata.type': '#microsoft.graph.joinMeetingIdMeetingInfo', joinMeetingId: '1234567' } }),
  9: () => request(1, { targets: ['a', 'b', 'c'].map((id) => ({ identity: { user: { id } } })) }),
}

export const example = fc.constantFrom(...DOCUMENTED, ...DOCUMENTED, ...Object.keys(LATER).map(Number))

/** The request of an example of the page, or a later form. */
export const base = (number: number): JsonObject => LATER[number]?.() ?? request(number)

/** What a polluting member holds. */
const POISON = [
  ...[
    '{"polluted":true}',
    '{"prototype":{"polluted":true}}',
    '{"__proto__":{"polluted":true}}',
    '{"id":"x","state":"terminated"}',
  ],
  ...['null', '[]', '1', '"x"', '{"registered":true,"permissions":["Calls.Initiate.All"]}'],
]

/** A member as it is written, put before or after those of one of the request's objects; its name may be there already. */
export const stowaway = fc.record({
  example,
  at: fc.nat(30),
  first: fc.boolean(),
  member: fc.oneof(
    fc.record({ name: fc.constantFrom(...TRAPS), text: fc.constantFrom(...POISON) }),
    fc.record({ name: fc.constantFrom(...NAMES), text: wild.map((value) => JSON.stringify(value)) }),
  ),
  times: fc.integer({ min: 1, max: 3 }),
})

/** No member of a request is called so. */
const MARK = '"\\u0000mark":0'

export function withStowaway({
  example: number,
  at,
  first,
  member,
  times,
}: typeof stowaway extends fc.Arbitrary<infer T> ? T : never): string {
  const body = base(number)
  const places = [[], ...placesIn(body)].filter((place) => isObject(valueAt(body, place)))
  const place = places[at % places.length] as readonly string[]
  const marked = marking(body, place, first)
  const written = Array.from({ length: times }, () => `${JSON.stringify(member.name)}:${member.text}`).join(',')
  return JSON.stringify(marked).replace(MARK, () => written)
}

const valueAt = (body: Json, place: readonly string[]): Json =>
  place.reduce<Json>((inner, step) => (inner as Record<string, Json>)[step] as Json, body)

function marking(value: Json, [step, ...rest]: readonly string[], first: boolean): Json {
  if (step === undefined) {
    const mark = { '\u0000mark': 0 }
    return first ? { ...mark, ...(value as JsonObject) } : { ...(value as JsonObject), ...mark }
  }
  if (Array.isArray(value)) return value.map((one, at) => (String(at) === step ? marking(one, rest, first) : one))
  return { ...(value as JsonObject), [step]: marking((value as Record<string, Json>)[step] as Json, rest, first) }
}
