// The options of `npm run conformance`: read, checked, and each fault told in one sentence with its remedy.
import { randomInt } from 'node:crypto'
import parseTags from '@cucumber/tag-expressions'
import { Command, CommanderError, Option } from 'commander'
import { sentence, UsageError } from '../contract/command-line'
import type { Requirement } from '../contract/requirements'
import { armed } from '../mutation'
import type { Selection } from '../suite/cucumber'
import { DEFAULT_PARAMETERS, type WorldParameters } from '../suite/world-parameters'

export interface Options {
  readonly selection: Selection
  /** As they were asked for, for the verdict. */
  readonly asked: { readonly tags: string | null; readonly requirements: readonly string[]; readonly stages: readonly string[] }
  readonly parameters: WorldParameters
  readonly profile: string
  readonly strict: boolean
  readonly list: boolean
  /** File of the known differences; null where none is given. */
  readonly baseline: string | null
  readonly reports: string
  /** Whether ids and names in the reports are replaced. */
  readonly pseudonymise: boolean
  readonly verbose: boolean
}

/** Values that the contract knows and that come with a later release. */
const NOT_YET: readonly { readonly option: string; readonly asked: (given: Given) => boolean }[] = [
  { option: '--profile observed', asked: ({ profile }) => profile === 'observed' },
]

/** Options that make no sense where people and limits are real. */
const SIMULATOR_ONLY: readonly (readonly [option: string, given: (given: Given) => boolean])[] = [
  ['--parallel', ({ parallel }) => parallel !== undefined],
  ['--shard', ({ shard }) => shard !== undefined],
  ['--deviation', ({ deviation }) => deviation !== undefined],
]

interface Given {
  target: string
  profile: string
  tags?: string
  name: string[]
  order: string
  parallel?: string
  shard?: string
  requirement: string[]
  stage: string[]
  list?: boolean
  strict?: boolean
  deviation?: string
  baseline?: string
  reports: string
  pseudonymise?: boolean
  verbose?: boolean
}

const collect = (value: string, previous: string[]) => [...previous, value]

function command(): Command {
  return new Command('npm run conformance --')
    .description('Runs the scenarios against a target and writes the verdict and the reports.')
    .addOption(new Option('--target <kind>', 'what is tested').choices(['simulator', 'tenant']).default('simulator'))
    .addOption(
      new Option('--profile <name>', 'what the simulator plays').choices(['documented', 'observed']).default('documented'),
    )
    .option('--tags <expression>', 'only scenarios with these tags, for example "@CC-30 or @CC-31"')
    .option('--name <pattern>', 'only scenarios whose name fits (repeatable)', collect, [])
    .option('--requirement <id>', 'only the scenarios of a requirement, for example CC-30 (repeatable)', collect, [])
    .addOption(
      new Option(
        '--stage <stage>',
        'only scenarios that make no call (refusals), join a meeting (joins) or ring a person (people); repeatable',
      )
        .argParser(collect)
        .default([]),
    )
    .option('--order <order>', '"defined", "random" or "random:SEED"', 'defined')
    .option('--parallel <workers>', 'run in so many processes')
    .option('--shard <part>', 'only a part of the scenarios, for example 1/3')
    .option('--list', 'print what would run, and run nothing')
    .option('--strict', 'drift and warnings fail (the default on the documented profile)')
    .option('--no-strict', 'drift and warnings do not fail')
    .option('--deviation <id>', 'let the simulator break a rule on purpose')
    .option('--baseline <file>', 'known differences of this target')
    .option('--reports <folder>', 'where the reports go', 'reports')
    .option('--pseudonymise', 'replace user and tenant ids in the reports')
    .option('--verbose', 'stack traces and what cucumber says')
    .allowExcessArguments(false)
    .exitOverride()
}

/**
 * @param args what stands after `--`
 * @param out writes the help
 * @returns the options, or null when help was asked for and printed
 * @throws UsageError naming the option and the remedy
 */
export function readOptions(
  args: readonly string[],
  requirements: readonly Requirement[],
  out: (text: string) => void,
): Options | null {
  const parser = command().configureOutput({ writeOut: out, writeErr: () => {} })
  try {
    parser.parse([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return null
    throw new UsageError(`${sentence(error.message)} See "npm run conformance -- --help".`)
  }
  const given = parser.opts<Given>()
  const late = NOT_YET.find(({ asked }) => asked(given))
  if (late !== undefined)
    throw new UsageError(`${late.option} is not available yet; this release runs the documented profile of the simulator.`)
  const { deviation, tags = null, requirement, stage, target } = given
  const tenant = target === 'tenant'
  for (const [option, asked] of SIMULATOR_ONLY) {
    if (tenant && asked(given))
      throw new UsageError(`${option} is for the simulator only: a tenant's people and limits are shared by every process.`)
  }
  return {
    selection: {
      tags: tagsOf(tags, requirement, stage, requirements),
      names: given.name.map(pattern),
      order: order(given.order),
      parallel: workers(given.parallel),
      shard: shard(given.shard),
      dryRun: given.list === true,
    },
    asked: { tags, requirements: requirement, stages: stage },
    parameters: {
      ...DEFAULT_PARAMETERS,
      target: tenant ? 'tenant' : 'simulator',
      deviation: deviation === undefined ? null : known(deviation),
    },
    profile: given.profile,
    strict: given.strict ?? !tenant,
    list: given.list === true,
    baseline: given.baseline ?? null,
    reports: given.reports,
    pseudonymise: given.pseudonymise === true,
    verbose: given.verbose === true,
  }
}

function tagsOf(
  tags: string | null,
  ids: readonly string[],
  stages: readonly string[],
  requirements: readonly Requirement[],
): string {
  for (const id of ids) {
    if (!requirements.some((requirement) => requirement.id === id))
      throw new UsageError(`There is no requirement "${id}": write an id of fixtures/requirements.yaml, for example CC-30.`)
  }
  if (tags !== null) {
    try {
      parseTags(tags)
    } catch (error) {
      throw new UsageError(
        `The tag expression "${tags}" cannot be read: ${(error as Error).message.split('\n')[0]} Write for example "@CC-30 or @CC-31".`,
      )
    }
  }
  const wanted = [tags ?? '', ids.map((id) => `@${id}`).join(' or '), stages.map(stageTag).join(' or ')]
  return wanted
    .filter((part) => part !== '')
    .map((part) => `(${part})`)
    .join(' and ')
}

/** What scenarios of each stage do to people, by the tag that says so. */
const STAGES: Readonly<Record<string, string>> = { refusals: '@makes-no-call', joins: '@joins', people: '@rings' }

function stageTag(stage: string): string {
  const tag = Object.hasOwn(STAGES, stage) ? STAGES[stage] : undefined
  if (tag === undefined) throw new UsageError(`There is no stage "${stage}": write one of ${Object.keys(STAGES).join(', ')}.`)
  return tag
}

function pattern(text: string): string {
  try {
    new RegExp(text)
    return text
  } catch {
    throw new UsageError(`The name pattern "${text}" is no regular expression: put a backslash before ( ) [ ] * + ?`)
  }
}

/** A random order gets its seed here, so that the verdict can name it. */
function order(text: string): string {
  if (text === 'random') return `random:${randomInt(1_000_000)}`
  if (text === 'defined' || /^random:\S+$/.test(text)) return text
  throw new UsageError(`The order "${text}" is unknown: write defined, random or random:SEED.`)
}

function workers(text: string | undefined): number {
  if (text === undefined) return 0
  if (/^[1-9]\d?$/.test(text)) return Number(text)
  throw new UsageError(`The number of workers "${text}" cannot be used: write a number from 1 to 99.`)
}

function shard(text: string | undefined): string {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text ?? '') ?? []
  if (text === undefined) return ''
  if (part !== undefined && Number(part) >= 1 && Number(part) <= Number(of)) return text
  throw new UsageError(`The shard "${text}" cannot be used: write PART/OF, for example 1/3.`)
}

function known(id: string): string {
  if (armed(id) !== undefined) return id
  throw new UsageError(`There is no deviation "${id}": "npm run deviations -- --list" prints those that there are.`)
}
