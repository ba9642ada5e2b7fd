// Parses the options of a run: the value of each valid option, and an error for each invalid one that names it and gives the remedy.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { UsageError } from '../contract/command-line'
import { loadRequirements } from '../contract/requirements'
import { revisionOf } from '../contract/revisions'
import { armable } from '../mutation'
import { DEFAULT_PARAMETERS } from '../suite/world-parameters'
import { heldTo, type Options, readOptions } from './options'

const requirements = loadRequirements()

function read(...args: string[]): Options {
  return readOptions(args, requirements, () => {}) ?? assert.fail('help was asked for')
}

/** Asserts that options are refused in one sentence that says all of this. */
function refused(args: readonly string[], ...says: readonly RegExp[]): void {
  assert.throws(
    () => readOptions(args, requirements, () => {}),
    (error) => {
      assert.ok(error instanceof UsageError, String(error))
      assert.doesNotMatch(error.message, /\n|^error/)
      for (const part of says) assert.match(error.message, part)
      return true
    },
  )
}

test('without options everything runs once, in order, without a deviation, and strictly', () => {
  assert.deepEqual(read(), {
    selection: { tags: '', names: [], order: 'defined', parallel: 0, shard: '', dryRun: false },
    asked: { tags: null, requirements: [], stages: [] },
    parameters: DEFAULT_PARAMETERS,
    strict: true,
    list: false,
    baseline: null,
    reports: 'reports',
    pseudonymise: false,
    verbose: false,
    bail: false,
    command: 'npm run conformance --',
  })
})

const deviation = armable().deviations[0]?.id ?? assert.fail('no deviations')

describe('a good option', () => {
  const GOOD: readonly (readonly [args: string[], read: (options: Options) => unknown, value: unknown])[] = [
    [['--target', 'simulator'], ({ parameters }) => parameters.target, 'simulator'],
    [['--target', 'tenant'], ({ parameters, strict }) => [parameters.target, strict], ['tenant', false]],
    [['--target', 'tenant', '--strict'], ({ strict }) => strict, true],
    [['--stage', 'joins'], ({ selection, asked }) => [selection.tags, asked.stages], ['(@joins)', ['joins']]],
    [['--stage', 'refusals', '--stage', 'people'], ({ selection }) => selection.tags, '(@makes-no-call or @rings)'],
    [['--profile', 'documented'], ({ parameters, strict }) => [parameters.profile, strict], ['documented', true]],
    [['--profile', 'observed'], ({ parameters, strict }) => [parameters.profile, strict], ['observed', false]],
    [['--profile', 'observed', '--strict'], ({ strict }) => strict, true],
    [['--profile', 'observed', '--strict'], ({ command }) => command, 'npm run conformance -- --profile observed --strict'],
    [['--name', 'joining', '--name', '^A call'], ({ selection }) => selection.names, ['joining', '^A call']],
    [['--order', 'defined'], ({ selection }) => selection.order, 'defined'],
    [['--order', 'random:a1'], ({ selection }) => selection.order, 'random:a1'],
    [['--bail'], ({ bail }) => bail, true],
    [
      ['--target', 'tenant', '--strict', '--tags', '@CC-30'],
      ({ command }) => command,
      'npm run conformance -- --target tenant --strict',
    ],
    [['--deviation', deviation], ({ command }) => command, `npm run conformance -- --deviation ${deviation}`],
    [['--parallel', '2'], ({ selection }) => selection.parallel, 2],
    [['--parallel=99'], ({ selection }) => selection.parallel, 99],
    [['--shard', '1/3'], ({ selection }) => selection.shard, '1/3'],
    [['--shard', '3/3'], ({ selection }) => selection.shard, '3/3'],
    [['--list'], ({ list, selection }) => [list, selection.dryRun], [true, true]],
    [['--strict'], ({ strict }) => strict, true],
    [['--no-strict'], ({ strict }) => strict, false],
    [['--deviation', deviation], ({ parameters }) => parameters.deviation, deviation],
    [['--baseline', 'known.yaml'], ({ baseline }) => baseline, 'known.yaml'],
    [['--reports', 'elsewhere'], ({ reports }) => reports, 'elsewhere'],
    [['--pseudonymise'], ({ pseudonymise }) => pseudonymise, true],
    [['--verbose'], ({ verbose }) => verbose, true],
  ]
  for (const [args, value, expected] of GOOD) test(args.join(' '), () => assert.deepEqual(value(read(...args)), expected))
})

describe('tags and requirements', () => {
  test('alone and together, each in its own brackets', () => {
    const selected = (...args: string[]) => read(...args).selection.tags
    assert.equal(selected('--tags', '@joins or @rings'), '(@joins or @rings)')
    assert.equal(selected('--requirement', 'CC-30'), '(@CC-30)')
    assert.equal(selected('--requirement', 'CC-30', '--requirement', 'CC-22b'), '(@CC-30 or @CC-22b)')
    assert.equal(
      selected('--tags', 'not @rings or @joins', '--requirement', 'CC-30', '--requirement', 'CC-31'),
      '(not @rings or @joins) and (@CC-30 or @CC-31)',
    )
  })

  test('are kept as they were asked for', () => {
    assert.deepEqual(read('--tags', '@joins', '--requirement', 'CC-30').asked, {
      tags: '@joins',
      requirements: ['CC-30'],
      stages: [],
    })
  })
})

describe('the root of calls', () => {
  const V1 = '/v1.0/communications/calls'

  test('is that of 2019, or the one that is asked for, which a repetition names', () => {
    assert.equal(read().parameters.callsPath, '/beta/app/calls')
    const { parameters, command } = read('--calls-path', V1)
    assert.deepEqual([parameters.callsPath, command], [V1, `npm run conformance -- --calls-path ${V1}`])
  })

  test('leaves the scenarios of other revisions out, beside what else is selected', () => {
    const { tags } = heldTo(read('--calls-path', V1, '--tags', '@CC-30'), revisionOf(V1), requirements).selection
    assert.match(tags, /^\(@CC-30\) and not \(@not-in:v1\.0 or .*@CC-28.*@MU-01/)
    const first = heldTo(read(), revisionOf('/beta/app/calls'), requirements).selection.tags
    assert.match(first, /^not \(@not-in:2019-11 or @CC-80 or @CC-81 or @CC-82\)$/)
  })

  test('with a requirement that its pages do not have is refused', () => {
    const options = read('--calls-path', V1, '--requirement', 'CC-70')
    const message = /--requirement CC-70 is not of revision v1\.0, .*\/v1\.0\/communications\/calls.*: it is of 2019-11\./
    assert.throws(() => heldTo(options, revisionOf(V1), requirements), message)
  })

  test('that there is not, and one for a tenant, are refused', () => {
    refused(['--calls-path', '/v2/calls'], /--calls-path/, /\/v1\.0\/communications\/calls/)
    refused(['--target', 'tenant', '--calls-path', V1], /--calls-path is for the simulator only: write GRAPH_CALLS_PATH/)
  })
})

test('a random order gets a seed, which reruns it', () => {
  const seeds = Array.from({ length: 5 }, () => read('--order', 'random').selection.order)
  for (const order of seeds) {
    assert.match(order, /^random:\d+$/)
    assert.equal(read('--order', order).selection.order, order)
  }
  assert.ok(new Set(seeds).size > 1, seeds.join())
})

describe('a bad option is named, with the remedy', () => {
  const BAD: readonly (readonly [args: string[], ...says: RegExp[]])[] = [
    [['--target', 'staging'], /^--target "staging" is unknown: allowed choices are simulator, tenant\.$/],
    [
      ['--target', 'tenant', '--profile', 'observed'],
      /^--profile is for the simulator only: a tenant answers/,
      /leave it out\.$/,
    ],
    [['--profile', 'newest'], /^--profile "newest".* documented, observed/],
    [['--tags', '@a and'], /^--tags "@a and"/, /write for example "@CC-30 or @CC-31"/],
    [['--tags', '(@a'], /^--tags "\(@a"/, /write for example/],
    [['--requirement', 'CC-99'], /^--requirement "CC-99" is no requirement/, /fixtures\/requirements\.yaml, for example CC-30/],
    [['--requirement', '@CC-30'], /^--requirement "@CC-30"/, /did you mean CC-30\?$/],
    [['--requirement', 'CC-30,CC-31'], /"CC-30,CC-31"/],
    [['--name', '('], /^--name "\("/, /backslash/],
    [['--order', 'reverse'], /^--order "reverse"/, /defined, random or random:SEED/],
    [['--order', 'random:'], /^--order "random:"/],
    [['--parallel', '0'], /^--parallel "0"/, /1 to 99/],
    [['--parallel', '100'], /^--parallel "100"/],
    [['--parallel', 'two'], /^--parallel "two"/],
    [['--parallel', '2.5'], /^--parallel "2\.5"/],
    [['--shard', '0/3'], /^--shard "0\/3"/, /for example 1\/3/],
    [['--shard', '4/3'], /^--shard "4\/3"/],
    [['--shard', '1'], /^--shard "1"/],
    [['--shard', '1/0'], /^--shard "1\/0"/],
    [['--deviation', 'none-such'], /^--deviation "none-such"/, /npm run deviations -- --list/],
    [['--stage', 'ringing'], /^--stage "ringing"/, /refusals, joins, people/],
    [['--stage', 'toString'], /^--stage "toString"/],
    [['--target', 'tenant', '--parallel', '2'], /--parallel is for the simulator only/],
    [['--target', 'tenant', '--shard', '1/2'], /--shard is for the simulator only/],
    [['--target', 'tenant', '--deviation', deviation], /--deviation is for the simulator only/],
    [['--fast'], /option '--fast'/, /--help/],
    [['--reports'], /--reports/, /argument missing/, /--help/],
    [['feature.feature'], /too many arguments/i, /--help/],
  ]
  for (const [args, ...says] of BAD) test(args.join(' '), () => refused(args, ...says))
})

const OPTIONS =
  'target profile tags name requirement stage order parallel shard list strict no-strict deviation baseline reports pseudonymise verbose'

test('help is printed and nothing runs', () => {
  const printed: string[] = []
  const options = readOptions(['--help'], requirements, (text) => void printed.push(text))
  assert.equal(options, null)
  const help = printed.join('')
  for (const option of OPTIONS.split(' ')) assert.ok(help.includes(`--${option}`), option)
})
