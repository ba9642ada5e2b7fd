// `npm run conformance` as a function: exit codes, outcomes, the last line, --list, and invalid input.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'mocha'
import { CommandRuns, lastLine, type Result, WITH_SPOILT } from '../kit/command-runs'

const runs = new CommandRuns({ spoilt: true })
after(() => runs.remove())

describe('exit codes and outcomes', () => {
  test('conformant: 0, every report is there, and nothing is coloured off a terminal', async () => {
    const result = await runs.conformance(['--requirement', 'CC-30', '--requirement', 'CC-05'])
    assert.equal(result.code, 0, result.out + result.err)
    assert.equal(result.verdict?.outcome, 'conformant')
    assert.match(lastLine(result), /^Conformant in 2 of \d+ must rules \(\d+ not selected\): reports\/\d+\/index\.html$/)
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
  })

  test('nothing matches: 2', async () => {
    const result = await runs.conformance(['--tags', '@no-such-tag'])
    assert.deepEqual([result.code, result.verdict?.outcome], [2, 'incomplete'])
    assert.match(lastLine(result), /^Incomplete \(nothing ran\)/)
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
    assert.match(lastLine(result), /^Incomplete \(interrupted\)/)
  })

  test('the run after it is not interrupted', async () => {
    const result = await runs.conformance(['--requirement', 'CC-30'])
    assert.equal(result.code, 0, result.out + result.err)
  })
})

describe('bad input: one sentence with the remedy, 3, nothing runs', () => {
  const BAD: readonly [args: string[], sentence: RegExp][] = [
    [['--nonsense'], /Unknown option '--nonsense'.*--help/],
    [['--target', 'moon'], /--target "moon".*simulator, tenant/],
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
