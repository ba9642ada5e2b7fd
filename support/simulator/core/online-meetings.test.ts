// Looking an online meeting up by its conference id: who may, what comes back, and that it leads to a join.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { written } from '../../../test/kit/broken-fixtures'
import {
  type Answer,
  DIRECTORY,
  OTHER_TENANT,
  PERMISSIONS,
  refusalCode,
  registration,
  request,
  type Simulated,
  simulated,
  TENANT,
} from '../../../test/kit/simulated-world'
import { loadCast } from '../../contract/cast'
import { readJoinAddress } from '../../contract/join-address'
import type { JsonObject } from '../../contract/json'
import { type App, directoryOf } from '../identity/directory'
import { loadSeed } from '../seed'
import { EVERY_PERMISSION } from './forms'
import type { MeetingSeed } from './state'

const LOOK_UP = '/beta/app/onlineMeetings'
const READER = registration(1, { permissions: ['OnlineMeetings.Read.All'] })
const WRITER = registration(2, { permissions: ['onlinemeetings.readwrite.ALL'] })
const CALLER = registration(3, { permissions: PERMISSIONS })
const POWERLESS = registration(4, { permissions: [] })
const STRANGER = registration(5, { permissions: ['OnlineMeetings.Read.All'], tenantId: OTHER_TENANT })
const JOINER = registration(6, { permissions: EVERY_PERMISSION })

const ORGANIZER = '5810cede-f3cc-42eb-b2c1-e9bd5d53ec96'
const KNOWN: MeetingSeed = {
  threadId: '19:meeting_known+1@thread.v2',
  messageId: '0',
  tenantId: TENANT,
  guests: 'admitted',
  conferenceId: '123456789',
  organizer: { id: ORGANIZER, displayName: 'Bob' },
  subject: 'Weekly',
}
const NAMELESS: MeetingSeed = {
  threadId: '19:nameless@thread.tacv2',
  messageId: '1533',
  replyChainMessageId: '1522',
  tenantId: TENANT,
  guests: 'held',
  conferenceId: '000000001',
}

const world = () =>
  simulated({
    directory: {
      ...DIRECTORY,
      apps: [READER, WRITER, CALLER, POWERLESS, STRANGER, JOINER],
      meetings: [...DIRECTORY.meetings, KNOWN, NAMELESS],
    },
  })

async function lookedUp(run: Simulated, id: string, app: App = READER, method = 'GET'): Promise<Answer> {
  return run.ask(method, `${LOOK_UP}/${id}`, { token: await run.token(app) })
}

describe('an online meeting', () => {
  test('is found by its conference id, with every documented member', async () => {
    const { status, headers, body } = await lookedUp(await world(), '123456789')
    assert.deepEqual([status, headers.get('content-type')], [200, 'application/json'])
    const { participants, chatInfo, joinUrl, ...others } = body
    assert.deepEqual(others, {
      '@odata.context': 'https://graph.microsoft.com/beta/$metadata#app/onlineMeetings/$entity',
      '@odata.type': '#microsoft.graph.onlineMeeting',
      id: '123456789',
      subject: 'Weekly',
      audioConferencing: null,
      startDateTime: null,
      endDateTime: null,
      creationDateTime: null,
      meetingType: null,
      accessLevel: null,
      isCancelled: false,
    })
    assert.deepEqual(chatInfo, {
      '@odata.type': '#microsoft.graph.chatInfo',
      threadId: KNOWN.threadId,
      messageId: '0',
      replyChainMessageId: null,
    })
    const { organizer, attendees } = participants as JsonObject
    const { identity } = organizer as JsonObject
    const { user } = identity as JsonObject
    assert.deepEqual(attendees, [])
    assert.deepEqual(user, { '@odata.type': '#microsoft.graph.identity', id: ORGANIZER, displayName: 'Bob', tenantId: TENANT })
    const address = String(joinUrl)
    const host = { id: ORGANIZER, tenantId: TENANT }
    const chat = { threadId: KNOWN.threadId, messageId: '0', replyChainMessageId: null }
    assert.deepEqual(readJoinAddress(address), { kind: 'coordinates', address, ...chat, organizer: host })
  })

  test('that lacks a member says null there, and has its join address as it was given', async () => {
    const { status, body } = await lookedUp(await world(), '000000001')
    assert.deepEqual([status, body.subject, body.joinUrl], [200, null, null])
    assert.deepEqual((body.participants as JsonObject).organizer, null)
    assert.equal((body.chatInfo as JsonObject).replyChainMessageId, '1522')
    const joinUrl = 'https://teams.microsoft.com/l/meetup-join/as-it-was-given'
    const run = await simulated({ directory: { ...DIRECTORY, apps: [READER], meetings: [{ ...KNOWN, joinUrl }] } })
    assert.equal((await lookedUp(run, '123456789')).body.joinUrl, joinUrl)
  })

  test('that was looked up can be joined by what came back', async () => {
    const run = await world()
    const { chatInfo, participants } = (await lookedUp(run, '123456789', JOINER)).body
    const { identity } = (participants as JsonObject).organizer as JsonObject
    const meetingInfo = { '@odata.type': '#microsoft.graph.organizerMeetingInfo', organizer: identity as JsonObject }
    const { id } = await run.call(request(3, { chatInfo: chatInfo as JsonObject, meetingInfo }), JOINER)
    await run.advance(400)
    assert.deepEqual(run.notified(id), ['updated establishing', 'updated established', 'roster Bot 6'])
  })

  const may: readonly (readonly [string, App])[] = [
    ['OnlineMeetings.Read.All', READER],
    ['OnlineMeetings.ReadWrite.All', WRITER],
  ]
  for (const [permission, app] of may)
    test(`is shown to an app with ${permission}`, async () =>
      assert.equal((await lookedUp(await world(), '123456789', app)).status, 200))

  const refused: readonly (readonly [what: string, id: string, app: App, status: number, code: string, diagnosis: RegExp])[] = [
    ['to an app with every permission for calling', '123456789', CALLER, 403, '7504', /lacks OnlineMeetings.*Calls\.Initiate/],
    ['to an app without permissions', '123456789', POWERLESS, 403, '7504', /no permission at all/],
    ['to an app without permissions, of a meeting that is not there', '999', POWERLESS, 403, '7504', /lacks OnlineMeetings/],
    ['of another conference id', '123456780', READER, 404, 'NotFound', /no meeting of tenant .* has the conference id/],
    ['of a thread id', encodeURIComponent(KNOWN.threadId), READER, 404, 'NotFound', /conferenceId alone/],
    ['of null', 'null', READER, 404, 'NotFound', /no meeting/],
    ['to an app of another tenant', '123456789', STRANGER, 404, 'NotFound', /no meeting of tenant bb78/],
  ]
  for (const [what, id, app, status, code, diagnosis] of refused)
    test(`is not shown ${what}: ${status} ${code}`, async () => {
      const run = await world()
      const answer = await lookedUp(run, id, app)
      assert.deepEqual([answer.status, refusalCode(answer)], [status, code])
      assert.match(run.journal(), diagnosis)
    })

  test('is not shown without a token', async () => {
    const answer = await (await world()).ask('GET', `${LOOK_UP}/123456789`, { token: null })
    assert.deepEqual([answer.status, refusalCode(answer)], [401, 'InvalidAuthenticationToken'])
  })

  test('is read only, in any letter case of its path; nothing else is there', async () => {
    const run = await world()
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await lookedUp(run, '123456789', READER, method)
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET'], method)
    }
    assert.equal((await run.ask('GET', '/beta/APP/onlinemeetings/123456789', { token: await run.token(READER) })).status, 200)
    const application = await run.ask('GET', `/beta/applications/${READER.clientId}/onlineMeetings/123456789`)
    assert.deepEqual([application.status, refusalCode(application)], [501, 'SimulatorNotImplemented'])
    assert.equal((await run.ask('GET', '/v1.0/app/onlineMeetings/123456789')).status, 400)
    assert.equal((await run.ask('GET', '/beta/communications/onlineMeetings/123456789')).status, 501)
  })
})

describe('a meeting of a world file', () => {
  test('is known with organizer, address and conference id; of the apps only the bot may look it up', () => {
    const { apps, meetings } = directoryOf([loadCast()])
    const [scheduled, channel] = meetings
    assert.deepEqual(scheduled?.organizer, { id: '5810cede-f3cc-42eb-b2c1-e9bd5d53ec96', displayName: 'Bob' })
    assert.deepEqual([scheduled?.conferenceId, channel?.conferenceId, scheduled?.joinUrl], ['104729386', null, null])
    const may = (name: string) => apps.filter(({ permissions }) => permissions.includes(name)).map(({ clientId }) => clientId)
    assert.deepEqual(may('OnlineMeetings.Read.All'), [loadCast().bot.clientId])
    assert.deepEqual(apps[0]?.permissions, EVERY_PERMISSION)
  })

  test('has its organizer from its address', () => {
    const context = encodeURIComponent(JSON.stringify({ Tid: TENANT, Oid: ORGANIZER }))
    const joinUrl = `https://teams.microsoft.com/l/meetup-join/19%3at%40thread.v2/0?context=${context}`
    const bot = `bot: { displayName: B, clientId: ${READER.clientId}, tenantId: ${TENANT} }`
    const file = written(`${bot}\nmeetings: { weekly: { joinUrl: "${joinUrl}", conferenceId: "1" } }\n`, 'seed.yaml')
    const [{ organizer, tenantId, joinUrl: kept, conferenceId } = assert.fail('no meeting')] = loadSeed(file).directory.meetings
    assert.deepEqual([organizer, tenantId, kept, conferenceId], [{ id: ORGANIZER, displayName: null }, TENANT, joinUrl, '1'])
  })
})
