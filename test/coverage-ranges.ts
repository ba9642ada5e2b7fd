// What V8 writes about a run, read as lines and branches of the TypeScript that was run: a source map says which line a piece of code comes from.
import { z } from 'zod'

const range = z.object({ startOffset: z.number(), endOffset: z.number(), count: z.number() })

/** A file that a process leaves in the folder NODE_V8_COVERAGE. */
export const processCoverage = z.object({
  result: z.array(z.object({ url: z.string(), functions: z.array(z.object({ ranges: z.array(range) })) })),
  'source-map-cache': z
    .record(z.string(), z.object({ lineLengths: z.array(z.number()), data: z.object({ mappings: z.string() }).nullable() }))
    .default({}),
})

export interface Range {
  readonly start: number
  readonly end: number
  readonly count: number
}

/** A place in the code that was run, in characters from its beginning, and the line of the source that it comes from. */
export interface Place {
  readonly offset: number
  readonly line: number
}

export interface Tally {
  readonly covered: number
  readonly of: number
}

const DIGITS = new Map([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((digit, at) => [digit, at]))

/** Numbers of a segment of a source map (variable-length quantities in base 64). */
function numbersIn(segment: string): readonly number[] {
  const numbers: number[] = []
  let [value, shift] = [0, 0]
  for (const digit of segment) {
    const bits = DIGITS.get(digit) ?? 0
    value += (bits & 31) << shift
    shift += 5
    if ((bits & 32) === 0) {
      numbers.push(value & 1 ? -(value >> 1) : value >> 1)
      ;[value, shift] = [0, 0]
    }
  }
  return numbers
}

/** Every place of the code that has a line of the source, in order. Without the lengths of its lines offsets are of no use, lines are. */
export function placesOf(mappings: string, lineLengths: readonly number[] = []): readonly Place[] {
  const places: Place[] = []
  let [line, lineStart] = [0, 0]
  for (const [at, segments] of mappings.split(';').entries()) {
    let column = 0
    for (const segment of segments.split(',').filter((one) => one !== '')) {
      const [columns = 0, , lines] = numbersIn(segment)
      column += columns
      if (lines === undefined) continue
      line += lines
      places.push({ offset: lineStart + column, line })
    }
    lineStart += (lineLengths[at] ?? 0) + 1
  }
  return places
}

/** What the processes of a run did with one file. */
export class FileCoverage {
  readonly #lines = new Map<number, boolean>()
  readonly #branches = new Map<string, boolean>()
  readonly #runs: (readonly Range[])[] = []

  constructor(readonly places: readonly Place[]) {
    for (const { line } of places) this.#lines.set(line, false)
  }

  /** One process more, with the ranges of all the functions of the file. */
  add(ranges: readonly Range[]): void {
    // The outer before the inner: whatever comes later is closer.
    const sorted = [...ranges].sort((one, other) => one.start - other.start || other.end - one.end)
    this.#runs.push(sorted)
    const open: Range[] = []
    let next = 0
    for (const { offset, line } of this.places) {
      for (let range = sorted[next]; range !== undefined && range.start <= offset; range = sorted[++next]) open.push(range)
      while (open.length > 0 && (open.at(-1) as Range).end <= offset) open.pop()
      if ((open.at(-1)?.count ?? 0) > 0) this.#lines.set(line, true)
    }
  }

  /** Lines that have code, and those that ran at least once. */
  get lines(): Tally {
    return tally(this.#lines.values())
  }

  /** Functions and blocks that V8 tells apart from what is around them, where they have a line of the source. */
  get branches(): Tally {
    for (const ranges of this.#runs) for (const { start, end } of ranges) this.#branches.set(`${start} ${end}`, false)
    for (const key of this.#branches.keys()) {
      const [start = 0, end = 0] = key.split(' ').map(Number)
      if (!this.places.some(({ offset }) => offset >= start && offset < end)) this.#branches.delete(key)
      else
        this.#branches.set(
          key,
          this.#runs.some((ranges) => countOf(ranges, start, end) > 0),
        )
    }
    return tally(this.#branches.values())
  }
}

/** How often a piece of code ran: as often as the smallest range that V8 told of and that has all of it. */
function countOf(ranges: readonly Range[], start: number, end: number): number {
  return ranges.findLast((range) => range.start <= start && range.end >= end)?.count ?? 0
}

function tally(flags: Iterable<boolean>): Tally {
  const all = [...flags]
  return { covered: all.filter(Boolean).length, of: all.length }
}

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((one, { covered, of }) => ({ covered: one.covered + covered, of: one.of + of }), { covered: 0, of: 0 })
}
