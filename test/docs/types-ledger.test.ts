// Our types against Microsoft's own, member by member and both ways: they differ exactly as fixtures/types-ledger.yaml says.
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'mocha'
import { z } from 'zod'
import { loadErrata } from '../../support/contract/discrepancies'
import { PROJECT_ROOT, readFixture } from '../../support/contract/fixture'
import { type Members, ours, PACKAGE, type Theirs, theirs } from './types-members'

const ledger = readFixture(
  path.join(PROJECT_ROOT, 'fixtures/types-ledger.yaml'),
  z.strictObject({
    package: z.strictObject({ name: z.literal(PACKAGE), version: z.string() }),
    types: z.array(z.string()),
    differences: z.array(
      z.strictObject({
        lacks: z.enum(['ours', 'theirs']),
        erratum: z.string(),
        reason: z.string().min(1),
        members: z.record(z.string(), z.array(z.string()).min(1)),
      }),
    ),
  }),
)

type Side = 'ours' | 'theirs'

/** A row of the ledger as text: whose types lack which member. */
const row = (side: Side, type: string, member: string) => `lacks: ${side}, ${type}: [${member}]`

const listed = ledger.differences.flatMap(({ lacks, members }) =>
  Object.entries(members).flatMap(([type, names]) => names.map((name) => row(lacks, type, name))),
)

function found(mine: Members, { membersOf }: Theirs): readonly string[] {
  return [...mine].flatMap(([type, members]) => {
    const other = membersOf(type) ?? new Set<string>()
    return [
      ...[...members].filter((name) => !other.has(name)).map((name) => row('theirs', type, name)),
      ...[...other].filter((name) => !members.has(name)).map((name) => row('ours', type, name)),
    ]
  })
}

/** Describes how to correct the ledger, one sentence for each row. */
function remedies(rows: readonly string[], differences: readonly string[]): readonly string[] {
  return [
    ...differences
      .filter((one) => !rows.includes(one))
      .map((one) => `add to fixtures/types-ledger.yaml, with its erratum: ${one}`),
    ...rows
      .filter((one) => !differences.includes(one))
      .map((one) => `remove from fixtures/types-ledger.yaml, it no longer differs: ${one}`),
  ]
}

test('the package is the one that the ledger was made with', () => assert.equal(theirs().version, ledger.package.version))

test('the types that are compared are listed, and the package has each', async () => {
  const types = [...(await ours()).keys()].sort()
  assert.deepEqual(types, ledger.types)
  const { membersOf } = theirs()
  assert.deepEqual(
    types.filter((type) => membersOf(type) === null),
    [],
  )
})

test('the types differ as listed, and in nothing else', async () =>
  assert.deepEqual(remedies(listed, found(await ours(), theirs())), []))

test('every row occurs once and refers to a known erratum', () => {
  assert.deepEqual(
    listed.filter((one, at) => listed.indexOf(one) !== at),
    [],
  )
  const errata = new Set(loadErrata().map(({ id }) => id))
  assert.deepEqual(
    ledger.differences.filter(({ erratum }) => !errata.has(erratum)),
    [],
  )
})

test('a listed difference needs no remedy; a new one needs a row, and one that has closed has a row too many', () => {
  const mine: Members = new Map([['call', new Set(['id', 'state'])]])
  const remedy = (rows: readonly string[], ...theirs: readonly string[]) =>
    remedies(rows, found(mine, { version: '1', membersOf: () => new Set(theirs) }))
  const OPEN = 'lacks: ours, call: [operations]'
  assert.deepEqual(remedy([OPEN], 'id', 'state', 'operations'), [])
  assert.deepEqual(remedy([], 'id', 'operations'), [
    'add to fixtures/types-ledger.yaml, with its erratum: lacks: theirs, call: [state]',
    `add to fixtures/types-ledger.yaml, with its erratum: ${OPEN}`,
  ])
  assert.deepEqual(remedy([OPEN], 'id', 'state'), [`remove from fixtures/types-ledger.yaml, it no longer differs: ${OPEN}`])
})

describe('the members', () => {
  test('that are ours come from all four places', async () => {
    const members = await ours()
    const places: readonly (readonly [type: string, member: string, from: string])[] = [
      ['chatInfo', 'replyChainMessageId', 'a printed response'],
      ['mediaInfo', 'resourceId', 'a printed object without a type'],
      ['call', 'incomingContext', 'an answer of the simulator'],
      ['resultInfo', 'subcode', 'a post of the simulator'],
      ['meetingParticipants', 'organizer', 'an untyped object of a meeting that was looked up'],
      ['communicationsIdentitySet', 'phone', 'a shape of a request with two types'],
      ['tokenMeetingInfo', 'token', 'a shape of a request with one type'],
      ['commsNotification', 'resourceUrl', 'a shape of a notification'],
    ]
    for (const [type, member, from] of places) assert.ok(members.get(type)?.has(member), `${type}.${member}, ${from}`)
    assert.ok(![...members.values()].some((names) => [...names].some((name) => name.startsWith('@'))))
  })

  test('that are theirs include inherited ones; an unknown type has no members', () => {
    const { membersOf } = theirs()
    for (const [type, member] of [
      ['call', 'id'],
      ['tokenMeetingInfo', 'allowConversationWithoutHost'],
      ['communicationsIdentitySet', 'user'],
    ] as const)
      assert.ok(membersOf(type)?.has(member), `${type}.${member}`)
    assert.equal(membersOf('noSuchType'), null)
  })
})
