// The bot's callback: receives posts, checks their tokens, answers 202, and keeps the notifications in order of arrival.
import type { JWTPayload } from 'jose'
import { JOSEError } from 'jose/errors'
import type { Exchange } from '../contract/exchange'
import type { Json, JsonObject } from '../contract/json'
import { type CommsNotification, commsNotifications } from '../contract/messages'
import { shownAt, shownText } from '../contract/shown'
import { readJson } from './json-text'
import type { Memory } from './memory'
import { type KeySet, type NotificationKeys, notificationKeys } from './notification-keys'
import { MOST_SKEW_SECONDS, type Send } from './wire'

/** Issuers of notification tokens: the documented one, and a second that samples accept (observed). */
const ISSUERS = ['https://api.botframework.com', 'https://graph.microsoft.com']

interface CallbackParts {
  readonly openIdUrl: string
  /** Fetches the OpenID configuration and the keys. */
  readonly send: Send
  /** Audiences that a notification token may have. */
  readonly audiences: readonly string[]
  /** Keys that were fetched before. */
  readonly keys: Memory<KeySet>
  readonly keep: (exchange: Exchange) => void
  /** Called before a post with changes is answered. */
  readonly onReceived?: () => void
}

interface RefusedPost {
  readonly status: number
  readonly reason: string
}

export class Callback {
  readonly #parts: CallbackParts
  readonly #keys: NotificationKeys
  #listening = true
  /** The bodies of the accepted posts, a character for each byte. */
  readonly #bodies = new Set<string>()
  /** The changes received, one by one, in order of arrival. */
  readonly received: CommsNotification[] = []
  /** Those of `received` that came in a repeated delivery: its body is byte for byte that of an earlier post. */
  readonly repeated = new Set<CommsNotification>()
  /** The claim `tid` of the token with which each of `received` came; undefined: the token has none. */
  readonly tenants = new Map<CommsNotification, unknown>()
  readonly refused: RefusedPost[] = []
  /** The answer to an accepted post. */
  answers = 202

  constructor(parts: CallbackParts) {
    this.#parts = parts
    this.#keys = notificationKeys(parts.openIdUrl, parts.send, parts.keys)
  }

  /** From now on posts are answered but not kept: the scenario is over. */
  stopRecording(): void {
    this.#listening = false
  }

  /** Fetches the keys, so that a failure shows before a call is made. */
  async ready(): Promise<void> {
    await this.#keys.ready()
  }

  /** Serves one post; a Fetch handler. */
  async handle(request: Request): Promise<Response> {
    const bytes = new Uint8Array(await request.arrayBuffer())
    const body = new TextDecoder().decode(bytes)
    const refusal = await this.#check(request, bytes)
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

  /** Keeps the changes of a post and returns null, or returns why it is refused. */
  async #check(request: Request, body: Uint8Array): Promise<RefusedPost | null> {
    if (request.method !== 'POST') return { status: 405, reason: `a notification came as ${request.method}; documented: POST` }
    const token = await this.#checkToken(request.headers.get('authorization'))
    if (typeof token === 'string') return { status: 401, reason: token }
    if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
      return {
        status: 415,
        reason: `a notification came as ${shownText(request.headers.get('content-type') ?? 'nothing')}; documented: application/json`,
      }
    }
    const read = readChanges(body)
    if (typeof read === 'string') return { status: 400, reason: read }
    if (!this.#listening) return null
    const sameBytes = Buffer.from(body).toString('latin1')
    if (this.#bodies.has(sameBytes)) for (const change of read) this.repeated.add(change)
    this.#bodies.add(sameBytes)
    this.received.push(...read)
    for (const change of read) this.tenants.set(change, token.tid)
    this.#parts.onReceived?.()
    return null
  }

  /** Returns the claims of the token of a post, or why it is refused. */
  async #checkToken(authorization: string | null): Promise<JWTPayload | string> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return 'CC-50: a notification came without a bearer token'
    await this.ready()
    try {
      return await this.#keys.verify(token, {
        algorithms: ['RS256'],
        issuer: ISSUERS,
        audience: [...this.#parts.audiences],
        clockTolerance: MOST_SKEW_SECONDS,
        requiredClaims: ['exp'],
      })
    } catch (error) {
      if (error instanceof JOSEError) return `CC-50: the token of a notification is refused: ${error.message}`
      throw error
    }
  }
}

/** Returns the changes in a post, or why it is invalid. */
function readChanges(body: Uint8Array): CommsNotification[] | string {
  const json = readJson(body)
  if ('fault' in json) return `CC-40: the body of a notification ${json.fault} (${body.length} bytes)`
  const read = commsNotifications.safeParse(json.value)
  if (read.success) return read.data.value
  const faults = read.error.issues.map(({ path, message }) => {
    const received = message.includes('received') ? '' : `, received ${shownMember(json.value, path)}`
    return `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}${received}`
  })
  return `CC-41: a notification has another shape than documented: ${faults.join('; ')}`
}

/** The value at a path, as a failure may quote it. */
function shownMember(body: Json, path: readonly PropertyKey[]): string {
  const value = path.reduce<Json | undefined>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as JsonObject)[String(name)] : undefined),
    body,
  )
  return value === undefined ? 'nothing' : JSON.stringify(shownAt(String(path.at(-1) ?? ''), value))
}
