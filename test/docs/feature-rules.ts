// The rules of features, as functions that return complaints: each names the scenario and what is wrong with it.

import type { Scenario, Specification, Step } from '../../support/cli/read-features'
import { exampleRequirements } from '../../support/contract/documented'
import { CAPABILITIES, type Requirement } from '../../support/contract/requirements'
import { loadRevisions } from '../../support/contract/revisions'

type Rule = (specification: Specification, requirements: readonly Requirement[]) => readonly string[]

/** What a scenario does to people: the values of `--stage`. */
export const STAGES: readonly string[] = ['@makes-no-call', '@joins', '@rings']

/** A scenario, or rows of one, without a public source although its requirement has one. */
export const ASSUMPTION = '@assumption'

const REQUIREMENT = /^@([A-Z]{2}-\d{2}[a-z]?)$/
/** The pages of that revision do not have what the scenario says. */
const NOT_IN = /^@not-in:(.+)$/
const REVISIONS = loadRevisions()

const NEEDS = /^@needs:(.*)$/
const MAKES_CALLS = /^@makes-calls:(\d+)$/

/** The requirements that are the documented examples. Their scenarios have no other requirement. */
const EXAMPLES = exampleRequirements()

export const requirementsOf = ({ tags }: Scenario): readonly string[] => captured(tags, REQUIREMENT)

function captured(tags: readonly string[], pattern: RegExp): readonly string[] {
  return tags.flatMap((tag) => pattern.exec(tag)?.[1] ?? [])
}

const place = ({ name, uri, line }: Scenario) => `"${name}" (${uri}:${line})`

/** A rule that checks each scenario by itself. */
const ofEach =
  (complaints: (scenario: Scenario, requirements: readonly Requirement[]) => readonly string[]): Rule =>
  ({ scenarios }, requirements) =>
    scenarios.flatMap((scenario) => complaints(scenario, requirements).map((one) => `${place(scenario)} ${one}`))

const everyStepIsOneSentence = ofEach(({ steps }) =>
  steps.flatMap(({ text, sentences }) =>
    sentences.length === 1
      ? []
      : [`has the step "${text}", which matches ${sentences.length === 0 ? 'no sentence' : sentences.join(' and ')}`],
  ),
)

const everySentenceStandsInItsPlace: Rule = ({ scenarios, sentences }) => {
  const roles = new Map(sentences.map(({ text, role }) => [text, role]))
  return scenarios.flatMap((scenario) =>
    scenario.steps.flatMap(({ text, role, sentences: [sentence] }) => {
      const meant = sentence === undefined ? role : roles.get(sentence)
      return meant === role
        ? []
        : [`${place(scenario)} has "${text}" as ${role ?? 'neither Given, When nor Then'}; it is a ${meant}`]
    }),
  )
}

const oneWhen = ofEach(({ steps }) => {
  const count = steps.filter(({ role }) => role === 'When').length
  return count === 1 ? [] : [`has ${count} Whens: write one, and what leads there as Given`]
})

const oneOrTwoRequirementsOfOneLevel = ofEach((scenario, requirements) => {
  const ids = requirementsOf(scenario)
  const known = requirements.filter(({ id }) => ids.includes(id))
  const stray = ids.filter((id) => !known.some((one) => one.id === id))
  const levels = new Set(known.map(({ level }) => level))
  return [
    ...(ids.length >= 1 && ids.length <= 2 ? [] : [`has ${ids.length} requirements: tag it with one, or with two of one level`]),
    ...stray.map((id) => `is tagged @${id}, which is an unknown requirement`),
    ...(levels.size > 1
      ? [`has requirements of the levels ${[...levels].join(' and ')}: a scenario has requirements of one level`]
      : []),
  ]
})

const theExamplesStandForThemselves = ofEach((scenario) => {
  const ids = requirementsOf(scenario)
  const others = ids.filter((id) => !EXAMPLES.includes(id))
  return ids.length > others.length && others.length > 0
    ? [`is a documented example and also tagged ${others.join(', ')}: write another scenario for that`]
    : []
})

const oneStage = ofEach(({ tags }) => {
  const stages = STAGES.filter((stage) => tags.includes(stage))
  return stages.length === 1 ? [] : [`has ${stages.join(' and ') || 'no stage'}: tag it with one of ${STAGES.join(', ')}`]
})

const everyTagIsKnown = ofEach(({ tags }) =>
  tags.flatMap((tag) => {
    const need = NEEDS.exec(tag)?.[1]
    if (need !== undefined)
      return CAPABILITIES.some((one) => one === need) ? [] : [`is tagged ${tag}, which is an unknown capability`]
    const revision = NOT_IN.exec(tag)?.[1]
    if (revision !== undefined)
      return REVISIONS.some(({ id }) => id === revision) ? [] : [`is tagged ${tag}, which is an unknown revision`]
    const known = [...STAGES, ASSUMPTION].includes(tag) || REQUIREMENT.test(tag) || MAKES_CALLS.test(tag)
    return known ? [] : [`has the unknown tag ${tag}`]
  }),
)

const whatItsRequirementsNeed = ofEach((scenario, requirements) => {
  const ids = requirementsOf(scenario)
  const needs = requirements
    .filter(({ id }) => ids.includes(id))
    .flatMap((one) => one.needs.flatMap((need) => (need.for === null ? [{ ...need, of: one.id }] : [])))
  return needs
    .filter(({ capability }) => !scenario.tags.includes(`@needs:${capability}`))
    .map(({ capability, of }) => `lacks @needs:${capability}, which ${of} needs`)
})

/** What a target must be able to do for a step, by its sentence and, where it depends on them, by the words for its parameters. */
export const NEEDED: readonly { readonly sentence: string; readonly words?: RegExp; readonly capability: string }[] = [
  { sentence: '{person} {reaction} when called', words: /^answers$/, capability: 'person-answers' },
  { sentence: '{person} {reaction} when called', words: /^declines$/, capability: 'person-declines' },
  { sentence: 'the bot {contact} {person}', words: /^is in a call with$/, capability: 'person-answers' },
  { sentence: '{participant} is {presence} {meeting}', words: /^[A-Z][a-z]/, capability: 'second-participant' },
  { sentence: '{participant} is {presence} {meeting}', words: /^another bot$/, capability: 'app-sets' },
  { sentence: '{participant} is {presence} {meeting}', words: /^in the lobby/, capability: 'lobby-held' },
  { sentence: '{person} {deed} {meeting}', capability: 'second-participant' },
  { sentence: '{person} {admission} guests from the lobby of {meeting}', capability: 'lobby-held' },
  { sentence: 'guests stay in the lobby of {meeting}', capability: 'lobby-held' },
  { sentence: 'the bot joins {meeting} {manner}', words: /^the open channel/, capability: 'lobby-open' },
  { sentence: 'the bot joins {meeting} {manner}', words: /look-up/, capability: 'conference-id' },
  { sentence: 'the bot is {registration}', words: /^granted/, capability: 'app-sets' },
  { sentence: 'the bot is {registration}', words: /^not registered/, capability: 'unregistered-app' },
  {
    sentence: 'the bot sends the request of {example} {variation}',
    words: /^with a delegated token/,
    capability: 'delegated-token',
  },
  {
    sentence: 'the bot sends the request of {example} {variation}',
    words: /expired|not yet valid|another audience|of another tenant/,
    capability: 'foreign-token',
  },
]

const whatItsStepsNeed = ofEach(({ steps, tags }) =>
  steps.flatMap((step) =>
    NEEDED.filter(
      ({ sentence, words }) => isOf(step, sentence) && (words === undefined || step.given.some((one) => words.test(one.words))),
    )
      .filter(({ capability }) => !tags.includes(`@needs:${capability}`))
      .map(({ capability }) => `lacks @needs:${capability}, which the step "${step.text}" needs`),
  ),
)

const isOf = ({ sentences }: Step, sentence: string) => sentences.includes(sentence)

/** The beginnings of the steps that create a call. */
const CREATES = /^(the bot sends the request of|the bot calls|the bot joins|the bot is (?:in|calling) |another bot is in )/

const callsOf = ({ text }: Step) => (CREATES.test(text) ? (text.endsWith(' twice') ? 2 : 1) : 0)

const asManyCallsAsItSays = ofEach(({ steps, tags }) => {
  const asked = steps.reduce((sum, step) => sum + callsOf(step), 0)
  const made = tags.includes('@makes-no-call') ? 0 : asked
  const tagged = Number(captured(tags, MAKES_CALLS)[0] ?? (tags.includes('@makes-no-call') ? 0 : 1))
  return made === tagged ? [] : [`makes ${made} calls and its tags say ${tagged}: tag it @makes-calls:${made}`]
})

const everyNameOnce: Rule = ({ scenarios }) =>
  scenarios.flatMap((scenario, at) => {
    const first = scenarios.findIndex(({ name }) => name === scenario.name)
    return first === at ? [] : [`${place(scenario)} has the name of ${place(scenarios[first] as Scenario)}`]
  })

const everyRequirementHasScenariosOrAReason: Rule = ({ scenarios }, requirements) =>
  requirements.flatMap(({ id, unexercised }) => {
    const exercised = scenarios.some((scenario) => requirementsOf(scenario).includes(id))
    if (exercised && unexercised !== undefined)
      return [`${id} has scenarios and a reason why it has none: take "unexercised" out of fixtures/requirements.yaml`]
    if (!exercised && unexercised === undefined)
      return [`${id} has no scenario: write one, or say in fixtures/requirements.yaml why not ("unexercised")`]
    return []
  })

/** By the names that failures show. */
export const RULES = {
  everyStepIsOneSentence,
  everySentenceStandsInItsPlace,
  oneWhen,
  oneOrTwoRequirementsOfOneLevel,
  theExamplesStandForThemselves,
  oneStage,
  everyTagIsKnown,
  whatItsRequirementsNeed,
  whatItsStepsNeed,
  asManyCallsAsItSays,
  everyNameOnce,
  everyRequirementHasScenariosOrAReason,
} as const satisfies Record<string, Rule>
export type RuleName = keyof typeof RULES
