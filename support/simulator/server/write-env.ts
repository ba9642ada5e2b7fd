// `--write-env`: the settings of a full conformance run against this simulator, for a shell and as .env, and the cast that goes with them.
import { randomUUID } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { stringify } from 'yaml'
import { type Cast, MEETING_NAMES } from '../../contract/cast'
import { UsageError } from '../../contract/command-line'
import { PERMISSIONS } from '../core/forms'
import { meetingKey } from '../core/state'
import type { App } from '../identity/directory'
import { FOREIGN_TOKENS } from '../identity/invalid-tokens'
import type { Seed } from '../seed'
import type { Started } from './serving'

/** Readable by this user alone: what stands there lets in, if only to a simulator. */
const MODE = 0o600

/** Where the suite's own listener is; the people of the simulator are reached there over http, as loopback allows. */
const LOOPBACK = '127.0.0.1'

/** More than a run makes, so that no scenario goes without. */
const MAX_CALLS = 1_000

export const castFileOf = (file: string): string => `${file}.cast.yaml`

/** @throws UsageError when one of the two files is there, which is never overwritten */
export function refuseOverwriting(file: string): void {
  const there = [file, castFileOf(file)].find((one) => existsSync(one))
  if (there !== undefined) throw taken(there)
}

function taken(file: string): UsageError {
  return new UsageError(`--write-env: ${file} is there already and is never overwritten: remove it, or write another name.`)
}

/**
 * Writes both files. Tokens that must not work are made now and keep for a month.
 * @returns the absolute path of the settings
 * @throws UsageError when a file is there, cannot be written, or its path cannot be told to a shell
 */
export async function writeSettings(file: string, started: Started): Promise<string> {
  const [settings, cast] = [path.resolve(file), path.resolve(castFileOf(file))]
  const text = lines(await settingsOf(started, cast))
  write(cast, CAST_HEAD + stringify(castOf(started.world.seed), { lineWidth: 0 }))
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
# or copy it to .env. None of it is a secret of anybody. It is never overwritten: remove it, and the cast beside it, when you are done.
`

async function settingsOf({ world, addresses, control }: Started, castFile: string): Promise<Record<string, string>> {
  const { simulator, seed } = world
  const bot = botOf(seed)
  const port = await freePort()
  const others = registrationsOf(seed).map(({ secretEnv, app }) => [secretEnv, app.secret] as const)
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
    ...Object.fromEntries([...others, ...(await Promise.all(tokens))]),
  }
}

/** A cast as it is written, which may leave out what it need not say. */
type Written = Pick<Cast, 'people' | 'guest' | 'limits'> &
  Readonly<Record<'bot' | 'meetings' | 'media' | 'apps' | 'tokens', object>>

function castOf(seed: Seed): Written {
  return {
    bot: { displayName: botOf(seed).displayName },
    people: Object.fromEntries([...seed.people].map(([name, { id, displayName }]) => [name, { id, displayName }])),
    // Any unique id will do for a guest (documented: page "Create call").
    guest: { id: randomUUID(), displayName: 'Guest User' },
    meetings: Object.fromEntries(MEETING_NAMES.flatMap((name) => meetingOf(seed, name))),
    media: { prefetch: ['https://cdn.contoso.com/beep.wav', 'https://cdn.contoso.com/cool.wav'], blob: { live: true } },
    apps: Object.fromEntries(
      registrationsOf(seed).map(({ name, secretEnv, app: { clientId, permissions, registered } }) => {
        return [name, { clientId, secretEnv, permissions, registered }]
      }),
    ),
    tokens: Object.fromEntries(FOREIGN_TOKENS.map((kind) => [kind, { env: tokenEnv(kind) }])),
    limits: { maxCalls: MAX_CALLS, answerWithinSeconds: 60 },
  }
}

/** A meeting that the features speak of, where the seed has it and its organizer, without whom nobody can join. */
function meetingOf({ meetings, directory, people, present }: Seed, name: string): [string, object][] {
  const key = meetings.get(name)
  const seeded = directory.meetings.find(({ threadId, messageId }) => meetingKey(threadId, messageId) === key)
  if (seeded?.organizer === undefined) return []
  const { threadId, messageId, replyChainMessageId = null, organizer, tenantId, guests, conferenceId = null } = seeded
  const there = [...people].find(([, { id }]) => present.some(({ meeting, person }) => meeting === key && person.id === id))
  return [
    [
      name,
      {
        threadId,
        messageId,
        replyChainMessageId,
        organizer: { ...organizer, tenantId },
        secondParticipant: there?.[0] ?? null,
        guests,
        conferenceId,
      },
    ],
  ]
}

/** The app that may do everything, or the first. */
function botOf({ directory: { apps } }: Seed): App {
  const able = ({ registered, permissions }: App) => registered && PERMISSIONS.every((one) => permissions.includes(one))
  return apps.find(able) ?? (apps[0] as App)
}

/** All other apps, by the name that the seed gives them, or by their place in it. */
function registrationsOf(seed: Seed): { readonly name: string; readonly secretEnv: string; readonly app: App }[] {
  const bot = botOf(seed)
  const names = new Map([...seed.apps].map(([name, app]) => [app, name]))
  return seed.directory.apps.flatMap((app, at) => {
    const name = names.get(app) ?? `app${at + 1}`
    return app === bot ? [] : [{ name, secretEnv: `GRAPH_SECRET_${capitals(name)}`, app }]
  })
}

const tokenEnv = (kind: string) => `GRAPH_TOKEN_${capitals(kind)}`

/** As variables are written: `onlyJoin` becomes ONLY_JOIN. */
function capitals(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()
}

function lines(settings: Record<string, string>): string {
  return (
    SETTINGS_HEAD +
    Object.entries(settings)
      .map(([name, value]) => `${name}=${quoted(name, value)}\n`)
      .join('')
  )
}

/** In quotes that a shell and Node's reader of .env files take alike: neither knows a way to write one quote inside its own kind. */
function quoted(name: string, value: string): string {
  if (!/['\r\n]/.test(value)) return `'${value}'`
  if (!/["$`\\\r\n]/.test(value)) return `"${value}"`
  throw new UsageError(
    `--write-env: ${name} would hold quotes that a shell and .env read differently: name a file in a folder without them.`,
  )
}

/** A port that nobody listens at now, for the suite's listener. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, LOOPBACK, resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
