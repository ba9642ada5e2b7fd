// The options of the standalone simulator: read, checked, and each fault told in one sentence with its remedy.
import { Command, CommanderError, Option } from 'commander'
import { sentence, UsageError } from '../../contract/command-line'
import type { PeopleMode } from '../seed'
import type { Time } from '../seeded-simulator'

export interface ServeOptions {
  /** 0: any free one; of the control port too. */
  readonly port: number
  readonly controlPort: number
  readonly host: string
  readonly tls: boolean
  readonly removeCa: boolean
  readonly seedFile: string | undefined
  readonly people: PeopleMode
  readonly time: Time
  readonly allowedHosts: readonly string[]
  readonly json: boolean
  /** Where the settings of a full run are written; null: nowhere. */
  readonly writeEnv: string | null
  readonly verbose: boolean
}

interface Given {
  port: string
  controlPort: string
  host: string
  tls?: boolean
  removeCa?: boolean
  seed?: string
  profile: string
  people: PeopleMode
  speed: string
  allowCallback: string[]
  json?: boolean
  writeEnv?: string
  verbose?: boolean
}

/** What the contract knows and a later release brings. */
const NOT_YET: readonly { readonly option: string; readonly instead: string; readonly asked: (given: Given) => boolean }[] = [
  {
    option: '--profile observed',
    instead: 'leave it out, this release plays the documented profile',
    asked: ({ profile }) => profile === 'observed',
  },
]

/** Slower than this a timer of the service would be longer than a timer of Node can be, and faster it has no meaning. */
const SPEEDS = { slowest: 0.01, fastest: 10_000 }

/** Built and installed as a package, or run from its source. */
const INSTALLED = __filename.endsWith('.js')

const collect = (value: string, previous: string[]) => [...previous, value]

function command(): Command {
  return new Command(INSTALLED ? 'graph-calls-simulator' : 'npm run simulator --')
    .description('Plays the calling API of Microsoft Graph, its token service and the people in the call, on this machine.')
    .option('--port <number>', 'Graph, the token service and the keys are all there; 0: any free one', '5050')
    .option('--control-port <number>', 'where the control API is, always on 127.0.0.1; 0: any free one', '5051')
    .option('--host <address>', 'the address to listen at', '127.0.0.1')
    .option('--tls', 'https as well, on the same port, with a certificate authority made on this machine')
    .option('--remove-ca', 'remove that certificate authority, and end')
    .option('--seed <file>', 'apps, people and meetings to play (YAML), in place of those of the page')
    .addOption(new Option('--profile <name>', 'what is played').choices(['documented', 'observed']).default('documented'))
    .addOption(
      new Option('--people <mode>', 'people act by themselves, or wait for the control API')
        .choices(['auto', 'manual'])
        .default('auto'),
    )
    .option('--speed <factor>', 'how fast time passes, or "manual": the control API moves it', '1')
    .addOption(
      new Option('--allow-callback <host>', 'deliver notifications to this host too, not only to this machine (repeatable)')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--json', 'print one line with everything a script needs, and nothing else')
    .option(
      '--write-env <file>',
      'write the settings of a full conformance run to a file, with --tls and people who wait unless told otherwise',
    )
    .option('--verbose', 'stack traces of faults')
    .allowExcessArguments(false)
    .exitOverride()
}

/**
 * @param args what stands after `--`
 * @param out writes the help
 * @returns the options, or null when help was asked for and printed
 * @throws UsageError naming the option and the remedy
 */
export function readServeOptions(args: readonly string[], out: (text: string) => void): ServeOptions | null {
  const parser = command().configureOutput({ writeOut: out, writeErr: () => {} })
  try {
    parser.parse([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return null
    throw new UsageError(`${sentence(error.message)} See --help.`)
  }
  const given = parser.opts<Given>()
  const late = NOT_YET.find(({ asked }) => asked(given))
  if (late !== undefined) throw new UsageError(`${late.option} is not available yet: ${late.instead}.`)
  const time = timeOf(given.speed)
  const writeEnv = writeEnvOf(given.writeEnv, time)
  const [port, controlPort] = [portOf('--port', given.port), portOf('--control-port', given.controlPort)]
  if (port === controlPort && port !== 0)
    throw new UsageError(`--port and --control-port are both ${port}: write two different numbers, or 0 for any free port.`)
  return {
    port,
    controlPort,
    host: hostOf(given.host),
    tls: given.tls === true || writeEnv !== null,
    removeCa: given.removeCa === true,
    seedFile: given.seed,
    // The run says what people do, and nobody else may.
    people: writeEnv !== null && parser.getOptionValueSource('people') === 'default' ? 'manual' : given.people,
    time,
    allowedHosts: given.allowCallback.map(callbackHost),
    json: given.json === true,
    writeEnv,
    verbose: given.verbose === true,
  }
}

function portOf(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new UsageError(`${option} "${text}" is no port: write a number from 1 to 65535, or 0 for any free one.`)
}

function hostOf(text: string): string {
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  if (/^[\w.:%-]+$/.test(bare)) return bare
  throw new UsageError(
    `--host "${text}" is no address: write an address or name of this machine, for example 127.0.0.1 or 0.0.0.0.`,
  )
}

function timeOf(text: string): Time {
  if (text === 'manual') return 'virtual'
  const speed = Number(text)
  if (text.trim() !== '' && speed >= SPEEDS.slowest && speed <= SPEEDS.fastest) return { speed }
  throw new UsageError(
    `--speed "${text}" cannot be used: write a number from ${SPEEDS.slowest} to ${SPEEDS.fastest}, for example 10, or manual.`,
  )
}

function writeEnvOf(text: string | undefined, time: Time): string | null {
  if (text === undefined) return null
  if (text.trim() === '') throw new UsageError('--write-env "" names no file: write where the settings shall stand.')
  if (time === 'virtual')
    throw new UsageError('--write-env goes with time that passes: leave --speed manual out, or write a number.')
  return text
}

/** A host as it stands in a callback's address, in lower case. */
function callbackHost(text: string): string {
  const url = `http://${text.includes(':') && !text.startsWith('[') ? `[${text}]` : text}`
  if (!/[\s/?#@]/.test(text) && URL.canParse(url) && new URL(url).port === '') return new URL(url).hostname
  throw new UsageError(
    `--allow-callback "${text}" is no host: write the name alone, without https:// and port, for example bot.test.`,
  )
}
