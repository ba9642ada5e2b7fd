// `npm run conformance` as a person runs it: exit codes, outcomes, the last line, and what an interruption leaves.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after, describe, test } from 'mocha'
import { lastLine, type Result, ScratchProject } from './scratch-project'

const project = new ScratchProject()
after(() => project.remove())

describe('exit codes and outcomes', () => {
  test('conformant: 0, every scenario and report is there, and nothing is coloured off a terminal', async () => {
    const result = await project.conformance('--tags', 'not @spoilt and not @slow')
    assert.equal(result.code, 0, result.out + result.err)
    assert.equal(result.verdict?.outcome, 'conformant')
    assert.match(lastLine(result), /^Conformant in (\d+) of \1 must rules: reports\/\d+\/cucumber\.html$/)
    for (const file of ['verdict.json', 'messages.ndjson', 'cucumber.html', 'junit.xml', 'allure-results'])
      assert.ok(existsSync(join(result.reports, file)), `${file} is missing`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
    assert.doesNotMatch(result.out, /\u001b/)
    const uncovered = result.verdict?.requirements.filter(({ outcome }) => outcome === 'not-covered') ?? []
    assert.deepEqual(
      uncovered.map(({ level }) => level).filter((level) => level !== 'may'),
      [],
    )
  })

  const OURS: readonly [scenario: string, reason: RegExp][] = [
    ['an undefined step', /no step is defined for "nobody has written this"/],
    ['an ambiguous step', /more than one step is defined for "two readings"/],
    ['a pending step', /"something to come" is pending/],
    ['a failing hook', /the hook "Tidy up" failed: nothing to tidy/],
    ['a bug in a step', /TypeError in "a bug"/],
    ['a skipped step', /steps were skipped, and nothing says why/],
    ['without steps', /it has no steps/],
  ]
  for (const [scenario, reason] of OURS) {
    test(`${scenario}: 3`, async () => {
      const result = await project.conformance('--name', `^${scenario}$`)
      assert.equal(result.code, 3, result.out + result.err)
      const [only, ...others] = result.verdict?.scenarios ?? []
      assert.deepEqual([only?.name, only?.outcome, others.length], [scenario, 'harness-error', 0])
      assert.match(only?.reason ?? '', reason)
      assert.match(lastLine(result), /^Harness error/)
    })
  }

  test('a failing assertion: 1', async () => {
    const result = await project.conformance('--name', '^a failing assertion$')
    assert.deepEqual(
      [result.code, result.verdict?.outcome, result.verdict?.scenarios[0]?.outcome],
      [1, 'non-conformant', 'failed'],
    )
    assert.match(result.out, /documented/)
  })

  const TARGETS_FAULT: readonly [deviation: string, naming: RegExp][] = [
    ['answer-not-json', /a body that is no JSON/],
    ['create-fails', /answered 500/],
    ['established-missing', /"call updated, established" did not come/],
  ]
  for (const [deviation, naming] of TARGETS_FAULT) {
    test(`${deviation}: the target's fault, 1`, async () => {
      const result = await project.conformance('--deviation', deviation, '--requirement', 'CC-30')
      assert.equal(result.code, 1, result.out + result.err)
      assert.match(result.verdict?.scenarios[0]?.reason ?? '', naming)
      assert.match(lastLine(result), /^Non-conformant in 0 of 45 must rules/)
    })
  }

  test('nothing matches: 2', async () => {
    const result = await project.conformance('--tags', '@no-such-tag')
    assert.deepEqual([result.code, result.verdict?.outcome], [2, 'incomplete'])
    assert.match(lastLine(result), /^Incomplete \(nothing ran\)/)
  })
})

function shows(stream: Readable | null, text: string): Promise<void> {
  return new Promise((resolve) => stream?.on('data', (chunk) => String(chunk).includes(text) && resolve()))
}

describe('interruption', () => {
  async function interrupted(signal: NodeJS.Signals, ...args: string[]): Promise<Result> {
    const reports = project.newReports()
    const child = project.start('conformance', ['--reports', reports, '--tags', '@slow or @CC-30', '--verbose', ...args])
    const ended = project.finish(child, reports)
    // One scenario has ended and another is under way: in two processes either may be first.
    await Promise.all([shows(child.stdout, 'CC-30'), shows(child.stderr, 'waiting')])
    child.kill(signal)
    return ended
  }

  for (const args of [[], ['--parallel', '2']]) {
    test(`SIGTERM ${args.join(' ')}: 2, with a verdict and reports of what was seen`, async () => {
      const result = await interrupted('SIGTERM', ...args)
      assert.equal(result.code, 2, result.out + result.err)
      assert.deepEqual([result.verdict?.outcome, result.verdict?.aborted], ['incomplete', true])
      const outcomes = Object.fromEntries((result.verdict?.scenarios ?? []).map(({ name, outcome }) => [name, outcome]))
      assert.equal(outcomes['a long wait'], 'could-not-run')
      assert.equal(outcomes['A call to a person, with media hosted by the service'], 'passed')
      assert.match(readFileSync(join(result.reports, 'junit.xml'), 'utf8'), /failure|skipped/)
      assert.ok(readFileSync(join(result.reports, 'cucumber.html')).length > 100_000)
      assert.match(lastLine(result), /^Incomplete \(interrupted\)/)
    })
  }

  test('kill -9: the record is there, and the report command makes the verdict', async () => {
    const result = await interrupted('SIGKILL')
    assert.deepEqual([result.code, result.verdict], [null, null])
    const report = project.start('report', ['--reports', result.reports], { PATH: '/nonexistent', JAVA_HOME: '' })
    const made = await project.finish(report, result.reports.slice(project.folder.length + 1))
    assert.equal(made.code, 0, made.err)
    assert.deepEqual([made.verdict?.outcome, made.verdict?.aborted], ['incomplete', true])
    assert.match(made.out, /Java/)
  })
})
