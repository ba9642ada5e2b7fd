// A received change is read for what it is: of which call, of what, in which state, and who stands on the roster.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { loadCast } from '../contract/cast'
import type { Json } from '../contract/json'
import { type CommsNotification, commsNotification } from '../contract/messages'
import { readChange, rosterTold, told } from './changes'
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

const participant = (identity: Json, more: object = {}) => ({ info: { identity }, ...more })

describe('what a change is of', () => {
  const CALL = { callId: '7', of: 'call', change: 'updated', state: 'established', seen: [] }
  const OTHER = { ...CALL, of: 'other', state: null }

  test('the call itself, whichever of the two members names it', () => {
    for (const resource of [{ resource: '/app/calls/7' }, { resourceUrl: '/communications/calls/7' }])
      assert.deepEqual(read(resource, { state: 'established' }), CALL)
    assert.equal(read({ resource: '/app/calls/7', resourceUrl: '/app/calls/8' }, {}).callId, '7')
  })

  test('its roster', () => {
    const roster = read({ resource: '/app/calls/7/participants' }, [participant({ application: { id: 'the client id' } })])
    assert.deepEqual(roster, { callId: '7', of: 'roster', change: 'updated', state: null, seen: [THE_BOT] })
    assert.deepEqual(read({ resource: '/app/calls/7/participants' }, []).seen, [])
  })

  test('something else: another resource, content of the other kind, no address at all', () => {
    assert.deepEqual(read({ resource: '/app/calls/7/operations/1' }, { state: 'established' }), OTHER)
    assert.deepEqual(read({ resource: '/app/calls/7/participants/1' }, [participant({})]), OTHER)
    assert.deepEqual(read({ resource: '/app/calls/7/participants' }, { state: 'established' }), OTHER)
    assert.deepEqual(read({ resource: '/app/calls/7' }, [participant({})]), OTHER)
    for (const resource of [{}, { resource: '' }, { resource: '/users/7' }, { resource: '/app/calls/' }])
      assert.deepEqual(read(resource, { state: 'established' }), { ...OTHER, callId: null })
  })

  test('a state is a text, and the change type is told as it came', () => {
    for (const state of [null, 1, ['established'], undefined])
      assert.equal(read({ resource: '/app/calls/7' }, state === undefined ? {} : { state }).state, null)
    assert.equal(read({ resource: '/app/calls/7', changeType: 'deleted' }, {}).change, 'deleted')
  })
})

describe('who is on a roster', () => {
  const seen = (identity: Json, more: object = {}) =>
    read({ resource: '/app/calls/7/participants' }, [participant(identity, more)]).seen

  test('the bot, as application or as the guest of the cast', () => {
    assert.deepEqual(seen({ application: { id: 'the client id' } }), [THE_BOT])
    assert.deepEqual(seen({ guest: { id: cast.guest?.id as string } }), [THE_BOT])
    assert.deepEqual(seen({ application: { id: 'the client id' }, guest: { id: 'anything' } }), [THE_BOT])
  })

  test('a person by the key of the cast', () => assert.deepEqual(seen({ user: { id: john } }), ['John']))

  test('strangers by what the message says, never by a name of the cast', () => {
    assert.deepEqual(seen({ user: { id: 'John' } }), ['user John'])
    assert.deepEqual(seen({ application: { id: john } }), [`application ${john}`])
    assert.deepEqual(seen({ guest: { id: 'the client id' } }), ['guest the client id'])
    assert.deepEqual(seen({ phone: { id: '+49 1' } }), ['phone +49 1'])
    assert.deepEqual(seen({ user: { displayName: 'John' } }), ['somebody without an identity'])
    for (const identity of [null, [], 'John', {}]) assert.deepEqual(seen(identity), ['somebody without an identity'])
    const nobody = readChange(notification({ resource: '/app/calls/7/participants' }, [{}]), setting)
    assert.equal(nobody.seen[0]?.name, 'somebody without an identity')
  })

  test('without a guest in the cast no guest is the bot', () => {
    const raw = notification({ resource: '/app/calls/7/participants' }, [participant({ guest: { displayName: 'x' } })])
    const guestless = { ...setting, cast: { ...cast, guest: null } }
    assert.equal(readChange(raw, guestless).seen[0]?.name, 'somebody without an identity')
  })

  test('in the lobby only where it says true', () => {
    const flags: readonly (readonly [object, string])[] = [
      [{ isInLobby: true }, 'John in the lobby'],
      [{ isInLobby: false }, 'John'],
      [{ isInLobby: 'true' }, 'John'],
      [{}, 'John'],
    ]
    for (const [more, name] of flags) assert.deepEqual(seen({ user: { id: john } }, more), [name])
  })
})

test('a change is told in one line, and of which call when it is another', () => {
  const change = (resource: string, data: Json) => readChange(notification({ resource }, data), setting)
  const call = change('/app/calls/7', { state: 'established' })
  assert.equal(told(call, '7'), 'call updated, established')
  assert.equal(told(call, '8'), 'call updated, established of another call (7)')
  assert.equal(told(change('/app/calls/7', {}), '7'), 'call updated, without a state')
  assert.equal(told(change('/users/1', {}), '7'), 'something else updated of another call (no call id)')
  const lobby = participant({ application: { id: 'the client id' } }, { isInLobby: true })
  assert.equal(
    told(change('/app/calls/7/participants', [participant({ user: { id: john } }), lobby]), '7'),
    'roster updated, John and the bot in the lobby',
  )
  assert.equal(rosterTold([]), 'nobody')
})
