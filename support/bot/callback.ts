// The bot's callback: receives what Graph posts, checks the token, answers 202, and keeps everything in order of arrival.
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { JOSEError } from 'jose/errors'
import { z } from 'zod'
import type { Exchange } from '../contract/exchange'
import { CouldNotRun } from '../contract/faults'
import { type CommsNotification, commsNotifications } from '../contract/messages'
import { shownText } from '../contract/shown'
import type { Fetch, Send } from './wire'

/** Issuers whose tokens a notification may carry: the documented one, and a second that samples accept (observed). */
const ISSUERS = ['https://api.botframework.com', 'https://graph.microsoft.com']

/** How far the clocks of bot and service may differ, in seconds. */
const CLOCK_TOLERANCE = 300

/** An unknown key id refreshes the keys, at most once in this time (milliseconds). */
const KEY_COOLDOWN_MS = 2_000

const UNCHECKED = 'notification tokens cannot be checked'

export interface CallbackParts {
  readonly openIdUrl: string
  /** For the OpenID configuration, which becomes evidence. */
  readonly send: Send
  /** For the keys. */
  readonly fetch: Fetch
  /** Audiences that a notification token may have: the app that it must be made out to. */
  readonly audiences: readonly string[]
  readonly keep: (exchange: Exchange) => void
}

/** A post that the bot refused, with the reason in one sentence. */
export interface RefusedPost {
  readonly status: number
  readonly reason: string
}

export class Callback {
  readonly #parts: CallbackParts
  #keys: Promise<ReturnType<typeof createRemoteJWKSet>> | null = null
  #listening = true
  /** The changes received, one by one, in order of arrival. */
  readonly received: CommsNotification[] = []
  readonly refused: RefusedPost[] = []
  /** What a post in order is answered with. */
  answers = 202

  constructor(parts: CallbackParts) {
    this.#parts = parts
  }

  /** From now on posts are answered but not kept: what follows the scenario is not its concern. */
  stopRecording(): void {
    this.#listening = false
  }

  /** Fetches what is needed to check tokens, so that a failure shows before a call is made. */
  async ready(): Promise<void> {
    this.#keys ??= this.#fetchKeys()
    await this.#keys
  }

  /** Serves one post; a Fetch handler. */
  async handle(request: Request): Promise<Response> {
    const body = await request.text()
    const refusal = await this.#check(request, body)
    const status = refusal?.status ?? this.answers
    if (this.#listening) {
      if (refusal !== null) this.refused.push(refusal)
      const { method, url } = request
      this.#parts.keep({
        purpose: 'notification',
        from: 'graph',
        request: { method, url, headers: Object.fromEntries(request.headers), body },
        response: { status, headers: {}, body: null },
      })
    }
    return new Response(null, { status })
  }

  /** Null when the post is in order; its changes have then been kept. */
  async #check(request: Request, body: string): Promise<RefusedPost | null> {
    if (request.method !== 'POST') return { status: 405, reason: `a notification came as ${request.method}; documented: POST` }
    const token = await this.#checkToken(request.headers.get('authorization'))
    if (token !== null) return { status: 401, reason: token }
    if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
      return {
        status: 415,
        reason: `a notification came as ${shownText(request.headers.get('content-type') ?? 'nothing')}; documented: application/json`,
      }
    }
    const read = readChanges(body)
    if (typeof read === 'string') return { status: 400, reason: read }
    if (this.#listening) this.received.push(...read)
    return null
  }

  /** Why the token of a post is not accepted, naming the claim; null when it is. */
  async #checkToken(authorization: string | null): Promise<string | null> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return 'CC-50: a notification came without a bearer token'
    await this.ready()
    try {
      const keys = await (this.#keys as Promise<ReturnType<typeof createRemoteJWKSet>>)
      await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        issuer: ISSUERS,
        audience: [...this.#parts.audiences],
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['exp'],
      })
      return null
    } catch (error) {
      if (error instanceof JOSEError) return `CC-50: the token of a notification is refused: ${error.message}`
      throw error
    }
  }

  async #fetchKeys() {
    const { openIdUrl, send, fetch } = this.#parts
    const reply = await send('keys', { method: 'GET', url: openIdUrl, headers: { accept: 'application/json' }, body: null })
    if (reply.status !== 200) throw new CouldNotRun(`${openIdUrl} was answered ${reply.status}: ${UNCHECKED}`)
    const configuration = z.looseObject({ jwks_uri: z.url() }).safeParse(reply.json())
    if (!configuration.success) throw new CouldNotRun(`${openIdUrl} names no jwks_uri: ${UNCHECKED}`)
    const { jwks_uri } = configuration.data
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      cooldownDuration: KEY_COOLDOWN_MS,
      [customFetch]: (url, init) => fetch(url, init as RequestInit),
    })
    try {
      await keys.reload()
    } catch (error) {
      throw new CouldNotRun(`${jwks_uri} gave no keys (${(error as Error).message}): ${UNCHECKED}`)
    }
    return keys
  }
}

/** The changes in a post, or in one sentence why it is none. */
function readChanges(body: string): CommsNotification[] | string {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return `CC-40: the body of a notification is no JSON (${body.length} characters)`
  }
  const read = commsNotifications.safeParse(value)
  if (read.success) return read.data.value
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return `CC-41: a notification has another shape than documented: ${faults.join('; ')}`
}
