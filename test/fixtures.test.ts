// The fixtures load as they are, and a broken one is reported with its file, the place in it and what to write.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { type Cast, capabilitiesOf, loadCast, meetingCoordinates } from '../support/contract/cast'
import { loadDocumented } from '../support/contract/documented'
import { type Erratum, loadErrata } from '../support/contract/errata'
import { FixtureError, PROJECT_ROOT } from '../support/contract/fixture'
import type { JsonObject } from '../support/contract/json'
import { CAPABILITIES, loadRequirements, loadRequirementsFile } from '../support/contract/requirements'

const folder = mkdtempSync(path.join(tmpdir(), 'fixtures-'))
after(() => rmSync(folder, { recursive: true }))

const fixture = (name: string) => path.join(PROJECT_ROOT, 'fixtures', name)
const printed = (name: string) => JSON.parse(readFileSync(fixture(`create-call/${name}`), 'utf8'))

const ids = (entries: readonly { id: string }[]) => entries.map(({ id }) => id)

function written(text: string, name = 'broken.yaml'): string {
  writeFileSync(path.join(folder, name), text)
  return path.join(folder, name)
}

/** Asserts that loading fails with exactly these problems, each given as its place and what its sentence says. */
function refuses(load: () => unknown, file: string, problems: readonly (readonly [place: string, says: RegExp])[]): void {
  assert.throws(load, (error) => {
    assert.ok(error instanceof FixtureError, String(error))
    const places = problems.map(([place]) => place)
    assert.deepEqual([error.file, error.path, ...error.problems.map((problem) => problem.path)], [file, places[0], ...places])
    for (const [at, line] of error.message.split('\n').entries()) {
      const [place, says] = problems[at] ?? assert.fail(`not expected: ${line}`)
      assert.ok(line.startsWith(`${file}: ${place}`), line)
      assert.match(line, says)
    }
    return true
  })
}

/** Loads the text `from` of a good fixture replaced by `to`. */
function broken(name: string, load: (file: string) => unknown, from: string | RegExp, to: string) {
  const good = readFileSync(fixture(name), 'utf8')
  const text = good.replace(from, to)
  assert.notEqual(text, good, `${name} does not contain ${from}`)
  const file = written(text)
  return (...problems: (readonly [string, RegExp])[]) => refuses(() => load(file), file, problems)
}

test('the requirements: levels, unique ids, needs', () => {
  const { document, requirements } = loadRequirementsFile()
  assert.deepEqual(document, { page: 'Create call', revision: '2019-11-05' })
  const count = (level: string) => requirements.filter((requirement) => requirement.level === level).length
  assert.deepEqual([count('must'), count('should'), count('may')], [45, 16, 1])
  assert.equal(new Set(requirements.map(({ id }) => id)).size, 62)
  assert.deepEqual(requirements.find(({ id }) => id === 'CC-51')?.basis, ['elsewhere', 'observed'])
  assert.deepEqual(requirements.find(({ id }) => id === 'CC-31')?.needs, [
    { capability: 'person-answers', for: null },
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
  assert.deepEqual(ids(errata), [...numbers(1, 53), ...numbers(60, 78)])
  const [everywhere, inSeed] = [those(({ asserted }) => asserted === 'everywhere'), those((erratum) => erratum.inSeed)]
  assert.deepEqual(everywhere, ['E-01', 'E-03', 'E-08', 'E-13'])
  assert.deepEqual(inSeed, numbers(1, 30))
  const known = new Set(ids([...errata, ...loadRequirements()]))
  const texts = [...errata.map(({ ruling }) => ruling), ...loadRequirements().map(({ statement }) => statement)]
  const referred = texts.flatMap((text) => text.match(/\b(E-\d\d|CC-\d\d[a-z]?)\b/g) ?? [])
  const unknown = referred.filter((id) => !known.has(id))
  assert.deepEqual([unknown, referred.length > 20], [[], true])
})

test('the documented messages: six examples, as printed and frozen', () => {
  const { examples, mediaBlob } = loadDocumented()
  assert.deepEqual([...examples.keys()], [1, 2, 3, 4, 5, 6])
  const kinds = [...examples.values()].map((example) => [example.response?.status, ...Object.keys(example.notifications)].join())
  assert.deepEqual(kinds, ['201,establishing,established', '', '201,establishing,established,roster', '', '', ',roster'])
  const [first, fourth, sixth] = [examples.get(1), examples.get(4), examples.get(6)]
  assert.equal(first?.response?.headers.Location, `https://graph.microsoft.com/beta/app/calls/${first?.response?.body.id}`)
  assert.deepEqual(first?.permissions, ['Calls.Initiate.All'])
  const asPrinted = printed('04-join-scheduled-app-media.request.json')
  asPrinted.mediaConfig.blob = mediaBlob
  assert.equal(JSON.stringify(fourth?.request), JSON.stringify(asPrinted))
  const roster = printed('06-join-channel-guest-service-media.notification-roster.json')
  assert.equal(JSON.stringify(sixth?.notifications.roster), JSON.stringify(roster))
  assert.throws(() => Object.assign(sixth?.request.source as object, { region: 'changed' }), TypeError)
})

test('the media blob is the printed one, unescaped once', () => {
  const { examples, mediaBlob } = loadDocumented()
  const escaped = readFileSync(fixture('create-call/02-p2p-app-media.media-blob.txt'), 'utf8').trimEnd()
  assert.equal(JSON.stringify(mediaBlob), `"${escaped}"`)
  assert.equal(JSON.parse(mediaBlob).callId, '1b69b141-7f1a-4033-9c34-202737190a20')
  const sent = [...examples.values()].map(({ request }) => (request.mediaConfig as JsonObject).blob === mediaBlob)
  assert.deepEqual(sent, [false, true, false, true, false, false])
})

test('a changed, missing or unlisted documented message is named, all at once', () => {
  const copy = path.join(folder, 'create-call')
  cpSync(fixture('create-call'), copy, { recursive: true })
  const [changed, missing, unlisted] = ['01-p2p-service-media.response.json', '02-p2p-app-media.request.json', 'notes.json']
  writeFileSync(path.join(copy, changed), `${readFileSync(path.join(copy, changed), 'utf8')} `)
  rmSync(path.join(copy, missing))
  writeFileSync(path.join(copy, unlisted), '{}')
  const [of1, of2, of3] = [
    `${changed}: .*differs.*git.*never edited`,
    `${missing}: .*missing.*git`,
    `${unlisted}: .*not listed.*remove`,
  ]
  assert.throws(() => loadDocumented(copy), { name: 'FixtureError', message: new RegExp(`^.*${of1}.*\n.*${of2}.*\n.*${of3}.*$`) })
})

test('a request without the placeholder of the blob, and a file with the message of another role', () => {
  const sumOf = (text: string) => createHash('sha256').update(text).digest('hex')
  const altered = (name: string, from: string, to: string) => {
    const [copy, good] = [mkdtempSync(path.join(folder, 'altered-')), readFileSync(fixture(`create-call/${name}`), 'utf8')]
    const bad = good.replace(from, to)
    cpSync(fixture('create-call'), copy, { recursive: true })
    writeFileSync(path.join(copy, name), bad)
    const sums = readFileSync(path.join(copy, 'SHA256SUMS'), 'utf8').replace(sumOf(good), sumOf(bad))
    writeFileSync(path.join(copy, 'SHA256SUMS'), sums)
    return [() => loadDocumented(copy), path.join(copy, name)] as const
  }
  const placeholder = altered('04-join-scheduled-app-media.request.json', '<Media', '<media')
  refuses(...placeholder, [['mediaConfig.blob', /does not hold the placeholder/]])
  const role = altered('01-p2p-service-media.response.json', 'graph.call"', 'graph.participant"')
  refuses(...role, [['["@odata.type"]', /is "#microsoft.graph.participant"; write #microsoft.graph.call\./]])
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
  requirements('[foreign-token]', '[alien-token]')(['requirements[6].needs[0]', /is "alien-token"; write one of person-answers,/])
  requirements('media-live, for', 'media-lively, for')(['requirements[31].needs[1].capability', /"media-lively"; write one of/])
  broken('errata.yaml', loadErrata, 'id: E-02', 'id: E-01')(['errata[1].id', /repeats E-01/])
  broken('errata.yaml', loadErrata, 'where: "1"', 'where: 1')(['errata[0].where', /is a number; put it in quotes/])
})

test('the documented cast holds the values of the documented messages and declares what it can', () => {
  const cast = loadCast()
  const { examples } = loadDocumented()
  const requestOf = (number: number) => examples.get(number)?.request ?? assert.fail(`no example ${number}`)
  for (const [name, number] of Object.entries({ scheduled: 3, channel: 5 })) {
    const { chatInfo, meetingInfo } = requestOf(number) as { chatInfo: JsonObject; meetingInfo: JsonObject }
    const { threadId, messageId, organizer } = cast.meetings[name]?.coordinates ?? assert.fail(name)
    assert.deepEqual([threadId, messageId], [chatInfo.threadId, chatInfo.messageId])
    const { '@odata.type': _, ...user } = (meetingInfo.organizer as { user: JsonObject }).user
    assert.deepEqual(organizer, user)
  }
  const messages = JSON.stringify([...examples.values()])
  const values = [...Object.values(cast.bot), ...Object.values(cast.people.John ?? {}), ...Object.values(cast.guest ?? {})]
  for (const value of [...values, ...cast.media.prefetch]) assert.ok(messages.includes(`"${value}"`), String(value))
  const declared = [...capabilitiesOf(cast)].join(' ')
  assert.equal(declared, 'person-answers person-declines lobby-held second-participant media-live')
  assert.deepEqual(cast.limits, { maxCalls: 60, answerWithinSeconds: 60 })
})

test('the second cast has the same roles and none of the same values', () => {
  const leaves = (value: unknown): unknown[] => (value instanceof Object ? Object.values(value).flatMap(leaves) : [value])
  const [documented, second] = [loadCast(), loadCast(path.join(PROJECT_ROOT, 'test/fixtures/second-cast.yaml'))]
  // Keys and declarations are the same in both, and so is the message id of every scheduled meeting.
  const same = new Set<unknown>([null, true, 60, 'John', 'held', '0'])
  const values = (cast: Cast) => new Set(leaves(cast).filter((value) => !same.has(value)))
  for (const value of values(documented)) assert.ok(!values(second).has(value), String(value))
  assert.deepEqual([...capabilitiesOf(second)], [...capabilitiesOf(documented)])
  assert.deepEqual(Object.keys(second.people), Object.keys(documented.people))
  assert.notEqual(second.people.John?.displayName, 'John')
})

test('broken casts: the field and what to write', () => {
  const cast = (from: string | RegExp, to: string) => broken('cast.yaml', loadCast, from, to)
  cast('Participant: John', 'Participant: Jon')(['meetings.scheduled.secondParticipant', /"Jon".*; write one of John\./])
  cast('displayName: Calling Bot', 'displayname: Calling Bot')(
    ['bot.displayName', /is missing; write text/],
    ['bot.displayname', /not known here/],
  )
  cast('guest: {', 'gast: {')(['gast', /not known here/])
  cast('  scheduled:', '  planned:')(['meetings.planned', /not known here/])
  cast('messageId: "0"', 'messageId: 0')(['meetings.scheduled.messageId', /is a number; put it in quotes/])
  cast(/threadId: .*skype"/, '')(['meetings.channel.threadId', /is missing; write it, or the joinUrl/])
  cast(/messageId: "15.*/, 'joinUrl: "https://teams.microsoft.com/meet/26?p=x"')(
    ['meetings.channel.threadId', /beside joinUrl/],
    ['meetings.channel.organizer', /beside joinUrl/],
    ['meetings.channel.joinUrl', /not the join address of a meeting; write the whole join address/],
  )
  cast('https://bot.contoso.com', 'http://bot.contoso.com')(['bot.callbackUri', /write a whole address that begins with https/])
  cast('live: true', 'file: none.json')(['media.blob.file', /does not exist; write its path relative to/])
  cast('media:', 'apps: { none: { clientId: x, secretEnv: s3cr3t~, permissions: [] } }\nmedia:')(
    ['apps.none.clientId', /write a GUID/],
    ['apps.none.secretEnv', /^(?!.*s3cr3t).*never the secret itself/],
  )
})

test('a cast declares capabilities one by one', () => {
  const app = 'clientId: 6b0d8c1e-3f57-4a92-b6c4-90e1f2a7d358, secretEnv: S'
  const meeting = 'threadId: t, messageId: "0", organizer: { id: o, tenantId: c4f1a9d2-7e60-4b38-8d15-2a9b7c3e5f06 }'
  const declarations: readonly (readonly [string, ...string[]])[] = [
    ['people: {}'],
    ['people: { Ann: { id: a, displayName: Ann } }', 'person-answers', 'person-declines'],
    [`meetings: { openChannel: { ${meeting}, guests: admitted } }`, 'lobby-open'],
    [`meetings: { channel: { ${meeting}, guests: held } }`, 'lobby-held'],
    [`meetings: { scheduled: { ${meeting}, conferenceId: "012345678" } }`, 'conference-id'],
    ['media: { blob: { live: true } }', 'media-live'],
    [`apps: { none: { ${app}, permissions: [] } }`, 'app-sets'],
    [`apps: { stranger: { ${app}, registered: false } }`, 'unregistered-app'],
    ['tokens: { delegated: { env: T } }', 'delegated-token'],
    ['tokens: { otherTenant: { env: T } }', 'foreign-token'],
  ]
  for (const [text, ...capabilities] of declarations)
    assert.deepEqual([...capabilitiesOf(loadCast(written(`bot: { displayName: B }\n${text}\n`)))], capabilities, text)
})

test('a join address yields coordinates, or says why not', () => {
  const context = encodeURIComponent('{"Tid":"tenant","Oid":"organiser","MessageId":"17"}')
  const { coordinates } = meetingCoordinates(
    `https://teams.microsoft.com/l/meetup-join/19%3ameeting_Zo%c3%ab%2B%2f1%40thread.v2/1533?context=${context}`,
  )
  const { organizer, ...chat } = coordinates ?? assert.fail('no coordinates')
  assert.deepEqual(organizer, { id: 'organiser', tenantId: 'tenant', displayName: null })
  assert.deepEqual(chat, { threadId: '19:meeting_Zoë+/1@thread.v2', messageId: '1533', replyChainMessageId: '17' })
  const bad: readonly (readonly [string, RegExp])[] = [
    ['https://teams.microsoft.com/meet/26?p=x', /not the join address/],
    ['not an address', /no web address/],
    ['https://teams.microsoft.com/l/meetup-join/19%3am/0?context=%7b%22Tid%22%3a%22t%22%7d', /no context.*Oid/],
    [`https://teams.microsoft.com/l/meetup-join/%zz/0?context=${context}`, /percent-encoded/],
  ]
  for (const [address, says] of bad) assert.match(meetingCoordinates(address).fault?.cause ?? 'no fault', says, address)
})
