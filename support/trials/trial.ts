// Runs trials in this process: a batch of deviations and variations, each against its scenarios, in as few Cucumber runs as possible.
import type { Envelope } from '@cucumber/messages'
import type { RequirementsFile } from '../contract/requirements'
import type { ScenarioVerdict } from '../contract/verdict'
import { EndingScenarios } from '../results/ending-scenarios'
import { readRun } from '../results/read-messages'
import { scenarioVerdict, unknownTag } from '../results/verdict'
import { EVERYTHING, runScenarios, type SupportCode } from '../suite/cucumber'
import { currentRun } from '../suite/current-run'
import { BY_THE_BOOK, tagOf } from '../suite/world-parameters'

/** A deviation or variation, and the scenarios to run as FILE:LINE, most promising first. */
export interface Trial {
  readonly id: string
  readonly places: readonly string[]
  /** Stops at the first scenario that catches the deviation; otherwise runs all of them. */
  readonly untilCaught: boolean
}

export type Tried = Pick<ScenarioVerdict, 'name' | 'uri' | 'line' | 'outcome' | 'requirements' | 'drift' | 'reason'>

export interface TrialResult {
  readonly id: string
  /** The scenarios that ran. */
  readonly scenarios: readonly Tried[]
  /** Why the run of Cucumber failed; null when it ran to the end. */
  readonly crash: string | null
  readonly durationMs: number
}

/** Whether a scenario catches the deviation of this id. */
export type Catches = (id: string, tried: Tried) => boolean

/** One scenario with one deviation or variation. */
interface Run {
  readonly trial: Progress
  readonly place: string
}

/** The state of a trial. */
interface Progress {
  readonly trial: Trial
  /** Scenarios that still have to run, in order. */
  waiting: readonly string[]
  readonly scenarios: Tried[]
  crash: string | null
  durationMs: number
}

export class Trials {
  readonly #support: SupportCode
  readonly #file: RequirementsFile
  readonly #catches: Catches

  constructor(support: SupportCode, file: RequirementsFile, catches: Catches) {
    this.#support = support
    this.#file = file
    this.#catches = catches
  }

  /**
   * Runs a batch in rounds, one Cucumber run each. A round runs the next scenario of every trial that stops when it is caught, and all
   * scenarios of the others.
   */
  async run(trials: readonly Trial[]): Promise<readonly TrialResult[]> {
    const all = trials.map((trial): Progress => ({ trial, waiting: trial.places, scenarios: [], crash: null, durationMs: 0 }))
    for (let open = all; open.length > 0; open = open.filter((one) => this.#goesOn(one)))
      await this.#round(open.flatMap(nextRuns))
    return all.map(({ trial: { id }, scenarios, crash, durationMs }) => ({
      id,
      scenarios,
      crash: crash === null ? null : currentRun().outlet.keepable(crash),
      durationMs: Math.round(durationMs),
    }))
  }

  #goesOn({ trial, waiting, scenarios, crash }: Progress): boolean {
    const last = scenarios.at(-1)
    const caught = trial.untilCaught && last !== undefined && this.#catches(trial.id, last)
    return waiting.length > 0 && crash === null && !caught
  }

  async #round(runs: readonly Run[]): Promise<void> {
    if (runs.length === 0) return
    const record = new RoundRecord(runs, this.#file)
    try {
      await runScenarios({
        selection: EVERYTHING,
        features: [...new Set(runs.map(({ place }) => fileOf(place)))].sort(),
        parameters: { ...BY_THE_BOOK, mount: 'direct', evidence: false },
        support: this.#support,
        trials: runs.map(({ trial, place }) => ({ place, tag: tagOf(trial.trial.id) })),
        onMessage: (envelope) => record.hear(envelope),
        onComplaint: () => {},
      })
      record.end(null)
    } catch (error) {
      record.end(error as Error)
    }
  }
}

/** Takes the scenarios of the next round from a trial. */
function nextRuns(trial: Progress): readonly Run[] {
  const next = trial.trial.untilCaught ? trial.waiting.slice(0, 1) : trial.waiting
  trial.waiting = trial.waiting.slice(next.length)
  return next.map((place) => ({ trial, place }))
}

function fileOf(place: string): string {
  return place.slice(0, place.lastIndexOf(':'))
}

/** Reads the messages of a round as they come, and adds each scenario that ends to its trial. */
class RoundRecord {
  readonly #runs: readonly Run[]
  readonly #file: RequirementsFile
  readonly #ending = new EndingScenarios()
  readonly #planned = new Map<string, Run | undefined>()
  #current: Run | undefined
  readonly #ended = new Set<Run>()
  /** The messages that faults of the whole run are read from. */
  readonly #general: Envelope[] = []

  constructor(runs: readonly Run[], file: RequirementsFile) {
    this.#runs = runs
    this.#file = file
  }

  hear(envelope: Envelope): void {
    const { testCase, testCaseStarted, hook, parseError, testRunHookStarted, testRunHookFinished } = envelope
    if (hook ?? parseError ?? testRunHookStarted ?? testRunHookFinished) this.#general.push(envelope)
    // Cucumber plans all test cases before it runs the first, in the order in which the plugin lists them.
    if (testCase) this.#planned.set(testCase.id, this.#runs[this.#planned.size])
    if (testCaseStarted) this.#current = this.#planned.get(testCaseStarted.testCaseId)
    const scenario = this.#ending.hear(envelope)
    if (scenario === null) return
    const run = this.#current
    if (run?.place !== `${scenario.pickle.uri}:${scenario.line}`)
      throw new Error(`"${scenario.pickle.name}" ended where ${run?.place ?? 'nothing'} was planned`)
    const { requirements } = this.#file
    const verdict = scenarioVerdict(scenario, { requirements, strict: true, interrupted: false })
    const { name, uri, line, outcome, drift, reason, durationMs } = verdict
    this.#ended.add(run)
    run.trial.durationMs += durationMs
    run.trial.crash ??= unknownTag(scenario, requirements)
    run.trial.scenarios.push({
      name,
      uri,
      line,
      outcome,
      requirements: verdict.requirements,
      drift,
      reason: reason === null ? null : currentRun().outlet.keepable(reason),
    })
  }

  /** Fails every trial after a fault of the run, and the trial of each scenario that did not end. */
  end(error: Error | null): void {
    const fault = error === null ? readRun(this.#general).faults[0] : causes(error)
    for (const run of this.#runs)
      run.trial.crash ??= fault ?? (this.#ended.has(run) ? null : `the scenario at ${run.place} did not end`)
  }
}

/** The message of an error with those of its causes: Cucumber wraps the errors of its plugins and hooks. */
function causes(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${causes(error.cause)}` : error.message
}
