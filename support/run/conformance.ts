// `npm run conformance`: reads the options, runs the scenarios, and makes the verdict and the reports from the record.
import { rememberWorkers } from './workers'

// Before anything loads cucumber.
const workers = rememberWorkers()

import { join, relative } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { type Baseline, loadBaseline } from '../contract/baseline'
import { loadCast } from '../contract/cast'
import { loadDocumented } from '../contract/documented'
import { loadErrata } from '../contract/errata'
import { FixtureError, withSlashes } from '../contract/fixture'
import { loadRequirementsFile, type RequirementsFile } from '../contract/requirements'
import { EXIT_CODES, type Verdict } from '../contract/verdict'
import { REPORTS, writeReports } from '../report/all-reports'
import { openRecord } from '../report/record'
import { interrupt, interruption, listenForSignals } from '../scenario/interruption'
import { concealConfiguration, guardTerminal, keepable, pseudonymise } from '../scenario/outlet'
import { type Configuration, ConfigurationError, loadEnvironment, readConfiguration } from '../targets/configuration'
import { GRAPH } from '../targets/simulator'
import { isExpected } from './baseline'
import { EndingScenarios } from './ending-scenarios'
import { exitCodeOf, lastLine } from './last-line'
import { type Options, readOptions, UsageError } from './options'
import { plan } from './plan'
import { header, summary, type Terminal } from './progress'
import { prepareReports, writeVerdict } from './reports-folder'
import { contextMessage, contextOf, type RunContext, suiteIdentity } from './run-context'
import { loadSupportCode, runScenarios, scenarioNames } from './scenarios'
import { foldVerdict, scenarioVerdict } from './verdict'
import { watch } from './watching'

const terminal: Terminal = {
  print: (line) => console.log(line),
  colours: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
}

async function conformance(args: readonly string[]): Promise<number> {
  const file = loadRequirementsFile()
  const options = readOptions(args, file.requirements)
  if (options === null) return EXIT_CODES.conformant
  checkFixtures()
  const configuration = configurationOf(options)
  const baseline = await baselineOf(options, file)
  if (options.list) return list(options, configuration)

  prepareReports(options.reports)
  listenForSignals(workers.interrupt, workers.kill)
  const context = contextOfRun(options, configuration, baseline)
  header(terminal, file.document, context.target)
  if (options.pseudonymise) pseudonymise(configuration?.cast ?? loadCast(), configuration)
  const { envelopes, crash } = await run(options, context, file)
  // As the record has it, so that the verdict shows no more than what is made of it later.
  const kept = contextOf(envelopes) ?? context
  const verdict = foldVerdict({ ...kept, ...file, envelopes, interrupted: interruption.aborted, crash })
  const unwritten = await write(options.reports, envelopes, verdict)
  summary(terminal, verdict)
  if (unwritten !== null) {
    console.error(`\n${unwritten}`)
    return EXIT_CODES['harness-error']
  }
  terminal.print(`\n${lastLine(verdict, withSlashes(relative(process.cwd(), join(options.reports, REPORTS.html))))}`)
  return exitCodeOf(verdict)
}

/** Null when the verdict and all reports are written; else why not: what came of the calls is told all the same. */
async function write(folder: string, envelopes: Envelope[], verdict: Verdict): Promise<string | null> {
  const interrupted = interruption.aborted ? (interruption.reason as Error).message : null
  try {
    writeVerdict(folder, verdict)
    await writeReports({ folder, envelopes, verdict, interrupted })
    return null
  } catch (error) {
    return notWritten('The reports', folder, error)
  }
}

function notWritten(what: string, folder: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return `${what} cannot be written to ${folder} (${code ?? message}): make room there, or choose another folder with --reports.`
}

/** Fixtures that cannot be read are told before anything runs. */
function checkFixtures(): void {
  loadDocumented()
  loadErrata()
  loadCast()
}

/** The configuration of a tenant, with everything that is wrong with it told before anything runs; null for the simulator. */
function configurationOf({ parameters }: Options): Configuration | null {
  if (parameters.target !== 'tenant') return null
  const environment = loadEnvironment(process.cwd(), process.env)
  const configuration = readConfiguration(environment)
  concealConfiguration(configuration, environment)
  return configuration
}

/** The known differences, checked before anything is sent; null when none are given. */
async function baselineOf({ baseline }: Options, { requirements }: RequirementsFile): Promise<Baseline | null> {
  if (baseline === null) return null
  return loadBaseline(baseline, {
    requirements: requirements.map(({ id }) => id),
    scenarios: await scenarioNames(),
    today: new Date().toISOString().slice(0, 'YYYY-MM-DD'.length),
  })
}

function contextOfRun(
  { asked, selection, strict, parameters, profile }: Options,
  configuration: Configuration | null,
  baseline: Baseline | null,
): RunContext {
  const { baseUrl, callsPath } = configuration?.graph ?? { baseUrl: GRAPH, callsPath: '/beta/app/calls' }
  return {
    suite: suiteIdentity(),
    strict,
    baseline,
    target: {
      kind: parameters.target,
      baseUrl,
      callsPath,
      profile: configuration === null ? profile : null,
      deviation: parameters.deviation,
    },
    selection: {
      tags: asked.tags,
      requirements: [...asked.requirements],
      stages: [...asked.stages],
      shard: selection.shard === '' ? null : selection.shard,
      seed: selection.order.startsWith('random:') ? selection.order.slice('random:'.length) : null,
    },
  }
}

/** Runs the scenarios; every message is on disk before anything is made of it. */
async function run(options: Options, context: RunContext, { requirements }: RequirementsFile) {
  const { selection, parameters, verbose, strict } = options
  let unwritten: string | null = null
  const record = openRecord(join(options.reports, 'messages.ndjson'), keepable, (error) => {
    unwritten = keepable(notWritten('The record of the run', options.reports, error))
    interrupt(unwritten)
    workers.interrupt()
  })
  const envelopes: Envelope[] = []
  let complaints = ''
  const keep = (envelope: Envelope): Envelope => {
    const shown = record.append(envelope)
    envelopes.push(shown)
    return shown
  }
  const ending = new EndingScenarios()
  const seen = watch(terminal, verbose || parameters.target === 'tenant')
  const onMessage = (envelope: Envelope) => {
    const ended = ending.hear(keep(envelope))
    seen.hear(envelope)
    if (envelope.testRunStarted) keep(contextMessage(context, envelope.testRunStarted.id))
    if (ended === null) return
    const verdict = scenarioVerdict(ended, { requirements, strict, interrupted: interruption.aborted })
    // Both as the record has them: a name may stand there in other words.
    const { baseline } = contextOf(envelopes) ?? context
    seen.ended(verdict, isExpected(verdict, baseline?.entries ?? []))
  }
  const onComplaint = (text: string) => {
    complaints += text
    if (verbose) process.stderr.write(text)
  }
  try {
    const support = selection.parallel > 0 ? null : await loadSupportCode()
    await runScenarios({ selection, parameters, support, onMessage, onComplaint })
    return { envelopes, crash: unwritten }
  } catch (error) {
    if (verbose) console.error(error)
    return { envelopes, crash: keepable(`cucumber gave up: ${(error as Error).message} ${complaints}`.trim()) }
  } finally {
    record.close()
  }
}

/** What would run, feature by feature; on a tenant also who would be rung and how many calls would be made. */
async function list(options: Options, configuration: Configuration | null): Promise<number> {
  const envelopes: Envelope[] = []
  const { selection, parameters } = options
  await runScenarios({
    selection: { ...selection, parallel: 0 },
    parameters,
    support: await loadSupportCode(),
    onMessage: (envelope) => envelopes.push(envelope),
    onComplaint: () => {},
  })
  for (const line of plan(envelopes, configuration?.cast ?? null)) terminal.print(line)
  return EXIT_CODES.conformant
}

function tell(error: unknown, verbose: boolean): number {
  const known = error instanceof UsageError || error instanceof FixtureError || error instanceof ConfigurationError
  console.error(
    known
      ? (error as Error).message
      : `The suite failed: ${(error as Error).message}${verbose ? '' : ' (--verbose shows where)'}`,
  )
  if (verbose) console.error(error)
  return EXIT_CODES['harness-error']
}

guardTerminal()
const args = process.argv.slice(2)
conformance(args)
  .catch((error: unknown) => tell(error, args.includes('--verbose')))
  .then((code) => {
    process.exitCode = code
  })
