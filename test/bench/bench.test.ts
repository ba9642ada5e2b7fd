// The bench as a command: what its options refuse, what the report says of each kind of row, and that it measures at all.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'mocha'
import { UsageError } from '../../support/contract/command-line'
import { bench, ROWS, readBenchOptions, reportOf, tableOf } from './main'
import { picture } from './picture'
import { measured, type Result, type Row, type RowResult } from './row'
import { slopeOf } from './soak'

const row = (id: string): Row => ROWS.find((one) => one.id === id) ?? assert.fail(`there is no row ${id}`)
const of = (id: string, result: Result): RowResult => ({ row: row(id), result })

const RESULTS: readonly RowResult[] = [
  of('standalone-create', measured([0.5, 0.3, 0.45], '900 against 2000 a second')),
  of('standalone-cpu', measured([4, 5], '500 against 110 microseconds')),
  of('per-scenario', measured([25], '421 scenarios')),
  of('whole-run', measured([6], '12 s against 2 s')),
  of('versus-prism', { reason: 'measured with --peers' }),
]

describe('the report', () => {
  test('has the median, the spread and whether the target is met; of what was not measured only the reason', () => {
    const { rows, machine, node } = reportOf(RESULTS)
    assert.match(machine, /^\d+ x /)
    assert.equal(node, process.versions.node)
    assert.deepEqual(
      rows.map(({ id, value, spread, met }) => [id, value, spread, met]),
      [
        ['standalone-create', 0.45, [0.3, 0.5], true],
        ['standalone-cpu', 4.5, [4, 5], false],
        ['per-scenario', 25, [25, 25], true],
        ['whole-run', 6, [6, 6], null],
        ['versus-prism', null, null, null],
      ],
    )
    const last = rows.at(-1)
    assert.equal(last !== undefined && 'reason' in last && last.reason, 'measured with --peers')
  })

  test('is a table of a line for each row', () => {
    const lines = tableOf(RESULTS).trimEnd().split('\n')
    assert.match(lines[1] ?? '', /^standalone-create +0\.45 +0\.3 to 0\.5 +>= 0\.4 +✓ met +.*: 900 against 2000 a second$/)
    assert.match(lines[2] ?? '', /^standalone-cpu +4\.5 .*<= 3\.2 +✗ missed/)
    assert.match(lines[3] ?? '', /^per-scenario +25 ms/)
    assert.match(lines[5] ?? '', /^versus-prism +not measured +>= 4 +measured with --peers$/)
    assert.equal(lines.length, 6)
  })

  test('is a picture of the rows with a target and a figure', async () => {
    const svg = await picture(RESULTS)
    for (const text of ['standalone-create', '0.45, target at least 0.4: met', '4.5, target at most 3.2: missed', '25 ms'])
      assert.ok(svg.includes(text), text)
    assert.doesNotMatch(svg, /whole-run|versus-prism|<script|https?:\/\/(?!www\.w3\.org\/)/)
  })
})

describe('the slope of the memory', () => {
  const samples = (bytes: (minute: number) => number) =>
    Array.from({ length: 100 }, (_, at) => ({ minute: at, bytes: bytes(at) }))

  test('contains zero where it only goes up and down', () => {
    const { low, high } = slopeOf(samples((minute) => 1_000 + (minute % 7) * 30))
    assert.ok(low < 0 && high > 0, `${low} to ${high}`)
  })

  test('does not where it grows', () => {
    const { slope, low } = slopeOf(samples((minute) => 1_000 + minute * 10 + (minute % 7) * 30))
    assert.ok(low > 0 && Math.abs(slope - 10) < 1, `${low}, ${slope}`)
  })
})

describe('the command', () => {
  let folder: string
  let shown: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bench-'))
    shown = ''
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const out = (text: string) => {
    shown += text
  }

  test('refuses a row that there is not, and names those that there are', () => {
    assert.throws(
      () => readBenchOptions(['--only', 'speed'], out),
      (error) =>
        error instanceof UsageError && /^There is no row "speed": --only takes per-scenario, .*soak\.$/.test(error.message),
    )
  })

  test('refuses amounts that cannot be used', () => {
    for (const option of ['--seconds', '--rounds', '--soak-seconds', '--smaller'])
      assert.throws(() => readBenchOptions([option, '0'], out), new RegExp(`^UsageError: ${option} "0" cannot be used: write a`))
  })

  test('measures load and creates in process, and writes both files', async () => {
    const rows = ['standalone-create', 'standalone-cpu', 'standalone-p99', 'in-process']
    const args = ['--seconds', '1', '--rounds', '1', '--smaller', '30', '--reports', folder]
    const code = await bench([...args, ...rows.flatMap((id) => ['--only', id])], { out, error: () => {} })
    assert.equal(code, 0)
    const report = JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8')) as ReturnType<typeof reportOf>
    assert.deepEqual(
      report.rows.map(({ id, value }) => [id, typeof value]),
      rows.map((id) => [id, 'number']),
      shown,
    )
    assert.match(readFileSync(join(folder, 'bench.svg'), 'utf8'), /^<svg/)
  })
})
