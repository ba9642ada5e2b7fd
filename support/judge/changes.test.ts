// A received change: its call, its subject, its state, the participants on a roster, and its description in one line.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { loadCast } from '../contract/cast'
import type { Json } from '../contract/json'
import { type CommsNotification, commsNotification, resourceAddress } from '../contract/messages'
import { type Change, describeChange, describeRoster, readChange } from './changes'
import { THE_BOT } from './setting'

const cast = loadCast()
const setting = {
  cast,
  clientId: 'the client id',
  tenantId: 'the tenant',
  displayName: 'Calling Bot',
  callbackUri: 'https://bot.example',
  another: null,
}
const john = cast.people.John?.id as string

function notification(resource: Partial<CommsNotification>, resourceData: Json): CommsNotification {
  const type = '#microsoft.graph.commsNotification' as const
  return commsNotification.parse({ '@odata.type': type, changeType: 'updated', ...resource, resourceData })
}

function read(resource: Partial<CommsNotification>, resourceData: Json) {
  const { callId, of, change, state, seen } = readChange(notification(resource, resourceData), setting)
  return { callId, of, change, state, seen: seen.map(({ name, inLobby }) => `${name}${inLobby ? ' in the lobby' : ''}`) }
}

const changeAt = (path: string, resourceData: Json, changeType: Change['change'] = 'updated') =>
  readChange(notification({ resource: `/app/calls/7${path}`, changeType }, resourceData), setting)

const participant = (identity: Json, more: object = {}) => ({ info: { identity }, ...more })

describe('what a change is of', () => {
  const CALL = { callId: '7', of: 'call', change: 'updated', state: 'established', seen: [] }
  const OTHER = { ...CALL, of: 'other', state: null }

  test('the call itself, under either of the two members', () => {
    for (const resource of [{ resource: '/app/calls/7' }, { resourceUrl: '/communications/calls/7' }])
      assert.deepEqual(read(resource, { state: 'established' }), CALL)
    assert.equal(read({ resource: '/app/calls/7', resourceUrl: '/app/calls/8' }, {}).callId, '7')
  })

  test('its roster', () => {
    const roster = read({ resource: '/app/calls/7/participants' }, [participant({ application: { id: 'the client id' } })])
    assert.deepEqual(roster, { callId: '7', of: 'roster', change: 'updated', state: null, seen: [THE_BOT] })
    assert.deepEqual(read({ resource: '/app/calls/7/participants' }, []).seen, [])
  })

  test('something else: another resource, content of the other kind, no address', () => {
    assert.deepEqual(read({ resource: '/app/calls/7/operations/1' }, { state: 'established' }), OTHER)
    assert.deepEqual(read({ resource: '/app/calls/7/participants/1' }, [participant({})]), OTHER)
    assert.deepEqual(read({ resource: '/app/calls/7/participants' }, { state: 'established' }), OTHER)
    assert.deepEqual(read({ resource: '/app/calls/7' }, [participant({})]), OTHER)
    for (const resource of [{}, { resource: '' }, { resource: '/users/7' }, { resource: '/app/calls/' }])
      assert.deepEqual(read(resource, { state: 'established' }), { ...OTHER, callId: null })
  })

  test('a state is a text, and the change type is as received', () => {
    for (const state of [null, 1, ['established'], undefined])
      assert.equal(read({ resource: '/app/calls/7' }, state === undefined ? {} : { state }).state, null)
    assert.equal(read({ resource: '/app/calls/7', changeType: 'deleted' }, {}).change, 'deleted')
  })
})

describe('the participants of a roster', () => {
  const seen = (identity: Json, more: object = {}) =>
    read({ resource: '/app/calls/7/participants' }, [participant(identity, more)]).seen

  test('the bot, as application or as the guest of the cast', () => {
    assert.deepEqual(seen({ application: { id: 'the client id' } }), [THE_BOT])
    assert.deepEqual(seen({ guest: { id: cast.guest?.id as string } }), [THE_BOT])
    assert.deepEqual(seen({ application: { id: 'the client id' }, guest: { id: 'anything' } }), [THE_BOT])
  })

  test('a person by the key of the cast', () => assert.deepEqual(seen({ user: { id: john } }), ['John']))

  test('unknown participants by the message, never by a name of the cast', () => {
    assert.deepEqual(seen({ user: { id: 'John' } }), ['user John'])
    assert.deepEqual(seen({ application: { id: john } }), [`application ${john}`])
    assert.deepEqual(seen({ guest: { id: 'the client id' } }), ['guest the client id'])
    assert.deepEqual(seen({ phone: { id: '+49 1' } }), ['phone +49 1'])
    assert.deepEqual(seen({ user: { displayName: 'John' } }), ['a participant without an identity'])
    for (const identity of [null, [], 'John', {}]) assert.deepEqual(seen(identity), ['a participant without an identity'])
    const empty = readChange(notification({ resource: '/app/calls/7/participants' }, [{}]), setting)
    assert.equal(empty.seen[0]?.name, 'a participant without an identity')
  })

  test('without a guest in the cast no guest is the bot', () => {
    const raw = notification({ resource: '/app/calls/7/participants' }, [participant({ guest: { displayName: 'x' } })])
    const guestless = { ...setting, cast: { ...cast, guest: null } }
    assert.equal(readChange(raw, guestless).seen[0]?.name, 'a participant without an identity')
  })

  test('in the lobby only if the member is true', () => {
    const flags: readonly (readonly [object, string])[] = [
      [{ isInLobby: true }, 'John in the lobby'],
      [{ isInLobby: false }, 'John'],
      [{ isInLobby: 'true' }, 'John'],
      [{}, 'John'],
    ]
    for (const [more, name] of flags) assert.deepEqual(seen({ user: { id: john } }, more), [name])
  })
})

test('a change is described in one line, with its call if it is another one', () => {
  const change = (resource: string, data: Json) => readChange(notification({ resource }, data), setting)
  const call = change('/app/calls/7', { state: 'established' })
  assert.equal(describeChange(call, '7'), 'call updated, established')
  assert.equal(describeChange(call, '8'), 'call updated, established of another call (7)')
  assert.equal(describeChange(change('/app/calls/7', {}), '7'), 'call updated, without a state')
  assert.equal(
    describeChange(change('/users/1', {}), '7'),
    'notification updated, resource /users/1; expected: a call, its participants or one of its operations of another call (no call id)',
  )
  const lobby = participant({ application: { id: 'the client id' } }, { isInLobby: true })
  assert.equal(
    describeChange(change('/app/calls/7/participants', [participant({ user: { id: john } }), lobby]), '7'),
    'roster updated, John and the bot in the lobby',
  )
  assert.equal(describeRoster([]), 'no participants')
})

const operation = (id: string, status: string) => changeAt(`/operations/${id}`, { status }, 'deleted')
const tone = (name: string, sequenceId: number) => changeAt('', { state: 'established', toneInfo: { tone: name, sequenceId } })

describe('operations and tones', () => {
  const read = ({ of, state, which }: Change) => [of, state, which]

  test('an operation, by its path and status', () => {
    assert.deepEqual(read(operation('1', 'completed')), ['operation', 'completed', '1'])
    assert.deepEqual(read(changeAt('/operations/1', { state: 'established' })), ['other', null, null])
    assert.deepEqual(read(changeAt('/operations/1', { status: 2 })), ['other', null, null])
    assert.deepEqual(read(changeAt('/operations/1', [{ status: 'completed' }])), ['other', null, null])
    for (const path of ['/operations', '/operations/', '/operations/1/2', '/operationss/1'])
      assert.deepEqual(read(changeAt(path, { status: 'completed' })), ['other', null, null], path)
  })

  test('a tone, by its toneInfo', () => {
    assert.deepEqual(read(tone('star', 6)), ['tone', 'star', '6'])
    const others: readonly Json[] = [null, {}, { tone: null }, 'star']
    for (const toneInfo of others)
      assert.deepEqual(read(changeAt('', { state: 'established', toneInfo })), ['call', 'established', null])
    assert.deepEqual(read(changeAt('/operations/1', { toneInfo: { tone: 'star', sequenceId: 1 } })), ['other', null, null])
  })

  test('where the path points', () => {
    const address = resourceAddress('/communications/calls/7/Operations/A-1')
    assert.deepEqual(address, { callId: '7', of: 'operation', operationId: 'A-1' })
    assert.equal(resourceAddress('/app/calls/7/participants')?.operationId, null)
  })

  test('in one line', () => {
    assert.equal(describeChange(operation('1', 'failed'), '7'), 'operation deleted, failed')
    assert.equal(describeChange(tone('tone1', 1), '8'), 'tone updated, tone1 of another call (7)')
  })

  test('a participant of a kind that the page does not have', () => {
    const identity = { '@odata.type': '#microsoft.graph.identitySet', applicationInstance: { id: '1' } }
    assert.equal(changeAt('/participants', [{ info: { identity } }]).seen[0]?.name, 'applicationInstance 1')
  })
})

test('a change that cannot be read is described with the member that is wrong', () => {
  const line = (raw: object, data: Json) => describeChange(readChange(notification(raw, data), setting), '7')
  const CASES: readonly (readonly [raw: object, data: Json, line: RegExp])[] = [
    [{ resource: undefined }, {}, /^notification updated without resource; expected: the address of a call/],
    [{ resource: '/app/calls/7/content' }, {}, /^notification updated, resource \/app\/calls\/7\/content; expected: a call, its/],
    [{ resource: undefined, resourceUrl: 'calls/7' }, {}, /^notification updated, resourceUrl calls\/7; expected: a call, its/],
    [{ resource: '/app/calls/7' }, [], /^call updated, resourceData is a list; expected: an object$/],
    [{ resource: '/app/calls/7/participants' }, {}, /^roster updated, resourceData is an object; expected: a list$/],
    [{ resource: '/app/calls/7/operations/1' }, [], /^operation updated, resourceData is a list; expected: an object$/],
    [
      { resource: '/app/calls/7/operations/1' },
      { status: 2 },
      /^operation updated, resourceData\.status is 2, a number; expected: a text$/,
    ],
    [{ resource: '/app/calls/7' }, { state: true }, /^call updated, resourceData\.state is true, a boolean; expected: a text$/],
    [{ resource: '/app/calls/7' }, { state: null }, /^call updated, resourceData\.state is null; expected: a text$/],
    [
      { resource: '/app/calls/7/participants' },
      [participant({ user: { id: john } }, { isInLobby: 'true' })],
      /^roster updated, John \(isInLobby is "true", a text; expected: a boolean\)$/,
    ],
    [
      { resource: '/app/calls/7/participants' },
      [participant({ user: { id: john } }, { isInLobby: 1 })],
      /^roster updated, John \(isInLobby is 1, a number; expected: a boolean\)$/,
    ],
  ]
  for (const [raw, data, expected] of CASES) assert.match(line(raw, data), expected)
})

const CANARY = 'canary-5d1e'
const TOKEN = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(CANARY.repeat(3)).toString('base64url')}.x`

describe('the description of a change', () => {
  const line = (resource: string, data: Json) => describeChange(readChange(notification({ resource }, data), setting), 'own')

  test('has no token in place of a state, a call or a participant', () => {
    const user = (id: Json) => participant({ user: { id } })
    for (const said of [
      line('/app/calls/own', { state: TOKEN }),
      line(`/app/calls/${TOKEN}`, { state: 'established' }),
      line('/app/calls/own/participants', [user(TOKEN), user({ secret: CANARY })]),
    ]) {
      assert.match(said, /‹not shown›/)
      assert.ok(!said.includes(CANARY) && !said.includes(TOKEN.slice(0, 12)), said)
    }
  })
})
