// `npm run deviations` as a person runs it: exit codes, what is told, and the report; with a catalogue that is spoilt on purpose.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'mocha'
import { type DeviationsReport, deviationsReport } from '../support/contract/deviations'
import { isAsked, readDeviationsOptions } from '../support/run/deviations-options'
import { armable } from '../support/targets/deviations'
import { ScratchProject } from './scratch-project'

/** Written deviations for this test alone: one that is caught, and one for each way of not being caught; a twin that is none. */
const CATALOGUE = `// Deviations and a twin for the tests of the command.
const withoutLocation = ({ graph }) => ({
  graph: async (request) => {
    const response = await graph(request)
    const headers = new Headers(response.headers)
    headers.delete('location')
    return new Response(response.body, { status: response.status, headers })
  },
})
const unreachable = () => ({ graph: async () => { throw new Error('nobody answers') } })
const deviation = (id, wrap, names = /Location/) => ({ id, requirement: 'CC-03', description: 'Made up.', names, wrap })
export const BEHAVIOURS = [
  deviation('caught', withoutLocation),
  deviation('harmless', () => ({})),
  deviation('misnamed', withoutLocation, /moon/),
  deviation('unreachable', unreachable),
  deviation('deadly', () => process.exit(7)),
]
export const TWINS = [{ id: 'no-twin', description: 'Made up.', lawful: 'none', ordered: true, wrap: withoutLocation }]
`

const project = new ScratchProject({ spoilt: false })
before(() => writeFileSync(join(project.folder, 'support/simulator/deviations/catalogue.ts'), CATALOGUE))
after(() => project.remove())

interface Told {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly report: () => DeviationsReport
}

function deviations(...args: readonly string[]): Promise<Told> {
  const reports = project.newReports()
  const child = spawn(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', 'support/run/deviations.ts', '--reports', reports, '--workers', '1', ...args],
    { cwd: project.folder },
  )
  const texts = { out: '', err: '' }
  child.stdout.on('data', (text) => {
    texts.out += text
  })
  child.stderr.on('data', (text) => {
    texts.err += text
  })
  const file = join(project.folder, reports, 'deviations.json')
  return new Promise((resolve) => {
    child.on('close', (code) =>
      resolve({ code, ...texts, report: () => deviationsReport.parse(JSON.parse(readFileSync(file, 'utf8'))) }),
    )
  })
}

describe('everything caught: 0', () => {
  test('deviations of both kinds, and lawful mutations as twins', async () => {
    const { code, out, err, report } = await deviations('--only', 'caught', 'answer-call/state/', 'roster/value/')
    assert.equal(code, 0, out + err)
    const { outcome, deviations: tried, twins, leftOut, requirements, full, workers, only } = report()
    assert.deepEqual([outcome, full, workers, only.length], ['all-caught', false, 1, 3])
    assert.deepEqual(
      tried.map(({ id, kind, detected }) => [id, kind, detected]),
      [
        ...['missing', 'null', 'type', 'value'].map((wrong) => [`answer-call/state/${wrong}`, 'mechanical', true]),
        ...['missing', 'null', 'type'].map((wrong) => [`roster/value/${wrong}`, 'mechanical', true]),
        ['caught', 'behaviour', true],
      ],
    )
    assert.deepEqual(tried.at(-1)?.by, [
      'The answer says where the new call to a person is',
      'The answer says where the new call in a meeting is',
    ])
    assert.ok(tried.at(-1)?.alsoSeenBy.includes('Joining a channel meeting'))
    assert.deepEqual(
      twins.map(({ id, outcome }) => [id, outcome]),
      [['roster/value/value', 'conformant']],
    )
    assert.ok(leftOut.some(({ id, reason }) => id === 'roster/value/value' && reason.includes('CC-51')))
    assert.deepEqual(
      requirements.map(({ id, mechanical, behaviour }) => [id, mechanical, behaviour]),
      [
        ['CC-03', { caught: 0, of: 0 }, { caught: 1, of: 1 }],
        ['CC-20', { caught: 4, of: 4 }, { caught: 0, of: 0 }],
        ['CC-41', { caught: 3, of: 3 }, { caught: 0, of: 0 }],
      ],
    )
    assert.match(out, /CC-20 +4 of 4/)
    assert.match(
      out.trim().split('\n').at(-1) ?? '',
      /^8 of 8 deviations caught, 1 of 1 twins conformant \(\d+ s on 1 worker\): reports\/\d+\/deviations\.json$/,
    )
    assert.match(err, /9 of 9 tried/)
    assert.doesNotMatch(JSON.stringify(report()), new RegExp(project.folder))
  })
})

describe('not everything caught: 1', () => {
  test('survivors, each with why', async () => {
    const { code, out, report } = await deviations('--only', 'harmless', 'misnamed', 'unreachable', 'caught')
    assert.equal(code, 1, out)
    assert.match(out, /harmless \(CC-03\) survives: every scenario of CC-03 passes/)
    assert.match(out, /misnamed \(CC-03\) survives: ".*" fails without naming it: .*Location/)
    assert.match(out, /unreachable \(CC-03\) survives: ".*" is could-not-run, which does not count/)
    assert.doesNotMatch(out, /✗ caught/)
    assert.match(out, /CC-03 +1 of 4/)
    assert.equal(report().outcome, 'not-all-caught')
  })

  test('a twin that is minded', async () => {
    const { code, out } = await deviations('--only', 'no-twin')
    assert.equal(code, 1, out)
    assert.match(out, /no-twin, a lawful difference, is non-conformant: ".*": .*Location/)
  })
})

describe('what is ours: 3', () => {
  test('an id that there is none of: one sentence, and no catalogue', async () => {
    const { code, out, err } = await deviations('--only', 'moon')
    assert.deepEqual([code, out], [3, ''])
    assert.match(err, /^There is no deviation or twin "moon": "npm run deviations -- --list" prints those that there are\.\n$/)
  })

  test('a worker that dies', async () => {
    const { code, err, report } = await deviations('--only', 'deadly')
    assert.equal(code, 3)
    assert.match(err, /The trials failed: a worker ended with 7/)
    assert.throws(report, /ENOENT/)
  })

  const UNUSABLE: readonly (readonly [args: readonly string[], remedy: RegExp])[] = [
    [['--only', 'answer-call'], /no deviation or twin "answer-call"/],
    [['--workers', '0'], /number of workers "0" cannot be used: write a number from 1 to 99/],
    [['--moon'], /unknown option '--moon': see "npm run deviations -- --help"/],
  ]
  for (const [args, remedy] of UNUSABLE) {
    test(args.join(' '), () => assert.throws(() => readDeviationsOptions(args), { name: 'UsageError', message: remedy }))
  }
})

test('--only takes ids, beginnings of ids where they end with a slash or a dot, and requirements', () => {
  const { deviations: all } = armable()
  const asked = (...only: readonly string[]) => all.filter((one) => isAsked(only, one)).map(({ id }) => id)
  assert.equal(asked().length, all.length)
  assert.deepEqual(asked('answer-call/state/missing'), ['answer-call/state/missing'])
  assert.ok(asked('answer-call/source.').length > 10 && asked('answer-call/').length > asked('answer-call/source.').length)
  assert.deepEqual(asked('answer-call/state'), [])
  assert.deepEqual(
    asked('CC-44'),
    all.filter(({ requirement }) => requirement === 'CC-44').map(({ id }) => id),
  )
})

test('--list prints every id with its requirement, and tries nothing; --help prints none', async () => {
  const { code, out, report } = await deviations('--list')
  assert.equal(code, 0)
  assert.match(out, /^CC-20\tanswer-call\/state\/missing\tIn the answer to a call to a person, state is missing\.$/m)
  assert.match(out, /^CC-03\tharmless\tMade up\.$/m)
  assert.match(out, /^lawful\tno-twin\t/m)
  assert.match(out, /^left out\tanswer-call\/subject\/null\tit is printed as null$/m)
  assert.throws(report, /ENOENT/)
  const help = await deviations('--help')
  assert.equal(help.code, 0)
  assert.doesNotMatch(help.out, /answer-call\/state|harmless/)
})
