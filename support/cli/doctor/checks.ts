// The checks of the doctor. Each returns its findings, and leaves in the examination what later checks need.

import { randomUUID } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import { graphClient } from '../../bot/graph-client'
import { notificationKeys } from '../../bot/notification-keys'
import { aheadOf, jsonOrNull, MOST_SKEW_SECONDS, type Reply, type Send } from '../../bot/wire'
import { capabilitiesOf } from '../../contract/cast'
import type { DocumentedExample } from '../../contract/documented'
import type { Fetch } from '../../contract/exchange'
import { CouldNotRun } from '../../contract/failures'
import { onLoopback } from '../../contract/loopback'
import type { Requirement } from '../../contract/requirements'
import { callsPaths } from '../../contract/revisions'
import type { CallbackListener } from '../../net/callback-listener'
import { libraryOf } from '../../suite/library'
import type { Leftover, Leftovers } from '../../targets/tenant/call-journal'
import type { Configuration } from '../../targets/tenant/config/configuration'
import { describeUnknown, endLeftovers } from '../../targets/tenant/registrations'

/** `warning`: a run is possible, but the operator should know. `fix`: a run would fail. */
export type FindingState = 'ok' | 'warning' | 'fix'

/** One line: what is right, or what is wrong and what to do. */
export interface Finding {
  readonly state: FindingState
  readonly says: string
}

/** The listener of the bot, as far as the doctor uses it. */
export type DoctorListener = Pick<CallbackListener, 'receive' | 'strays' | 'close'>

/** Calls of earlier runs, and how to note that one has ended or was reported. */
export interface EarlierRuns extends Leftovers {
  settle(call: Leftover, how: 'ended' | 'reported'): void
}

interface Token {
  readonly bearer: string
  /** In lower case, names in the singular; null where the token cannot be read: only Graph has to be able to. */
  readonly roles: readonly string[] | null
}

/** What the checks use, and what they leave for later ones. */
export interface Examination {
  readonly configuration: Configuration
  readonly requirements: readonly Requirement[]
  /** Its failures say what to do (`explaining`). */
  readonly send: Send
  readonly tokens: () => Promise<string>
  readonly openListener: (place: Configuration['callback']) => Promise<DoctorListener>
  readonly lookup: (host: string) => Promise<readonly string[]>
  readonly earlierRuns: () => EarlierRuns
  /** Whether to hang up the calls of earlier runs. */
  readonly cleanUp: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  token?: Token
  /** Graph's answer, and the middle of sending and receiving it on this clock. */
  answer?: { readonly headers: Headers; readonly at: number }
  listener?: DoctorListener
}

/** What some checks need from earlier ones. */
export type Needed = 'token' | 'answer' | 'listener'

const ok = (says: string): Finding => ({ state: 'ok', says })
const warning = (cause: string, remedy: string): Finding => ({ state: 'warning', says: `${cause}; ${remedy}` })
const fix = (cause: string, remedy: string): Finding => ({ state: 'fix', says: `${cause}; ${remedy}` })

const UNTRUSTED = 'write the PEM file of its authority to GRAPH_CA_FILE, if it is yours'

/** Why there was no answer, by the code of the error. Addresses are left out: one may be that of a proxy. */
const FAILURES: readonly (readonly [code: RegExp, cause: string, remedy: string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'its name does not resolve', 'correct the name, or see to the DNS'],
  [/^ECONNREFUSED$/, 'nothing listens there', 'start it, or correct host and port'],
  [/TIMEOUT/i, 'it did not answer in time', 'see whether a firewall or a proxy (HTTPS_PROXY) stands between'],
  [/CERT|ISSUER|LEAF/, 'its certificate is not trusted', UNTRUSTED],
  [/^PROXY_407$/, 'the proxy wants credentials', 'write them to HTTPS_PROXY, as http://user:password@host:port'],
  [/^PROXY_/, 'the proxy does not let it through', 'have the host allowed, or put it in NO_PROXY'],
  [/SSL|EPROTO/, 'it does not use TLS', 'correct scheme and port'],
]

/** A fetch whose errors say what to do, and repeat nothing else. */
export function explaining(fetch: Fetch): Fetch {
  return (url, init) =>
    fetch(url, init).catch((error: unknown) => {
      const code = codeOf(error)
      const [, cause, remedy] = FAILURES.find(([pattern]) => pattern.test(code)) ?? []
      throw new Error(`${cause ?? code}; ${remedy ?? 'see whether it is up, and what HTTPS_PROXY and NO_PROXY say'}`)
    })
}

/** Undici reports a proxy's refusal of a tunnel in words alone. */
const PROXY_WORDS = /^Proxy response \((\d{3})\)/

function codeOf(error: unknown): string {
  const { name, message, code, cause } = error as Error & { code?: unknown; cause?: unknown }
  if (cause instanceof Error) return codeOf(cause)
  const status = PROXY_WORDS.exec(message)?.[1]
  if (status !== undefined) return `PROXY_${status}`
  // A DOMException has a number for a code.
  return typeof code === 'string' && /^\w+$/.test(code) ? code : name
}

/** The examples of the pages that a run with this configuration is held to. */
function examplesOf({ configuration, requirements }: Examination): readonly DocumentedExample[] {
  const examples = [...libraryOf(configuration.graph.callsPath).documented.examples.values()]
  return examples.filter(({ requirement }) => requirements.some(({ id }) => id === requirement))
}

/** The page writes some in the plural; letter case does not count (E-04, E-05). */
const spelling = (permission: string) => permission.toLowerCase().replace('groupcalls', 'groupcall')

/** Reports what the cast declares, and which examples cannot be judged with it. */
export function checkCast(examination: Examination): Finding[] {
  const { cast, people } = examination.configuration
  const declared = capabilitiesOf(cast)
  const findings = examplesOf(examination).flatMap((example): Finding[] => {
    const { person, meeting } = example
    const needs = examination.requirements.find(({ id }) => id === example.requirement)?.needs ?? []
    const missing = needs.filter(({ capability }) => !declared.has(capability))
    const whole = missing.filter((need) => need.for === null).map(({ capability }) => capability)
    const absent = [
      ...(person === null || person in cast.people ? [] : [`the person ${person}`]),
      ...(meeting === null || meeting in cast.meetings ? [] : [`the ${meeting} meeting`]),
      ...whole,
    ]
    const name = nameOf(example)
    if (absent.length > 0)
      return [warning(`${name} does not apply`, `declare ${absent.join(' and ')} in the cast to have it judged`)]
    if (people.kind === 'unattended' && needs.some(({ capability }) => capability === 'person-answers'))
      return [warning(`${name} cannot run, because nothing answers`, 'set GRAPH_PEOPLE to attended and sit by')]
    return missing.map(({ capability, for: part }) =>
      warning(`${name} is judged without ${part}`, `declare ${capability} in the cast to have that judged too`),
    )
  })
  const size = `people: ${Object.keys(cast.people).length}, meetings: ${Object.keys(cast.meetings).length}`
  return [ok(`${size}; at most ${cast.limits.maxCalls} calls a run`), ...findings]
}

/** An example by its requirement, and by its number in the features. */
const nameOf = ({ requirement, number }: DocumentedExample) => `${requirement} (example ${number})`

const claims = z.looseObject({
  tid: z.string(),
  appid: z.string().optional(),
  azp: z.string().optional(),
  roles: z.array(z.string()).default([]),
})

/** Asks for a token, and checks that it is one of this app in this tenant. */
export async function checkCredential(examination: Examination): Promise<Finding[]> {
  const { tenantId, clientId } = examination.configuration
  const bearer = await examination.tokens()
  const read = claimsOf(bearer)
  if (read === null) {
    examination.token = { bearer, roles: null }
    return [warning('the token cannot be read', 'what it permits shows only in a run')]
  }
  const app = read.appid ?? read.azp ?? 'none'
  const token = `a token for app ${app} in tenant ${read.tid}`
  if (app.toLowerCase() !== clientId || read.tid.toLowerCase() !== tenantId)
    return [fix(`got ${token}`, 'which is another; correct GRAPH_CLIENT_ID and GRAPH_TENANT_ID, or the credential')]
  examination.token = { bearer, roles: read.roles.map(spelling) }
  return [ok(token)]
}

function claimsOf(token: string): z.output<typeof claims> | null {
  try {
    return claims.parse(decodeJwt(token))
  } catch {
    return null
  }
}

/** Reports which examples the permissions allow, and what to grant for the others. Other permissions are counted, not shown. */
export function checkPermissions(examination: Examination): Finding[] {
  const roles = examination.token?.roles ?? null
  if (roles === null) return [warning('unknown', 'see in the portal that an administrator has consented')]
  const lacks = (permission: string) => !roles.includes(spelling(permission))
  const examples = examplesOf(examination)
  const needed = [...new Set(examples.flatMap(({ permissions }) => permissions))]
  const held = needed.filter((permission) => !lacks(permission))
  const consent = 'in the registration, as an application permission, and let an administrator consent'
  if (held.length === 0)
    return [
      fix(
        `the token permits nothing of calling (it has ${roles.length} other permissions)`,
        `grant ${needed.join(', ')} ${consent}`,
      ),
    ]
  const refused = examples.filter(({ permissions }) => permissions.some(lacks))
  const allowed = examples.filter((one) => !refused.includes(one)).map(nameOf)
  return [
    ok(`${held.join(', ')}: they allow ${allowed.join(', ') || 'none of the examples by themselves'}`),
    ...refused.map((example) =>
      warning(`${nameOf(example)} will be refused`, `grant ${example.permissions.filter(lacks).join(' and ')} ${consent}`),
    ),
  ]
}

/** What a status other than 401 means for a create without a token and without a body. */
const WITHOUT_TOKEN: readonly (readonly [status: RegExp, cause: string, remedy: string])[] = [
  [
    /^2/,
    'a request without a token was accepted and may have made a call',
    'run nothing against it: it is no Graph, or one that lets everybody call',
  ],
  [/^3/, 'it redirects', 'write the root of the service itself to GRAPH_BASE_URL'],
  [/^40[04]$/, 'it does not have this path', 'correct GRAPH_BASE_URL or GRAPH_CALLS_PATH'],
  [/^(429|503)$/, 'it is too busy', 'try again later'],
  [/^/, '401 is right', 'see what stands between here and Graph'],
]

/**
 * Checks that Graph can be reached, and which of the calls paths answer. Sends neither a token nor a body, so that no call can be made; the
 * documented answer is 401 (CC-05).
 */
export async function checkGraph(examination: Examination): Promise<Finding[]> {
  const { baseUrl, callsPath } = examination.configuration.graph
  const probe = (path: string) => examination.send('create', { method: 'POST', url: baseUrl + path, headers: {}, body: null })
  const sentAt = examination.now()
  const { status, headers } = await probe(callsPath)
  examination.answer = { headers, at: (sentAt + examination.now()) / 2 }
  const answered = `POST ${baseUrl}${callsPath} without a token was answered ${status}`
  const others = status >= 200 && status < 300 ? [] : callsPaths().filter((path) => path !== callsPath)
  const refusals = others.map(async (path) => ((await probe(path).catch(() => null))?.status === 401 ? [path] : []))
  const alike = (await Promise.all(refusals)).flat()
  if (status === 401) return [ok(`${answered}, as it should be; other calls paths that do so: ${alike.join(', ') || 'none'}`)]
  const [, cause, remedy] = WITHOUT_TOKEN.find(([pattern]) => pattern.test(String(status))) ?? []
  const better = alike.length === 0 ? undefined : `write ${alike.join(' or ')} to GRAPH_CALLS_PATH, which answers as it should`
  return [fix(`${answered}: ${cause}`, better ?? remedy ?? '')]
}

/** Compares the clocks by the Date header of Graph's answer. */
export function checkClock({ answer }: Examination): Finding[] {
  const ahead = answer === undefined ? null : aheadOf(answer.headers, answer.at)
  if (ahead === null) return [warning("Graph's answer has no Date to compare with", 'see that this clock is synchronised')]
  const seconds = Math.round(ahead / 1000)
  const away = Math.abs(seconds)
  if (away <= 60) return [ok(`within ${Math.max(away, 1)} s of Graph's`)]
  const report = away > MOST_SKEW_SECONDS ? fix : warning
  return [
    report(
      `this clock is ${away} s ${seconds > 0 ? 'ahead of' : 'behind'} that of Graph`,
      'synchronise it (NTP): tokens are refused by their times',
    ),
  ]
}

/** Checks that the keys of notification tokens can be fetched (CC-50). */
export async function checkKeys({ configuration: { openIdUrl }, send }: Examination): Promise<Finding[]> {
  const replies: { readonly url: string; readonly reply: Reply }[] = []
  const recording: Send = async (purpose, request) => {
    const reply = await send(purpose, request)
    replies.push({ url: request.url, reply })
    return reply
  }
  const remedy = 'correct BOT_NOTIFICATION_OPENID, or try again later'
  try {
    await notificationKeys(openIdUrl, recording).ready()
  } catch (error) {
    if (error instanceof CouldNotRun) return [fix(error.message, remedy)]
    throw error
  }
  const { url = '', reply } = replies.at(-1) ?? {}
  const { keys } = jsonOrNull(reply?.text ?? '') as { keys: readonly { kty?: string; kid?: string }[] }
  const usable = keys.filter(({ kty, kid }) => kty === 'RSA' && kid !== undefined).length
  if (!url.startsWith('https:')) return [fix(`the keys are at ${url}, which is no https address`, remedy)]
  return usable > 0 ? [ok(`${usable} at ${url}`)] : [fix(`${url} holds no RSA key with an id`, remedy)]
}

/** `host:port` of the listener. */
function placeOf({ host, port }: Configuration['callback']): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

export async function checkListener(examination: Examination): Promise<Finding[]> {
  const { callback } = examination.configuration
  examination.listener = await examination.openListener(callback)
  return [ok(`can be listened on: ${placeOf(callback)}`)]
}

/** Sends a post to the public address, and sees whether it arrives at the listener. */
export async function checkCallback({ configuration, listener, lookup, send }: Examination): Promise<Finding[]> {
  if (listener === undefined) return []
  const { url } = configuration.callback
  const place = placeOf(configuration.callback)
  const forward = `let the tunnel or proxy forward every path unchanged to ${place}`
  // Addresses of this network do not lead a Graph here that is elsewhere.
  const graphElsewhere = !onLoopback(configuration.graph.baseUrl)
  const { hostname, pathname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  // A name that does not resolve is the finding, for any reason that the resolver gives.
  const addresses = isIP(host) === 0 ? await lookup(host).catch(() => []) : [host]
  if (addresses.length === 0)
    return [fix(`the name of ${url} does not resolve`, 'correct BOT_CALLBACK_URL, or start the tunnel that makes the name')]

  const strays = listener.strays()
  const nonce = `doctor-${randomUUID()}`
  let arrived = false
  const stop = listener.receive(`${pathname.replace(/\/$/, '')}/${nonce}`, async () => {
    arrived = true
    return new Response(nonce, { status: 200 })
  })
  const post = { method: 'POST', url: `${url}/${nonce}`, headers: { 'content-type': 'application/json' }, body: '{}' }
  const answer = await send('other', post)
    .catch((error: unknown) => {
      if (error instanceof CouldNotRun) return error
      throw error
    })
    .finally(stop)

  if (arrived && !(answer instanceof Error) && answer.status === 200 && answer.text === nonce) {
    if (!graphElsewhere || !addresses.every(isPrivate)) return [ok(`${url} leads to ${place}, as far as can be seen from inside`)]
    return [
      warning(
        `${url} leads to ${place}, but its name resolves to addresses of a private network only`,
        'see that Graph gets a public address for it',
      ),
    ]
  }
  if (arrived) return [fix(`posts to ${url} arrive, but the answer does not come back`, `${forward}, answers too`)]
  if (listener.strays() > strays) return [fix(`posts to ${url} arrive under another path`, forward)]
  if (!(answer instanceof Error))
    return [fix(`${url} was answered ${answer.status} by something else than the listener`, forward)]
  const says = answer.message.replace(`/${nonce}`, '')
  const publicly = 'give it a certificate of a public authority: Graph knows no other'
  return [{ state: 'fix', says: graphElsewhere ? says.replace(UNTRUSTED, publicly) : says }]
}

/** Addresses that do not exist on the internet (RFC 1918, 4193, 6598; link-local and loopback). */
const PRIVATE = new BlockList()
for (const subnet of [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
]) {
  const [network = '', bits] = subnet.split('/')
  PRIVATE.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4')
}

const isPrivate = (address: string) => PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Says who plays the people, and asks a control API for its status with its token. */
export async function checkPeople({ configuration: { people }, send }: Examination): Promise<Finding[]> {
  if (people.kind === 'attended') return [ok('an operator: a line says what to do, and until when')]
  if (people.kind === 'unattended') return [ok('unattended: scenarios in which a person acts cannot run')]
  const { url, token } = people
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const { status, text } = await send('other', { method: 'POST', url: `${url}/status`, headers, body: '{}' })
  if (status === 401)
    return [fix(`the control API at ${url} refuses the token`, 'write the one that the simulator prints to GRAPH_PEOPLE_TOKEN')]
  if (status !== 200 || !controlStatus.safeParse(jsonOrNull(text)).success)
    return [
      fix(
        `POST ${url}/status was answered ${status} by something else than a simulator`,
        'write the address of its control API to GRAPH_PEOPLE',
      ),
    ]
  return [ok(`played by the simulator whose control API is at ${url}`)]
}

const controlStatus = z.looseObject({ deliveries: z.looseObject({ idle: z.boolean() }) })

const CLEAN_UP = 'npm run doctor -- --clean-up'

/** Reports the calls that earlier runs with this Graph, tenant and app left, and hangs them up on request. */
export async function checkLeftovers({ configuration, cleanUp, token, send, ...given }: Examination): Promise<Finding[]> {
  const { calls, unreadable, settle } = given.earlierRuns()
  const findings = unreadable.map(({ file, reason }) =>
    warning(`of the journal ${file}: ${reason}`, 'look into it by hand: it may name a call'),
  )
  if (cleanUp && token !== undefined) {
    const { baseUrl } = configuration.graph
    const client = (callsPath: string) => graphClient(send, { baseUrl, callsPath }, async () => token.bearer)
    for (const { outcome, text } of await endLeftovers(calls, client, settle)) {
      if (outcome === 'failed') findings.push(fix(text, `try again with ${CLEAN_UP}`))
      else findings.push({ state: outcome === 'ended' ? 'ok' : 'warning', says: text })
    }
  } else {
    const known = calls.filter(({ callId }) => callId !== null)
    const oldest = calls.map(({ at }) => at).sort()[0]
    const count = `${known.length} ${known.length === 1 ? 'call' : 'calls'} of earlier runs, since ${oldest},`
    if (known.length > 0)
      findings.push(
        cleanUp
          ? fix(`${count} not hung up, because there is no token of this app`, `hang up with ${CLEAN_UP} once there is one`)
          : fix(`${count} may still be there`, `hang up with ${CLEAN_UP}`),
      )
    for (const { callId, at } of calls) if (callId === null) findings.push({ state: 'warning', says: describeUnknown(at) })
  }
  return findings.length === 0 ? [ok('left no call')] : findings
}
