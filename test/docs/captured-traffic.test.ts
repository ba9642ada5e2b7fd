// Publicly captured messages of the real service: our shapes read them, tables match their sequences, and differences from the page are
// lawful or known drift. They are outside of the project; test/docs/captured.yaml has the expected result of each.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { test } from 'mocha'
import { z } from 'zod'
import { loadCast } from '../../support/contract/cast'
import { loadDocumented } from '../../support/contract/documented'
import { PROJECT_ROOT, readFixture } from '../../support/contract/fixture'
import { isObject, type Json, type JsonObject } from '../../support/contract/json'
import { commsNotifications, errorBody, roster } from '../../support/contract/messages'
import { type Change, readChange } from '../../support/judge/changes'
import { sortDrift } from '../../support/judge/drift'
import { CALL_ID, expectedExample } from '../../support/judge/expected'
import { contradictingChanges } from '../../support/judge/known'
import { idFaults } from '../../support/judge/participant-ids'
import { type Bindings, differences, type Pattern, type PatternObject } from '../../support/judge/pattern'
import { complete, matchRows, type Row } from '../../support/judge/sequence'
import { documentedCast, type Setting, THE_BOT, withMembers } from '../../support/judge/setting'
import { bodyOf, type Captured, FOLDER, index, NOT_THERE as skip } from '../kit/captured-messages'
import { describeUnless, testUnless } from '../kit/unless'

const drift = z.array(z.string().regex(/^D-\d{2}$/))
const captured = readFixture(
  path.join(PROJECT_ROOT, 'test/docs/captured.yaml'),
  z.strictObject({
    about: z.array(z.string()),
    files: z.record(
      z.string(),
      z.union([
        z.strictObject({ reads: z.array(z.string()), drift }),
        z.strictObject({ reads: z.array(z.string()).optional(), left: z.string() }),
      ]),
    ),
    sequences: z.record(
      z.string(),
      z.array(
        z.strictObject({
          of: z.enum(['call', 'roster', 'operation', 'tone']),
          change: z.enum(['created', 'updated', 'deleted']),
          state: z.string().nullable().default(null),
          who: z.array(z.string()).default([]),
          times: z.number().int().min(1),
        }),
      ),
    ),
  }),
)

/** Why a file is not judged: the first reason that holds. A file without a reason is a complete message of Graph, raw or recorded. */
const LEFT: readonly (readonly [reason: string, holds: (file: Captured) => boolean])[] = [
  ['request', ({ kind }) => kind === 'request'],
  ['claims', ({ shape }) => shape === 'jwt-decoded'],
  ['headers', ({ file, shape }) => shape === 'delivery-headers' || (shape === 'http-envelope' && bodyOf(file) === null)],
  ['older protocol', ({ api }) => api?.startsWith('pre-Graph')],
  ['printed by a logger', ({ level }) => level === 'sdk-log'],
  ['written by hand', ({ level }) => ['code', 'sample', 'narrative'].includes(level)],
  ['cut', ({ complete }) => !complete],
]

const inAnySequence = new Set(Object.values(index.sequences).flat())

testUnless(skip, 'the files of the folder are exactly the listed ones', () => {
  const here = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).map((name) => name.split(path.sep).join('/'))
  const listed = [...captured.about, ...Object.keys(captured.files)]
  assert.deepEqual(here.filter((name) => name.includes('.')).sort(), listed.sort())
  assert.deepEqual(index.files.map(({ file }) => file).sort(), Object.keys(captured.files).sort())
  assert.deepEqual(Object.keys(captured.sequences).sort(), Object.keys(index.sequences).sort())
})

testUnless(skip, 'a file that is left out has a reason, and every complete message of Graph is read', () => {
  for (const described of index.files) {
    const entry = captured.files[described.file] ?? assert.fail(described.file)
    const reason = LEFT.find(([, holds]) => holds(described))?.[0]
    assert.equal('left' in entry ? entry.left : undefined, reason, described.file)
    assert.equal(entry.reads !== undefined, reason === undefined || inAnySequence.has(described.file), described.file)
  }
})

const printedCast = loadCast()
const documented = loadDocumented()

/** The setting of a recorded call: the bot and the one user of its rosters. */
function settingOf(files: readonly string[]): Setting {
  const identities = files.flatMap((file) => identitiesIn(bodyOf(file)))
  const [bot] = identities.flatMap(({ application }) => (isObject(application) ? [String(application.id)] : []))
  const [user] = identities.flatMap(({ user }) => (isObject(user) ? [user] : []))
  const people = Object.fromEntries(
    user === undefined ? [] : [['user', { id: String(user.id), displayName: String(user.displayName) }]],
  )
  const { tenantId, displayName, callbackUri } = printedCast.bot as { tenantId: string; displayName: string; callbackUri: string }
  const clientId = bot ?? 'no application'
  return { cast: { ...printedCast, people }, clientId, tenantId, displayName, callbackUri, another: null }
}

function identitiesIn(body: Json): readonly JsonObject[] {
  const read = commsNotifications.safeParse(body)
  const entries = (read.data?.value ?? []).flatMap(({ resourceData }) => (Array.isArray(resourceData) ? resourceData : []))
  return entries.flatMap(({ info }) => (isObject(info) && isObject(info.identity) ? [info.identity] : []))
}

function changesIn(file: string, setting: Setting): readonly Change[] {
  return commsNotifications.parse(bodyOf(file)).value.map((raw) => readChange(raw, setting))
}

/** Describes a change in one line, people by the kind of their identity. */
function line({ of, change, state, seen }: Change): string {
  return `${of} ${change}, ${of === 'roster' ? seen.map(({ name }) => kindOf(name)).join(' and ') : state}`
}
const kindOf = (name: string) => (name === THE_BOT ? name : (name.split(' ')[0] ?? name))

/** Describes a message as it was read. */
function readingOf(file: string, setting: Setting): readonly string[] {
  const body = bodyOf(file)
  const { kind } = index.files.find((one) => one.file === file) ?? assert.fail(file)
  if (kind === 'notification') return changesIn(file, setting).map(line)
  if (kind === 'error') return [`error${errorBody.parse(body).error.innerError === undefined ? '' : ' with innerError'}`]
  return [`roster of ${roster.parse((body as JsonObject).value).length}`]
}

/** The printed pattern of a change: the two states of example 1, and for an end what both have in common. */
function patternOf({ of, change, state }: Change, setting: Setting): Pattern | null {
  const page = (example: 1 | 3) => expectedExample(documented, documentedCast(printedCast), example, setting)
  if (of === 'roster') return page(3).change('roster')
  if (of !== 'call') return null
  const establishing = page(1).change('establishing') as PatternObject
  const data = withMembers(establishing.resourceData as PatternObject, { state: state as string })
  return state === 'established' ? page(1).change(state) : withMembers(establishing, { changeType: change, resourceData: data })
}

/** The drift of a change from the page. @throws AssertionError where it differs in anything else */
function driftOf(change: Change, setting: Setting, bindings: Bindings): readonly string[] {
  const pattern = patternOf(change, setting)
  if (pattern === null) return []
  const message = change.raw as unknown as Json
  const sorted = [sortDrift(change.of === 'roster' ? 'roster' : 'call', differences(pattern, message, bindings), message)]
  for (const { name, inLobby, raw } of change.seen) {
    // The page has no entry of a bot that joins as the owner of a telephone number.
    if (kindOf(name) === 'applicationInstance') continue
    const expected = expectedExample(documented, documentedCast(printedCast), 3, setting).participant(name, inLobby)
    sorted.push(sortDrift('participant', differences(expected, raw, bindings), raw))
  }
  assert.deepEqual(
    sorted.flatMap(({ left }) => left),
    [],
  )
  return [...new Set(sorted.flatMap((one) => one.drift))].sort()
}

describeUnless(skip, 'is read, and has only known differences from the page', () => {
  const calls = Object.values(index.sequences)
  for (const [file, entry] of Object.entries(captured.files)) {
    if (entry.reads === undefined) continue
    test(file, () => {
      const setting = settingOf(calls.find((files) => files.includes(file)) ?? [file])
      assert.deepEqual(readingOf(file, setting), entry.reads)
      if (!('drift' in entry)) return
      const notified = index.files.find((one) => one.file === file)?.kind === 'notification'
      const changes = notified ? changesIn(file, setting) : []
      assert.deepEqual(contradictingChanges(new Map(), changes), [])
      const bindings = (callId: string | null): Bindings => new Map([[CALL_ID.name, String(callId)]])
      assert.deepEqual(
        changes.flatMap((change) => driftOf(change, setting, bindings(change.callId))),
        entry.drift,
      )
    })
  }

  test('except the older protocol, which is refused', () => {
    const older = Object.entries(captured.files).filter(([, entry]) => 'left' in entry && entry.left === 'older protocol')
    assert.deepEqual(
      older.map(([file]) => commsNotifications.safeParse(bodyOf(file)).success),
      [false],
    )
  })
})

describeUnless(skip, 'the sequence', () => {
  for (const [name, rows] of Object.entries(captured.sequences)) {
    const files = index.sequences[name] ?? []
    const setting = settingOf(files)
    const changes = files.flatMap((file) => changesIn(file, setting))
    const seen = [...new Set(changes.flatMap((change) => change.seen.map((one) => one.name)))]
    const table = rows.map(
      ({ times: _, who, ...row }): Row => ({
        ...row,
        who: who.map((kind) => seen.find((one) => kindOf(one) === kind) ?? kind),
        inLobby: false,
      }),
    )
    test(`${name} contradicts nothing that it said before, and its participants keep their ids`, () => {
      assert.ok(changes.length > 1)
      assert.deepEqual(contradictingChanges(new Map(), changes), [])
      assert.deepEqual(idFaults(changes.filter(({ of }) => of === 'roster')), [])
    })

    for (const ordered of [true, false]) {
      const matched = (rows = table, received = changes) => matchRows(rows, received, changes[0]?.callId ?? null, ordered)
      const how = ordered ? 'in order' : 'in any order'
      test(`${name} matches its table, ${how}`, () => {
        const match = matched()
        assert.deepEqual([match.rows.map(({ length }) => length), match.extra], [rows.map(({ times }) => times), []])
      })

      test(`${name} misses each row without its messages, and a message without a row is unexpected, ${how}`, () => {
        for (const [at, { times }] of rows.entries()) {
          const fitting = matched().rows[at] ?? []
          assert.equal(fitting.length, times)
          const others = changes.filter((change) => !fitting.includes(change))
          assert.equal(complete(matched(table, others)), false)
        }
        assert.ok(matched(table.slice(1)).extra.length > 0)
      })
    }
  }
})
