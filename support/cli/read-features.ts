// Reads the features as data with a dry run of cucumber: scenarios, their steps, and the step definition that each step matches.
import type { Envelope, Pickle, TestStep } from '@cucumber/messages'
import { z } from 'zod'
import { withSlashes } from '../contract/fixture'
import { type Query, queryOf } from '../results/read-messages'
import { EVERYTHING, loadSupportCode, runScenarios, type SupportCode } from '../suite/cucumber'
import { DEFAULT_PARAMETERS } from '../suite/world-parameters'

type Role = 'Given' | 'When' | 'Then'

/** One step definition. */
interface Sentence {
  /** The keyword that it was defined with, and the only one to use it with. */
  readonly role: Role
  /** With its parameters in braces: `the bot calls {person} and {person} at once`. */
  readonly text: string
}

export interface Step {
  readonly text: string
  /** Its keyword, And and But resolved; null where it has none. */
  readonly role: Role | null
  /** Texts of the step definitions that it matches: exactly one, unless something is wrong. */
  readonly sentences: readonly string[]
  /** Values of the parameters of its sentence, as written. */
  readonly given: readonly { readonly type: string; readonly words: string }[]
  /** Cells of its table, the head first; null where it has none. */
  readonly table: readonly (readonly string[])[] | null
}

/** One example: a scenario, or a row of an outline. */
export interface Scenario {
  readonly name: string
  /** As it stands in the feature: for a row of an outline, the name of the outline with its places open. */
  readonly writtenName: string
  /** From the root of the project. */
  readonly uri: string
  readonly feature: string
  readonly line: number
  /** Its own, and those of outline, rows and feature. */
  readonly tags: readonly string[]
  readonly steps: readonly Step[]
}

export interface Specification {
  readonly sentences: readonly Sentence[]
  readonly scenarios: readonly Scenario[]
}

/** Kinds of step in cucumber's messages. */
const ROLES: Readonly<Record<string, Role>> = { Context: 'Given', Action: 'When', Outcome: 'Then' }

/**
 * Reads features, in the order of their files.
 * @param support the support code of this process, where it was loaded before: it can be loaded once only
 * @param features paths of feature files; those of the suite unless said
 * @throws Error naming file and line where a feature is no Gherkin
 */
export async function readSpecification(
  support: SupportCode | null = null,
  features?: readonly string[],
): Promise<Specification> {
  const known = support ?? (await loadSupportCode())
  const envelopes: Envelope[] = []
  let messages = ''
  await runScenarios({
    ...(features === undefined ? {} : { features }),
    selection: { ...EVERYTHING, dryRun: true },
    parameters: DEFAULT_PARAMETERS,
    support: known,
    onMessage: (envelope) => envelopes.push(envelope),
    onComplaint: (text) => {
      messages += text
    },
  })
  const unreadable = envelopes.flatMap(({ parseError }) =>
    parseError === undefined ? [] : [`${parseError.source.uri}: ${parseError.message}`],
  )
  if (unreadable.length > 0) throw new Error(`features cannot be read: ${unreadable.join('; ')}`)
  const query = queryOf(envelopes)
  if (!query.findTestRunFinished()) throw new Error(`cucumber did not read the features to their end: ${messages.trim()}`)
  return { sentences: sentencesOf(known), scenarios: scenariosOf(query) }
}

/** Cucumber's library of support code has the definitions, its types do not say so, and its messages leave the keyword out. */
const library = z.object({
  stepDefinitions: z.array(z.object({ keyword: z.enum(['Given', 'When', 'Then']), pattern: z.string() })),
})

function sentencesOf(support: SupportCode): readonly Sentence[] {
  return library.parse(support).stepDefinitions.map(({ keyword, pattern }) => ({ role: keyword, text: pattern }))
}

function scenariosOf(query: Query): readonly Scenario[] {
  const testSteps = new Map(query.findAllTestSteps().map((step) => [step.pickleStepId, step]))
  return query.findAllPickles().map((pickle): Scenario => {
    const { feature, scenario } = query.findLineageBy(pickle) ?? {}
    return {
      name: pickle.name,
      writtenName: scenario?.name ?? pickle.name,
      uri: withSlashes(pickle.uri),
      feature: feature?.name ?? '',
      line: pickle.location?.line ?? 0,
      tags: pickle.tags.map((tag) => tag.name),
      steps: pickle.steps.map((step) => stepOf(step, testSteps.get(step.id), query)),
    }
  })
}

function stepOf({ text, type, argument }: Pickle['steps'][number], matched: TestStep | undefined, query: Query): Step {
  const found = matched?.stepMatchArgumentsLists?.[0]?.stepMatchArguments ?? []
  return {
    text,
    role: ROLES[type ?? ''] ?? null,
    sentences: matched === undefined ? [] : query.findStepDefinitionsBy(matched).map(({ pattern }) => pattern.source),
    given: found.map(({ parameterTypeName, group }) => ({ type: parameterTypeName ?? '', words: group.value ?? '' })),
    table: argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? null,
  }
}
