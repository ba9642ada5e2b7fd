// Writes the files of `--write-env`: the settings of a full conformance run against this simulator, for a shell and as .env, and their cast.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import path from 'node:path'
import { stringify } from 'yaml'
import { inCapitals, MEETING_NAMES } from '../../contract/cast'
import { UsageError } from '../../contract/command-line'
import { readUnchecked } from '../../contract/fixture'
import { isOver, startOf } from '../../contract/processes'
import { botApp, registeredApp } from '../identity/directory'
import { FOREIGN_TOKENS } from '../identity/tokens'
import type { Seed } from '../seed'
import type { Started } from './serving'

/** Readable by this user only: the file holds credentials, if only of a simulator. */
const MODE = 0o600

/** Where the suite's own listener is. */
const LOOPBACK = '127.0.0.1'

/** More than a run makes, so that no scenario goes without. */
const MAX_CALLS = 1_000

const castFileOf = (file: string): string => `${file}.cast.yaml`

/** @throws UsageError when one of the two files exists and may not be replaced */
export function refuseOverwriting(file: string): void {
  for (const one of [file, castFileOf(file)]) if (existsSync(one) && !isLeftBehind(one)) throw taken(one)
}

function taken(file: string): UsageError {
  return new UsageError(
    `--write-env: ${file} is there already, and a simulator that has ended did not write it as it is: remove it, or write another name.`,
  )
}

/** The line by which a later simulator knows that it may replace a file: who wrote it, and that it was not changed since. */
const mark = (writer: string, text: string) =>
  `# Written by ${writer}; SHA-256 of the other lines: ${createHash('sha256').update(text).digest('hex')}\n`
const MARK = /^# Written by (process (\d+) on (\S+), started (.*)); SHA-256 of the other lines: .*\n/m

const WRITER = `process ${process.pid} on ${hostname()}, started ${startOf(process.pid) ?? 'unknown'}`

/** The text with the mark before its first line that is no comment. */
function marked(head: string, body: string): string {
  return head + mark(WRITER, head + body) + body
}

/**
 * Whether a simulator wrote the file as it is and has ended: its process ran on this machine and is gone. A file that was changed since, or
 * that another machine wrote, is never replaced.
 */
function isLeftBehind(file: string): boolean {
  if (!lstatSync(file).isFile()) return false
  const text = readFileSync(file, 'utf8')
  const [line, writer = '', pid, machine, start] = MARK.exec(text) ?? []
  if (line === undefined || line !== mark(writer, text.replace(line, ''))) return false
  return machine === hostname() && isOver(Number(pid), start === 'unknown' ? null : (start ?? null))
}

/**
 * Writes both files. Tokens that must not work are made now and are valid for a month.
 * @returns the absolute path of the settings
 * @throws UsageError when a file is there, cannot be written, or a shell cannot quote its path
 */
export async function writeSettings(file: string, started: Started): Promise<string> {
  const [settings, cast] = [path.resolve(file), path.resolve(castFileOf(file))]
  const text = lines(await settingsOf(started, cast))
  refuseOverwriting(file)
  for (const one of [settings, cast]) if (existsSync(one)) rmSync(one)
  write(cast, marked(CAST_HEAD, stringify(castOf(started.world.seed), { lineWidth: 0 })))
  try {
    write(settings, text)
  } catch (error) {
    rmSync(cast)
    throw error
  }
  return settings
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: MODE, flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw taken(file)
    throw new UsageError(`--write-env: ${file} cannot be written (${code}): name a file in a folder that this user may write to.`)
  }
}

const CAST_HEAD = `# The people, meetings and registrations of the simulator that wrote this file, as a cast. It declares everything that the simulator can do.
`
const SETTINGS_HEAD = `# Settings of a full conformance run against the simulator that wrote this file, good while it runs:
#   set -a; . THIS_FILE; set +a; npm run conformance -- --target tenant
# or copy it to .env. None of it is a real secret. The next simulator that writes this name replaces it, once this one
# has ended, unless the file was changed.
`

async function settingsOf({ world, addresses, control }: Started, castFile: string): Promise<Record<string, string>> {
  const { simulator, seed } = world
  const bot = botApp(seed.cast)
  const port = await freePort()
  const secrets = Object.values(seed.cast.apps).map((app) => [app.secretEnv, registeredApp(seed.cast, app).secret] as const)
  const tokens = FOREIGN_TOKENS.map(async (kind) => [tokenEnv(kind), await simulator.foreignToken(kind, bot.clientId)] as const)
  return {
    GRAPH_BASE_URL: addresses.https ?? addresses.http,
    GRAPH_AUTHORITY_URL: addresses.authority,
    ...(addresses.caFile === null ? {} : { GRAPH_CA_FILE: addresses.caFile }),
    GRAPH_TENANT_ID: bot.tenantId,
    GRAPH_CLIENT_ID: bot.clientId,
    GRAPH_CLIENT_SECRET: bot.secret,
    GRAPH_CAST: castFile,
    BOT_CALLBACK_URL: `http://${LOOPBACK}:${port}/calls`,
    BOT_CALLBACK_LISTEN: `${LOOPBACK}:${port}`,
    BOT_NOTIFICATION_OPENID: addresses.openIdConfiguration,
    GRAPH_PEOPLE: control.url,
    GRAPH_PEOPLE_TOKEN: control.token,
    ...Object.fromEntries([...secrets, ...(await Promise.all(tokens))]),
  }
}

const tokenEnv = (kind: string) => `GRAPH_TOKEN_${inCapitals(kind)}`

/** The world file as it is written, with what a tenant run needs and this simulator has: tokens, limits, a guest and media. */
function castOf({ file, cast: { meetings, guest, media, bot } }: Seed): object {
  const { faults: _, meetingsOnDemand: __, ...written } = readUnchecked(file) as Record<string, object>
  const played = Object.entries(written.meetings ?? {}).filter(([name]) => name in meetings && MEETING_NAMES.includes(name))
  return {
    ...written,
    bot,
    meetings: Object.fromEntries(played),
    // Any unique id will do for a guest (documented: page "Create call").
    guest: guest ?? { id: randomUUID(), displayName: 'Guest User' },
    media: {
      prefetch: media.prefetch.length > 0 ? media.prefetch : ['https://cdn.contoso.com/beep.wav'],
      blob: { live: true },
    },
    tokens: Object.fromEntries(FOREIGN_TOKENS.map((kind) => [kind, { env: tokenEnv(kind) }])),
    limits: { maxCalls: MAX_CALLS, answerWithinSeconds: 60 },
  }
}

function lines(settings: Record<string, string>): string {
  const assigned = Object.entries(settings).map(([name, value]) => `${name}=${quoted(name, value)}\n`)
  return marked(SETTINGS_HEAD, assigned.join(''))
}

/** In quotes that mean the same to a shell and to Node's reader of .env files: neither can write a quote inside its own kind. */
function quoted(name: string, value: string): string {
  if (!/['\r\n]/.test(value)) return `'${value}'`
  if (!/["$`\\\r\n]/.test(value)) return `"${value}"`
  throw new UsageError(
    `--write-env: ${name} would hold quotes that a shell and .env read differently: name a file in a folder without them.`,
  )
}

/** A port that is free now, for the suite's listener. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, LOOPBACK, resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
