// Writes HTML: every value is escaped unless it is markup that was made here.
import { createHash } from 'node:crypto'

/** Markup that is safe as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | null | false | readonly Value[]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}

/** A template whose values are escaped; null and false are left out. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.map((part, at) => part + (at < values.length ? shown(values[at] as Value) : '')).join(''))
}

function shown(value: Value): string {
  if (value === null || value === false) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(shown).join('')
  return escaped(String(value))
}

/** Numbers of rules, errata and drift. */
export const NUMBER = /\b(?:[A-Z]{2}-\d{2}[a-z]?|[ED]-\d{2})\b/g

/** A text in which each known number is a link to its place on the page. */
export function linked(text: string, known: ReadonlySet<string>): Markup {
  const pieces: Value[] = []
  let end = 0
  for (const { 0: number, index } of text.matchAll(NUMBER)) {
    if (!known.has(number)) continue
    pieces.push(text.slice(end, index), html`<a href="#${number}">${number}</a>`)
    end = index + number.length
  }
  return html`${pieces}${text.slice(end)}`
}

/** The source expression of a policy that allows exactly this script or style. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
