// The model-based tests can fail: each invariant that they check is broken by a deviation, and is seen to be.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'mocha'
import { armed } from '../../support/mutation'
import { lives, newLives } from './model-commands'
import { wholeSimulator } from './model-system'

/** So many lives are enough to meet each of these; the seed, one of those that meet them early, gives each run the same result. */
const RUNS = 250
const SEED = 1

/** Invariant, the deviation that breaks it, and what the failure says. */
const BROKEN: readonly (readonly [invariant: string, deviation: string, says: RegExp])[] = [
  ['one id per call', 'ids-repeat', /ids are its own/],
  ['one id in all messages of a call', 'established-under-another-id', /which was not created/],
  ['states only go forward', 'state-backwards', /establishing after/],
  ['established needs an answer', 'established-without-answer', /is ringing|establish/],
  ['no roster outside of meetings', 'app-media-with-roster', /a call between two has no roster/],
  ['no roster of others before admission', 'lobby-sees-all', /before admission a bot sees itself/],
  ['people in the lobby are not shown to those inside as in the meeting', 'lobby-flag-stuck', /sees no one in the lobby/],
  ['nothing after the end', 'established-after-the-end', /nothing comes after the end/],
  ['no roster after the end', 'roster-after-the-end', /nothing comes after the end/],
  ['what is notified belongs to its call', 'posted-to-the-first-callback', /belongs to its call/],
  ['and says whose it is', 'notified-of-the-first-call', /belongs to its call|establishing after|nothing comes after the end/],
  ['a call that was deleted does not live', 'call-outlives-deletion', /is ended/],
  ['rosters follow who comes and goes', 'roster-once', /the roster that .* knows/],
  ['meetings are distinguished', 'meetings-merged', /the roster that .* knows|has an id of its own/],
  ['the end is notified', 'end-not-notified', /is ended/],
  ['a bot left alone in a meeting does not stay', 'left-alone-stays', /is ended/],
]

describe('the model sees what breaks', () => {
  for (const [invariant, id, says] of BROKEN)
    test(`${invariant}: ${id}`, async () => {
      const deviation = armed(id)
      assert.ok(deviation, id)
      const { failed, errorInstance } = await fc.check(
        fc.asyncProperty(lives(40), async (deeds) => {
          const system = await wholeSimulator('lives', deviation)
          await fc.asyncModelRun(() => ({ model: newLives(), real: { system, log: [] } }), deeds)
        }),
        { numRuns: RUNS, seed: SEED, endOnFailure: true },
      )
      assert.ok(failed, `${RUNS} lives, and no check failed`)
      assert.match((errorInstance as Error).message, says)
    })
})
