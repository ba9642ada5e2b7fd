// Parses the options of every command with Commander, and turns each error into one sentence that names the option and the remedy.
import { type Command, CommanderError, InvalidArgumentError, type OptionValues } from '@commander-js/extra-typings'

export { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'

/** An option or argument cannot be used. The message is one sentence with the remedy; the command ends with exit code 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Parses the arguments that follow the name of a command.
 * @param command declares the options; an `InvalidArgumentError` of its parsers completes the sentence `--option "value" ...`
 * @param out prints the help
 * @returns the options, or null when help was asked for and printed
 * @throws UsageError naming the option and the remedy
 */
export function parseOptions<Options extends OptionValues>(
  command: Command<[], Options>,
  args: readonly string[],
  out: (text: string) => void,
): Options | null {
  command
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

/** Commander's message as one sentence. What it says of an invalid argument begins with the option and the value. */
function sentence({ code, message }: CommanderError, name: string): string {
  const text = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  const [, option, value, problem] = /^option '(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*?)\.?$/.exec(text) ?? []
  if (code === 'commander.invalidArgument' && problem !== undefined)
    return `${option} "${value}" ${problem.replace(/^Allowed/, 'is unknown: allowed')}.`
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
