// What a run with a baseline tells: a machine in verdict.json, a person in the summary and in the last line.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { entry, run } from '../../test/kit/baseline-run'
import { verdictOf } from '../../test/kit/verdict-run'
import { scenarioLine, summary, type Terminal } from './progress'
import { exitCodeOf, lastLine } from './summary-line'

const known = [entry('CC-01', 'failed')]
const both = [...known, entry('CC-02', 'failed')]

test('a machine reads each entry whole, and each unexpected scenario by its place', () => {
  assert.deepEqual(run(['failed CC-01', 'failed CC-02'], known).baseline, {
    file: 'known.yaml',
    asExpected: false,
    outcomeWithout: 'non-conformant',
    entries: [{ ...entry('CC-01', 'failed'), status: 'met', scenarios: ['failed CC-01'] }],
    unexpected: [
      { name: 'failed CC-02', uri: 'features/by-hand.feature', line: 2, outcome: 'failed', why: 'no entry covers it' },
    ],
  })
  assert.equal(verdictOf([]).baseline, null)
})

test('the last line says as expected and never conformant, or how many differences and entries hinder that', () => {
  const line = (...[scenarios, entries]: Parameters<typeof run>) => lastLine(run(scenarios, entries), 'page.html')
  const good = run(['failed CC-01', 'passed CC-02', 'passed CC-03'], known)
  assert.equal(lastLine(good, 'page.html'), 'As expected (1 known difference) in 2 of 3 must rules: page.html')
  assert.equal(exitCodeOf(good), 0)
  const [two, one] = [['failed CC-01', 'failed CC-02'] as const, ['passed CC-01', 'passed CC-02'] as const]
  assert.match(line(two, both), /^As expected \(2 known differences\) in 0 of 3/)
  assert.match(line(two, known), /^Non-conformant \(1 known difference, 1 not in the baseline\) in 0 of 3/)
  assert.match(line(one, known), /^Non-conformant \(1 stale entry\) in 2 of 3/)
  assert.match(line(one, both), /^Non-conformant \(2 stale entries\) in 2 of 3/)
  assert.match(line(['ours CC-01', 'failed CC-02'], both), /^Harness error in /)
  assert.match(line(['passed CC-01'], []), /^Conformant in 1 of 3/)
})

describe('the terminal', () => {
  const lines: string[] = []
  const terminal: Terminal = { print: (text) => lines.push(text), colours: false }
  const printed = (print: () => void) => {
    lines.length = 0
    print()
    return lines.join('\n')
  }

  test('shows how many entries stand how, and what is to be done', () => {
    const text = printed(() => summary(terminal, run(['failed CC-01', 'passed CC-02', 'failed CC-03'], both)))
    assert.match(text, /^Baseline: {5}known\.yaml: 1 met, 1 stale$/m)
    assert.match(text, /stale: nothing of CC-02 is failed any more, remove the entry \(https:\/\/bugs\.test\/CC-02\)/)
    assert.match(text, /unexpected: failed CC-03 failed: no entry covers it/)
    assert.match(
      printed(() => summary(terminal, run(['passed CC-01'], []))),
      /known\.yaml: no entries/,
    )
    assert.doesNotMatch(
      printed(() => summary(terminal, verdictOf([]))),
      /Baseline/,
    )
  })

  test('says at a scenario that its difference is known', () => {
    const [scenario] = run(['failed CC-01'], []).scenarios
    const line = (expected: boolean) => printed(() => scenarioLine(terminal, scenario ?? assert.fail(), expected))
    assert.match(line(true), / failed, as expected /)
    assert.doesNotMatch(line(false), /expected/)
  })
})
