// `npm run deviations`: exit codes, report and output for caught deviations and survivors, accepted and rejected variations, and errors.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'mocha'
import { isAsked, readDeviationsOptions, runDeviations } from '../../support/cli/deviations'
import { type DeviationsReport, deviationsReport } from '../../support/contract/deviations'
import { FixtureError } from '../../support/contract/fixture'
import { loadRequirementsFile } from '../../support/contract/requirements'
import { armable, type Catalogue, type DeviationInfo, type VariationInfo } from '../../support/mutation'
import { loadSupportCode } from '../../support/suite/cucumber'
import { catchesAmong } from '../../support/trials/attribution'
import { type Trial, type TrialResult, Trials, type Tried } from '../../support/trials/trial'
import { startWorkers } from '../../support/trials/worker-pool'

type Surroundings = Parameters<typeof runDeviations>[1]

const known = armable()
const BROKEN = known.deviations.find(({ id }) => id === 'location-missing') ?? assert.fail()
const LAWFUL = known.variations.find(({ requirement }) => requirement === null) ?? assert.fail()

/** An allowed variation, listed as a deviation of CC-03. */
const HARMLESS: DeviationInfo = { ...BROKEN, id: LAWFUL.id }
/** A deviation, listed as an allowed variation. */
const NOT_ALLOWED: VariationInfo = { ...BROKEN, requirement: null }

const only = (...listed: readonly DeviationInfo[]): Catalogue => ({ ...known, deviations: listed, variations: [] })

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

let runs = 0

/** Runs the command in this process, with one worker that is this process too. */
async function command(
  args: readonly string[],
  { catalogue = known, ...others }: { catalogue?: Catalogue } & Partial<Omit<Surroundings, 'catalogue'>> = {},
): Promise<Outcome> {
  const reports = join(folder, String(runs++))
  const texts = { out: '', err: '' }
  const code = await runDeviations(['--reports', reports, '--workers', '1', ...args], {
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
  const report = () => deviationsReport.parse(JSON.parse(readFileSync(join(reports, 'deviations.json'), 'utf8')))
  return { code, ...texts, report }
}

describe('everything caught: 0', () => {
  let outcome: Outcome
  before(async () => {
    outcome = await command(['--only', BROKEN.id, 'answer-call/state/', 'roster/value/'])
  })

  test('deviations of both kinds, and lawful mutations as allowed variations', () => {
    assert.equal(outcome.code, 0, outcome.out + outcome.err)
    const report = outcome.report()
    assert.deepEqual([report.outcome, report.full, report.workers, report.only.length], ['all-caught', false, 1, 3])
    assert.deepEqual(
      report.deviations.map(({ id, kind, detected }) => [id, kind, detected]),
      [
        ...['missing', 'null', 'type', 'value', 'is-incoming', 'has-a-capital'].map((id) => [
          `answer-call/state/${id}`,
          'mechanical',
          true,
        ]),
        ...['missing', 'null', 'type'].map((id) => [`roster/value/${id}`, 'mechanical', true]),
        [BROKEN.id, 'behaviour', true],
      ],
    )
    assert.deepEqual(
      report.twins.map(({ id, outcome: accepted }) => [id, accepted]),
      [['roster/value/value', 'conformant']],
    )
    assert.deepEqual([report.deviations.at(-1)?.by.length, report.unfailed], [1, []])
    assert.ok(report.leftOut.some(({ id, reason }) => id === 'roster/value/value' && reason.includes('CC-51')))
  })

  test('a table by requirement, the progress, and a last line; the report does not name the folder of the project', () => {
    const { out, err, report } = outcome
    assert.deepEqual(
      report().requirements.map(({ id, mechanical, behaviour }) => [id, mechanical, behaviour]),
      [
        ['CC-03', { caught: 0, of: 0 }, { caught: 1, of: 1 }],
        ['CC-20', { caught: 6, of: 6 }, { caught: 0, of: 0 }],
        ['CC-41', { caught: 3, of: 3 }, { caught: 0, of: 0 }],
      ],
    )
    assert.match(out, /CC-20 +6 of 6/)
    assert.match(err, /11 of 11 tried/)
    const [more, last] = out.trim().split('\n').slice(-2)
    assert.match(more ?? '', /npm run deviations -- --full$/)
    assert.match(
      last ?? '',
      /^10 of 10 deviations caught, 1 of 1 allowed variations conformant \(\d+ s on 1 worker\): .*deviations\.json$/,
    )
    assert.doesNotMatch(JSON.stringify(report()), new RegExp(process.cwd()))
  })
})

test('with --full a deviation runs against every scenario, and the report lists every other scenario that sees it', async () => {
  const seen = (name: string, requirement: string, reason: string): Tried => ({
    name,
    uri: '',
    line: 1,
    outcome: 'failed',
    requirements: [requirement],
    drift: [],
    reason,
  })
  const canned = ({ id, places, untilCaught }: Trial): TrialResult => {
    assert.ok(places.length > 250 && !untilCaught)
    const scenarios = [seen('own', 'CC-03', 'no Location'), seen('example', 'CC-30', ''), seen('other', 'CC-14', '')]
    return { id, scenarios, crash: null, durationMs: 1 }
  }
  const surroundings = {
    catalogue: only(BROKEN),
    startWorkers: (): ReturnType<Surroundings['startWorkers']> => async (trials, onResult) =>
      trials.map(canned).forEach(onResult),
  }
  const one = await command(['--full', '--only', BROKEN.id], surroundings)
  const [verdict] = one.report().deviations
  assert.deepEqual([one.code, verdict?.by, verdict?.alsoSeenBy], [1, ['own'], ['example']])
  assert.match(one.out, /location-missing \(CC-03\) is wrongly attributed: it is also seen by "other"/)
  assert.match(one.out, /0 of 1 deviations caught, .*, each against every scenario/)
  assert.deepEqual(one.report().unfailed, [])
  const all = await command(['--full'], surroundings)
  assert.ok(all.report().unfailed.length > 250, 'scenarios that no deviation fails')
  assert.match(all.out, /no deviation fails "The answer is JSON" \(CC-04\): nothing shows that it can fail/)
})

describe('not everything caught: 1', () => {
  test('survivors, each with the reason', async () => {
    const { code, out, report } = await command([], { catalogue: only(HARMLESS, { ...BROKEN, names: /moon/ }) })
    assert.equal(code, 1, out)
    assert.match(out, new RegExp(`${HARMLESS.id} \\(CC-03\\) survives: every scenario of CC-03 passes`))
    assert.match(out, /location-missing \(CC-03\) survives: ".*" fails without naming it: .*Location/)
    assert.match(out, /CC-03 +0 of 2/)
    // It went on after a scenario that failed without naming it.
    assert.ok((report().deviations[1]?.wronglySeenBy.length ?? 0) > 1)
    assert.equal(report().outcome, 'not-all-caught')
  })

  test('a variation that a scenario rejects, after all its scenarios', async () => {
    const { code, out, report } = await command([], { catalogue: { ...known, deviations: [], variations: [NOT_ALLOWED] } })
    assert.equal(code, 1, out)
    assert.match(out, /location-missing, an allowed variation, is non-conformant: ".*": .*Location/)
    assert.ok((report().twins[0]?.failedBy.length ?? 0) > 2)
  })
})

describe('errors: 3', () => {
  const failing = (error: Error) => ({ startWorkers: () => () => Promise.reject(error) })
  const ERRORS: readonly (readonly [
    what: string,
    args: readonly string[],
    given: Partial<Omit<Surroundings, 'catalogue'>>,
    message: RegExp,
  ])[] = [
    [
      'an unknown id',
      ['--only', 'moon'],
      {},
      /^There is no deviation or allowed variation "moon": "npm run deviations -- --list" prints all of them\.\n$/,
    ],
    [
      'documented messages that cannot be read',
      [],
      failing(new FixtureError([{ file: 'example.http', path: '', cause: 'it is empty', remedy: 'fill it' }])),
      /^example\.http.*it is empty.*fill it/,
    ],
    ['workers that fail', [], failing(new Error('no memory')), /^The trials failed: no memory\n$/],
    [
      'a worker that dies',
      ['--only', BROKEN.id],
      { startWorkers: (count) => startWorkers(count, join(__dirname, 'dying-worker.js')) },
      /^The trials failed: a worker ended with 7/,
    ],
  ]
  for (const [what, args, given, message] of ERRORS)
    test(`${what}: one sentence and no report`, async () => {
      const { code, out, err, report } = await command(args, given)
      assert.deepEqual([code, out], [3, ''])
      assert.match(err, message)
      assert.throws(report, /ENOENT/)
    })

  const INVALID: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['--only', 'answer-call'], /no deviation or allowed variation "answer-call"/],
    [['--workers', '0'], /^--workers "0" cannot be used: write a number from 1 to 99/],
    [['--moon'], /^Unknown option '--moon'\. See "npm run deviations -- --help"/],
  ]
  for (const [args, message] of INVALID)
    test(args.join(' '), () =>
      assert.throws(() => readDeviationsOptions(args, known, assert.fail), { name: 'UsageError', message }),
    )
})

test('--only takes ids, beginnings of ids that end with a slash or a dot, and requirements', () => {
  const asked = (...ids: readonly string[]) => known.deviations.filter((one) => isAsked(ids, one)).map(({ id }) => id)
  assert.equal(asked().length, known.deviations.length)
  assert.deepEqual(asked('answer-call/state/missing'), ['answer-call/state/missing'])
  assert.ok(asked('answer-call/source.').length > 10 && asked('answer-call/').length > asked('answer-call/source.').length)
  assert.deepEqual(asked('answer-call/state'), [])
  assert.ok(asked('CC-44').includes('roster-of-a-call') && asked('CC-44').length < 5)
})

test('--list prints every id with its requirement and runs nothing; --help prints the options', async () => {
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

test('on a terminal the progress is one line, and a failure has a line of its own', async () => {
  const { err } = await command([], { catalogue: only(HARMLESS), isTerminal: true })
  const [first, failure, end] = err.split('\r\u001b[K')
  assert.deepEqual([first, end], ['', '1 of 1 \n'])
  assert.match(failure ?? '', /^ {2}✗ .* survives: .*\n$/)
})
