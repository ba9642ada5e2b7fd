// When a deviation is caught or wrongly attributed, when a variation is accepted, and which scenarios a trial runs.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { faultsOf, sumsOf, tableOf } from '../cli/deviations-output'
import { loadRequirements } from '../contract/requirements'
import { armable, type DeviationInfo, type VariationInfo } from '../mutation'
import { ALLOWED, allowance, attribute, judgeVariation, unfailed } from './attribution'
import { trialOf, trialOfVariation, type Written } from './plan'
import type { Trial, TrialResult, Tried } from './trial'
import { batchesOf } from './worker-pool'

const DEVIATION: DeviationInfo = {
  id: 'location-missing',
  kind: 'behaviour',
  requirement: 'CC-03',
  description: 'The 201 has no Location.',
  names: /Location/,
  examples: null,
}
const VARIATION: VariationInfo = { ...DEVIATION, id: 'more-members', requirement: null }

const scenario = (requirement: string, outcome: Tried['outcome'], reason: string | null = null): Tried => ({
  name: `a scenario of ${requirement}, ${outcome}`,
  uri: 'features/one.feature',
  line: 1,
  outcome,
  requirements: [requirement],
  drift: [],
  reason,
})
const trial = (...scenarios: readonly Tried[]): TrialResult => ({ id: DEVIATION.id, scenarios, crash: null, durationMs: 5 })
const CAUGHT = scenario('CC-03', 'failed', 'the answer has no Location')
const PASSED = scenario('CC-03', 'passed')

describe('a deviation is caught', () => {
  test('by a scenario of its requirement that fails and names the subject', () => {
    const { detected, by, fault, durationMs } = attribute(DEVIATION, trial(PASSED, CAUGHT))
    assert.deepEqual({ detected, by, fault, durationMs }, { detected: true, by: [CAUGHT.name], fault: null, durationMs: 5 })
  })

  test('by a text as by a pattern', () => {
    assert.equal(attribute({ ...DEVIATION, names: 'no Location' }, trial(CAUGHT)).detected, true)
    assert.equal(attribute({ ...DEVIATION, names: 'no.Location' }, trial(CAUGHT)).detected, false)
  })

  test('also when the documented examples see it, with any outcome', () => {
    const examples = [scenario('CC-30', 'failed', 'differs'), scenario('CC-35', 'could-not-run', 'no answer')]
    const verdict = attribute(DEVIATION, trial(CAUGHT, ...examples))
    assert.deepEqual([verdict.fault, verdict.alsoSeenBy, verdict.wronglySeenBy], [null, [examples[0]?.name], []])
  })
})

describe('a deviation survives when', () => {
  const NO_SCENARIO = /no scenario is tagged @CC-03/
  const SURVIVED: readonly (readonly [what: string, scenarios: readonly Tried[], fault: RegExp])[] = [
    ['everything passes', [PASSED], /every scenario of CC-03 passes$/],
    [
      'only an example sees it',
      [PASSED, scenario('CC-30', 'failed', 'no Location')],
      /every scenario of CC-03 passes; "a scenario of CC-30, failed" sees it/,
    ],
    ['only another requirement sees it', [PASSED, scenario('CC-25', 'failed', 'no Location')], /passes; .*CC-25.* sees it/],
    [
      'the message is about something else',
      [scenario('CC-03', 'failed', 'the answer is\n  no JSON')],
      /fails without naming it: the answer is \| no JSON/,
    ],
    [
      'a step took too long, or threw an exception of the suite',
      [scenario('CC-03', 'harness-error', 'Error in "a step": function timed out, Location')],
      /is harness-error, which does not count: .*timed out/,
    ],
    ['nothing was judged', [scenario('CC-03', 'could-not-run', 'no Location came')], /is could-not-run, which does not count/],
    ['no scenario is of its requirement', [scenario('CC-04', 'passed')], NO_SCENARIO],
    ['nothing ran', [], NO_SCENARIO],
  ]
  for (const [what, scenarios, fault] of SURVIVED) {
    test(what, () => {
      const verdict = attribute(DEVIATION, trial(...scenarios))
      assert.deepEqual([verdict.detected, verdict.by], [false, []])
      assert.match(verdict.fault ?? '', fault)
    })
  }

  test('Cucumber failed', () => {
    const verdict = attribute(DEVIATION, { ...trial(CAUGHT), crash: 'a hook failed' })
    assert.deepEqual([verdict.detected, verdict.fault], [false, 'a hook failed'])
  })
})

/** A deviation that scenarios of other requirements may not see. */
const ALONE = { ...DEVIATION, requirement: 'CC-18' }
const SEEN_ALONE = scenario('CC-18', 'failed', 'the answer has no Location')

describe('a deviation is wrongly attributed', () => {
  test('when a scenario of another requirement sees it as well', () => {
    for (const outcome of ['failed', 'could-not-run', 'harness-error'] as const) {
      const stray = scenario('CC-14', outcome, 'any reason')
      const verdict = attribute(ALONE, trial(SEEN_ALONE, stray, scenario('CC-15', 'passed')))
      assert.equal(verdict.detected, true)
      assert.match(verdict.fault ?? '', /also seen by "a scenario of CC-14, .*" \(CC-14\), which is of an unrelated requirement/)
      const seen = verdict.wronglySeenBy.map((one) => [one.scenario, one.outcome])
      assert.deepEqual(seen, [[stray.name, outcome]])
    }
  })

  test('unless the list allows it; the list only allows failures', () => {
    const refused: DeviationInfo = { ...DEVIATION, id: 'created-200', requirement: 'CC-02', names: /status 200/ }
    const caught = scenario('CC-02', 'failed', 'the answer has status 200')
    const allowed = attribute(refused, trial(caught, scenario('CC-14', 'failed')))
    assert.deepEqual([allowed.fault, allowed.alsoSeenBy], [null, ['a scenario of CC-14, failed']])
    assert.match(attribute(refused, trial(caught, scenario('CC-14', 'harness-error'))).fault ?? '', /also seen by/)
    assert.match(attribute(DEVIATION, trial(CAUGHT, scenario('CC-14', 'failed'))).fault ?? '', /also seen by/)
    assert.equal(allowance(ALONE, { requirements: ['CC-01'] }), null)
  })

  test('each row of the list has a reason and fits known deviations and requirements', () => {
    const known = loadRequirements().map(({ id }) => id)
    const { deviations } = armable()
    const idle = ALLOWED.filter(
      ({ broken, seenBy, reason }) =>
        reason.length < 30 ||
        !deviations.some(({ id, requirement }) => broken.test(id) || broken.test(requirement)) ||
        !known.some((id) => seenBy.test(id)),
    )
    assert.deepEqual(idle, [])
  })
})

test('a variation is conformant, rejected by a scenario, or a harness error when a scenario breaks, nothing ran or Cucumber failed', () => {
  assert.equal(judgeVariation(VARIATION, trial(PASSED)).outcome, 'conformant')
  const rejected = judgeVariation(VARIATION, trial(PASSED, CAUGHT))
  assert.deepEqual([rejected.outcome, rejected.failedBy.map((one) => one.scenario)], ['non-conformant', [CAUGHT.name]])
  for (const result of [
    trial(PASSED, scenario('CC-30', 'harness-error')),
    trial(PASSED, scenario('CC-30', 'could-not-run')),
    trial(),
    { ...trial(PASSED), crash: 'a hook failed' },
  ])
    assert.equal(judgeVariation(VARIATION, result).outcome, 'harness-error')
})

test('a scenario that no deviation of its requirement fails is listed, also when a deviation of another requirement fails it', () => {
  const written = ({ name, uri, line, requirements }: Tried): Written => ({
    name,
    uri,
    line,
    requirements,
    examples: [],
    makes: ['calls', 'joins'],
  })
  const example = scenario('CC-30', 'failed', 'no Location')
  const verdict = attribute(DEVIATION, trial(CAUGHT, PASSED, example))
  const idle = unfailed([CAUGHT, PASSED, example].map(written), [verdict])
  assert.deepEqual(idle, [
    { scenario: PASSED.name, requirements: ['CC-03'] },
    { scenario: example.name, requirements: ['CC-30'] },
  ])
  assert.deepEqual(
    faultsOf({ deviations: [verdict], twins: [], unfailed: idle.slice(0, 1) }).map((line) => line.trim()),
    [`✗ no deviation fails "${PASSED.name}" (CC-03): nothing shows that it can fail`],
  )
})

describe('a trial runs', () => {
  const at = (place: string, requirements: readonly string[], ...examples: readonly number[]): Written => {
    const [uri = '', line] = place.split(':')
    const makes = [examples.some((one) => one < 3) && 'calls', examples.some((one) => one > 2) && 'joins'] as const
    return { name: place, uri, line: Number(line), requirements, examples, makes: makes.filter((one) => one !== false) }
  }
  const written = [
    at('a.feature:3', ['CC-30'], 1),
    at('a.feature:6', ['CC-32'], 3),
    at('a.feature:9', ['CC-32'], 3),
    at('b.feature:4', ['CC-03'], 1),
    at('b.feature:8', ['CC-04'], 1),
    at('b.feature:12', ['CC-03', 'CC-04']),
    at('b.feature:16', ['CC-03'], 2, 3),
  ]
  const in34 = { examples: [3, 4] }
  const ofDeviation = (members: Partial<DeviationInfo>, full = false) => trialOf({ ...DEVIATION, ...members }, written, full)
  const ofVariation = (members: Partial<VariationInfo>, full = false) =>
    trialOfVariation({ ...VARIATION, ...members }, written, full)
  const everything = written.map(({ uri, line }) => `${uri}:${line}`)

  const PLANNED: readonly (readonly [what: string, planned: Trial, untilCaught: boolean, places: readonly string[]])[] = [
    [
      'the scenarios of the requirement until one catches it',
      ofDeviation({}),
      true,
      ['b.feature:4', 'b.feature:12', 'b.feature:16'],
    ],
    ['first the example that prints the message', ofDeviation(in34), true, ['b.feature:16', 'b.feature:12']],
    [
      'then other examples with the message',
      ofDeviation({ examples: [2, 1] }),
      true,
      ['b.feature:16', 'b.feature:4', 'b.feature:12'],
    ],
    ['all scenarios of an example', ofDeviation({ ...in34, requirement: 'CC-32' }), true, ['a.feature:6', 'a.feature:9']],
    [
      'for a variation of a requirement its scenarios and the example, to the end',
      ofVariation({ ...in34, requirement: 'CC-03' }),
      false,
      ['b.feature:12', 'b.feature:16', 'a.feature:6'],
    ],
    [
      'for a variation of any requirement the first scenario of each, and of each example',
      ofVariation({}),
      false,
      ['a.feature:3', 'a.feature:6', 'b.feature:4', 'b.feature:8'],
    ],
    ['everything to the end with full', ofDeviation({ examples: null }, true), false, everything],
    [
      'with full not where no message of its examples comes, its own requirement excepted',
      ofDeviation(in34, true),
      false,
      ['a.feature:6', 'a.feature:9', 'b.feature:4', 'b.feature:12', 'b.feature:16'],
    ],
    ['everything to the end with full for a variation', ofVariation({}, true), false, everything],
  ]
  for (const [what, { places, untilCaught }, stops, expected] of PLANNED)
    test(what, () => assert.deepEqual([places, untilCaught], [expected, stops]))

  test('first the scenario whose name shares most with the description; rare words count most', () => {
    const named = ['The answer is complete', 'The answer to a call is in order', 'The answer says where the new call is'].map(
      (name, line): Written => ({ name, uri: 'c.feature', line, requirements: ['CC-03'], examples: [], makes: ['calls'] }),
    )
    const { places } = trialOf({ ...DEVIATION, description: 'The answer does not say where the call is.' }, named, false)
    assert.deepEqual(places, ['c.feature:2', 'c.feature:1', 'c.feature:0'])
  })
})

test('batches keep the order, begin with 60 scenarios at most, and contain every trial', () => {
  const of = (id: number, count: number, untilCaught: boolean): Trial => {
    const places = Array.from({ length: count }, (_, at) => `a.feature:${at}`)
    return { id: String(id), places, untilCaught }
  }
  const trials = [of(0, 100, false), of(1, 40, false), ...Array.from({ length: 100 }, (_, at) => of(at + 2, 9, true))]
  const batches = batchesOf(trials)
  assert.deepEqual(batches.flat(), trials)
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [1, 21, 60, 20],
  )
})

test('sums count a wrongly attributed deviation as not caught, in the order of the requirements', () => {
  const sums = sumsOf(
    [
      attribute({ ...DEVIATION, kind: 'mechanical' }, trial(CAUGHT)),
      attribute(ALONE, trial(SEEN_ALONE, scenario('CC-14', 'failed'))),
      attribute({ ...DEVIATION, requirement: 'CC-01' }, trial()),
    ],
    ['CC-01', 'CC-02', 'CC-03', 'CC-18'],
  )
  assert.deepEqual(sums, [
    { id: 'CC-01', mechanical: { caught: 0, of: 0 }, behaviour: { caught: 0, of: 1 }, durationMs: 5 },
    { id: 'CC-03', mechanical: { caught: 1, of: 1 }, behaviour: { caught: 0, of: 0 }, durationMs: 5 },
    { id: 'CC-18', mechanical: { caught: 0, of: 0 }, behaviour: { caught: 0, of: 1 }, durationMs: 5 },
  ])
  assert.match(tableOf(sums).join('\n'), /CC-03 +1 of 1 +5 ms\n +CC-18 +0 of 1 +5 ms/)
})
