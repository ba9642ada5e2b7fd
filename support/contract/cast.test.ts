// World files load as they are and declare what they can. A broken or an older one is reported with the field and what to write.
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'mocha'
import { broken, refuses, written } from '../../test/kit/broken-fixtures'
import { loadSeed } from '../simulator/seed'
import { type Cast, capabilitiesOf, loadCast, readWorld } from './cast'
import { loadDocumented } from './documented'
import { PROJECT_ROOT } from './fixture'
import type { JsonObject } from './json'
import { loadRevisions } from './revisions'

/** The simulator makes the tokens, whether or not its world file names them. */
const EVERYTHING_BUT_TOKENS =
  'person-answers person-declines lobby-held lobby-open second-participant conference-id media-live app-sets unregistered-app'

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
  const messages = JSON.stringify(
    loadRevisions().map((revision) => [...loadDocumented('create-call', revision).examples.values()]),
  )
  const values = [...Object.values(cast.bot).flat(), ...Object.values(cast.people.John ?? {}), ...Object.values(cast.guest ?? {})]
  for (const value of [...values, ...cast.media.prefetch]) assert.ok(messages.includes(`"${value}"`), String(value))
  const declared = [...capabilitiesOf(cast)].join(' ')
  assert.equal(declared, EVERYTHING_BUT_TOKENS)
  assert.deepEqual(cast.limits, { maxCalls: 60, answerWithinSeconds: 60 })
})

test('the apps of the documented cast: none, one permission each, all but one, with media, as the page spells them, unregistered', () => {
  const { apps } = loadCast()
  const permissions = (pattern: RegExp) =>
    Object.entries(apps).flatMap(([name, app]) => (pattern.test(name) ? [app.permissions] : []))
  const [all = []] = permissions(/^unregistered$/)
  assert.equal(all.length, 5)
  assert.deepEqual([/^none$/, /^only/, /^allBut/, /WithMedia$/].map(permissions), [
    [[]],
    all.map((one) => [one]),
    all.map((one) => all.filter((other) => other !== one)),
    [0, 2].map((at) => [all[at], all[4]]),
  ])
  assert.deepEqual(
    permissions(/^spelled/)
      .flat()
      .map((one) => one.replace(/^Calls\.(\w+)\.All$/, '$1')),
    ['JoinGroupCalls', 'JoinGroupCallsAsGuest', 'JoinGroupCallsasGuest', 'InitiateGroupCalls'],
  )
  const unregistered = Object.entries(apps).filter(([, { registered }]) => !registered)
  assert.deepEqual(
    unregistered.map(([name]) => name),
    ['unregistered'],
  )
  for (const [name, { secretEnv }] of Object.entries(apps))
    assert.equal(secretEnv, `GRAPH_SECRET_${name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase()}`)
  assert.equal(new Set(Object.values(apps).map(({ clientId }) => clientId)).size, 18)
})

test('the second cast has the same roles and none of the same values', () => {
  const leaves = (value: unknown): unknown[] => (value instanceof Object ? Object.values(value).flatMap(leaves) : [value])
  const [documented, second] = [loadCast(), loadCast(path.join(PROJECT_ROOT, 'test/kit/second-cast.yaml'))]
  // Keys and declarations are the same in both, and so is the message id of every scheduled meeting.
  const declarations = Object.values(documented.apps).flatMap(({ secretEnv, permissions }) => [secretEnv, ...permissions])
  const same = new Set<unknown>([null, true, false, 60, 'John', 'en-US', 'held', 'admitted', '0', ...declarations])
  const values = (cast: Cast) => new Set(leaves(cast).filter((value) => !same.has(value)))
  for (const value of values(documented)) assert.ok(!values(second).has(value), String(value))
  assert.deepEqual([...capabilitiesOf(second)], [...capabilitiesOf(documented)])
  assert.deepEqual(Object.keys(second.people), ['John', 'Dora', 'Telephone', 'Bert'])
  const sets = ({ apps }: Cast) =>
    Object.entries(apps).map(([name, { clientId: _, displayName: __, ...app }]) => ({ name, ...app }))
  assert.deepEqual(sets(second), sets(documented))
  assert.notEqual(second.people.John?.displayName, 'John')
})

test('broken casts: the field and what to write', () => {
  const cast = (from: string | RegExp, to: string) => broken('world.yaml', loadCast, from, to)
  cast(
    'Participant: John',
    'Participant: Jon',
  )(['meetings.scheduled.secondParticipant', /"Jon".*; write one of John, Dora, Bert, Sam, Telephone, Hanna\./])
  cast('displayName: Calling Bot', 'displayname: Calling Bot')(
    ['bot.displayName', /is missing; write text/],
    ['bot.displayname', /not known here/],
  )
  cast('guest: {', 'gast: {')(['gast', /not known here/])
  cast('  scheduled:', '  sheduled:')(['meetings.sheduled', /is joined by no scenario; write scheduled, or a name that differs/])
  cast('messageId: "0"', 'messageId: 0')(['meetings.scheduled.messageId', /is a number; put it in quotes/])
  cast(/threadId: .*skype"/, '')(['meetings.channel.threadId', /is missing; write it, or the joinUrl/])
  cast(/messageId: "15.*/, 'joinUrl: "https://teams.microsoft.com/meet/26?p=x"')(
    ['meetings.channel.threadId', /beside joinUrl/],
    ['meetings.channel.organizer', /beside joinUrl/],
    ['meetings.channel.joinUrl', /has a meeting id and no coordinates/],
  )
  cast('https://bot.contoso.com', 'http://bot.contoso.com')(['bot.callbackUri', /write a whole address that begins with https/])
  cast('live: true', 'file: none.json')(['media.blob.file', /does not exist; write its path relative to/])
  cast(/none: \{.*/, 'none: { clientId: x, secretEnv: s3cr3t~, secret: s3cr3t, permissions: [] }')(
    ['apps.none.clientId', /write a GUID/],
    ['apps.none.secretEnv', /^(?!.*s3cr3t).*never the secret itself/],
    ['apps.none.secret', /^(?!.*s3cr3t).*begin it with "simulated-"/],
  )
  cast(', permissions: []', '')(['apps.none.permissions', /is missing; list the granted permissions/])
  cast('guests: held', 'guests: held\n    present: [Jon]\n    conferenceId: "104729386"')(
    ['meetings.channel.present[0]', /"Jon"/],
    ['meetings.channel.conferenceId', /of another meeting/],
  )
})

test('an older file: each member that has moved, and where to', () => {
  const tenant = 'tenantId: aa67bd4c-8475-432d-bd41-39f255720e0a'
  const file = written(
    `apps:
  - { clientId: 2891555a-92ff-42e6-80fa-6e1300c6b5c6, displayName: Bot, ${tenant} }
  - { name: none, clientId: 6f2b7c1a-0d3e-4c58-9a41-7be2f05d9c10, displayName: Bot, ${tenant} }
people: { John: { id: j, displayName: John, ${tenant} } }
meetings: { scheduled: { threadId: t, ${tenant} } }
`,
  )
  refuses(() => readWorld(file), file, [
    ['apps[0]', /has moved; write it as bot\.$/],
    ['apps[1]', /has moved; write it as apps\.none, without its name\.$/],
    ['people.John.tenantId', /has moved; write it once, as bot\.tenantId\.$/],
    ['meetings.scheduled.tenantId', /has moved; write it as tenantId of the organizer\.$/],
  ])
})

test('a world for the simulator needs the ids of the bot, and may have other meetings', () => {
  const file = written('bot: { displayName: B }\n')
  refuses(() => loadSeed(file), file, [
    ['bot.clientId', /is missing; write a GUID/],
    ['bot.tenantId', /is missing; write a GUID/],
  ])
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

test('the address of a meeting, in any shape that has coordinates; of another the error says what to do', () => {
  const ids = { Tid: 'aa67bd4c-8475-432d-bd41-39f255720e0a', Oid: '5810cede-f3cc-42eb-b2c1-e9bd5d53ec96' }
  const context = encodeURIComponent(JSON.stringify({ ...ids, MessageId: '17' }))
  const address = `https://teams.microsoft.com/l/meetup-join/19%3ameeting_Zo%c3%ab%2B%2f1%40thread.v2/1533?context=${context}`
  const world = (joinUrl: string) =>
    written(`bot: { displayName: Bot }\nmeetings: { weekly: { joinUrl: ${JSON.stringify(joinUrl)} } }\n`)
  for (const text of [
    address,
    `<https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(address)}&amp;data=05>`,
  ]) {
    const { coordinates, joinUrl } = readWorld(world(text)).meetings.weekly ?? assert.fail('no meeting')
    const organizer = { id: ids.Oid, tenantId: ids.Tid, displayName: null }
    assert.deepEqual(coordinates, {
      threadId: '19:meeting_Zoë+/1@thread.v2',
      messageId: '1533',
      replyChainMessageId: '17',
      organizer,
    })
    assert.equal(joinUrl, address)
  }
  const instead = 'or write threadId, messageId, organizer in place of joinUrl'
  const bad: readonly (readonly [string, RegExp])[] = [
    [
      'https://teams.microsoft.com/meet/26?p=x',
      /has a meeting id and no coordinates.*; look the meeting up .*, or write threadId/,
    ],
    ['https://teams.live.com/meet/26?p=x', /is of a meeting of a personal account.*; schedule the meeting with/],
    ['not an address', /is not a web address; copy the whole address/],
    [address.replace('Oid', 'oid'), /is like .*\/l\/meetup-join\/.*, but its Oid \(in the context\) is missing; copy/],
  ]
  for (const [text, says] of bad)
    assert.throws(
      () => readWorld(world(text)),
      ({ message }: Error) =>
        message.includes('meetings.weekly.joinUrl ') &&
        message.includes(instead) &&
        says.test(message) &&
        !message.includes('p=x'),
      text,
    )
})
