// The simulator as a target: whose bots remember keys and tokens of earlier scenarios.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { loadCast } from '../../contract/cast'
import { openSimulatorTarget } from './target'

const casts = [loadCast('fixtures/world.yaml')]
const open = async (deviation: string | null) => {
  const { signal } = new AbortController()
  const target = await openSimulatorTarget({ casts, mount: 'direct', deviation, signal, seed: 'seed' })
  await target.close()
  return target.memory
}

test('bots share what they remember, unless a deviation stands where tokens and keys are made or checked', async () => {
  const shared = await open(null)
  assert.equal(await open(null), shared)
  assert.equal(await open('left-alone-stays'), shared)
  for (const id of ['token-not-needed', 'signature-unchecked', 'token-malformed']) assert.notEqual(await open(id), shared, id)
})
