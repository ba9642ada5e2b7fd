// The verdict of a scenario and of the run, by the rules of CONTRIBUTING.md.
import assert from 'node:assert/strict'
import { type Envelope, TestStepResultStatus as Status } from '@cucumber/messages'
import { describe, test } from 'mocha'
import { failed, PASSED, record, SCENARIOS, type Scenario, type Step, verdictOf } from '../../test/kit/verdict-run'
import { exitCodeOf } from '../cli/progress'
import { loadRequirementsFile } from '../contract/requirements'
import type { ScenarioOutcome, Verdict } from '../contract/verdict'
import { foldVerdict } from './verdict'

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
    ['a step came to nothing known', [{ status: Status.UNKNOWN }, PASSED], 'harness-error', /"sentence 0"/],
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
    assert.match(scenarioOf({}, { envelopes: without }).reason ?? '', /nothing says what the step "sentence 1" came to/)
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

test('the requirements of the project fold as those of this test do', () => {
  const { requirements, document } = loadRequirementsFile()
  const { suite, target, selection } = verdictOf([])
  const verdict: Verdict = foldVerdict({
    envelopes: record([{ tags: ['CC-30'] }]),
    requirements,
    document,
    suite,
    target,
    selection,
    strict: true,
    interrupted: false,
    crash: null,
  })
  assert.deepEqual([verdict.coverage.must.of, verdict.coverage.must.passed], [45, 1])
  assert.deepEqual(verdict.document, { page: 'Create call', revision: '2019-11-05' })
})
