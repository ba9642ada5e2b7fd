// Reads the configuration of the tenant target from the environment and `.env`. Reports all that is wrong at once.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { distance } from 'fastest-levenshtein'
import type { z } from 'zod'
import { type Cast, loadCast } from '../../../contract/cast'
import { type CauseAndRemedy, deepFreeze, FixtureError } from '../../../contract/fixture'
import { onLoopback } from '../../../contract/loopback'
import type { Certificate } from './pem'
import { CREDENTIALS, REMEDIES, SETTINGS } from './schema'

/** What the bot proves with that it is the app. */
export type Credential =
  | { readonly kind: 'secret'; readonly secret: string }
  | ({ readonly kind: 'certificate' } & Certificate)
  /** `file` is read for each token request: its issuer renews it. */
  | { readonly kind: 'federated'; readonly file: string }

/** Who acts for the people of the cast: a person at the terminal, no person, or a simulator through its control API. */
type PeopleSetting =
  | { readonly kind: 'attended' }
  | { readonly kind: 'unattended' }
  | { readonly kind: 'control'; readonly url: string; readonly token: string }

/** Addresses have no slash at their end; ids are in lower case; files are absolute. */
export interface Configuration {
  readonly graph: { readonly baseUrl: string; readonly callsPath: string }
  readonly authorityUrl: string
  readonly scope: string
  readonly tenantId: string
  readonly clientId: string
  readonly credential: Credential
  readonly cast: Cast
  readonly castFile: string
  /** A further certificate authority for Graph, tokens and keys. */
  readonly caFile: string | null
  /** The public address, and where the listener behind it is. */
  readonly callback: { readonly url: string; readonly host: string; readonly port: number }
  /** OpenID configuration of the notification tokens. */
  readonly openIdUrl: string
  /** Accepted audiences of a notification token: the client id first. */
  readonly audiences: readonly string[]
  readonly people: PeopleSetting
}

type Name = keyof typeof SETTINGS
type Values = { readonly [N in Name]: z.output<(typeof SETTINGS)[N]> }

/** Every variable that is read; the cast may name more. */
const VARIABLES = Object.keys(SETTINGS) as readonly Name[]

/**
 * @param environment the variables of process and `.env`; a blank one counts as unset
 * @throws ConfigurationError with every problem, each naming its variable, what is wrong and what to write
 */
export function readConfiguration(environment: Environment): Configuration {
  const { values, problems } = readEach(environment)
  const cast = values.GRAPH_CAST === undefined ? { problems: [] } : readCast(values.GRAPH_CAST, environment)
  const named = new Set(cast.cast === undefined ? [] : variablesNamedBy(cast.cast).map(({ variable }) => variable))
  const credential = credentialOf(values)
  const all = [
    ...problems,
    ...credentialProblems(environment),
    ...cast.problems,
    ...between(values),
    ...slips(environment, VARIABLES, named),
  ]
  if (all.length > 0 || cast.cast === undefined || credential === undefined) throw new ConfigurationError(all)
  // Without a problem every variable has been read.
  const read = values as Values
  return deepFreeze({
    graph: { baseUrl: read.GRAPH_BASE_URL, callsPath: read.GRAPH_CALLS_PATH },
    authorityUrl: read.GRAPH_AUTHORITY_URL,
    scope: read.GRAPH_SCOPE,
    tenantId: read.GRAPH_TENANT_ID,
    clientId: read.GRAPH_CLIENT_ID,
    credential,
    cast: cast.cast,
    castFile: path.resolve(read.GRAPH_CAST),
    caFile: read.GRAPH_CA_FILE ?? null,
    callback: { url: read.BOT_CALLBACK_URL, ...read.BOT_CALLBACK_LISTEN },
    openIdUrl: read.BOT_NOTIFICATION_OPENID,
    audiences: [...new Set([read.GRAPH_CLIENT_ID, read.BOT_NOTIFICATION_AUDIENCE ?? read.GRAPH_CLIENT_ID])],
    people: peopleOf(read),
  })
}

const isSet = (written: string | undefined): written is string => written !== undefined && written.trim() !== ''

function readEach(environment: Environment): { readonly values: Partial<Values>; readonly problems: readonly Problem[] } {
  const values: Partial<Record<Name, unknown>> = {}
  const problems: Problem[] = []
  for (const variable of VARIABLES) {
    const written = environment[variable]
    const read = SETTINGS[variable].safeParse(isSet(written) ? written : undefined)
    if (read.success) values[variable] = read.data
    else problems.push(...read.error.issues.map((issue) => problemOf(variable, issue)))
  }
  return { values: values as Partial<Values>, problems }
}

function problemOf(variable: Name, issue: z.core.$ZodIssue): Problem {
  if (issue.code === 'custom') return { variable, cause: issue.message, remedy: String(issue.params?.remedy) }
  return { variable, cause: 'is not set', remedy: REMEDIES[variable] ?? 'set it' }
}

function credentialProblems(environment: Environment): Problem[] {
  const given = CREDENTIALS.filter((variable) => isSet(environment[variable]))
  const [first, ...others] = given
  if (first === undefined) {
    const [variable, ...instead] = CREDENTIALS
    return [{ variable, cause: 'is not set', remedy: `set it, or ${instead.join(' or ')}` }]
  }
  if (others.length === 0) return []
  return [
    { variable: first, cause: `is set together with ${others.join(' and ')}`, remedy: 'keep one credential and remove the rest' },
  ]
}

function credentialOf(values: Partial<Values>): Credential | undefined {
  const { GRAPH_CLIENT_SECRET, GRAPH_CLIENT_CERTIFICATE, GRAPH_FEDERATED_TOKEN_FILE } = values
  if (GRAPH_CLIENT_SECRET !== undefined) return { kind: 'secret', secret: GRAPH_CLIENT_SECRET }
  if (GRAPH_CLIENT_CERTIFICATE !== undefined) return { kind: 'certificate', ...GRAPH_CLIENT_CERTIFICATE }
  if (GRAPH_FEDERATED_TOKEN_FILE !== undefined) return { kind: 'federated', file: GRAPH_FEDERATED_TOKEN_FILE }
  return undefined
}

/** The cast, and whether every variable that it names is set. */
function readCast(file: string, environment: Environment): { readonly cast?: Cast; readonly problems: readonly Problem[] } {
  try {
    const cast = loadCast(path.resolve(file))
    const unset = variablesNamedBy(cast).filter(({ variable }) => !isSet(environment[variable]))
    return {
      cast,
      problems: unset.map(({ variable, place }) => ({
        variable,
        cause: `is not set, although the cast names it (${place})`,
        remedy: 'set it, or take that entry out of the cast',
      })),
    }
  } catch (error) {
    if (!(error instanceof FixtureError)) throw error
    return {
      problems: error.problems.map(({ file, path: place, cause, remedy }) => ({
        variable: 'GRAPH_CAST',
        cause: `names ${file}: ${place || 'the file'} ${cause}`,
        remedy,
      })),
    }
  }
}

function variablesNamedBy({ apps, tokens }: Cast): { readonly variable: string; readonly place: string }[] {
  return [
    ...Object.entries(apps).map(([name, { secretEnv }]) => ({ variable: secretEnv, place: `apps.${name}.secretEnv` })),
    ...Object.entries(tokens).flatMap(([name, token]) => (token ? [{ variable: token.env, place: `tokens.${name}.env` }] : [])),
  ]
}

/** What no variable is wrong in alone. */
function between(values: Partial<Values>): Problem[] {
  const { GRAPH_BASE_URL, GRAPH_TENANT_ID, GRAPH_ALLOW_TENANT, GRAPH_PEOPLE, GRAPH_PEOPLE_TOKEN, BOT_CALLBACK_URL } = values
  const real = GRAPH_BASE_URL === undefined || !onLoopback(GRAPH_BASE_URL)
  const rules: readonly (Problem & { readonly broken: boolean })[] = [
    {
      broken: real && GRAPH_TENANT_ID !== undefined && GRAPH_ALLOW_TENANT !== GRAPH_TENANT_ID,
      variable: 'GRAPH_ALLOW_TENANT',
      cause: `${GRAPH_ALLOW_TENANT === undefined ? 'is not set' : 'is not GRAPH_TENANT_ID'}, and Graph is not on this machine`,
      remedy: 'write the tenant id once more, to say that calls may be made and people rung there',
    },
    {
      broken: real && BOT_CALLBACK_URL !== undefined && onLoopback(BOT_CALLBACK_URL),
      variable: 'BOT_CALLBACK_URL',
      cause: 'is on loopback, where only a Graph on this machine can reach it',
      remedy: 'write the public https address of a tunnel or proxy that leads to the listener',
    },
    {
      broken: isControl(GRAPH_PEOPLE) && GRAPH_PEOPLE_TOKEN === undefined,
      variable: 'GRAPH_PEOPLE_TOKEN',
      cause: 'is not set, although GRAPH_PEOPLE is the address of a control API',
      remedy: 'write the token that the simulator printed for it',
    },
  ]
  return rules.flatMap(({ broken, ...problem }) => (broken ? [problem] : []))
}

function isControl(people: string | undefined): boolean {
  return people !== undefined && people !== 'attended' && people !== 'unattended'
}

function peopleOf({ GRAPH_PEOPLE, GRAPH_PEOPLE_TOKEN }: Values): PeopleSetting {
  if (GRAPH_PEOPLE === 'attended' || GRAPH_PEOPLE === 'unattended') return { kind: GRAPH_PEOPLE }
  return { kind: 'control', url: GRAPH_PEOPLE, token: GRAPH_PEOPLE_TOKEN ?? '' }
}

export type Environment = Readonly<Record<string, string | undefined>>

/** A fault and the variable, or the file `.env`, that it is in. */
interface Problem extends CauseAndRemedy {
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
function slips(environment: Environment, known: readonly string[], named: ReadonlySet<string>): Problem[] {
  return Object.keys(environment).flatMap((variable) => {
    if (!/^(GRAPH|BOT)_/i.test(variable) || known.includes(variable) || named.has(variable)) return []
    const meant = known.find((name) => distance(variable.toUpperCase(), name) <= SLIP)
    return meant === undefined ? [] : [{ variable, cause: 'is not known', remedy: `write ${meant}, or remove it` }]
  })
}
