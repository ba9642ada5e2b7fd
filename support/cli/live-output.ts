// What is printed while a run goes on: a line per scenario, or where there are many, a line per feature and those that did not simply pass.
import type { Envelope } from '@cucumber/messages'
import { withSlashes } from '../contract/fixture'
import type { ScenarioVerdict } from '../contract/verdict'
import { featureLine, scenarioLine, type Terminal } from './progress'

/** More scenarios than one wants to read line by line. */
const MANY = 40

interface Feature {
  readonly name: string
  /** Scenarios of it that were selected, and verdicts of those that have ended. */
  selected: number
  readonly ended: ScenarioVerdict[]
}

export interface Watch {
  /** Every message of the run, in order. */
  hear(envelope: Envelope): void
  /** A scenario has ended. */
  ended(scenario: ScenarioVerdict, expected: boolean): void
}

/** @param eachScenario a line for each, however many there are: where they take long, or somebody asks for it */
export function watch(terminal: Terminal, eachScenario: boolean): Watch {
  const features = new Map<string, Feature>()
  const uris = new Map<string, string>()
  let selected = 0

  const hear = ({ gherkinDocument, pickle, testCase }: Envelope) => {
    if (gherkinDocument?.uri !== undefined)
      features.set(withSlashes(gherkinDocument.uri), {
        name: gherkinDocument.feature?.name ?? gherkinDocument.uri,
        selected: 0,
        ended: [],
      })
    if (pickle !== undefined) uris.set(pickle.id, withSlashes(pickle.uri))
    const feature = testCase === undefined ? undefined : features.get(uris.get(testCase.pickleId) ?? '')
    if (feature === undefined) return
    feature.selected++
    selected++
  }

  const ended = (scenario: ScenarioVerdict, expected: boolean) => {
    const feature = features.get(scenario.uri)
    const grouped = !eachScenario && selected > MANY && feature !== undefined
    if (!grouped || scenario.outcome !== 'passed' || scenario.drift.length > 0 || scenario.warnings.length > 0)
      scenarioLine(terminal, scenario, expected)
    if (!grouped) return
    feature.ended.push(scenario)
    if (feature.ended.length === feature.selected) featureLine(terminal, feature.name, feature.ended)
  }

  return { hear, ended }
}
