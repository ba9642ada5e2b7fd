// `npm run deviations`: tries the suite against every deviation, which it must catch, and every allowed variation, which it must accept.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { UsageError } from '../contract/command-line'
import { type DeviationsReport, deviationsReport } from '../contract/deviations'
import { endWithNpm } from '../contract/end-requests'
import { FixtureError, PROJECT_ROOT, withSlashes } from '../contract/fixture'
import { loadRequirements } from '../contract/requirements'
import { EXIT_CODES } from '../contract/verdict'
import { armable, type Catalogue } from '../mutation'
import { loadSupportCode } from '../suite/cucumber'
import { currentRun } from '../suite/current-run'
import { guardTerminal } from '../suite/redaction'
import { attribute, judgeTwin, unfailed } from '../trials/attribution'
import { trialOf, trialOfTwin, writtenScenarios } from '../trials/plan'
import type { TrialResult } from '../trials/trial'
import { type RunTrials, startWorkers } from '../trials/worker-pool'
import { type DeviationsOptions, isAsked, readDeviationsOptions } from './deviations-options'
import { faultsOf, lastLinesOf, progressOn, sumsOf, tableOf } from './deviations-output'

const REPORT = 'deviations.json'

/** What the command writes to, what there is to try, and what tries it. */
export interface Surroundings {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  /** Whether `error` writes to a terminal. */
  readonly isTerminal: boolean
  /** @throws FixtureError when the documented messages cannot be read */
  readonly catalogue: () => Catalogue
  /** Starts so many workers. */
  readonly startWorkers: (count: number) => RunTrials
}

/**
 * Runs `npm run deviations` with the arguments after the command's name.
 * @returns the exit code: 0 when every deviation was caught and every twin accepted; 1 when not; 3 when an option cannot be used or a
 * worker failed
 */
export async function deviations(args: readonly string[], surroundings: Surroundings): Promise<number> {
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
  mkdirSync(options.reports, { recursive: true })
  const report = await tried(options, catalogue, surroundings)
  writeFileSync(file, `${JSON.stringify(deviationsReport.parse(report), null, 2)}\n`)
  for (const line of tableOf(report.requirements)) out(`${line}\n`)
  const faults = faultsOf(report)
  if (faults.length > 0) out(`${['', ...faults].join('\n')}\n`)
  out(`\n${lastLinesOf(report, shown(file))}\n`)
  return report.outcome === 'all-caught' ? EXIT_CODES.conformant : EXIT_CODES['non-conformant']
}

async function tried(
  { full, only, workers }: DeviationsOptions,
  catalogue: Catalogue,
  surroundings: Surroundings,
): Promise<DeviationsReport> {
  const began = performance.now()
  const runTrials = surroundings.startWorkers(workers)
  const asked = {
    deviations: catalogue.deviations.filter((one) => isAsked(only, one)),
    twins: catalogue.twins.filter((one) => isAsked(only, one)),
  }
  const scenarios = await writtenScenarios(await loadSupportCode())
  // Twins run most scenarios: begun first, they leave no worker with a long batch at the end.
  const trials = [
    ...asked.twins.map((one) => trialOfTwin(one, scenarios, full)),
    ...asked.deviations.map((one) => trialOf(one, scenarios, full)),
  ]
  const results = new Map<string, TrialResult>()
  const progress = progressOn(surroundings, trials.length)
  const judged = (among: ReadonlyMap<string, TrialResult>) => ({
    deviations: asked.deviations.flatMap((one) => judge(attribute, one, among)),
    twins: asked.twins.flatMap((one) => judge(judgeTwin, one, among)),
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

/** The judgement on one, when its result is among these. */
function judge<Subject extends { readonly id: string }, Judged>(
  judgement: (subject: Subject, result: TrialResult) => Judged,
  subject: Subject,
  among: ReadonlyMap<string, TrialResult>,
): readonly Judged[] {
  const result = among.get(subject.id)
  return result === undefined ? [] : [judgement(subject, result)]
}

function list({ deviations: all, twins, leftOut }: Catalogue, out: (text: string) => void): number {
  for (const { id, requirement, description } of all) out(`${requirement}\t${id}\t${description}\n`)
  for (const { id, description } of twins) out(`lawful\t${id}\t${description}\n`)
  for (const { id, reason } of leftOut) out(`left out\t${id}\t${reason}\n`)
  return EXIT_CODES.conformant
}

/** Within the project as it is called there; elsewhere as it was asked for. */
function shown(file: string): string {
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
  deviations(process.argv.slice(2), surroundings).then((code) => {
    process.exitCode = code
  })
}
