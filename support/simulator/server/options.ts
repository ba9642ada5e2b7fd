// The options of the standalone simulator: declares and validates them; each error is one sentence with its remedy.
import { Command, InvalidArgumentError, matching, Option, parseOptions, UsageError } from '../../contract/command-line'
import { DEFAULT_PROFILE, PROFILES, type Profile } from '../../contract/profiles'
import type { PeopleMode, Time } from '../seed'

export interface ServeOptions {
  /** 0: any free one; of the control port too. */
  readonly port: number
  readonly controlPort: number
  readonly host: string
  readonly tls: boolean
  readonly removeCa: boolean
  readonly seedFile: string | undefined
  readonly profile: Profile
  readonly people: PeopleMode
  readonly time: Time
  readonly allowedHosts: readonly string[]
  readonly json: boolean
  /** Where the settings of a full run are written; null: nowhere. */
  readonly writeEnv: string | null
  readonly verbose: boolean
}

/** Slower than this a timer of the service would be longer than a timer of Node can be, and faster it has no meaning. */
const SPEEDS = { slowest: 0.01, fastest: 10_000 }

/** Built and installed as a package, or run from its source. */
const INSTALLED = __filename.endsWith('.js')

const GUIDE = {
  examples: [
    ['', 'on http://localhost:5050'],
    ['--tls', 'with https, as MSAL and the Graph clients need it'],
    ['--people manual --json', 'for a script that plays the people'],
    ['--speed 20 --write-env simulated.env', 'with the settings of a full conformance run'],
  ],
  exits: {
    0: 'ended by a signal or by the control API',
    3: 'an option, a file or a port cannot be used',
    130: 'ended by a second signal',
  },
} as const

function declared() {
  return new Command(INSTALLED ? 'graph-calls-simulator' : 'npm run simulator --')
    .description('Plays the calling API of Microsoft Graph, its token service and the people in the call, on this machine.')
    .option('--port <number>', 'Graph, the token service and the keys are all there; 0: any free one', port, 5050)
    .option('--control-port <number>', 'where the control API is, always on 127.0.0.1; 0: any free one', port, 5051)
    .option('--host <address>', 'the address to listen at', host, '127.0.0.1')
    .option('--tls', 'https as well, on the same port, with a certificate authority made on this machine', false)
    .option('--remove-ca', 'remove that certificate authority, and end', false)
    .option('--seed <file>', 'apps, people and meetings to play (YAML), in place of those of the page')
    .addOption(
      new Option('--profile <name>', "messages as the pages print them, or with the known drift of today's wire")
        .choices(PROFILES)
        .default(DEFAULT_PROFILE),
    )
    .addOption(
      new Option('--people <mode>', 'people act by themselves, or wait for the control API')
        .choices(['auto', 'manual'] as const)
        .default('auto' as const),
    )
    .addOption(
      new Option('--speed <factor>', 'how fast time passes, or "manual": the control API moves it')
        .argParser(speed)
        .default<Time>({ speed: 1 }, '1'),
    )
    .addOption(
      new Option('--allow-callback <host>', 'deliver notifications to this host too, not only to this machine (repeatable)')
        .argParser((text, previous: readonly string[]) => [...previous, callbackHost(text)])
        .default([] as readonly string[], 'none'),
    )
    .option('--json', 'print one line with everything a script needs, and nothing else', false)
    .addOption(
      new Option(
        '--write-env <file>',
        'write the settings of a full conformance run to a file; implies --tls and, unless --people is given, people who wait',
      )
        .argParser(matching(/\S/, String, 'names no file: write where the settings shall stand'))
        // The run says what people do.
        .implies({ tls: true, people: 'manual' }),
    )
    .option('--verbose', 'stack traces of faults', false)
}

/**
 * @param args what stands after `--`
 * @param out prints the help
 * @returns the options, or null when help was asked for and printed
 * @throws UsageError naming the option and the remedy
 */
export function readServeOptions(args: readonly string[], out: (text: string) => void): ServeOptions | null {
  const given = parseOptions(declared(), args, out, GUIDE)
  if (given === null) return null
  const { seed, speed: time, allowCallback, writeEnv = null, ...others } = given
  if (writeEnv !== null && time === 'virtual')
    throw new UsageError('--write-env goes with time that passes: leave --speed manual out, or write a number.')
  if (given.port === given.controlPort && given.port !== 0)
    throw new UsageError(`--port and --control-port are both ${given.port}: write two different numbers, or 0 for any free port.`)
  return { ...others, seedFile: seed, time, allowedHosts: allowCallback, writeEnv }
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('is no port: write a number from 1 to 65535, or 0 for any free one')
}

const host = matching(
  /^(?:\[[\w.:%-]+\]|[\w.:%-]+)$/,
  (text) => text.replace(/^\[(.*)\]$/, '$1'),
  'is no address: write an address or name of this machine, for example 127.0.0.1 or 0.0.0.0',
)

function speed(text: string): Time {
  if (text === 'manual') return 'virtual'
  const factor = Number(text)
  if (text.trim() !== '' && factor >= SPEEDS.slowest && factor <= SPEEDS.fastest) return { speed: factor }
  throw new InvalidArgumentError(
    `cannot be used: write a number from ${SPEEDS.slowest} to ${SPEEDS.fastest}, for example 10, or manual`,
  )
}

/** A host as it stands in a callback's address, in lower case. */
function callbackHost(text: string): string {
  const url = `http://${text.includes(':') && !text.startsWith('[') ? `[${text}]` : text}`
  if (!/[\s/?#@]/.test(text) && URL.canParse(url) && new URL(url).port === '') return new URL(url).hostname
  throw new InvalidArgumentError('is no host: write the name alone, without https:// and port, for example bot.test')
}
