// Operations and tones of a call among its notifications: how they are read, told and matched, and what a repeat of them is.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { loadCast } from '../contract/cast'
import type { Json, JsonObject } from '../contract/json'
import { commsNotification, resourceAddress } from '../contract/messages'
import { type Change, readChange, told } from './changes'
import { asked, matchRows, type Row } from './sequence'

const setting = {
  cast: loadCast(),
  clientId: 'the client id',
  tenantId: 'the tenant',
  displayName: 'Calling Bot',
  callbackUri: 'https://bot.example',
  another: null,
}

function change(path: string, resourceData: JsonObject | readonly JsonObject[], changeType = 'updated'): Change {
  const type = '#microsoft.graph.commsNotification'
  const resource = `/app/calls/7${path}`
  return readChange(commsNotification.parse({ '@odata.type': type, changeType, resource, resourceData }), setting)
}

const operation = (id: string, status: string) => change(`/operations/${id}`, { status }, 'deleted')
const tone = (name: string, sequenceId: number) => change('', { state: 'established', toneInfo: { tone: name, sequenceId } })
const call = (state: string, changeType?: string) => change('', { state }, changeType)

describe('what a change is of', () => {
  const read = ({ of, state, which }: Change) => [of, state, which]

  test('an operation, by its path and status', () => {
    assert.deepEqual(read(operation('1', 'completed')), ['operation', 'completed', '1'])
    assert.deepEqual(read(change('/operations/1', { state: 'established' })), ['other', null, null])
    assert.deepEqual(read(change('/operations/1', { status: 2 })), ['other', null, null])
    assert.deepEqual(read(change('/operations/1', [{ status: 'completed' }])), ['other', null, null])
    for (const path of ['/operations', '/operations/', '/operations/1/2', '/operationss/1'])
      assert.deepEqual(read(change(path, { status: 'completed' })), ['other', null, null], path)
  })

  test('a tone, by its toneInfo', () => {
    assert.deepEqual(read(tone('star', 6)), ['tone', 'star', '6'])
    const none: readonly Json[] = [null, {}, { tone: null }, 'star']
    for (const toneInfo of none)
      assert.deepEqual(read(change('', { state: 'established', toneInfo })), ['call', 'established', null])
    assert.deepEqual(read(change('/operations/1', { toneInfo: { tone: 'star', sequenceId: 1 } })), ['other', null, null])
  })

  test('where the path points', () => {
    const address = resourceAddress('/communications/calls/7/Operations/A-1')
    assert.deepEqual(address, { callId: '7', of: 'operation', operationId: 'A-1' })
    assert.equal(resourceAddress('/app/calls/7/participants')?.operationId, null)
  })

  test('in one line', () => {
    assert.equal(told(operation('1', 'failed'), '7'), 'operation deleted, failed')
    assert.equal(told(tone('tone1', 1), '8'), 'tone updated, tone1 of another call (7)')
  })

  test('somebody on a roster of another kind than the page has', () => {
    const identity = { '@odata.type': '#microsoft.graph.identitySet', applicationInstance: { id: '1' } }
    assert.equal(change('/participants', [{ info: { identity } }]).seen[0]?.name, 'applicationInstance 1')
  })
})

const row = (of: Row['of'], state: string, changeType: Row['change'] = 'updated'): Row => ({
  of,
  change: changeType,
  state,
  who: [],
  inLobby: false,
})
const [ESTABLISHED, TERMINATED] = [row('call', 'established'), row('call', 'terminated', 'deleted')]
const [COMPLETED, FAILED] = [row('operation', 'completed', 'deleted'), row('operation', 'failed', 'deleted')]
const TONE1 = row('tone', 'tone1')
const established = call('established')
const terminated = call('terminated', 'deleted')

describe('a table', () => {
  const CASES: readonly (readonly [
    name: string,
    rows: readonly Row[],
    changes: readonly Change[],
    counts: readonly number[],
    extra: readonly number[],
  ])[] = [
    ['of an operation', [ESTABLISHED, COMPLETED], [established, operation('1', 'completed')], [1, 1], []],
    ['an operation delivered twice', [COMPLETED], [operation('1', 'completed'), operation('1', 'completed')], [2], []],
    ['another operation', [COMPLETED], [operation('1', 'completed'), operation('2', 'completed')], [1], [1]],
    ['two of them', [COMPLETED, COMPLETED], [operation('1', 'completed'), operation('2', 'completed')], [1, 1], []],
    ['an operation that failed', [COMPLETED], [operation('1', 'failed')], [0], [0]],
    ['failed, then completed', [FAILED, COMPLETED], [operation('1', 'failed'), operation('2', 'completed')], [1, 1], []],
    [
      'the call goes on after an operation',
      [ESTABLISHED, COMPLETED, TERMINATED],
      [established, operation('1', 'completed'), established, terminated],
      [2, 1, 1],
      [],
    ],
    [
      'but not after its own end',
      [ESTABLISHED, COMPLETED, TERMINATED],
      [established, operation('1', 'completed'), terminated, operation('1', 'completed'), call('established')],
      [1, 1, 1],
      [3, 4],
    ],
    ['an operation of no row', [ESTABLISHED], [established, operation('1', 'completed')], [1], [1]],
    ['of a tone', [ESTABLISHED, TONE1], [established, tone('tone1', 1)], [1, 1], []],
    ['a tone is no repeat of established', [ESTABLISHED], [established, tone('tone1', 1)], [1], [1]],
    ['a tone delivered twice', [TONE1], [tone('tone1', 1), tone('tone1', 1)], [2], []],
    ['the same key pressed again', [TONE1], [tone('tone1', 1), tone('tone1', 2)], [1], [1]],
    ['as the table says', [TONE1, TONE1], [tone('tone1', 1), tone('tone1', 2)], [1, 1], []],
    ['another key', [TONE1], [tone('star', 1)], [0], [0]],
    ['an established too late, nothing but missing before', [ESTABLISHED, TONE1], [tone('tone1', 1), established], [0, 1], [1]],
  ]
  for (const [name, rows, changes, counts, extra] of CASES)
    test(name, () => {
      const match = matchRows(rows, changes, '7', true)
      assert.deepEqual([match.rows.map(({ length }) => length), match.extra.map((one) => changes.indexOf(one))], [counts, extra])
    })

  test('keeps no order between calls, operations and tones where the target keeps none', () => {
    const changes = [tone('tone1', 1), operation('1', 'completed'), established]
    const rows = [ESTABLISHED, COMPLETED, TONE1]
    const match = matchRows(rows, changes, '7', false)
    assert.deepEqual([match.rows.map(([one]) => one?.of), match.extra], [['call', 'operation', 'tone'], []])
  })

  test('is told in lines', () =>
    assert.deepEqual([COMPLETED, TONE1].map(asked), ['operation deleted, completed', 'tone updated, tone1']))
})
