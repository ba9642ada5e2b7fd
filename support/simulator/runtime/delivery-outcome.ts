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

const CLOSED = 'it closed the connection without an answer'
const NOT_TLS = 'it does not speak TLS: is the callback an http address?'
/** Graph refuses such a callback too. */
const UNTRUSTED =
  'its certificate is not trusted: start the simulator with NODE_EXTRA_CA_CERTS=FILE of the authority that issued it'

/** Why a bot was not reached, by the code of Node's or undici's error. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  ETIMEDOUT: 'the connection was not made in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ESEALED: 'the run is sealed: only loopback is reached',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  EPROTO: NOT_TLS,
  UND_ERR_SOCKET: CLOSED,
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

/** The cause of a failed fetch in plain words. Errors of Node and undici carry it one level down. */
export function describeFailure(error: unknown): string {
  const failure = error as Failure
  const {
    name,
    message,
    code = '',
  } = failure.cause?.code === undefined && failure.code !== undefined ? failure : (failure.cause ?? failure)
  return CAUSES[code] ?? (name === 'HTTPParserError' || code.startsWith('HPE_') ? 'what it answered is not HTTP' : message)
}

/** Why a post did not arrive. */
export function undelivered(host: string, error: unknown): string {
  if ((error as Failure).name === 'TimeoutError') return `the bot at ${host} did not answer in time`
  return `not delivered to ${host}: ${describeFailure(error)}`
}
