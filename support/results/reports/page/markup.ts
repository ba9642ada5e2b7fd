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

/** Numbers of rules, errata and drift; and what is written as code, between backticks. */
const NUMBER_OR_CODE = /\b(?:[A-Z]{2}-\d{2}[a-z]?|[ED]-\d{2})\b|`([^`]+)`/g

/** A text in which each known number is a link to its place on the page, and what stands between backticks is code. */
export function linked(text: string, known: ReadonlySet<string>): Markup {
  const pieces: Value[] = []
  let end = 0
  for (const { 0: found, 1: code, index } of text.matchAll(NUMBER_OR_CODE)) {
    if (code === undefined && !known.has(found)) continue
    pieces.push(text.slice(end, index), code === undefined ? html`<a href="#${found}">${found}</a>` : html`<code>${code}</code>`)
    end = index + found.length
  }
  return html`${pieces}${text.slice(end)}`
}

/** The source expression of a policy that allows exactly this script or style. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
