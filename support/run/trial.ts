// One trial: some scenarios against a simulator that deviates, in this process, and what each came to.
import type { Envelope } from '@cucumber/messages'
import type { RequirementsFile } from '../contract/requirements'
import type { ScenarioVerdict } from '../contract/verdict'
import { BY_THE_BOOK } from '../scenario/parameters'
import { currentRun } from '../scenario/run'
import { EVERYTHING, runScenarios, type SupportCode } from './scenarios'
import { foldVerdict } from './verdict'

/** What is tried: something that a simulator can be armed with, and where the scenarios stand, as FILE:LINE:LINE. */
export interface Trial {
  readonly id: string
  readonly paths: readonly string[]
}

export type Tried = Pick<ScenarioVerdict, 'name' | 'uri' | 'line' | 'outcome' | 'requirements' | 'drift' | 'reason'>

export interface TrialResult {
  readonly id: string
  readonly scenarios: readonly Tried[]
  /** Why cucumber gave up, or what it complained of; null when it went on to the end. */
  readonly crash: string | null
  readonly durationMs: number
}

/** Tries in this process. */
export class Trials {
  readonly #support: SupportCode
  readonly #file: RequirementsFile

  constructor(support: SupportCode, file: RequirementsFile) {
    this.#support = support
    this.#file = file
  }

  async run({ id, paths }: Trial): Promise<TrialResult> {
    const began = performance.now()
    const envelopes: Envelope[] = []
    let crash: string | null = null
    try {
      await runScenarios({
        selection: EVERYTHING,
        features: paths,
        parameters: { ...BY_THE_BOOK, mount: 'direct', deviation: id },
        support: this.#support,
        onMessage: (envelope) => void envelopes.push(envelope),
        onComplaint: () => {},
      })
    } catch (error) {
      crash = (error as Error).message
    }
    const { scenarios, reason } = foldVerdict({
      ...this.#file,
      envelopes,
      suite: { name: '', version: '', commit: null },
      target: { kind: 'simulator', baseUrl: '', callsPath: '', profile: 'documented', deviation: id },
      selection: { tags: null, requirements: [], stages: [], shard: null, seed: null },
      strict: true,
      interrupted: false,
      crash,
    })
    return {
      id,
      scenarios: scenarios.map(({ name, uri, line, outcome, requirements, drift, reason }) => ({
        name,
        uri,
        line,
        outcome,
        requirements,
        drift,
        reason: reason === null ? null : currentRun().outlet.keepable(reason),
      })),
      crash: reason === null ? null : currentRun().outlet.keepable(reason),
      durationMs: Math.round(performance.now() - began),
    }
  }
}
