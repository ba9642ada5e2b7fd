// What `npm run conformance` does: reads the options, runs the scenarios, and makes the verdict and the reports from the record.
import { isAbsolute, join, relative, resolve } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { type Baseline, loadBaseline } from '../contract/baseline'
import { loadCast } from '../contract/cast'
import { UsageError } from '../contract/command-line'
import { loadErrata } from '../contract/discrepancies'
import { loadDocumented } from '../contract/documented'
import { FixtureError, withSlashes } from '../contract/fixture'
import { loadRequirementsFile, type RequirementsFile } from '../contract/requirements'
import { revisionOf } from '../contract/revisions'
import { EXIT_CODES, type ScenarioVerdict, type Verdict, whyNotStarted } from '../contract/verdict'
import { TIME_LIMITS, type TimeLimits } from '../net/time-limits'
import { isExpected } from '../results/apply-baseline'
import { endedScenario, Query } from '../results/read-messages'
import { openRecord } from '../results/record'
import { prepareReports, publishSummary, REPORTS, writeReports, writeVerdict } from '../results/reports/all-reports'
import { contextMessage, contextOf, type RunContext, suiteIdentity } from '../results/run-metadata'
import { foldVerdict, scenarioVerdict } from '../results/verdict'
import { loadSupportCode, runScenarios, scenarioNames } from '../suite/cucumber'
import { beginRun, type Run } from '../suite/current-run'
import type { Workers } from '../suite/interruption'
import { libraryOf } from '../suite/library'
import { GRAPH } from '../targets/simulator/target'
import {
  type Configuration,
  ConfigurationError,
  type Environment,
  loadEnvironment,
  readConfiguration,
} from '../targets/tenant/config/configuration'
import { shownSettings } from '../targets/tenant/config/shown-settings'
import { listLines } from './list'
import { heldTo, type Options, readOptions } from './options'
import { exitCodeOf, failures, header, lastLine, type ReportTerminal, scenarioPrinter, summary } from './progress'
import { verdictSentence } from './verdict-sentence'

/** What a run is given by its caller. */
interface Surroundings {
  /** Where relative paths of the options begin, and where `.env` is read. */
  readonly folder: string
  readonly environment: Environment
  /** Write text as it is; line ends are part of it. */
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  readonly colours: boolean
  /** Interrupts the run; its reason is the sentence that the reports give. */
  readonly signal: AbortSignal
  /** The processes of `--parallel`, which are interrupted too. */
  readonly workers: Workers
  readonly limits?: TimeLimits
  /** Feature files or patterns; the suite's own unless said. */
  readonly features?: readonly string[]
}

/** A run with its surroundings, and a terminal that shows no secret. */
interface Conformance extends Surroundings {
  readonly run: Run
  readonly terminal: ReportTerminal
}

/**
 * Runs `npm run conformance` with the arguments after the command's name. A process runs one at a time.
 * @returns the exit code of the contract; problems of options, configuration and fixtures are written to `error`
 */
export async function conformance(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { folder, environment, limits = TIME_LIMITS, signal, workers, colours } = surroundings
  const run = beginRun({ folder, environment, limits, print: (text) => error(text) })
  const out = (text: string) => surroundings.out(run.outlet.discreet(text))
  const error = (text: string) => surroundings.error(run.outlet.discreet(text))
  const interrupt = () => {
    run.interrupt(String(signal.reason))
    workers.interrupt()
  }
  signal.addEventListener('abort', interrupt)
  if (signal.aborted) interrupt()
  try {
    return await judged(args, { ...surroundings, out, error, run, terminal: { print: (line) => out(`${line}\n`), colours } })
  } catch (cause) {
    return explain(cause, args.includes('--verbose'), error)
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
}

async function judged(args: readonly string[], conformance: Conformance): Promise<number> {
  const { folder, terminal, error, run } = conformance
  const file = loadRequirementsFile()
  const read = readOptions(args, file.requirements, conformance.out)
  if (read === null) return EXIT_CODES.conformant
  checkFixtures()
  const configuration = configurationOf(read, run)
  const held = heldTo(read, revisionOf(configuration?.graph.callsPath ?? read.parameters.callsPath), file.requirements)
  const options = { ...held, reports: placed(folder, held.reports) }
  const baseline = await baselineOf(options, file, conformance)
  if (options.list) return list(options, configuration, conformance)

  prepareReports(options.reports)
  const context = contextOfRun(options, configuration, baseline)
  header(terminal, context.target)
  if (options.pseudonymise) run.outlet.pseudonymise(configuration?.cast ?? loadCast(), configuration)
  const { envelopes, crash } = await record(options, context, file, conformance)
  // As in the record, so that the verdict shows no more than a report that is made from the record.
  const kept = contextOf(envelopes) ?? context
  const verdict = foldVerdict({ ...kept, ...file, envelopes, interrupted: run.interruption.aborted, crash })
  const unwritten = await write(options.reports, envelopes, verdict, conformance)
  failures(terminal, verdict, options.command)
  summary(terminal, verdict)
  if (unwritten !== null) {
    error(`\n${unwritten}\n`)
    return EXIT_CODES['harness-error']
  }
  terminal.print(`\n${lastLine(verdict, withSlashes(relative(resolve(folder), resolve(options.reports, REPORTS.page))))}`)
  return exitCodeOf(verdict)
}

/** A path of an option, relative to the working directory of the process; an absolute one stays. */
function placed(folder: string, path: string): string {
  return isAbsolute(path) ? path : relative(process.cwd(), resolve(folder, path)) || '.'
}

/** Writes the verdict and all reports. Returns null, or why they cannot be written: the summary is printed all the same. */
async function write(
  folder: string,
  envelopes: Envelope[],
  verdict: Verdict,
  { run: { interruption }, environment }: Conformance,
): Promise<string | null> {
  const interrupted = interruption.aborted ? (interruption.reason as Error).message : null
  try {
    writeVerdict(folder, verdict)
    await writeReports({ folder, envelopes, verdict, sentence: verdictSentence(verdict), interrupted })
    publishSummary(folder, environment.GITHUB_STEP_SUMMARY)
    return null
  } catch (error) {
    return notWritten('The reports', folder, error)
  }
}

function notWritten(what: string, folder: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return `${what} cannot be written to ${folder} (${code ?? message}): make room there, or choose another folder with --reports.`
}

/** Reports fixtures that cannot be read before anything runs. */
function checkFixtures(): void {
  loadDocumented()
  loadErrata()
  loadCast()
}

/** The configuration of a tenant; null for the simulator. Reports all its problems before anything runs. */
function configurationOf({ parameters }: Options, run: Run): Configuration | null {
  if (parameters.target !== 'tenant') return null
  const environment = loadEnvironment(run.folder, run.environment)
  const configuration = readConfiguration(environment)
  run.outlet.concealConfiguration(configuration, environment)
  return configuration
}

/** The known differences, checked before anything is sent; null when none are given. */
async function baselineOf(
  { baseline }: Options,
  { requirements }: RequirementsFile,
  { folder, features }: Conformance,
): Promise<Baseline | null> {
  if (baseline === null) return null
  return loadBaseline(placed(folder, baseline), {
    requirements: requirements.map(({ id }) => id),
    scenarios: await scenarioNames(features),
    today: new Date().toISOString().slice(0, 'YYYY-MM-DD'.length),
  })
}

function contextOfRun(
  { asked, selection, strict, parameters, pseudonymise }: Options,
  configuration: Configuration | null,
  baseline: Baseline | null,
): RunContext {
  const { baseUrl, callsPath } = configuration?.graph ?? { baseUrl: GRAPH, callsPath: parameters.callsPath }
  return {
    suite: suiteIdentity(),
    strict,
    pseudonymised: pseudonymise,
    baseline,
    configuration: configuration === null ? {} : shownSettings(configuration),
    target: {
      kind: parameters.target,
      baseUrl,
      callsPath,
      profile: configuration === null ? parameters.profile : null,
      deviation: parameters.deviation,
    },
    selection: {
      tags: asked.tags,
      requirements: [...asked.requirements],
      stages: [...asked.stages],
      names: [...selection.names],
      shard: selection.shard === '' ? null : selection.shard,
      seed: selection.order.startsWith('random:') ? selection.order.slice('random:'.length) : null,
    },
  }
}

/** Why a run with `--bail` starts no further scenario. */
const BAIL = '--bail, after the first failure'

const isFailure = ({ outcome }: ScenarioVerdict) => outcome === 'failed' || outcome === 'harness-error'

/** Runs the scenarios; every message is on disk before it is used. */
async function record(
  options: Options,
  context: RunContext,
  { requirements }: RequirementsFile,
  { run, terminal, error: printError, workers, features }: Conformance,
) {
  const { selection, parameters, verbose, strict } = options
  const { keepable } = run.outlet
  let unwritten: string | null = null
  const file = openRecord(join(options.reports, 'messages.ndjson'), keepable, (error) => {
    unwritten = keepable(notWritten('The record of the run', options.reports, error))
    run.interrupt(unwritten)
    workers.interrupt()
  })
  const envelopes: Envelope[] = []
  let messages = ''
  const keep = (envelope: Envelope): Envelope => {
    const shown = file.append(envelope)
    envelopes.push(shown)
    return shown
  }
  const query = new Query()
  const isTenant = parameters.target === 'tenant'
  const print = scenarioPrinter(terminal, query, { eachScenario: verbose || isTenant, countdown: isTenant })
  const onMessage = (envelope: Envelope) => {
    const kept = keep(envelope)
    query.update(kept)
    if (envelope.testRunStarted) keep(contextMessage(context, envelope.testRunStarted.id))
    const ended = endedScenario(query, kept)
    if (ended === null) return
    const verdict = scenarioVerdict(ended, { requirements, strict, interrupted: run.interruption.aborted })
    // Both as in the record, where a name may have a pseudonym.
    const { baseline } = contextOf(envelopes) ?? context
    const expected = isExpected(verdict, baseline?.entries ?? [])
    if (whyNotStarted(verdict) === null) print(verdict, ended.feature, expected)
    if (options.bail && !expected && isFailure(verdict)) {
      run.stop(BAIL)
      workers.stop(BAIL)
    }
  }
  const onComplaint = (text: string) => {
    messages += text
    if (verbose) printError(text)
  }
  try {
    const support = selection.parallel > 0 ? null : await loadSupportCode()
    await runScenarios({ selection, parameters, support, onMessage, onComplaint, ...(features && { features }) })
    return { envelopes, crash: unwritten }
  } catch (error) {
    if (verbose) printError(`${(error as Error).stack}\n`)
    return { envelopes, crash: keepable(`cucumber gave up: ${(error as Error).message} ${messages}`.trim()) }
  } finally {
    file.close()
  }
}

/** What would run, feature by feature; on a tenant also who would be rung and how many calls would be made. */
async function list(options: Options, configuration: Configuration | null, { terminal, features }: Conformance): Promise<number> {
  const envelopes: Envelope[] = []
  const { selection, parameters } = options
  await runScenarios({
    selection: { ...selection, parallel: 0 },
    parameters,
    support: await loadSupportCode(),
    onMessage: (envelope) => envelopes.push(envelope),
    onComplaint: () => {},
    ...(features && { features }),
  })
  const messages = libraryOf(configuration?.graph.callsPath ?? parameters.callsPath)
  for (const line of listLines(envelopes, configuration?.cast ?? null, messages)) terminal.print(line)
  return EXIT_CODES.conformant
}

function explain(cause: unknown, verbose: boolean, error: (text: string) => void): number {
  const known = cause instanceof UsageError || cause instanceof FixtureError || cause instanceof ConfigurationError
  const { message, stack } = cause as Error
  if (verbose) error(`${stack}\n`)
  const why = known ? message : `the suite failed: ${message}${verbose ? '' : ' (--verbose shows where)'}`
  // The last line is one sentence with the outcome, also where nothing ran.
  error(
    why.includes('\n') ? `${why}\nHarness error: nothing ran; the lines before say what to change.\n` : `Harness error: ${why}\n`,
  )
  return EXIT_CODES['harness-error']
}
