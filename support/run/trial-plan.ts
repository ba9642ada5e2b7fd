// Which scenarios each trial runs: those of the requirement that is broken, and the documented examples; or all of them.
import type { Envelope, Pickle } from '@cucumber/messages'
import { BY_THE_BOOK } from '../scenario/parameters'
import { EVERYTHING, runScenarios, type SupportCode } from './scenarios'

export interface Written {
  readonly name: string
  readonly uri: string
  readonly line: number
  readonly requirements: readonly string[]
  /** Numbers of the examples whose requests it sends, as its sentences say. */
  readonly examples: readonly number[]
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

function written({ name, uri, location, tags, steps }: Pickle): Written {
  return {
    name,
    examples: steps.flatMap(({ text }) => [...text.matchAll(/the request of example (\d)/g)].map(([, number]) => Number(number))),
    uri,
    line: location?.line ?? 0,
    requirements: tags.flatMap(({ name }) => (name.startsWith('@CC-') ? [name.slice(1)] : [])),
  }
}

/** What a trial is of. */
export interface Subject {
  /** The requirement that is broken, or the one that a twin comes nearest to; null where none is nearer than others. */
  readonly requirement: string | null
  /** Examples that it shows in, the one that prints the message first; null where it may show in any. */
  readonly examples: readonly number[] | null
}

/**
 * The scenarios for a subject, file by file, as FILE:LINE:LINE. By default those of its requirement, without those that send the requests
 * of other examples only, and one scenario of each documented example, or of the one that prints the message. Where no requirement is
 * touched more than others, the first scenario of each.
 */
export function pathsFor(subject: Subject, scenarios: readonly Written[], full: boolean): readonly string[] {
  const wanted = full ? scenarios : [...new Set([...ofRequirement(subject, scenarios), ...ofExamples(subject, scenarios)])]
  const files = [...new Set(wanted.map(({ uri }) => uri))].sort()
  const lines = (file: string) =>
    wanted.flatMap(({ uri, line }) => (uri === file ? [line] : [])).sort((one, other) => one - other)
  return files.map((file) => [file, ...lines(file)].join(':'))
}

function ofRequirement({ requirement, examples }: Subject, scenarios: readonly Written[]): readonly Written[] {
  if (requirement === null)
    return firstOfEach(
      scenarios.flatMap((one) => one.requirements),
      scenarios,
    )
  const concerned = ({ examples: sent }: Written) =>
    examples === null || sent.length === 0 || sent.some((number) => examples.includes(number))
  return scenarios.filter((one) => one.requirements.includes(requirement) && (isOfExamples(one) || concerned(one)))
}

function ofExamples({ examples }: Subject, scenarios: readonly Written[]): readonly Written[] {
  return firstOfEach(examples === null ? OF_EXAMPLES : OF_EXAMPLES.slice((examples[0] ?? 1) - 1, examples[0]), scenarios)
}

function firstOfEach(requirements: readonly string[], scenarios: readonly Written[]): readonly Written[] {
  return requirements.flatMap((id) => scenarios.find((one) => one.requirements.includes(id)) ?? [])
}
