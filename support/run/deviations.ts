// `npm run deviations`: tries the suite against everything that it must see and everything that it must not mind.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type DeviationsReport, deviationsReport } from '../contract/deviations'
import { endWithNpm } from '../contract/end-requests'
import { FixtureError, PROJECT_ROOT, withSlashes } from '../contract/fixture'
import { loadRequirements } from '../contract/requirements'
import { EXIT_CODES } from '../contract/verdict'
import { guardTerminal } from '../scenario/outlet'
import { armable } from '../targets/deviations'
import { attribute, judgeTwin, unfailed } from './attribution'
import { type DeviationsOptions, isAsked, readDeviationsOptions } from './deviations-options'
import { faultsOf, lastLineOf, progressOn, sumsOf, tableOf } from './deviations-told'
import { UsageError } from './options'
import { loadSupportCode } from './scenarios'
import type { Trial, TrialResult } from './trial'
import { pathsFor, writtenScenarios } from './trial-plan'
import { startWorkers } from './trial-workers'

const REPORT = 'deviations.json'

async function deviations(args: readonly string[]): Promise<number> {
  const options = readDeviationsOptions(args)
  if (options === null) return EXIT_CODES.conformant
  if (options.list) return list()
  const file = join(options.reports, REPORT)
  mkdirSync(options.reports, { recursive: true })
  const report = await tried(options)
  writeFileSync(file, `${JSON.stringify(deviationsReport.parse(report), null, 2)}\n`)
  for (const line of tableOf(report.requirements)) console.log(line)
  const faults = faultsOf(report)
  if (faults.length > 0) console.log(['', ...faults].join('\n'))
  console.log(`\n${lastLineOf(report, shown(file))}`)
  return report.outcome === 'all-caught' ? EXIT_CODES.conformant : EXIT_CODES['non-conformant']
}

async function tried({ full, only, workers }: DeviationsOptions): Promise<DeviationsReport> {
  const began = performance.now()
  const run = startWorkers(workers)
  const catalogue = armable()
  const asked = {
    deviations: catalogue.deviations.filter((one) => isAsked(only, one)),
    twins: catalogue.twins.filter((one) => isAsked(only, one)),
  }
  const scenarios = await writtenScenarios(await loadSupportCode())
  const trials = [...asked.deviations, ...asked.twins].map(
    (one): Trial => ({ id: one.id, paths: pathsFor(one, scenarios, full) }),
  )
  const results = new Map<string, TrialResult>()
  const progress = progressOn(process.stderr, trials.length)
  const judged = (among: ReadonlyMap<string, TrialResult>) => ({
    deviations: asked.deviations.flatMap((one) => judge(attribute, one, among)),
    twins: asked.twins.flatMap((one) => judge(judgeTwin, one, among)),
  })
  await run(trials, (result) => {
    results.set(result.id, result)
    progress(results.size, result.id, faultsOf({ ...judged(new Map([[result.id, result]])), unfailed: [] }))
  })
  const verdicts = judged(results)
  const idle = only.length > 0 ? [] : unfailed(scenarios, verdicts.deviations)
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

function list(): number {
  const { deviations, twins, leftOut } = armable()
  for (const { id, requirement, description } of deviations) console.log(`${requirement}\t${id}\t${description}`)
  for (const { id, description } of twins) console.log(`lawful\t${id}\t${description}`)
  for (const { id, reason } of leftOut) console.log(`left out\t${id}\t${reason}`)
  return EXIT_CODES.conformant
}

/** Within the project as it is called there; elsewhere as it was asked for. */
function shown(file: string): string {
  const inside = relative(PROJECT_ROOT, file)
  return inside.startsWith('..') ? file : withSlashes(inside)
}

function tell(error: unknown): number {
  const known = error instanceof UsageError || error instanceof FixtureError
  console.error(known ? error.message : `The trials failed: ${(error as Error).message}`)
  return EXIT_CODES['harness-error']
}

guardTerminal()
endWithNpm()
deviations(process.argv.slice(2))
  .catch(tell)
  .then((code) => {
    process.exitCode = code
  })
