// docs/vocabulary.md has exactly the sentences and phrases that are defined, and features use all of them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'mocha'
import { readSpecification, type Specification } from '../../support/cli/read-features'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { complaintsOf, entriesUnder, LISTS, OPEN, wrongNeeds } from './vocabulary'

const TEXT = readFileSync(join(PROJECT_ROOT, 'docs/vocabulary.md'), 'utf8')

let specification: Specification
before(async () => {
  specification = await readSpecification()
})

describe('docs/vocabulary.md', () => {
  test('has every sentence and every phrase with its meaning and no unknown one; features use all of them', () => {
    assert.deepEqual(complaintsOf(specification, TEXT), [])
  })

  test('says what a target must be able to do for a sentence', () => {
    assert.deepEqual(wrongNeeds(specification, TEXT), [])
  })
})

describe('it is noticed', () => {
  const altered = (from: string | RegExp, to: string) => {
    const text = TEXT.replace(from, to)
    assert.notEqual(text, TEXT, `the vocabulary does not contain ${from}`)
    return text
  }

  for (const { heading } of LISTS) {
    test(`that an entry of "${heading}" is missing, unknown, repeated or empty`, () => {
      const { phrase } = entriesUnder(heading, TEXT)[0] ?? assert.fail('no entry')
      const complaints = (to: string) =>
        complaintsOf(specification, altered(`\`${phrase}\``, to)).filter((one) => one.startsWith(`${heading}: `))
      const [about, invented] = [`${heading}: "${phrase}"`, `${heading}: "made up"`]
      assert.deepEqual(complaints('`made up`'), [
        `${about} is not in docs/vocabulary.md: say there what it means`,
        `${invented} is in docs/vocabulary.md, but it is not defined`,
      ])
      assert.deepEqual(complaints(`\`${phrase}\`, \`${phrase}\``), [`${about} is in docs/vocabulary.md more than once`])
      assert.ok(complaints(`\`${phrase}\`: \n- \`made up\``).includes(`${about} has no meaning in docs/vocabulary.md`))
    })

    // Phrases with an open part are defined by their use.
    if (OPEN.some((type) => heading === `{${type}}`)) continue
    test(`that a phrase of "${heading}" is used by no feature`, () => {
      const unused = complaintsOf({ ...specification, scenarios: [] }, TEXT).filter((one) => one.startsWith(`${heading}: `))
      const entries = entriesUnder(heading, TEXT).map(
        ({ phrase }) => `${heading}: "${phrase}" is used by no feature: use it, or take it out`,
      )
      assert.deepEqual([...unused].sort(), [...entries].sort())
    })
  }

  test('that a sentence was defined and not documented', () => {
    const more = { ...specification, sentences: [...specification.sentences, { role: 'When' as const, text: 'the bot waits' }] }
    assert.deepEqual(complaintsOf(more, TEXT), [
      'Sentences: "When the bot waits" is not in docs/vocabulary.md: say there what it means',
      'Sentences: "When the bot waits" is used by no feature: use it, or take it out',
    ])
  })

  test('that a need of a phrase or of a sentence is wrong or missing', () => {
    assert.equal(wrongNeeds(specification, altered('[`unregistered-app`]', '[`app-sets`]')).length, 1)
    assert.equal(wrongNeeds(specification, altered(' [`unregistered-app`]', '')).length, 1)
    assert.equal(wrongNeeds(specification, altered('established. [`person-answers`]', 'established.')).length, 1)
  })

  test('that a section is gone', () => {
    assert.throws(() => complaintsOf(specification, altered('### {deed}', '### {deeds}')), /no section "\{deed\}"/)
  })
})
