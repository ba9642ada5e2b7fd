// A simulator for its own tests: registrations, people and meetings, the handlers called directly, an inbox, and virtual time.
import assert from 'node:assert/strict'
import { type Documented, loadDocumented } from '../../support/contract/documented'
import { isObject, type Json, type JsonObject } from '../../support/contract/json'
import type { Profile } from '../../support/contract/profiles'
import { assembleSimulator, type Simulator } from '../../support/simulator/assemble'
import { type Call, meetingKey } from '../../support/simulator/core/state'
import type { App, Directory } from '../../support/simulator/identity/directory'
import { type Keys, loadKeys } from '../../support/simulator/identity/keys'
import { issueToken } from '../../support/simulator/identity/tokens'
import { mountDirect } from '../../support/simulator/mounts/direct'
import { VirtualClock } from '../../support/simulator/runtime/clock'
import type { Deliver } from '../../support/simulator/runtime/outbox'
import type { Armament } from '../../support/simulator/wrapping'

export const TENANT = 'aa67bd4c-8475-432d-bd41-39f255720e0a'
export const OTHER_TENANT = 'bb78ce5d-9586-433e-be52-4a0366831f1b'
export const JOHN = { id: '112f7296-5fa4-42ca-bae8-6a692b15d4b8', displayName: 'John', languageId: 'en-US' }
export const ANNA = { id: '223f8307-6ab5-43db-8bf9-7b7a3c26e5c9', displayName: 'Anna', languageId: null }

/** Example 3's meeting, which lets guests in, and that of examples 5 and 6, which holds them in the lobby. */
export const SCHEDULED = meetingKey('19:meeting_Win6Ydo4wsMijFjZS00ZGVjLTk5MGUtOTRjNWY2NmNkYTFm@thread.v2', '0')
export const CHANNEL = meetingKey('19:cbee7c1c860e465f8258e3cebf7bee0d@thread.skype', '1533758867081')

export const GRAPH = 'https://graph.microsoft.com'
export const CALLS = '/beta/app/calls'
export const CALLBACK = 'https://bot.contoso.com'
export const NEW_YEAR = Date.UTC(2026, 0, 1)

export const PERMISSIONS = [
  'Calls.Initiate.All',
  'Calls.InitiateGroupCall.All',
  'Calls.JoinGroupCall.All',
  'Calls.JoinGroupCallAsGuest.All',
  'Calls.AccessMedia.All',
]

/** A registration with every permission; what a test wants otherwise it says. */
export function registration(number: number, otherwise: Partial<App> = {}): App {
  const clientId = `2891555a-92ff-42e6-80fa-00000000000${number}`
  return {
    clientId,
    displayName: `Bot ${number}`,
    tenantId: TENANT,
    secret: `simulated-${clientId}`,
    permissions: PERMISSIONS,
    registered: true,
    ...otherwise,
  }
}

export const BOT = registration(1)
export const SECOND_BOT = registration(2)
export const STRANGER = registration(9, { tenantId: OTHER_TENANT })

export const DIRECTORY: Directory = {
  apps: [BOT, SECOND_BOT, STRANGER],
  meetings: (
    [
      [SCHEDULED, 'admitted'],
      [CHANNEL, 'held'],
    ] as const
  ).map(([key, guests]) => {
    const [threadId = '', messageId = ''] = key.split(' ')
    return { threadId, messageId, tenantId: TENANT, guests }
  }),
}

const documented: Documented = loadDocumented()

/** The request of one of the page's examples, with other values for some members; undefined takes a member out. */
export function request(example: number, otherwise: Readonly<Record<string, Json | undefined>> = {}): JsonObject {
  const printed = documented.examples.get(example)?.request as JsonObject
  return JSON.parse(JSON.stringify({ ...printed, ...otherwise }))
}

export function documentedExample(example: number) {
  return documented.examples.get(example) as NonNullable<ReturnType<typeof documented.examples.get>>
}

export interface Received {
  readonly url: string
  readonly headers: Headers
  readonly body: JsonObject
}

export interface Ask {
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: RequestInit['body']
  readonly origin?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: JsonObject
}

export interface Simulated {
  readonly simulator: Simulator
  readonly clock: VirtualClock
  readonly keys: Keys
  readonly inbox: readonly Received[]
  token(app?: App): Promise<string>
  /** One request to Graph; the bot's own token unless another is given, null for none. */
  ask(method: string, path: string, ask?: Ask): Promise<Answer>
  create(body: JsonObject, ask?: Ask): Promise<Answer>
  /** A call that must come into being. */
  call(body: JsonObject, app?: App): Promise<Call>
  /** Lets time pass, timer by timer, with every delivery done before the next. */
  advance(ms: number): Promise<void>
  /** What was posted about a call, in the words of `summary`. */
  notified(callId: string): readonly string[]
  journal(): string
}

export interface SimulatedOptions {
  readonly directory?: Directory
  readonly seed?: string
  /** Hosts that callbacks may name with http. */
  readonly allowedHosts?: readonly string[]
  /** In place of a bot that takes every post with 202. */
  readonly deliver?: Deliver
  readonly deviation?: Armament
  /** Default: `documented`. */
  readonly profile?: Profile
}

let cached: Promise<Keys> | undefined

/** The machine's keys, read or made once for all tests of a file. */
export function testKeys(): Promise<Keys> {
  cached ??= loadKeys()
  return cached
}

export async function simulated(options: SimulatedOptions = {}): Promise<Simulated> {
  const keys = await testKeys()
  const clock = new VirtualClock(NEW_YEAR)
  const inbox: Received[] = []
  const takes = async (post: Request): Promise<Response> => {
    inbox.push({ url: post.url, headers: post.headers, body: (await post.json()) as JsonObject })
    return new Response(null, { status: 202 })
  }
  const simulator = assembleSimulator({
    directory: options.directory ?? DIRECTORY,
    keys,
    clock,
    seed: options.seed ?? 'test',
    ...(options.allowedHosts && { allowedHosts: options.allowedHosts }),
    deliver: options.deliver ?? mountDirect({ [CALLBACK]: takes }),
    verifierNow: () => clock.now(),
    ...(options.profile && { profile: options.profile }),
    ...(options.deviation === undefined ? {} : { deviation: options.deviation }),
  })
  const tokens = new Map<App, Promise<string>>()
  const token = (app: App = BOT) => {
    const known = tokens.get(app) ?? issueToken(app, keys, clock.now())
    tokens.set(app, known)
    return known
  }
  const ask = async (method: string, path: string, { token: given, headers = {}, body, origin = GRAPH }: Ask = {}) => {
    const bearer = given === undefined ? await token() : given
    const init = {
      method,
      headers: { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    }
    const response = await simulator.services.graph(new Request(origin + path, init as RequestInit))
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: (text === '' ? {} : JSON.parse(text)) as JsonObject }
  }
  const create = (body: JsonObject, { headers, ...rest }: Ask = {}) =>
    ask('POST', CALLS, { ...rest, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

  return {
    simulator,
    clock,
    keys,
    inbox,
    token,
    ask,
    create,
    call: async (body, app = BOT) => {
      const answer = await create(body, { token: await token(app) })
      await simulator.idle()
      const made = simulator.calls().find(({ id }) => id === answer.body.id)
      if (answer.status !== 201 || made === undefined) throw new Error(`no call was created: ${answer.status} ${answer.text}`)
      return made
    },
    advance: async (ms) => {
      const until = clock.now() + ms
      for (let due = clock.nextDue(); due !== null && due <= until; due = clock.nextDue()) {
        clock.moveTo(due)
        await simulator.idle()
      }
      clock.moveTo(until)
      await simulator.idle()
    },
    notified: (callId) =>
      inbox
        .map(({ body }) => body)
        .filter((body) => of(body) === callId)
        .map(summary),
    journal: () =>
      simulator.journal
        .entries()
        .map(({ text }) => text)
        .join('\n'),
  }
}

/** Revisions name it in one of two members. */
const resourceOf = (body: JsonObject): string => String(changeOf(body).resource ?? changeOf(body).resourceUrl)

const changeOf = (body: JsonObject): JsonObject => (body.value as readonly JsonObject[])[0] as JsonObject

/** The call that a notification is about, by its resource. */
export function of(body: JsonObject): string {
  return resourceOf(body).split('/')[3] ?? ''
}

/** A notification in a few words: `updated established`, `deleted terminated 200/4521`, `roster John, Bot 1 (in the lobby)`, `sharing created`. */
export function summary(body: JsonObject): string {
  const { changeType, resourceData } = changeOf(body)
  if (resourceOf(body).endsWith('/contentsharingsessions')) return `sharing ${changeType}`
  if (resourceOf(body).endsWith('/participants')) return `roster ${(resourceData as readonly JsonObject[]).map(seen).join(', ')}`
  const { state, resultInfo } = resourceData as JsonObject
  const end = isObject(resultInfo) ? ` ${resultInfo.code}/${resultInfo.subcode}` : ''
  return `${changeType} ${state}${end}`
}

function seen({ info, isMuted, isInLobby }: JsonObject): string {
  const set = (info as JsonObject).identity as JsonObject
  const identity = (set.user ?? set.application ?? set.guest) as JsonObject
  return `${identity.displayName}${isMuted ? ' (muted)' : ''}${isInLobby ? ' (in the lobby)' : ''}`
}

const ERROR_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/

/** The code of an error answer, after a look at its shape: exactly Graph's error body, with the request id of the header. */
export function refusalCode({ status, headers, body }: Answer): string {
  const { error } = body as { error: JsonObject }
  const { code, message, innerError } = error
  assert.deepEqual(Object.keys(body), ['error'])
  assert.deepEqual(Object.keys(error), ['code', 'message', 'innerError'])
  assert.ok(typeof code === 'string' && code !== '' && typeof message === 'string' && message !== '')
  assert.deepEqual(Object.keys(innerError as JsonObject), ['request-id', 'date'])
  assert.equal((innerError as JsonObject)['request-id'], headers.get('request-id'))
  assert.match(String((innerError as JsonObject).date), ERROR_DATE)
  assert.equal(headers.get('content-type'), 'application/json')
  assert.equal(headers.has('www-authenticate'), status === 401)
  return code
}

/** That a create was refused so, and that nothing came of it: no call, no post, however long one waits; the journal says why. */
export async function refusedWithout(run: Simulated, answer: Answer, status: number, code: string): Promise<void> {
  assert.deepEqual([answer.status, refusalCode(answer)], [status, code], answer.text)
  assert.deepEqual(run.simulator.calls(), [])
  await run.advance(1000)
  assert.deepEqual(run.inbox, [])
  assert.match(run.simulator.journal.entries().at(-1)?.text ?? '', /^[A-Z]+ \/.*: \S/)
}
