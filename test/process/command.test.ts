// `npm run conformance` as a function: exit codes, outcomes, the last line, --list, and invalid input.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'mocha'
import type { Verdict } from '../../support/contract/verdict'
import { commandOf } from '../../support/results/reports/wording'
import { suiteIdentity } from '../../support/results/run-metadata'
import { ALL_FEATURES, CommandRuns, EXAMPLES, lastLine, type Result, WITH_SPOILT } from '../kit/command-runs'

const runs = new CommandRuns({ features: [...EXAMPLES, 'features/create-call/token.feature'], spoilt: true })
after(() => runs.remove())

describe('exit codes and outcomes', () => {
  test('conformant: 0, every report is there, and nothing is coloured off a terminal', async () => {
    const result = await runs.conformance(['--requirement', 'CC-30', '--requirement', 'CC-05'], { features: [ALL_FEATURES] })
    assert.equal(result.code, 0, result.out + result.err)
    assert.equal(result.verdict?.outcome, 'conformant')
    assert.match(lastLine(result), /^Conformant: 2 of \d+ must rules hold, \d+ not selected\. reports\/\d+\/index\.html$/)
    for (const file of [
      'index.html',
      'summary.md',
      'verdict.json',
      'messages.ndjson',
      'cucumber.html',
      'junit.xml',
      'allure-results',
    ])
      assert.ok(existsSync(join(result.reports, file)), `${file} is missing`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
    assert.doesNotMatch(result.out, /\u001b/)
  })

  describe('one run of scenarios that go wrong', () => {
    let result: Result
    before(async () => {
      result = await runs.conformance(['--tags', '@spoilt'], { features: WITH_SPOILT })
    })

    test('that our faults decide: 3', () => {
      assert.deepEqual([result.code, result.verdict?.outcome], [3, 'harness-error'], result.out + result.err)
      assert.match(lastLine(result), /^Harness error/)
      assert.match(result.out, /documented/)
    })

    const OUTCOMES: readonly [scenario: string, outcome: string, reason: RegExp][] = [
      ['an undefined step', 'harness-error', /no step is defined for "a step without a definition"/],
      ['an ambiguous step', 'harness-error', /more than one step is defined for "two readings"/],
      ['a pending step', 'harness-error', /"something to come" is pending/],
      ['a failing hook', 'harness-error', /the hook "Tidy up" failed: nothing to tidy/],
      ['a bug in a step', 'harness-error', /TypeError in "a bug"/],
      ['a skipped step', 'harness-error', /steps were skipped, and nothing says why/],
      ['without steps', 'harness-error', /it has no steps/],
      ['a failing assertion', 'failed', /documented/],
    ]
    for (const [scenario, outcome, reason] of OUTCOMES) {
      test(`${scenario}: ${outcome}`, () => {
        const one = result.verdict?.scenarios.find(({ name }) => name === scenario) ?? assert.fail(result.out)
        assert.equal(one.outcome, outcome)
        assert.match(one.reason ?? '', reason)
      })
    }

    test('and nothing else ran', () => {
      assert.deepEqual(result.verdict?.scenarios.map(({ name }) => name).sort(), OUTCOMES.map(([scenario]) => scenario).sort())
    })
  })

  test('a failing assertion alone: 1', async () => {
    const result = await runs.conformance(['--name', '^a failing assertion$'], { features: WITH_SPOILT })
    assert.deepEqual([result.code, result.verdict?.outcome], [1, 'non-conformant'])
    assert.match(lastLine(result), /^Non-conformant: 1 of \d+ must rules broken \(CC-01\)/)
    assert.match(
      result.out,
      /^What did not pass:\n {2}✗ CC-01 .*a failing assertion\n.*\n {6}npm run conformance -- --name "\^a failing assertion\$"$/m,
    )
  })

  test('--bail stops at the first failure, and says how many scenarios were not started', async () => {
    const args = ['--bail', '--name', '^a failing assertion$', '--name', '^after the long wait$']
    const result = await runs.conformance(args, { features: WITH_SPOILT })
    assert.equal(result.code, 1, result.out + result.err)
    assert.deepEqual(
      result.verdict?.scenarios.map(({ outcome }) => outcome),
      ['failed', 'could-not-run'],
    )
    assert.match(result.out, /\? 1 scenario was not started: --bail, after the first failure$/m)
  })

  test('a random order: the summary says how to repeat it', async () => {
    const { out, verdict } = await runs.conformance(['--requirement', 'CC-30', '--order', 'random'])
    assert.match(out, new RegExp(`^Order: {8}random; --order random:${verdict?.selection.seed} repeats it$`, 'm'))
  })

  test('nothing matches: 2', async () => {
    const result = await runs.conformance(['--tags', '@no-such-tag'], { features: [ALL_FEATURES] })
    assert.deepEqual([result.code, result.verdict?.outcome], [2, 'incomplete'])
    assert.match(lastLine(result), /^Incomplete: 0 of \d+ must rules hold \(nothing ran\), \d+ not selected\. /)
  })
})

describe('interruption', () => {
  test('by a signal: 2, with a verdict and reports of what was seen', async () => {
    const controller = new AbortController()
    const result = await runs.conformance(['--tags', '@slow or @CC-30', '--verbose'], {
      features: WITH_SPOILT,
      signal: controller.signal,
      onText: (text) => text.includes('waiting') && controller.abort('the run was interrupted by SIGTERM'),
    })
    assert.equal(result.code, 2, result.out + result.err)
    assert.deepEqual([result.verdict?.outcome, result.verdict?.aborted], ['incomplete', true])
    const outcomes = Object.fromEntries((result.verdict?.scenarios ?? []).map(({ name, outcome }) => [name, outcome]))
    assert.equal(outcomes['a long wait'], 'could-not-run')
    assert.equal(outcomes['after the long wait'], 'could-not-run')
    assert.equal(outcomes['A call to a person, with media hosted by the service'], 'passed')
    assert.match(readFileSync(join(result.reports, 'junit.xml'), 'utf8'), /failure|skipped/)
    assert.ok(readFileSync(join(result.reports, 'cucumber.html')).length > 100_000)
    assert.match(lastLine(result), /^Incomplete: 1 of \d+ must rules not judged \(interrupted\)/)
    assert.match(result.out, /\? 1 scenario was not started: the run was interrupted$/m)
    assert.doesNotMatch(result.out, /^ {2}\? .*after the long wait/m)
  })

  test('the run after it is not interrupted', async () => {
    const result = await runs.conformance(['--requirement', 'CC-30'])
    assert.equal(result.code, 0, result.out + result.err)
  })
})

describe('bad input: one sentence with the remedy, 3, nothing runs', () => {
  const BAD: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
    [['--nonsense'], /Unknown option '--nonsense'.*--help/],
    [['--target', 'moon'], /--target "moon".*simulator, tenant/],
    [['--tags', 'CC-30'], /^Harness error: --tags "CC-30" has no tag "CC-30": did you mean @CC-30\?\.?$/m],
    [['--tags', '@joins and rings'], /^Harness error: --tags "@joins and rings" has "rings" without @: write @rings\.$/m],
    [['--requirement', 'cc-30'], /^Harness error: --requirement "cc-30" is no requirement: did you mean CC-30\?\.?$/m],
    [['--tags', 'not @CC-999'], /"@CC-999", which is no requirement/],
    [['--requirement', 'cc30'], /^Harness error: --requirement "cc30" is no requirement: did you mean CC-30\?\.?$/m],
    [['--requirement', 'XY-99'], /is no requirement: write an id of fixtures\/requirements\.yaml/],
    [['--deviation', 'lobby-flag-stuc'], /is no deviation: did you mean lobby-flag-stuck\?/],
    ...(existsSync('/proc/self')
      ? [[['--reports', '/proc/x/y'], /reports folder \/proc\/x\/y cannot be written \(ENOENT.*--reports/] as const]
      : []),
  ]
  for (const [args, sentence] of BAD) {
    test(args.join(' '), async () => {
      const { code, out, err, verdict } = await runs.conformance(args)
      assert.equal(code, 3, out + err)
      assert.match(err, sentence)
      assert.equal(err.trim().split('\n').length, 1, err)
      assert.deepEqual([out, verdict], ['', null])
    })
  }

  test('a reports folder that cannot be written', async () => {
    writeFileSync(join(runs.folder, 'occupied'), '')
    const { code, err } = await runs.conformance([], { reports: 'occupied/reports' })
    assert.equal(code, 3)
    assert.match(err, /reports folder .*occupied\/reports cannot be written .*--reports/)
    assert.equal(err.trim().split('\n').length, 1, err)
  })
})

test('--version and --help: 0, with examples and exit codes, and no default that says nothing', async () => {
  const version = await runs.conformance(['--version'])
  assert.deepEqual([version.code, version.out], [0, `${suiteIdentity().version}\n`])
  const { code, out } = await runs.conformance(['--help'])
  assert.equal(code, 0)
  assert.match(
    out,
    /^Examples:\n {2}npm run conformance .*\n[\s\S]*^Exit codes:\n {2}0 {2}conformant[\s\S]*^ {2}3 {2}harness error/m,
  )
  assert.match(out, /--reports <folder> .*\(default: "reports"\)/)
  assert.doesNotMatch(out, /default: (\[\]|false)/)
})

test('the observed profile passes with drift and fails strictly, and both say how to run it again', async () => {
  const again = async (...options: string[]) => {
    const { code, out, verdict } = await runs.conformance(['--profile', 'observed', '--requirement', 'CC-30', ...options])
    const { target, strict, scenarios } = verdict ?? assert.fail(out)
    assert.match(out, /against the simulator, observed profile/)
    assert.equal(target.profile, 'observed')
    assert.deepEqual([...new Set(scenarios.flatMap(({ drift }) => drift))].sort(), [
      'D-02',
      'D-03',
      'D-04',
      'D-05',
      'D-07',
      'D-09',
    ])
    return { code, out, strict, command: commandOf(verdict as Verdict) }
  }
  const passed = await again()
  assert.deepEqual([passed.code, passed.strict], [0, false], passed.out)
  assert.equal(passed.command, 'npm run conformance -- --profile observed --requirement CC-30')
  const failed = await again('--strict')
  assert.deepEqual([failed.code, failed.strict], [1, true], failed.out)
  assert.equal(failed.command, 'npm run conformance -- --profile observed --strict --requirement CC-30')
  assert.match(failed.out, /^ {6}npm run conformance -- --profile observed --strict --name /m)
})

test('--list prints what would run, and runs nothing', async () => {
  const { code, out, verdict } = await runs.conformance(['--list', '--requirement', 'CC-30', '--requirement', 'CC-35'])
  assert.equal(code, 0)
  assert.match(out, /@CC-30 .*A call to a person.*features\/create-call\/documented-examples\.feature:\d+/)
  assert.match(out, /2 scenarios would run\./)
  assert.equal(verdict, null)
})

test('an earlier verdict does not survive a run that cannot begin', async () => {
  mkdirSync(join(runs.folder, 'reports/old'), { recursive: true })
  writeFileSync(join(runs.folder, 'reports/old/verdict.json'), '{}')
  const { code, verdict } = await runs.conformance(['--tags', '@no-such-tag'], { reports: 'reports/old' })
  assert.deepEqual([code, verdict?.outcome], [2, 'incomplete'])
})
