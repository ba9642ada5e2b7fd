// What `npm run doctor` does: makes its checks in order and prints a line for each finding.
import { styleText } from 'node:util'
import { openWire, type Send } from '../../bot/wire'
import { Command, parseOptions, UsageError } from '../../contract/command-line'
import { CouldNotRun, HarnessError, NonConformance } from '../../contract/failures'
import { FixtureError } from '../../contract/fixture'
import { loadRequirements } from '../../contract/requirements'
import type { Network } from '../../net/network'
import {
  type Configuration,
  ConfigurationError,
  type Environment,
  loadEnvironment,
  readConfiguration,
} from '../../targets/tenant/config/configuration'
import {
  checkCallback,
  checkCast,
  checkClock,
  checkCredential,
  checkGraph,
  checkKeys,
  checkLeftovers,
  checkListener,
  checkPeople,
  checkPermissions,
  type EarlierRuns,
  type Examination,
  explaining,
  type Finding,
  type FindingState,
  type Needed,
} from './checks'

/** What the doctor is given by its caller. */
interface Surroundings extends Pick<Examination, 'now' | 'lookup' | 'openListener'> {
  /** Where `.env` is. */
  readonly folder: string
  readonly environment: Environment
  readonly print: (line: string) => void
  readonly colours: boolean
  readonly openNetwork: (configuration: Configuration, environment: Environment) => Network
  readonly tokens: (send: Send, configuration: Configuration) => () => Promise<string>
  readonly earlierRuns: (configuration: Configuration) => EarlierRuns
}

export interface Check {
  readonly name: string
  /** Is not made without what an earlier check finds. */
  readonly needs?: Needed
  readonly check: (examination: Examination) => readonly Finding[] | Promise<readonly Finding[]>
}

const CHECKS: readonly Check[] = [
  { name: 'cast', check: checkCast },
  { name: 'credential', check: checkCredential },
  { name: 'permissions', needs: 'token', check: checkPermissions },
  { name: 'Graph', check: checkGraph },
  { name: 'clock', needs: 'answer', check: checkClock },
  { name: 'keys', check: checkKeys },
  { name: 'listener', check: checkListener },
  { name: 'callback', needs: 'listener', check: checkCallback },
  { name: 'people', check: checkPeople },
  { name: 'earlier runs', check: checkLeftovers },
]

const EXIT = { ready: 0, fix: 1 } as const

const GUIDE = {
  examples: [
    ['', 'checks the configuration in the environment and in .env'],
    ['--clean-up', 'also hangs up the calls that earlier runs left'],
  ],
  exits: { 0: 'ready for a run', 1: 'something has to be fixed first, and a line says what' },
} as const

/** How long any answer may take, in milliseconds. */
export const ANSWER_LIMIT_MS = 30_000

const LOOKS = {
  ok: { mark: '✓', colour: 'green' },
  warning: { mark: '!', colour: 'yellow' },
  fix: { mark: '✗', colour: 'red' },
} as const satisfies Record<FindingState, unknown>

/**
 * Runs `npm run doctor` with the arguments after the command's name.
 * @returns the exit code: 0 when a run is possible, 1 when something has to be fixed first
 */
export async function doctor(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { print, colours } = surroundings
  const command = new Command('npm run doctor --')
    .description('Checks the configuration of a tenant run step by step, and says how to fix it.')
    .option('--clean-up', 'hang up the calls that earlier runs left', false)
  const states: FindingState[] = []
  const report = (name: string, findings: readonly Finding[]) => {
    for (const finding of findings) {
      states.push(finding.state)
      print(line(name, finding, colours))
    }
  }
  let unmade = 0
  try {
    const options = parseOptions(command, args, (text) => print(text.trimEnd()), GUIDE)
    if (options === null) return EXIT.ready
    unmade = await examine(options.cleanUp, surroundings, report)
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof FixtureError)) throw error
    print(error.message)
    return EXIT.fix
  }
  const faults = states.filter((state) => state === 'fix').length
  const others =
    unmade === 0 ? '' : ` ${unmade} ${unmade === 1 ? 'check needs' : 'checks need'} that first and could not be made.`
  print(faults === 0 ? '\nReady for a run.' : `\nNot ready: ${faults} of ${states.length} lines say what to do first.${others}`)
  return faults === 0 ? EXIT.ready : EXIT.fix
}

/** Makes the checks. Returns how many could not be made, because of what earlier ones found. */
async function examine(
  cleanUp: boolean,
  surroundings: Surroundings,
  report: (name: string, findings: readonly Finding[]) => void,
): Promise<number> {
  const { opened, findings } = open(surroundings)
  report('configuration', findings)
  if (opened === null) return CHECKS.length
  const { configuration, network } = opened
  const wire = { signal: new AbortController().signal, keep: () => {}, timeLimitMs: ANSWER_LIMIT_MS }
  const send = openWire({ ...wire, fetch: explaining(network.fetch) })
  const examination: Examination = {
    ...surroundings,
    ...{ configuration, requirements: loadRequirements(), send, cleanUp },
    tokens: surroundings.tokens(send, configuration),
    earlierRuns: () => surroundings.earlierRuns(configuration),
  }
  let unmade = 0
  try {
    for (const { name, needs, check } of CHECKS) {
      if (needs !== undefined && examination[needs] === undefined) unmade++
      else report(name, await checked(() => check(examination)))
    }
    return unmade
  } finally {
    await examination.listener?.close()
    await network.close()
  }
}

/** Errors whose messages say what to do, and hold no secret. */
const EXPLAINED = [CouldNotRun, FixtureError, HarnessError, NonConformance] as const

/** The findings of a check. Of an unforeseen error only the kind is shown: its message may hold anything. */
export async function checked(check: () => ReturnType<Check['check']>): Promise<readonly Finding[]> {
  try {
    return await check()
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException
    if (EXPLAINED.some((known) => error instanceof known)) return [{ state: 'fix', says: message }]
    const kind = [name, code].filter((part) => part !== undefined).join(' ')
    return [{ state: 'fix', says: `the check itself failed (${kind}); report this as a fault of the suite` }]
  }
}

interface Opened {
  /** Null where the configuration cannot be used. */
  readonly opened: { readonly configuration: Configuration; readonly network: Network } | null
  readonly findings: readonly Finding[]
}

/** Reads the configuration and opens the network that it describes; each problem is a line. */
function open({ folder, environment, openNetwork }: Surroundings): Opened {
  try {
    const merged = loadEnvironment(folder, environment)
    const configuration = readConfiguration(merged)
    const { graph, tenantId, clientId, credential } = configuration
    const says = `app ${clientId} in tenant ${tenantId}, by ${credential.kind}, against ${graph.baseUrl}${graph.callsPath}`
    return { opened: { configuration, network: openNetwork(configuration, merged) }, findings: [{ state: 'ok', says }] }
  } catch (error) {
    const problems =
      error instanceof ConfigurationError
        ? error.problems.map(({ variable, cause, remedy }) => `${variable} ${cause}; ${remedy}`)
        : error instanceof HarnessError && [error.message]
    if (problems === false) throw error
    return { opened: null, findings: problems.map((says) => ({ state: 'fix', says })) }
  }
}

function line(name: string, { state, says }: Finding, colours: boolean): string {
  const { mark, colour } = LOOKS[state]
  const head = `${mark} ${name.padEnd(14)} ${state}:`
  return `${colours ? styleText(colour, head, { validateStream: false }) : head} ${says.replace(/\s*\n\s*/g, ' ')}`
}
