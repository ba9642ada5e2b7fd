// `npm run report`: makes the verdict and the reports again from the record of the last run, also of a killed one, and the Allure page where there is Java.
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { Command, parseOptions, UsageError } from '../contract/command-line'
import { endWithNpm } from '../contract/end-requests'
import { withSlashes } from '../contract/fixture'
import { loadRequirementsFile } from '../contract/requirements'
import { type Verdict, verdictSchema } from '../contract/verdict'
import { milliseconds } from '../results/read-messages'
import { readRecord } from '../results/record'
import { REPORTS, writeReports, writeVerdict } from '../results/reports/all-reports'
import { findJava, makeAllurePage } from '../results/reports/allure-page'
import { contextOf } from '../results/run-metadata'
import { foldVerdict } from '../results/verdict'
import { verdictSentence } from './verdict-sentence'

const EXIT = { made: 0, unusable: 3 } as const

/** Where the command writes, and how it finds Java. */
interface Surroundings {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  readonly findJava: typeof findJava
}

/**
 * Runs `npm run report` with the arguments after the command's name.
 * @returns the exit code: 0 when the reports were made, with or without the Allure page; 3 when an option, the record or the verdict cannot
 * be used
 */
export async function report(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, error } = surroundings
  const command = new Command('npm run report --')
    .description('Makes the reports again from the record of the last run.')
    .option('--reports <dir>', 'the folder with messages.ndjson and verdict.json', 'reports')
    .option('--merge <dir...>', 'merge the records of the shards in these folders')
    .option('--verbose', 'show where an error comes from')
  try {
    const options = parseOptions(command, args, out)
    if (options === null) return EXIT.made
    if (options.merge)
      throw new UsageError(
        'Merging the records of shards is not available yet; make the reports of each shard with --reports DIR.',
      )
    return await remake(options.reports, surroundings)
  } catch (cause) {
    const { message, stack } = cause as Error
    const unforeseen = `The reports could not be made: ${message}. Repeat with --verbose to see where.`
    error(`${cause instanceof UsageError ? message : unforeseen}\n`)
    if (command.opts().verbose) error(`${stack}\n`)
    return EXIT.unusable
  }
}

async function remake(folder: string, { out, findJava: find }: Surroundings): Promise<number> {
  const envelopes = readRecord(join(folder, 'messages.ndjson'))
  const verdict = verdictOf(folder, envelopes)
  const interrupted = verdict.aborted ? 'The run was interrupted here.' : null
  await writeReports({ folder, envelopes, verdict, sentence: verdictSentence(verdict), interrupted })
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
    if (!began || milliseconds(began) <= Date.parse(written.finishedAt)) return written
  }
  const context = contextOf(envelopes)
  if (context === null)
    throw new UsageError(`The run that left the record in ${folder} was killed before it began: run "npm run conformance" again.`)
  const verdict = foldVerdict({ ...context, ...loadRequirementsFile(), envelopes, interrupted: true, crash: null })
  writeVerdict(folder, verdict)
  return verdict
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
  report(process.argv.slice(2), { out, error, findJava }).then((code) => {
    process.exitCode = code
  })
}
