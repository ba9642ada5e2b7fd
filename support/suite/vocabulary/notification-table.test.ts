// Tables of notifications in features: what a good row is read as, and that a bad cell is named and never a lawful target.
import assert from 'node:assert/strict'
import { DataTable } from '@cucumber/cucumber'
import { describe, test } from 'mocha'
import { HarnessError } from '../../contract/faults'
import { rowsOf } from './notification-table'

const table = (columns: readonly string[], ...rows: readonly (readonly string[])[]) => {
  return new DataTable([[...columns], ...rows.map((row) => [...row])])
}
const COLUMNS = ['of', 'change', 'state', 'who', 'in the lobby']

describe('a good row', () => {
  const call = { of: 'call', change: 'updated', state: 'established', who: [], inLobby: false }
  const roster = { of: 'roster', change: 'updated', state: null, who: ['John', 'the bot'], inLobby: false }

  test('of a call', () => {
    assert.deepEqual(rowsOf(table(['of', 'change', 'state'], ['call', 'updated', 'established'])), [call])
    assert.deepEqual(rowsOf(table(COLUMNS, ['call', 'deleted', 'terminated', '', ''])), [
      { ...call, change: 'deleted', state: 'terminated' },
    ])
  })

  test('of a roster', () => {
    assert.deepEqual(rowsOf(table(['of', 'change', 'who'], ['roster', 'updated', 'John, the bot'])), [roster])
    assert.deepEqual(rowsOf(table(COLUMNS, ['roster', 'created', '', ' John ,the bot', 'no'])), [
      { ...roster, change: 'created' },
    ])
    assert.deepEqual(rowsOf(table(COLUMNS, ['roster', 'updated', '', 'the bot', 'yes'])), [
      { ...roster, who: ['the bot'], inLobby: true },
    ])
  })

  test('each by itself, in the order of the table', () => {
    const read = rowsOf(
      table(COLUMNS, ['call', 'updated', 'established', '', ''], ['roster', 'updated', '', 'John, the bot', '']),
    )
    assert.deepEqual(read, [call, roster])
  })
})

describe('a bad cell is our fault, and named by row and column', () => {
  const good = ['call', 'updated', 'established', '', '']
  const BAD: readonly (readonly [what: string, row: readonly string[], place: RegExp])[] = [
    ['neither call nor roster', ['calls', 'updated', 'established', '', ''], /row 2, "of"/],
    ['another change', ['call', 'Updated', 'established', '', ''], /row 2, "change"/],
    ['no change', ['call', '', 'established', '', ''], /row 2, "change"/],
    ['a call without a state', ['call', 'updated', '', '', ''], /row 2, "state"/],
    ['a state that the API does not have', ['call', 'updated', 'estabished', '', ''], /row 2, "state"/],
    ['a call with people', ['call', 'updated', 'established', 'John', ''], /row 2, "who"/],
    ['a call in the lobby', ['call', 'updated', 'established', '', 'yes'], /row 2, "in the lobby"/],
    ['a roster with a state', ['roster', 'updated', 'established', 'John', ''], /row 2, "state"/],
    ['a roster of nobody', ['roster', 'updated', '', '', ''], /row 2, "who"/],
    ['a comma too many', ['roster', 'updated', '', 'John, ', ''], /row 2, "who"/],
    ['somebody twice', ['roster', 'updated', '', 'John, John', ''], /row 2, "who"/],
    ['another word for the lobby', ['roster', 'updated', '', 'John', 'Yes'], /row 2, "in the lobby"/],
    ['the lobby without the bot', ['roster', 'updated', '', 'John', 'yes'], /row 2, "in the lobby"/],
  ]
  for (const [what, row, place] of BAD) {
    test(what, () =>
      assert.throws(
        () => rowsOf(table(COLUMNS, good, row)),
        (error) => error instanceof HarnessError && place.test(error.message),
      ),
    )
  }

  const misread = (columns: readonly string[], rows: readonly (readonly string[])[], says: RegExp) =>
    assert.throws(
      () => rowsOf(table(columns, ...rows)),
      (error) => error instanceof HarnessError && says.test(error.message),
    )

  test('a column that is missing or nobody knows', () => {
    misread(['of', 'state'], [['call', 'established']], /row 1, "change"/)
    misread(['of', 'change'], [['roster', 'updated']], /row 1, "who"/)
    misread(['of', 'change', 'state', 'muted'], [['call', 'updated', 'established', 'no']], /row 1.*muted/)
  })

  test('a table without rows', () => misread(COLUMNS, [], /no rows/))

  test('all at once', () => {
    misread(
      COLUMNS,
      [
        ['call', 'x', 'established', '', ''],
        ['roster', 'updated', '', 'John', 'x'],
      ],
      /row 1, "change".*; row 2, "in the lobby"/,
    )
  })
})
