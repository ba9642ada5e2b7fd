// Redacts every text before it leaves a run, into the record or to the terminal.
import { readFileSync } from 'node:fs'
import type { Cast } from '../contract/cast'
import { shownProse } from '../contract/shown'
import { withoutMachinePaths } from '../results/redaction/machine-paths'
import { createPseudonyms, type Pseudonyms } from '../results/redaction/pseudonyms'
import { createSecrets } from '../results/redaction/secrets'
import type { Configuration, Environment } from '../targets/tenant/config/configuration'

/** Hides the secrets of one run. */
export interface Outlet {
  /** Learns a secret, by the name that will stand in its place. Call it before any text with the secret can be written. */
  conceal(name: string, secret: string): void
  /** Keeps the id of a call readable where ids are replaced: the operator may have to hang it up. */
  spareCall(callId: string): void
  /** Learns every secret that a configuration holds or names. */
  concealConfiguration(configuration: Configuration, environment: Environment): void
  /** From now on replaces ids and names in the record; names of the cast become those that the scenarios use. */
  pseudonymise(cast: Cast, registration: Registration | null): void
  /** A text as it may be shown to the operator. */
  discreet(text: string): string
  /** A text as it may be kept and passed on. */
  keepable(text: string): string
}

type Registration = Pick<Configuration, 'tenantId' | 'clientId'>

export function createOutlet(): Outlet {
  const secrets = createSecrets()
  let pseudonyms: Pseudonyms | null = null
  const discreet = (text: string) => shownProse(secrets.hide(text))
  return {
    conceal: (name, secret) => secrets.learn(name, secret),
    spareCall: (callId) => pseudonyms?.spare(callId),
    concealConfiguration: (configuration, environment) => {
      for (const { name, of } of CONFIGURED)
        for (const secret of of({ configuration, environment })) if (secret !== undefined) secrets.learn(name, secret)
    },
    pseudonymise: (cast, registration) => {
      pseudonyms = pseudonymsOf(cast, registration)
    },
    discreet,
    keepable: (text) => {
      const safe = withoutMachinePaths(discreet(text))
      return pseudonyms === null ? safe : pseudonyms.replace(safe)
    },
  }
}

function pseudonymsOf({ bot, people, guest, meetings, apps }: Cast, registration: Registration | null): Pseudonyms {
  const replaced = createPseudonyms()
  const named = Object.entries({ ...people, ...(guest === null ? {} : { Guest: guest }) })
  const organizers = Object.entries(meetings).map(
    ([key, { coordinates }]) => [`Organizer of ${key}`, coordinates.organizer] as const,
  )
  for (const [name, { displayName, id }] of [...organizers, ...named]) {
    replaced.learn(id)
    if (displayName !== null) replaced.rename(displayName, name)
  }
  const tenants = [registration?.tenantId, bot.tenantId, ...organizers.map(([, { tenantId }]) => tenantId)]
  const clients = [registration?.clientId, bot.clientId, ...Object.values(apps).map(({ clientId }) => clientId)]
  for (const id of [...tenants, ...clients]) if (typeof id === 'string') replaced.learn(id)
  // The name of the bot identifies no person.
  replaced.rename(bot.displayName, bot.displayName)
  return replaced
}

interface Given {
  readonly configuration: Configuration
  readonly environment: Environment
}

/** The secrets of a configuration. Tokens and the paths of callbacks are concealed when they are made. */
const CONFIGURED: readonly { readonly name: string; readonly of: (given: Given) => readonly (string | undefined)[] }[] = [
  {
    name: 'client secret',
    of: ({ configuration: { credential } }) => (credential.kind === 'secret' ? [credential.secret] : []),
  },
  {
    name: 'certificate key',
    of: ({ configuration: { credential } }) => (credential.kind === 'certificate' ? partsOfPem(credential.privateKey) : []),
  },
  {
    name: 'assertion',
    of: ({ configuration: { credential } }) => (credential.kind === 'federated' ? [contentOf(credential.file)] : []),
  },
  { name: 'control token', of: ({ configuration: { people } }) => (people.kind === 'control' ? [people.token] : []) },
  {
    name: 'secret of an app',
    of: ({ configuration: { cast }, environment }) => Object.values(cast.apps).map(({ secretEnv }) => environment[secretEnv]),
  },
  {
    name: 'token of the cast',
    of: ({ configuration: { cast }, environment }) => Object.values(cast.tokens).map((token) => token && environment[token.env]),
  },
  {
    name: 'proxy password',
    of: ({ environment }) =>
      ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].flatMap((name) => credentialsIn(environment[name] ?? '')),
  },
  {
    name: 'join address',
    of: ({ configuration: { cast } }) => Object.values(cast.meetings).flatMap(({ joinUrl }) => partsOfAddress(joinUrl ?? '')),
  },
  { name: 'callback base', of: ({ configuration: { callback } }) => [longPathOf(callback.url)] },
]

/** A key as a whole and line by line. */
function partsOfPem(pem: string): readonly string[] {
  const lines = pem.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('-----'))
  return [pem.trim(), lines.join(''), ...lines]
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    // The run reports this when it needs the file; nothing of it can leak before.
    return undefined
  }
}

/** A password, and with its user name as the proxy is sent it. */
function credentialsIn(proxy: string): readonly string[] {
  if (!URL.canParse(proxy)) return []
  const { username, password } = new URL(proxy)
  return password === '' ? [] : [password, `${decodeURIComponent(username)}:${decodeURIComponent(password)}`]
}

/** A join address, its path, and the values of its query, a passcode among them. */
function partsOfAddress(address: string): readonly string[] {
  if (!URL.canParse(address)) return []
  const { pathname, search, searchParams } = new URL(address)
  return [address, pathname, search.slice(1), ...searchParams.values()]
}

/** Below this length, in characters, it is a word like "callback" that stands elsewhere too. */
const LONG_PATH = 12

function longPathOf(address: string): string | undefined {
  const path = new URL(address).pathname.replace(/^\/+|\/+$/g, '')
  return path.length < LONG_PATH ? undefined : path
}

/** Makes everything that this process writes to its terminal pass through the outlet. */
export function guardTerminal({ discreet }: Pick<Outlet, 'discreet'>): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (chunk: string | Uint8Array, ...rest: unknown[]) => boolean
    stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) =>
      write(discreet(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()), ...rest)) as typeof stream.write
  }
}
