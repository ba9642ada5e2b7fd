// The suite's bot: it requests tokens, creates calls, receives notifications, and hangs up the calls that it made.
import type { Exchange, Fetch } from '../contract/exchange'
import { CouldNotRun, HarnessError, Interrupted, NonConformance } from '../contract/failures'
import { isObject } from '../contract/json'
import { resourceAddress } from '../contract/messages'
import { TIME_LIMITS, type TimeLimits } from '../net/time-limits'
import { Callback } from './callback'
import { type CreateRequest, type GraphClient, type GraphService, graphClient, judged, saysOver } from './graph-client'
import type { Wait } from './retry'
import { jsonOrNull, onTime, openWire, type Reply, type Send } from './wire'

export interface BotParts {
  readonly graph: GraphService
  readonly openIdUrl: string
  readonly fetch: Fetch
  /** Audiences that a notification token may have. */
  readonly audiences: readonly string[]
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

/** Records a call before it is requested, its id, and its end. */
export interface CallLog {
  /**
   * Called before the request is sent. Returns the name of the call in the log.
   * @throws CouldNotRun when no more calls may be made
   */
  intend(callbackUri: string): string
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
  /** Creates without a response or notification that says whether a call exists. */
  readonly uncertain: readonly string[]
}

/** A create that was not refused: its name in the log, and the known ids of the call; two if Location and body disagree. */
interface Asked {
  readonly request: string
  readonly ids: Set<string>
  /** Whether a 2xx said that it was made. */
  made: boolean
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
  #asked: Asked[] = []

  constructor({ graph, openIdUrl, fetch, audiences, tokens, calls, wait, now, signal, limits = TIME_LIMITS }: BotParts) {
    const keep = (exchange: Exchange) => void this.exchanges.push({ ...exchange, at: performance.timeOrigin + performance.now() })
    const send = openWire({ fetch, signal, keep, timeLimitMs: limits.answerMs })
    const unending = new AbortController().signal
    this.#calls = calls
    this.#limits = limits
    this.#now = now ?? null
    this.#wait = wait?.(unending) ?? null
    this.#path = graph.callsPath
    this.token = tokens(this.#timed(send))
    this.callback = new Callback({ openIdUrl, send, audiences, keep, onReceived: () => this.#learnFromNotifications() })
    this.#graph = graphClient(send, graph, this.token, wait?.(signal) ?? null, limits.firstWaitMs)
    const quiet = openWire({ fetch, signal: unending, keep: () => {}, timeLimitMs: limits.answerMs })
    this.#hangUpClient = graphClient(quiet, graph, tokens(quiet), this.#wait, limits.firstWaitMs)
  }

  /** The other requests to Graph. */
  get graph(): Omit<GraphClient, 'create'> {
    return this.#graph
  }

  /**
   * Creates a call. Fetches keys and token before, so that the notifications of the call can be checked. A create without a response may
   * have made a call: it is hung up if a notification has its id.
   * @param callbackUri the address that the bot listens on, which can differ from that of the request
   */
  async create(create: CreateRequest, callbackUri: string): Promise<Reply> {
    await this.callback.ready()
    if (create.authorization === undefined) await this.token()
    const asked: Asked = { request: this.#calls.intend(callbackUri), ids: new Set(), made: false }
    this.#asked.push(asked)
    let reply: Reply
    try {
      reply = await this.#graph.create(create)
    } catch (error) {
      // What the simulator does not implement it has not done.
      if (error instanceof HarnessError) this.#refused(asked)
      throw error
    }
    const { status } = reply
    if (status >= 200 && status < 300) this.#made(asked, idsOf(reply))
    // After a 5xx there may be a call.
    else if (status < 500) this.#refused(asked)
    return this.#onTime("Graph's", judged(`POST ${this.#path}`, reply))
  }

  #made(asked: Asked, ids: readonly string[]): void {
    asked.made = true
    for (const id of ids) asked.ids.add(id)
    if (ids[0] !== undefined) this.#calls.learned(asked.request, ids[0])
  }

  #refused(asked: Asked): void {
    this.#asked = this.#asked.filter((one) => one !== asked)
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
    for (const { request, ids, made } of this.#asked) {
      const unended = made && ids.size === 0 ? ['a call whose id was never learned'] : []
      for (const id of ids) if (!(await this.#end(id))) unended.push(id)
      if (unended.length === 0 && ids.size > 0) this.#calls.settled(request, 'ended')
      left.push(...unended)
    }
    const made = this.#asked.filter((one) => one.made || one.ids.size > 0).length
    const uncertain = this.#asked.filter((one) => !one.made && one.ids.size === 0)
    return {
      made,
      ended: Math.max(0, made - left.length),
      left,
      uncertain: uncertain.map(() => 'a create without an answer: a call may exist'),
    }
  }

  /** Waits for notifications with the ids that no response had. */
  async #waitForUnknownIds(): Promise<void> {
    this.#learnFromNotifications()
    for (let waited = 0; this.#wait !== null && waited < this.#limits.unansweredCreateMs; waited += LOOK_MS) {
      if (this.#asked.every(({ ids }) => ids.size > 0)) return
      await this.#wait(LOOK_MS)
    }
  }

  /** Takes an id that is in a notification and in no response for that of a call without an id. */
  #learnFromNotifications(): void {
    const known = new Set(this.#asked.flatMap(({ ids }) => [...ids]))
    const notified = this.callback.received.map(
      ({ resource, resourceUrl }) => resourceAddress(resource ?? resourceUrl ?? '')?.callId,
    )
    const unknown = [...new Set(notified)].filter((id): id is string => id !== undefined && !known.has(id))
    for (const { request, ids } of this.#asked.filter((one) => one.ids.size === 0)) {
      const id = unknown.shift()
      if (id === undefined) return
      ids.add(id)
      this.#calls.learned(request, id)
    }
  }

  async #end(id: string): Promise<boolean> {
    try {
      return saysOver(await this.#hangUpClient.delete(id))
    } catch (error) {
      if (error instanceof CouldNotRun || error instanceof NonConformance || error instanceof Interrupted) return false
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
