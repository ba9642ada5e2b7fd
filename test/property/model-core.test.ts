// Model-based: at random, the pure core and a model of other make agree, and the same commands give the same twice.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'mocha'
import { lives, newLives } from './model-commands'
import { coreAlone } from './model-system'

const RUNS = Number(process.env.MODEL_RUNS ?? 100)

test(`the core agrees with the model in ${RUNS} lives of up to 60 deeds`, async () => {
  await fc.assert(
    fc.asyncProperty(lives(60), async (deeds) => {
      const play = async () => {
        const log: unknown[] = []
        const system = await coreAlone('lives')
        await fc.asyncModelRun(() => ({ model: newLives(), real: { system, log } }), deeds)
        return log
      }
      assert.deepEqual(await play(), await play(), 'the same commands and seed give the same')
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
})
