// The verdict of a scenario, of the run and of a requirement, by the rules of CONTRIBUTING.md; coverage, and the last line.
import assert from 'node:assert/strict'
import { type Envelope, TestStepResultStatus as Status } from '@cucumber/messages'
import { describe, test } from 'mocha'
import { failed, PASSED, record, SCENARIOS, type Scenario, type Step, verdictOf } from '../../test/kit/verdict-run'
import { exitCodeOf, lastLine } from '../cli/progress'
import type { RequirementOutcome, ScenarioOutcome, Verdict } from '../contract/verdict'

const SKIPPED: Step = { status: Status.SKIPPED }
const hook = (step: Step): Step => ({ ...step, hook: true })

function scenarioOf(scenario: Scenario, input: Parameters<typeof verdictOf>[1] = {}) {
  const { outcome, reason } = verdictOf([scenario], input).scenarios[0] ?? assert.fail('no scenario')
  return { outcome, reason }
}

describe('a scenario', () => {
  const CASES: readonly (readonly [name: string, steps: readonly Step[], outcome: ScenarioOutcome, reason: RegExp | null])[] = [
    ['all steps pass', [hook(PASSED), PASSED, PASSED, hook(PASSED)], 'passed', null],
    ['the target differs', [PASSED, failed('NonConformance', 'status 200')], 'failed', /^status 200$/],
    ['an assertion fails', [failed('AssertionError', 'not equal')], 'failed', /^not equal$/],
    ['what follows a failure is skipped', [failed('NonConformance', 'first'), SKIPPED], 'failed', /^first$/],
    ['no answer came', [failed('CouldNotRun', 'unreachable'), SKIPPED], 'could-not-run', /^unreachable$/],
    ['it was interrupted', [failed('Interrupted', 'stopped')], 'could-not-run', /^stopped$/],
    ['the record was cut off', [failed('RunCutOff', 'cut off')], 'could-not-run', /^cut off$/],
    [
      'a hole of the simulator',
      [failed('HarnessError', 'POST: not modelled')],
      'harness-error',
      /^HarnessError in "sentence 0": POST: not modelled$/,
    ],
    [
      'any other error',
      [PASSED, failed('TypeError', 'x is undefined')],
      'harness-error',
      /^TypeError in "sentence 1": x is undefined$/,
    ],
    ['an error of no kind', [failed(null, 'thrown text')], 'harness-error', /^an error in "sentence 0": thrown text$/],
    ['a step is undefined', [{ status: Status.UNDEFINED }, SKIPPED], 'harness-error', /no step is defined for "sentence 0"/],
    ['a step is ambiguous', [{ status: Status.AMBIGUOUS }], 'harness-error', /more than one step .* "sentence 0"/],
    ['a step is pending', [{ status: Status.PENDING }], 'harness-error', /"sentence 0" is pending/],
    ['steps are skipped without a reason', [PASSED, SKIPPED], 'harness-error', /skipped, and nothing says why/],
    ['a hook fails', [hook(failed('TypeError', 'oops')), SKIPPED], 'harness-error', /the hook "Open the target" failed: oops/],
    [
      'a hook fails with a fault of the target',
      [PASSED, hook(failed('NonConformance', 'oops'))],
      'harness-error',
      /the hook "Open the target"/,
    ],
    ['a hook had no answer', [hook(failed('CouldNotRun', 'no token')), SKIPPED], 'could-not-run', /^no token$/],
    ['a hook was interrupted', [hook(failed('Interrupted', 'stopped')), SKIPPED], 'could-not-run', /^stopped$/],
    ['it has no steps', [], 'harness-error', /no steps/],
    ['it has only hooks', [hook(PASSED)], 'harness-error', /no steps/],
    [
      'the target differs and the clean-up breaks',
      [failed('NonConformance', 'status 200'), hook(failed('TypeError', 'oops'))],
      'harness-error',
      /oops/,
    ],
    [
      'the target differs and then is gone',
      [failed('CouldNotRun', 'gone'), failed('NonConformance', 'status 200')],
      'failed',
      /^status 200$/,
    ],
    ['a step has an unknown status', [{ status: Status.UNKNOWN }, PASSED], 'harness-error', /"sentence 0"/],
  ]
  for (const [name, steps, outcome, reason] of CASES) {
    test(`${name}: ${outcome}`, () => {
      const judged = scenarioOf({ steps })
      assert.equal(judged.outcome, outcome)
      if (reason === null) assert.equal(judged.reason, null)
      else assert.match(judged.reason ?? '', reason)
    })
  }

  test('skipped by what the target cannot do: as its facts say', () => {
    const skipped = { outcome: 'not-applicable', reason: 'the cast declares no lobby' } as const
    assert.deepEqual(scenarioOf({ steps: [hook(SKIPPED), SKIPPED], facts: { skipped } }), skipped)
    const steps = [failed('NonConformance', 'differs'), SKIPPED]
    assert.equal(scenarioOf({ steps, facts: { skipped } }).outcome, 'failed')
    assert.equal(scenarioOf({ steps: [PASSED], facts: { skipped } }).outcome, 'passed')
  })

  test('begun or selected and never ended: ours, unless the run was interrupted', () => {
    for (const end of ['under-way', 'waiting'] as const) {
      const steps = [PASSED]
      assert.match(scenarioOf({ steps, end }).reason ?? '', /never ended/)
      assert.equal(scenarioOf({ steps, end }).outcome, 'harness-error')
      assert.equal(scenarioOf({ steps, end }, { interrupted: true }).outcome, 'could-not-run')
    }
    assert.equal(scenarioOf({ steps: [SKIPPED] }, { interrupted: true }).outcome, 'could-not-run')
    assert.equal(scenarioOf({ steps: [failed('NonConformance'), SKIPPED] }, { interrupted: true }).outcome, 'failed')
  })

  test('a step without a result in the record is no pass', () => {
    const envelopes = record([{ steps: [PASSED, PASSED] }])
    const without = envelopes.filter(({ testStepFinished }) => testStepFinished?.testStepId !== 'scenario-0-step-1')
    assert.equal(without.length, envelopes.length - 1)
    assert.match(scenarioOf({}, { envelopes: without }).reason ?? '', /the record has no result of the step "sentence 1"/)
  })

  test('the last attempt counts', () => {
    assert.equal(scenarioOf({ steps: [PASSED], retried: 2 }).outcome, 'passed')
    assert.equal(scenarioOf({ steps: [failed('NonConformance')], retried: 1 }).outcome, 'failed')
  })

  test('name, place, requirements and duration', () => {
    const { scenarios } = verdictOf([{ name: 'First' }, { name: 'Second', tags: ['joins', 'CC-22b', 'CC-01'] }])
    const { name, uri, line, requirements, durationMs } = scenarios[1] ?? assert.fail()
    assert.deepEqual(
      [name, uri, line, requirements, durationMs],
      ['Second', 'features/by-hand.feature', 2, ['CC-22b', 'CC-01'], 250],
    )
  })
})

const { passed: pass, failed: fail, gone, ours, lacking: notApplicable, left, waiting } = SCENARIOS

describe('the run', () => {
  type Input = Parameters<typeof verdictOf>[1]
  const simulator: Input = { on: 'simulator' }
  const parseError: Envelope = { parseError: { source: { uri: 'features/broken.feature' }, message: 'expected: #EOF' } }
  const hookFailed: Envelope[] = [
    { testRunHookStarted: { id: 'run-hook', testRunStartedId: '', hookId: 'hook', timestamp: { seconds: 0, nanos: 0 } } },
    {
      testRunHookFinished: {
        testRunHookStartedId: 'run-hook',
        result: { duration: { seconds: 0, nanos: 0 }, status: Status.FAILED, exception: { type: 'Error', message: 'no seal' } },
        timestamp: { seconds: 0, nanos: 0 },
      },
    },
  ]
  const CASES: readonly (readonly [name: string, scenarios: readonly Scenario[], exit: number, input?: Input])[] = [
    ['all pass', [pass, pass], 0],
    ['all pass on the simulator', [pass], 0, simulator],
    ['one failed', [pass, fail, gone, notApplicable], 1],
    ['one failed on the simulator', [pass, fail], 1, simulator],
    ['a harness error beside a failed one', [fail, ours], 3],
    ['one could not run', [pass, gone, notApplicable], 2],
    ['what does not apply is no hindrance', [pass, notApplicable], 0],
    ['nothing ran', [], 2],
    ['nothing was selected', [{ end: 'not-selected' }], 2],
    ['nothing ran on the simulator', [], 2, simulator],
    ['interrupted', [pass, waiting], 2, { interrupted: true }],
    ['interrupted on the simulator', [pass, gone, waiting], 2, { ...simulator, interrupted: true }],
    ['interrupted after the last scenario', [pass], 2, { interrupted: true }],
    ['interrupted, and one had failed', [fail, waiting], 1, { interrupted: true }],
    ['not applicable on the simulator', [pass, notApplicable], 3, simulator],
    ['not applicable on the simulator, interrupted', [notApplicable, waiting], 3, { ...simulator, interrupted: true }],
    ['could not run on the simulator', [pass, gone], 3, simulator],
    ['a worker died', [pass, { end: 'under-way' }], 3],
    ['a call is left', [pass, left], 2],
    ['a call is left and one failed', [fail, left], 1],
    ['a call is left on the simulator', [pass, left], 3, simulator],
    ['an unknown requirement is tagged', [{ tags: ['CC-99'] }], 3],
    ['an unknown requirement is tagged on a scenario that was not selected', [pass, { tags: ['CC-99'], end: 'not-selected' }], 3],
    ['a requirement is misspelt in a tag', [{ tags: ['CC-O1'] }], 3],
    ['a feature cannot be read', [pass], 3, { others: [parseError] }],
    ['a hook of the run fails', [pass], 3, { others: hookFailed }],
    ['cucumber gave up', [pass], 3, { crash: 'cucumber gave up' }],
    ['cucumber gave up on failed ones', [fail], 3, { crash: 'cucumber gave up' }],
  ]
  for (const [name, scenarios, exit, input] of CASES)
    test(`${name}: ${exit}`, () => assert.equal(exitCodeOf(verdictOf(scenarios, input)), exit))

  test('says why, where no scenario does', () => {
    assert.equal(verdictOf([pass]).reason, null)
    assert.match(verdictOf([pass], { others: [parseError] }).reason ?? '', /^features\/broken\.feature cannot be read: expected/)
    assert.equal(verdictOf([pass], { others: hookFailed }).reason, '"Open the target" failed: no seal')
    assert.match(verdictOf([{ name: 'Stray', tags: ['CC-99'] }]).reason ?? '', /"Stray" is tagged @CC-99/)
    assert.equal(verdictOf([pass], { crash: 'gave up' }).reason, 'gave up')
  })

  test('counts scenarios, and what is left of their calls', () => {
    const { counts, cleanup, aborted } = verdictOf([
      pass,
      pass,
      fail,
      gone,
      ours,
      notApplicable,
      left,
      { ...left, end: 'not-selected' },
    ])
    assert.deepEqual(counts, { passed: 3, failed: 1, 'not-applicable': 1, 'could-not-run': 1, 'harness-error': 1, warnings: 0 })
    assert.deepEqual(cleanup, { made: 2, ended: 1, left: ['call 1'] })
    assert.deepEqual([aborted, verdictOf([waiting], { interrupted: true }).aborted], [false, true])
  })

  test('has its times from the record, also of one that was cut off', () => {
    const { startedAt, finishedAt } = verdictOf([pass])
    assert.deepEqual([startedAt, finishedAt], ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:09.000Z'])
    const cut = verdictOf([pass], { envelopes: record([pass, { end: 'under-way' }]).slice(0, -1), interrupted: true })
    assert.deepEqual([cut.outcome, cut.scenarios.map(({ outcome }) => outcome)], ['incomplete', ['passed', 'could-not-run']])
  })

  test('tags without a requirement do not count', () => {
    assert.deepEqual(verdictOf([{ tags: ['joins', 'rings', 'makes-no-call'] }]).scenarios[0]?.requirements, [])
  })

  test('before anything was written there is a verdict as well', () => {
    const { outcome, scenarios } = verdictOf([], { envelopes: [], crash: 'gave up' })
    assert.deepEqual([outcome, scenarios], ['harness-error', []])
  })
})

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
  const REPORT = 'reports/index.html'
  const line = (scenarios: readonly Scenario[], input?: Parameters<typeof verdictOf>[1]) =>
    lastLine(verdictOf(scenarios, input), REPORT)
  const everything: Scenario[] = [{ tags: ['CC-01', 'CC-02'] }, { tags: ['CC-03'] }]

  test('says outcome, how many must rules bear it out, what of them was not judged, and where the report is', () => {
    assert.equal(line(everything), `Conformant: 3 of 3 must rules hold. ${REPORT}`)
    const partly: Scenario[] = [
      { tags: ['CC-01'], end: 'not-selected' },
      { tags: ['CC-02'], ...OF['not-applicable'] },
      { tags: ['CC-15'] },
    ]
    assert.equal(line(partly), `Conformant: 0 of 3 must rules hold, 1 not covered, 1 not selected, 1 not applicable. ${REPORT}`)
    assert.equal(line([...everything, OF.failed]), `Non-conformant: 0 of 3 must rules broken. ${REPORT}`)
    assert.equal(
      line([...everything, OF['harness-error']]),
      `Harness error: 1 scenario ended with a fault of the suite. ${REPORT}`,
    )
    assert.equal(line([...everything, OF['could-not-run']]), `Incomplete: 3 of 3 must rules hold (unreachable). ${REPORT}`)
  })
})
