// Writes the verdict and every report but the page of Allure, from one record, for a finished, an interrupted and a killed run alike.
import { accessSync, appendFileSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { UsageError } from '../../contract/command-line'
import { makeFolder } from '../../contract/folders'
import { loadRequirements } from '../../contract/requirements'
import type { Verdict } from '../../contract/verdict'
import { completeRecord, endedBy } from '../complete-record'
import { writeAllureResults } from './allure-results'
import { writeCucumberHtml, writeJunit } from './cucumber-reports'
import { writePage } from './page/write-page'
import { summaryOf } from './summary'

/** The names of the reports, in the folder of reports. */
export const REPORTS = {
  page: 'index.html',
  summary: 'summary.md',
  html: 'cucumber.html',
  junit: 'junit.xml',
  allureResults: 'allure-results',
} as const

/** All that a run or `npm run report` writes to the folder. */
const OUTPUTS = ['verdict.json', 'messages.ndjson', ...Object.values(REPORTS), 'allure']

/**
 * Makes the folder of `--reports` if it is missing, clears it of what an earlier run left, and proves that it can be written.
 * @param outputs what the command writes there
 * @throws UsageError when it cannot
 */
export function prepareReports(folder: string, outputs: readonly string[] = OUTPUTS): void {
  try {
    makeFolder(folder)
    accessSync(folder, constants.W_OK)
    for (const output of outputs) rmSync(join(folder, output), { recursive: true, force: true })
    const probe = join(folder, '.probe')
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const cause = (error as Error).message.replace(/,.*$/, '')
    throw new UsageError(`The reports folder ${folder} cannot be written (${cause}): choose another with --reports.`)
  }
}

export function writeVerdict(folder: string, verdict: Verdict): void {
  writeFileSync(join(folder, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`)
}

/** The reports of a run that stopped by itself say this. */
const CUT_OFF_REASON = 'The record of the run ends here: a process of the run ended before its scenarios did.'

interface Reports {
  /** Is created when it is missing. */
  readonly folder: string
  /** The record as it is, complete or not. */
  readonly envelopes: Envelope[]
  readonly verdict: Verdict
  /** The last line of the run, without the path of a report. */
  readonly sentence: string
  /** Why the run was stopped before its end, a sentence; null when it was not. */
  readonly interrupted: string | null
}

/** Writes the page, the summary, cucumber's HTML, the JUnit XML and Allure's results of a run. */
export async function writeReports({ folder, envelopes, verdict, sentence, interrupted }: Reports): Promise<void> {
  const complete = completeRecord(envelopes, interrupted ?? CUT_OFF_REASON)
  const record = interrupted === null ? complete : endedBy(complete, interrupted)
  makeFolder(folder)
  const cutOff = interrupted ?? (complete === envelopes ? null : CUT_OFF_REASON)
  writePage(folder, REPORTS.page, { envelopes: record, verdict, sentence, cutOff })
  writeFileSync(join(folder, REPORTS.summary), summaryOf({ verdict, sentence, cutOff, requirements: loadRequirements() }))
  writeJunit(record, join(folder, REPORTS.junit))
  writeAllureResults(record, { verdict, sentence, requirements: loadRequirements() }, join(folder, REPORTS.allureResults))
  await writeCucumberHtml(record, join(folder, REPORTS.html))
}

/** Adds the summary of a run to the page of a build step (`GITHUB_STEP_SUMMARY`), where the build server names a file for it. */
export function publishSummary(folder: string, stepSummary: string | undefined): void {
  if (stepSummary) appendFileSync(stepSummary, readFileSync(join(folder, REPORTS.summary)))
}
