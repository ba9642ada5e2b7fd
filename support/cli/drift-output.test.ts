// What holds only with a known drift from the page: listed where a run is not strict, a failure where it is, and said in both.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { failed, type Scenario, verdictOf } from '../../test/kit/verdict-run'
import { scenarioLine, summary, type Terminal } from './progress'
import { exitCodeOf, lastLine } from './summary-line'

const drifted = (...drift: string[]): Scenario => ({ name: 'Drifted', tags: ['CC-01'], facts: { drift } })

function onlyOf(scenario: Scenario, strict: boolean) {
  const verdict = verdictOf([scenario], { strict })
  const { outcome, drift, reason, warnings } = verdict.scenarios[0] ?? assert.fail('no scenario')
  return { outcome, drift, reason, warnings, exit: exitCodeOf(verdict), requirement: verdict.requirements[0]?.outcome }
}

describe('a scenario that holds with drift', () => {
  test('passes where the run is not strict, and lists each drift once', () => {
    assert.deepEqual(onlyOf(drifted('D-07', 'D-03', 'D-07'), false), {
      outcome: 'passed',
      drift: ['D-03', 'D-07'],
      reason: null,
      warnings: [],
      exit: 0,
      requirement: 'passed',
    })
  })

  test('fails where it is strict, with a reason that names them', () => {
    const { outcome, drift, reason, exit, requirement } = onlyOf(drifted('D-07', 'D-03'), true)
    assert.deepEqual([outcome, drift, exit, requirement], ['failed', ['D-03', 'D-07'], 1, 'failed'])
    assert.match(reason ?? '', /drift D-03, D-07\b/)
  })

  test('is a failure for its own reason where it has one', () => {
    const scenario = { ...drifted('D-03'), steps: [failed('NonConformance', 'status 200')] }
    for (const strict of [true, false]) {
      const { outcome, reason, drift } = onlyOf(scenario, strict)
      assert.deepEqual([outcome, reason, drift], ['failed', 'status 200', ['D-03']])
    }
  })

  test('without drift is what it was, and facts of an earlier release have none', () => {
    assert.deepEqual(onlyOf(drifted(), true).drift, [])
    const { outcome, drift } = onlyOf({ facts: { drift: undefined } }, true)
    assert.deepEqual([outcome, drift], ['passed', []])
  })
})

describe('what a person reads', () => {
  const some = [drifted('D-03'), drifted('D-03', 'D-09'), { tags: ['CC-02'] }, { tags: ['CC-03'] }]
  const printed = (print: (terminal: Terminal) => void) => {
    const lines: string[] = []
    print({ print: (line) => lines.push(line), colours: false })
    return lines.join('\n')
  }

  test('has in the last line how many passed with drift, and with which', () => {
    const line = (scenarios: readonly Scenario[], strict: boolean) => lastLine(verdictOf(scenarios, { strict }), 'page.html')
    assert.equal(line(some, false), 'Conformant in 3 of 3 must rules, 2 scenarios with drift D-03, D-09: page.html')
    assert.equal(line(some.slice(1), false), 'Conformant in 3 of 3 must rules, 1 scenario with drift D-03, D-09: page.html')
    assert.equal(line(some, true), 'Non-conformant in 2 of 3 must rules: page.html')
    assert.equal(line(some.slice(2), false), 'Conformant in 2 of 3 must rules (1 not covered): page.html')
  })

  test('has it in the summary and at the scenario', () => {
    const verdict = verdictOf(some, { strict: false })
    assert.match(
      printed((terminal) => summary(terminal, verdict)),
      /4 passed, 2 with drift$/m,
    )
    const [, second, third] = verdict.scenarios.map((scenario) => printed((terminal) => scenarioLine(terminal, scenario)))
    assert.match(second ?? '', /Drifted with drift D-03, D-09 /)
    assert.doesNotMatch(third ?? '', /drift/)
    assert.doesNotMatch(
      printed((terminal) => summary(terminal, verdictOf(some.slice(2)))),
      /drift/,
    )
  })
})
