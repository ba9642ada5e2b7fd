// `npm run bench`: measures speed and scale as ratios in one run, prints the table, and writes bench.json and bench.svg.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { Command, matching, parseOptions, repeatable, UsageError } from '../../support/contract/command-line'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { EXIT_CODES } from '../../support/contract/verdict'
import { conformanceCost } from './conformance-cost'
import { inProcess, manyCalls } from './in-process'
import { picture } from './picture'
import { ProcessFailed } from './processes'
import { type Measurement, type Result, type Row, type RowResult, reaches } from './row'
import { soak } from './soak'
import { standalone } from './standalone'
import { start } from './start'

const MEASUREMENTS: readonly Measurement[] = [conformanceCost, standalone, inProcess, start, manyCalls, soak]
export const ROWS: readonly Row[] = MEASUREMENTS.flatMap(({ rows }) => rows)

/** Ten minutes that only who asks for them waits. */
const ON_REQUEST: readonly string[] = soak.rows.map(({ id }) => id)

const GUIDE = {
  examples: [
    ['', 'every row, about seven minutes on two cores that do nothing else'],
    ['--only standalone-create --only standalone-cpu', 'these two'],
    ['--only soak', 'ten minutes of mixed traffic with faults at random, into soak.json'],
    ['--peers', 'beside other simulators, where they are installed'],
  ],
  exits: { 0: 'done: the table says which targets are met, and what could not be measured', 3: 'an option cannot be used' },
} as const

const count = matching(/^[1-9]\d{0,2}$/, Number, 'cannot be used: write a whole number from 1 to 999')

const command = () =>
  new Command('npm run bench --')
    .description('Measures speed and scale, each figure beside a baseline in the same run: medians of rounds that take turns.')
    .option('--only <id>', `only this row (repeatable): ${ROWS.map(({ id }) => id).join(', ')}`, repeatable, [])
    .option('--seconds <number>', 'how long each load lasts', count, 5)
    .option('--rounds <number>', 'how often each figure and its baseline take turns', count, 5)
    .option('--soak-seconds <number>', 'how long the soak lasts', count, 600)
    .option('--smaller <factor>', 'divides the amounts of calls: to try the bench, not to measure', count, 1)
    .option('--peers', 'other simulators too, where they are installed', false)
    .option('--reports <folder>', 'the folder for bench.json and bench.svg', 'reports')

interface BenchOptions {
  readonly only: readonly string[]
  readonly seconds: number
  readonly rounds: number
  readonly soakSeconds: number
  readonly smaller: number
  readonly peers: boolean
  readonly reports: string
}

/**
 * @returns the options, or null after printing the help
 * @throws UsageError naming the option and the remedy
 */
export function readBenchOptions(args: readonly string[], out: (text: string) => void): BenchOptions | null {
  const options = parseOptions(command(), args, out, GUIDE)
  if (options === null) return null
  const unknown = options.only.find((id) => !ROWS.some((row) => row.id === id))
  if (unknown === undefined) return options
  throw new UsageError(`There is no row "${unknown}": --only takes ${ROWS.map(({ id }) => id).join(', ')}.`)
}

interface Surroundings {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

/** @returns the exit code */
export async function bench(args: readonly string[], { out, error }: Surroundings): Promise<number> {
  const options = readBenchOptions(args, out)
  if (options === null) return EXIT_CODES.conformant
  const asked = (row: Row) => (options.only.length === 0 ? !ON_REQUEST.includes(row.id) : options.only.includes(row.id))
  const results = new Map<string, Result>()
  const progress = (text: string) => error(`${text}\n`)
  for (const { rows, measure } of MEASUREMENTS) {
    if (!rows.some(asked)) continue
    const found = await measure({ ...options, progress }).catch((cause: unknown) => {
      if (!(cause instanceof ProcessFailed)) throw cause
      return Object.fromEntries(rows.map(({ id }) => [id, { reason: cause.message }]))
    })
    for (const [id, result] of Object.entries(found)) results.set(id, result)
  }
  const measured = ROWS.filter(asked).map((row) => ({ row, result: results.get(row.id) ?? { reason: 'it was not reached' } }))
  const report = reportOf(measured)
  mkdirSync(options.reports, { recursive: true })
  writeFileSync(join(options.reports, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(join(options.reports, 'bench.svg'), await picture(measured))
  out(tableOf(measured))
  out(`${report.machine}, Node ${report.node}: ${join(options.reports, 'bench.json')}, bench.svg\n`)
  return EXIT_CODES.conformant
}

/** What bench.json holds: a row that was not measured has no value, and its target is neither met nor missed. */
export function reportOf(measured: readonly RowResult[]) {
  const [cpu] = cpus()
  return {
    machine: `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${process.platform} ${process.arch}`,
    node: process.versions.node,
    versions: {
      v8: process.versions.v8,
      undici: versionOf('undici'),
      nock: versionOf('nock'),
      autocannon: versionOf('autocannon'),
    },
    at: new Date().toISOString(),
    rows: measured.map(({ row: { id, what, baseline, unit, better, target, stretch }, result }) => ({
      id,
      what,
      value: 'value' in result ? rounded(result.value) : null,
      spread: 'value' in result ? result.spread.map(rounded) : null,
      unit,
      better,
      baseline,
      target,
      stretch,
      met: reaches(result, target, better),
      ...('value' in result ? { detail: result.detail } : { reason: result.reason }),
    })),
  }
}

const rounded = (value: number) => Number(value.toPrecision(3))

function versionOf(name: string): string {
  const manifest = join(PROJECT_ROOT, 'node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}

const MET: Readonly<Record<string, string>> = { true: '✓ met', false: '✗ missed', null: '' }

/** The rows as columns of one width. */
export function tableOf(measured: readonly RowResult[]): string {
  const sign = (row: Row) => (row.better === 'more' ? '>=' : '<=')
  const lines = measured.map(({ row, result }) => [
    row.id,
    'value' in result ? `${rounded(result.value)}${row.unit === 'ms of processor time' ? ' ms' : ''}` : 'not measured',
    'value' in result ? `${rounded(result.spread[0])} to ${rounded(result.spread[1])}` : '',
    row.target === null ? '' : `${sign(row)} ${row.target}`,
    MET[String(reaches(result, row.target, row.better))] ?? '',
    'value' in result ? `${row.what}${row.baseline === null ? '' : ` / ${row.baseline}`}: ${result.detail}` : result.reason,
  ])
  const all = [['row', 'value', 'spread', 'target', '', 'what'], ...lines]
  const widths = all.reduce<readonly number[]>(
    (widest, line) => line.map((cell, at) => Math.max(widest[at] ?? 0, cell.length)),
    [],
  )
  return `${all.map((line) => line.map((cell, at) => (at === line.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ')).join('\n')}\n`
}

if (require.main === module) {
  const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(text)
  bench(process.argv.slice(2), { out: write(process.stdout), error: write(process.stderr) }).then(
    (code) => {
      process.exitCode = code
    },
    (error: unknown) => {
      if (!(error instanceof UsageError)) throw error
      process.stderr.write(`${error.message}\n`)
      process.exitCode = EXIT_CODES['harness-error']
    },
  )
}
