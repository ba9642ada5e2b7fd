// Loaded by Mocha before the tests: fixed seeds for everything that is random, and a check that shared processes stay as Node made them.
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import fc from 'fast-check'
import type { Context, RootHookObject } from 'mocha'
import { OWN_PROCESS } from './own-process'
import { seedOfRun } from './seed'

fc.configureGlobal({ seed: seedOfRun() })

const { connect } = Socket.prototype
const { fetch } = globalThis
const ownProcess = Object.values(OWN_PROCESS).flat()

/** What a test file left changed in the process that it shares with others. */
function changes(): readonly string[] {
  const nock = Object.keys(require.cache).some((file) => /[\\/]node_modules[\\/]nock[\\/]/.test(file))
  return [
    ...(nock ? ['it loads nock'] : []),
    ...(Socket.prototype.connect === connect ? [] : ['it replaces Socket.connect']),
    ...(globalThis.fetch === fetch ? [] : ['it replaces fetch']),
  ]
}

/** What earlier files of this process left: the first file that does is blamed for it, and no other. */
let known: readonly string[] = []

export const mochaHooks: RootHookObject = {
  afterAll(this: Context) {
    const root = this.test?.parent
    const file = root?.suites[0]?.file ?? root?.tests[0]?.file ?? ''
    if (ownProcess.some((one) => file.replaceAll('\\', '/').endsWith(one))) return
    const made = changes().filter((change) => !known.includes(change))
    known = changes()
    assert.deepEqual(made, [], `${file} changes the process that it shares: list it in test/kit/own-process.ts`)
  },
}
