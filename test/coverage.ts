// `npm run coverage`: which lines and branches of support/ the unit tests and the conformance run reach, by room; prints a table. Exits 1 when a test fails.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript'
import { PROJECT_ROOT } from '../support/contract/fixture'
import { FileCoverage, placesOf, processCoverage, sum, type Tally } from './coverage-ranges'

const SUPPORT = join(PROJECT_ROOT, 'support')
const NODE = ['-r', 'ts-node/register/transpile-only']

/** Everything in support/ that is TypeScript, as path below it. */
function sources(): readonly string[] {
  return readdirSync(SUPPORT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
}

/** Runs everything, or the test files that are named, and leaves what V8 says of each process in a folder. Whether all passed. */
function measured(folder: string, only: readonly string[]): boolean {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.ts'))
  const tests = only.length > 0 ? only : files.map((name) => join(__dirname, name))
  const runs = [
    [...NODE, '--test', '--test-reporter=spec', ...tests],
    ...(only.length > 0 ? [] : [[...NODE, 'support/run/conformance.ts', '--reports', join(folder, 'reports')]]),
  ]
  const env = { ...process.env, NODE_V8_COVERAGE: join(folder, 'v8') }
  return runs
    .map((args) => spawnSync(process.execPath, args, { cwd: PROJECT_ROOT, stdio: 'inherit', env }).status)
    .every((status) => status === 0)
}

/** What one process left; null where it was killed while it wrote. */
function readProcess(file: string) {
  const text = readFileSync(file, 'utf8')
  try {
    return processCoverage.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function readCoverage(folder: string): ReadonlyMap<string, FileCoverage> {
  const found = new Map<string, FileCoverage>()
  const left = readdirSync(folder).map((name) => readProcess(join(folder, name)))
  const whole = left.filter((one) => one !== null)
  if (whole.length < left.length)
    console.log(`\nOf ${left.length} processes ${left.length - whole.length} were killed while they wrote, and are not counted.`)
  for (const { result, 'source-map-cache': maps } of whole) {
    for (const { url, functions } of result) {
      const map = maps[url]
      const file = url.startsWith('file:') ? relative(SUPPORT, fileURLToPath(url)) : '..'
      if (file.startsWith('..') || !file.endsWith('.ts') || !map?.data) continue
      const coverage = found.get(file) ?? new FileCoverage(placesOf(map.data.mappings, map.lineLengths))
      found.set(file, coverage)
      coverage.add(
        functions.flatMap(({ ranges }) =>
          ranges.map(({ startOffset, endOffset, count }) => ({ start: startOffset, end: endOffset, count })),
        ),
      )
    }
  }
  return found
}

/** A file that no process has loaded: all its lines are uncovered. */
function unreached(file: string): FileCoverage {
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2023, sourceMap: true }
  const { sourceMapText } = transpileModule(readFileSync(join(SUPPORT, file), 'utf8'), { compilerOptions })
  return new FileCoverage(placesOf((JSON.parse(sourceMapText ?? '{"mappings":""}') as { mappings: string }).mappings))
}

const percent = ({ covered, of }: Tally) => (of === 0 ? '   –   ' : `${((100 * covered) / of).toFixed(1).padStart(5)} %`)

function print(found: ReadonlyMap<string, FileCoverage>): void {
  const all = sources().map((file) => [file, found.get(file) ?? unreached(file)] as const)
  const row = (name: string, files: readonly FileCoverage[]) => {
    const [lines, branches] = [sum(files.map((file) => file.lines)), sum(files.map((file) => file.branches))]
    console.log(
      `${name.padEnd(24)} ${percent(lines)} of ${String(lines.of).padStart(5)}   ${percent(branches)} of ${String(branches.of).padStart(5)}`,
    )
  }
  console.log(`\n${'support/'.padEnd(24)} lines             branches`)
  for (const room of [...new Set(all.map(([file]) => file.split('/')[0] as string))].sort())
    row(
      room,
      all.filter(([file]) => file.startsWith(`${room}/`)).map(([, coverage]) => coverage),
    )
  row(
    'total',
    all.map(([, coverage]) => coverage),
  )
  const least = all.map(([file, { lines }]) => ({ file, missing: lines.of - lines.covered })).filter(({ missing }) => missing > 0)
  const worst = least.sort((one, other) => other.missing - one.missing).slice(0, LISTED)
  console.log(`\nMost lines that nothing reaches: ${worst.map(({ file, missing }) => `${file} ${missing}`).join(', ')}`)
}

/** How many files are named that have the most uncovered lines. */
const LISTED = 12

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'))
  try {
    process.exitCode = measured(folder, process.argv.slice(2)) ? 0 : 1
    print(readCoverage(join(folder, 'v8')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

main()
