// Renders an exchange for a reviewer by allow-list: nothing is shown that is not listed here.
import { STATUS_CODES } from 'node:http'
import type { Exchange, ExchangeRequest, ExchangeResponse, Purpose } from '../../contract/exchange'
import { isObject, type Json } from '../../contract/json'
import { notShown, shownJson, shownString, shownText, shownUrl } from '../../contract/shown'

const shownHeaders = new Set(
  'content-type location retry-after request-id client-request-id date www-authenticate allow'.split(' '),
)

type Message = Pick<ExchangeRequest | ExchangeResponse, 'headers' | 'body'>

function parsed(body: string): { readonly json: Json } | null {
  try {
    return { json: JSON.parse(body) as Json }
  } catch {
    return null
  }
}

function unseenBody({ headers, body }: Message): string {
  const [type] = /^[\w.+-]{1,40}\/[\w.+-]{1,40}(?![^;\s])/.exec(headers['content-type'] ?? '') ?? ['no usual type']
  return body ? `‹${body.length} characters of ${shownString(type)}, not shown›` : ''
}

function messageBody(message: Message): string {
  const body = message.body ? parsed(message.body) : null
  return body ? JSON.stringify(shownJson(body.json, false), null, 2) : unseenBody(message)
}

function messageHeaders({ headers }: Message): string[] {
  return Object.entries(headers).map(([name, value]) => {
    if (name === 'authorization') return `${name}: ${/^Bearer\s/i.test(value) ? 'Bearer ' : ''}${notShown}`
    return `${name}: ${shownHeaders.has(name) ? shownText(value) : notShown}`
  })
}

/** Fields of a token request that say which token is requested; never the credential. */
const shownFields = ['grant_type', 'scope', 'client_id']

function tokenForm({ body }: Message): string {
  const form = new URLSearchParams(body ?? '')
  return shownFields.flatMap((name) => form.getAll(name).map((value) => `${name}=${shownString(value)}`)).join('\n')
}

const word = (value: Json) => typeof value === 'string' && /^[\w.-]{1,40}$/.test(value)
const number = (value: Json) => typeof value === 'number' || (typeof value === 'string' && /^\d{1,12}$/.test(value))
/** Members of a token answer that may be shown, and the form that they must have (RFC 6749, sections 5.1 and 5.2; error_codes are Microsoft's). */
const tokenAnswerMembers: Readonly<Record<string, (value: Json) => boolean>> = {
  token_type: word,
  expires_in: number,
  error: word,
  error_codes: (value) => Array.isArray(value) && value.every(number),
}

function tokenAnswer(message: Message): string {
  const json = message.body ? parsed(message.body)?.json : undefined
  if (!isObject(json)) return unseenBody(message)
  const members = Object.entries(tokenAnswerMembers).flatMap(([name, isForm]) => {
    const value = Object.hasOwn(json, name) ? json[name] : undefined
    return value === undefined ? [] : [[name, isForm(value) ? value : notShown]]
  })
  return JSON.stringify(Object.fromEntries(members), null, 2)
}

/** An answer of the key service: how many keys it has, or where its configuration says that they are. */
function keysAnswer(message: Message): string {
  const json = message.body ? parsed(message.body)?.json : undefined
  const { keys, jwks_uri: place } = isObject(json) ? json : {}
  if (Array.isArray(keys)) return `‹${keys.length === 1 ? '1 key' : `${keys.length} keys`}›`
  return typeof place === 'string' && URL.canParse(place) ? `‹keys at ${shownUrl(place)}›` : '‹no keys›'
}

const nothing = () => ''
const noHeaders = (): string[] => []

/** How a kind of exchange is shown. */
interface View {
  readonly headers: (message: Message) => string[]
  readonly request: (message: Message) => string
  readonly response: (message: Message) => string
}
const message: View = { headers: messageHeaders, request: messageBody, response: messageBody }
const views: Readonly<Record<Purpose, View>> = {
  create: message,
  get: message,
  delete: message,
  operation: message,
  'look-up': message,
  notification: message,
  token: { headers: noHeaders, request: tokenForm, response: tokenAnswer },
  keys: { headers: noHeaders, request: nothing, response: keysAnswer },
  other: { headers: messageHeaders, request: unseenBody, response: unseenBody },
}

const block = (line: string, headers: readonly string[], body: string) =>
  [[line, ...headers].join('\n'), body].filter((part) => part !== '').join('\n\n')

/**
 * An exchange as a reviewer reads it, and a name for it such as `create: bot → Graph, 201` or `notification: Graph → bot, no answer`.
 *
 * Pure, and safe by construction: values appear only where a list of this file names their header, member or field. Even there tokens, query
 * values, fragments and user information do not appear, and text is cut at 500 characters. The words of Graph itself (`error.message`) and
 * of a failure are shown under the same rules; a secret in plain words inside such a sentence cannot be recognised.
 */
export function renderExchange({ purpose, from, request, response }: Exchange): { name: string; text: string } {
  const view = views[purpose]
  const failed = 'failure' in response
  const method = /^[A-Z]{1,20}$/i.test(request.method) ? request.method : notShown
  const asked = block(`→ ${method} ${shownUrl(request.url)}`, view.headers(request), view.request(request))
  const answered = failed
    ? `← no answer: ${shownText(response.failure)}`
    : block(`← ${response.status} ${STATUS_CODES[response.status] ?? ''}`.trim(), view.headers(response), view.response(response))
  const parties = from === 'bot' ? 'bot → Graph' : 'Graph → bot'
  return { name: `${purpose}: ${parties}, ${failed ? 'no answer' : response.status}`, text: `${asked}\n\n${answered}\n` }
}
