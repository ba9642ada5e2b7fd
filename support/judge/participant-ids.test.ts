// Ids on rosters: different on one roster, kept from one to the next, and not handed on.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import type { Change } from './changes'
import { idFaults } from './participant-ids'

const roster = (...entries: readonly (readonly [name: string, id: string | null])[]) =>
  ({ of: 'roster', seen: entries.map(([name, id]) => ({ name, inLobby: false, raw: { id } })) }) as unknown as Change

describe('the ids of participants', () => {
  test('are in order where each has its own and keeps it', () => {
    const rosters = [
      roster(['the bot', 'b']),
      roster(['John', 'j'], ['the bot', 'b']),
      roster(['John', 'j'], ['the bot', 'b'], ['Dora', 'd']),
      roster(['John', 'j'], ['the bot', 'b'], ['Dora', 'd']),
      roster(['Dora', 'd'], ['the bot', 'b']),
    ]
    assert.deepEqual(idFaults(rosters), [])
  })

  test('may be new for who comes back', () => {
    assert.deepEqual(
      idFaults([roster(['John', 'j1'], ['the bot', 'b']), roster(['the bot', 'b']), roster(['John', 'j2'], ['the bot', 'b'])]),
      [],
    )
  })

  test('are two for who is there with two devices', () => {
    const rosters = [roster(['John', 'j1']), roster(['John', 'j1'], ['John', 'j2']), roster(['John', 'j2'])]
    assert.deepEqual(idFaults(rosters), [])
    assert.deepEqual(idFaults([roster(['John', 'j1'], ['John', 'j1'])]), ['John and John have the same id on one roster: j1'])
  })

  test('are not shared', () => {
    assert.deepEqual(idFaults([roster(['John', 'x'], ['the bot', 'b'], ['Dora', 'x'])]), [
      'John and Dora have the same id on one roster: x',
    ])
  })

  test('are kept', () => {
    assert.deepEqual(idFaults([roster(['John', 'j'], ['the bot', 'b']), roster(['John', 'k'], ['the bot', 'b'])]), [
      'John has the id k, and had the id j on the roster before',
    ])
  })

  test('are not handed on, also later', () => {
    assert.deepEqual(
      idFaults([roster(['John', 'j'], ['the bot', 'b']), roster(['the bot', 'b']), roster(['the bot', 'b'], ['Dora', 'j'])]),
      ['Dora has the id that John had on an earlier roster: j'],
    )
  })
})
