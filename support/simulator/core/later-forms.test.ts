// Forms of a call that only later pages have: joins by meeting id, calls to telephones, media without a blob; and how each is refused.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { DIRECTORY, refusalCode, registration, request, type Simulated, simulated } from '../../../test/kit/simulated-world'
import type { Json, JsonObject } from '../../contract/json'
import type { Directory } from '../identity/directory'

const [ROOT_2019, ROOT_BETA, ROOT_V1] = ['/beta/app/calls', '/beta/communications/calls', '/v1.0/communications/calls'] as const
const LATER = [ROOT_BETA, ROOT_V1] as const
const INSTANCE = '3d913abb-aec0-4964-8fa6-3c6850c4f278'
const NUMBER = '+12345678901'

const bot = registration(1, { applicationInstances: [INSTANCE] })
const [first, ...others] = DIRECTORY.meetings as [(typeof DIRECTORY.meetings)[number]]
const directory: Directory = {
  ...DIRECTORY,
  apps: [bot, ...DIRECTORY.apps.slice(1)],
  meetings: [{ ...first, joinMeetingId: '123 456 7', passcode: 'psw123' }, ...others],
}

const opened = () => simulated({ directory })
const created = async (run: Simulated, root: string, body: JsonObject) =>
  run.ask('POST', root, {
    token: await run.token(bot),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const byId = (info: JsonObject, more: Readonly<Record<string, Json | undefined>> = {}) =>
  request(3, {
    chatInfo: undefined,
    meetingInfo: { '@odata.type': '#microsoft.graph.joinMeetingIdMeetingInfo', ...info },
    ...more,
  })

const toTelephone = (source: JsonObject | undefined) =>
  request(1, {
    source: source && { '@odata.type': '#microsoft.graph.participantInfo', identity: source },
    targets: [{ '@odata.type': '#microsoft.graph.invitationParticipantInfo', identity: { phone: { id: NUMBER } } }],
  })

describe('a join by meeting id', () => {
  for (const root of LATER)
    test(`leads into the meeting, whose chat the service fills in, under ${root}`, async () => {
      for (const joinMeetingId of ['1234567', ' 12 345 67']) {
        const run = await opened()
        const answer = await created(run, root, byId({ joinMeetingId, passcode: 'psw123' }))
        assert.equal(answer.status, 201, answer.text)
        const { chatInfo, meetingInfo, targets } = answer.body as { chatInfo: JsonObject; meetingInfo: JsonObject; targets: Json }
        assert.deepEqual([chatInfo.threadId, chatInfo.messageId, chatInfo.replyChainMessageId], [first.threadId, '0', null])
        assert.deepEqual([meetingInfo.joinMeetingId, meetingInfo.passcode, targets], [joinMeetingId, 'psw123', []])
        await run.advance(1_000)
        assert.equal(run.simulator.calls()[0]?.phase, 'established')
      }
    })

  const astray: Readonly<Record<string, JsonObject>> = {
    'an unknown id': { joinMeetingId: '7654321', passcode: 'psw123' },
    'a wrong passcode': { joinMeetingId: '1234567', passcode: 'other' },
    'no passcode': { joinMeetingId: '1234567' },
  }
  for (const [what, info] of Object.entries(astray))
    test(`with ${what} ends without being established`, async () => {
      const run = await opened()
      const answer = await created(run, ROOT_V1, byId(info))
      assert.deepEqual([answer.status, answer.body.chatInfo], [201, null])
      await run.advance(60_000)
      assert.deepEqual(run.simulator.calls(), [])
      assert.match(run.journal(), /call deleted, terminated/)
    })

  const refused: readonly (readonly [what: string, body: JsonObject, named: RegExp])[] = [
    ['letters for the id', byId({ joinMeetingId: 'abc' }), /meetingInfo\.joinMeetingId: must be the digits/],
    ['no id', byId({ passcode: 'psw123' }), /meetingInfo\.joinMeetingId/],
    ['a number for the passcode', byId({ joinMeetingId: '1234567', passcode: 123 }), /meetingInfo\.passcode/],
    [
      'a chat of its own',
      byId({ joinMeetingId: '1234567' }, { chatInfo: { threadId: 'a', messageId: '0' } }),
      /chatInfo: must be absent/,
    ],
    ['a target', byId({ joinMeetingId: '1234567' }, { targets: [{}] }), /targets: must be empty/],
  ]
  for (const [what, body, named] of refused)
    test(`with ${what} is refused, and the member is named`, async () => {
      const run = await opened()
      const answer = await created(run, ROOT_BETA, body)
      assert.deepEqual([answer.status, refusalCode(answer)], [400, 'BadRequest'], answer.text)
      assert.match(answer.text, named)
    })
})

describe('a call to a telephone', () => {
  for (const root of LATER)
    test(`comes from an application instance of the bot, and is answered, under ${root}`, async () => {
      const run = await opened()
      const answer = await created(run, root, toTelephone({ applicationInstance: { id: INSTANCE.toUpperCase() } }))
      assert.equal(answer.status, 201, answer.text)
      const { identity } = answer.body.source as { identity: JsonObject }
      assert.deepEqual(identity, { applicationInstance: { id: INSTANCE.toUpperCase() } })
      assert.equal(run.simulator.perform({ kind: 'answer', callId: String(answer.body.id) }), null)
      await run.simulator.idle()
      assert.equal(run.simulator.calls()[0]?.phase, 'established')
    })

  const sources: Readonly<Record<string, JsonObject | undefined>> = {
    'without a source': undefined,
    'from the application': { application: { id: bot.clientId } },
    'from the application instance of another bot': { applicationInstance: { id: '4e024bcc-aec0-4964-8fa6-3c6850c4f278' } },
  }
  for (const [what, source] of Object.entries(sources))
    test(`${what} is refused with 7507`, async () => {
      const run = await opened()
      const answer = await created(run, ROOT_V1, toTelephone(source))
      assert.deepEqual([answer.status, refusalCode(answer)], [403, '7507'], answer.text)
      assert.match(run.journal(), /application instance/)
    })
})

test('a telephone beside a user, and letters for a number, are refused, and the member is named', async () => {
  const phone = { id: NUMBER }
  const identities: readonly (readonly [JsonObject, RegExp])[] = [
    [{ phone, user: { id: 'x' } }, /targets\.0: must be one telephone/],
    [{ phone: { id: 'abc' } }, /targets: must have the number/],
  ]
  for (const [identity, named] of identities) {
    const body = { ...toTelephone({ applicationInstance: { id: INSTANCE } }), targets: [{ identity }] }
    const answer = await created(await opened(), ROOT_V1, body)
    assert.deepEqual([answer.status, refusalCode(answer)], [400, 'BadRequest'], answer.text)
    assert.match(answer.text, named)
  }
})

test('under the root of 2019 neither is played, and the answer says where', async () => {
  const run = await opened()
  const bodies = [byId({ joinMeetingId: '1234567' }), toTelephone({ applicationInstance: { id: INSTANCE } })]
  for (const body of bodies) {
    const answer = await created(run, ROOT_2019, body)
    assert.deepEqual([answer.status, refusalCode(answer)], [501, 'SimulatorNotImplemented'])
    assert.match(
      answer.text,
      /The pages of this root have no such call: create it under \/beta\/communications\/calls or \/v1\.0\/communications\/calls/,
    )
  }
})

test('an application instance is no source of a call to a person, under any root', async () => {
  const source = { identity: { applicationInstance: { id: INSTANCE } } }
  for (const root of [ROOT_2019, ...LATER]) {
    const run = await opened()
    const answer = await created(run, root, request(1, { source }))
    assert.deepEqual([answer.status, refusalCode(answer)], [403, '7507'], answer.text)
    assert.match(run.journal(), /leave source out, or name application/)
  }
})

test('a blob that is no text, or an empty one, is refused under every root, and the member is named', async () => {
  for (const root of [ROOT_2019, ...LATER])
    for (const blob of ['', 4]) {
      const mediaConfig = { '@odata.type': '#microsoft.graph.appHostedMediaConfig', blob }
      const answer = await created(await opened(), root, request(4, { mediaConfig }))
      assert.equal(answer.status, 400)
      assert.match(answer.text, /mediaConfig\.blob: must be the media session/)
    }
})

test('media of the application need a blob under the beta roots, and none under v1.0', async () => {
  const body = request(4, { mediaConfig: { '@odata.type': '#microsoft.graph.appHostedMediaConfig' } })
  for (const root of [ROOT_2019, ROOT_BETA]) {
    const answer = await created(await opened(), root, body)
    assert.deepEqual([answer.status, refusalCode(answer)], [400, 'BadRequest'])
    assert.match(answer.text, /mediaConfig\.blob: must be the media session/)
  }
  const answer = await created(await opened(), ROOT_V1, body)
  assert.deepEqual([answer.status, answer.body.mediaConfig], [201, body.mediaConfig])
})
