// `npm run conformance` as a function: exit codes, outcomes, and the last line.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
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
    assert.match(lastLine(result), /^Conformant in 2 of 45 must rules \(43 not selected\): reports\/\d+\/cucumber\.html$/)
    for (const file of ['verdict.json', 'messages.ndjson', 'cucumber.html', 'junit.xml', 'allure-results'])
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
      ['an undefined step', 'harness-error', /no step is defined for "nobody has written this"/],
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

  const TARGETS_FAULT: readonly [deviation: string, naming: RegExp][] = [
    ['answer-not-json', /a body that is not JSON/],
    ['create-fails', /answered 500/],
    ['established-missing', /"call updated, established" is missing/],
  ]
  for (const [deviation, naming] of TARGETS_FAULT) {
    test(`${deviation}: the target's fault, 1`, async () => {
      const result = await runs.conformance(['--deviation', deviation, '--requirement', 'CC-30'])
      assert.equal(result.code, 1, result.out + result.err)
      assert.match(result.verdict?.scenarios[0]?.reason ?? '', naming)
      assert.match(lastLine(result), /^Non-conformant in 0 of 45 must rules/)
    })
  }

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
