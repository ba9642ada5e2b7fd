// `npm run deviations`: tries the suite against every deviation, which it must catch, and every allowed variation, which it must accept.
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { Command, parseOptions, UsageError, workerCount } from '../contract/command-line'
import { type DeviationsReport, deviationsReport } from '../contract/deviations'
import { endWithNpm } from '../contract/end-requests'
import { FixtureError, PROJECT_ROOT, withSlashes } from '../contract/fixture'
import { loadRequirements } from '../contract/requirements'
import { EXIT_CODES } from '../contract/verdict'
import { armable, type Catalogue, type VariationInfo } from '../mutation'
import { prepareReports } from '../results/reports/all-reports'
import { loadSupportCode } from '../suite/cucumber'
import { currentRun } from '../suite/current-run'
import { guardTerminal } from '../suite/redaction'
import { attribute, judgeVariation, unfailed } from '../trials/attribution'
import { trialOf, trialOfVariation, writtenScenarios } from '../trials/plan'
import type { TrialResult } from '../trials/trial'
import { type RunTrials, startWorkers } from '../trials/worker-pool'
import { faultsOf, lastLinesOf, progressOn, sumsOf, tableOf } from './deviations-output'

const REPORT = 'deviations.json'

interface DeviationsOptions {
  /** Runs each against every scenario, with full attribution. */
  readonly full: boolean
  /** Prints the catalogue and runs nothing. */
  readonly list: boolean
  readonly only: readonly string[]
  readonly workers: number
  readonly reports: string
}

const GUIDE = {
  examples: [
    ['', 'every deviation until it is caught, and every allowed variation'],
    ['--only CC-40 answer-call/', 'those of one requirement, and those whose id begins so'],
    ['--list', 'what there is'],
  ],
  exits: {
    0: 'every deviation was caught and every allowed variation accepted',
    1: 'one was not',
    3: 'an option cannot be used, or a worker failed',
  },
} as const

/** Other programs usually share more than two cores. */
const WORKERS = Math.min(2, availableParallelism())

const command = () =>
  new Command('npm run deviations --')
    .description(
      'Runs the suite against every deviation, which it must catch, and every allowed variation, which it must accept.',
    )
    .option('--full', 'run each against all scenarios: shows which others see it, and which scenarios no deviation fails', false)
    .option('--list', 'print the ids of deviations and variations, and the mutations that are left out; run nothing', false)
    .option('--only <id...>', 'only these: ids, beginnings of ids as answer-call/, or all of a requirement as CC-40', [])
    .option('--workers <number>', 'the number of processes', workerCount, WORKERS)
    .option('--reports <folder>', 'the folder for deviations.json', 'reports')

/**
 * @param args the arguments after `--`
 * @param out prints the help
 * @returns the options, or null after printing the help
 * @throws UsageError naming the option and the remedy
 */
export function readDeviationsOptions(
  args: readonly string[],
  { deviations, variations }: Pick<Catalogue, 'deviations' | 'variations'>,
  out: (text: string) => void,
): DeviationsOptions | null {
  const options = parseOptions(command(), args, out, GUIDE)
  if (options === null) return null
  const unknown = options.only.find((asked) => ![...deviations, ...variations].some((one) => isAsked([asked], one)))
  if (unknown === undefined) return options
  throw new UsageError(
    `There is no deviation or allowed variation "${unknown}": "npm run deviations -- --list" prints all of them.`,
  )
}

/** Whether `--only` selects a deviation or variation: by its id, by a beginning that ends with a slash or a dot, or by its requirement. */
export function isAsked(only: readonly string[], { id, requirement }: Pick<VariationInfo, 'id' | 'requirement'>): boolean {
  const asks = (asked: string) => [id, requirement].includes(asked) || (/[/.]$/.test(asked) && id.startsWith(asked))
  return only.length === 0 || only.some(asks)
}

/** The output, the catalogue and the workers of the command. */
interface Surroundings {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  /** Whether `error` writes to a terminal. */
  readonly isTerminal: boolean
  /** @throws FixtureError when the documented messages cannot be read */
  readonly catalogue: () => Catalogue
  readonly startWorkers: (count: number) => RunTrials
}

/**
 * Runs `npm run deviations` with the arguments after the command's name.
 * @returns the exit code: 0 when every deviation was caught and every variation accepted; 1 when not; 3 when an option cannot be used or a
 * worker failed
 */
export async function runDeviations(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await run(args, surroundings)
  } catch (error) {
    const known = error instanceof UsageError || error instanceof FixtureError
    surroundings.error(`${known ? error.message : `The trials failed: ${(error as Error).message}`}\n`)
    return EXIT_CODES['harness-error']
  }
}

async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out } = surroundings
  const catalogue = surroundings.catalogue()
  const options = readDeviationsOptions(args, catalogue, out)
  if (options === null) return EXIT_CODES.conformant
  if (options.list) return list(catalogue, out)
  const file = join(options.reports, REPORT)
  prepareReports(options.reports, [REPORT])
  const report = await runAll(options, catalogue, surroundings)
  writeFileSync(file, `${JSON.stringify(deviationsReport.parse(report), null, 2)}\n`)
  for (const line of tableOf(report.requirements)) out(`${line}\n`)
  const faults = faultsOf(report)
  if (faults.length > 0) out(`${['', ...faults].join('\n')}\n`)
  out(`\n${lastLinesOf(report, displayed(file))}\n`)
  return report.outcome === 'all-caught' ? EXIT_CODES.conformant : EXIT_CODES['non-conformant']
}

async function runAll(
  { full, only, workers }: DeviationsOptions,
  catalogue: Catalogue,
  surroundings: Surroundings,
): Promise<DeviationsReport> {
  const began = performance.now()
  const runTrials = surroundings.startWorkers(workers)
  const asked = {
    deviations: catalogue.deviations.filter((one) => isAsked(only, one)),
    variations: catalogue.variations.filter((one) => isAsked(only, one)),
  }
  const scenarios = await writtenScenarios(await loadSupportCode())
  // Variations run most scenarios: if they run first, no worker has a long batch at the end.
  const trials = [
    ...asked.variations.map((one) => trialOfVariation(one, scenarios, full)),
    ...asked.deviations.map((one) => trialOf(one, scenarios, full)),
  ]
  const results = new Map<string, TrialResult>()
  const progress = progressOn(surroundings, trials.length)
  const judged = (among: ReadonlyMap<string, TrialResult>) => ({
    deviations: asked.deviations.flatMap((one) => judge(attribute, one, among)),
    twins: asked.variations.flatMap((one) => judge(judgeVariation, one, among)),
  })
  await runTrials(trials, (result) => {
    results.set(result.id, result)
    progress(results.size, result.id, faultsOf({ ...judged(new Map([[result.id, result]])), unfailed: [] }))
  })
  const verdicts = judged(results)
  const idle = full && only.length === 0 ? unfailed(scenarios, verdicts.deviations) : []
  const order = loadRequirements().map(({ id }) => id)
  return {
    outcome: faultsOf({ ...verdicts, unfailed: idle }).length === 0 ? 'all-caught' : 'not-all-caught',
    full,
    only: [...only],
    workers,
    durationMs: Math.round(performance.now() - began),
    ...verdicts,
    unfailed: idle,
    leftOut: catalogue.leftOut.map(({ id, reason }) => ({ id, reason })),
    requirements: sumsOf(verdicts.deviations, order),
  }
}

/** The verdict on one, if its result is among these. */
function judge<Subject extends { readonly id: string }, Judged>(
  judgement: (subject: Subject, result: TrialResult) => Judged,
  subject: Subject,
  among: ReadonlyMap<string, TrialResult>,
): readonly Judged[] {
  const result = among.get(subject.id)
  return result === undefined ? [] : [judgement(subject, result)]
}

function list({ deviations: all, variations, leftOut }: Catalogue, out: (text: string) => void): number {
  for (const { id, requirement, description } of all) out(`${requirement}\t${id}\t${description}\n`)
  for (const { id, description } of variations) out(`lawful\t${id}\t${description}\n`)
  for (const { id, reason } of leftOut) out(`left out\t${id}\t${reason}\n`)
  return EXIT_CODES.conformant
}

/** The path of a file from the project; a file elsewhere keeps the path of the option. */
function displayed(file: string): string {
  const inside = relative(PROJECT_ROOT, file)
  return inside.startsWith('..') ? file : withSlashes(inside)
}

if (require.main === module) {
  endWithNpm()
  guardTerminal({ discreet: (text) => currentRun().outlet.discreet(text) })
  const surroundings: Surroundings = {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    catalogue: armable,
    startWorkers,
  }
  runDeviations(process.argv.slice(2), surroundings).then((code) => {
    process.exitCode = code
  })
}
