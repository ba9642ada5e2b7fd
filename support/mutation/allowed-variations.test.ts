// Each allowed variation changes the traffic of a bot, and a simulator without one repeats it exactly.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { loadCast } from '../contract/cast'
import { isObject, type Json, type JsonObject } from '../contract/json'
import { DEFAULT_CALLS_PATH } from '../contract/revisions'
import { libraryOf } from '../suite/library'
import { Session } from '../suite/session'
import { CHANGES } from '../suite/vocabulary/requests'
import { openSimulatorTarget } from '../targets/simulator/target'
import { ALLOWED_VARIATIONS } from './allowed-variations'

const cast = loadCast()
const { signal } = new AbortController()

interface Message {
  readonly purpose: string
  readonly headers: readonly string[]
  readonly body: string | null
}

/** The messages of a bot that calls a person, joins two meetings and an unknown one, and hangs up; without times and tokens. */
async function traffic(deviation: string | null): Promise<readonly Message[]> {
  const target = await openSimulatorTarget({
    casts: [cast],
    callsPath: DEFAULT_CALLS_PATH,
    mount: 'direct',
    deviation,
    signal,
    seed: 'variations',
  })
  const session = new Session(target, cast, libraryOf(), signal)
  const meeting = session.meeting('scheduled')
  const nowhere = { ...meeting, coordinates: { ...meeting.coordinates, threadId: '19:nowhere@thread.v2' } }
  const { setting } = session
  await target.people.whenCalled(session.person('John'), 'answers')
  await target.people.inMeeting(meeting, 'join', session.person('John'))
  await target.people.whenAGuestWaits(session.meeting('channel'), 'admits', session.person('John'))
  for (const example of [1, 3, 6] as const) await session.send(example)
  await session.send(3, {}, { ...setting, cast: { ...cast, meetings: { ...cast.meetings, scheduled: nowhere } } })
  await session.send(1, { change: CHANGES.get('as null') as NonNullable<ReturnType<typeof CHANGES.get>> })
  await target.quiet()
  await target.quiet()
  for (const call of session.asked) if (session.callId(call) !== null) await session.bot.graph.delete(session.callId(call) ?? '')
  await target.quiet()
  const { exchanges } = session.bot
  await target.close()
  const messages = exchanges.flatMap(({ purpose, from, request, response }): Message[] => {
    const message = from === 'graph' ? request : 'failure' in response ? null : response
    if (message === null || purpose === 'token' || purpose === 'keys') return []
    const varying = /^(authorization|date|request-id)$/i
    const headers = Object.entries(message.headers).flatMap(([name, value]) => (varying.test(name) ? [] : [`${name}: ${value}`]))
    return [{ purpose, headers, body: message.body?.replace(/"innerError":\{.*?\}/, '') ?? null }]
  })
  return messages.sort((left, right) => callOf(left).localeCompare(callOf(right)))
}

/** Posts of two calls have no order between them: they are sorted by call, after the answers. */
function callOf({ purpose, body }: Message): string {
  return purpose === 'notification' ? (/\/calls\/([^/"]+)/.exec(body ?? '')?.[1] ?? '') : ''
}

const posts = (messages: readonly Message[]): JsonObject[][] =>
  messages.flatMap(({ purpose, body }) => (purpose === 'notification' ? [JSON.parse(body ?? '').value as JsonObject[]] : []))

function stateOf({ resourceData }: JsonObject): Json | undefined {
  return isObject(resourceData) ? resourceData.state : undefined
}

describe('allowed variations', () => {
  const documented = traffic(null)

  test('without one the traffic repeats', async () => assert.deepEqual(await traffic(null), await documented))

  for (const { id } of ALLOWED_VARIATIONS)
    test(`${id} changes the traffic`, async () => assert.notDeepEqual(await traffic(id), await documented))

  test('only packing posts several entries together', async () => {
    const several = async (id: string) => posts(await traffic(id)).some(({ length }) => length > 1)
    assert.deepEqual(
      [await several('packed'), await several('delivered-twice'), await several('roster-grown')],
      [true, false, false],
    )
  })

  test('out of order, established comes before establishing of the same call', async () => {
    const entries = posts(await traffic('out-of-order')).flat()
    const resource = entries.find((entry) => stateOf(entry) === 'established')?.resource
    const states = entries.filter((entry) => entry.resource === resource).map(stateOf)
    assert.deepEqual(states.slice(0, 2), ['established', 'establishing'])
  })

  test('delivered twice, both posts are equal', async () => {
    const once = posts(await documented)
    assert.deepEqual(
      posts(await traffic('delivered-twice')),
      once.flatMap((post) => [post, post]),
    )
  })
})
