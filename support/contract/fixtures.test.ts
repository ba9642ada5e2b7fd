// The fixtures load as they are, and a broken one is reported with its file, the place in it and what to write.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'mocha'
import { broken, fixture, folder, refuses, written } from '../../test/kit/broken-fixtures'
import { loadCast } from './cast'
import { type Erratum, loadErrata } from './discrepancies'
import { documentedIn, loadDocumented } from './documented'
import type { JsonObject } from './json'
import { CAPABILITIES, loadRequirements } from './requirements'

const printed = (name: string) => JSON.parse(readFileSync(fixture(`2019-11/create-call/${name}`), 'utf8'))
const printedBlob = () => readFileSync(fixture('2019-11/create-call/02-p2p-app-media.media-blob.txt'), 'utf8').trimEnd()
const ids = (entries: readonly { id: string }[]) => entries.map(({ id }) => id)

test('the requirements: levels, unique ids, needs', () => {
  const requirements = loadRequirements()
  const ofCreate = requirements.filter(({ id }) => id.startsWith('CC-'))
  const count = (level: string) => ofCreate.filter((requirement) => requirement.level === level).length
  assert.deepEqual([count('must'), count('should'), count('may')], [49, 25, 1])
  assert.equal(new Set(requirements.map(({ id }) => id)).size, requirements.length)
  assert.deepEqual(requirements.find(({ id }) => id === 'CC-51')?.basis, ['elsewhere', 'observed'])
  assert.deepEqual(requirements.find(({ id }) => id === 'CC-31')?.needs, [
    { capability: 'person-answers', for: 'established' },
    { capability: 'media-live', for: 'established' },
  ])
  const needed = new Set(requirements.flatMap(({ needs }) => needs.map(({ capability }) => capability)))
  assert.deepEqual([...needed].sort(), [...CAPABILITIES].sort())
})

test('the errata: every number, what may be asserted everywhere, references both ways', () => {
  const errata = loadErrata()
  const number = (at: number) => `E-${String(at).padStart(2, '0')}`
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => number(from + at))
  const those = (holds: (erratum: Erratum) => boolean) => ids(errata.filter(holds))
  assert.deepEqual(ids(errata), [...numbers(1, 53), ...numbers(60, 90)])
  const [everywhere, inSeed] = [those(({ asserted }) => asserted === 'everywhere'), those((erratum) => erratum.inSeed)]
  assert.deepEqual(everywhere, ['E-01', 'E-03', 'E-08', 'E-13'])
  assert.deepEqual(inSeed, numbers(1, 30))
  const known = new Set(ids([...errata, ...loadRequirements()]))
  const texts = [...errata.map(({ ruling }) => ruling), ...loadRequirements().map(({ statement }) => statement)]
  const referred = texts.flatMap((text) => text.match(/\b(E-\d\d|[A-DF-Z][A-Z]-\d\d[a-z]?)\b/g) ?? [])
  const unknown = referred.filter((id) => !known.has(id))
  assert.deepEqual([unknown, referred.length > 20], [[], true])
})

test('the documented messages: six examples, as printed and frozen', () => {
  const { examples } = loadDocumented()
  assert.deepEqual([...examples.keys()], [1, 2, 3, 4, 5, 6])
  const kinds = [...examples.values()].map((example) => [example.response?.status, ...Object.keys(example.notifications)].join())
  assert.deepEqual(kinds, ['201,established,establishing', '', '201,established,establishing,roster', '', '', ',roster'])
  const [first, fourth, sixth] = [examples.get(1), examples.get(4), examples.get(6)]
  assert.deepEqual(first?.permissions, ['Calls.Initiate.All'])
  const asPrinted = printed('04-join-scheduled-app-media.request.json')
  asPrinted.mediaConfig.blob = JSON.parse(`"${printedBlob()}"`)
  assert.equal(JSON.stringify(fourth?.request), JSON.stringify(asPrinted))
  const roster = printed('06-join-channel-guest-service-media.notification-roster.json')
  assert.equal(JSON.stringify(sixth?.notifications.roster), JSON.stringify(roster))
  assert.throws(() => Object.assign(sixth?.request.source as object, { region: 'changed' }), TypeError)
})

test('the media blob is the printed one, unescaped once, in the requests that have the placeholder', () => {
  const blobs = [...loadDocumented().examples.values()].map(({ request }) => (request.mediaConfig as JsonObject).blob)
  const [, blob] = blobs
  assert.deepEqual(blobs, [undefined, blob, undefined, blob, undefined, undefined])
  assert.equal(JSON.stringify(blob), `"${printedBlob()}"`)
  assert.equal(JSON.parse(String(blob)).callId, '1b69b141-7f1a-4033-9c34-202737190a20')
})

test('what each example is about agrees with the index of the page', () => {
  const index = printed('index.json').examples as {
    seed_heading: string
    messages: { role: string; status: number | null }[]
  }[]
  const ofPage = index.map(({ seed_heading, messages }) => [
    seed_heading,
    messages.find(({ role }) => role === 'response')?.status ?? null,
  ])
  const { examples } = loadDocumented()
  assert.deepEqual(
    [...examples.values()].map(({ heading, response }) => [heading, response?.status ?? null]),
    ofPage,
  )
})

test('a changed, missing or unlisted documented message is named, all at once', () => {
  const copy = path.join(folder, 'create-call')
  cpSync(fixture('2019-11/create-call'), copy, { recursive: true })
  const [changed, missing, unlisted] = ['01-p2p-service-media.response.json', '02-p2p-app-media.request.json', 'notes.json']
  writeFileSync(path.join(copy, changed), `${readFileSync(path.join(copy, changed), 'utf8')} `)
  rmSync(path.join(copy, missing))
  writeFileSync(path.join(copy, unlisted), '{}')
  const [of1, of2, of3] = [
    `${changed}: .*differs.*git.*never edited`,
    `${missing}: .*missing.*git`,
    `${unlisted}: .*not listed.*remove`,
  ]
  assert.throws(() => documentedIn(copy), { name: 'FixtureError', message: new RegExp(`^.*${of1}.*\n.*${of2}.*\n.*${of3}.*$`) })
})

test('an example that does not fit its files', () => {
  const copy = mkdtempSync(path.join(folder, 'altered-'))
  cpSync(fixture('2019-11/create-call'), copy, { recursive: true })
  const file = path.join(copy, 'examples.yaml')
  const good = readFileSync(file, 'utf8')
  writeFileSync(file, good.replace('    status: 201\n', ''))
  refuses(() => documentedIn(copy), file, [
    ['examples["1"]', /does not fit the files beside it; give it a request, and a status/],
  ])
  writeFileSync(file, good.replace('meeting: scheduled', 'meting: scheduled'))
  refuses(() => documentedIn(copy), file, [['examples[3].meting', /is not known here/]])
})

test('files that cannot be read or parsed', () => {
  refuses(() => loadErrata(fixture('none.yaml')), 'fixtures/none.yaml', [['', /the file does not exist; create/]])
  const open = written('errata:\n  - { id: E-01\n')
  refuses(() => loadErrata(open), open, [['line 3', /not well-formed/]])
  const twice = written('bot:\n  displayName: A\n  displayName: B\n')
  refuses(() => loadCast(twice), twice, [['line 3', /keys must be unique/]])
  const comma = written('{\n "errata": [],\n}', 'broken.json')
  refuses(() => loadErrata(comma), comma, [['line 3', /not well-formed/]])
})

test('broken requirements and errata', () => {
  const requirements = (from: string, to: string) => broken('requirements.yaml', loadRequirements, from, to)
  requirements('level: must', 'level: shall')(['requirements[0].level', /is "shall"; write one of must, should, may/])
  requirements('id: CC-02', 'id: CC-01')(['requirements[1].id', /repeats CC-01/])
  requirements(
    '[delegated-token]',
    '[alien-token]',
  )(['requirements[8].needs[0]', /is "alien-token"; write one of person-answers,/])
  requirements('media-live, for', 'media-lively, for')(['requirements[36].needs[1].capability', /"media-lively"; write one of/])
  broken('errata.yaml', loadErrata, 'id: E-02', 'id: E-01')(['errata[1].id', /repeats E-01/])
  broken('errata.yaml', loadErrata, 'where: "1"', 'where: 1')(['errata[0].where', /is a number; put it in quotes/])
})
