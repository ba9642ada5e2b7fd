// The catalogue of deviations and legal twins as data: ids, requirements, sentences, and that no rule is left without somebody who breaks it.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { loadRequirements } from '../../contract/requirements'
import { armamentOf, BEHAVIOURS, DEVIATIONS, deviationOf, TWINS } from '.'

const requirements = loadRequirements()

/** How many behaviours break a requirement at least. */
const AT_LEAST: Readonly<Record<string, number>> = { must: 2, should: 1, may: 0 }

/** Before the catalogue grew these had names that others rely on. */
const FIRST = [
  'location-missing',
  'roster-row-missing',
  'established-missing',
  'lobby-flag-stuck',
  'answer-not-json',
  'create-fails',
]

describe('the catalogue', () => {
  test('has every id once, deviations and twins together, in letters, digits and hyphens', () => {
    const ids = [...DEVIATIONS, ...TWINS].map(({ id }) => id)
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    )
    assert.deepEqual(
      ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/i.test(id)),
      [],
    )
    assert.deepEqual(
      FIRST.filter((id) => deviationOf(id) === undefined),
      [],
    )
  })

  test('gives out by id what a simulator can be armed with', () => {
    for (const { id } of [...DEVIATIONS, ...TWINS]) assert.equal(armamentOf(id)?.id, id)
    assert.equal(deviationOf(TWINS[0]?.id ?? ''), undefined)
    assert.equal(armamentOf('none-such'), undefined)
  })

  test('describes each in one sentence', () => {
    const sentence = /^[A-Z0-9][^.!?]*(?:[.!?]\w[^.!?]*)*\.$/
    assert.deepEqual(
      [...DEVIATIONS, ...TWINS].filter(({ description }) => !sentence.test(description)).map(({ description }) => description),
      [],
    )
    const told = [...DEVIATIONS, ...TWINS].map(({ description }) => description)
    const said = told.filter((one, at) => told.indexOf(one) !== at)
    assert.ok(said.length <= 4, `the same sentence for two: ${said.join(' ')}`)
  })

  test('breaks requirements that exist', () => {
    const ids = requirements.map(({ id }) => id)
    assert.deepEqual(
      DEVIATIONS.filter(({ requirement }) => !ids.includes(requirement)).map(({ id }) => id),
      [],
    )
  })

  test('breaks every rule: a must in two ways at least, a should in one', () => {
    const short = requirements.flatMap(({ id, level }) => {
      const ways = BEHAVIOURS.filter(({ requirement }) => requirement === id).length
      return ways < (AT_LEAST[level] ?? 0) ? [`${id} (${level}): ${ways}`] : []
    })
    assert.deepEqual(short, [])
    assert.ok(BEHAVIOURS.length > 400, `${BEHAVIOURS.length} behaviours`)
  })

  test('says of each what a message that sees it must name, and no empty text', () => {
    const silent = DEVIATIONS.filter(({ names }) => (typeof names === 'string' ? names.trim() === '' : names.test('')))
    assert.deepEqual(
      silent.map(({ id }) => id),
      [],
    )
  })
})

describe('the legal twins', () => {
  const { statement } = requirements.find(({ id }) => id === 'CC-51') ?? assert.fail('there is no CC-51')

  test('play what CC-51 says, in its words', () => {
    assert.deepEqual(
      TWINS.filter(({ lawful }) => !statement.replace(/\s+/g, ' ').includes(lawful)).map(({ id, lawful }) => `${id}: ${lawful}`),
      [],
    )
  })

  test('play all of it', () => {
    const list = statement.replace(/\s+/g, ' ').split('Lawful are: ')[1] ?? assert.fail('CC-51 has another beginning')
    const played = new Set(TWINS.map(({ lawful }) => lawful))
    const rest = [...played].reduce((left, words) => left.replace(words, ''), list)
    assert.match(rest, /^[\s,.]*(?:and[\s,.]*)?$/)
  })

  test('that keep no order say so, and one of them differs in everything', () => {
    const unordered = TWINS.filter(({ ordered }) => !ordered).map(({ id }) => id)
    assert.deepEqual(unordered, ['out-of-order', 'out-of-order-and-twice', 'out-of-order-and-growing', 'everything-out-of-order'])
  })
})
