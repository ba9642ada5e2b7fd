// The bot that the suite plays: it asks for tokens, creates calls, receives notifications, and hangs up what it made.
import type { Exchange, Fetch } from '../contract/exchange'
import { CouldNotRun, HarnessError, Interrupted, NonConformance } from '../contract/faults'
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
  /** The bot's tokens for Graph, got through `send`. */
  readonly tokens: (send: Send) => () => Promise<string>
  readonly calls: CallLog
  /** How long it waits for others; left out: `TIME_LIMITS`. */
  readonly limits?: TimeLimits
  /** Lets time pass before a busy Graph is asked again, until a signal ends it; null: every request is sent once. */
  readonly wait: ((signal: AbortSignal) => Wait) | null
  /** This machine's clock, in milliseconds since the epoch, where the target keeps the same time; left out: no clocks are compared. */
  readonly now?: (() => number) | undefined
  /** Ends the bot's requests when the run is interrupted; hanging up is not ended by it. */
  readonly signal: AbortSignal
}

/** Where a call is written down before it is asked for, what becomes known of it, and that it is over. */
export interface CallLog {
  /**
   * Before the request is sent; the name by which the log knows the call.
   * @throws CouldNotRun when no more calls may be made
   */
  intend(callbackUri: string): string
  /** It was made, under this id. */
  learned(request: string, callId: string): void
  /** It is over, or was never made. */
  settled(request: string, how: 'ended' | 'refused'): void
}

/** For a target that leaves nothing behind by itself. */
export const NO_LOG: CallLog = { intend: () => '', learned: () => {}, settled: () => {} }

/** How the calls of a bot ended. */
export interface CleanUp {
  /** How many were made, and how many of them are over. */
  readonly made: number
  readonly ended: number
  /** Those that are still there. */
  readonly left: readonly string[]
  /** Creates whose answer does not say whether there is a call, and of which nothing was heard: it may exist. */
  readonly uncertain: readonly string[]
}

/** A call that was asked for and not refused: its name in the log, and the ids known of it; two where Location and body disagree. */
interface Asked {
  readonly request: string
  readonly ids: Set<string>
  /** Whether a success said that it was made. */
  made: boolean
}

/** How often it is looked whether a notification has named a call, in milliseconds. */
const LOOK_MS = 50

/** Statuses that are no success and say that no call was made. After a 5xx there may be one all the same. */
const refusedWith = (status: number) => status < 500

export class Bot {
  readonly exchanges: Exchange[] = []
  readonly callback: Callback
  readonly #path: string
  readonly #token: () => Promise<string>
  readonly #graph: GraphClient
  readonly #undertaker: GraphClient
  readonly #calls: CallLog
  readonly #limits: TimeLimits
  readonly #now: (() => number) | null
  /** Lets time pass after an interruption too: what is hung up then must be known. */
  readonly #wait: Wait | null
  #asked: Asked[] = []

  constructor({ graph, openIdUrl, fetch, audiences, tokens, calls, wait, now, signal, limits = TIME_LIMITS }: BotParts) {
    const keep = (exchange: Exchange) => void this.exchanges.push(exchange)
    const send = openWire({ fetch, signal, keep, timeLimitMs: limits.answerMs })
    const unending = new AbortController().signal
    this.#calls = calls
    this.#limits = limits
    this.#now = now ?? null
    this.#wait = wait?.(unending) ?? null
    this.#path = graph.callsPath
    this.#token = tokens(this.#timed(send))
    this.callback = new Callback({ openIdUrl, send, audiences, keep, onReceived: () => this.#learnFromNotifications() })
    this.#graph = graphClient(send, graph, this.#token, wait?.(signal) ?? null, limits.firstWaitMs)
    const quiet = openWire({ fetch, signal: unending, keep: () => {}, timeLimitMs: limits.answerMs })
    this.#undertaker = graphClient(quiet, graph, tokens(quiet), this.#wait, limits.firstWaitMs)
  }

  /**
   * Creates a call. Keys and token are got before: no call is made whose notifications could not be checked. A create without an
   * answer may have made one all the same; it is hung up when a notification tells its id.
   * @param callbackUri the address that the bot listens on, whatever the request says
   */
  async create(create: CreateRequest, callbackUri: string): Promise<Reply> {
    await this.callback.ready()
    if (create.authorization === undefined) await this.#token()
    const asked: Asked = { request: this.#calls.intend(callbackUri), ids: new Set(), made: false }
    this.#asked.push(asked)
    let reply: Reply
    try {
      reply = await this.#graph.create(create)
    } catch (error) {
      // What the simulator does not play it has not done.
      if (error instanceof HarnessError) this.#refused(asked)
      throw error
    }
    const { status } = reply
    if (status >= 200 && status < 300) this.#made(asked, idsOf(reply))
    else if (refusedWith(status)) this.#refused(asked)
    return this.#onTime("Graph's", judged(`POST ${this.#path}`, reply))
  }

  /** The bot's own token for Graph. */
  token(): Promise<string> {
    return this.#token()
  }

  get(callId: string): Promise<Reply> {
    return this.#graph.get(callId)
  }

  /** The bot ends a call of its own, as part of the scenario. */
  delete(callId: string): Promise<Reply> {
    return this.#graph.delete(callId)
  }

  lookUp(conferenceId: string): Promise<Reply> {
    return this.#graph.lookUp(conferenceId)
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

  /** A token request is the first that shows the time of the other side, before anybody is rung. */
  #timed(send: Send): Send {
    return async (purpose, request) => {
      const reply = await send(purpose, request)
      // What is got may come from a cache, with the time at which it was put there.
      return request.method === 'GET' ? reply : this.#onTime("the token service's", reply)
    }
  }

  #onTime(whose: string, reply: Reply): Reply {
    return this.#now === null ? reply : onTime(whose, reply, this.#now())
  }

  /** Hangs up every call that was made; what could not be ended is said. Rejects only with what is a fault of ours. */
  async hangUp(): Promise<CleanUp> {
    await this.#hearOfUntold()
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

  /** Waits a while for what names the calls whose answers did not. */
  async #hearOfUntold(): Promise<void> {
    this.#learnFromNotifications()
    for (let waited = 0; this.#wait !== null && waited < this.#limits.unansweredCreateMs; waited += LOOK_MS) {
      if (this.#asked.every(({ ids }) => ids.size > 0)) return
      await this.#wait(LOOK_MS)
    }
  }

  /** An id that is in a notification and in no answer is that of a call whose answer gave none, or has not come yet. */
  #learnFromNotifications(): void {
    const known = new Set(this.#asked.flatMap(({ ids }) => [...ids]))
    const heard = this.callback.received.map(
      ({ resource, resourceUrl }) => resourceAddress(resource ?? resourceUrl ?? '')?.callId,
    )
    const strange = [...new Set(heard)].filter((id): id is string => id !== undefined && !known.has(id))
    for (const { request, ids } of this.#asked.filter((one) => one.ids.size === 0)) {
      const id = strange.shift()
      if (id === undefined) return
      ids.add(id)
      this.#calls.learned(request, id)
    }
  }

  async #end(id: string): Promise<boolean> {
    try {
      return saysOver(await this.#undertaker.delete(id))
    } catch (error) {
      if (error instanceof CouldNotRun || error instanceof NonConformance || error instanceof Interrupted) return false
      throw error
    }
  }
}

/** The ids that the answer to a create gives the new call: by its Location and by its body, which should agree. */
function idsOf(reply: Reply): readonly string[] {
  const path = reply.headers.get('location')?.replace(/^.*?(?=\/(?:app|communications)\/calls\/)/i, '') ?? ''
  const body = jsonOrNull(reply.text)
  const ids = [resourceAddress(path)?.callId, isObject(body) ? body.id : undefined]
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && id !== ''))]
}
