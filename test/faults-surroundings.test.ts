// Faults around a run: a port that is taken, a clock that is wrong, and a disk that is full while a call is up.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { after, before, test } from 'mocha'
import { FaultRuns, told } from './faults-run'
import { testUnless } from './unless'

let runs: FaultRuns
before(async () => {
  runs = await FaultRuns.open()
})
after(() => runs.close())

test('the port of the callback is taken: nothing is sent, and the message names the variable and the remedy', async () => {
  const settings = runs.settings()
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
  const result = await runs.run(runs.settings({ GRAPH_BASE_URL: graph.origin }))
  const { code, outcome, reason } = told(result)
  assert.deepEqual([code, outcome], [2, 'could-not-run'])
  assert.match(reason, /^this machine's clock is 60 min behind Graph's: set it/)
  assert.deepEqual(result.verdict?.cleanup, { made: 1, ended: 1, left: [] })
})

/** Bytes of a block of `ulimit -f` in bash. */
const BLOCK = 1_024

/** After how many bytes of its record a run has had the answer to its create. */
function answeredAt(record: string): number {
  const lines = readFileSync(record, 'utf8').split('\n')
  const envelopes = lines.map((line): Envelope => (line === '' ? {} : JSON.parse(line)))
  const asks = envelopes.flatMap(({ pickle }) => pickle?.steps ?? []).find(({ type }) => type === 'Action')
  const step = envelopes
    .flatMap(({ testCase }) => testCase?.testSteps ?? [])
    .find(({ pickleStepId }) => pickleStepId === asks?.id)
  const at = envelopes.findIndex(({ testStepFinished }) => testStepFinished?.testStepId === step?.id && step !== undefined)
  assert.ok(at > 0)
  return Buffer.byteLength(lines.slice(0, at + 1).join('\n'))
}

testUnless(
  existsSync('/bin/bash') ? false : 'needs the limits of a POSIX shell',
  'the disk is full while a call is up: the call is hung up, and the exit code and the last words say that nothing is proven',
  async () => {
    const whole = await runs.run(runs.settings())
    assert.equal(whole.code, 0, whole.out)
    // The shell's limit on the size of a file is met by a write just like the end of a disk; only the number of the error is another.
    const blocks = Math.ceil((answeredAt(join(whole.reports, 'messages.ndjson')) + 100) / BLOCK)
    // ts-node's cache of itself is too large for the limit, and what it does then ends every program.
    const settings = runs.settings({ DISABLE_V8_COMPILE_CACHE: '1' })
    const { code, out, err } = await runs.runWith(settings, (command, args, options) =>
      spawn('/bin/bash', ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, command, ...args], options),
    )
    assert.equal(code, 3, out + err)
    assert.match(out, /Calls: {8}1 made, 1 ended$/m)
    assert.match(
      out,
      /The record of the run cannot be written to .* \(EFBIG\): make room there, or choose another folder with --reports\./,
    )
    assert.match(err, /The reports cannot be written to .* \(EFBIG\)/)
    assert.doesNotMatch(out, /[Cc]onformant/)
  },
)
