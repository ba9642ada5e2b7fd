// Runs in a process of their own that is killed, or whose disk fills up: the next run ends the call that a notification named.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { after, before } from 'mocha'
import { CommandProcesses } from '../kit/command-processes'
import { ALL_FEATURES } from '../kit/command-runs'
import { FaultRuns, firstScenario, RINGS } from '../kit/faults-run'
import { NEEDS_SIGNALS, testUnless } from '../kit/unless'

let runs: FaultRuns
before(async () => {
  runs = await FaultRuns.open()
})
after(async () => {
  await runs.close()
  processes.remove()
})

const processes = new CommandProcesses()
const start = (settings: Settings, args: readonly string[] = RINGS, before: readonly string[] = []) =>
  processes.start('conformance', ['--target', 'tenant', ...args], settings, before)

const CREATE = /^POST \/beta\/app\/calls$/
const living = async () => ((await runs.simulator.control('calls')) as { calls: readonly unknown[] }).calls.length

type Settings = Parameters<FaultRuns['run']>[0]

/** A front before Graph that holds the first create, before it or its answer is passed on; `held` resolves when it does. */
async function holding(what: 'the request' | 'the answer') {
  let notify = () => {}
  let first = true
  const held = new Promise<void>((resolve) => {
    notify = resolve
  })
  const { origin } = await runs.front({
    spoils: CREATE,
    by: async ({ forward, answer }) => {
      if (!first) return answer(await forward())
      first = false
      if (what === 'the answer') await forward()
      notify()
    },
  })
  return { origin, held }
}

/** A run that is killed as soon as something has happened. */
async function killed(settings: Settings, happened: Promise<unknown>): Promise<void> {
  const { child, result } = start(settings)
  await Promise.race([happened, result.then(({ out, err }) => assert.fail(`it ended: ${out}${err}`))])
  child.kill('SIGKILL')
  assert.equal((await result).code, null)
  assert.equal(runs.journals(settings).length, 1)
}

const MAY_EXIST = /A call asked for at \S+ may exist and cannot be ended by us: the run was killed before it learned the id/

testUnless(NEEDS_SIGNALS, 'before the request is sent: the doctor says that a call may exist, although none does', async () => {
  const { origin, held } = await holding('the request')
  const settings = await runs.settings({ GRAPH_BASE_URL: origin })
  await killed(settings, held)
  assert.equal(await living(), 0)
  const { out, err } = await processes.start('doctor', ['--clean-up'], settings).result
  assert.match(out + err, MAY_EXIST)
  assert.deepEqual(runs.journals(settings), [])
})

testUnless(
  NEEDS_SIGNALS,
  'between request and answer, before any notification: the next run says that a call may exist',
  async () => {
    const { origin, held } = await holding('the answer')
    const settings = { ...(await runs.settingsBehind({ spoils: /^POST \/calls\//, by: () => {} })), GRAPH_BASE_URL: origin }
    await killed(settings, held)
    assert.equal(await living(), 1)
    // The operator ends it by other means.
    await runs.simulator.control('reset')
    // Of what the next run does, only that it begins: one scenario that needs no notification.
    const { code, out, err } = await runs.attempt(settings, ['--name', '^Without a token no call'])
    assert.equal(code, 0, out + err)
    assert.match(err, MAY_EXIST)
    assert.deepEqual(runs.journals(settings), [])
  },
)

testUnless(
  NEEDS_SIGNALS,
  'between request and answer, after a notification: it named the call, and the first run that can hangs it up',
  async () => {
    const { origin } = await holding('the answer')
    const settings = await runs.settings({ GRAPH_BASE_URL: origin })
    const named = runs.simulator.control('wait-for-notification', { of: 'call', state: 'establishing', timeoutMs: 120_000 })
    await killed(settings, named)
    const [journal = ''] = runs.journals(settings)
    assert.match(readFileSync(journal, 'utf8'), /"callId"/)
    assert.equal(await living(), 1)

    const gone = await runs.front({})
    gone.close()
    const unable = await runs.attempt({ ...settings, GRAPH_AUTHORITY_URL: gone.origin })
    assert.deepEqual([firstScenario(unable).code, firstScenario(unable).outcome], [2, 'could-not-run'])
    assert.match(
      unable.err,
      /Call \S+, left by an earlier run at \S+, could not be hung up \(.*ECONNREFUSED.*\): the next run tries again\./,
    )
    assert.deepEqual([await living(), runs.journals(settings)], [1, [journal]])

    const able = await runs.run(settings, ['--requirement', 'CC-05'])
    assert.match(able.err, /Call \S+, left by an earlier run at \S+, was hung up\./)
  },
)

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
  'the disk is full while a call is up: the call is hung up, and exit code and last line are those of a harness error',
  async () => {
    const whole = await runs.run(await runs.settings(), RINGS, [ALL_FEATURES])
    assert.equal(whole.code, 0, whole.out)
    // The shell's limit on the size of a file is met by a write just like the end of a disk; only the number of the error is another.
    const blocks = Math.ceil((answeredAt(join(whole.reports, 'messages.ndjson')) + 100) / BLOCK)
    // ts-node's cache of itself is too large for the limit, and what it does then ends every program.
    const settings = await runs.settings({ DISABLE_V8_COMPILE_CACHE: '1' })
    const { code, out, err } = await start(settings, RINGS, ['/bin/bash', '-c', `ulimit -f ${blocks}; exec "$0" "$@"`]).result
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
