// The folder of the reports: proven writable before anything runs, and cleared of what an earlier run left.
import { accessSync, constants, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../contract/command-line'
import type { Verdict } from '../contract/verdict'

/** Everything that a run or `npm run report` writes there. */
const OUTPUTS = ['verdict.json', 'messages.ndjson', 'cucumber.html', 'junit.xml', 'allure-results', 'allure']

/** @throws UsageError when the folder cannot be used */
export function prepareReports(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    if (!statSync(folder).isDirectory()) throw new Error('it is no folder')
    accessSync(folder, constants.W_OK)
    for (const output of OUTPUTS) rmSync(join(folder, output), { recursive: true, force: true })
    const probe = join(folder, '.probe')
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    throw new UsageError(
      `The reports folder ${folder} cannot be written (${(error as Error).message.replace(/,.*$/, '')}): choose another with --reports.`,
    )
  }
}

export function writeVerdict(folder: string, verdict: Verdict): void {
  writeFileSync(join(folder, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`)
}
