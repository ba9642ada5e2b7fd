// What `npm test` and `npm run test:full` run: a table of areas, each with the processor cores that it uses.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { deviationsReport } from '../support/contract/deviations'
import { PROJECT_ROOT } from '../support/contract/fixture'
import { verdictSchema } from '../support/contract/verdict'
import { OWN_PROCESS } from './kit/own-process'
import { type Failure, type Outcome, run } from './run-area'

const CORES = availableParallelism()

export interface Area {
  readonly name: string
  readonly cores: number
  run(seed: number): Promise<Outcome>
}

const TS_NODE = ['-r', 'ts-node/register/transpile-only']
const bin = (name: string) => relative(PROJECT_ROOT, require.resolve(name))

/** A command that passes or fails as a whole. */
function command(name: string, again: string, ...args: readonly string[]): Area {
  return {
    name,
    cores: 1,
    run: async () => {
      const { code, output } = await run(args)
      return code === 0 ? { passed: 1, skipped: 0, failures: [] } : failed(name, output, again)
    },
  }
}

const failed = (title: string, detail: string, again: string): Outcome => ({
  passed: 0,
  skipped: 0,
  failures: [{ title, detail: detail.trim(), again }],
})

/** Test files: in one process, or in one for each of several cores and one more, since sockets and programs are waited for part of the time. */
function mocha(name: string, files: readonly string[], cores: number, environment: Readonly<Record<string, string>> = {}): Area {
  return {
    name,
    cores,
    run: async (seed) => {
      const folder = mkdtempSync(join(tmpdir(), 'mocha-'))
      try {
        const report = join(folder, 'report.json')
        const parallel = cores > 1 ? ['--parallel', '--jobs', String(cores)] : []
        const options = ['--forbid-only', '--exit', ...parallel, '--reporter', 'json', '--reporter-option', `output=${report}`]
        const { output } = await run([bin('mocha/bin/mocha.js'), ...options, ...files], {
          TEST_SEED: String(seed),
          ...environment,
        })
        if (!existsSync(report)) return failed(name, output, `npx mocha ${files.join(' ')}`)
        return outcomeOf(JSON.parse(readFileSync(report, 'utf8')) as MochaReport)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

interface MochaReport {
  readonly stats: { readonly passes: number; readonly pending: number }
  readonly failures: readonly {
    readonly title: string
    readonly fullTitle: string
    readonly file?: string
    readonly err: { readonly message?: string; readonly stack?: string }
  }[]
}

function outcomeOf({ stats, failures }: MochaReport): Outcome {
  return {
    passed: stats.passes,
    skipped: stats.pending,
    failures: failures.map(({ fullTitle, file, err }): Failure => {
      const shown = file === undefined ? '' : relative(PROJECT_ROOT, file).replaceAll('\\', '/')
      const words = fullTitle.replace(/^"(before|after) (all|each)" hook.*$/, '')
      return {
        title: `${shown}: ${fullTitle}`,
        detail: err.stack ?? err.message ?? '',
        again: `npx mocha ${shown}${words === '' ? '' : ` -f ${JSON.stringify(words)}`}`,
      }
    }),
  }
}

/** Every scenario in process is a check. */
const conformance: Area = {
  name: 'conformance, in process',
  cores: 1,
  run: async () => {
    const { code, output } = await run([...TS_NODE, 'support/cli/conformance.ts'])
    const file = join(PROJECT_ROOT, 'reports/verdict.json')
    if (!existsSync(file)) return failed(conformance.name, output, 'npm run conformance')
    const { scenarios } = verdictSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    const others = scenarios.filter(({ outcome }) => outcome !== 'passed')
    const failures = others.map(
      ({ name, uri, line, outcome, reason }): Failure => ({
        title: `${uri}:${line}: ${name}`,
        detail: `${outcome}: ${reason ?? ''}`,
        again: `npm run conformance -- --name ${JSON.stringify(name)}`,
      }),
    )
    if (code !== 0 && failures.length === 0) return failed(conformance.name, output, 'npm run conformance')
    return { passed: scenarios.length - failures.length, skipped: 0, failures }
  },
}

/** The suite itself is tested: every deviation that it must catch and every variation that it must accept is a check. */
function deviations(name: string, ...options: readonly string[]): Area {
  const again = `npm run deviations${options.length === 0 ? '' : ` -- ${options.join(' ')}`}`
  return {
    name,
    // It may begin beside tests that wait for programs.
    cores: CORES,
    run: async () => {
      const { code, output } = await run([...TS_NODE, 'support/cli/deviations.ts', ...options])
      if (code !== 0 && code !== 1) return failed(name, output, again)
      const file = readFileSync(join(PROJECT_ROOT, 'reports/deviations.json'), 'utf8')
      const { deviations: tried, twins, unfailed } = deviationsReport.parse(JSON.parse(file))
      const failures = [
        ...tried.flatMap(({ id, fault }) =>
          fault === null ? [] : [{ title: id, detail: fault, again: `${again} --only ${id}` }],
        ),
        ...twins.flatMap(({ id, outcome }) =>
          outcome === 'conformant' ? [] : [{ title: id, detail: outcome, again: `${again} --only ${id}` }],
        ),
        ...unfailed.map(({ scenario }) => ({ title: scenario, detail: 'no deviation fails this scenario', again })),
      ]
      if (code !== 0 && failures.length === 0) return failed(name, output, again)
      return { passed: tried.length + twins.length - failures.length, skipped: 0, failures }
    },
  }
}

/** A program that ends with "N passed, N failed". */
function program(name: string, again: string, ...args: readonly string[]): Area {
  return {
    name,
    cores: CORES,
    run: async () => {
      const { code, output } = await run(args)
      const [, passed, bad] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? []
      if (code === 0 && passed !== undefined && bad === '0') return { passed: Number(passed), skipped: 0, failures: [] }
      return { ...failed(name, output, again), passed: Number(passed ?? 0) }
    },
  }
}

/** The test files: those that run commands first, since they take longest and the light ones fill what is left; or in an order that a seed gives. */
export function testFiles(shuffle: number | null): readonly string[] {
  const files = ['support', 'test']
    .flatMap((folder) =>
      readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    )
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
  if (shuffle !== null) return shuffled(files, shuffle)
  const runsCommands = (file: string) => RUNS_COMMANDS.test(readFileSync(join(PROJECT_ROOT, file), 'utf8'))
  // Backwards, as the longest are in the last folder, test/process.
  return [...files.filter(runsCommands).reverse(), ...files.filter((file) => !runsCommands(file))]
}

const RUNS_COMMANDS = /from '(\.\.?\/)+(test\/)?(kit\/)?(command-runs|command-processes|faults-run|simulator-process|standalone)'/

/** The same for the same seed (a linear congruential generator orders the files). */
function shuffled(files: readonly string[], seed: number): readonly string[] {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return files
    .map((file) => [next(), file] as const)
    .sort(([one], [other]) => one - other)
    .map(([, file]) => file)
}

export interface Choice {
  readonly full: boolean
  /** Seed of the order of the test files; null: by name. */
  readonly shuffle: number | null
}

export function areas({ full, shuffle }: Choice): readonly Area[] {
  const own = Object.values(OWN_PROCESS).flat()
  const shared = testFiles(shuffle).filter((file) => !own.includes(file))
  // In one thread, since others need the other cores.
  const types = ['--noEmit', '--singleThreaded', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/types.tsbuildinfo']
  const still = [
    command('types', 'npm run types', join('node_modules', 'typescript7', 'bin', 'tsc'), ...types),
    command('format and lint', 'npm run lint', bin('@biomejs/biome/bin/biome'), 'ci', '--colors=off', '.'),
  ]
  if (full)
    return [
      ...still,
      deviations('deviations, full attribution', '--full'),
      program(
        'tests with coverage',
        'npm run coverage',
        bin('c8/bin/c8.js'),
        process.execPath,
        ...TS_NODE,
        'test/run.ts',
        ...COVERED,
      ),
      mocha('long fuzz', ['test/property/simulator-fuzz.test.ts'], 1, { FUZZ_REQUESTS: '100000' }),
      program('package', 'npm run test:package', ...TS_NODE, 'test/process/package.ts'),
      program('robustness', 'npm run test:robust', ...TS_NODE, 'test/process/robust.ts'),
    ]
  return [
    mocha('unit tests', shared, CORES),
    ...still,
    conformance,
    ...Object.entries(OWN_PROCESS).map(([name, files]) => mocha(name, files, 1)),
    deviations('deviations'),
  ]
}

/** What `npm run coverage` measures. */
const COVERED = ['conformance', 'tests', 'unit'].flatMap((area) => ['--only', area])
