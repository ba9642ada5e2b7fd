// Which scenarios each trial runs: those of the requirement that is broken, and the documented examples; or all of them.
import type { Envelope, Pickle } from '@cucumber/messages'
import { BY_THE_BOOK } from '../scenario/parameters'
import { EVERYTHING, runScenarios, type SupportCode } from './scenarios'

export interface Written {
  readonly uri: string
  readonly line: number
  readonly requirements: readonly string[]
}

/** Requirement of each of the six documented examples, in their order. */
const OF_EXAMPLES = ['CC-30', 'CC-31', 'CC-32', 'CC-33', 'CC-34', 'CC-35']

/** Whether a scenario is of the documented examples: they see every deviation that shows in them, and nobody minds. */
export function isOfExamples({ requirements }: Pick<Written, 'requirements'>): boolean {
  return requirements.some((id) => OF_EXAMPLES.includes(id))
}

/** Every scenario of the features, where it stands and what it is of. */
export async function writtenScenarios(support: SupportCode): Promise<readonly Written[]> {
  const envelopes: Envelope[] = []
  await runScenarios({
    selection: { ...EVERYTHING, dryRun: true },
    parameters: BY_THE_BOOK,
    support,
    onMessage: (envelope) => void envelopes.push(envelope),
    onComplaint: () => {},
  })
  return envelopes.flatMap(({ pickle }) => (pickle === undefined ? [] : [written(pickle)]))
}

function written({ uri, location, tags }: Pickle): Written {
  return {
    uri,
    line: location?.line ?? 0,
    requirements: tags.flatMap(({ name }) => (name.startsWith('@CC-') ? [name.slice(1)] : [])),
  }
}

/** What a trial is of: the requirement that is broken, if one is, and the example that it shows in; null where it may show in any. */
interface Subject {
  readonly requirement: string | null
  readonly example: number | null
}

/** The scenarios for a subject, file by file, as FILE:LINE:LINE. Where no requirement is touched more than others, one of each. */
export function pathsFor({ requirement, example }: Subject, scenarios: readonly Written[], full: boolean): readonly string[] {
  const shown = example === null ? OF_EXAMPLES : OF_EXAMPLES.slice(example - 1, example)
  const wanted = full
    ? scenarios
    : scenarios.filter(
        (one) =>
          one.requirements.some((id) => id === requirement || shown.includes(id)) ||
          (requirement === null && isFirstOfSome(one, scenarios)),
      )
  const files = [...new Set(wanted.map(({ uri }) => uri))]
  return files.map((file) => [file, ...wanted.filter(({ uri }) => uri === file).map(({ line }) => line)].join(':'))
}

function isFirstOfSome(one: Written, scenarios: readonly Written[]): boolean {
  return one.requirements.some((id) => scenarios.find(({ requirements }) => requirements.includes(id)) === one)
}
