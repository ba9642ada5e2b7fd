// `npm test`: types, format and lint, the unit tests, the conformance run, and the deviations; ends in one line with what passed and failed.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { deviationsReport } from '../support/contract/deviations'
import { PROJECT_ROOT } from '../support/contract/fixture'
import { verdictSchema } from '../support/contract/verdict'

interface Tally {
  readonly passed: number
  readonly failed: number
}

/** A command whose success is one check. */
function command(name: string, ...args: string[]): Tally {
  const { status } = spawnSync(process.execPath, args, { cwd: PROJECT_ROOT, stdio: 'inherit' })
  console.log(`${status === 0 ? '✓' : '✗'} ${name}`)
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

async function unitTests(): Promise<Tally> {
  const files = readdirSync(__dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
  const tally = { passed: 0, failed: 0 }
  const events = run({ files: files.map((name) => join(__dirname, name)), concurrency: availableParallelism() })
  events.on('test:pass', ({ details }) => {
    if (details.type !== 'suite') tally.passed++
  })
  events.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') tally.failed++
  })
  const reporter = new spec()
  await new Promise<void>((resolve, reject) => {
    events.on('error', reject)
    events
      .compose(reporter)
      .on('data', (text: string) => process.stdout.write(text))
      .on('end', resolve)
      .on('error', reject)
  })
  return tally
}

/** The main job, in process: every scenario is a check. */
function conformance(): Tally {
  const { status } = spawnSync(process.execPath, ['-r', 'ts-node/register/transpile-only', 'support/run/conformance.ts'], {
    cwd: PROJECT_ROOT,
    stdio: 'inherit',
  })
  const { scenarios } = verdictSchema.parse(JSON.parse(readFileSync(join(PROJECT_ROOT, 'reports/verdict.json'), 'utf8')))
  const passed = scenarios.filter(({ outcome }) => outcome === 'passed').length
  return { passed, failed: Math.max(scenarios.length - passed, status === 0 ? 0 : 1) }
}

/** The suite itself is tried: every deviation that it must see and every twin that it must not mind is a check. */
function deviations(): Tally {
  const { status } = spawnSync(process.execPath, ['-r', 'ts-node/register/transpile-only', 'support/run/deviations.ts'], {
    cwd: PROJECT_ROOT,
    stdio: 'inherit',
  })
  if (status !== 0 && status !== 1) return { passed: 0, failed: 1 }
  const file = readFileSync(join(PROJECT_ROOT, 'reports/deviations.json'), 'utf8')
  const { deviations: tried, twins } = deviationsReport.parse(JSON.parse(file))
  const passed =
    tried.filter(({ fault }) => fault === null).length + twins.filter(({ outcome }) => outcome === 'conformant').length
  const failed = tried.length + twins.length - passed
  console.log(`${status === 0 && failed === 0 ? '✓' : '✗'} deviations and twins: ${passed} of ${tried.length + twins.length}`)
  return { passed, failed: Math.max(failed, status === 0 ? 0 : 1) }
}

async function main(): Promise<void> {
  const bin = (name: string) => require.resolve(name)
  const tallies = [
    command('types', bin('typescript/bin/tsc'), '--noEmit'),
    command('format and lint', bin('@biomejs/biome/bin/biome'), 'ci', '--colors=off', '.'),
    await unitTests(),
    conformance(),
    deviations(),
  ]
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0)
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0)
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}

void main()
