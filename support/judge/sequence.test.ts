// Sequences of notifications: what folds into a row, what is missing, what is extra, in order and where no order is kept.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'mocha'
import type { Change } from './changes'
import { asked, complete, matchRows, type Row } from './sequence'
import { THE_BOT } from './setting'

const OWN = 'own call'

const call = (state: string, change: Row['change'] = 'updated'): Row => ({ of: 'call', change, state, who: [], inLobby: false })
const roster = (who: readonly string[], inLobby = false): Row => ({ of: 'roster', change: 'updated', state: null, who, inLobby })

/** A change that shows exactly what a row asks for, or something near it. */
function came(row: Row, change: Partial<Change> = {}): Change {
  const seen = row.who.map((name) => ({ name, inLobby: name === THE_BOT && row.inLobby, raw: {} }))
  return { callId: OWN, of: row.of, change: row.change, state: row.state, seen, which: null, raw: {} as Change['raw'], ...change }
}

const [ESTABLISHING, ESTABLISHED] = [call('establishing'), call('established')]
const [TERMINATED, EVERYBODY] = [call('terminated', 'deleted'), roster(['John', THE_BOT])]
const TWO_PARTY = [ESTABLISHING, ESTABLISHED]
const MEETING = [ESTABLISHING, ESTABLISHED, EVERYBODY]
const WAITING = roster([THE_BOT], true)
const LOBBY = [ESTABLISHING, WAITING, ESTABLISHED, EVERYBODY]
const WHOLE = [ESTABLISHING, ESTABLISHED, EVERYBODY, TERMINATED]

/** How many changes came of each row, and where in what came the extra ones stand. */
function matched(rows: readonly Row[], changes: readonly Change[], ordered = true) {
  const match = matchRows(rows, changes, OWN, ordered)
  return { rows: match.rows.map(({ length }) => length), extra: match.extra.map((change) => changes.indexOf(change)) }
}

const all = (rows: readonly Row[]) => rows.map((row) => came(row))

describe('in order', () => {
  const repeat = came(ESTABLISHED)
  const partly = came(roster(['John']))
  const CASES: readonly (readonly [
    name: string,
    rows: readonly Row[],
    changes: readonly Change[],
    counts: number[],
    extra: number[],
  ])[] = [
    ['exactly the rows', LOBBY, all(LOBBY), [1, 1, 1, 1], []],
    ['nothing came', MEETING, [], [0, 0, 0], []],
    ['a repeat of the last row', TWO_PARTY, [...all(TWO_PARTY), repeat, repeat], [1, 3], []],
    ['the first row twice', MEETING, [came(ESTABLISHING), ...all(MEETING)], [2, 1, 1], []],
    ['a roster that grows', MEETING, [...all(TWO_PARTY), came(roster([])), partly, came(EVERYBODY)], [1, 1, 1], []],
    ['a roster that still grows', MEETING, [...all(TWO_PARTY), partly], [1, 1, 0], []],
    ['a roster repeated', MEETING, [...all(MEETING), came(EVERYBODY)], [1, 1, 2], []],
    ['participants in another order', MEETING, [...all(TWO_PARTY), came(roster([THE_BOT, 'John']))], [1, 1, 1], []],
    ['the first is missing', MEETING, all([ESTABLISHED, EVERYBODY]), [0, 1, 1], []],
    ['one between is missing', MEETING, all([ESTABLISHING, EVERYBODY]), [1, 0, 1], []],
    ['two between are missing', WHOLE, all([ESTABLISHING, TERMINATED]), [1, 0, 0, 1], []],
    ['the last is missing', LOBBY, all(LOBBY.slice(0, 3)), [1, 1, 1, 0], []],
    ['swapped', TWO_PARTY, all([ESTABLISHED, ESTABLISHING]), [0, 1], [1]],
    ['backward', TWO_PARTY, all([...TWO_PARTY, ESTABLISHING]), [1, 1], [2]],
    ['a state repeated after its roster', MEETING, [...all(MEETING), repeat], [1, 2, 1], []],
    ['a roster after the end', WHOLE, all([...WHOLE, EVERYBODY]), [1, 1, 1, 1], [4]],
    ['the end twice', WHOLE, all([...WHOLE, TERMINATED]), [1, 1, 1, 2], []],
    ['after the end', WHOLE, all([...WHOLE, ESTABLISHED]), [1, 1, 1, 1], [4]],
    ['a state of no row', TWO_PARTY, all([...TWO_PARTY, TERMINATED]), [1, 1], [2]],
    ['another change type', TWO_PARTY, [came(ESTABLISHING, { change: 'created' }), came(ESTABLISHED)], [0, 1], [0]],
    ['a roster of another change type', MEETING, [...all(TWO_PARTY), came(EVERYBODY, { change: 'deleted' })], [1, 1, 0], [2]],
    [
      'a growing roster of another change type',
      MEETING,
      [...all(TWO_PARTY), { ...partly, change: 'created' }, came(EVERYBODY)],
      [1, 1, 1],
      [2],
    ],
    ['of another call', TWO_PARTY, [...all(TWO_PARTY), came(ESTABLISHED, { callId: 'another' })], [1, 1], [2]],
    ['of no call', TWO_PARTY, [came(ESTABLISHING, { callId: null }), ...all(TWO_PARTY)], [1, 1], [0]],
    ['of another resource', TWO_PARTY, [...all(TWO_PARTY), came(ESTABLISHED, { of: 'other' })], [1, 1], [2]],
    ['a roster where two people talk', TWO_PARTY, [...all(TWO_PARTY), came(EVERYBODY)], [1, 1], [2]],
    ['even an empty one', TWO_PARTY, [...all(TWO_PARTY), came(roster([]))], [1, 1], [2]],
    ['a stranger among them', MEETING, [...all(TWO_PARTY), came(roster(['John', THE_BOT, 'user 1']))], [1, 1, 0], [2]],
    ['a stranger instead', MEETING, [...all(TWO_PARTY), came(roster(['user 1', THE_BOT]))], [1, 1, 0], [2]],
    ['a roster that shrinks again', MEETING, [...all(MEETING), partly], [1, 1, 1], [3]],
    ['a roster before its time', MEETING, [came(ESTABLISHING), partly, came(ESTABLISHED), came(EVERYBODY)], [1, 1, 1], [1]],
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
      [...all(TWO_PARTY), came(EVERYBODY, { seen: [...came(roster([THE_BOT])).seen, { name: 'John', inLobby: true, raw: {} }] })],
      [1, 1, 0],
      [2],
    ],
    ['the bot alone of both in the lobby', [roster(['John', THE_BOT], true)], [came(roster(['John', THE_BOT], true))], [1], []],
    ['waiting again after being let in', LOBBY, [...all(LOBBY), came(WAITING)], [1, 1, 1, 1], [4]],
  ]
  for (const [name, rows, changes, counts, extra] of CASES)
    test(name, () => assert.deepEqual(matched(rows, changes), { rows: counts, extra }))

  test('somebody twice on a roster does not stand for somebody else', () => {
    const twice = came(EVERYBODY, { seen: [...came(roster(['John'])).seen, ...came(roster(['John'])).seen] })
    assert.deepEqual(matched([EVERYBODY], [twice]).rows, [0])
  })

  test('extra ones are told in the order in which they came', () => {
    const foreign = came(ESTABLISHED, { callId: 'another' })
    assert.deepEqual(matched(TWO_PARTY, [foreign, came(TERMINATED), ...all(TWO_PARTY), { ...foreign }]).extra, [0, 1, 4])
  })

  test('complete is when every row has come', () => {
    assert.deepEqual(
      [MEETING, TWO_PARTY].map((rows) => complete(matchRows(MEETING, all(rows), OWN, true))),
      [true, false],
    )
  })
})

describe('where no order is kept', () => {
  const CASES: readonly (readonly [
    name: string,
    rows: readonly Row[],
    changes: readonly Row[],
    counts: number[],
    extra: number[],
  ])[] = [
    ['exactly the rows', MEETING, MEETING, [1, 1, 1], []],
    ['establishing after established', MEETING, [ESTABLISHED, ESTABLISHING, EVERYBODY], [1, 1, 1], []],
    ['with repeats around', TWO_PARTY, [ESTABLISHED, ESTABLISHING, ESTABLISHED], [1, 2], []],
    ['the roster before everything', MEETING, [EVERYBODY, ESTABLISHED, ESTABLISHING], [1, 1, 1], []],
    [
      'the roster grows between the states',
      MEETING,
      [roster([THE_BOT]), ESTABLISHING, roster(['John']), ESTABLISHED, EVERYBODY],
      [1, 1, 1],
      [],
    ],
    ['rosters keep their own order', LOBBY, [WAITING, EVERYBODY, ESTABLISHED, ESTABLISHING], [1, 1, 1, 1], []],
    ['waiting after being let in', LOBBY, [ESTABLISHING, ESTABLISHED, EVERYBODY, WAITING], [1, 0, 1, 1], [3]],
    ['establishing again once both have come', TWO_PARTY, [ESTABLISHED, ESTABLISHING, ESTABLISHED, ESTABLISHING], [1, 2], [3]],
    ['establishing again, in order', TWO_PARTY, [ESTABLISHING, ESTABLISHED, ESTABLISHING], [1, 1], [2]],
    ['established after the end', WHOLE, [ESTABLISHING, TERMINATED, ESTABLISHED, EVERYBODY], [1, 0, 1, 1], [2]],
    ['established again after the end', WHOLE, [...WHOLE, ESTABLISHED], [1, 1, 1, 1], [4]],
    ['establishing after the end', WHOLE, [ESTABLISHED, EVERYBODY, TERMINATED, ESTABLISHING], [0, 1, 1, 1], [3]],
    ['the end, and nothing before it', WHOLE, [TERMINATED], [0, 0, 0, 1], []],
    ['a missing establishing', MEETING, [ESTABLISHED, EVERYBODY], [0, 1, 1], []],
    ['a missing roster', MEETING, [ESTABLISHED, ESTABLISHING], [1, 1, 0], []],
    ['a roster where two people talk', TWO_PARTY, [ESTABLISHED, EVERYBODY, ESTABLISHING], [1, 1], [1]],
    ['a stranger', MEETING, [roster(['user 1']), ESTABLISHING, ESTABLISHED, EVERYBODY], [1, 1, 1], [0]],
  ]
  for (const [name, rows, changes, counts, extra] of CASES)
    test(name, () => assert.deepEqual(matched(rows, all(changes), false), { rows: counts, extra }))
})

/** Everything that may come of a table: each row with repeats, each roster growing before it. */
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
  test('matches completely and leaves nothing over, in order', () => {
    fc.assert(
      fc.property(drawn, ({ rows, groups }) => {
        const match = matchRows(rows, groups.flat(), OWN, true)
        assert.deepEqual([complete(match), match.extra], [true, []])
      }),
    )
  })

  test('matches completely and leaves nothing over, calls and rosters interleaved anyhow', () => {
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
        assert.deepEqual(missing, [dropped])
        // A roster on its way to a row that is not next, since another is missing, is left over with it; nothing else is.
        const growing = match.extra.filter(({ of, seen }) => of === 'roster' && seen.length < 2)
        assert.deepEqual(match.extra, growing)
      }),
    )
  })

  test('with something of no row has just that left over', () => {
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

test('a row is told in one line', () => {
  assert.deepEqual([ESTABLISHED, TERMINATED, EVERYBODY, WAITING].map(asked), [
    'call updated, established',
    'call deleted, terminated',
    'roster updated, John and the bot',
    'roster updated, the bot in the lobby',
  ])
})
