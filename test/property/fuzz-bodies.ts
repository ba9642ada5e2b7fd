// Bodies of the property tests as data that shrinks and prints well, and the bytes that each stands for.
import { request } from '../kit/simulated-world'

export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'edited'
      readonly text: string
      /** Bytes from here on, so many of them, are replaced by others. */
      readonly from: number
      readonly length: number
      readonly put: Uint8Array
      readonly bom: boolean
      readonly encoding: 'utf8' | 'utf16le' | 'latin1'
    }
  | { readonly kind: 'made'; readonly recipe: Recipe }

/** How a large body is made: it would fill the terminal otherwise. */
export interface Recipe {
  readonly kind: 'text' | 'members' | 'list' | 'targets' | 'deep list' | 'deep object' | 'open brackets' | 'number' | 'spaces'
  /** Characters, members, entries or levels. */
  readonly size: number
}

/** Members and entries are some bytes each: more of them would only be longer than any body that is read. */
const MOST_ENTRIES = 200_000

export function sized({ kind, size }: Recipe): { readonly recipe: Recipe } {
  const counted = ['members', 'list', 'targets'].includes(kind)
  return { recipe: { kind, size: counted ? Math.min(size, MOST_ENTRIES) : size } }
}

/** A documented request with one more member, written out. */
const carrying = (value: string): string => `${JSON.stringify(request(1)).slice(0, -1)},"extra":${value}}`

const MAKING: Readonly<Record<Recipe['kind'], (size: number) => string>> = {
  text: (size) => JSON.stringify({ ...request(1), subject: 'x'.repeat(size) }),
  members: (size) => carrying(`{${Array.from({ length: size }, (_, at) => `"m${at}":${at}`).join(',')}}`),
  list: (size) => carrying(`[${'0,'.repeat(size)}0]`),
  targets: (size) => JSON.stringify({ ...request(1), targets: Array.from({ length: size }, targetOf) }),
  'deep list': (size) => carrying('['.repeat(size) + ']'.repeat(size)),
  'deep object': (size) => carrying(`${'{"a":'.repeat(size)}0${'}'.repeat(size)}`),
  'open brackets': (size) => '['.repeat(size),
  number: (size) => carrying('9'.repeat(size)),
  spaces: (size) => ' '.repeat(size) + JSON.stringify(request(1)),
}

/** The nth of many who are called at once. */
const targetOf = (_: unknown, at: number) => ({ identity: { user: { id: String(at) } } })

/** Undefined: the request has no body. */
export function bytesOf(body: Body): Buffer | undefined {
  if (body.kind === 'none') return undefined
  if (body.kind === 'text') return Buffer.from(body.text)
  if (body.kind === 'made') return Buffer.from(MAKING[body.recipe.kind](body.recipe.size))
  const { text, from, length, put, bom, encoding } = body
  const bytes = Buffer.from(bom ? `\ufeff${text}` : text, encoding)
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)])
}
