// keepAlive: under the later revisions a call ends after 45 minutes without it, under that of November 2019 it lives on.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { BOT, CALLS, JOHN, request, SCHEDULED, type Simulated, simulated } from '../../../test/kit/simulated-world'
import { issueToken } from '../identity/tokens'

const MINUTE = 60_000
const LATER = ['/beta/communications/calls', '/v1.0/communications/calls']
const MISSED = 'deleted terminated 408/8537'

/** A call between two that John has answered, or a join of the meeting that he is in. */
async function established(calls: string, example: 1 | 3 = 1) {
  const run = await simulated()
  assert.equal(run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN }), null)
  const headers = { 'content-type': 'application/json' }
  const { body } = await run.ask('POST', calls, { headers, body: JSON.stringify(request(example)) })
  const id = String(body.id)
  if (example === 1) assert.equal(run.simulator.perform({ kind: 'answer', callId: id }), null)
  await run.advance(1_000)
  return { run, id }
}

/** With a token of now: the clock of these tests moves past the validity of one. */
async function keepAlive(run: Simulated, path: string): Promise<number> {
  const token = await issueToken(BOT, run.keys, run.clock.now())
  return (await run.ask('POST', `${path}/keepAlive`, { token })).status
}

describe('a call that is not kept alive', () => {
  for (const calls of LATER) {
    for (const example of [1, 3] as const) {
      test(`ends after 45 minutes with 408/8537: ${calls}, example ${example}`, async () => {
        const { run, id } = await established(calls, example)
        await run.advance(45 * MINUTE - 1_000 - 1)
        assert.ok(!run.notified(id).includes(MISSED))
        assert.equal(run.simulator.calls().length, 1)
        await run.advance(1)
        assert.equal(run.notified(id).at(-1), MISSED)
        assert.equal(run.notified(id).filter((one) => one.includes('terminat')).length, 1)
        assert.deepEqual(run.simulator.calls(), [])
        assert.equal(await keepAlive(run, `${calls}/${id}`), 404)
      })
    }

    test(`ends 45 minutes after the last keepAlive: ${calls}`, async () => {
      const { run, id } = await established(calls)
      for (const minutes of [20, 44]) {
        await run.advance(minutes * MINUTE)
        assert.equal(await keepAlive(run, `${calls}/${id}`), 200)
      }
      await run.advance(45 * MINUTE - 1)
      assert.equal(run.notified(id).at(-1), 'updated established')
      await run.advance(1)
      assert.equal(run.notified(id).at(-1), MISSED)
    })
  }

  test('lives on where it was created under the root of November 2019, whichever root is asked', async () => {
    const { run, id } = await established(CALLS)
    await run.advance(10 * MINUTE)
    assert.equal(await keepAlive(run, `${LATER[0]}/${id}`), 200)
    await run.advance(24 * 60 * MINUTE)
    assert.equal(run.notified(id).at(-1), 'updated established')
    assert.equal(await keepAlive(run, `${CALLS}/${id}`), 200)
  })

  test('is not kept alive by other requests, nor by a keepAlive of another app', async () => {
    const [calls = ''] = LATER
    const { run, id } = await established(calls)
    await run.advance(44 * MINUTE)
    assert.equal((await run.ask('GET', `${calls}/${id}`)).status, 200)
    const stranger = await issueToken({ ...BOT, clientId: '2891555a-92ff-42e6-80fa-000000000002' }, run.keys, run.clock.now())
    assert.equal((await run.ask('POST', `${calls}/${id}/keepAlive`, { token: stranger })).status, 404)
    await run.advance(MINUTE)
    assert.equal(run.notified(id).at(-1), MISSED)
  })
})

test('an ended call, or one that was kept alive, leaves no timer behind', async () => {
  const { run, id } = await established(LATER[1] as string)
  for (let times = 0; times < 3; times++) {
    await run.advance(MINUTE)
    assert.equal(await keepAlive(run, `${LATER[1]}/${id}`), 200)
  }
  assert.equal(run.clock.nextDue(), run.clock.now() + 45 * MINUTE)
  run.simulator.perform({ kind: 'hang-up', callId: id })
  assert.equal(run.clock.nextDue(), null)
})
