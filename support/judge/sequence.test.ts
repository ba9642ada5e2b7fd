// Sequences of notifications: what counts as a row, what is missing and what is unexpected, with and without an order.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'mocha'
import type { Change } from './changes'
import { complete, describeRow, describeSequence, matchRows, type Row } from './sequence'
import { THE_BOT } from './setting'

const OWN = 'own call'

const call = (state: string, change: Row['change'] = 'updated'): Row => ({ of: 'call', change, state, who: [], inLobby: false })
const roster = (who: readonly string[], inLobby = false): Row => ({ of: 'roster', change: 'updated', state: null, who, inLobby })

/** A change that matches a row, or nearly. */
function came(row: Row, change: Partial<Change> = {}): Change {
  const seen = row.who.map((name) => ({ name, inLobby: name === THE_BOT && row.inLobby, raw: {} }))
  return { callId: OWN, of: row.of, change: row.change, state: row.state, seen, which: null, raw: {} as Change['raw'], ...change }
}

const [ESTABLISHING, ESTABLISHED] = [call('establishing'), call('established')]
const [TERMINATED, EVERYONE] = [call('terminated', 'deleted'), roster(['John', THE_BOT])]
const COMPLETED: Row = { ...call('completed', 'deleted'), of: 'operation' }
const TONE1: Row = { ...call('tone1'), of: 'tone' }
const TWO_PARTY = [ESTABLISHING, ESTABLISHED]
const MEETING = [ESTABLISHING, ESTABLISHED, EVERYONE]
const WAITING = roster([THE_BOT], true)
const LOBBY = [ESTABLISHING, WAITING, ESTABLISHED, EVERYONE]
const WHOLE = [ESTABLISHING, ESTABLISHED, EVERYONE, TERMINATED]

/** How many changes match each row, and the indices of the unexpected ones. */
function matched(rows: readonly Row[], changes: readonly Change[], ordered = true) {
  const match = matchRows(rows, changes, OWN, ordered)
  return { rows: match.rows.map(({ length }) => length), extra: match.extra.map((change) => changes.indexOf(change)) }
}

type Case<What> = readonly [name: string, rows: readonly Row[], changes: readonly What[], counts: number[], extra: number[]]

const all = (rows: readonly Row[]) => rows.map((row) => came(row))

describe('in order', () => {
  const repeat = came(ESTABLISHED)
  const partly = came(roster(['John']))
  const CASES: readonly Case<Change>[] = [
    ['nothing', MEETING, [], [0, 0, 0], []],
    ['a roster that still grows', MEETING, [...all(TWO_PARTY), partly], [1, 1, 0], []],
    ['participants in another order', MEETING, [...all(TWO_PARTY), came(roster([THE_BOT, 'John']))], [1, 1, 1], []],
    ['two between are missing', WHOLE, all([ESTABLISHING, TERMINATED]), [1, 0, 0, 1], []],
    ['swapped', TWO_PARTY, all([ESTABLISHED, ESTABLISHING]), [0, 1], [1]],
    ['backward', TWO_PARTY, all([...TWO_PARTY, ESTABLISHING]), [1, 1], [2]],
    ['a state repeated after its roster', MEETING, [...all(MEETING), repeat], [1, 2, 1], []],
    ['a roster after the end', WHOLE, all([...WHOLE, EVERYONE]), [1, 1, 1, 1], [4]],
    ['the end twice', WHOLE, all([...WHOLE, TERMINATED]), [1, 1, 1, 2], []],
    ['after the end', WHOLE, all([...WHOLE, ESTABLISHED]), [1, 1, 1, 1], [4]],
    ['a state of no row', TWO_PARTY, all([...TWO_PARTY, TERMINATED]), [1, 1], [2]],
    ['another change type', TWO_PARTY, [came(ESTABLISHING, { change: 'created' }), came(ESTABLISHED)], [0, 1], [0]],
    ['a roster of another change type', MEETING, [...all(TWO_PARTY), came(EVERYONE, { change: 'deleted' })], [1, 1, 0], [2]],
    [
      'a growing roster of another change type',
      MEETING,
      [...all(TWO_PARTY), { ...partly, change: 'created' }, came(EVERYONE)],
      [1, 1, 1],
      [2],
    ],
    ['of no call', TWO_PARTY, [came(ESTABLISHING, { callId: null }), ...all(TWO_PARTY)], [1, 1], [0]],
    ['a roster where two people talk', TWO_PARTY, [...all(TWO_PARTY), came(EVERYONE)], [1, 1], [2]],
    ['an empty roster where two people talk', TWO_PARTY, [...all(TWO_PARTY), came(roster([]))], [1, 1], [2]],
    ['an unknown participant instead', MEETING, [...all(TWO_PARTY), came(roster(['user 1', THE_BOT]))], [1, 1, 0], [2]],
    ['a roster that shrinks again', MEETING, [...all(MEETING), partly], [1, 1, 1], [3]],
    ['a roster before its time', MEETING, [came(ESTABLISHING), partly, came(ESTABLISHED), came(EVERYONE)], [1, 1, 1], [1]],
    [
      'the bot shown in the lobby and let in',
      MEETING,
      [...all(TWO_PARTY), came(roster(['John', THE_BOT], true))],
      [1, 1, 0],
      [2],
    ],
    [
      'the bot let in and shown to wait',
      LOBBY,
      [came(ESTABLISHING), came(roster([THE_BOT])), ...all(LOBBY.slice(2))],
      [1, 0, 1, 1],
      [1],
    ],
    [
      'a person in the lobby',
      MEETING,
      [...all(TWO_PARTY), came(EVERYONE, { seen: [...came(roster([THE_BOT])).seen, { name: 'John', inLobby: true, raw: {} }] })],
      [1, 1, 0],
      [2],
    ],
    ['the bot alone of both in the lobby', [roster(['John', THE_BOT], true)], [came(roster(['John', THE_BOT], true))], [1], []],
    ['waiting again after being let in', LOBBY, [...all(LOBBY), came(WAITING)], [1, 1, 1, 1], [4]],
  ]
  for (const [name, rows, changes, counts, extra] of CASES)
    test(name, () => assert.deepEqual(matched(rows, changes), { rows: counts, extra }))

  test('a participant twice on a roster does not count as another one', () => {
    const twice = came(EVERYONE, { seen: [...came(roster(['John'])).seen, ...came(roster(['John'])).seen] })
    assert.deepEqual(matched([EVERYONE], [twice]).rows, [0])
  })

  test('unexpected ones are in the order of arrival', () => {
    const foreign = came(ESTABLISHED, { callId: 'another' })
    assert.deepEqual(matched(TWO_PARTY, [foreign, came(TERMINATED), ...all(TWO_PARTY), { ...foreign }]).extra, [0, 1, 4])
  })
})

describe('without an order', () => {
  const CASES: readonly Case<Row>[] = [
    ['rosters keep their own order', LOBBY, [WAITING, EVERYONE, ESTABLISHED, ESTABLISHING], [1, 1, 1, 1], []],
    ['waiting after being let in', LOBBY, [ESTABLISHING, ESTABLISHED, EVERYONE, WAITING], [1, 0, 1, 1], [3]],
    ['establishing again once both have come', TWO_PARTY, [ESTABLISHED, ESTABLISHING, ESTABLISHED, ESTABLISHING], [1, 2], [3]],
    ['establishing again, in order', TWO_PARTY, [ESTABLISHING, ESTABLISHED, ESTABLISHING], [1, 1], [2]],
    ['established after the end', WHOLE, [ESTABLISHING, TERMINATED, ESTABLISHED, EVERYONE], [1, 0, 1, 1], [2]],
    ['established again after the end', WHOLE, [...WHOLE, ESTABLISHED], [1, 1, 1, 1], [4]],
    ['establishing after the end', WHOLE, [ESTABLISHED, EVERYONE, TERMINATED, ESTABLISHING], [0, 1, 1, 1], [3]],
    ['the end, and nothing before it', WHOLE, [TERMINATED], [0, 0, 0, 1], []],
    ['a roster where two people talk', TWO_PARTY, [ESTABLISHED, EVERYONE, ESTABLISHING], [1, 1], [1]],
  ]
  for (const [name, rows, changes, counts, extra] of CASES)
    test(name, () => assert.deepEqual(matched(rows, all(changes), false), { rows: counts, extra }))
})

/** Every lawful sequence of a table: each row with repeats, each roster growing before it. */
const lawfulOf = (rows: readonly Row[]) =>
  fc
    .tuple(...rows.map((row) => fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.subarray([...row.who]), { maxLength: 3 }))))
    .map((drawn) =>
      drawn.map(([times, growth], at) => {
        const row = rows[at] as Row
        const growing = row.of === 'roster' ? growth.filter((who) => who.length < row.who.length) : []
        return [...growing.map((who) => ({ ...row, who })), ...Array.from({ length: times }, () => row)].map((one) => came(one))
      }),
    )
const tables = fc.constantFrom(TWO_PARTY, MEETING, LOBBY, WHOLE)
const drawn = tables.chain((rows) => lawfulOf(rows).map((groups) => ({ rows, groups })))

/** Two sequences into one, each in its own order. */
function interleaved(left: readonly Change[], right: readonly Change[], takeLeft: readonly boolean[]): Change[] {
  const [a, b] = [[...left], [...right]]
  return [...left, ...right].flatMap((_, at) => (b.length === 0 || (takeLeft[at] && a.length > 0) ? a : b).splice(0, 1))
}

describe('any lawful sequence', () => {
  test('matches completely, in order', () => {
    fc.assert(
      fc.property(drawn, ({ rows, groups }) => {
        const match = matchRows(rows, groups.flat(), OWN, true)
        assert.deepEqual([complete(match), match.extra], [true, []])
      }),
    )
  })

  test('matches completely, calls and rosters interleaved', () => {
    fc.assert(
      fc.property(drawn, fc.array(fc.boolean(), { minLength: 40 }), fc.boolean(), ({ rows, groups }, takeLeft, swap) => {
        const changes = groups.flat()
        const calls = changes.filter(({ of, state }) => of === 'call' && (!swap || state !== 'establishing'))
        const late = swap ? [calls[0] as Change, came(ESTABLISHING), ...calls.slice(1)] : calls
        const all = interleaved(
          late,
          changes.filter(({ of }) => of === 'roster'),
          takeLeft,
        )
        const match = matchRows(rows, all, OWN, false)
        assert.deepEqual([complete(match), match.extra], [true, []])
      }),
    )
  })

  test('without one of its rows misses just that one', () => {
    fc.assert(
      fc.property(drawn, fc.nat(), fc.boolean(), ({ rows, groups }, pick, ordered) => {
        const dropped = pick % rows.length
        const match = matchRows(rows, groups.filter((_, at) => at !== dropped).flat(), OWN, ordered)
        const missing = match.rows.flatMap(({ length }, at) => (length === 0 ? [at] : []))
        assert.deepEqual([missing, complete(match)], [[dropped], false])
        // Only a roster that grows towards a row after the missing one is unexpected.
        const growing = match.extra.filter(({ of, seen }) => of === 'roster' && seen.length < 2)
        assert.deepEqual(match.extra, growing)
      }),
    )
  })

  test('with a change of no row has only that unexpected', () => {
    const STRAYS = [
      came(ESTABLISHED, { callId: 'another' }),
      came(call('incoming')),
      came(ESTABLISHED, { of: 'other' }),
      came(roster(['John', THE_BOT, 'user 1'])),
    ]
    fc.assert(
      fc.property(drawn, fc.nat(), fc.constantFrom(...STRAYS), fc.boolean(), ({ rows, groups }, pick, stray, ordered) => {
        const changes = groups.flat()
        changes.splice(pick % (changes.length + 1), 0, stray)
        const match = matchRows(rows, changes, OWN, ordered)
        assert.deepEqual([complete(match), match.extra], [true, [stray]])
      }),
    )
  })
})

describe('operations and tones', () => {
  const of = (subject: 'operation' | 'tone', state: string): Row => ({
    ...call(state, subject === 'operation' ? 'deleted' : 'updated'),
    of: subject,
  })
  const operation = (which: string, state: string) => came(of('operation', state), { which })
  const tone = (state: string, which: number) => came(of('tone', state), { which: String(which) })
  const [established, terminated] = [came(ESTABLISHED), came(TERMINATED)]
  const FAILED = of('operation', 'failed')
  const CASES: readonly Case<Change>[] = [
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
      [established, operation('1', 'completed'), terminated, operation('1', 'completed'), { ...established }],
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
    test(name, () => assert.deepEqual(matched(rows, changes), { rows: counts, extra }))

  test('are matched separately without an order', () => {
    const changes = [tone('tone1', 1), operation('1', 'completed'), established]
    const match = matchRows([ESTABLISHED, COMPLETED, TONE1], changes, OWN, false)
    assert.deepEqual([match.rows.map(([one]) => one?.of), match.extra], [['call', 'operation', 'tone'], []])
  })
})

test('a failed match is described with both sequences', () => {
  const changes = [came(ESTABLISHING), came(call('ringing'))]
  // A session reads what it received once for the match and again for the words.
  const again = changes.map((change) => ({ ...change }))
  const words = describeSequence(TWO_PARTY, matchRows(TWO_PARTY, changes, OWN, true), again, OWN, 'after 60 s')
  assert.deepEqual(words.split('\n'), [
    'notifications: "call updated, established" is missing after 60 s; unexpected notification: call updated, ringing',
    'documented:',
    '  ✓ call updated, establishing',
    '  ✗ call updated, established: missing',
    'received:',
    '    call updated, establishing',
    '  ✗ call updated, ringing',
  ])
})

test('a row is described in one line', () => {
  assert.deepEqual([ESTABLISHED, TERMINATED, EVERYONE, WAITING, COMPLETED, TONE1].map(describeRow), [
    'call updated, established',
    'call deleted, terminated',
    'roster updated, John and the bot',
    'roster updated, the bot in the lobby',
    'operation deleted, completed',
    'tone updated, tone1',
  ])
})
