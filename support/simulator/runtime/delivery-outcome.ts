// One attempt at a delivery in plain language: what the notification shows, what the bot said to it, why it did not arrive.
import { isObject, type JsonObject } from '../../contract/json'
import type { DeliveryFacts } from './journal'
import { strangersWords } from './redact'

/** Longest piece of a bot's answer that is quoted, in characters; and what is read of it for that, in bytes. */
const QUOTED = 200
const READ_BYTES = 4_096

/** What a notification is about: "call updated, established", "roster updated, 3 participants". */
export function shownBy(body: JsonObject): Pick<DeliveryFacts, 'of' | 'changeType' | 'state' | 'shows'> {
  const change = Array.isArray(body.value) ? body.value[0] : undefined
  if (!isObject(change)) return { of: null, changeType: null, state: null, shows: null }
  const { changeType: type, resourceData } = change
  const changeType = typeof type === 'string' ? type : null
  if (Array.isArray(resourceData)) {
    const size = `${resourceData.length} participant${resourceData.length === 1 ? '' : 's'}`
    return { of: 'roster', changeType, state: null, shows: `roster ${changeType}, ${size}` }
  }
  const state = isObject(resourceData) && typeof resourceData.state === 'string' ? resourceData.state : null
  return { of: 'call', changeType, state, shows: `call ${changeType}, ${state}` }
}

/** The beginning of what the bot answered, where that is text or JSON; empty when it said nothing that can be shown. Never rejects. */
export async function wordsOf(response: Response, signal: AbortSignal): Promise<string> {
  const type = response.headers.get('content-type') ?? ''
  const reader = /^(text\/plain|application\/([\w.-]+\+)?json)\b/i.test(type) ? response.body?.getReader() : undefined
  if (reader === undefined) return ''
  // Also where the body does not end when the time is up.
  const stop = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    const chunks: Uint8Array[] = []
    for (let length = 0; length < READ_BYTES && !signal.aborted; ) {
      const { done, value } = await reader.read()
      if (done) break
      chunks.push(value)
      length += value.byteLength
    }
    return strangersWords(Buffer.concat(chunks).subarray(0, READ_BYTES).toString('utf8'), QUOTED)
  } catch {
    return ''
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection was not made in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ESEALED: 'the run is sealed: only loopback is reached',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS: is the callback an http address?',
  EPROTO: 'it speaks no TLS: is the callback an http address?',
  UND_ERR_SOCKET: 'it closed the connection without an answer',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not made in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of its answer are too long',
}

interface Failure {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly cause?: Failure
}

/** Why a post did not arrive, from whatever was thrown: Node's and undici's errors carry the cause one level down. */
export function undelivered(host: string, error: unknown): string {
  const { name, message, code, cause } = error as Failure
  if (name === 'TimeoutError') return `the bot at ${host} did not answer in time`
  const known = cause?.code ?? code ?? ''
  const why = CAUSES[known] ?? (known.startsWith('HPE_') ? 'what it answered is no HTTP' : (cause?.message ?? message))
  return `not delivered to ${host}: ${why}`
}
