// The suite's bot: it requests tokens, creates calls, receives notifications, and hangs up the calls that it made.
import type { Exchange, Fetch } from '../contract/exchange'
import { CouldNotRun, HarnessError, Interrupted, NonConformance } from '../contract/failures'
import { isObject } from '../contract/json'
import { resourceAddress } from '../contract/messages'
import { TIME_LIMITS, type TimeLimits } from '../net/time-limits'
import { Callback } from './callback'
import { type CreateRequest, type GraphClient, type GraphService, graphClient, judged, saysOver } from './graph-client'
import { Memory } from './memory'
import type { KeySet } from './notification-keys'
import type { Wait } from './retry'
import type { AccessToken } from './tokens'
import { jsonOrNull, onTime, openWire, type Reply, type Send } from './wire'

export interface BotParts {
  readonly graph: GraphService
  readonly openIdUrl: string
  readonly fetch: Fetch
  /** Audiences that a notification token may have. */
  readonly audiences: readonly string[]
  /** What it remembers of earlier calls. Default: nothing. */
  readonly memory?: BotMemory
  /** The bot's tokens for Graph, requested through `send`. */
  readonly tokens: (send: Send) => () => Promise<string>
  readonly calls: CallLog
  /** Time limits; `TIME_LIMITS` by default. */
  readonly limits?: TimeLimits
  /** Waits before a retry, until a signal ends it; null: every request is sent once. */
  readonly wait: ((signal: AbortSignal) => Wait) | null
  /** This machine's clock, in milliseconds since the epoch; left out for a target with a time of its own. */
  readonly now?: (() => number) | undefined
  /** Ends the bot's requests if the run is interrupted, but not the hanging up. */
  readonly signal: AbortSignal
}

/** What the bots of a run remember. */
export interface BotMemory {
  readonly keys: Memory<KeySet>
  readonly tokens: Memory<AccessToken>
}

export const newMemory = (): BotMemory => ({ keys: new Memory(), tokens: new Memory() })

/** Records a call before it is requested, its id, and its end. */
export interface CallLog {
  /**
   * Called before the request is sent. Returns the name of the call in the log.
   * @param token whose token the request has; `other`: none, a forged one, or that of another application
   * @throws CouldNotRun when no more calls may be made
   */
  intend(callbackUri: string, token?: 'own' | 'other'): string
  learned(request: string, callId: string): void
  settled(request: string, how: 'ended' | 'refused'): void
}

/** For a target that keeps no calls. */
export const NO_LOG: CallLog = { intend: () => '', learned: () => {}, settled: () => {} }

/** The result of hanging up. */
interface CleanUp {
  /** How many calls were made, and how many of them have ended. */
  readonly made: number
  readonly ended: number
  /** Ids of the calls that still exist. */
  readonly left: readonly string[]
  /** Calls that may exist: creates without a response, and calls that were made with the token of another application. */
  readonly uncertain: readonly string[]
}

/** A create: its name in the log, and the known ids of the call; two if Location and body disagree. */
interface Asked {
  readonly request: string
  readonly ids: Set<string>
  /** As in CreateRequest. */
  readonly authorization: string | null | undefined
  /** What the response says of the call; `unknown` without a response, and after a 5xx. A refused create may have made one all the same. */
  says: 'unknown' | 'made' | 'refused'
}

/** Interval of checking whether a notification names a call, in milliseconds. */
const LOOK_MS = 50

export class Bot {
  readonly exchanges: Exchange[] = []
  readonly callback: Callback
  readonly #path: string
  /** The bot's own token for Graph. */
  readonly token: () => Promise<string>
  readonly #graph: GraphClient
  readonly #hangUpClient: GraphClient
  readonly #calls: CallLog
  readonly #limits: TimeLimits
  readonly #now: (() => number) | null
  /** Waits after an interruption too, to learn the calls that must be hung up. */
  readonly #wait: Wait | null
  readonly #asked: Asked[] = []

  constructor({
    graph,
    openIdUrl,
    fetch,
    audiences,
    tokens,
    calls,
    wait,
    now,
    signal,
    limits = TIME_LIMITS,
    memory = newMemory(),
  }: BotParts) {
    const forgetRefused = ({ request, response }: Exchange) => {
      const { authorization } = request.headers
      if ('status' in response && response.status === 401 && authorization !== undefined)
        void memory.tokens.forget(({ token }) => authorization === `Bearer ${token}`)
    }
    const keep = (exchange: Exchange) => {
      this.exchanges.push({ ...exchange, at: performance.timeOrigin + performance.now() })
      forgetRefused(exchange)
    }
    const send = openWire({ fetch, signal, keep, timeLimitMs: limits.answerMs })
    const unending = new AbortController().signal
    this.#calls = calls
    this.#limits = limits
    this.#now = now ?? null
    this.#wait = wait?.(unending) ?? null
    this.#path = graph.callsPath
    this.token = tokens(this.#timed(send))
    this.callback = new Callback({
      openIdUrl,
      send,
      keys: memory.keys,
      audiences,
      keep,
      onReceived: () => this.#learnFromNotifications(),
    })
    this.#graph = graphClient(send, graph, this.token, wait?.(signal) ?? null, limits.firstWaitMs)
    const quiet = openWire({ fetch, signal: unending, keep: forgetRefused, timeLimitMs: limits.answerMs })
    this.#hangUpClient = graphClient(quiet, graph, tokens(quiet), this.#wait, limits.firstWaitMs)
  }

  /** The other requests to Graph. */
  get graph(): Omit<GraphClient, 'create'> {
    return this.#graph
  }

  /**
   * Creates a call. Gets keys and token before, so that the notifications of the call can be checked. A create without a response may
   * have made a call: it is hung up if a notification has its id.
   * @param callbackUri the address that the bot listens on, which can differ from that of the request
   */
  async create(create: CreateRequest, callbackUri: string): Promise<Reply> {
    await this.callback.ready()
    if (create.authorization === undefined) await this.token()
    const { authorization } = create
    const request = this.#calls.intend(callbackUri, authorization === undefined ? 'own' : 'other')
    const asked: Asked = { request, ids: new Set(), authorization, says: 'unknown' }
    this.#asked.push(asked)
    let reply: Reply
    try {
      reply = await this.#graph.create(create)
    } catch (error) {
      // What the simulator does not implement it has not done; and without a connection or a token nothing was sent.
      if (error instanceof HarnessError || (error instanceof CouldNotRun && error.lasting !== null)) this.#refused(asked)
      throw error
    }
    const { status } = reply
    if (status >= 200 && status < 300) this.#made(asked, idsOf(reply))
    // After a 5xx there may be a call.
    else if (status < 500) this.#refused(asked)
    return this.#onTime("Graph's", judged(`POST ${this.#path}`, reply))
  }

  #made(asked: Asked, ids: readonly string[]): void {
    asked.says = 'made'
    for (const id of ids) asked.ids.add(id)
    if (ids[0] !== undefined) this.#calls.learned(asked.request, ids[0])
  }

  #refused(asked: Asked): void {
    asked.says = 'refused'
    this.#calls.settled(asked.request, 'refused')
  }

  /** Compares clocks at a token request, before a person is rung. */
  #timed(send: Send): Send {
    return async (purpose, request) => {
      const reply = await send(purpose, request)
      // The response to a GET may come from a cache and have an old Date.
      return request.method === 'GET' ? reply : this.#onTime("the token service's", reply)
    }
  }

  #onTime(whose: string, reply: Reply): Reply {
    return this.#now === null ? reply : onTime(whose, reply, this.#now())
  }

  /** Hangs up every call that was made. Rejects only with errors of the suite. */
  async hangUp(): Promise<CleanUp> {
    await this.#waitForUnknownIds()
    this.callback.stopRecording()
    const left: string[] = []
    const uncertain: string[] = []
    let [madeCalls, ended] = [0, 0]
    for (const { request, ids, says, authorization } of this.#asked) {
      if (says === 'refused' && ids.size === 0) continue
      const unended = says === 'made' && ids.size === 0 ? ['a call whose id was never learned'] : []
      for (const id of ids) if (!(await this.#end(id, authorization))) unended.push(id)
      if (says === 'made' || ids.size > 0) madeCalls++
      else uncertain.push('a create without an answer: a call may exist')
      if (unended.length === 0 && ids.size > 0) {
        ended++
        this.#calls.settled(request, 'ended')
      }
      if (authorization === undefined) left.push(...unended)
      else uncertain.push(...unended.map((id) => `${id} (created without the bot's token, so the bot cannot end it)`))
    }
    return { made: madeCalls, ended, left, uncertain }
  }

  /** Waits for notifications with the ids that no response had. */
  async #waitForUnknownIds(): Promise<void> {
    this.#learnFromNotifications()
    for (let waited = 0; this.#wait !== null && waited < this.#limits.unansweredCreateMs; waited += LOOK_MS) {
      if (this.#asked.every(({ ids, says }) => ids.size > 0 || says === 'refused')) return
      await this.#wait(LOOK_MS)
    }
  }

  /**
   * Takes an id that is in a notification and in no response for that of a call without an id; for that of a refused create only if there is no
   * other.
   */
  #learnFromNotifications(): void {
    const known = new Set(this.#asked.flatMap(({ ids }) => [...ids]))
    const notified = this.callback.received.map(
      ({ resource, resourceUrl }) => resourceAddress(resource ?? resourceUrl ?? '')?.callId,
    )
    const unknown = [...new Set(notified)].filter((id): id is string => id !== undefined && !known.has(id))
    const nameless = this.#asked.filter((one) => one.ids.size === 0)
    const refusedLast = nameless.toSorted((left, right) => Number(left.says === 'refused') - Number(right.says === 'refused'))
    for (const { request, ids } of refusedLast) {
      const id = unknown.shift()
      if (id === undefined) return
      ids.add(id)
      this.#calls.learned(request, id)
    }
  }

  /**
   * Ends a call in the name of the application that made it: with what its create was sent with. Without a token Graph knows no application,
   * and the bot's token is that of another one: only a delete that succeeds says that the call has ended.
   */
  async #end(id: string, authorization: string | null | undefined): Promise<boolean> {
    const asMaker = await this.#delete(id, authorization)
    if (asMaker !== null && (authorization === null ? asMaker.status === 204 : saysOver(asMaker))) return true
    return authorization !== undefined && (await this.#delete(id))?.status === 204
  }

  /** The response; null if it is missing or cannot be judged. */
  async #delete(id: string, authorization?: string | null): Promise<Reply | null> {
    try {
      return await this.#hangUpClient.delete(id, authorization)
    } catch (error) {
      if (error instanceof CouldNotRun || error instanceof NonConformance || error instanceof Interrupted) return null
      throw error
    }
  }
}

/** The ids in the Location and in the body of a response, which should agree. */
function idsOf(reply: Reply): readonly string[] {
  const path = reply.headers.get('location')?.replace(/^.*?(?=\/(?:app|communications)\/calls\/)/i, '') ?? ''
  const body = jsonOrNull(reply.text)
  const ids = [resourceAddress(path)?.callId, isObject(body) ? body.id : undefined]
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && id !== ''))]
}
