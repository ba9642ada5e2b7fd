// Merged records judge coverage on the whole; records that do not belong together are refused with a reason.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { after, describe, test } from 'mocha'
import { noAllurePage } from '../../test/kit/allure'
import { record, type Scenario, scenario } from '../../test/kit/verdict-run'
import { report } from '../cli/report'
import { mergeRecords } from './merge-records'
import { readRun } from './read-messages'
import { contextMessage, type RunContext, suiteIdentity } from './run-metadata'

const folder = mkdtempSync(join(tmpdir(), 'merge-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const CONTEXT: RunContext = {
  suite: suiteIdentity(),
  strict: true,
  pseudonymised: false,
  baseline: null,
  configuration: {},
  target: { kind: 'tenant', baseUrl: 'https://graph.test', callsPath: '/beta/app/calls', profile: null, deviation: null },
  selection: { tags: null, requirements: [], stages: [], names: [], shard: null, seed: null },
}

type Change = Partial<Omit<RunContext, 'selection' | 'target'>> & {
  readonly shard?: string
  readonly stages?: string[]
  readonly baseUrl?: string
}

/** Scenarios stand at the line of their place in the list, so that two shards list the same ones. */
function shardOf(
  scenarios: readonly Scenario[],
  { shard, stages = [], baseUrl = CONTEXT.target.baseUrl, ...others }: Change,
): Envelope[] {
  const context = {
    ...CONTEXT,
    ...others,
    target: { ...CONTEXT.target, baseUrl },
    selection: { ...CONTEXT.selection, shard: shard ?? null, stages },
  }
  // Each run of cucumber makes ids of its own.
  const text = JSON.stringify(record(scenarios)).replaceAll('scenario-', `${shard ?? stages.join()}-scenario-`)
  const [hook, start, ...rest] = JSON.parse(text) as Envelope[]
  return [hook as Envelope, start as Envelope, contextMessage(context, undefined), ...rest]
}

const FIRST = ['passed CC-01', 'elsewhere CC-02'].map(scenario)
const SECOND = ['elsewhere CC-01', 'passed CC-02'].map(scenario)

let folders = 0
/** A folder of reports with this record. */
function folderOf(envelopes: readonly Envelope[]): string {
  const at = join(folder, `run-${folders++}`)
  mkdirSync(at)
  writeFileSync(join(at, 'messages.ndjson'), envelopes.map((one) => JSON.stringify(one)).join('\n'))
  return at
}

describe('merged records', () => {
  test('have each scenario once, as it ran', () => {
    const { envelopes, missing } = mergeRecords([
      { name: 'a', envelopes: shardOf(FIRST, { shard: '1/2' }) },
      { name: 'b', envelopes: shardOf(SECOND, { shard: '2/2' }) },
    ])
    const { scenarios } = readRun(envelopes)
    assert.deepEqual(
      scenarios.map(({ line, selected, finished }) => [line, selected, finished !== null]),
      [
        [1, true, true],
        [2, true, true],
      ],
    )
    assert.deepEqual(missing, [])
    assert.equal(envelopes.filter(({ testRunStarted, testRunFinished }) => testRunStarted ?? testRunFinished).length, 2)
  })

  test('may be of one tenant under a pseudonym in each', () => {
    const tenant = (id: string, pseudonymised: boolean) => ({ configuration: { GRAPH_TENANT_ID: id }, pseudonymised })
    const merge = (one: Change, other: Change) =>
      mergeRecords([
        { name: 'a', envelopes: shardOf(FIRST, { shard: '1/2', ...one }) },
        { name: 'b', envelopes: shardOf(SECOND, { shard: '2/2', ...other }) },
      ])
    assert.equal(merge(tenant('x', true), tenant('y', true)).missing.length, 0)
    assert.throws(() => merge(tenant('x', false), tenant('y', false)), /different tenants \(x and y\)/)
    assert.throws(() => merge(tenant('x', true), tenant('x', false)), /different uses of --pseudonymise/)
  })

  test('are refused where they do not belong together', () => {
    const one = { name: 'a', envelopes: shardOf(FIRST, { shard: '1/2' }) }
    const refused = (scenarios: readonly Scenario[], change: Change, pattern: RegExp) =>
      assert.throws(() => mergeRecords([one, { name: 'b', envelopes: shardOf(scenarios, change) }]), pattern)
    refused(FIRST, { shard: '2/2' }, /^UsageError: "passed CC-01" \(.*:1\) is in a and in b: leave one/)
    refused(SECOND, { shard: '2/2', baseUrl: 'https://other.test' }, /a and b have different targets/)
    refused(SECOND, { shard: '2/2', strict: false }, /different strictness/)
    refused(SECOND, { shard: '2/2', suite: { ...CONTEXT.suite, version: '0.0.9' } }, /different versions of the suite/)
    refused(SECOND, { shard: '2/3' }, /different divisions \(1\/2, 2\/3\)/)
    assert.throws(() => mergeRecords([{ name: 'a', envelopes: record(FIRST) }]), /record in a was killed before it began/)
  })
})

describe('npm run report', () => {
  const run = async (...args: string[]) => {
    let said = ''
    const write = (text: string) => {
      said += text
    }
    return { code: await report(args, { out: write, error: write, allurePage: noAllurePage }), said: () => said }
  }

  test('refuses a record of two runs, one of a newer suite, and the folder of a part as target, with exit 3', async () => {
    const one = shardOf(FIRST, { shard: '1/2' })
    const a = folderOf(one)
    const refused = async (pattern: RegExp, ...args: string[]) => {
      const { code, said } = await run(...args)
      assert.deepEqual([code, pattern.test(said())], [3, true], said())
    }
    await refused(/holds 2 runs: give each run a folder/, '--reports', folderOf([...one, ...one]))
    const newer = shardOf(FIRST, { suite: { ...CONTEXT.suite, version: '99.0.0' } })
    await refused(/was written by version 99\.0\.0 of the suite/, '--reports', folderOf(newer))
    await refused(/would replace it: choose another folder/, '--reports', a, '--merge', a)
  })
})
