// `npm run deviations`: exit codes, output and report, with deviations that are caught and deviations that are not.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'mocha'
import { deviations, type Surroundings } from '../../support/cli/deviations'
import { isAsked, readDeviationsOptions } from '../../support/cli/deviations-options'
import { type DeviationsReport, deviationsReport } from '../../support/contract/deviations'
import { FixtureError } from '../../support/contract/fixture'
import { loadRequirementsFile } from '../../support/contract/requirements'
import { armable, type Catalogue, type DeviationInfo, type TwinInfo } from '../../support/mutation'
import { loadSupportCode } from '../../support/suite/cucumber'
import { catchesAmong } from '../../support/trials/attribution'
import { type Trial, type TrialResult, Trials, type Tried } from '../../support/trials/trial'
import { startWorkers } from '../../support/trials/worker-pool'
import { ScratchProject } from '../kit/scratch-project'
import { FULL_ONLY, testUnless } from '../kit/unless'

const known = armable()

function named(id: string): DeviationInfo {
  return known.deviations.find((one) => one.id === id) ?? assert.fail(`there is no deviation ${id}`)
}

const LAWFUL = known.twins.find(({ requirement }) => requirement === null) ?? assert.fail('there is no twin')
const BROKEN = named('location-missing')

/** An allowed variation, listed as a deviation of CC-03. */
const HARMLESS: DeviationInfo = { ...BROKEN, id: LAWFUL.id }
/** A deviation, listed as an allowed variation. */
const NO_TWIN: TwinInfo = { ...BROKEN, requirement: null }

const withDeviations = (...listed: readonly DeviationInfo[]): Catalogue => ({ ...known, deviations: listed, twins: [] })

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'deviations-'))
})
after(() => rmSync(folder, { recursive: true }))

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly report: () => DeviationsReport
}

const readReport = (file: string) => () => deviationsReport.parse(JSON.parse(readFileSync(file, 'utf8')))

let runs = 0

/** Runs the command in this process, with one worker that is this process too. */
async function command(
  args: readonly string[],
  { catalogue = known, ...others }: { catalogue?: Catalogue } & Partial<Omit<Surroundings, 'catalogue'>> = {},
): Promise<Outcome> {
  const reports = join(folder, String(runs++))
  const texts = { out: '', err: '' }
  const code = await deviations(['--reports', reports, '--workers', '1', ...args], {
    out: (text) => {
      texts.out += text
    },
    error: (text) => {
      texts.err += text
    },
    isTerminal: false,
    catalogue: () => catalogue,
    startWorkers: (count) => {
      assert.equal(count, 1)
      return async (trials, onResult) => {
        const here = new Trials(await loadSupportCode(), loadRequirementsFile(), catchesAmong(catalogue.deviations))
        for (const result of await here.run(trials)) onResult(result)
      }
    },
    ...others,
  })
  return { code, ...texts, report: readReport(join(reports, 'deviations.json')) }
}

describe('everything caught: 0', () => {
  let outcome: Outcome
  before(async () => {
    outcome = await command(['--only', BROKEN.id, 'answer-call/state/', 'roster/value/'])
  })

  test('deviations of both kinds, and lawful mutations as twins', () => {
    assert.equal(outcome.code, 0, outcome.out + outcome.err)
    const report = outcome.report()
    assert.deepEqual([report.outcome, report.full, report.workers, report.only.length], ['all-caught', false, 1, 3])
    assert.deepEqual(
      report.deviations.map(({ id, kind, detected }) => [id, kind, detected]),
      [
        ...['missing', 'null', 'type', 'value'].map((wrong) => [`answer-call/state/${wrong}`, 'mechanical', true]),
        ...['missing', 'null', 'type'].map((wrong) => [`roster/value/${wrong}`, 'mechanical', true]),
        [BROKEN.id, 'behaviour', true],
      ],
    )
    assert.deepEqual(
      report.twins.map(({ id, outcome: accepted }) => [id, accepted]),
      [['roster/value/value', 'conformant']],
    )
    assert.ok(report.leftOut.some(({ id, reason }) => id === 'roster/value/value' && reason.includes('CC-51')))
  })

  test('a deviation stops at the scenario that catches it', () => {
    const { by, alsoSeenBy, wronglySeenBy } = outcome.report().deviations.at(-1) ?? assert.fail('nothing was tried')
    assert.equal(by.length, 1)
    assert.match(by[0] ?? '', /^The answer says where the new call .* is$/)
    assert.deepEqual([alsoSeenBy, wronglySeenBy, outcome.report().unfailed], [[], [], []])
  })

  test('a table by requirement, the progress, and a last line; none names the folder of the project', () => {
    const { out, err, report } = outcome
    assert.deepEqual(
      report().requirements.map(({ id, mechanical, behaviour }) => [id, mechanical, behaviour]),
      [
        ['CC-03', { caught: 0, of: 0 }, { caught: 1, of: 1 }],
        ['CC-20', { caught: 4, of: 4 }, { caught: 0, of: 0 }],
        ['CC-41', { caught: 3, of: 3 }, { caught: 0, of: 0 }],
      ],
    )
    assert.match(out, /CC-20 +4 of 4/)
    assert.match(err, /9 of 9 tried/)
    const [more, last] = out.trim().split('\n').slice(-2)
    assert.match(more ?? '', /npm run deviations -- --full$/)
    assert.match(last ?? '', /^8 of 8 deviations caught, 1 of 1 twins conformant \(\d+ s on 1 worker\): .*deviations\.json$/)
    assert.doesNotMatch(JSON.stringify(report()), new RegExp(process.cwd()))
  })
})

test('with --full a deviation runs against every scenario, and whatever else sees it is listed', async () => {
  const canned = (trials: readonly Trial[]): readonly TrialResult[] =>
    trials.map(({ id, places, untilCaught }) => {
      assert.ok(places.length > 250 && !untilCaught)
      const seen = (name: string, requirement: string, reason: string): Tried => ({
        name,
        uri: '',
        line: 1,
        outcome: 'failed',
        requirements: [requirement],
        drift: [],
        reason,
      })
      const scenarios = [seen('own', 'CC-03', 'no Location'), seen('example', 'CC-30', ''), seen('other', 'CC-14', '')]
      return { id, scenarios, crash: null, durationMs: 1 }
    })
  const startWorkers: Surroundings['startWorkers'] = () => async (trials, onResult) => canned(trials).forEach(onResult)
  const catalogue = withDeviations(BROKEN)
  const only = await command(['--full', '--only', BROKEN.id], { catalogue, startWorkers })
  const [verdict] = only.report().deviations
  assert.deepEqual([only.code, verdict?.by, verdict?.alsoSeenBy], [1, ['own'], ['example']])
  assert.match(only.out, /location-missing \(CC-03\) is wrongly attributed: it is also seen by "other"/)
  assert.match(only.out, /0 of 1 deviations caught, .*, each against every scenario/)
  assert.deepEqual(only.report().unfailed, [])
  const all = await command(['--full'], { catalogue, startWorkers })
  assert.ok(all.report().unfailed.length > 250, 'scenarios that no deviation fails')
  assert.match(all.out, /no deviation fails "The answer is JSON" \(CC-04\): nothing shows that it can fail/)
})

describe('not everything caught: 1', () => {
  test('survivors, each with why', async () => {
    const misnamed = { ...BROKEN, names: /moon/ }
    const { code, out, report } = await command([], { catalogue: withDeviations(HARMLESS, misnamed) })
    assert.equal(code, 1, out)
    assert.match(out, new RegExp(`${HARMLESS.id} \\(CC-03\\) survives: every scenario of CC-03 passes`))
    assert.match(out, /location-missing \(CC-03\) survives: ".*" fails without naming it: .*Location/)
    assert.match(out, /CC-03 +0 of 2/)
    // It went on after a scenario that failed without naming it.
    assert.ok((report().deviations[1]?.wronglySeenBy.length ?? 0) > 1)
    assert.equal(report().outcome, 'not-all-caught')
  })

  test('a twin that a scenario minds', async () => {
    const { code, out, report } = await command([], { catalogue: { ...known, deviations: [], twins: [NO_TWIN] } })
    assert.equal(code, 1, out)
    assert.match(out, /location-missing, a lawful difference, is non-conformant: ".*": .*Location/)
    // A twin does not stop at the first scenario that minds it.
    assert.ok((report().twins[0]?.mindedBy.length ?? 0) > 2)
  })
})

describe('what is ours: 3', () => {
  test('an unknown id: one sentence, and no catalogue', async () => {
    const { code, out, err } = await command(['--only', 'moon'])
    assert.deepEqual([code, out], [3, ''])
    assert.match(err, /^There is no deviation or twin "moon": "npm run deviations -- --list" prints those that there are\.\n$/)
  })

  test('documented messages that cannot be read', async () => {
    const { code, err } = await command([], {
      startWorkers: () => {
        throw new FixtureError([{ file: 'example.http', path: '', cause: 'it is empty', remedy: 'fill it' }])
      },
    })
    assert.equal(code, 3)
    assert.match(err, /^example\.http.*it is empty.*fill it/)
  })

  test('workers that fail', async () => {
    const { code, err, report } = await command([], {
      startWorkers: () => () => Promise.reject(new Error('a worker ended with 7')),
    })
    assert.deepEqual([code, err], [3, 'The trials failed: a worker ended with 7\n'])
    assert.throws(report, /ENOENT/)
  })

  const UNUSABLE: readonly (readonly [args: readonly string[], remedy: RegExp])[] = [
    [['--only', 'answer-call'], /no deviation or twin "answer-call"/],
    [['--workers', '0'], /^--workers "0" cannot be used: write a number from 1 to 99/],
    [['--moon'], /^Unknown option '--moon'\. See "npm run deviations -- --help"/],
  ]
  for (const [args, remedy] of UNUSABLE) {
    test(args.join(' '), () =>
      assert.throws(() => readDeviationsOptions(args, known, assert.fail), { name: 'UsageError', message: remedy }),
    )
  }
})

test('--only takes ids, beginnings of ids where they end with a slash or a dot, and requirements', () => {
  const { deviations: all } = known
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
  const { code, out, report } = await command(['--list'])
  assert.equal(code, 0)
  assert.match(out, /^CC-20\tanswer-call\/state\/missing\tIn the answer to a call to a person, state is missing\.$/m)
  assert.match(out, new RegExp(`^CC-03\\t${BROKEN.id}\\t${BROKEN.description}$`, 'm'))
  assert.match(out, new RegExp(`^lawful\\t${LAWFUL.id}\\t`, 'm'))
  assert.match(out, /^left out\tanswer-call\/subject\/null\tit is printed as null$/m)
  assert.throws(report, /ENOENT/)
  const help = await command(['--help'])
  assert.equal(help.code, 0)
  assert.match(help.out, /--workers/)
  assert.doesNotMatch(help.out, /answer-call\/state|location-missing/)
})

/** Clears the line that the cursor is in. */
const CLEAR = '\r\u001b[K'

test('on a terminal the progress is one line, and a fault stands on a line of its own', async () => {
  const { err } = await command([], { catalogue: withDeviations(HARMLESS), isTerminal: true })
  const [before, fault, end] = err.split(CLEAR)
  assert.deepEqual([before, end], ['', '1 of 1 \n'])
  assert.match(fault ?? '', /^ {2}✗ .* survives: .*\n$/)
})

/** Replaces what is armed, so that processes of their own can be given deviations that misbehave. */
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
]
export const TWINS = [{ id: 'no-twin', description: 'Made up.', lawful: 'none', ordered: true, wrap: withoutLocation }]
`

describe('as a process, with workers', () => {
  const project = new ScratchProject({ spoilt: false })
  before(() => writeFileSync(join(project.folder, 'support/mutation/catalogue/index.ts'), CATALOGUE))
  after(() => project.remove())

  function started(...args: readonly string[]): Promise<Outcome> {
    const reports = project.newReports()
    const program = ['-r', 'ts-node/register/transpile-only', 'support/cli/deviations.ts', '--reports', reports]
    const child = spawn(process.execPath, [...program, ...args], { cwd: project.folder })
    const texts = { out: '', err: '' }
    child.stdout.on('data', (text) => {
      texts.out += text
    })
    child.stderr.on('data', (text) => {
      texts.err += text
    })
    const report = readReport(join(project.folder, reports, 'deviations.json'))
    return new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, ...texts, report }))
    })
  }

  testUnless(FULL_ONLY, 'a small run of everything: the survivors and the minded twin make it 1', async () => {
    const asked = ['caught', 'harmless', 'misnamed', 'unreachable', 'no-twin', 'answer-call/state/']
    const { code, out, err, report } = await started('--workers', '1', '--only', ...asked)
    assert.equal(code, 1, out + err)
    assert.match(out, /harmless \(CC-03\) survives: every scenario of CC-03 passes/)
    assert.match(out, /misnamed \(CC-03\) survives: ".*" fails without naming it: .*Location/)
    assert.match(out, /unreachable \(CC-03\) survives: ".*" is could-not-run, which does not count/)
    assert.match(out, /no-twin, a lawful difference, is non-conformant: ".*": .*Location/)
    assert.doesNotMatch(out, /✗ caught/)
    assert.match(out, /CC-03 +1 of 4/)
    assert.match(
      out,
      /\n5 of 8 deviations caught, 0 of 1 twins conformant \(\d+ s on 1 worker\): reports\/\d+\/deviations\.json\n$/,
    )
    assert.match(err, /9 of 9 tried/)
    assert.equal(report().outcome, 'not-all-caught')
    assert.doesNotMatch(JSON.stringify(report()), new RegExp(project.folder))
  })
})

test('a worker that dies: 3, and no report', async () => {
  const dying = (count: number) => startWorkers(count, join(__dirname, 'dying-worker.js'))
  const { code, err, report } = await command(['--only', BROKEN.id], { startWorkers: dying })
  assert.equal(code, 3)
  assert.match(err, /The trials failed: a worker ended with 7/)
  assert.throws(report, /ENOENT/)
})
