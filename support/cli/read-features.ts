// The features as data, read by cucumber itself without running anything: scenarios, their steps, and the sentence that each step is.
import type { Envelope, Pickle, PickleStep, TestStep } from '@cucumber/messages'
import { z } from 'zod'
import { EVERYTHING, loadSupportCode, runScenarios, type SupportCode } from '../suite/cucumber'
import { DEFAULT_PARAMETERS } from '../suite/world-parameters'

export type Role = 'Given' | 'When' | 'Then'

/** What steps can be written with: one step definition. */
export interface Sentence {
  /** As what it was defined, and so the only place for it. */
  readonly role: Role
  /** With its parameters in braces: `the bot calls {person} and {person} at once`. */
  readonly text: string
}

export interface Step {
  readonly text: string
  /** The keyword under which it stands, And and But resolved; null where none says it. */
  readonly role: Role | null
  /** Texts of the sentences that it matches: one, unless something is wrong. */
  readonly sentences: readonly string[]
  /** What stands for the parameters of its sentence, as written. */
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
  let complaints = ''
  await runScenarios({
    ...(features === undefined ? {} : { features }),
    selection: { ...EVERYTHING, dryRun: true },
    parameters: DEFAULT_PARAMETERS,
    support: known,
    onMessage: (envelope) => envelopes.push(envelope),
    onComplaint: (text) => {
      complaints += text
    },
  })
  const unreadable = envelopes.flatMap(({ parseError }) =>
    parseError === undefined ? [] : [`${parseError.source.uri}: ${parseError.message}`],
  )
  if (unreadable.length > 0) throw new Error(`features cannot be read: ${unreadable.join('; ')}`)
  const ended = envelopes.some(({ testRunFinished }) => testRunFinished !== undefined)
  if (!ended) throw new Error(`cucumber did not read the features to their end: ${complaints.trim()}`)
  return { sentences: sentencesOf(known), scenarios: scenariosOf(envelopes) }
}

/** Cucumber's library of support code has the definitions, its types do not say so, and its messages leave the keyword out. */
const library = z.object({
  stepDefinitions: z.array(z.object({ keyword: z.enum(['Given', 'When', 'Then']), pattern: z.string() })),
})

function sentencesOf(support: SupportCode): readonly Sentence[] {
  return library.parse(support).stepDefinitions.map(({ keyword, pattern }) => ({ role: keyword, text: pattern }))
}

function scenariosOf(envelopes: readonly Envelope[]): readonly Scenario[] {
  const definitions = new Map(
    envelopes.flatMap(({ stepDefinition: one }) => (one === undefined ? [] : [[one.id, one.pattern.source] as const])),
  )
  const testSteps = new Map(
    envelopes.flatMap(({ testCase }) => testCase?.testSteps ?? []).map((step) => [step.pickleStepId, step] as const),
  )
  const written = writtenIn(envelopes)
  return envelopes.flatMap(({ pickle }) =>
    pickle === undefined ? [] : [scenarioOf(pickle, written, (step) => stepOf(step, testSteps.get(step.id), definitions))],
  )
}

interface Written {
  readonly feature: string
  readonly name: string
}

/** Feature and name of every scenario as they stand in the files, by the id of its node. */
function writtenIn(envelopes: readonly Envelope[]): ReadonlyMap<string, Written> {
  const written = new Map<string, Written>()
  for (const { gherkinDocument } of envelopes) {
    const feature = gherkinDocument?.feature
    for (const child of feature?.children ?? [])
      for (const { scenario } of child.rule?.children ?? [child])
        if (scenario) written.set(scenario.id, { feature: feature?.name ?? '', name: scenario.name })
  }
  return written
}

function scenarioOf(pickle: Pickle, written: ReadonlyMap<string, Written>, step: (one: PickleStep) => Step): Scenario {
  const { name, uri, location, tags, astNodeIds } = pickle
  const node = astNodeIds.map((id) => written.get(id)).find((one) => one !== undefined)
  return {
    name,
    writtenName: node?.name ?? name,
    uri: uri.replaceAll('\\', '/'),
    feature: node?.feature ?? '',
    line: location?.line ?? 0,
    tags: tags.map((tag) => tag.name),
    steps: pickle.steps.map(step),
  }
}

function stepOf(
  { text, type, argument }: PickleStep,
  matched: TestStep | undefined,
  definitions: ReadonlyMap<string, string>,
): Step {
  const found = matched?.stepMatchArgumentsLists?.[0]?.stepMatchArguments ?? []
  return {
    text,
    role: ROLES[type ?? ''] ?? null,
    sentences: (matched?.stepDefinitionIds ?? []).map((id) => definitions.get(id) ?? id),
    given: found.map(({ parameterTypeName, group }) => ({ type: parameterTypeName ?? '', words: group.value ?? '' })),
    table: argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? null,
  }
}
