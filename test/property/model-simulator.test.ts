// Model-based: at random, the whole simulator and the model agree, on the direct mount and in virtual time.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'mocha'
import { lives, newLives } from './model-commands'
import { wholeSimulator } from './model-system'

const RUNS = Number(process.env.MODEL_RUNS ?? 20)

test(`the simulator agrees with the model in ${RUNS} lives of up to 40 deeds`, async () => {
  await fc.assert(
    fc.asyncProperty(lives(40), async (deeds) => {
      const play = async () => {
        const log: unknown[] = []
        const system = await wholeSimulator('lives')
        await fc.asyncModelRun(() => ({ model: newLives(), real: { system, log } }), deeds)
        return log
      }
      assert.deepEqual(await play(), await play(), 'the same commands and seed give the same')
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
})
