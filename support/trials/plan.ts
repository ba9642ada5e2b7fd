// Plans trials: which scenarios a trial runs, and in which order.
import type { Envelope, Pickle } from '@cucumber/messages'
import { exampleRequirements } from '../contract/documented'
import { once } from '../contract/fixture'
import { REQUIREMENT_ID } from '../contract/requirements'
import { defaultRevision } from '../contract/revisions'
import type { DeviationInfo, VariationInfo } from '../mutation'
import { EVERYTHING, runScenarios, type SupportCode } from '../suite/cucumber'
import { DEFAULT_PARAMETERS } from '../suite/world-parameters'
import type { Trial } from './trial'

export interface Written {
  readonly name: string
  readonly uri: string
  readonly line: number
  readonly requirements: readonly string[]
  /** Numbers of the examples whose requests its sentences send. */
  readonly examples: readonly number[]
  /** What it can come to: calls to people, joins of meetings, or neither, where every request is refused. */
  readonly makes: readonly Making[]
}

type Making = 'calls' | 'joins'

/** Examples whose messages show in each. */
const SHOWN_IN: Readonly<Record<Making, readonly number[]>> = { calls: [1, 2], joins: [3, 4, 5, 6] }

/** How the sentences of a scenario say what it makes. */
const SAYS: Readonly<Record<Making, RegExp>> = {
  calls: /\bexample [12]\b|\bcall(?:s|ing)? [A-Z]|\bin a call with\b/,
  joins: /\bexample [3-6]\b|\bmeeting\b/,
}

const ofExamplesOfAll = once(() => exampleRequirements())
/** Those whose messages deviations and variations are made from. */
const ofExamplesOf2019 = once(() => exampleRequirements([defaultRevision()]))

/** Whether a scenario is of the documented examples: these may see every deviation. */
export function isOfExamples({ requirements }: Pick<Written, 'requirements'>): boolean {
  return requirements.some((id) => ofExamplesOfAll().includes(id))
}

/** Lists every scenario of the features. */
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
    examples: steps.flatMap(({ text }) =>
      [...text.matchAll(/the request of example (\d+)/g)].map(([, number]) => Number(number)),
    ),
    uri,
    line: location?.line ?? 0,
    requirements: tags.flatMap(({ name }) => (REQUIREMENT_ID.test(name.slice(1)) ? [name.slice(1)] : [])),
    makes: makesOf(
      steps.map(({ text }) => text).join('\n'),
      tags.some(({ name }) => name === '@makes-no-call'),
    ),
  }
}

function makesOf(text: string, makesNone: boolean): readonly Making[] {
  const all = ['calls', 'joins'] as const
  const said = all.filter((one) => SAYS[one].test(text))
  if (makesNone) return []
  return said.length === 0 ? all : said
}

/** The deviation or variation of a trial. */
interface Subject {
  /** The broken requirement, or the one whose scenarios are most likely to see a variation; null where it touches any. */
  readonly requirement: string | null
  /** Examples that it shows in, the one that prints the message first; null where it may show in any. */
  readonly examples: readonly number[] | null
}

/**
 * Plans the trial of a deviation: the scenarios of its requirement until one catches it, without those that only send requests of other
 * examples. With `full` every scenario that the deviation can show in: one that changes a message of some examples shows only where a call
 * like theirs is made.
 */
export function trialOf(deviation: DeviationInfo, scenarios: readonly Written[], full: boolean): Trial {
  const planned = full
    ? scenarios.filter((one) => canShowIn(deviation, one))
    : mostPromisingFirst(deviation, ofRequirement(deviation, scenarios))
  return { id: deviation.id, places: planned.map(placeOf), untilCaught: !full }
}

/**
 * Plans the trial of a variation: the scenarios of its requirement, and one of each documented example or of the one that prints the
 * message. Without a requirement, the first scenario of each. With `full` every scenario.
 */
export function trialOfVariation(variation: VariationInfo, scenarios: readonly Written[], full: boolean): Trial {
  const planned = full ? scenarios : [...new Set([...ofRequirement(variation, scenarios), ...ofExamples(variation, scenarios)])]
  return { id: variation.id, places: planned.map(placeOf), untilCaught: false }
}

function canShowIn({ requirement, examples }: Subject, { requirements, makes }: Written): boolean {
  if (examples === null || requirements.some((id) => id === requirement)) return true
  return makes.some((one) => SHOWN_IN[one].some((number) => examples.includes(number)))
}

function placeOf({ uri, line }: Written): string {
  return `${uri}:${line}`
}

/**
 * Orders scenarios by how likely each is to catch a deviation: first those that send the example that prints the message, then those whose
 * names share most words with the description. A word counts less the more names have it. A wrong order only costs time.
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
  const all = ofExamplesOf2019()
  return firstOfEach(examples === null ? all : all.slice((examples[0] ?? 1) - 1, examples[0]), scenarios)
}

function firstOfEach(requirements: readonly string[], scenarios: readonly Written[]): readonly Written[] {
  return requirements.flatMap((id) => scenarios.find((one) => one.requirements.includes(id)) ?? [])
}
