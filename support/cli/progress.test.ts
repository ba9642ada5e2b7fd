// What a run prints: scenarios as they end, the summary and the last line, with drift and with a baseline.
import assert from 'node:assert/strict'
import { type Envelope, TestStepResultStatus as Status } from '@cucumber/messages'
import { describe, test } from 'mocha'
import { entry, failed, run, type Scenario, verdictOf } from '../../test/kit/verdict-run'
import { INTERRUPTED, notStarted, type ScenarioVerdict, type Verdict } from '../contract/verdict'
import { type Query, queryOf } from '../results/read-messages'
import { exitCodeOf, failures, lastLine, type ReportTerminal, scenarioPrinter, summary } from './progress'

function printed(print: (terminal: ReportTerminal) => void): string {
  const lines: string[] = []
  print({ print: (line) => lines.push(line), colours: false })
  return lines.join('\n')
}

const summaryOf = (verdict: Verdict) => printed((terminal) => summary(terminal, verdict))

const URI = 'features/a.feature'

function planned(count: number): Query {
  const ids = Array.from({ length: count }, (_, at) => String(at))
  return queryOf([
    ...ids.map((id) => ({ pickle: { id, uri: URI, steps: [{ id }] } })),
    ...ids.map((id) => ({ testCase: { id, pickleId: id, testSteps: [{ id, pickleStepId: id }] } })),
  ] as unknown as Envelope[])
}

function linesOf(
  ended: readonly ScenarioVerdict[],
  {
    of = ended.length,
    each = false,
    expected = false,
    countdown = false,
  }: { of?: number; each?: boolean; expected?: boolean; countdown?: boolean } = {},
): string[] {
  const text = printed((terminal) => {
    const print = scenarioPrinter(terminal, planned(of), { eachScenario: each, countdown })
    for (const one of ended) print(one, 'A question', expected)
  })
  return text === '' ? [] : text.split('\n')
}

const scenario = (name: string, more: Partial<ScenarioVerdict> = {}): ScenarioVerdict => ({
  ...{ name, uri: URI, line: 1, outcome: 'passed', requirements: ['CC-01'], drift: [], warnings: [], durationMs: 100 },
  ...{ reason: null, ...more },
})
const many = (number: number) => Array.from({ length: number }, (_, at) => scenario(`number ${at}`))

describe('during a run', () => {
  test('few scenarios have a line each', () => {
    assert.deepEqual(linesOf(many(2)), ['  ✓ CC-01  number 0  100 ms', '  ✓ CC-01  number 1  100 ms'])
  })

  test('many have one line for each feature, when its last scenario has ended', () => {
    assert.deepEqual(linesOf(many(49), { of: 50 }), [])
    const [line, ...others] = linesOf(many(50))
    assert.match(line ?? '', /^ {2}✓ A question +50 passed {2}5\.0 s$/)
    assert.deepEqual(others, [])
  })

  test('a scenario that did not simply pass has a line at once', () => {
    const odd = [
      scenario('wrong', { outcome: 'failed', reason: 'it differs' }),
      scenario('drifts', { drift: ['D-01'] }),
      scenario('warns', { warnings: ['a should'] }),
    ]
    const lines = linesOf([...odd, ...many(47)])
    assert.match(lines.join('\n'), /✗ CC-01 {2}wrong failed.*\n {6}it differs\n.*drifts with drift D-01.*\n.*warns/)
    assert.match(lines.at(-1) ?? '', /✗ A question +49 of 50 passed/)
  })

  test('the same reason is printed once, with the requirements of all', () => {
    const reason = (id: string) => `"roster" is missing\nof the call 2891555a-92ff-42e6-80fa-${id}`
    const ended = [
      scenario('first', { outcome: 'failed', requirements: ['CC-35'], reason: reason('000000000001') }),
      scenario('second', { outcome: 'failed', requirements: ['CC-63'], reason: reason('000000000002') }),
      scenario('third', { outcome: 'could-not-run', requirements: ['CC-64'], reason: reason('000000000001') }),
    ]
    assert.deepEqual(linesOf(ended), [
      '  ✗ CC-35  first failed  100 ms',
      '      "roster" is missing',
      '      of the call 2891555a-92ff-42e6-80fa-000000000001',
      '  ✗ CC-63  second failed  100 ms',
      '      the same as CC-35 "first"',
      '  ? CC-64  third could-not-run  100 ms',
      '      "roster" is missing',
      '      of the call 2891555a-92ff-42e6-80fa-000000000001',
    ])
  })

  test('each scenario has a line on request', () => assert.equal(linesOf(many(50), { each: true }).length, 50))

  test('on a tenant a line says how many have ended, and how long the others may take', () => {
    const lines = linesOf(many(2), { of: 3, countdown: true })
    assert.deepEqual(lines, [
      '  ✓ CC-01  number 0  100 ms  (1 of 3, about 1 s left)',
      '  ✓ CC-01  number 1  100 ms  (2 of 3, about 1 s left)',
    ])
    assert.match(
      linesOf([scenario('slow', { durationMs: 30_000 })], { of: 11, each: true, countdown: true })[0] ?? '',
      /\(1 of 11, about 5 min left\)$/,
    )
    assert.match(linesOf(many(1), { countdown: true })[0] ?? '', /\(1 of 1\)$/)
  })

  test('a known difference is marked as expected', () => {
    const one = scenario('wrong', { outcome: 'failed' })
    assert.match(linesOf([one], { expected: true })[0] ?? '', / failed, as expected /)
    assert.doesNotMatch(linesOf([one])[0] ?? '', /expected/)
  })
})

describe('drift', () => {
  const drifted = (...drift: string[]): Scenario => ({ name: 'Drifted', tags: ['CC-01'], facts: { drift } })
  const onlyOf = (one: Scenario, strict: boolean) => {
    const verdict = verdictOf([one], { strict })
    const { outcome, drift, reason } = verdict.scenarios[0] ?? assert.fail('no scenario')
    return [outcome, drift, reason, exitCodeOf(verdict), verdict.requirements[0]?.outcome]
  }
  const some = [drifted('D-03'), drifted('D-03', 'D-09'), { tags: ['CC-02'] }, { tags: ['CC-03'] }]

  test('passes where the run is not strict, and fails where it is: each number once, and in the reason', () => {
    assert.deepEqual(onlyOf(drifted('D-07', 'D-03', 'D-07'), false), ['passed', ['D-03', 'D-07'], null, 0, 'passed'])
    const reason = 'it holds only with drift D-03, D-07, and strictly that differs from the page'
    assert.deepEqual(onlyOf(drifted('D-07', 'D-03'), true), ['failed', ['D-03', 'D-07'], reason, 1, 'failed'])
    assert.deepEqual(onlyOf(drifted(), true)[0], 'passed')
  })

  test('never replaces the reason of a failure; facts of an earlier release have none', () => {
    const failing = { ...drifted('D-03'), steps: [failed('NonConformance', 'status 200')] }
    for (const strict of [true, false]) assert.deepEqual(onlyOf(failing, strict).slice(0, 3), ['failed', ['D-03'], 'status 200'])
    assert.deepEqual(onlyOf({ facts: { drift: undefined } }, true).slice(0, 2), ['passed', []])
  })

  test('is in the last line and in the summary', () => {
    const line = (scenarios: readonly Scenario[], strict: boolean) => lastLine(verdictOf(scenarios, { strict }), 'page.html')
    assert.equal(line(some, false), 'Conformant: 3 of 3 must rules hold, 2 scenarios with drift D-03, D-09. page.html')
    assert.equal(line(some.slice(1), false), 'Conformant: 3 of 3 must rules hold, 1 scenario with drift D-03, D-09. page.html')
    assert.equal(line(some, true), 'Non-conformant: 1 of 3 must rules broken (CC-01). page.html')
    assert.equal(line(some.slice(2), false), 'Conformant: 2 of 3 must rules hold, 1 not covered. page.html')
    assert.match(summaryOf(verdictOf(some, { strict: false })), /4 passed, 2 with drift$/m)
    assert.doesNotMatch(summaryOf(verdictOf(some.slice(2))), /drift/)
  })
})

describe('a baseline', () => {
  const known = [entry('CC-01', 'failed')]
  const both = [...known, entry('CC-02', 'failed')]

  test('makes the last line say as expected and never conformant, or count the differences and entries that hinder it', () => {
    const line = (...[scenarios, entries]: Parameters<typeof run>) => lastLine(run(scenarios, entries), 'page.html')
    const good = run(['failed CC-01', 'passed CC-02', 'passed CC-03'], known)
    assert.equal(lastLine(good, 'page.html'), 'As expected: 1 known difference, 2 of 3 must rules hold. page.html')
    assert.equal(exitCodeOf(good), 0)
    const [two, one] = [['failed CC-01', 'failed CC-02'] as const, ['passed CC-01', 'passed CC-02'] as const]
    assert.match(line(two, both), /^As expected: 2 known differences, 0 of 3 must rules hold/)
    assert.match(
      line(two, known),
      /^Non-conformant: 2 of 3 must rules broken \(CC-01, CC-02\), 1 known difference, 1 not in the baseline/,
    )
    assert.match(line(one, known), /^Non-conformant: 0 of 3 must rules broken, 1 stale entry/)
    assert.match(line(one, both), /^Non-conformant: 0 of 3 must rules broken, 2 stale entries/)
    assert.match(line(['ours CC-01', 'failed CC-02'], both), /^Harness error: 1 scenario ended with a fault of the suite/)
    assert.match(line(['passed CC-01'], []), /^Conformant: 1 of 3 must rules hold/)
  })

  test('has in the summary how many entries have which status, and what to do', () => {
    const text = summaryOf(run(['failed CC-01', 'passed CC-02', 'failed CC-03'], both))
    assert.match(text, /^Baseline: {5}known\.yaml: 1 met, 1 stale$/m)
    assert.match(text, /stale: nothing of CC-02 is failed any more, remove the entry \(https:\/\/bugs\.test\/CC-02\)/)
    assert.match(text, /unexpected: failed CC-03 failed: no entry covers it/)
    assert.match(summaryOf(run(['passed CC-01'], [])), /known\.yaml: no entries/)
    assert.doesNotMatch(summaryOf(verdictOf([])), /Baseline/)
  })
})

describe('what did not pass', () => {
  const COMMAND = 'npm run conformance --'
  const shown = (verdict: Verdict) => printed((terminal) => failures(terminal, verdict, COMMAND))
  const skipped = (reason: string): Scenario => ({
    tags: ['CC-01'],
    steps: [{ status: Status.SKIPPED }],
    facts: { skipped: { outcome: 'could-not-run', reason } },
  })

  test('is printed once more, with the command that runs it again in any shell', () => {
    const one = { name: 'John\'s "call" (again)', tags: ['CC-01'], steps: [failed('NonConformance', 'status 200\nand more')] }
    assert.deepEqual(shown(verdictOf([one, { tags: ['CC-02'] }])).split('\n'), [
      '',
      'What did not pass:',
      '  ✗ CC-01  John\'s "call" (again)',
      '      status 200',
      '      npm run conformance -- --name "^John.s .call. .again.$"',
    ])
    assert.equal(shown(verdictOf([{ tags: ['CC-02'] }])), '')
  })

  test('for the same reason is printed once, with all its rules', () => {
    const same = (name: string, ...tags: string[]) => ({ name, tags, steps: [failed('NonConformance', 'the same')] })
    const two = shown(verdictOf([same('one', 'CC-01'), same('two', 'CC-02')]))
    assert.match(two, /✗ CC-01 CC-02 one \(and 1 more for the same reason\)\n {6}the same\n.* --name "\^one\$" --name "\^two\$"$/)
    const many = ['CC-01', 'CC-02', 'CC-03', 'CC-01'].map((id, at) => same(`number ${at}`, id))
    assert.match(shown(verdictOf(many)), /-- --requirement CC-01 --requirement CC-02 --requirement CC-03$/)
  })

  test('and is in a baseline is left out', () => {
    const text = shown(run(['failed CC-01', 'failed CC-02'], [entry('CC-01', 'failed')]))
    assert.doesNotMatch(text, /CC-01/)
    assert.match(text, /CC-02/)
  })

  test('scenarios that were not started have one line, with the reason, and the doctor where it knows more', () => {
    const unstarted = (why: string) => shown(verdictOf([skipped(notStarted(why)), skipped(notStarted(why)), { tags: ['CC-02'] }]))
    assert.equal(unstarted(INTERRUPTED), '\n  ? 2 scenarios were not started: the run was interrupted')
    assert.equal(
      unstarted('Graph unreachable'),
      '\n  ? 2 scenarios were not started: Graph unreachable; "npm run doctor" says what to fix',
    )
  })

  test('keeps the run incomplete on a tenant, and with --bail is no fault of the simulator', () => {
    const stopped = [skipped(notStarted('Graph unreachable')), { tags: ['CC-02'] }]
    const target = (kind: 'simulator' | 'tenant') => ({ target: { ...verdictOf([]).target, kind } })
    assert.equal(
      lastLine(verdictOf(stopped, target('tenant')), 'page.html'),
      'Incomplete: 1 of 3 must rules not judged (Graph unreachable), 1 not covered. page.html',
    )
    const bailed = verdictOf(
      [{ tags: ['CC-02'], steps: [failed('NonConformance')] }, skipped(notStarted('--bail, after the first failure'))],
      target('simulator'),
    )
    assert.equal(exitCodeOf(bailed), 1)
    assert.equal(
      lastLine(bailed, 'page.html'),
      'Non-conformant: 1 of 3 must rules broken (CC-02), 1 not judged, 1 not covered. page.html',
    )
    assert.equal(exitCodeOf(verdictOf([skipped('no reason of ours')], target('simulator'))), 3)
  })

  test('the order of a random run can be repeated', () => {
    const random = verdictOf([{ tags: ['CC-01'] }], { selection: { ...verdictOf([]).selection, seed: '7' } })
    assert.match(summaryOf(random), /^Order: {8}random; --order random:7 repeats it$/m)
    assert.doesNotMatch(summaryOf(verdictOf([])), /Order/)
  })
})
