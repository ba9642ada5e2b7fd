// The options of `npm run conformance`: declares and validates them; each error is one sentence with its remedy.
import { randomInt } from 'node:crypto'
import parseTags from '@cucumber/tag-expressions'
import {
  Command,
  InvalidArgumentError,
  matching,
  nearest,
  Option,
  parseOptions,
  repeatable,
  UsageError,
  workerCount,
} from '../contract/command-line'
import { DEFAULT_PROFILE, PROFILES } from '../contract/profiles'
import { isIn, type Requirement, tagsOfRevision } from '../contract/requirements'
import { callsPaths, DEFAULT_CALLS_PATH, type Revision } from '../contract/revisions'
import { armable, armed } from '../mutation'
import type { Selection } from '../suite/cucumber'
import { DEFAULT_PARAMETERS, type WorldParameters } from '../suite/world-parameters'

export interface Options {
  readonly selection: Selection
  /** As they were asked for, for the verdict. */
  readonly asked: { readonly tags: string | null; readonly requirements: readonly string[]; readonly stages: readonly string[] }
  readonly parameters: WorldParameters
  readonly strict: boolean
  readonly list: boolean
  /** File of the known differences; null where none is given. */
  readonly baseline: string | null
  readonly reports: string
  /** Whether ids and names in the reports are replaced. */
  readonly pseudonymise: boolean
  readonly verbose: boolean
  /** Whether the first failure ends the run. */
  readonly bail: boolean
  /** The command with the options that a repetition of some of its scenarios needs. */
  readonly command: string
}

/** What scenarios of each stage do to people, by the tag that says so. */
const STAGES = { refusals: '@makes-no-call', joins: '@joins', people: '@rings' } as const
type Stage = keyof typeof STAGES

const SHARED = "a tenant's people and limits are shared by every process."

/** Options that make no sense where people and limits are real. */
const SIMULATOR_ONLY = {
  parallel: SHARED,
  shard: SHARED,
  deviation: SHARED,
  callsPath: 'write GRAPH_CALLS_PATH for a tenant.',
  profile: 'a tenant answers as the service does today; leave it out.',
} as const

const NONE: readonly string[] = []

const COMMAND = 'npm run conformance --'

const GUIDE = {
  examples: [
    ['', 'every scenario on the embedded simulator'],
    ['--requirement CC-30 --verbose', 'the scenarios of one rule'],
    ['--tags "@joins and not @CC-35"', 'those with some tags'],
    ['--order random', 'in another order; the summary says how to repeat it'],
    ['--target tenant --stage refusals', 'on a tenant, first what makes no call (docs/acceptance.md)'],
  ],
  exits: {
    0: 'conformant in what was selected and applies, or as the baseline expects',
    1: 'non-conformant: the target differs',
    2: 'incomplete: something could not be judged, the run was interrupted, or nothing ran',
    3: 'harness error: a fault of the suite, or an option or the configuration cannot be used',
    130: 'ended by a second signal',
  },
} as const

function declared(requirements: readonly Requirement[]) {
  return new Command(COMMAND)
    .description('Runs the scenarios against a target and writes the verdict and the reports.')
    .addOption(
      new Option('--target <kind>', 'what is tested').choices(['simulator', 'tenant'] as const).default('simulator' as const),
    )
    .addOption(
      new Option('--calls-path <path>', 'the root that the bot uses, which chooses the pages that the run is held to').choices(
        callsPaths(),
      ),
    )
    .addOption(
      new Option(
        '--profile <name>',
        `messages of the simulator as the pages print them, or with the known drift of today's wire (default: "${DEFAULT_PROFILE}")`,
      ).choices(PROFILES),
    )
    .option('--tags <expression>', 'only scenarios with these tags, for example "@CC-30 or @CC-31"', (text) =>
      tagExpression(text, requirements),
    )
    .option('--name <pattern>', 'only scenarios whose name fits (repeatable)', namePattern, NONE)
    .option(
      '--requirement <id>',
      'only the scenarios of a requirement, for example CC-30 (repeatable)',
      (id, previous: readonly string[]) => repeatable(requirementId(id, requirements), previous),
      NONE,
    )
    .addOption(
      new Option(
        '--stage <stage...>',
        'only scenarios that make no call (refusals), join a meeting (joins) or ring a person (people); repeatable',
      ).choices(Object.keys(STAGES) as Stage[]),
    )
    .option('--order <order>', '"defined", "random" or "random:SEED"', order, 'defined')
    .option('--parallel <workers>', 'run in so many processes', workerCount)
    .option('--shard <part>', 'only a part of the scenarios, for example 1/3', shard)
    .option('--bail', 'stop at the first failure', false)
    .option('--list', 'print what would run, and run nothing', false)
    .option('--strict', 'drift and warnings fail (the default on the documented profile)')
    .option('--no-strict', 'drift and warnings do not fail')
    .option('--deviation <id>', 'let the simulator break a rule on purpose', deviationId)
    .option('--baseline <file>', 'known differences of this target')
    .option('--reports <folder>', 'where the reports go', 'reports')
    .option('--pseudonymise', 'replace user and tenant ids in the reports', false)
    .option('--verbose', 'stack traces and what cucumber says', false)
}

/**
 * @param args what stands after `--`
 * @param out prints the help or the version
 * @returns the options, or null when one of these was asked for and printed
 * @throws UsageError naming the option and the remedy
 */
export function readOptions(
  args: readonly string[],
  requirements: readonly Requirement[],
  out: (text: string) => void,
): Options | null {
  const given = parseOptions(declared(requirements), args, out, GUIDE)
  if (given === null) return null
  const {
    target,
    tags = null,
    name,
    requirement,
    stage = [],
    parallel = 0,
    shard = '',
    deviation = null,
    callsPath = DEFAULT_CALLS_PATH,
    profile = DEFAULT_PROFILE,
  } = given
  for (const [option, why] of Object.entries(SIMULATOR_ONLY)) {
    const name = option.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)
    if (target === 'tenant' && given[option as keyof typeof SIMULATOR_ONLY] !== undefined)
      throw new UsageError(`--${name} is for the simulator only: ${why}`)
  }
  const { list, baseline = null, reports, pseudonymise, verbose, bail } = given
  const wanted = [tags ?? '', requirement.map((id) => `@${id}`).join(' or '), stage.map((one) => STAGES[one]).join(' or ')]
  return {
    selection: {
      tags: wanted.flatMap((part) => (part === '' ? [] : [`(${part})`])).join(' and '),
      names: name,
      order: given.order,
      parallel,
      shard,
      dryRun: list,
    },
    asked: { tags, requirements: requirement, stages: stage },
    parameters: { ...DEFAULT_PARAMETERS, target, callsPath, profile, deviation },
    strict: given.strict ?? (target === 'simulator' && profile === 'documented'),
    list,
    baseline,
    reports,
    pseudonymise,
    verbose,
    bail,
    command: [
      COMMAND,
      ...(target === 'simulator' ? [] : [`--target ${target}`]),
      ...(given.callsPath === undefined ? [] : [`--calls-path ${callsPath}`]),
      ...(profile === DEFAULT_PROFILE ? [] : [`--profile ${profile}`]),
      ...(deviation === null ? [] : [`--deviation ${deviation}`]),
      ...(given.strict === undefined ? [] : [given.strict ? '--strict' : '--no-strict']),
    ].join(' '),
  }
}

/**
 * The same options for a run that is held to one revision: without the scenarios of requirements that it does not have.
 * @throws UsageError for a requirement that was asked for and that it does not have
 */
export function heldTo(options: Options, { id, callsPath }: Revision, requirements: readonly Requirement[]): Options {
  const strange = requirements.find((one) => !isIn(one, id) && options.asked.requirements.includes(one.id))
  if (strange !== undefined)
    throw new UsageError(
      `--requirement ${strange.id} is not of revision ${id}, to which calls under ${callsPath} are held: it is of ${strange.revisions?.join(', ')}.`,
    )
  const without = tagsOfRevision(id, requirements)
  const { tags } = options.selection
  return { ...options, selection: { ...options.selection, tags: tags === '' ? without : `${tags} and ${without}` } }
}

function requirementId(id: string, requirements: readonly Requirement[]): string {
  if (requirements.some((requirement) => requirement.id === id)) return id
  const meant = nearest(
    id.replace(/^@/, ''),
    requirements.map((requirement) => requirement.id),
  )
  const remedy = meant === null ? 'write an id of fixtures/requirements.yaml, for example CC-30' : `did you mean ${meant}?`
  throw new InvalidArgumentError(`is no requirement: ${remedy}`)
}

/** A tag that looks like that of a requirement. */
const REQUIREMENT_TAG = /^@[A-Z]{2}-\d/

function tagExpression(text: string, requirements: readonly Requirement[]): string {
  try {
    parseTags(text)
  } catch (error) {
    const [reason] = (error as Error).message.split('\n')
    throw new InvalidArgumentError(`is no tag expression (${reason}): write for example "@CC-30 or @CC-31"`)
  }
  const tags = text.split(/[\s()]+/).filter((word) => !['', 'and', 'or', 'not'].includes(word))
  const ids = requirements.map(({ id }) => `@${id}`)
  for (const tag of tags) {
    const meant = ids.find((id) => id.toLowerCase() === `@${tag.replace(/^@/, '').toLowerCase()}`)
    if (meant !== undefined && meant !== tag) throw new InvalidArgumentError(`has no tag "${tag}": did you mean ${meant}?`)
    if (!tag.startsWith('@')) throw new InvalidArgumentError(`has "${tag}" without @: write @${tag}`)
    if (REQUIREMENT_TAG.test(tag) && meant === undefined)
      throw new InvalidArgumentError(`has "${tag}", which is no requirement: write an id of fixtures/requirements.yaml after @`)
  }
  return text
}

function namePattern(text: string, previous: readonly string[]): readonly string[] {
  try {
    new RegExp(text)
  } catch {
    throw new InvalidArgumentError('is no regular expression: put a backslash before ( ) [ ] * + ?')
  }
  return repeatable(text, previous)
}

/** A random order gets its seed here, so that the verdict can name it. */
const order = matching(
  /^(?:defined|random(?::\S+)?)$/,
  (text) => (text === 'random' ? `random:${randomInt(1_000_000)}` : text),
  'is unknown: write defined, random or random:SEED',
)

function shard(text: string): string {
  const [, part = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (part >= 1 && part <= of) return text
  throw new InvalidArgumentError('cannot be used: write PART/OF, for example 1/3')
}

function deviationId(id: string): string {
  if (armed(id) !== undefined) return id
  const { deviations, variations } = armable()
  const meant = nearest(
    id,
    [...deviations, ...variations].map((one) => one.id),
  )
  const remedy = meant === null ? '' : `did you mean ${meant}? `
  throw new InvalidArgumentError(`is no deviation: ${remedy}"npm run deviations -- --list" prints those that there are`)
}
