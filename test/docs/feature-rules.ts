// What every feature must keep to, as functions from a specification to complaints: each names the scenario and what is wrong with it.

import type { Scenario, Specification, Step } from '../../support/cli/read-features'
import { CAPABILITIES, type Requirement } from '../../support/contract/requirements'

type Rule = (specification: Specification, requirements: readonly Requirement[]) => readonly string[]

/** What a scenario does to people; the options of `--stage` stand for these. */
export const STAGES: readonly string[] = ['@makes-no-call', '@joins', '@rings']

/** A scenario, or rows of one, that no public source bears out although its requirement has one. */
export const ASSUMPTION = '@assumption'

const REQUIREMENT = /^@(CC-\d{2}[a-z]?)$/
const NEEDS = /^@needs:(.*)$/
const MAKES_CALLS = /^@makes-calls:(\d+)$/

/** The requirements that are the documented examples themselves: their scenarios stand for nothing else. */
const EXAMPLES = ['CC-30', 'CC-31', 'CC-32', 'CC-33', 'CC-34', 'CC-35']

export const requirementsOf = ({ tags }: Scenario): readonly string[] => captured(tags, REQUIREMENT)

function captured(tags: readonly string[], pattern: RegExp): readonly string[] {
  return tags.flatMap((tag) => pattern.exec(tag)?.[1] ?? [])
}

const place = ({ name, uri, line }: Scenario) => `"${name}" (${uri}:${line})`

/** A rule that looks at one scenario at a time. */
const ofEach =
  (complaints: (scenario: Scenario, requirements: readonly Requirement[]) => readonly string[]): Rule =>
  ({ scenarios }, requirements) =>
    scenarios.flatMap((scenario) => complaints(scenario, requirements).map((one) => `${place(scenario)} ${one}`))

const everyStepIsOneSentence = ofEach(({ steps }) =>
  steps.flatMap(({ text, sentences }) =>
    sentences.length === 1
      ? []
      : [`has the step "${text}", which ${sentences.length === 0 ? 'no sentence' : sentences.join(' and ')} fits`],
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
    ...stray.map((id) => `is tagged @${id}, and there is no such requirement`),
    ...(levels.size > 1 ? [`is of ${[...levels].join(' and ')} at once: a scenario has requirements of one level`] : []),
  ]
})

const theExamplesStandForThemselves = ofEach((scenario) => {
  const ids = requirementsOf(scenario)
  const besides = ids.filter((id) => !EXAMPLES.includes(id))
  return ids.length > besides.length && besides.length > 0
    ? [`is a documented example, and tagged ${besides.join(', ')} besides: give that a scenario of its own`]
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
      return CAPABILITIES.some((one) => one === need) ? [] : [`is tagged ${tag}, which is no capability of a target`]
    const known = [...STAGES, ASSUMPTION].includes(tag) || REQUIREMENT.test(tag) || MAKES_CALLS.test(tag)
    return known ? [] : [`is tagged ${tag}, which means nothing`]
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

/** What a target must be able to do for a step: by its sentence, and where it depends on the words, by these. */
export const NEEDED: readonly { readonly sentence: string; readonly words?: RegExp; readonly capability: string }[] = [
  { sentence: '{person} answers when called', capability: 'person-answers' },
  { sentence: '{person} declines when called', capability: 'person-declines' },
  { sentence: 'the bot is in a call with {person}', capability: 'person-answers' },
  { sentence: '{person} is in {meeting}', capability: 'second-participant' },
  { sentence: '{person} is in {meeting}, unmuted', capability: 'second-participant' },
  { sentence: '{person} {deed} {meeting}', capability: 'second-participant' },
  { sentence: '{person} admits guests from the lobby of {meeting}', capability: 'lobby-held' },
  { sentence: '{person} refuses guests from the lobby of {meeting}', capability: 'lobby-held' },
  { sentence: 'nobody looks into the lobby of {meeting}', capability: 'lobby-held' },
  { sentence: 'the bot waits in the lobby of {meeting}', capability: 'lobby-held' },
  { sentence: 'the bot joins {meeting} as a guest', words: /^the open channel/, capability: 'lobby-open' },
  { sentence: 'another bot is in {meeting}', capability: 'app-sets' },
  { sentence: 'the bot is granted {granted}', capability: 'app-sets' },
  { sentence: 'the bot is not registered for calling', capability: 'unregistered-app' },
  { sentence: 'the bot sends the request of {example} {token}', words: /^with a delegated token/, capability: 'delegated-token' },
  {
    sentence: 'the bot sends the request of {example} {token}',
    words: /expired|not yet valid|another audience|another tenant/,
    capability: 'foreign-token',
  },
  {
    sentence: 'the bot joins {meeting} with the coordinates of {source}',
    words: /look-up/,
    capability: 'conference-id',
  },
]

const whatItsStepsNeed = ofEach(({ steps, tags }) =>
  steps.flatMap((step) =>
    NEEDED.filter(
      ({ sentence, words }) => isOf(step, sentence) && (words === undefined || step.given.some((one) => words.test(one.words))),
    )
      .filter(({ capability }) => !tags.includes(`@needs:${capability}`))
      .map(({ capability }) => `lacks @needs:${capability}, without which nobody can do "${step.text}"`),
  ),
)

const isOf = ({ sentences }: Step, sentence: string) => sentences.includes(sentence)

/** How many calls a step asks for. */
const CALLS: Readonly<Record<string, number>> = {
  'the bot is in a call with {person}': 1,
  'the bot is in {meeting}': 1,
  'the bot waits in the lobby of {meeting}': 1,
  'another bot is in {meeting}': 1,
  'the bot sends the request of {example}': 1,
  'the bot sends the request of {example} {change}': 1,
  'the bot sends the request of {example} {token}': 1,
  'the bot sends the request of {example} twice': 2,
  'the bot calls {person} and {person} at once': 1,
  'the bot joins {meeting}': 1,
  'the bot joins {meeting} as a guest': 1,
  'the bot joins {meeting} with the coordinates of {source}': 1,
}

const asManyCallsAsItSays = ofEach(({ steps, tags }) => {
  const asked = steps.flatMap(({ sentences }) => sentences).reduce((sum, sentence) => sum + (CALLS[sentence] ?? 0), 0)
  const made = tags.includes('@makes-no-call') ? 0 : asked
  const told = Number(captured(tags, MAKES_CALLS)[0] ?? (tags.includes('@makes-no-call') ? 0 : 1))
  return made === told ? [] : [`makes ${made} calls and says ${told}: tag it @makes-calls:${made}`]
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

/** By the name under which a failure tells them. */
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
