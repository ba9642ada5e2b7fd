// The reports agree with the verdict, show every interruption, and never render what came over the wire.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { runInNewContext } from 'node:vm'
import { loadConfiguration, loadSupport, runCucumber } from '@cucumber/cucumber/api'
import { type Envelope, TestStepResultStatus } from '@cucumber/messages'
import type { TestResult } from 'allure-js-commons'
import { after, before, describe, test } from 'mocha'
import { NOT_MADE, noAllurePage } from '../../../test/kit/allure'
import { FULL_ONLY, testUnless } from '../../../test/kit/unless'
import { unpacked } from '../../../test/kit/unpacked'
import { verdictOf } from '../../../test/kit/verdict-run'
import { report } from '../../cli/report'
import type { Verdict } from '../../contract/verdict'
import { completeRecord } from '../complete-record'
import { FACTS_FILE } from '../read-messages'
import { openRecord, readRecord } from '../record'
import { withoutMachinePaths } from '../redaction/machine-paths'
import { publishSummary, writeReports } from './all-reports'
import { findJava, makeAllurePage } from './allure-page'
import { writeJunit } from './cucumber-reports'
import { summaryOf } from './summary'

const HOSTILE = '<img src=x onerror=alert(1)>'

const FEATURE = `Feature: Outcomes
  Background:
    Given evidence
  @CC-01
  Scenario: passes
    Then it passes
  Scenario: fails
    Then it fails
    And it passes
  Scenario: undefined
    Then this step is missing
  Scenario: ambiguous
    Then it is ambiguous
  Scenario: pending
    Then it is pending
  @fail-after
  Scenario: hook fails
    Then it passes
  Scenario: skipped
    Then it is skipped
  Scenario: not reached
    Then no answer comes
  Scenario Outline: example
    Then the <table> is read:
      | cell | ${HOSTILE} |
    Examples:
      | table |
      | one   |
      | two   |
`

const STEPS = `
const { After, AfterAll, BeforeAll, Given, Then } = require('@cucumber/cucumber')
const assert = require('node:assert/strict')
BeforeAll({ name: 'open the simulator' }, () => {})
AfterAll({ name: 'close the simulator' }, () => {})
Given('evidence', function () {
  this.attach(${JSON.stringify(HOSTILE)}, { mediaType: 'text/plain', fileName: 'request' })
  this.attach(${JSON.stringify(HOSTILE)}, { mediaType: 'text/html', fileName: 'page' })
  this.attach('{"a":{"b":1}}', { mediaType: 'application/json', fileName: 'answer' })
  this.attach('{"a":', { mediaType: 'application/json', fileName: 'torn answer' })
  this.attach(Buffer.from('<svg onload="alert(1)"/>'), { mediaType: 'image/svg+xml', fileName: 'diagram' })
  this.log(${JSON.stringify(HOSTILE)})
})
Then('it passes', () => {})
Then('it fails', () => assert.fail('state is ]]> \\u0000 ' + __filename + ', not established'))
Then('it is ambiguous', () => {})
Then(/^it is ambiguous$/, () => {})
Then('it is pending', () => 'pending')
Then('it is skipped', function () {
  const cleanup = { made: 0, ended: 0, left: [] }
  const skipped = { outcome: 'not-applicable', reason: 'the target declares no lobby' }
  this.attach(JSON.stringify({ skipped, errata: [], cleanup }), { mediaType: 'application/json', fileName: '${FACTS_FILE}' })
  return 'skipped'
})
class CouldNotRun extends Error {}
Then('no answer comes', () => { throw new CouldNotRun('unreachable') })
Then('the {word} is read:', (_name, _table) => {})
After({ name: 'hang up', tags: '@fail-after' }, () => { throw new Error('the call would not end') })
`

// Below the project, so that the steps load the same cucumber that runs them.
mkdirSync('node_modules/.cache', { recursive: true })
const folder = mkdtempSync(join(process.cwd(), 'node_modules/.cache/reports-test-'))
const reports = join(folder, 'reports')
let envelopes: Envelope[]
let verdict: Verdict

interface Junit {
  readonly xml: string
  readonly tests: number
  readonly failures: number
  readonly skipped: number
}

function junitOf(messages: Envelope[]): Junit {
  const file = join(folder, 'one.xml')
  writeJunit(messages, file)
  const xml = readFileSync(file, 'utf8')
  const attribute = (name: string) => Number(xml.match(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`))?.[1])
  return { xml, tests: attribute('tests'), failures: attribute('failures'), skipped: attribute('skipped') }
}

function allureResults(): TestResult[] {
  const results = readdirSync(join(reports, 'allure-results')).filter((name) => name.endsWith('-result.json'))
  return results.map((name) => JSON.parse(readFileSync(join(reports, 'allure-results', name), 'utf8')) as TestResult)
}

function htmlMessages(): Envelope[] {
  const html = readFileSync(join(reports, 'cucumber.html'), 'utf8')
  const from = html.indexOf('window.CUCUMBER_MESSAGES = ')
  const script = html.slice(from, html.indexOf('</script>', from))
  return JSON.parse(runInNewContext(`window = {}; ${script}; JSON.stringify(window.CUCUMBER_MESSAGES)`)) as Envelope[]
}

before(async () => {
  writeFileSync(join(folder, 'outcomes.feature'), FEATURE)
  writeFileSync(join(folder, 'steps.js'), STEPS)
  const record = openRecord(join(reports, 'messages.ndjson'), withoutMachinePaths, (error) => assert.ifError(error))
  const environment = { cwd: folder, stdout: new PassThrough().resume(), stderr: new PassThrough().resume() }
  const provided = { paths: ['outcomes.feature'], require: ['steps.js'], publishQuiet: true }
  const { runConfiguration } = await loadConfiguration({ file: false, provided }, environment)
  const support = await loadSupport(runConfiguration, environment)
  await runCucumber({ ...runConfiguration, support }, environment, (envelope) => record.append(envelope))
  record.close()
  record.append({ parseError: { source: {}, message: 'after the end' } })
  envelopes = readRecord(join(reports, 'messages.ndjson'))
  verdict = verdictOf([], { envelopes, on: 'simulator' })
  await writeReports({ folder: reports, envelopes, verdict, sentence: 'Harness error in 0 of 3 must rules', interrupted: null })
})

after(() => rmSync(folder, { recursive: true, force: true }))

describe('the record', () => {
  test('ends with the run, and loses only a torn last line', () => {
    assert.ok(envelopes.at(-1)?.testRunFinished, 'what comes after close is not written')
    const text = readFileSync(join(reports, 'messages.ndjson'), 'utf8')
    const torn = join(folder, 'torn.ndjson')
    writeFileSync(torn, text.slice(0, -20))
    assert.equal(readRecord(torn).length, envelopes.length - 1)
    writeFileSync(torn, text.replace('\n', '\n{"torn\n'))
    assert.throws(() => readRecord(torn), /Line 2 of .*torn\.ndjson/)
    assert.throws(() => readRecord(join(folder, 'none.ndjson')), /npm run conformance/)
  })

  test('cut at any line still has every scenario, and never a success', () => {
    for (let cut = 0; cut < envelopes.length; cut += 1) {
      const seen = envelopes.slice(0, cut)
      const whole = completeRecord(seen, 'the run was interrupted here')
      assert.equal(completeRecord(whole, 'again'), whole, `cut at ${cut}: completing twice changes nothing`)
      assert.equal(whole.filter((it) => it.testRunFinished).length, 1)
      const { xml, tests, failures, skipped } = junitOf(whole)
      assert.ok(failures > 0, `cut at ${cut}: ${tests} tests, ${skipped} skipped and no failure`)
      assert.match(xml, /the run was interrupted here/)
      for (const { testCase } of seen) {
        const started = whole.filter((it) => it.testCaseStarted?.testCaseId === testCase?.id)
        if (testCase) assert.equal(started.length, 1, `cut at ${cut}: scenario ${testCase.id} is lost`)
      }
      for (const { testCaseStarted } of whole) {
        if (!testCaseStarted) continue
        const testCase = whole.find((it) => it.testCase?.id === testCaseStarted.testCaseId)?.testCase
        const finished = whole.filter((it) => it.testStepFinished?.testCaseStartedId === testCaseStarted.id)
        assert.equal(finished.length, testCase?.testSteps.length, `cut at ${cut}: a step has no result`)
      }
    }
  })

  test('of a dead worker fails the step under way and skips the rest, although the run has an end', () => {
    const finishes = envelopes.findIndex((it) => it.testStepFinished?.testStepResult.status === TestStepResultStatus.PASSED)
    const dead = envelopes[finishes]?.testStepFinished?.testCaseStartedId
    const left = envelopes.filter((it, at) => {
      const startedId = (it.testStepStarted ?? it.testStepFinished ?? it.testCaseFinished)?.testCaseStartedId
      return at <= finishes || startedId !== dead
    })
    const whole = completeRecord(left, 'a worker died')
    const results = whole.flatMap(({ testStepFinished: it }) => (it && it.testCaseStartedId === dead ? [it.testStepResult] : []))
    assert.deepEqual(
      results.map(({ status, exception }) => [status, exception?.type]),
      [
        [TestStepResultStatus.PASSED, undefined],
        [TestStepResultStatus.FAILED, 'RunCutOff'],
      ],
    )
    assert.deepEqual(whole.at(-1)?.testRunFinished?.success, false)
  })

  test('of a failed hook around the run, of an empty and of a well-ended interrupted run reads as no success', async () => {
    const passing = envelopes.filter((it) => !it.testStepFinished || it.testStepFinished.testStepResult.status === 'PASSED')
    const failedHook = passing.map((it) =>
      it.testRunHookFinished
        ? { testRunHookFinished: { ...it.testRunHookFinished, result: { ...it.testRunHookFinished.result, status: 'FAILED' } } }
        : it,
    ) as Envelope[]
    assert.match(junitOf(failedHook).xml, /the hook &quot;close the simulator&quot; succeeds/)
    const meta = envelopes.slice(0, 1)
    assert.match(junitOf(completeRecord(meta, 'cut')).xml, /No scenario was run/)
    assert.match(junitOf(completeRecord([], 'cut')).xml, /No scenario was run/)
    const interrupted = join(folder, 'interrupted')
    await writeReports({
      folder: interrupted,
      envelopes: passing,
      verdict,
      sentence: 'Incomplete',
      interrupted: 'stopped by a signal',
    })
    assert.match(readFileSync(join(interrupted, 'junit.xml'), 'utf8'), /failures="1"[\s\S]*stopped by a signal/)
    assert.match(readFileSync(join(interrupted, 'cucumber.html'), 'utf8'), /stopped by a signal/)
  })
})

describe('the summary', () => {
  const summary = () => readFileSync(join(reports, 'summary.md'), 'utf8')

  test('has verdict, target, doubts and each failure, and no markup from the wire', () => {
    assert.match(summary(), /^## Harness error in 0 of 3 must rules\n/)
    assert.match(summary(), /against the simulator of this project/)
    assert.match(summary(), /\*\*Doubts:\*\* The target is the simulator/)
    for (const name of ['fails', 'undefined', 'ambiguous', 'pending', 'hook fails'])
      assert.ok(summary().includes(`## ! ${name}`) || summary().includes(` ${name}\n`), name)
    const hostile = { ...verdict, scenarios: verdict.scenarios.map((one) => ({ ...one, name: HOSTILE })) }
    const text = summaryOf({ verdict: hostile, sentence: HOSTILE, cutOff: null, requirements: [] })
    assert.ok(!text.replace(/`[^`]*`/g, '').includes('<img'), text)
  })

  test('is added to the page of a build step', () => {
    const step = join(folder, 'step.md')
    writeFileSync(step, '# Build\n')
    publishSummary(reports, step)
    publishSummary(reports, undefined)
    assert.equal(readFileSync(step, 'utf8'), `# Build\n${summary()}`)
  })
})

describe("the reviewer's page", () => {
  const page = () => readFileSync(join(reports, 'index.html'), 'utf8')

  test('is the same again from the same record, and names every scenario', async () => {
    const before = page()
    await writeReports({ folder: reports, envelopes, verdict, sentence: 'Harness error in 0 of 3 must rules', interrupted: null })
    assert.equal(page(), before)
    for (const { name } of verdict.scenarios) assert.ok(before.includes(` ${name}`), name)
  })

  test('allows only its own script and style, and carries what came over the wire as text', () => {
    assert.ok(!page().includes('<img'))
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page()) ?? []
    const hash = (tag: string) => {
      const [, content = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page()) ?? []
      return `&#39;sha256-${createHash('sha256').update(content).digest('base64')}&#39;`
    }
    assert.ok(policy.includes(`style-src ${hash('style')}`) && policy.includes(`script-src ${hash('script')}`), policy)
    assert.match(policy, /^default-src &#39;none&#39;/)
    assert.ok(!/unsafe|https?:/.test(policy), policy)
    assert.ok(!/\s(style|on\w+)=/.test(page().replace(/<script[\s\S]*?<\/script>/g, '')))
    // Hostile text is in the evidence, which is packed.
    const [, packed = ''] = /id="evidence-data">([^<]*)</.exec(page()) ?? []
    const evidence = unpacked(packed) as { steps: [string, string, string, string[][]][] }[]
    assert.ok(evidence.some(({ steps }) => steps.some(([, , , rows]) => rows.flat().includes(HOSTILE))))
  })
})

describe('JUnit and HTML', () => {
  test('JUnit has one root, and file, line and rules of each scenario', () => {
    const { xml } = junitOf(envelopes)
    assert.match(xml, /^<\?xml version="1.0"\?>\n<testsuites>\n<testsuite /)
    assert.match(xml, /<\/testsuite>\n<\/testsuites>\s*$/)
    assert.match(
      xml,
      /<testcase [^>]*name="passes" [^>]*file="outcomes\.feature" line="5">\n {4}<properties><property name="rule" value="CC-01"\/><\/properties>/,
    )
    const cases = [...xml.matchAll(/<testcase [^>]*name="([^"]*)"[^>]* line="(\d+)"/g)].map(([, name, line]) => `${name}:${line}`)
    const lines = FEATURE.split('\n')
    for (const one of cases) {
      const [name = '', line = ''] = one.split(':')
      if (!name.startsWith('example')) assert.match(lines[Number(line) - 1] ?? '', new RegExp(`Scenario: ${name}$`))
    }
    assert.equal(cases.length, 10)
  })

  test('count what failed', () => {
    const { xml, tests, failures, skipped } = junitOf(envelopes)
    assert.deepEqual({ tests, failures, skipped }, { tests: 10, failures: 6, skipped: 1 })
    assert.match(xml, /the call would not end/)
    assert.equal(readFileSync(join(reports, 'junit.xml'), 'utf8'), xml)
  })

  test('show what came over the wire as text only', () => {
    assert.ok(!readFileSync(join(reports, 'cucumber.html'), 'utf8').includes(HOSTILE))
    const attachments = htmlMessages().flatMap(({ attachment }) => attachment ?? [])
    assert.equal(attachments.filter(({ body }) => body === HOSTILE).length, 3 * 10)
    const rendered = new Set(attachments.map(({ mediaType }) => mediaType))
    assert.deepEqual(rendered, new Set(['text/plain', 'text/html', 'application/json', 'image/svg+xml']))
  })
})

describe('Allure', () => {
  test('agrees with the verdict', () => {
    const results = allureResults()
    const statuses: Readonly<Record<string, string>> = { passed: 'passed', failed: 'failed', 'not-applicable': 'skipped' }
    assert.deepEqual(verdict.counts, {
      ...{ passed: 3, failed: 1, 'not-applicable': 1, 'could-not-run': 1, 'harness-error': 4, warnings: 0 },
    })
    const shown = results.map(({ name, status, statusDetails }) => `${name} ${status}: ${statusDetails.message}`)
    const judged = verdict.scenarios.map(({ name, outcome, reason }) => {
      const prefix = outcome in statuses ? '' : `${outcome}: `
      return `${name} ${statuses[outcome] ?? 'broken'}: ${prefix}${reason ?? ''}`
    })
    assert.deepEqual(shown.sort(), judged.sort())
  })

  test('has a history of its own for each example, the same in every run, and forgets an earlier run', async () => {
    const ids = () => allureResults().map(({ historyId }) => historyId)
    const first = ids()
    assert.equal(new Set(first).size, verdict.scenarios.length)
    writeFileSync(join(reports, 'allure-results', 'stale-result.json'), '{}')
    await writeReports({ folder: reports, envelopes, verdict, sentence: 'Harness error in 0 of 3 must rules', interrupted: null })
    assert.deepEqual(ids(), first)
  })

  test('shows the steps, hooks and requirements of a scenario', () => {
    const named = (wanted: string) => allureResults().find(({ name }) => name === wanted) ?? assert.fail(wanted)
    const steps = (wanted: string) => named(wanted).steps.map(({ name, status }) => `${name}: ${status}`)
    assert.deepEqual(steps('fails'), ['Given evidence: passed', 'Then it fails: failed', 'Then it passes: skipped'])
    assert.deepEqual(steps('hook fails'), ['Given evidence: passed', 'Then it passes: passed', 'hang up: failed'])
    assert.deepEqual(steps('undefined'), ['Given evidence: passed', 'Then this step is missing: broken'])
    assert.deepEqual(named('passes').labels, [
      { name: 'feature', value: 'Outcomes' },
      { name: 'suite', value: 'Outcomes' },
      { name: 'tag', value: 'CC-01' },
    ])
    assert.match(named('example').steps[1]?.parameters[0]?.value ?? '', /^cell \| /)
  })

  test('carries the evidence as text, and no path of this machine', () => {
    const [evidence] = allureResults()[0]?.steps ?? []
    const stored = evidence?.attachments.map(({ name, type, source }) => {
      const content = readFileSync(join(reports, 'allure-results', source), 'utf8')
      return [name, type, source.split('.').at(-1), content]
    })
    assert.deepEqual(stored, [
      ['request', 'text/plain', 'txt', HOSTILE],
      ['page', 'text/plain', 'txt', HOSTILE],
      ['answer', 'application/json', 'json', '{\n  "a": {\n    "b": 1\n  }\n}'],
      ['torn answer', 'text/plain', 'txt', '{"a":'],
      ['diagram', 'text/plain', 'txt', '<svg onload="alert(1)"/>'],
      ['Text', 'text/plain', 'txt', HOSTILE],
    ])
    const files = readdirSync(join(reports, 'allure-results'))
    const text = files.map((name) => readFileSync(join(reports, 'allure-results', name), 'utf8')).join('\n')
    assert.ok(!text.includes(process.cwd()), 'an absolute path is in the results')
    assert.match(text, /steps\.js, not established/)
    assert.ok(!/"name": "host"/.test(text))
    assert.match(text, /^Verdict=Harness error in 0 of 3 must rules$/m)
    assert.match(text, /^Target=the simulator of this project, documented profile/m)
    assert.ok(!/graph\.microsoft\.com/.test(text), 'a run against the simulator names Graph as its target')
  })

  test('finds no Java where none is installed', () => assert.equal(findJava({ PATH: folder, JAVA_HOME: folder }), undefined))

  for (const [with_, find] of [
    // A JAVA_HOME that holds no Java must not keep Allure from the Java on the path.
    ['with Java, if there is one', () => findJava({ ...process.env, JAVA_HOME: folder })],
    ['without Java', () => undefined],
  ] as const)
    testUnless(FULL_ONLY, `makes a page of one file without analytics, ${with_}`, async () => {
      const page = await makeAllurePage(join(reports, 'allure-results'), join(reports, 'allure'), find)
      assert.ok(page.made, JSON.stringify(page))
      assert.ok(!readFileSync(page.file, 'utf8').includes('googletagmanager'))
      assert.deepEqual(readdirSync(join(reports, 'allure')), ['index.html'])
    })

  testUnless(FULL_ONLY, 'says what the generator said where it makes no page', async () => {
    const results = join(reports, 'allure-results')
    const broken = await makeAllurePage(results, join(folder, 'steps.js', 'page'))
    assert.ok(
      !broken.made && broken.reason.startsWith("Allure's generator did not make the page; it said: "),
      JSON.stringify(broken),
    )
  })
})

describe('npm run report', () => {
  const run = async (...args: string[]) => {
    let said = ''
    const write = (text: string) => {
      said += text
    }
    const code = await report(args, { out: write, error: write, allurePage: noAllurePage })
    return { code, said }
  }

  test('makes the reports again and says where they are; without the Allure page as well', async () => {
    writeFileSync(join(reports, 'verdict.json'), JSON.stringify(verdict))
    rmSync(join(reports, 'junit.xml'))
    const { code, said } = await run('--reports', reports)
    const here = reports.slice(process.cwd().length + 1)
    const made = ['index.html', 'summary.md', 'cucumber.html', 'junit.xml', 'allure-results'].map((name) => `${here}/${name}`)
    assert.deepEqual({ code, lines: said.trim().split('\n') }, { code: 0, lines: [...made, NOT_MADE] })
    assert.ok(existsSync(join(reports, 'junit.xml')))
  })

  test('says in one sentence what is missing, and exits 3', async () => {
    const refused = async (pattern: RegExp, ...args: string[]) => {
      const { code, said } = await run(...args)
      assert.equal(code, 3, said)
      assert.match(said, pattern)
      assert.ok(!said.includes('    at '), 'a stack trace is shown')
    }
    await refused(/no record .*npm run conformance/, '--reports', folder)
    await refused(/no record of a run at a.messages\.ndjson/, '--merge', 'a', 'b')
    await refused(/^Unknown option '--nonsense'/, '--nonsense')
    writeFileSync(join(reports, 'verdict.json'), '{"outcome":"conformant"}')
    await refused(/verdict\.json is no verdict/, '--reports', reports)
    writeFileSync(join(reports, 'verdict.json'), JSON.stringify({ ...verdict, finishedAt: '2020-01-01T00:00:00.000Z' }))
    await refused(/killed before it began.*npm run conformance/, '--reports', reports)
    rmSync(join(reports, 'verdict.json'))
    await refused(/killed before it began.*npm run conformance/, '--reports', reports)
    assert.match((await run('--reports', reports, '--verbose')).said, / {4}at /)
  })

  test('exits with its code as a process', () => {
    const started = ['-r', 'ts-node/register/transpile-only', 'support/cli/report.ts', '--reports', folder]
    const { status, stderr } = spawnSync(process.execPath, started, { encoding: 'utf8' })
    assert.deepEqual([status, stderr.trim().split('\n').length], [3, 1], stderr)
  })
})
