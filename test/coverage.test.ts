// The reader of coverage: which lines and branches count, and that what one process missed another may reach.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'mocha'
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript'
import { FileCoverage, placesOf, type Range, sum } from './coverage-ranges'

const SOURCE = `// A comment has no code.
interface Nothing {}
export function first(yes: boolean) {
  if (yes) {
    return 1
  }
  return 2
}

export const second = () => 3
`
const { outputText, sourceMapText } = transpileModule(SOURCE, {
  compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2023, sourceMap: true },
})
const { mappings } = JSON.parse(sourceMapText ?? '') as { mappings: string }
const places = placesOf(
  mappings,
  outputText.split('\n').map((line) => line.length),
)

/** From where a text begins to where another ends, and how often that ran. */
const range = (from: string, to: string, count: number): Range => {
  const start = outputText.indexOf(from)
  return { start, end: outputText.indexOf(to, start) + to.length, count }
}
const whole: Range = { start: 0, end: outputText.length, count: 1 }
const first = (count: number) => range('function first', 'return 2;\n}', count)
const block = (count: number) => range('{\n        return 1', '}', count)
const second = (count: number) => range('() => 3', '3', count)

let coverage: FileCoverage
beforeEach(() => {
  coverage = new FileCoverage(places)
})

test('lines are those that have code, as the source has them', () => {
  const lines = [...new Set(places.map(({ line }) => line + 1))].filter((line) => line > 1)
  for (const line of [3, 4, 5, 7, 10]) assert.ok(lines.includes(line), `${line} of ${lines}`)
  for (const line of [2, 9]) assert.ok(!lines.includes(line), `${line} of ${lines}`)
})

test('what is loaded and never called is uncovered', () => {
  coverage.add([whole, first(0), second(0)])
  const { covered, of } = coverage.lines
  assert.ok(covered < of && covered > 0, `${covered} of ${of}`)
  assert.deepEqual(coverage.branches, { covered: 1, of: 3 })
})

test('a block that was not taken is a branch and a line that lack', () => {
  coverage.add([whole, first(2), block(0), second(1)])
  assert.equal(coverage.lines.of - coverage.lines.covered, 1)
  assert.deepEqual(coverage.branches, { covered: 3, of: 4 })
})

test('another process may reach what one has missed, also where it tells of no block', () => {
  coverage.add([whole, first(2), block(0), second(0)])
  coverage.add([whole, first(1), second(3)])
  assert.equal(coverage.lines.covered, coverage.lines.of)
  assert.deepEqual(coverage.branches, { covered: 4, of: 4 })
})

test('what the compiler adds is no branch', () => {
  coverage.add([whole, { start: 0, end: 5, count: 0 }])
  assert.deepEqual(coverage.branches, { covered: 1, of: 1 })
})

test('sums add up', () => {
  assert.deepEqual(
    sum([
      { covered: 1, of: 2 },
      { covered: 3, of: 4 },
    ]),
    { covered: 4, of: 6 },
  )
  assert.deepEqual(sum([]), { covered: 0, of: 0 })
})
