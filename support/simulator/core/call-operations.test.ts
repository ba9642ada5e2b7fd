// Operations on a call: what each changes, who is notified, and which calls are refused, for every operation of the table.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { CALLS, request, simulated } from '../../../test/kit/simulated-world'
import type { JsonObject } from '../../contract/json'
import { CALL_OPERATIONS } from './call-operations'

const MINUTE = 60_000

/** What the bot on the roster shows after each operation (pages of the operations). */
const SHOWS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { mute: { isMuted: true } }

/** Creates the call of an example, waits, and requests the operation. */
async function requested(name: string, example: 1 | 3, wait: number, body: unknown = { clientContext: 'mine' }) {
  const run = await simulated()
  const { id } = await run.call(request(example))
  // John answers the call between two.
  if (example === 1) run.simulator.perform({ kind: 'answer', callId: id })
  await run.advance(wait)
  const before = run.inbox.length
  const headers = { 'content-type': 'application/json' }
  const reply = await run.ask('POST', `${CALLS}/${id}/${name}`, { headers, body: JSON.stringify(body) })
  await run.advance(0)
  return { reply, posts: run.inbox.slice(before).map((one) => one.body) }
}

/** The bot on the roster of a notification. */
function botOn(post: JsonObject | undefined): JsonObject {
  const [change] = (post ?? assert.fail('no notification')).value as readonly JsonObject[]
  const roster = change?.resourceData as readonly JsonObject[]
  return roster.find(({ info }) => ((info as JsonObject).identity as JsonObject).application) ?? assert.fail('no bot')
}

describe('operations on a call', () => {
  test('are all tried here', () => assert.deepEqual(Object.keys(SHOWS).sort(), Object.keys(CALL_OPERATIONS).sort()))

  for (const [name, shows] of Object.entries(SHOWS)) {
    test(`${name} completes in a meeting, and the bot receives the roster`, async () => {
      const { reply, posts } = await requested(name, 3, MINUTE)
      assert.deepEqual([reply.status, reply.body.status, reply.body.clientContext], [200, 'completed', 'mine'])
      assert.equal(posts.length, 1)
      for (const [member, value] of Object.entries(shows)) assert.equal(botOn(posts[0])[member], value, member)
    })

    test(`${name} is refused for a call between two, and for one that is not established`, async () => {
      for (const [example, wait, code] of [
        [1, 1_000, '8548'],
        [3, 0, '8501'],
      ] as const) {
        const { reply, posts } = await requested(name, example, wait)
        assert.deepEqual([reply.status, (reply.body.error as JsonObject).code, posts], [400, code, []], reply.text)
      }
    })

    test(`${name} is refused without a JSON object`, async () => {
      assert.equal((await requested(name, 3, MINUTE, 'muted')).reply.status, 400)
    })
  }
})
