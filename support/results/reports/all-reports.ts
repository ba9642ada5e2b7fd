// Every report that needs no Java, made from one record by the same code for a finished, an interrupted and a killed run.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import type { Verdict } from '../../contract/verdict'
import { completeRecord, endedBy } from '../record'
import { writeAllureResults } from './allure-results'
import { writeCucumberHtml } from './cucumber-html'
import { writeJunit } from './junit'

/** The names of the reports, in the folder of reports. */
export const REPORTS = { html: 'cucumber.html', junit: 'junit.xml', allureResults: 'allure-results' } as const

/** Said in the reports of a run that stopped without being told to. */
const CUT_OFF_REASON = 'The record of the run ends here: a process of the run ended before its scenarios did.'

export interface Reports {
  /** The folder of reports; made when it is missing. */
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
  mkdirSync(folder, { recursive: true })
  writeJunit(record, join(folder, REPORTS.junit))
  writeAllureResults(record, verdict, join(folder, REPORTS.allureResults))
  await writeCucumberHtml(record, join(folder, REPORTS.html))
}
