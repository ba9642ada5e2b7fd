// Runs that are killed at the worst moment: whoever comes next ends the call that a notification named, and says which may exist.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'mocha'
import { FaultRuns, told } from './faults-run'

let runs: FaultRuns
before(async () => {
  runs = await FaultRuns.open()
})
after(() => runs.close())

const CREATE = /^POST \/beta\/app\/calls$/
const living = async () => ((await runs.simulator.control('calls')) as { calls: readonly unknown[] }).calls.length

type Settings = Parameters<FaultRuns['run']>[0]

/** A front before Graph that holds the first create, before it or its answer is passed on; `held` resolves when it does. */
async function holding(what: 'the request' | 'the answer') {
  let told = () => {}
  let first = true
  const held = new Promise<void>((resolve) => {
    told = resolve
  })
  const { origin } = await runs.front({
    spoils: CREATE,
    by: async ({ forward, answer }) => {
      if (!first) return answer(await forward())
      first = false
      if (what === 'the answer') await forward()
      told()
    },
  })
  return { origin, held }
}

/** A run that is killed as soon as something has happened. */
async function killed(settings: Settings, happened: Promise<unknown>): Promise<void> {
  const { child, result } = runs.start(settings)
  await Promise.race([happened, result.then(({ out, err }) => assert.fail(`it ended: ${out}${err}`))])
  child.kill('SIGKILL')
  assert.equal((await result).code, null)
  assert.equal(runs.journals(settings).length, 1)
}

const MAY_EXIST = /a call asked for at \S+ may exist and cannot be ended by us: its id was never learned/

test('before the request is sent: the doctor says that a call may exist, and there is none', async () => {
  const { origin, held } = await holding('the request')
  const settings = runs.settings({ GRAPH_BASE_URL: origin })
  await killed(settings, held)
  assert.equal(await living(), 0)
  assert.match(await runs.cleanUp(settings), MAY_EXIST)
  assert.deepEqual(runs.journals(settings), [])
})

test('between request and answer, before any notification: the next run says that a call may exist', async () => {
  const { origin, held } = await holding('the answer')
  const settings = { ...(await runs.settingsBehind({ spoils: /^POST \/calls\//, by: () => {} })), GRAPH_BASE_URL: origin }
  await killed(settings, held)
  assert.equal(await living(), 1)
  // Somebody who was told ends it by other means.
  await runs.simulator.control('reset')
  // Of what the next run does, only that it begins: one scenario that needs no notification.
  const { code, out, err } = await runs.start(settings, ['--name', '^Without a token no call']).result
  assert.equal(code, 0, out + err)
  assert.match(err, /An earlier run was killed while it asked for a call at \S+: it may exist, and cannot be ended by us\./)
  assert.deepEqual(runs.journals(settings), [])
})

test('between request and answer, after a notification: it named the call, and the first run that can hangs it up', async () => {
  const { origin } = await holding('the answer')
  const settings = runs.settings({ GRAPH_BASE_URL: origin })
  const named = runs.simulator.control('wait-for-notification', { of: 'call', state: 'establishing', timeoutMs: 60_000 })
  await killed(settings, named)
  const [journal = ''] = runs.journals(settings)
  assert.match(readFileSync(journal, 'utf8'), /"callId"/)
  assert.equal(await living(), 1)

  const gone = await runs.front({})
  gone.close()
  const unable = await runs.start({ ...settings, GRAPH_AUTHORITY_URL: gone.origin }).result
  assert.deepEqual([told(unable).code, told(unable).outcome], [2, 'could-not-run'])
  assert.match(
    unable.err,
    /Call \S+, left by an earlier run at \S+, could not be hung up \(.*ECONNREFUSED.*\): the next run tries again\./,
  )
  assert.deepEqual([await living(), runs.journals(settings)], [1, [journal]])

  const able = await runs.run(settings, ['--requirement', 'CC-05'])
  assert.match(able.err, /Call \S+, left by an earlier run at \S+, was hung up\./)
})
