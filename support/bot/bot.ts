// The bot that the suite plays: it asks for tokens, creates calls, receives notifications, and hangs up what it made.
import type { Exchange } from '../contract/exchange'
import { CouldNotRun, Interrupted, NonConformance } from '../contract/faults'
import { isObject, type Json } from '../contract/json'
import { resourceAddress } from '../contract/messages'
import { Callback } from './callback'
import { type GraphClient, type GraphService, graphClient } from './graph-client'
import { type Credentials, type TokenService, tokenClient } from './token-client'
import { type Fetch, jsonOrNull, openWire, type Reply } from './wire'

export interface BotParts {
  readonly credentials: Credentials
  readonly graph: GraphService
  readonly tokens: TokenService
  readonly openIdUrl: string
  readonly fetch: Fetch
  /** Ends the bot's requests when the run is interrupted; hanging up is not ended by it. */
  readonly signal: AbortSignal
}

/** How the calls of a bot ended: how many were made, how many are over, and which may still be there. */
export interface CleanUp {
  readonly made: number
  readonly ended: number
  readonly left: readonly string[]
}

/** How long an answer of Graph may take, in milliseconds of real time. */
const ANSWER_LIMIT_MS = 30_000

/** The code of "Call not found": a call that is gone needs no hanging up. */
const GONE = '8522'

export class Bot {
  readonly exchanges: Exchange[] = []
  readonly callback: Callback
  readonly #graph: GraphClient
  readonly #undertaker: GraphClient
  /** Of each call that was made the ids that its answer gave: more than one only where Location and body disagree. */
  #made: (readonly string[])[] = []

  constructor({ credentials, graph, tokens, openIdUrl, fetch, signal }: BotParts) {
    const keep = (exchange: Exchange) => void this.exchanges.push(exchange)
    const send = openWire({ fetch, signal, keep, timeLimitMs: ANSWER_LIMIT_MS })
    const token = tokenClient(send, tokens, credentials)
    this.callback = new Callback({ openIdUrl, send, fetch, audience: credentials.clientId, keep })
    this.#graph = graphClient(send, graph, token)
    const quiet = openWire({ fetch, signal: new AbortController().signal, keep: () => {}, timeLimitMs: ANSWER_LIMIT_MS })
    this.#undertaker = graphClient(quiet, graph, tokenClient(quiet, tokens, credentials))
  }

  /** Creates a call. The keys are fetched before: no call is made whose notifications could not be checked. */
  async create(call: Json): Promise<Reply> {
    await this.callback.ready()
    const reply = await this.#graph.create(call)
    if (reply.status >= 200 && reply.status < 300) this.#made.push(idsOf(reply))
    return reply
  }

  /** Hangs up every call that was made; what could not be ended is said. Rejects only with what is a fault of ours. */
  async hangUp(): Promise<CleanUp> {
    this.callback.stopRecording()
    const heard = new Set(
      this.callback.received.flatMap(({ resource, resourceUrl }) => resourceAddress(resource ?? resourceUrl ?? '')?.callId ?? []),
    )
    const known = new Set(this.#made.flat())
    const unnamed = this.#made.filter((ids) => ids.length === 0).length
    const learned = [...heard].filter((id) => unnamed > 0 && !known.has(id))
    const left: string[] = learned.length < unnamed ? ['a call whose id was never learned'] : []
    for (const id of [...known, ...learned]) if (!(await this.#end(id))) left.push(id)
    const made = this.#made.length
    return { made, ended: Math.max(0, made - left.length), left }
  }

  async #end(id: string): Promise<boolean> {
    try {
      const reply = await this.#undertaker.delete(id)
      return reply.status === 204 || (reply.status === 404 && codeOf(reply.json()) === GONE)
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

function codeOf(body: Json): Json | undefined {
  return isObject(body) && isObject(body.error) ? body.error.code : undefined
}
