// Every feature keeps to the rules of features. Each rule is broken once on purpose, to show that it notices.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'mocha'
import { readSpecification, type Specification } from '../../support/cli/read-features'
import { loadRequirements, type Requirement } from '../../support/contract/requirements'
import { loadSupportCode, type SupportCode } from '../../support/suite/cucumber'
import { RULES, type RuleName } from './feature-rules'

const folder = mkdtempSync(join(tmpdir(), 'features-'))
after(() => rmSync(folder, { recursive: true }))

let support: SupportCode
before(async () => {
  support = await loadSupportCode()
})

describe('every feature keeps to it:', () => {
  let specification: Specification
  before(async () => {
    specification = await readSpecification(support)
  })

  for (const name of Object.keys(RULES) as RuleName[])
    test(inWords(name), () => assert.deepEqual(RULES[name](specification, loadRequirements()), []))

  test('at most 45 sentences', () =>
    assert.ok(specification.sentences.length <= 45, `${specification.sentences.length} sentences`))

  test('and the features are read, with outlines row by row', () => {
    const { scenarios, sentences } = specification
    assert.ok(scenarios.length > 250 && sentences.length > 30, `${scenarios.length} scenarios, ${sentences.length} sentences`)
    const rows = scenarios.filter(({ writtenName }) => writtenName === 'A request joins a meeting: example <number>')
    assert.deepEqual(
      rows.map(({ name, feature, uri }) => [name.at(-1), feature, uri]),
      [3, 4, 5, 6].map((number) => [String(number), 'How a call is created', 'features/create-call/operation.feature']),
    )
    const table = scenarios.flatMap(({ steps }) => steps).find((step) => step.sentences[0] === 'the new call has:')?.table
    assert.deepEqual(table?.[0], ['property', 'value'])
  })
})

function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** One that keeps to every rule, when all requirements but its own have a reason. */
const GOOD = `Feature: Calling
  @CC-13 @rings @needs:person-answers
  Scenario: John is called
    Given John answers when called
    When the bot sends the request of example 1
    Then Graph creates the call
`

async function readText(text: string): Promise<Specification> {
  const file = join(mkdtempSync(join(folder, 'one-')), 'spoiled.feature')
  writeFileSync(file, text)
  return readSpecification(support, [file])
}

/** Requirements as they are where nothing but the given ones is exercised. */
function exercised(...ids: readonly string[]): readonly Requirement[] {
  return loadRequirements().map(({ unexercised: _, ...one }) =>
    ids.includes(one.id) ? one : { ...one, unexercised: 'not here' },
  )
}

type Spoiled = readonly [rule: RuleName, how: string, from: string | RegExp, to: string, message: RegExp]

const TWICE = '    When the bot sends the request of example 1 twice\n'

const SPOILED: readonly Spoiled[] = [
  [
    'everyStepIsOneSentence',
    'an undefined step',
    'Graph creates the call',
    'Graph is pleased',
    /"John is called" \(.*spoiled.feature:3\) has the step "Graph is pleased", which matches no sentence/,
  ],
  [
    'everySentenceStandsInItsPlace',
    'an event as a Then',
    'Then Graph creates the call',
    'Then John hangs up',
    /has "John hangs up" as Then; it is a When/,
  ],
  [
    'everySentenceStandsInItsPlace',
    'a step without a keyword',
    'Given John answers',
    '* John answers',
    /has "John answers when called" as neither Given, When nor Then; it is a Given/,
  ],
  ['oneWhen', 'two Whens', /^ {4}Then/m, '    And the bot hangs up\n    Then', /has 2 Whens/],
  ['oneWhen', 'no When', /^ {4}When.*\n/m, '', /has 0 Whens/],
  ['oneOrTwoRequirementsOfOneLevel', 'no requirement', '@CC-13 ', '', /has 0 requirements: tag it with one/],
  ['oneOrTwoRequirementsOfOneLevel', 'three requirements', '@CC-13 ', '@CC-13 @CC-20 @CC-21 ', /has 3 requirements/],
  ['oneOrTwoRequirementsOfOneLevel', 'requirements of two levels', '@CC-13 ', '@CC-13 @CC-14 ', /of the levels must and should/],
  [
    'oneOrTwoRequirementsOfOneLevel',
    'an unknown requirement',
    '@CC-13 ',
    '@CC-98 ',
    /is tagged @CC-98, which is an unknown requirement/,
  ],
  [
    'theExamplesStandForThemselves',
    'an example with another requirement',
    '@CC-13 ',
    '@CC-30 @CC-20 ',
    /is a documented example and also tagged CC-20/,
  ],
  ['oneStage', 'no stage', '@rings ', '', /has no stage: tag it with one of @makes-no-call/],
  ['oneStage', 'two stages', '@rings ', '@rings @joins ', /has @joins and @rings/],
  [
    'everyTagIsKnown',
    'an unknown capability',
    '@needs:person-answers',
    '@needs:person-answers @needs:luck',
    /is tagged @needs:luck, which is an unknown capability/,
  ],
  ['everyTagIsKnown', 'an unknown tag', '@rings', '@rings @wip', /has the unknown tag @wip/],
  [
    'whatItsRequirementsNeed',
    'without the need of its requirement',
    '@CC-13 ',
    '@CC-07 ',
    /lacks @needs:app-sets, which CC-07 needs/,
  ],
  [
    'whatItsStepsNeed',
    'without the need of a step',
    ' @needs:person-answers',
    '',
    /lacks @needs:person-answers, which the step "John answers when called" needs/,
  ],
  [
    'whatItsStepsNeed',
    'without the need of a phrase in a step',
    'of example 1',
    'of example 1 with a delegated token',
    /lacks @needs:delegated-token/,
  ],
  ['asManyCallsAsItSays', 'two calls without a tag', /^ {4}When.*\n/m, TWICE, /makes 2 calls and its tags say 1: tag it/],
  [
    'everyNameOnce',
    'a name that an outline has too',
    /$/,
    `
  @CC-13 @rings
  Scenario Outline: <person> is called
    When the bot sends the request of example 1
    Then Graph creates the call

    Examples:
      | person |
      | Dora |
      | John |
`,
    /"John is called" \(.*:16\) has the name of "John is called" \(.*:3\)/,
  ],
  [
    'everyRequirementHasScenariosOrAReason',
    'a requirement without a scenario',
    '@CC-13 ',
    '@CC-20 ',
    /CC-13 has no scenario: write one/,
  ],
]

describe('it is noticed:', () => {
  test('nothing, in a feature that keeps to every rule', async () => {
    const good = await readText(GOOD)
    for (const [name, rule] of Object.entries(RULES)) assert.deepEqual(rule(good, exercised('CC-13')), [], name)
  })

  for (const [rule, how, from, to, message] of SPOILED) {
    test(how, async () => {
      const text = GOOD.replace(from, to)
      assert.notEqual(text, GOOD)
      const complaints = RULES[rule](await readText(text), exercised('CC-13'))
      assert.ok(complaints.length > 0, 'no complaint')
      assert.match(complaints.join('\n'), message)
    })
  }

  test('a step that matches two sentences', async () => {
    const { scenarios, ...rest } = await readText(GOOD)
    const ambiguous = scenarios.map((one) => ({
      ...one,
      steps: one.steps.map((step) => ({ ...step, sentences: ['{person} {deed}', 'John is called'] })),
    }))
    const [first] = RULES.everyStepIsOneSentence({ scenarios: ambiguous, ...rest }, [])
    assert.match(first ?? '', /which matches \{person\} \{deed\} and John is called/)
  })

  test('a reason for a requirement that has scenarios', async () => {
    const complaints = RULES.everyRequirementHasScenariosOrAReason(await readText(GOOD), exercised())
    assert.deepEqual(complaints.length, 1)
    assert.match(complaints[0] ?? '', /CC-13 has scenarios and a reason why it has none/)
  })

  test('every rule, by one of these at least', () => {
    assert.deepEqual([...new Set(SPOILED.map(([rule]) => rule))].sort(), Object.keys(RULES).sort())
  })

  test('a file that is not a feature', async () => {
    await assert.rejects(
      readText('Feature: Calling\n  Scenario: half\n    When it rings\n    or not\n'),
      /features cannot be read: .*spoiled\.feature: \(4:5\)/,
    )
  })
})
