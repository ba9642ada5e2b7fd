// `npm run conformance -- --baseline FILE` as a person runs it: exit codes, the verdict, and that a report made again agrees.
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'mocha'
import { report } from '../../support/cli/report'
import { verdictSchema } from '../../support/contract/verdict'
import { noAllurePage } from '../kit/allure'
import { CommandRuns, EXAMPLES, lastLine, type Result } from '../kit/command-runs'

const runs = new CommandRuns({ features: EXAMPLES })
after(() => runs.remove())

const LISTED = { expected: 'failed', reason: 'The address is left out.', link: 'https://bugs.test/7', expires: '2999-12-31' }
let files = 0

/** Runs with a file of these entries; without Location, every example fails. */
function compared(entries: readonly object[], ...args: string[]): Promise<Result> {
  const name = `known-${files++}.json`
  writeFileSync(join(runs.folder, name), JSON.stringify({ entries }))
  return runs.conformance(['--baseline', name, ...args])
}

const statuses = ({ verdict }: Result) => verdict?.baseline?.entries.map(({ status }) => status)
const output = ({ out, err }: Result) => out + err
const WITHOUT_LOCATION = ['--deviation', 'location-missing', '--requirement', 'CC-30']

describe('a run with a baseline', () => {
  test('whose only difference is listed: 0, as expected, and nowhere conformant', async () => {
    const result = await compared([{ ...LISTED, requirement: 'CC-30' }], ...WITHOUT_LOCATION)
    assert.equal(result.code, 0, output(result))
    const { outcome, baseline, scenarios } = result.verdict ?? assert.fail('no verdict')
    assert.deepEqual([outcome, baseline?.asExpected, baseline?.outcomeWithout], ['as-expected', true, 'non-conformant'])
    assert.deepEqual(
      scenarios.map((scenario) => scenario.outcome),
      ['failed'],
    )
    assert.match(lastLine(result), /^As expected: 1 known difference, 0 of \d+ must rules hold/)
    assert.doesNotMatch(result.out, /conformant/i)
    assert.match(result.out, /✗ CC-30 .* failed, as expected/)
    assert.ok(!readFileSync(join(result.reports, 'verdict.json'), 'utf8').includes(runs.folder), 'a path of the machine')
  })

  test('that lists what does not differ any more: 1; what was not selected is not stale', async () => {
    const stale = { ...LISTED, scenario: 'A call to a person, with media hosted by the service' }
    const result = await compared([stale, { ...LISTED, requirement: 'CC-35' }], '--requirement', 'CC-30')
    assert.equal(result.code, 1, output(result))
    assert.deepEqual(statuses(result), ['stale', 'not-selected'])
    assert.match(lastLine(result), /^Non-conformant: 0 of \d+ must rules broken, 1 stale entry/)
    assert.match(result.out, /stale: .* remove the entry \(https:\/\/bugs\.test\/7\)/)
  })

  test('cannot begin with an invalid file: 3, a sentence for every problem, nothing runs', async () => {
    const bad = [
      { ...LISTED, requirement: 'CC-99' },
      { ...LISTED, scenario: 'A call to the moon', expires: '2020-01-01' },
      { ...LISTED, requirement: 'CC-30', expected: 'flaky' },
      { ...LISTED, requirement: 'CC-30' },
    ]
    const { code, out, err, verdict } = await compared(bad)
    assert.deepEqual([code, out, verdict], [3, '', null], out + err)
    const lines = err.trim().split('\n')
    assert.equal(lines.pop(), 'Harness error: nothing ran; the lines before say what to change.')
    const SAYS = [/requirement "?.*CC-99/, /no scenario's name/, /is past \(2020-01-01\)/, /"flaky"/, /repeats "CC-30"/]
    assert.equal(lines.length, SAYS.length, err)
    for (const [at, says] of SAYS.entries()) assert.match(lines[at] ?? '', says)
    for (const line of lines) assert.match(line, /known-\d+\.json: entries\[\d\]\.\w+ .*; .*\.$/)
  })

  test('cannot begin without its file: 3; --verbose shows the stack', async () => {
    const { code, err } = await runs.conformance(['--baseline', 'nowhere.yaml', '--list', '--verbose'])
    assert.equal(code, 3)
    assert.match(
      err,
      /\n {4}at [\s\S]*\nHarness error: \S*nowhere\.yaml: the file does not exist; create it or correct its name\.$/m,
    )
  })
})

test('the report made again from the record alone compares with what was listed then', async () => {
  const result = await compared([{ ...LISTED, requirement: 'CC-30' }], ...WITHOUT_LOCATION)
  const first = result.verdict?.baseline ?? assert.fail(output(result))
  const remake = async () => {
    let errors = ''
    const error = (text: string) => {
      errors += text
    }
    const code = await report(['--reports', result.reports], { out: () => {}, error, allurePage: noAllurePage })
    assert.equal(code, 0, errors)
    return verdictSchema.parse(JSON.parse(readFileSync(join(result.reports, 'verdict.json'), 'utf8')))
  }
  assert.deepEqual(await remake(), result.verdict)
  // As after a kill: what the record does not say to be over counts as interrupted, and that is never as expected.
  rmSync(join(result.reports, 'verdict.json'))
  rmSync(join(runs.folder, `known-${files - 1}.json`))
  const { outcome, baseline } = await remake()
  assert.equal(outcome, 'incomplete')
  assert.deepEqual(baseline, { ...first, asExpected: false })
})
