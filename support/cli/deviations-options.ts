// The options of `npm run deviations`: parses and validates them; each error is one sentence with its remedy.
import { availableParallelism } from 'node:os'
import { Command, CommanderError } from 'commander'
import { UsageError } from '../contract/command-line'
import type { Catalogue, TwinInfo } from '../mutation'

export interface DeviationsOptions {
  /** Each against every scenario, to the end, with full attribution. */
  readonly full: boolean
  /** Print what there is, and try nothing. */
  readonly list: boolean
  readonly only: readonly string[]
  readonly workers: number
  readonly reports: string
}

interface Given {
  full?: boolean
  list?: boolean
  only?: string[]
  workers?: string
  reports: string
}

/** More than two cores are as a rule shared with something else. */
const WORKERS = Math.min(2, availableParallelism())

function command(out: (text: string) => void): Command {
  return new Command('npm run deviations --')
    .description(
      'Tries the suite against every deviation of the catalogue, which it must see, and every twin, which it must not mind.',
    )
    .option('--full', 'each against all scenarios: shows which others see it, and which scenarios no deviation fails')
    .option('--list', 'print the ids of deviations and twins, and what is left out; try nothing')
    .option('--only <id...>', 'only these: ids, beginnings of ids as answer-call/, or all of a requirement as CC-40')
    .option('--workers <number>', `try in so many processes (here ${WORKERS} unless said otherwise)`)
    .option('--reports <folder>', 'where deviations.json goes', 'reports')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: () => {} })
}

/**
 * @param args what stands after `--`
 * @param catalogue what there is to try
 * @param out prints the help
 * @returns the options, or null when help was asked for and printed
 * @throws UsageError naming the option and the remedy
 */
export function readDeviationsOptions(
  args: readonly string[],
  { deviations, twins }: Pick<Catalogue, 'deviations' | 'twins'>,
  out: (text: string) => void,
): DeviationsOptions | null {
  const parser = command(out)
  try {
    parser.parse([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return null
    throw new UsageError(`${error.message.replace(/^error: /, '')}: see "npm run deviations -- --help".`)
  }
  const { full = false, list = false, only = [], workers, reports } = parser.opts<Given>()
  for (const asked of only) {
    if (![...deviations, ...twins].some((one) => isAsked([asked], one)))
      throw new UsageError(
        `There is no deviation or twin "${asked}": "npm run deviations -- --list" prints those that there are.`,
      )
  }
  return { full, list, only, workers: workers === undefined ? WORKERS : number(workers), reports }
}

/** Whether one of the catalogue is asked for: by its id, by a beginning that ends with a slash or a dot, or by its requirement. */
export function isAsked(only: readonly string[], { id, requirement }: Pick<TwinInfo, 'id' | 'requirement'>): boolean {
  const asks = (asked: string) => [id, requirement].includes(asked) || (/[/.]$/.test(asked) && id.startsWith(asked))
  return only.length === 0 || only.some(asks)
}

function number(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text)
  throw new UsageError(`The number of workers "${text}" cannot be used: write a number from 1 to 99.`)
}
