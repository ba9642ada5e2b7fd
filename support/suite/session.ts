// One bot in a scenario: its registration, the calls that it requested, what it received, and what the scenario asserted so far.
import { Bot } from '../bot/bot'
import type { CreateRequest } from '../bot/graph-client'
import { jsonOrNull, type Reply } from '../bot/wire'
import type { AppRegistration, Cast, Meeting, Person } from '../contract/cast'
import type { Documented, DocumentedExample } from '../contract/documented'
import { HarnessError, NonConformance, NotApplicable } from '../contract/failures'
import { isObject, type Json, type JsonObject } from '../contract/json'
import { type Change, readChange } from '../judge/changes'
import { CALL_ID, type ExpectedExample, expectedExample, MY_PARTICIPANT_ID } from '../judge/expected'
import type { Bindings } from '../judge/pattern'
import type { Row } from '../judge/sequence'
import { documentedCast, type Setting } from '../judge/setting'
import type { Registration, Target } from '../targets/target'
import type { Library } from './library'

/** A request, its expected and actual response, and the values that Graph made for the call. */
export interface AskedCall {
  readonly example: number
  readonly expected: ExpectedExample
  readonly reply: Reply
  readonly bindings: Bindings
}

/** An operation on a call: its documented example, the request, and the response. */
interface RequestedOperation {
  readonly example: DocumentedExample
  readonly request: JsonObject
  readonly reply: Reply
}

/** What a request is on the wire. */
export interface Sent {
  readonly body: string
  /** Null: no Content-Type is sent. */
  readonly contentType: string | null
  /** The request as JSON, for what must come back as sent; that of the example if the body is not a JSON object. */
  readonly request: JsonObject
}

export const JSON_TYPE = 'application/json'

export function asSent(request: JsonObject): Sent {
  return { body: JSON.stringify(request), contentType: JSON_TYPE, request }
}

export class Session {
  /** Errata that the comparisons relied on, and drift that they found. */
  readonly errata = new Set<string>()
  readonly drift = new Set<string>()
  /** The calls that the bot requested, in order. */
  readonly asked: AskedCall[] = []
  /** The last asserted table, for "nothing else is notified". */
  assertedRows: readonly Row[] | null = null
  /** The last operation that the bot requested on its call. */
  operation: RequestedOperation | null = null
  /** The response to the last request about a call, its own or that of the other bot. */
  replyAboutCall: Reply | null = null
  readonly target: Target
  readonly #cast: Cast
  readonly #library: Library
  readonly #signal: AbortSignal
  #registration: Registration
  #bot: Bot | null = null
  #another: Session | null = null
  #failure: unknown = null
  #livedBefore: readonly string[] | null = null

  constructor(target: Target, cast: Cast, library: Library, signal: AbortSignal, app: AppRegistration | null = null) {
    this.target = target
    this.#cast = cast
    this.#library = library
    this.#signal = signal
    this.#registration = target.bot(cast, app)
  }

  /** The bot. It begins to listen on first use. */
  get bot(): Bot {
    this.#bot ??= this.#listen()
    return this.#bot
  }

  get setting(): Setting {
    const { clientId, tenantId, displayName, callbackUri } = this.#registration
    const another = this.#another?.setting.clientId ?? null
    return { cast: this.#cast, clientId, tenantId, displayName, callbackUri, another }
  }

  /** The other bot of this scenario, with a registration and a callback of its own. */
  get another(): Session {
    if (this.#another === null) throw new HarnessError('there is no other bot in this scenario')
    return this.#another
  }

  bringAnother(app: AppRegistration): Session {
    this.#another = new Session(this.target, this.#cast, this.#library, this.#signal, app)
    return this.#another
  }

  /** Every bot that listens, the other one included. */
  get bots(): readonly Bot[] {
    return [...(this.#bot === null ? [] : [this.#bot]), ...(this.#another?.bots ?? [])]
  }

  /** Calls that the target created since the bot's first request; null if the target does not list its calls. */
  async newCalls(): Promise<readonly string[] | null> {
    const living = await this.target.livingCalls()
    return living?.filter((id) => !this.#livedBefore?.includes(id)) ?? null
  }

  /** How many calls were created for the bot. */
  get made(): number {
    return this.asked.filter(({ reply }) => reply.status === 201).length
  }

  /** Makes the bot another registration of the cast, before it does anything. */
  become(app: AppRegistration): void {
    if (this.#bot !== null) throw new HarnessError('the bot has sent a request already: choose its registration before')
    this.#registration = this.target.bot(this.#cast, app)
  }

  /** A person of the cast, by key. */
  person(key: string): Person {
    return declared(this.#cast.people[key], `the cast has no person ${key}`)
  }

  /** A meeting of the cast, by key. */
  meeting(key: string): Meeting {
    return declared(this.#cast.meetings[key], `the cast has no ${key} meeting`)
  }

  /** How long a notification may take, in milliseconds of the target's time. */
  get withinMs(): number {
    return this.#cast.limits.answerWithinSeconds * 1000
  }

  /**
   * Sends the documented request of an example with the values of this session's cast.
   * @param change changes the request; what is expected follows from the example and the changed request
   * @param authorization as in CreateRequest
   */
  async send(
    example: number,
    { change = asSent, authorization }: { change?: (request: JsonObject) => Sent } & Pick<CreateRequest, 'authorization'> = {},
    setting: Setting = this.setting,
  ): Promise<AskedCall> {
    const { documented, documentedCast: printed } = this.#library
    demand(setting.cast, documented.examples.get(example) ?? fail(`there is no example ${example}`))
    const expect = (request?: JsonObject) => expectedExample(documented, documentedCast(printed), example, setting, request)
    const { body, contentType, request } = change(expect().request)
    const create = { body, contentType, ...(authorization === undefined ? {} : { authorization }) }
    this.#livedBefore ??= await this.target.livingCalls()
    const reply = await this.bot.create(create, this.setting.callbackUri)
    const call = { example, expected: expect(request), reply, bindings: madeIn(reply) }
    this.asked.push(call)
    return call
  }

  /** Requests an operation on a call with its documented request. */
  async operate({ operation, onCall, examples }: Documented, callId: string): Promise<void> {
    const [example = fail(`${operation} has no example`)] = examples.values()
    const { request } = example
    const reply = await this.bot.graph.operate(callId, onCall?.path ?? operation, request)
    this.operation = { example, request, reply }
  }

  /** The response to the last request: about a call, to an operation, else to the create. */
  get lastReply(): Reply {
    return this.replyAboutCall ?? this.operation?.reply ?? this.call.reply
  }

  /** The example that joins a meeting, by the key of the meeting in the cast; null if none does. */
  exampleThatJoins(key: string, asGuest: boolean): number | null {
    const examples = [...this.#library.documented.examples.values()]
    return examples.find(({ meeting, guest }) => meeting === key && guest === asGuest)?.number ?? null
  }

  /** Names of the members that are printed in the response of an example. */
  printedMembers(example: number): readonly string[] {
    const printed = this.#library.documented.examples.get(example)?.response
    return Object.keys(printed?.body ?? fail(`the page prints no response for example ${example}`))
  }

  get library(): Library {
    return this.#library
  }

  /** The call of the last request. */
  get call(): AskedCall {
    return this.asked.at(-1) ?? fail('the bot has sent no request in this scenario')
  }

  /** The call of the first request. */
  get firstCall(): AskedCall {
    return this.asked[0] ?? this.call
  }

  /** The id in the response; without one, the id in the first notification. */
  callId({ bindings }: AskedCall): string | null {
    return bindings.get(CALL_ID.name) ?? this.changes()[0]?.callId ?? null
  }

  /** The notifications that the bot received, in order of arrival. */
  changes(): readonly Change[] {
    const { setting } = this
    const { received, repeated } = this.bot.callback
    return received.map((raw) => readChange(raw, setting, repeated.has(raw)))
  }

  /** Those of a call, the last one by default. */
  ownChanges(call = this.call): readonly Change[] {
    return this.changes().filter(({ callId }) => callId === this.callId(call))
  }

  /**
   * Waits until something holds or a post was refused.
   * @returns whether it holds
   * @throws as `failOnRefusedPosts`
   */
  async waitUntil(holds: () => boolean, withinMs = this.withinMs): Promise<boolean> {
    const troubled = () => this.#failure !== null || this.bot.callback.refused.length > 0
    const held = await this.target.until(() => holds() || troubled(), withinMs)
    this.failOnRefusedPosts()
    return held
  }

  /**
   * Fails the scenario if a post was refused or could not be checked.
   * @throws NonConformance for a refused post; for another one the reason why it could not be checked, which is not the target's fault
   */
  failOnRefusedPosts(): void {
    if (this.#failure !== null) throw this.#failure
    const [first] = this.bot.callback.refused
    if (first !== undefined) throw new NonConformance(`the bot refused a post with ${first.status}: ${first.reason}`)
  }

  #listen(): Bot {
    const { callbackUri, audiences, tokens, calls } = this.#registration
    const { graph, openIdUrl, fetch, memory, limits, wait, now } = this.target
    const bot = new Bot({ graph, openIdUrl, fetch, audiences, memory, tokens, calls, limits, wait, now, signal: this.#signal })
    const { callback } = bot
    this.target.receive(callbackUri, (request) => callback.handle(request), {
      onRefused: (status, reason) => void callback.refused.push({ status, reason }),
      onFailure: (error) => {
        this.#failure ??= error
      },
    })
    return bot
  }
}

/** The ids in a response. Every later message must have the same ones. */
function madeIn(reply: Reply): Bindings {
  const body = reply.status === 201 ? jsonOrNull(reply.text) : null
  const made: Bindings = new Map()
  if (!isObject(body)) return made
  if (typeof body.id === 'string') made.set(CALL_ID.name, body.id)
  if (typeof body.myParticipantId === 'string') made.set(MY_PARTICIPANT_ID.name, body.myParticipantId)
  return made
}

/** What the request of an example needs from the cast. With the printed values it would ring a stranger. */
function demand({ bot, people, meetings, guest }: Cast, { request, person, meeting, guest: asGuest }: DocumentedExample): void {
  if (meeting !== null && isObject(request.meetingInfo) && 'joinMeetingId' in request.meetingInfo)
    declared(meetings[meeting]?.joinMeetingId ?? undefined, `the cast has no joinMeetingId of the ${meeting} meeting`)
  if (namesApplicationInstance(request.source))
    declared(bot.applicationInstances?.[0], 'the cast has no bot.applicationInstances')
  if (person !== null) declared(people[person], `the cast has no person ${person}`)
  if (meeting !== null) declared(meetings[meeting], `the cast has no ${meeting} meeting`)
  if (asGuest) declared(guest ?? undefined, 'the cast has no guest')
}

const namesApplicationInstance = (source: Json | undefined) =>
  isObject(source) && isObject(source.identity) && 'applicationInstance' in source.identity

function declared<Value>(value: Value | undefined, otherwise: string): Value {
  if (value === undefined) throw new NotApplicable(otherwise)
  return value
}

function fail(reason: string): never {
  throw new HarnessError(reason)
}

export function inSeconds(ms: number): string {
  return `${ms / 1000} s`
}
