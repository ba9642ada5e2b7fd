// The simulator as a target: whose bots remember keys and tokens of earlier scenarios, and by which clock tokens are checked.
import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { afterEach, test } from 'mocha'
import { loadCast } from '../../contract/cast'
import { DEFAULT_CALLS_PATH } from '../../contract/revisions'
import { GRAPH, openSimulatorTarget } from './target'

const cast = loadCast('fixtures/world.yaml')
const open = (deviation: string | null) => {
  const { signal } = new AbortController()
  return openSimulatorTarget({ casts: [cast], callsPath: DEFAULT_CALLS_PATH, mount: 'direct', deviation, signal, seed: 'seed' })
}
afterEach(() => mock.timers.reset())

test('bots share what they remember, unless a deviation stands where tokens and keys are made or checked', async () => {
  const memoryOf = async (deviation: string | null) => {
    const target = await open(deviation)
    await target.close()
    return target.memory
  }
  const shared = await memoryOf(null)
  assert.equal(await memoryOf(null), shared)
  assert.equal(await memoryOf('left-alone-stays'), shared)
  for (const id of ['token-not-needed', 'signature-unchecked', 'token-malformed']) assert.notEqual(await memoryOf(id), shared, id)
})

test('a deviation checks tokens by the clock that they were made by, which goes on when that of the calls stands', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const target = await open('other-tenant-accepted')
  mock.timers.tick(2_000)
  const token = await target.foreignToken(cast, 'otherTenant')
  const { status } = await target.fetch(`${GRAPH}/beta/app/calls/unknown`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(status, 404)
  await target.close()
})
