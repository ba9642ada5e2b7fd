// Scenarios that end while the run goes on: each is judged as it will be in the end.
import assert from 'node:assert/strict'
import { TestStepResultStatus as Status } from '@cucumber/messages'
import { test } from 'mocha'
import { failed, PASSED, REQUIREMENTS, record, type Scenario, verdictOf } from '../../test/kit/verdict-run'
import { EndingScenarios } from './ending-scenarios'
import { scenarioVerdict } from './verdict'

test('while a run goes on, a scenario that ends is judged as in the end', () => {
  const scenarios: Scenario[] = [
    { tags: ['CC-01'] },
    { steps: [failed('NonConformance')], tags: ['CC-15'] },
    { steps: [failed('TypeError')] },
    { steps: [{ status: Status.SKIPPED }], facts: { skipped: { outcome: 'not-applicable', reason: 'no lobby' } } },
    { steps: [failed('CouldNotRun')], retried: 1 },
    { steps: [PASSED, { ...failed('TypeError'), hook: true }] },
  ]
  for (const strict of [true, false]) {
    const envelopes = record(scenarios)
    const input = { requirements: REQUIREMENTS, strict, interrupted: false }
    const ending = new EndingScenarios()
    const told = envelopes.flatMap((message) => {
      const ended = ending.hear(message)
      return ended === null || message.testCaseFinished?.willBeRetried ? [] : [scenarioVerdict(ended, input)]
    })
    assert.deepEqual(told, verdictOf(scenarios, { strict }).scenarios)
  }
})
