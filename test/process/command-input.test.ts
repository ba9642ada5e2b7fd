// What bad input gets from `npm run conformance`: one sentence with the remedy, exit code 3, and nothing runs.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'mocha'
import { CommandRuns } from '../kit/command-runs'
import { ScratchProject } from '../kit/scratch-project'

const runs = new CommandRuns()
after(() => runs.remove())

describe('bad input: one sentence with the remedy, 3, nothing runs', () => {
  const BAD: readonly [args: string[], sentence: RegExp][] = [
    [['--nonsense'], /Unknown option '--nonsense'.*--help/],
    [['--target', 'moon'], /--target "moon".*simulator, tenant/],
    [['--profile', 'observed'], /--profile observed is not available yet/],
    [['--requirement', 'CC-99'], /--requirement "CC-99" is no requirement: write an id/],
    [['--tags', '@a or (@b'], /--tags .* is no tag expression.*write for example/],
    [['--deviation', 'moon'], /--deviation "moon" is no deviation: "npm run deviations -- --list"/],
    [['--shard', '3/2'], /--shard "3\/2" cannot be used: write PART\/OF/],
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

test('a fixture that cannot be read names file and place; --verbose shows the stack', async () => {
  const project = new ScratchProject({ spoilt: false })
  const requirements = join(project.folder, 'fixtures/requirements.yaml')
  try {
    writeFileSync(requirements, readFileSync(requirements, 'utf8').replace('level: must', 'level: maybe'))
    const { code, err } = await project.conformance('--list', '--verbose')
    assert.equal(code, 3)
    assert.match(err.split('\n')[0] ?? '', /^fixtures\/requirements\.yaml: .*level/)
    assert.match(err, /\n {4}at /)
  } finally {
    project.remove()
  }
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
