// Replaces the secrets of a run by their names in any text, in any encoding.

/** Shorter ones could be ordinary words. */
const SHORTEST = 6

/** From this length on the beginning of a secret is one too: texts are cut when they are long. */
const CUTTABLE = 20
/** How much of a beginning gives it away, in characters. */
const BEGINNING = { least: 12, most: 24 } as const

/** A shorter one counts only as a separate word, unless it is encoded: then other characters may surround it. */
const UNMISTAKABLE = 12

interface Form {
  readonly name: string
  readonly wordsOnly: boolean
  /** In small letters: a target may change the case of what it repeats. */
  readonly text: string
  /** What is looked for; the rest of the form may be cut off. */
  readonly beginning: string
}

interface Span {
  readonly from: number
  readonly to: number
  readonly name: string
}

interface Secrets {
  /** From now on `value` is hidden under a name, `client secret` as `[client-secret]`. One that is known already keeps its first name; a blank or very short one is no secret. */
  learn(name: string, value: string): void
  /** A text without the secrets that are known by now: as they are, percent-encoded, in JSON, base64 of any kind or hexadecimal. */
  hide(text: string): string
}

export function createSecrets(): Secrets {
  const known = new Set<string>()
  /** By their first letters: a long run has thousands, and a text is gone through once. */
  const forms = new Map<string, Form[]>()
  return {
    learn(name, value) {
      if (value.trim().length < SHORTEST) return
      for (const { written, wordsOnly } of formsOf(value)) {
        const text = small(written)
        if (text.length < SHORTEST || known.has(text)) continue
        known.add(text)
        const first = text.slice(0, SHORTEST)
        forms.set(first, [...(forms.get(first) ?? []), { name, wordsOnly, text, beginning: beginningOf(text) }])
      }
    },
    hide(text) {
      if (forms.size === 0) return text
      const looked = small(text)
      const spans: Span[] = []
      for (let from = 0; from + SHORTEST <= looked.length; from++) {
        for (const form of forms.get(looked.slice(from, from + SHORTEST)) ?? []) spans.push(...spanAt(looked, from, form))
      }
      return spans.length === 0 ? text : replaced(text, spans)
    },
  }
}

/** ASCII only: other letters may change their length with their case, and positions would not fit any more. */
const small = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

function beginningOf(text: string): string {
  if (text.length < CUTTABLE) return text
  // Half of an address is more than its host, which is nothing to hide.
  if (text.includes('://')) return text.slice(0, Math.ceil(text.length / 2))
  return text.slice(0, Math.min(BEGINNING.most, Math.max(BEGINNING.least, Math.ceil(text.length / 2))))
}

/** The ways in which a value gets into texts. */
function formsOf(value: string): readonly { readonly written: string; readonly wordsOnly: boolean }[] {
  return [...new Set([value, decoded(value)])].flatMap((one) => [
    ...escapesOf(one).map((written) => ({ written, wordsOnly: written.length < UNMISTAKABLE })),
    ...[Buffer.from(one).toString('hex'), ...base64Of(one)].map((written) => ({ written, wordsOnly: false })),
  ])
}

function escapesOf(value: string): readonly string[] {
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    encodeURIComponent(encodeURIComponent(value)),
    new URLSearchParams([['', value]]).toString().slice(1),
  ]
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Base64 of a text that holds the value, as much of it as does not depend on what stands around: it may begin at any of three places. */
function base64Of(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)])
    const own = (text: string) => text.slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
    return [own(bytes.toString('base64')), own(bytes.toString('base64url'))]
  })
}

function spanAt(looked: string, from: number, { name, wordsOnly, text, beginning }: Form): Span[] {
  if (!looked.startsWith(beginning, from)) return []
  const to = endOf(looked, from, text)
  return wordsOnly && !standsAlone(looked, from, to) ? [] : [{ from, to, name }]
}

/** Where a form ends that begins here; one that goes on differently is hidden to the end of its word. */
function endOf(looked: string, from: number, text: string): number {
  let length = 0
  while (length < text.length && looked[from + length] === text[length]) length++
  const rest = length === text.length ? 0 : (/^[\w.~-]*/.exec(looked.slice(from + length))?.[0].length ?? 0)
  return from + length + rest
}

function standsAlone(looked: string, from: number, to: number): boolean {
  return !/[a-z0-9]/.test(looked[from - 1] ?? '') && !/[a-z0-9]/.test(looked[to] ?? '')
}

/** Without white space, so that an address stays one and what else is hidden in it stays hidden. */
const mark = (name: string) => `[${name.replaceAll(' ', '-')}]`

/** Spans that overlap become one, under the name of the longest. */
function replaced(text: string, spans: readonly Span[]): string {
  const [first, ...others] = [...spans].sort((left, right) => left.from - right.from || right.to - left.to) as [Span, ...Span[]]
  const joined = [first]
  for (const span of others) {
    const last = joined.at(-1) as Span
    if (span.from >= last.to) joined.push(span)
    else if (span.to > last.to) joined.splice(-1, 1, { ...last, to: span.to })
  }
  let at = 0
  const parts = joined.flatMap(({ from, to, name }) => {
    const before = text.slice(at, from)
    at = to
    return [before, mark(name)]
  })
  return parts.join('') + text.slice(at)
}
