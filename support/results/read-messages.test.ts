// Scenarios are read when they end as they are read at the end of the run, and in time proportional to the run.
import assert from 'node:assert/strict'
import { TestStepResultStatus as Status } from '@cucumber/messages'
import { test } from 'mocha'
import { failed, PASSED, REQUIREMENTS, record, type Scenario, verdictOf } from '../../test/kit/verdict-run'
import { endedScenario, Query } from './read-messages'
import { scenarioVerdict } from './verdict'

test('the verdict on a scenario that ends during a run is the one at the end of the run', () => {
  const scenarios: Scenario[] = [
    { tags: ['CC-01'] },
    { steps: [failed('NonConformance')], tags: ['CC-15'] },
    { steps: [failed('TypeError')] },
    { steps: [{ status: Status.SKIPPED }], facts: { skipped: { outcome: 'not-applicable', reason: 'no lobby' } } },
    { steps: [failed('CouldNotRun')], retried: 1 },
    { steps: [PASSED, { ...failed('TypeError'), hook: true }] },
  ]
  for (const strict of [true, false]) {
    const query = new Query()
    const verdicts = record(scenarios).flatMap((message) => {
      query.update(message)
      const ended = endedScenario(query, message)
      return ended === null ? [] : [scenarioVerdict(ended, { requirements: REQUIREMENTS, strict, interrupted: false })]
    })
    assert.deepEqual(verdicts, verdictOf(scenarios, { strict }).scenarios)
  }
})
