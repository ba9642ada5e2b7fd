// The verdict of a requirement from its scenarios, what a should counts where nothing is strict, and the numbers of coverage and of the last line.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { SCENARIOS, type Scenario, verdictOf } from '../../test/kit/verdict-run'
import { exitCodeOf, lastLine } from '../cli/progress'
import type { RequirementOutcome, Verdict } from '../contract/verdict'

const OF = {
  passed: SCENARIOS.passed,
  failed: SCENARIOS.failed,
  'could-not-run': SCENARIOS.gone,
  'harness-error': SCENARIOS.ours,
  'not-applicable': SCENARIOS.lacking,
  'not-selected': SCENARIOS.elsewhere,
} satisfies Record<string, Scenario>
type Kind = keyof typeof OF

const tagged = (kinds: readonly Kind[], ...tags: string[]): Scenario[] => kinds.map((kind) => ({ ...OF[kind], tags }))

function requirementOf(verdict: Verdict, id: string) {
  return verdict.requirements.find((requirement) => requirement.id === id) ?? assert.fail(`no ${id}`)
}

describe('a requirement', () => {
  const CASES: readonly (readonly [kinds: readonly Kind[], outcome: RequirementOutcome, partial: boolean])[] = [
    [[], 'not-covered', false],
    [['not-selected', 'not-selected'], 'not-selected', false],
    [['passed'], 'passed', false],
    [['passed', 'passed'], 'passed', false],
    [['passed', 'not-selected'], 'passed', true],
    [['passed', 'not-applicable'], 'passed', true],
    [['not-applicable', 'passed'], 'passed', true],
    [['not-applicable'], 'not-applicable', false],
    [['not-applicable', 'not-selected'], 'not-applicable', false],
    [['could-not-run', 'passed'], 'could-not-run', true],
    [['could-not-run', 'not-applicable'], 'could-not-run', false],
    [['harness-error', 'could-not-run'], 'harness-error', true],
    [['harness-error', 'passed'], 'harness-error', false],
    [['passed', 'harness-error', 'failed'], 'failed', false],
    [['failed', 'could-not-run', 'not-applicable', 'not-selected'], 'failed', true],
  ]
  for (const [kinds, outcome, partial] of CASES) {
    test(`${kinds.join(', ') || 'without scenarios'}: ${outcome}${partial ? ', in part' : ''}`, () => {
      const found = requirementOf(verdictOf(tagged(kinds, 'CC-01')), 'CC-01')
      assert.deepEqual([found.outcome, found.partial, found.scenarios.length], [outcome, partial, kinds.length])
    })
  }

  test('without scenarios has the reason why it has none, where there is one', () => {
    const without = verdictOf([])
    assert.deepEqual(
      ['CC-40', 'CC-01'].map((id) => requirementOf(without, id).reason),
      ['it cannot be requested', null],
    )
    assert.equal(requirementOf(verdictOf(tagged(['passed'], 'CC-40')), 'CC-40').reason, null)
  })

  test('a failed one beside a harness error: failed for the requirement, harness error for the run', () => {
    const verdict = verdictOf(tagged(['failed', 'harness-error'], 'CC-01'))
    assert.deepEqual([requirementOf(verdict, 'CC-01').outcome, verdict.outcome], ['failed', 'harness-error'])
  })

  test('has the reason of the scenario that decides, its level, its bases and the names of its scenarios', () => {
    const scenarios = [
      { ...OF.passed, name: 'Good', tags: ['CC-01'] },
      { ...OF.failed, name: 'Bad', tags: ['CC-01', 'CC-02'] },
    ]
    const verdict = verdictOf(scenarios)
    assert.deepEqual(requirementOf(verdict, 'CC-01'), {
      id: 'CC-01',
      level: 'must',
      basis: 'page, elsewhere',
      outcome: 'failed',
      partial: false,
      scenarios: ['Good', 'Bad'],
      reason: 'status 200',
    })
    assert.deepEqual(requirementOf(verdict, 'CC-02').scenarios, ['Bad'])
    assert.equal(requirementOf(verdict, 'CC-03').outcome, 'not-covered')
  })

  test('the tags of a feature count once, beside any others', () => {
    assert.deepEqual(requirementOf(verdictOf([{ tags: ['CC-22b', 'joins'] }]), 'CC-22b').scenarios.length, 1)
  })
})

describe('a should', () => {
  const should = tagged(['failed'], 'CC-15')

  test('that differs fails where the run is strict', () => {
    const verdict = verdictOf(should, { strict: true })
    assert.deepEqual([verdict.scenarios[0]?.outcome, verdict.scenarios[0]?.warnings], ['failed', []])
    assert.deepEqual([requirementOf(verdict, 'CC-15').outcome, exitCodeOf(verdict), verdict.strict], ['failed', 1, true])
  })

  test('that differs is a warning where it is not', () => {
    const verdict = verdictOf(should, { strict: false })
    const { outcome, warnings, reason } = verdict.scenarios[0] ?? assert.fail()
    assert.deepEqual({ outcome, warnings, reason }, { outcome: 'passed', warnings: ['status 200'], reason: null })
    assert.deepEqual([requirementOf(verdict, 'CC-15').outcome, exitCodeOf(verdict), verdict.strict], ['warning', 0, false])
    assert.deepEqual([verdict.counts.passed, verdict.counts.failed, verdict.counts.warnings], [1, 0, 1])
  })

  test('stays a warning beside one that passes, and not beside one that could not run', () => {
    const outcomeOf = (kinds: readonly Kind[]) =>
      requirementOf(verdictOf(tagged(kinds, 'CC-15'), { strict: false }), 'CC-15').outcome
    assert.equal(outcomeOf(['passed', 'failed']), 'warning')
    assert.equal(outcomeOf(['failed', 'could-not-run']), 'could-not-run')
    assert.equal(outcomeOf(['passed']), 'passed')
  })

  test('never excuses a must that shares its scenario, nor a scenario without requirements', () => {
    for (const tags of [['CC-15', 'CC-01'], ['CC-01'], ['joins'], []]) {
      const verdict = verdictOf(tagged(['failed'], ...tags), { strict: false })
      assert.deepEqual([verdict.scenarios[0]?.outcome, verdict.counts.warnings], ['failed', 0])
    }
    assert.equal(verdictOf(tagged(['failed'], 'CC-15', 'CC-22b'), { strict: false }).scenarios[0]?.outcome, 'passed')
  })

  test('excuses differences only', () => {
    for (const kind of ['could-not-run', 'harness-error', 'not-applicable'] as const)
      assert.equal(verdictOf(tagged([kind], 'CC-15'), { strict: false }).scenarios[0]?.outcome, kind)
  })
})

describe('coverage', () => {
  test('counts must rules alone, by what became of them', () => {
    const scenarios = [
      ...tagged(['passed'], 'CC-01'),
      ...tagged(['not-applicable'], 'CC-02'),
      ...tagged(['passed'], 'CC-15'),
      ...tagged(['passed'], 'CC-40'),
    ]
    assert.deepEqual(verdictOf(scenarios).coverage.must, { passed: 1, of: 3, notApplicable: 1, notCovered: 1, notSelected: 0 })
    const others = [...tagged(['failed'], 'CC-01'), ...tagged(['not-selected'], 'CC-02')]
    assert.deepEqual(verdictOf(others).coverage.must, { passed: 0, of: 3, notApplicable: 0, notCovered: 1, notSelected: 1 })
  })
})

describe('the last line', () => {
  const REPORT = 'reports/cucumber.html'
  const line = (scenarios: readonly Scenario[], input?: Parameters<typeof verdictOf>[1]) =>
    lastLine(verdictOf(scenarios, input), REPORT)
  const everything: Scenario[] = [{ tags: ['CC-01', 'CC-02'] }, { tags: ['CC-03'] }]

  test('says outcome, how many must rules bear it out, what of them was not judged, and where the report is', () => {
    assert.equal(line(everything), `Conformant in 3 of 3 must rules: ${REPORT}`)
    const partly: Scenario[] = [
      { tags: ['CC-01'], end: 'not-selected' },
      { tags: ['CC-02'], ...OF['not-applicable'] },
      { tags: ['CC-15'] },
    ]
    assert.equal(line(partly), `Conformant in 0 of 3 must rules (1 not covered, 1 not selected, 1 not applicable): ${REPORT}`)
    assert.equal(line([...everything, OF.failed]), `Non-conformant in 3 of 3 must rules: ${REPORT}`)
    assert.equal(line([...everything, OF['harness-error']]), `Harness error in 3 of 3 must rules: ${REPORT}`)
    assert.equal(line([...everything, OF['could-not-run']]), `Incomplete in 3 of 3 must rules: ${REPORT}`)
  })

  test('says when nothing ran or the run was interrupted', () => {
    assert.equal(line([]), `Incomplete (nothing ran) in 0 of 3 must rules (3 not covered): ${REPORT}`)
    assert.equal(
      line([...everything, { end: 'waiting' }], { interrupted: true }),
      `Incomplete (interrupted) in 3 of 3 must rules: ${REPORT}`,
    )
  })
})
