// The catalogue as data: ids, requirements and descriptions are valid, every rule has deviations, and CC-51 allows each variation.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { loadRequirements } from '../contract/requirements'
import { armable, armed, BEHAVIOURS } from '.'
import { ALLOWED_VARIATIONS } from './allowed-variations'

const requirements = loadRequirements()
const { deviations } = armable()
const ALL = [...BEHAVIOURS, ...ALLOWED_VARIATIONS]

/** The fewest deviations of a requirement, by its level. */
const AT_LEAST: Readonly<Record<string, number>> = { must: 2, should: 1, may: 0 }

describe('the catalogue', () => {
  test('has every id once, in letters, digits and hyphens', () => {
    const ids = ALL.map(({ id }) => id)
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at || !/^[a-z0-9]+(-[a-z0-9]+)*$/i.test(id)),
      [],
    )
  })

  test('finds deviations and variations by id', () => {
    for (const { id } of [...ALL, ...deviations]) assert.equal(armed(id)?.id, id)
    assert.equal(armed('unknown'), undefined)
  })

  test('describes each in one sentence of its own', () => {
    const sentence = /^[A-Z0-9][^.!?]*(?:[.!?]\w[^.!?]*)*\.$/
    const descriptions = ALL.map(({ description }) => description)
    assert.deepEqual(
      descriptions.filter((one, at) => !sentence.test(one) || descriptions.indexOf(one) !== at),
      [],
    )
  })

  test('breaks known requirements: a must with two deviations or more, a should with one', () => {
    const known = requirements.map(({ id }) => id)
    assert.deepEqual(
      deviations.filter(({ requirement }) => !known.includes(requirement)).map(({ id }) => id),
      [],
    )
    const short = requirements.flatMap(({ id, level }) => {
      const count = deviations.filter(({ requirement }) => requirement === id).length
      return count < (AT_LEAST[level] ?? 0) ? [`${id} (${level}): ${count}`] : []
    })
    assert.deepEqual(short, [])
    assert.ok(BEHAVIOURS.length > 300, `${BEHAVIOURS.length} behaviours`)
  })

  test('says for each what the failure must name, and no pattern fits an empty text', () => {
    assert.deepEqual(
      deviations.filter(({ names }) => (typeof names === 'string' ? names.trim() === '' : names.test(''))),
      [],
    )
  })
})

describe('the allowed variations', () => {
  const statement = (requirements.find(({ id }) => id === 'CC-51') ?? assert.fail('no CC-51')).statement.replace(/\s+/g, ' ')

  test('quote CC-51, and cover all of it', () => {
    const quotes = [...new Set(ALLOWED_VARIATIONS.map(({ lawful }) => lawful))]
    assert.deepEqual(
      quotes.filter((quote) => !statement.includes(quote)),
      [],
    )
    const list = statement.split('Lawful are: ')[1] ?? assert.fail('CC-51 has another beginning')
    const rest = quotes.reduce((left, quote) => left.replace(quote, ''), list)
    assert.match(rest, /^[\s,.]*(?:and[\s,.]*)?$/)
  })

  test('declare which of them change the order', () => {
    const unordered = ALLOWED_VARIATIONS.filter(({ ordered }) => !ordered).map(({ id }) => id)
    assert.deepEqual(unordered, ['out-of-order', 'out-of-order-and-twice', 'out-of-order-and-growing', 'everything-out-of-order'])
  })
})
