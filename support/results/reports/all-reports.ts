// Writes the verdict and every report that needs no Java, from one record, for a finished, an interrupted and a killed run alike.
import { accessSync, constants, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { UsageError } from '../../contract/command-line'
import { makeFolder } from '../../contract/folders'
import type { Verdict } from '../../contract/verdict'
import { completeRecord, endedBy } from '../complete-record'
import { writeAllureResults } from './allure-results'
import { writeCucumberHtml, writeJunit } from './cucumber-reports'

/** The names of the reports, in the folder of reports. */
export const REPORTS = { html: 'cucumber.html', junit: 'junit.xml', allureResults: 'allure-results' } as const

/** All that a run or `npm run report` writes to the folder. */
const OUTPUTS = ['verdict.json', 'messages.ndjson', 'cucumber.html', 'junit.xml', 'allure-results', 'allure']

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
  /** Why the run was stopped before its end, a sentence; null when it was not. */
  readonly interrupted: string | null
}

/** Writes cucumber's HTML, the JUnit XML and Allure's results of a run. */
export async function writeReports({ folder, envelopes, verdict, interrupted }: Reports): Promise<void> {
  const complete = completeRecord(envelopes, interrupted ?? CUT_OFF_REASON)
  const record = interrupted === null ? complete : endedBy(complete, interrupted)
  makeFolder(folder)
  writeJunit(record, join(folder, REPORTS.junit))
  writeAllureResults(record, verdict, join(folder, REPORTS.allureResults))
  await writeCucumberHtml(record, join(folder, REPORTS.html))
}
