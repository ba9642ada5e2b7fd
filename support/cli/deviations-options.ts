// The options of `npm run deviations`: parses and validates them; each error is one sentence with its remedy.
import { availableParallelism } from 'node:os'
import { Command, parseOptions, UsageError, workerCount } from '../contract/command-line'
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

/** More than two cores are as a rule shared with something else. */
const WORKERS = Math.min(2, availableParallelism())

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
  const command = new Command('npm run deviations --')
    .description(
      'Tries the suite against every deviation of the catalogue, which it must see, and every twin, which it must not mind.',
    )
    .option('--full', 'each against all scenarios: shows which others see it, and which scenarios no deviation fails', false)
    .option('--list', 'print the ids of deviations and twins, and what is left out; try nothing', false)
    .option('--only <id...>', 'only these: ids, beginnings of ids as answer-call/, or all of a requirement as CC-40')
    .option('--workers <number>', 'try in so many processes', workerCount, WORKERS)
    .option('--reports <folder>', 'where deviations.json goes', 'reports')
  const given = parseOptions(command, args, out)
  if (given === null) return null
  const { only = [], ...others } = given
  for (const asked of only) {
    if (![...deviations, ...twins].some((one) => isAsked([asked], one)))
      throw new UsageError(
        `There is no deviation or twin "${asked}": "npm run deviations -- --list" prints those that there are.`,
      )
  }
  return { ...others, only }
}

/** Whether one of the catalogue is asked for: by its id, by a beginning that ends with a slash or a dot, or by its requirement. */
export function isAsked(only: readonly string[], { id, requirement }: Pick<TwinInfo, 'id' | 'requirement'>): boolean {
  const asks = (asked: string) => [id, requirement].includes(asked) || (/[/.]$/.test(asked) && id.startsWith(asked))
  return only.length === 0 || only.some(asks)
}
