// Faults around a run: a port that is taken, and a clock that is wrong.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, test } from 'mocha'
import { FaultRuns, told } from '../kit/faults-run'

let runs: FaultRuns
before(async () => {
  runs = await FaultRuns.open()
})
after(() => runs.close())

test('the port of the callback is taken: nothing is sent, and the message names the variable and the remedy', async () => {
  const settings = await runs.settings()
  const [graph, login] = [await runs.front({}), await runs.front({})]
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(Number(settings.BOT_CALLBACK_LISTEN?.split(':')[1]), '127.0.0.1', resolve))
  const result = await runs.run({ ...settings, GRAPH_BASE_URL: graph.origin, GRAPH_AUTHORITY_URL: login.origin })
  await new Promise((resolve) => taken.close(resolve))
  const { code, outcome, reason } = told(result)
  assert.deepEqual([code, outcome, graph.came, login.came], [3, 'harness-error', [], []])
  assert.match(reason, /BOT_CALLBACK_LISTEN: 127\.0\.0\.1:\d+ is taken by another program: end that one, or write another port/)
})

test('Graph’s clock is an hour away: not judged, the message says which way, and the call is hung up', async () => {
  const graph = await runs.front({
    spoils: /./,
    by: async ({ forward, answer }) => {
      const answered = await forward()
      const date = new Date(Date.now() + 3_600_000).toUTCString()
      answer({ ...answered, headers: { ...answered.headers, date } })
    },
  })
  const result = await runs.run(await runs.settings({ GRAPH_BASE_URL: graph.origin }))
  const { code, outcome, reason } = told(result)
  assert.deepEqual([code, outcome], [2, 'could-not-run'])
  assert.match(reason, /^this machine's clock is 60 min behind Graph's: set it/)
  assert.deepEqual(result.verdict?.cleanup, { made: 1, ended: 1, left: [] })
})
