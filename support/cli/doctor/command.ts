// An examination by the doctor: its checks in their order, which needs which, and a line for each finding.
import { randomUUID } from 'node:crypto'
import { styleText } from 'node:util'
import { Command, CommanderError } from 'commander'
import { graphClient } from '../../bot/graph-client'
import { openWire, type Send } from '../../bot/wire'
import { HarnessError } from '../../contract/faults'
import { onLoopback } from '../../contract/loopback'
import { loadRequirements } from '../../contract/requirements'
import type { Network } from '../../net/network'
import {
  type Configuration,
  ConfigurationError,
  type Environment,
  loadEnvironment,
  readConfiguration,
} from '../../targets/tenant/config/configuration'
import { checkCallback, checkListener, type Listener } from './check-callback'
import { type Checked, checkClock, checkGraph, checkKeys, type Finding, found, mend, ok, type State } from './check-services'
import { checkCast, checkCredential, checkPermissions } from './check-token'
import { checkLeftovers, type EarlierRuns, endThrough } from './leftovers'

/** What the doctor looks at the world through. */
export interface Surroundings {
  /** Where `.env` is. */
  readonly folder: string
  readonly environment: Environment
  readonly print: (line: string) => void
  readonly colours: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly lookup: (host: string) => Promise<readonly string[]>
  readonly openNetwork: (configuration: Configuration, environment: Environment) => Network
  readonly tokens: (send: Send, configuration: Configuration) => () => Promise<string>
  readonly openListener: (place: Configuration['callback']) => Promise<Listener>
  readonly earlierRuns: (configuration: Configuration) => EarlierRuns
}

const EXIT = { ready: 0, mend: 1 } as const

/** How long an answer of the token service, or to a hang-up, may take, in milliseconds. */
export const ANSWER_LIMIT_MS = 30_000

const LOOKS = {
  ok: { mark: '✓', colour: 'green' },
  warning: { mark: '!', colour: 'yellow' },
  mend: { mark: '✗', colour: 'red' },
  'not checked': { mark: '-', colour: 'gray' },
} as const satisfies Record<State, unknown>

/**
 * Runs `npm run doctor` with the arguments after the command's name.
 * @returns the exit code: 0 when a run can be made, 1 when something is to be mended first; what was left unchecked follows from that
 */
export async function doctor(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const command = new Command('npm run doctor --')
    .description('Checks the configuration of a tenant run step by step, and says how to mend it.')
    .option('--clean-up', 'hang up the calls that earlier runs left')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => surroundings.print(text.trimEnd()), writeErr: () => {} })
  try {
    command.parse([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return EXIT.ready
    const said = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
    surroundings.print(`${said}; see "npm run doctor -- --help".`)
    return EXIT.mend
  }
  const states = await examine(command.opts<{ cleanUp?: true }>().cleanUp === true, surroundings)
  const faults = states.filter((state) => state === 'mend').length
  surroundings.print(
    faults === 0 ? '\nReady for a run.' : `\nNot ready: ${faults} of ${states.length} lines say what to do first.`,
  )
  return faults === 0 ? EXIT.ready : EXIT.mend
}

/** A check, or why it cannot be made. */
type Check<Found> = (() => Promise<Checked<Found>>) | string

async function examine(cleanUp: boolean, surroundings: Surroundings): Promise<readonly State[]> {
  const { now, print, colours } = surroundings
  const states: State[] = []
  const say = async <Found>(name: string, check: Check<Found>): Promise<Found | null> => {
    const { findings, found } = await checked(check)
    for (const finding of findings) {
      states.push(finding.state)
      print(line(name, finding, colours))
    }
    return found
  }

  const opened = await say('configuration', () => checkConfiguration(surroundings))
  if (opened === null) {
    for (const name of ['cast', 'credential', 'permissions', 'Graph', 'clock', 'keys', 'listener', 'callback', 'earlier runs'])
      await say(name, 'the configuration cannot be used')
    return states
  }
  const { configuration, network } = opened
  const { fetch } = network
  const requirements = loadRequirements()
  let listener: Listener | null = null
  try {
    const send = openWire({ fetch, signal: new AbortController().signal, keep: () => {}, timeLimitMs: ANSWER_LIMIT_MS })
    const tokens = surroundings.tokens(send, configuration)
    const { callback, cast, graph, people } = configuration
    await say('cast', () => checkCast(cast, people, requirements))
    const token = await say('credential', () => checkCredential(tokens, configuration))
    await say('permissions', token === null ? 'no token of this app was got' : () => checkPermissions(token, requirements))
    const answer = await say('Graph', () => checkGraph(graph, fetch, now))
    await say('clock', answer === null ? 'Graph gave no answer to compare with' : () => checkClock(answer))
    await say('keys', () => checkKeys(configuration.openIdUrl, fetch, now))
    const place = `${callback.host.includes(':') ? `[${callback.host}]` : callback.host}:${callback.port}`
    const open = await say('listener', () => checkListener(() => surroundings.openListener(callback), place))
    listener = open
    const graphElsewhere = !onLoopback(graph.baseUrl)
    const parts = {
      url: callback.url,
      place,
      fetch,
      lookup: surroundings.lookup,
      now,
      graphElsewhere,
      nonce: `doctor-${randomUUID()}`,
    }
    await say('callback', open === null ? 'nothing listens for it' : () => checkCallback({ ...parts, listener: open }))
    const end =
      token === null
        ? 'no token of this app was got'
        : endThrough((callsPath) => graphClient(send, { baseUrl: graph.baseUrl, callsPath }, async () => token.bearer))
    await say('earlier runs', async () => checkLeftovers(surroundings.earlierRuns(configuration), cleanUp ? end : null))
    return states
  } finally {
    await listener?.close()
    await network.close()
  }
}

/** An error that no check foresaw is told by its kind alone: its message may hold anything. */
async function checked<Found>(check: Check<Found>): Promise<Checked<Found>> {
  if (typeof check === 'string') return { findings: [{ state: 'not checked', says: `because ${check}` }], found: null }
  try {
    return await check()
  } catch (error) {
    const { name, code } = error as NodeJS.ErrnoException
    const cause = `the check itself failed (${[name, code].filter((part) => part !== undefined).join(' ')})`
    return found(mend({ cause, remedy: 'report this as a fault of the suite' }))
  }
}

interface Opened {
  readonly configuration: Configuration
  readonly network: Network
}

/** Reads the configuration and opens the network that it describes; each problem is a line. */
async function checkConfiguration({ folder, environment, openNetwork }: Surroundings): Promise<Checked<Opened>> {
  try {
    const merged = loadEnvironment(folder, environment)
    const configuration = readConfiguration(merged)
    const { graph, tenantId, clientId, credential } = configuration
    const told = `app ${clientId} in tenant ${tenantId}, by ${credential.kind}, against ${graph.baseUrl}${graph.callsPath}`
    return { findings: [ok(told)], found: { configuration, network: openNetwork(configuration, merged) } }
  } catch (error) {
    if (error instanceof ConfigurationError)
      return found(...error.problems.map(({ variable, cause, remedy }) => mend({ cause: `${variable} ${cause}`, remedy })))
    if (error instanceof HarnessError) return found({ state: 'mend', says: error.message })
    throw error
  }
}

function line(name: string, { state, says }: Finding, colours: boolean): string {
  const { mark, colour } = LOOKS[state]
  const told = `${mark} ${name.padEnd(14)} ${state}:`
  return `${colours ? styleText(colour, told, { validateStream: false }) : told} ${says.replace(/\s*\n\s*/g, ' ')}`
}
