// One bot in a scenario: its registration, the calls that it asked for, and what is known of each.
import { Bot } from '../bot/bot'
import type { CreateRequest } from '../bot/graph-client'
import { jsonOrNull, type Reply } from '../bot/wire'
import type { AppRegistration, Cast, Meeting, Person } from '../contract/cast'
import type { Documented, ExampleNumber } from '../contract/documented'
import { HarnessError, NotApplicable } from '../contract/faults'
import { isObject, type JsonObject } from '../contract/json'
import { type Change, readChange } from '../judge/changes'
import { CALL_ID, type ExpectedExample, expectedExample, MY_PARTICIPANT_ID } from '../judge/expected'
import type { Bindings } from '../judge/pattern'
import { documentedCast, type Setting } from '../judge/setting'
import type { Registration, Target } from '../targets/target'

import { asSent, type Sent } from './vocabulary/request-changes'

export type { MeetingDeed } from '../targets/target'

/** What is read from fixtures once for a whole run. */
export interface Library {
  readonly documented: Documented
  /** The cast whose values the documented messages hold. */
  readonly documentedCast: Cast
}

/** A call that the bot asked for: what it sent, what must come, what came, and what Graph made for it. */
export interface AskedCall {
  readonly example: ExampleNumber
  readonly expected: ExpectedExample
  readonly reply: Reply
  readonly bindings: Bindings
}

/** Where the page has calls created. */
const DOCUMENTED_PATH = '/beta/app/calls'

export class Session {
  /** Errata that this session's comparisons relied on, and drift that they met. */
  readonly errata = new Set<string>()
  readonly drift = new Set<string>()
  /** The calls that were asked for, in order. */
  readonly asked: AskedCall[] = []
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
    // Calls under another root or version than the page's: known drift, whatever comes of them.
    if (target.graph.callsPath !== DOCUMENTED_PATH) this.drift.add('D-05')
  }

  /** The bot; it begins to listen when it is first asked for. */
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

  /** Another bot comes along. */
  bringAnother(app: AppRegistration): Session {
    this.#another = new Session(this.target, this.#cast, this.#library, this.#signal, app)
    return this.#another
  }

  /** Every bot that has begun to listen, the other included. */
  get bots(): readonly Bot[] {
    return [...(this.#bot === null ? [] : [this.#bot]), ...(this.#another?.bots ?? [])]
  }

  /** Calls that have come to live at the target since the bot first asked for one; null where the target does not tell. */
  async newCalls(): Promise<readonly string[] | null> {
    const living = await this.target.livingCalls()
    return living?.filter((id) => !this.#livedBefore?.includes(id)) ?? null
  }

  /** How many of the calls that the bot asked for were made. */
  get made(): number {
    return this.asked.filter(({ reply }) => reply.status === 201).length
  }

  /** From now on the bot is another registration of the cast. Said before it does anything. */
  become(app: AppRegistration): void {
    if (this.#bot !== null) throw new HarnessError('the bot has begun already: say first which registration it is')
    this.#registration = this.target.bot(this.#cast, app)
  }

  /** Somebody of the cast, by key. */
  person(key: string): Person {
    return declared(this.#cast.people[key], `the cast has nobody called ${key}`)
  }

  /** A meeting of the cast, by key. */
  meeting(key: string): Meeting {
    return declared(this.#cast.meetings[key], `the cast has no ${key} meeting`)
  }

  /** How long something that is asked for may take, in milliseconds of the target's time. */
  get withinMs(): number {
    return this.#cast.limits.answerWithinSeconds * 1000
  }

  /**
   * Sends the documented request of an example, told with this session's cast.
   * @param change makes another request of it; what must come is still said by the example and what is sent
   * @param authorization as in CreateRequest
   */
  async send(
    example: ExampleNumber,
    { change = asSent, authorization }: { change?: (request: JsonObject) => Sent } & Pick<CreateRequest, 'authorization'> = {},
    setting: Setting = this.setting,
  ): Promise<AskedCall> {
    demand(setting.cast, example)
    const { documented, documentedCast: printed } = this.#library
    const told = (request?: JsonObject) => expectedExample(documented, documentedCast(printed), example, setting, request)
    const { body, contentType, request } = change(told().request)
    const create = { body, contentType, ...(authorization === undefined ? {} : { authorization }) }
    this.#livedBefore ??= await this.target.livingCalls()
    const reply = await this.bot.create(create, this.setting.callbackUri)
    const call = { example, expected: told(request), reply, bindings: madeIn(reply) }
    this.asked.push(call)
    return call
  }

  /** Names of the members that are printed in the response of an example. */
  printedMembers(example: ExampleNumber): readonly string[] {
    const printed = this.#library.documented.examples.get(example)?.response
    return Object.keys(printed?.body ?? fail(`the page prints no response for example ${example}`))
  }

  /** The call that was asked for last. */
  get call(): AskedCall {
    return this.asked.at(-1) ?? fail('nothing was sent in this scenario')
  }

  /** The id that the answer gave; before it is known, the one that the first notification names. */
  callId({ bindings }: AskedCall): string | null {
    return bindings.get(CALL_ID.name) ?? this.changes()[0]?.callId ?? null
  }

  /** What the bot was notified of, in order of arrival. */
  changes(): readonly Change[] {
    const { setting } = this
    return this.bot.callback.received.map((raw) => readChange(raw, setting))
  }

  /** Why a post could not be checked or answered here; null when none was so. A fault of ours, or nothing that can be judged. */
  get failure(): unknown {
    return this.#failure
  }

  #listen(): Bot {
    const { callbackUri, audiences, tokens, calls } = this.#registration
    const { graph, openIdUrl, fetch, limits, wait, now } = this.target
    const bot = new Bot({ graph, openIdUrl, fetch, audiences, tokens, calls, limits, wait, now, signal: this.#signal })
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

/** What the answer says that Graph made: from then on it must be the same wherever it stands. */
function madeIn(reply: Reply): Bindings {
  const body = reply.status === 201 ? jsonOrNull(reply.text) : null
  const made: Bindings = new Map()
  if (!isObject(body)) return made
  if (typeof body.id === 'string') made.set(CALL_ID.name, body.id)
  if (typeof body.myParticipantId === 'string') made.set(MY_PARTICIPANT_ID.name, body.myParticipantId)
  return made
}

/** Whom and what the requests of the examples need: told with the printed values, they would ring a stranger. */
const NEEDED: Readonly<Record<ExampleNumber, readonly ((cast: Cast) => string | null)[]>> = {
  1: [someone('John')],
  2: [someone('John')],
  3: [somewhere('scheduled')],
  4: [somewhere('scheduled')],
  5: [somewhere('channel')],
  6: [somewhere('channel'), ({ guest }) => (guest === null ? 'the cast has no guest' : null)],
}

function someone(key: string) {
  return ({ people }: Cast) => (people[key] === undefined ? `the cast has nobody called ${key}` : null)
}

function somewhere(key: string) {
  return ({ meetings }: Cast) => (meetings[key] === undefined ? `the cast has no ${key} meeting` : null)
}

function demand(cast: Cast, example: ExampleNumber): void {
  const lacking = NEEDED[example].map((need) => need(cast)).find((reason) => reason !== null)
  if (lacking !== undefined) throw new NotApplicable(lacking)
}

function declared<Value>(value: Value | undefined, otherwise: string): Value {
  if (value === undefined) throw new NotApplicable(otherwise)
  return value
}

function fail(reason: string): never {
  throw new HarnessError(reason)
}
