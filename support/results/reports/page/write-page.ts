// Writes the reviewer's page of a run: reads the fixtures and the deviations that it cites, and renders it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { deviationsReport } from '../../../contract/deviations'
import { loadDrift, loadErrata } from '../../../contract/discrepancies'
import { coverageOf } from '../../../contract/page-coverage'
import { loadRequirements } from '../../../contract/requirements'
import type { Verdict } from '../../../contract/verdict'
import { readRun } from '../../read-messages'
import { contextOf } from '../../run-metadata'
import type { PageInput } from './model'
import { renderPage } from './render'

interface PageParts {
  /** The complete record (`completeRecord`). */
  readonly envelopes: readonly Envelope[]
  readonly verdict: Verdict
  /** The last line of the run, without the path of a report. */
  readonly sentence: string
  /** Why the record ends before the run did; null where it does not. */
  readonly cutOff: string | null
}

/** @param folder of the reports, where `npm run deviations` may have left its own */
export function writePage(folder: string, file: string, { envelopes, verdict, sentence, cutOff }: PageParts): void {
  const page = renderPage({
    run: readRun(envelopes),
    ...{ verdict, sentence, cutOff },
    requirements: loadRequirements(),
    errata: loadErrata(),
    drift: loadDrift(),
    coverage: coverageOf(verdict.document.pages),
    deviations: deviationsIn(folder),
    configuration: contextOf(envelopes)?.configuration ?? {},
  })
  writeFileSync(join(folder, file), page)
}

/** A report of another version is not read: the page says then that the deviations have not been run. */
function deviationsIn(folder: string): PageInput['deviations'] {
  const file = join(folder, 'deviations.json')
  if (!existsSync(file)) return null
  try {
    return deviationsReport.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}
