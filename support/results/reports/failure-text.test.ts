// What the judge writes of a failure is read back in parts, and one cause has one name wherever it shows.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import type { Change } from '../../judge/changes'
import { describeDifferences, differences } from '../../judge/pattern'
import { describeSequence, matchRows, type Row } from '../../judge/sequence'
import { causeTitle, readFailure, subjectOf } from './failure-text'

const call = (state: string): Row => ({ of: 'call', change: 'updated', state, who: [], inLobby: false })
const came = (row: Row): Change => ({
  callId: 'c',
  of: row.of,
  change: row.change,
  state: row.state,
  seen: [],
  which: null,
  raw: {} as Change['raw'],
  repeated: false,
})

function sequence(changes: readonly Change[], when = 'after 60 s'): string {
  const rows = [call('establishing'), call('established')]
  return describeSequence(rows, matchRows(rows, changes, 'c', true), 'c', when)
}

describe('the text of a failure', () => {
  test('of a sequence has both lists, with what is missing and what is unexpected', () => {
    const { documented, received } = readFailure(sequence([came(call('establishing')), came(call('ringing'))]))
    assert.deepEqual(documented, [
      { text: 'call updated, establishing', wrong: false },
      { text: 'call updated, established', wrong: true },
    ])
    assert.deepEqual(
      received.map(({ text, wrong }) => [text.trim(), wrong]),
      [
        ['call updated, establishing', false],
        ['call updated, ringing', true],
      ],
    )
    assert.deepEqual(readFailure(sequence([])).received, [])
  })

  test('of a message has each member that differs, with both values', () => {
    const documented = { state: 'established', targets: [{ id: 'a' }] }
    const found = differences(documented, { state: 'gone, received nothing', targets: [{ id: 'b' }] }, new Map())
    const failure = readFailure(describeDifferences('the answer to example 1', found))
    assert.deepEqual(failure.members, [
      { path: 'state', expected: '"established"', actual: '"gone, received nothing"' },
      { path: 'targets[0].id', expected: '"a"', actual: '"b"' },
    ])
    assert.equal(subjectOf(failure), 'the answer to example 1')
  })

  test('of another kind is its sentence', () => {
    assert.deepEqual(readFailure('Graph answered 500'), {
      summary: 'Graph answered 500',
      documented: [],
      received: [],
      members: [],
      others: [],
    })
  })

  test('names one cause in the same words for every example, id, time and place in a list', () => {
    const same = (...reasons: readonly string[]) =>
      assert.equal(new Set(reasons.map((one) => causeTitle(readFailure(one)))).size, 1, reasons.join('\n'))
    same(sequence([], 'after 60 s'), sequence([], 'after 5 s'))
    same('the answer to example 1 is 500', 'the answer to example 6 is 500')
    const at = (path: string) => describeDifferences('the answer', [{ path, expected: '1', actual: '2' }])
    same(at('targets[0].id'), at('targets[3].id'))
    assert.notEqual(causeTitle(readFailure(at('state'))), causeTitle(readFailure(at('id'))))
  })
})
