// Which scenarios a trial runs, and in which order: those of the requirement that is broken, the most promising first; or all of them.
import type { Envelope, Pickle } from '@cucumber/messages'
import type { DeviationInfo, TwinInfo } from '../mutation'
import { EVERYTHING, runScenarios, type SupportCode } from '../suite/cucumber'
import { DEFAULT_PARAMETERS } from '../suite/world-parameters'
import type { Trial } from './trial'

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
    parameters: DEFAULT_PARAMETERS,
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
interface Subject {
  /** The requirement that is broken, or the one that a twin comes nearest to; null where none is nearer than others. */
  readonly requirement: string | null
  /** Examples that it shows in, the one that prints the message first; null where it may show in any. */
  readonly examples: readonly number[] | null
}

/**
 * The trial of a deviation: the scenarios of its requirement, without those that send the requests of other examples only, until one of
 * them catches it. With `full` every scenario.
 */
export function trialOf(deviation: DeviationInfo, scenarios: readonly Written[], full: boolean): Trial {
  const wanted = full ? scenarios : mostPromisingFirst(deviation, ofRequirement(deviation, scenarios))
  return { id: deviation.id, places: wanted.map(placeOf), untilCaught: !full }
}

/**
 * The trial of a twin: the scenarios of its requirement and one of each documented example, or of the one that prints the message. Where no
 * requirement is touched more than others, the first scenario of each. With `full` every scenario.
 */
export function trialOfTwin(twin: TwinInfo, scenarios: readonly Written[], full: boolean): Trial {
  const wanted = full ? scenarios : [...new Set([...ofRequirement(twin, scenarios), ...ofExamples(twin, scenarios)])]
  return { id: twin.id, places: wanted.map(placeOf), untilCaught: false }
}

function placeOf({ uri, line }: Written): string {
  return `${uri}:${line}`
}

/**
 * Orders scenarios by how likely each is to catch a deviation: first those that send the request of the example that prints the message,
 * then those whose names share most words with the description. A word counts less the more names have it. Wrong guesses cost time only.
 */
function mostPromisingFirst(deviation: DeviationInfo, scenarios: readonly Written[]): readonly Written[] {
  const described = wordsOf(`${deviation.description} ${deviation.id}`)
  const names = scenarios.map(({ name }) => wordsOf(name))
  const weight = (word: string) => 1 / names.filter((words) => words.has(word)).length
  const shared = names.map((words) => [...words].reduce((sum, word) => sum + (described.has(word) ? weight(word) : 0), 0))
  const printed = scenarios.map(({ examples }) => nearness(deviation, examples))
  const order = scenarios.map((_, at) => at)
  order.sort((one, other) => (printed[other] ?? 0) - (printed[one] ?? 0) || (shared[other] ?? 0) - (shared[one] ?? 0))
  return order.flatMap((at) => scenarios[at] ?? [])
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set((text.toLowerCase().match(/[a-z]+|\d+/g) ?? []).filter((word) => word.length > 2 || /\d/.test(word)))
}

/** 2: sends the example that prints the message; 1: sends another example that it shows in; 0: neither. */
function nearness({ examples }: Subject, sent: readonly number[]): number {
  if (examples === null) return 0
  if (sent.includes(examples[0] ?? 0)) return 2
  return sent.some((number) => examples.includes(number)) ? 1 : 0
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
