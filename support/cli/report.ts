// `npm run report`: makes the verdict and the reports again from the record of the last run, also of a killed one, and the page of Allure.
import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { Command, parseOptions, UsageError } from '../contract/command-line'
import { endWithNpm } from '../contract/end-requests'
import { withSlashes } from '../contract/fixture'
import { loadRequirementsFile } from '../contract/requirements'
import { EXIT_CODES, type Verdict, verdictSchema } from '../contract/verdict'
import { mergeRecords } from '../results/merge-records'
import { milliseconds } from '../results/read-messages'
import { openRecord, readRecord } from '../results/record'
import { prepareReports, REPORTS, writeReports, writeVerdict } from '../results/reports/all-reports'
import { makeAllurePage } from '../results/reports/allure-page'
import { contextOf, suiteIdentity, versionOf } from '../results/run-metadata'
import { foldVerdict } from '../results/verdict'
import { lastLine } from './progress'
import { verdictSentence } from './verdict-sentence'

const EXIT = { made: 0, unusable: 3 } as const

const GUIDE = {
  examples: [
    ['', 'of the run in reports/'],
    ['--reports reports/tenant', 'of the run in another folder'],
  ],
  exits: {
    0: 'the reports were made, with or without the Allure page',
    3: 'an option, the record or the verdict cannot be used',
  },
} as const

/** Where the command writes, and how the Allure page is made. */
interface Surroundings {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  readonly allurePage: typeof makeAllurePage
}

/**
 * Runs `npm run report` with the arguments after the command's name.
 * @returns the exit code: 0 when the reports were made, with or without the Allure page; with --merge that of the merged verdict; 3 when an option, the record or the verdict cannot
 * be used
 */
export async function report(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, error } = surroundings
  const command = new Command('npm run report --')
    .description('Makes the reports again from the record of the last run.')
    .option('--reports <dir>', 'the folder with messages.ndjson and verdict.json; with --merge, the folder to write', 'reports')
    .option('--merge <dir...>', 'merge the records of the shards or stages in these folders into one')
    .option('--verbose', 'show where an error comes from')
  try {
    const options = parseOptions(command, args, out, GUIDE)
    if (options === null) return EXIT.made
    if (options.merge) return await merge(options.merge, options.reports, surroundings)
    return await remake(options.reports, surroundings)
  } catch (cause) {
    const { message, stack } = cause as Error
    const unforeseen = `The reports could not be made: ${message}. Repeat with --verbose to see where.`
    error(`${cause instanceof UsageError ? message : unforeseen}\n`)
    if (command.opts().verbose) error(`${stack}\n`)
    return EXIT.unusable
  }
}

async function remake(folder: string, surroundings: Surroundings): Promise<number> {
  const envelopes = recordIn(folder)
  await write(folder, envelopes, verdictOf(folder, envelopes), surroundings)
  return EXIT.made
}

/** The record in a folder, of one run and of a suite that this one can read. */
function recordIn(folder: string): Envelope[] {
  const file = join(folder, 'messages.ndjson')
  const envelopes = readRecord(file)
  const starts = envelopes.filter(({ testRunStarted }) => testRunStarted).length
  if (starts > 1)
    throw new UsageError(`${file} holds ${starts} runs: give each run a folder of its own (--reports) and run it again.`)
  const [theirs, ours] = [versionOf(envelopes), suiteIdentity().version]
  if (theirs !== null && isNewer(theirs, ours))
    throw new UsageError(
      `${file} was written by version ${theirs} of the suite, and this is ${ours}: make the reports with that version.`,
    )
  return envelopes
}

function isNewer(theirs: string, ours: string): boolean {
  return theirs.localeCompare(ours, 'en', { numeric: true }) > 0
}

/** Merges the records of shards and stages; the exit code is that of the merged verdict. */
async function merge(folders: readonly string[], target: string, surroundings: Surroundings): Promise<number> {
  if (folders.some((folder) => resolve(folder) === resolve(target)))
    throw new UsageError(`--merge reads ${target} and the merged run would replace it: choose another folder with --reports.`)
  const records = folders.map((folder) => ({ name: folder, envelopes: recordIn(folder) }))
  const { envelopes, context, missing } = mergeRecords(records)
  const single = records.map(({ name, envelopes: own }) => foldedVerdict(name, own))
  const crash = single.find(({ outcome, reason }) => outcome === 'harness-error' && reason !== null)?.reason ?? null
  const interrupted = single.some(({ aborted }) => aborted)
  prepareReports(target)
  const record = openRecord(
    join(target, 'messages.ndjson'),
    (text) => text,
    (cause) => {
      throw cause
    },
  )
  for (const envelope of envelopes) record.append(envelope)
  record.close()
  const verdict = withoutShards(foldVerdict({ ...context, ...loadRequirementsFile(), envelopes, interrupted, crash }), missing)
  writeVerdict(target, verdict)
  await write(target, envelopes, verdict, surroundings)
  surroundings.out(`\n${lastLine(verdict, withSlashes(relative(process.cwd(), join(target, REPORTS.page))))}\n`)
  return EXIT_CODES[verdict.outcome]
}

/** A run without some of its shards is complete in nothing. */
function withoutShards(verdict: Verdict, missing: readonly string[]): Verdict {
  if (missing.length === 0) return verdict
  const reason =
    verdict.reason ?? `${missing.length === 1 ? 'shard' : 'shards'} ${missing.join(', ')} of the run: no record was given`
  const good = verdict.outcome === 'conformant' || verdict.outcome === 'as-expected'
  return { ...verdict, reason, outcome: good ? 'incomplete' : verdict.outcome }
}

async function write(folder: string, envelopes: Envelope[], verdict: Verdict, { out, allurePage }: Surroundings) {
  const interrupted = verdict.aborted ? 'The run was interrupted here.' : null
  await writeReports({ folder, envelopes, verdict, sentence: verdictSentence(verdict), interrupted })
  const show = (...path: string[]) => out(`${withSlashes(relative(process.cwd(), join(...path)))}\n`)
  for (const name of Object.values(REPORTS)) show(folder, name)
  const page = await allurePage(join(folder, REPORTS.allureResults), join(folder, 'allure'))
  if (page.made) show(page.file)
  else out(`${page.reason}\n`)
}

/** The verdict that the run wrote; of a run that was killed before it could, the one that its record gives. */
function verdictOf(folder: string, envelopes: Envelope[]): Verdict {
  const verdict = foldedVerdict(folder, envelopes)
  if (writtenVerdict(folder, envelopes) === null) writeVerdict(folder, verdict)
  return verdict
}

/** The verdict that a record gives, of a run that wrote none; else that which the run wrote, which knows of interruption and crash. */
function foldedVerdict(folder: string, envelopes: Envelope[]): Verdict {
  const written = writtenVerdict(folder, envelopes)
  if (written !== null) return written
  const context = contextOf(envelopes)
  if (context === null)
    throw new UsageError(`The run that left the record in ${folder} was killed before it began: run "npm run conformance" again.`)
  return foldVerdict({ ...context, ...loadRequirementsFile(), envelopes, interrupted: true, crash: null })
}

/** The verdict in a folder, if it is that of the record: a killed run leaves the record alone. */
function writtenVerdict(folder: string, envelopes: Envelope[]): Verdict | null {
  const file = join(folder, 'verdict.json')
  if (!existsSync(file)) return null
  const written = readVerdict(file)
  const began = envelopes.findLast((envelope) => envelope.testRunStarted)?.testRunStarted?.timestamp
  return !began || milliseconds(began) <= Date.parse(written.finishedAt) ? written : null
}

function readVerdict(file: string): Verdict {
  try {
    return verdictSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new UsageError(`${file} is no verdict of this version: run "npm run conformance" again.`, { cause })
  }
}

if (require.main === module) {
  endWithNpm()
  const out = (text: string) => void process.stdout.write(text)
  const error = (text: string) => void process.stderr.write(text)
  report(process.argv.slice(2), { out, error, allurePage: makeAllurePage }).then((code) => {
    process.exitCode = code
  })
}
