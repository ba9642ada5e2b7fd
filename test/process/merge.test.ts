// `npm run report -- --merge`: shards of real runs become one record, one verdict and one page.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'mocha'
import { report } from '../../support/cli/report'
import { readRun } from '../../support/results/read-messages'
import { readRecord } from '../../support/results/record'
import { noAllurePage } from '../kit/allure'
import { CommandRuns, EXAMPLES, type Result, verdictIn } from '../kit/command-runs'

const SOME = ['--tags', '@CC-35 or @CC-32 or @CC-30']
const runs = new CommandRuns({ features: EXAMPLES })
let shards: readonly Result[]
let failing: Result

before(async () => {
  shards = [await runs.conformance([...SOME, '--shard', '1/2']), await runs.conformance([...SOME, '--shard', '2/2'])]
  failing = await runs.conformance([...SOME, '--shard', '2/2', '--strict', '--deviation', 'lobby-flag-stuck'])
})
after(() => runs.remove())

async function merged(name: string, parts: readonly Result[]) {
  const target = join(runs.folder, name)
  let said = ''
  const write = (text: string) => {
    said += text
  }
  const options = ['--reports', target, '--merge', ...parts.map(({ reports }) => reports)]
  const code = await report(options, { out: write, error: write, allurePage: noAllurePage })
  return { code, said, target, verdict: verdictIn(target), page: () => readFileSync(join(target, 'index.html'), 'utf8') }
}

describe('merged shards', () => {
  test('have the verdict of a whole run, with each scenario once', async () => {
    const { code, said, target, verdict, page } = await merged('whole', shards)
    assert.equal(code, 0, said)
    const names = shards.flatMap((shard) => shard.verdict?.scenarios ?? []).map(({ name }) => name)
    assert.ok(names.length > 2)
    assert.deepEqual(verdict?.scenarios.map(({ name }) => name).sort(), names.sort())
    assert.deepEqual([verdict?.outcome, verdict?.selection.shard], ['conformant', null])
    // Coverage is judged on the whole: each shard alone left out some of these.
    for (const id of ['CC-30', 'CC-32', 'CC-35'])
      assert.equal(verdict?.requirements.find((one) => one.id === id)?.outcome, 'passed', id)
    const { scenarios } = readRun(readRecord(join(target, 'messages.ndjson')))
    const places = scenarios.map(({ pickle, line }) => `${pickle.uri}:${line}`)
    assert.equal(new Set(places).size, places.length)
    assert.match(page(), /Merged from/)
    assert.match(said.trim().split('\n').at(-1) ?? '', /^Conformant.*whole\/index\.html$/)
  })

  test('without one of them are incomplete, and the missing one is named', async () => {
    const { code, verdict, page } = await merged('partial', shards.slice(0, 1))
    assert.deepEqual([code, verdict?.outcome, verdict?.reason], [2, 'incomplete', 'shard 2/2 of the run: no record was given'])
    assert.match(page(), /The record is not whole/)
  })

  test('of different targets, or with a scenario twice, are refused', async () => {
    const different = await merged('different', [shards[0] as Result, failing])
    assert.deepEqual([different.code, /have different deviations \(none and lobby-flag-stuck\)/.test(different.said)], [3, true])
    const twice = await merged('twice', [shards[0] as Result, shards[0] as Result])
    assert.deepEqual([twice.code, /leave one of the two out/.test(twice.said)], [3, true], twice.said)
  })

  test('exit as their verdict says', async () => {
    const first = await runs.conformance([...SOME, '--shard', '1/2', '--deviation', 'lobby-flag-stuck'])
    const { code, verdict } = await merged('failing', [first, failing])
    assert.deepEqual([code, verdict?.outcome], [1, 'non-conformant'])
  })
})
