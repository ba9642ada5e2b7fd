// Faults of Graph in whole runs: what each makes of the outcome, how often a create is sent, and that no call is left.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'mocha'
import { exchanges, FaultRuns, told } from '../kit/faults-run'
import type { Fault, Passing } from '../kit/faulty-front'

let runs: FaultRuns
before(async () => {
  runs = await FaultRuns.open()
})
after(() => runs.close())

const CREATE = /^POST \/beta\/app\/calls$/

/** A run with a fault at each create; how many creates there were. */
async function spoilt(by: Fault) {
  const front = await runs.front({ spoils: CREATE, by })
  const result = await runs.run(await runs.settings({ GRAPH_BASE_URL: front.origin }))
  return { ...told(result), result, creates: front.came.filter((one) => CREATE.test(one)).length }
}

const refusing =
  (status: number, headers: Record<string, string> = {}): Fault =>
  ({ answer }) =>
    answer({
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ error: { code: 'x', message: 'Not now.' } }),
    })

/** How the attempts of a create were answered, as the record has it. */
const attempts = (result: Parameters<typeof exchanges>[0]) => exchanges(result).filter((name) => name.startsWith('create'))

describe('a Graph that is busy', () => {
  test('once: it is asked again when it says, and the retry is evidence', async () => {
    const asked: number[] = []
    const { code, result } = await spoilt(async (passing) => {
      asked.push(Date.now())
      if (asked.length === 1) return refusing(429, { 'retry-after': '0.4' })(passing)
      passing.answer(await passing.forward())
    })
    assert.deepEqual([code, asked.length], [0, 2], result.out)
    const [first = 0, second = 0] = asked
    assert.ok(second - first >= 390, `${second - first} ms`)
    assert.deepEqual(attempts(result), ['create: bot → Graph, 429', 'create: bot → Graph, 201'])
    assert.deepEqual(result.verdict?.cleanup, { made: 1, ended: 1, left: [] })
  })

  for (const [name, headers] of [
    ['and says how long', { 'retry-after': '0.1' }],
    ['and says nothing', {}],
  ] as const) {
    test(`to the end, ${name}: not judged, and no call is feared`, async () => {
      const { code, outcome, reason, creates, result } = await spoilt(refusing(429, headers))
      assert.deepEqual([code, outcome, creates], [2, 'could-not-run', 4])
      assert.match(reason, /^POST \/beta\/app\/calls was answered 429: the target is too busy to be judged$/)
      assert.equal(attempts(result).length, 4)
      assert.deepEqual(result.verdict?.cleanup, { made: 0, ended: 0, left: [] })
    })
  }

  test('with 503: not judged, not repeated, and a call may exist', async () => {
    const { code, outcome, reason, creates, result } = await spoilt(refusing(503))
    assert.deepEqual([code, outcome, creates], [2, 'could-not-run', 1])
    assert.match(reason, /was answered 503: the target is too busy to be judged/)
    assert.deepEqual(result.verdict?.cleanup.left, ['a create without an answer: a call may exist'])
    assert.match(result.out, /LEFT: a create without an answer: a call may exist/)
  })
})

describe('a Graph that answers wrongly', () => {
  test('with 500: failed, and not repeated', async () => {
    const { code, outcome, reason, creates } = await spoilt(refusing(500))
    assert.deepEqual([code, outcome, creates], [1, 'failed', 1])
    assert.match(reason, /^POST \/beta\/app\/calls was answered 500; no 5xx is documented for it$/)
  })

  test('with a page in place of the call: failed, and the call that it made is hung up', async () => {
    const { code, outcome, reason, result } = await spoilt(async ({ forward, answer }) => {
      const { status } = await forward()
      answer({ status, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' })
    })
    assert.deepEqual([code, outcome], [1, 'failed'])
    assert.match(reason, /answered 201 with a body that is not JSON \(text\/html, 20 characters\); documented: application\/json/)
    assert.deepEqual(result.verdict?.cleanup, { made: 1, ended: 1, left: [] })
  })
})

describe('a Graph whose answer does not come: not judged, not repeated; the call is hung up as soon as a notification names it', () => {
  const LOST: Readonly<Record<string, readonly [says: RegExp, by: (passing: Passing) => Promise<void>]>> = {
    'a connection that breaks in mid-body': [
      /^POST https:\/\/localhost:\d+\/beta\/app\/calls: no answer: other side closed$/,
      async ({ forward, tear }) => tear(await forward()),
    ],
    'nothing at all': [
      /^POST https:\/\/localhost:\d+\/beta\/app\/calls: no answer: nothing came within 1 s$/,
      async ({ forward }) => void (await forward()),
    ],
  }
  for (const [name, [says, by]] of Object.entries(LOST)) {
    test(name, async () => {
      const { code, outcome, reason, creates, result } = await spoilt(by)
      assert.deepEqual([code, outcome, creates], [2, 'could-not-run', 1])
      assert.match(reason, says)
      assert.deepEqual(attempts(result), ['create: bot → Graph, no answer'])
      assert.deepEqual(result.verdict?.cleanup, { made: 1, ended: 1, left: [] })
    })
  }
})
