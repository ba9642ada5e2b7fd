// The environment of a tenant run: the variables of the process over those of a .env file, and names that look mistyped.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { distance } from 'fastest-levenshtein'
import type { Fault } from '../../../contract/fixture'

export type Environment = Readonly<Record<string, string | undefined>>

/** A fault and the variable, or the file `.env`, that it is in. */
export interface Problem extends Fault {
  readonly variable: string
}

/** The configuration of a tenant target cannot be used. The message has one line per problem, and never the value of a variable. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ variable, cause, remedy }) => `${variable} ${cause}; ${remedy}.`).join('\n'))
    this.problems = problems
  }
}

/**
 * The variables of the process, and of `.env` in a folder those that the process does not have, empty ones included.
 * @throws ConfigurationError when there is a `.env` that cannot be read
 */
export function loadEnvironment(folder: string, processEnvironment: Environment): Environment {
  try {
    return { ...parseEnv(readFileSync(path.join(folder, '.env'), 'utf8')), ...processEnvironment }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return processEnvironment
    if (code === undefined) throw error
    const remedy = 'make it a file that this user may read, or remove it'
    throw new ConfigurationError([{ variable: '.env', cause: `cannot be read (${code})`, remedy }])
  }
}

/** How many letters may be wrong, missing or too many in a name that is taken for a slip. */
const SLIP = 2

/** Variables with our prefixes that are not known but close to one that is. `named` are names that the cast gave to variables of its own. */
export function slips(environment: Environment, known: readonly string[], named: ReadonlySet<string>): Problem[] {
  return Object.keys(environment).flatMap((variable) => {
    if (!/^(GRAPH|BOT)_/i.test(variable) || known.includes(variable) || named.has(variable)) return []
    const meant = known.find((name) => distance(variable.toUpperCase(), name) <= SLIP)
    return meant === undefined ? [] : [{ variable, cause: 'is not known', remedy: `write ${meant}, or remove it` }]
  })
}
