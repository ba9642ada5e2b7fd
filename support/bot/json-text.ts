// Reads JSON from the wire as RFC 8259 has it, and finds what readers of the same text take differently.
import type { Json } from '../contract/json'
import { shownText } from '../contract/shown'

/** The value, or a fault that completes the sentence "the body ...". */
export type ReadJson = { readonly value: Json } | { readonly fault: string }

/** Far more than any message of the API has; readers may set a limit (RFC 8259, section 9). */
const DEEPEST = 100

/** A byte order mark stays in the text, so that it can be reported. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function readJson(body: Uint8Array): ReadJson {
  let text: string
  try {
    text = utf8.decode(body)
  } catch {
    return { fault: 'is not UTF-8 (CC-54, RFC 8259, section 8.1)' }
  }
  if (text.startsWith('\ufeff')) return { fault: 'begins with a byte order mark (CC-54, RFC 8259, section 8.1)' }
  if (text === '') return { fault: 'is not JSON: it is empty' }
  try {
    const value = JSON.parse(text) as Json
    return isDeeper(text) ? { fault: `is nested deeper than ${DEEPEST} levels (CC-54, RFC 8259, section 9)` } : { value }
  } catch (error) {
    // The rest of the message may quote the body.
    const [where] = /\bposition \d+/.exec((error as Error).message) ?? []
    return { fault: `is not JSON${where === undefined ? '' : `: it cannot be read at ${where}`}` }
  }
}

/** Strings, numbers and punctuation of a valid JSON text. */
const PARTS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|-?\d[\d.eE+-]*/g

function isDeeper(text: string): boolean {
  let depth = 0
  for (const [part] of text.matchAll(PARTS)) {
    if (part === '{' || part === '[') depth++
    else if (part === '}' || part === ']') depth--
    if (depth > DEEPEST) return true
  }
  return false
}

/** An open object with its names so far, or an open list; `at` is the current member or entry. */
interface Open {
  readonly names: Set<string> | null
  at: string | number
}

/** Describes every place of a valid JSON text that readers take differently: equal names, large numbers, halves of surrogate pairs. */
export function ambiguities(text: string): readonly string[] {
  const found: string[] = []
  const open: Open[] = []
  const report = (what: string) => {
    const path = open.map(({ names, at }) => (names === null ? `[${at}]` : `.${at}`)).join('')
    found.push(`${shownText(path.replace(/^\./, '')) || 'the whole'} ${what}`)
  }
  const parts = text.match(PARTS) ?? []
  for (const [index, part] of parts.entries()) {
    const last = open.at(-1)
    if (part === '{') open.push({ names: new Set(), at: '' })
    else if (part === '[') open.push({ names: null, at: 0 })
    else if (part === '}' || part === ']') open.pop()
    else if (part === ',') {
      if (typeof last?.at === 'number') last.at++
    } else if (part.startsWith('"')) {
      const value = JSON.parse(part) as string
      if (last?.names && parts[index + 1] === ':') {
        last.at = value
        if (last.names.has(value)) report('is there twice (RFC 8259, section 4)')
        last.names.add(value)
      }
      if (/\p{Surrogate}/u.test(value)) report('holds half of a surrogate pair (RFC 8259, section 8.2)')
    } else if (part !== ':' && !isExact(Number(part))) report('is a number that not every reader can hold (RFC 8259, section 6)')
  }
  return found
}

/** Whether a double holds the number as it was written; digits behind the point are rounded everywhere. */
function isExact(number: number): boolean {
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
}
