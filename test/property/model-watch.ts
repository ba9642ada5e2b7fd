// What must hold of everything that is notified and of every state: checked after each command of the model-based tests.
import assert from 'node:assert/strict'
import type { Json, JsonObject } from '../../support/contract/json'
import type { Life, Lives, Stage } from './model-lives'
import type { Post, System } from './model-system'

/** States only go forward. */
const ORDER = ['establishing', 'established', 'terminating', 'terminated']

/** What a bot has heard last of a call that stands so. */
const HEARD: Readonly<Record<Stage, string>> = {
  ringing: 'establishing',
  joining: 'establishing',
  lobby: 'establishing',
  established: 'established',
  ended: 'terminated',
}

/** Takes what was posted, and holds it and the state against the model. */
export function settle(lives: Lives, system: System): void {
  for (const post of system.posted()) read(lives, post)
  for (const call of lives.calls) assert.equal(call.states.at(-1), HEARD[call.stage], `${call.id} is ${call.stage}`)
  assert.deepEqual(
    [...system.living()].sort(),
    lives
      .living()
      .map(({ id }) => id)
      .sort(),
    'who was created and has not ended, lives',
  )
  for (const call of lives.living())
    assert.deepEqual(shown(call.roster ?? []), lives.rosterOf(call), `the roster that ${call.id} knows`)
}

function read({ calls }: Lives, { callbackUri, audience, tenantId, body }: Post): void {
  const value = body.value as readonly JsonObject[]
  assert.equal(value.length, 1)
  const { resource, changeType, resourceData, callbackUri: said } = value[0] as JsonObject
  const [, id, below] = /^\/app\/calls\/([^/]+)(\/participants)?$/.exec(String(resource)) ?? []
  const call = calls.find((one) => one.id === id)
  assert.ok(call, `a notification of ${resource}, which was not created`)
  assert.deepEqual(
    { callbackUri, said, audience, tenantId },
    { callbackUri: call.callbackUri, said: call.callbackUri, audience: call.bot.clientId, tenantId: call.bot.tenantId },
    'a notification belongs to its call',
  )
  assert.notEqual(call.states.at(-1), 'terminated', 'nothing comes after the end')
  if (below === undefined) ofState(call, changeType, resourceData as JsonObject)
  else ofRoster(call, changeType, resourceData as readonly JsonObject[])
}

function ofState(call: Life, changeType: Json | undefined, { id, state }: JsonObject): void {
  assert.equal(id, call.id, 'one id in everything that is notified')
  assert.ok(ORDER.indexOf(String(state)) > ORDER.indexOf(call.states.at(-1) ?? 'none'), `${state} after ${call.states}`)
  assert.equal(changeType, state === 'terminated' ? 'deleted' : 'updated')
  call.states.push(String(state))
}

function ofRoster(call: Life, changeType: Json | undefined, participants: readonly JsonObject[]): void {
  assert.equal(changeType, 'updated')
  assert.ok(call.meeting !== null || call.invited.size > 0, 'a call between two has no roster')
  const own = participants.filter(({ id }) => id === call.participant)
  assert.equal(own.length, 1, 'a bot is on its own roster, once')
  const waiting = participants.filter(({ isInLobby }) => isInLobby === true)
  if (call.states.at(-1) === 'established') assert.deepEqual(waiting, [], 'once in, a bot sees no one in the lobby')
  else assert.deepEqual([participants.length, waiting.length], [1, 1], 'before admission a bot sees itself in the lobby')
  unique(
    'participant',
    participants.map(({ id }) => id),
  )
  unique(
    'stream',
    participants.flatMap(({ mediaStreams }) => (mediaStreams as readonly JsonObject[]).map(({ sourceId }) => sourceId)),
  )
  call.roster = participants
}

function unique(what: string, ids: readonly (Json | undefined)[]): void {
  assert.equal(new Set(ids).size, ids.length, `every ${what} of a meeting has an id of its own: ${ids}`)
}

/** People by user id with whether they are muted, bots by participant id. */
export function shown(participants: readonly JsonObject[]): readonly string[] {
  return participants
    .map(({ id, info, isMuted }) => whoIs((info as JsonObject).identity as JsonObject, String(id), isMuted === true))
    .sort()
}

function whoIs({ user }: JsonObject, id: string, isMuted: boolean): string {
  return user === undefined ? id : `${(user as JsonObject).id} ${isMuted ? 'muted' : 'heard'}`
}
