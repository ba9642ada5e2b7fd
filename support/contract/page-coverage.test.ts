// The table of the page is whole: every numbered sentence of its source and every example is in it, and every rule of the page comes from one.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { loadDocumented } from './documented'
import { loadPageCoverage } from './page-coverage'
import { isIn, loadRequirements } from './requirements'

const { entries } = loadPageCoverage()

test('names requirements that exist', () => {
  const known = new Set(loadRequirements().map(({ id }) => id))
  assert.deepEqual(
    entries.flatMap(({ requirements }) => requirements.filter((id) => !known.has(id))),
    [],
  )
})

test('has a sentence or an example for each rule that the page states', () => {
  const named = new Set(entries.flatMap(({ requirements }) => requirements))
  // The page is that of November 2019.
  const ofPage = loadRequirements().filter((one) => isIn(one, '2019-11'))
  const missing = ofPage.filter(({ id, basis }) => id.startsWith('CC-') && basis.includes('page') && !named.has(id))
  assert.deepEqual(
    missing.map(({ id }) => id),
    [],
  )
})

/** Numbers in the source of the page that are no statement: its title's context, headings of tables and tabs, kinds of permission. */
const NO_STATEMENTS = [106, 109, 110, 111, 113, 115, 119, 120, 121, 122, 125, 128, 130, 137, 138, 139, 140, 142, 143]

test('has every number of the source of the page, from the first to the last', () => {
  const numbers = new Set(entries.map(({ place }) => Number(/\d+/.exec(place)?.[0])))
  const missing = Array.from({ length: 184 - 103 + 1 }, (_, at) => 103 + at).filter(
    (number) => !numbers.has(number) && !NO_STATEMENTS.includes(number),
  )
  // p102, p103 and p105 stand for several numbers of the source: 107 and 108, 123 and 124, 142 and 143.
  assert.deepEqual(missing, [107, 108, 123, 124])
})

test('has each documented example, whole and message by message', () => {
  for (const { number, requirement, response, notifications } of loadDocumented().examples.values()) {
    const own = entries.filter(({ section, kind }) => kind === 'example' && section.startsWith(`Example ${number}:`))
    assert.ok(own[0]?.requirements.includes(requirement), `example ${number}`)
    const messages = 1 + (response === null ? 0 : 1) + Object.keys(notifications).length
    assert.ok(own.length > messages, `example ${number}: ${own.length} entries, ${messages} messages`)
  }
})
