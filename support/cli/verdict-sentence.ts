// The verdict in a sentence, as the last line of a run has it, for the reports: without the path of a report.
import type { Verdict } from '../contract/verdict'
import { lastLine } from './progress'

export function verdictSentence(verdict: Verdict): string {
  return lastLine(verdict, '').trim()
}
