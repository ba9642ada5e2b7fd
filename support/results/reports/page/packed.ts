// Packs what the page shows on demand: the messages of a run repeat each other, so each text is written once.
import { deflateSync } from 'node:zlib'

/** Shorter texts cost less than a reference. */
const SHORTEST = 12

/** Begins a reference; a text that begins so is written as one itself. */
const REFERENCE = '\u0001'

/**
 * Two lines of JSON in zlib's format, as base64: the texts that come again, and the value with `\u0001` and the place of the text, in base 36,
 * in place of each. `DecompressionStream('deflate')` of every browser reads it; `unpack` of the page's script is the other half.
 */
export function packed(value: unknown): string {
  const counts = new Map<string, number>()
  const count = (_: string, one: unknown) => {
    if (typeof one === 'string' && one.length >= SHORTEST) counts.set(one, (counts.get(one) ?? 0) + 1)
    return one
  }
  JSON.stringify(value, count)
  const places = new Map<string, number>()
  const text = JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== 'string' || !(one.startsWith(REFERENCE) || (counts.get(one) ?? 0) > 1)) return one
    const place = places.get(one) ?? places.size
    places.set(one, place)
    return `${REFERENCE}${place.toString(36)}`
  })
  return deflateSync(`${JSON.stringify([...places.keys()])}\n${text}`, { level: 9 }).toString('base64')
}
