// Parses the options of every command with Commander, and turns each error into one sentence that names the option and the remedy.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Command, CommanderError, Help, InvalidArgumentError, type OptionValues } from '@commander-js/extra-typings'
import { distance } from 'fastest-levenshtein'
import { PROJECT_ROOT } from './fixture'

export { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'

/** An option or argument cannot be used. The message is one sentence with the remedy; the command ends with exit code 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What `--help` says after the options. */
interface Guide {
  /** What stands after the name of the command, and what it does. */
  readonly examples: readonly (readonly [args: string, does: string])[]
  readonly exits: Readonly<Record<number, string>>
}

/**
 * Parses the arguments that follow the name of a command.
 * @param command declares the options; an `InvalidArgumentError` of its parsers completes the sentence `--option "value" ...`
 * @param out prints the help, or the version
 * @returns the options, or null when help or the version was asked for and printed
 * @throws UsageError naming the option and the remedy
 */
export function parseOptions<Options extends OptionValues>(
  command: Command<[], Options>,
  args: readonly string[],
  out: (text: string) => void,
  guide: Guide,
): Options | null {
  command
    .version(projectVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .configureHelp({ optionDescription: describeOption })
    .addHelpText('after', textOf(guide, command.name()))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: () => {} })
  try {
    return command.parse([...args], { from: 'user' }).opts()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return null
    throw new UsageError(sentence(error, command.name()))
  }
}

function projectVersion(): string {
  return (JSON.parse(readFileSync(path.join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string }).version
}

/** Leaves a default out that says only that nothing is given: an empty list, or false. */
function describeOption(option: Parameters<Help['optionDescription']>[0]): string {
  const { defaultValue } = option
  const saysNothing = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0)
  return Help.prototype.optionDescription.call(
    new Help(),
    saysNothing ? Object.assign(Object.create(option), { defaultValue: undefined }) : option,
  )
}

function textOf({ examples, exits }: Guide, name: string): string {
  // npm passes on what stands after its own `--`; without arguments that is left out.
  const written = examples.map(([args, does]) => [args === '' ? name.replace(/ --$/, '') : `${name} ${args}`, does] as const)
  const width = Math.max(...written.map(([command]) => command.length))
  const lines = [
    'Examples:',
    ...written.map(([command, does]) => `  ${command.padEnd(width)}  ${does}`),
    '',
    'Exit codes:',
    ...Object.entries(exits).map(([code, meaning]) => `  ${code}  ${meaning}`),
  ]
  return `\n${lines.join('\n')}`
}

/** The known name that was probably meant: in other letters, without its dashes, or with a slip or two; null if none is near. */
export function nearest(written: string, known: readonly string[]): string | null {
  const bare = (name: string) => name.toLowerCase().replaceAll(/[\W_]/g, '')
  const same = known.find((name) => bare(name) === bare(written))
  if (same !== undefined) return same
  const [name, slips] = known.reduce<readonly [string | null, number]>(
    (best, one) => (distance(one, written) < best[1] ? [one, distance(one, written)] : best),
    [null, Number.POSITIVE_INFINITY],
  )
  return slips <= Math.floor(written.length / 6) ? name : null
}

/** Commander's message as one sentence. What it says of an invalid argument begins with the option and the value. */
function sentence({ code, message }: CommanderError, name: string): string {
  const text = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  const [, option, value, problem] = /^option '(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*?)\.?$/.exec(text) ?? []
  if (code === 'commander.invalidArgument' && problem !== undefined)
    return `${option} "${value}" ${problem.replace(/^Allowed/, 'is unknown: allowed').replace(/(?<!\?)$/, '.')}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, '.')} See "${name} --help".`
}

/**
 * A parser for arguments that match a pattern.
 * @param problem completes the sentence `--option "value" ...`
 */
export function matching<Value>(pattern: RegExp, parse: (text: string) => Value, problem: string): (text: string) => Value {
  return (text) => {
    if (pattern.test(text)) return parse(text)
    throw new InvalidArgumentError(problem)
  }
}

/** Parses a number of processes. */
export const workerCount = matching(/^[1-9]\d?$/, Number, 'cannot be used: write a number from 1 to 99')

/** Appends the argument of an option that may be repeated. */
export const repeatable = (value: string, previous: readonly string[]): readonly string[] => [...previous, value]

/** Whether to print in colours: on a terminal only, and not where NO_COLOR has a value (no-color.org). */
export function usesColours({ isTTY }: NodeJS.WriteStream): boolean {
  return isTTY === true && !process.env.NO_COLOR
}
