// `npm run report`: makes verdict and reports again from the record of the last run, also of one that was killed, and the Allure page where there is Java.
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Envelope, TimeConversion } from '@cucumber/messages'
import { Command, CommanderError } from 'commander'
import { endWithNpm } from '../contract/end-requests'
import { withSlashes } from '../contract/fixture'
import { loadRequirementsFile } from '../contract/requirements'
import { type Verdict, verdictSchema } from '../contract/verdict'
import { readRecord, UnreadableRecord } from '../results/record'
import { REPORTS, writeReports } from '../results/reports/all-reports'
import { findJava, makeAllurePage } from '../results/reports/allure-page'
import { writeVerdict } from '../results/reports-folder'
import { contextOf } from '../results/run-metadata'
import { foldVerdict } from '../results/verdict'

const EXIT = { made: 0, unusable: 3 } as const

/** What the command writes to, and how it finds Java. */
export interface Surroundings {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  readonly findJava: typeof findJava
}

/** A verdict that cannot be used: `message` is a sentence with the place and the remedy. */
class UnusableVerdict extends Error {
  override readonly name = 'UnusableVerdict'
}

/**
 * Runs `npm run report` with the arguments after the command's name.
 * @returns The exit code: 0 when the reports were made, with or without the Allure page; 3 when an option, the record or the
 * verdict cannot be used.
 */
export async function report(args: readonly string[], { out, error, findJava: find }: Surroundings): Promise<number> {
  const command = new Command('npm run report --')
    .description('Makes the reports again from the record of the last run.')
    .option('--reports <dir>', 'the folder with messages.ndjson and verdict.json', 'reports')
    .option('--merge <dir...>', 'merge the records of the shards in these folders')
    .option('--verbose', 'show where an error comes from')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: error })
  try {
    command.parse([...args], { from: 'user' })
    const options = command.opts<{ reports: string; merge?: string[]; verbose?: true }>()
    if (options.merge) {
      error('Merging the records of shards is not available yet; make the reports of each shard with --reports DIR.\n')
      return EXIT.unusable
    }
    return await remake(options.reports, out, find)
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.made : EXIT.unusable
    error(`${sentenceOf(cause)}\n`)
    if (command.opts<{ verbose?: true }>().verbose && cause instanceof Error) error(`${cause.stack}\n`)
    return EXIT.unusable
  }
}

async function remake(folder: string, out: (text: string) => void, find: typeof findJava): Promise<number> {
  const envelopes = readRecord(join(folder, 'messages.ndjson'))
  const verdict = verdictOf(folder, envelopes)
  const interrupted = verdict.aborted ? 'The run was interrupted here.' : null
  await writeReports({ folder, envelopes, verdict, interrupted })
  const show = (...path: string[]) => out(`${withSlashes(relative(process.cwd(), join(...path)))}\n`)
  for (const name of Object.values(REPORTS)) show(folder, name)
  const page = await makeAllurePage(join(folder, REPORTS.allureResults), join(folder, 'allure'), find)
  if (page.made) show(page.file)
  else out(`${page.reason}\n`)
  return EXIT.made
}

/** The verdict that the run wrote; of a run that was killed before it could, the one that its record gives. */
function verdictOf(folder: string, envelopes: Envelope[]): Verdict {
  const file = join(folder, 'verdict.json')
  if (existsSync(file)) {
    const written = readVerdict(file)
    const began = envelopes.findLast((envelope) => envelope.testRunStarted)?.testRunStarted?.timestamp
    if (!began || TimeConversion.timestampToMillisecondsSinceEpoch(began) <= Date.parse(written.finishedAt)) return written
  }
  const context = contextOf(envelopes)
  if (context === null)
    throw new UnusableVerdict(
      `The run that left the record in ${folder} was killed before it began: run "npm run conformance" again.`,
    )
  const verdict = foldVerdict({ ...context, ...loadRequirementsFile(), envelopes, interrupted: true, crash: null })
  writeVerdict(folder, verdict)
  return verdict
}

function readVerdict(file: string): Verdict {
  try {
    return verdictSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new UnusableVerdict(`${file} is no verdict of this version: run "npm run conformance" again.`, { cause })
  }
}

function sentenceOf(cause: unknown): string {
  if (cause instanceof UnusableVerdict || cause instanceof UnreadableRecord) return cause.message
  const said = cause instanceof Error ? cause.message : String(cause)
  return `The reports could not be made: ${said}. Repeat with --verbose to see where.`
}

if (require.main === module) {
  endWithNpm()
  const surroundings = { out: write(process.stdout), error: write(process.stderr), findJava }
  report(process.argv.slice(2), surroundings).then((code) => {
    process.exitCode = code
  })
}

function write(stream: NodeJS.WriteStream): (text: string) => void {
  return (text) => {
    stream.write(text)
  }
}
