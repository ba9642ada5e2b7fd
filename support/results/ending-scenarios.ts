// Scenarios as they end, while the run goes on: what belongs to each is gathered as it comes, so that nothing is looked for again.
import type { Envelope } from '@cucumber/messages'
import { readRun, type ScenarioRecord } from './read-messages'

export class EndingScenarios {
  readonly #hooks: Envelope[] = []
  readonly #pickles = new Map<string, Envelope>()
  readonly #cases = new Map<string, Envelope>()
  /** What came of each attempt that is under way. */
  readonly #attempts = new Map<string, Envelope[]>()

  /**
   * @param message the next of the run; each must be heard, in the order in which they came
   * @returns the record of the scenario that it ends, null when it ends none
   */
  hear(message: Envelope): ScenarioRecord | null {
    const { hook, pickle, testCase, testCaseStarted, testCaseFinished } = message
    if (hook) this.#hooks.push(message)
    if (pickle) this.#pickles.set(pickle.id, message)
    if (testCase) this.#cases.set(testCase.id, message)
    if (testCaseStarted) this.#attempts.set(testCaseStarted.id, this.#writtenOf(testCaseStarted.testCaseId))
    const attempt = attemptOf(message)
    this.#attempts.get(attempt)?.push(message)
    if (!testCaseFinished) return null
    const [scenario = null] = readRun([...this.#hooks, ...(this.#attempts.get(attempt) ?? [])]).scenarios
    this.#attempts.delete(attempt)
    return scenario
  }

  /** What the features and the plan say of a test case. */
  #writtenOf(testCaseId: string): Envelope[] {
    const testCase = this.#cases.get(testCaseId)
    const pickle = this.#pickles.get(testCase?.testCase?.pickleId ?? '')
    return [pickle, testCase].filter((one) => one !== undefined)
  }
}

function attemptOf({ testCaseStarted, testStepStarted, testStepFinished, attachment, testCaseFinished }: Envelope): string {
  const within = testStepStarted ?? testStepFinished ?? attachment ?? testCaseFinished
  return testCaseStarted?.id ?? within?.testCaseStartedId ?? ''
}
