// Breaks a printed message in every place, one at a time, and asserts that the comparison names each.
import assert from 'node:assert/strict'
import { isObject, type Json } from '../../support/contract/json'

interface Mutation {
  readonly what: string
  readonly at: string
  readonly mutated: Json
}

type Put = (replacement: Json | undefined) => Json

/** Every way to take one printed thing away, make it null, or give it another value, another type or one entry more. */
function mutationsOf(message: Json): Mutation[] {
  const found: Mutation[] = []
  const walk = (value: Json, at: string, put: Put): void => {
    const replaced = (what: string, replacement: Json | undefined) => found.push({ what, at, mutated: put(replacement) })
    if (at !== '') replaced('removed', undefined)
    if (value !== null) replaced('null', null)
    replaced('another type', 4711)
    if (typeof value === 'string') replaced('another value', `${value}x`)
    if (typeof value === 'boolean') replaced('another value', !value)
    if (Array.isArray(value)) {
      replaced('one entry more', [...value, 'x'])
      const entries: readonly Json[] = value
      for (const [index, entry] of entries.entries())
        walk(entry, `${at}[${index}]`, (one) =>
          put(entries.flatMap((other, i) => (i !== index ? [other] : one === undefined ? [] : [one]))),
        )
    }
    if (!isObject(value)) return
    for (const [name, member] of Object.entries(value)) {
      const { [name]: _, ...others } = value
      walk(member, at === '' ? name : `${at}.${name}`, (one) => put(one === undefined ? others : { ...value, [name]: one }))
    }
  }
  walk(message, '', (whole) => whole as Json)
  return found
}

const within = (inner: string, outer: string) => inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`)

/** A difference names the place of a mutation, what is around it or inside it; never the message as a whole. */
function names(place: string, at: string): boolean {
  return place === at || (place !== '' && (within(at, place) || within(place, at)))
}

/**
 * Asserts that a message fits as it is, and that each mutation of it is found at its place.
 * @param places where a mutated message differs
 * @param lawful by place, the mutations that must not be found
 */
export function everythingMatters(
  message: Json,
  places: (mutated: Json) => readonly string[],
  lawful: Readonly<Record<string, readonly string[]>>,
): void {
  assert.deepEqual(places(message), [])
  const undetected: Record<string, string[]> = {}
  for (const { what, at, mutated } of mutationsOf(message)) {
    const found = places(mutated)
    if (found.some((place) => names(place, at))) continue
    undetected[at] ??= []
    undetected[at].push(found.length === 0 ? what : `${what}, found at ${found.join()}`)
  }
  assert.deepEqual(undetected, lawful)
}
