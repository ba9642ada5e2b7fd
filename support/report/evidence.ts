// What a reviewer may read of an exchange: a transcript by allow-list. What is not listed here is not shown, whatever it is.

import { STATUS_CODES } from 'node:http'
import type { Exchange, ExchangeRequest, ExchangeResponse, Purpose } from '../contract/exchange'
import { isObject, type Json } from '../contract/json'

const notShown = '‹not shown›'

const shownHeaders = new Set(
  'content-type location retry-after request-id client-request-id date www-authenticate allow'.split(' '),
)

/** Members of the messages of the calling API, by shape: those of 2019 and those added since, the undeclared ones seen included. */
const membersByShape: Readonly<Record<string, string>> = {
  annotations: '@odata.type @odata.id @odata.etag @odata.context',
  notification: 'value changeType resource resourceUrl callbackUri resourceData',
  call: `id state direction callbackUri callRoutes source targets requestedModalities activeModalities mediaConfig mediaState chatInfo
    meetingInfo meetingCapability routingPolicies ringingTimeoutInSeconds subject tenantId myParticipantId resultInfo terminationReason
    answeredBy toneInfo incomingContext replacesContext callChainId callOptions transcription terminationSender
    participants operations audioRoutingGroups contentSharingSessions`,
  participantInfo: 'identity endpointType region languageId countryCode participantId',
  invitationParticipantInfo: 'replacesCallId hidden removeFromDefaultAudioRoutingGroup',
  identitySet: `application device user guest phone applicationInstance encrypted conversation conversationIdentityType assertedIdentity
    azureCommunicationServicesUser onPremises`,
  identity: 'id displayName tenantId identityProvider',
  mediaConfig: 'removeFromDefaultAudioGroup preFetchMedia',
  mediaInfo: 'uri resourceId',
  chatInfo: 'threadId messageId replyChainMessageId',
  meetingInfo: 'allowConversationWithoutHost organizer joinMeetingId',
  meetingCapability: 'allowAnonymousUsersToDialOut autoAdmittedUsers allowAnonymousUsersToStartMeeting',
  callRoute: 'routingType original final',
  callMediaState: 'audio',
  incomingContext: 'sourceParticipantId observedParticipantId onBehalfOf transferor',
  toneInfo: 'sequenceId tone',
  resultInfo: 'code subcode subCode message',
  callOptions: 'hideBotAfterEscalation isContentSharingNotificationEnabled isDeltaRosterEnabled isInteractiveRosterEnabled',
  callTranscriptionInfo: 'state lastModifiedDateTime',
  participant: `info isMuted isInLobby recordingInfo mediaStreams metadata removedState restrictedExperience rosterSequenceNumber`,
  mediaStream: 'mediaType sourceId direction serverMuted label',
  recordingInfo: 'recordingStatus initiatedBy initiator status recordingCapable notRecording startedRecording',
  deltaParticipants: 'participants sequenceNumber',
  audioRoutingGroup: 'routingMode sources receivers',
  commsOperation: `status clientContext resultInfo createdDateTime lastActionDateTime completionReason recordingLocation participants
    mediaInfo loop`,
  error: 'error code message innerError innererror requestId request-id client-request-id date',
}
const shownMembers = new Set(Object.values(membersByShape).flatMap((members) => members.split(/\s+/)))

/** Members of those shapes that open something: a meeting, a recording, a media session. Their length is all that is told. */
const secretMembers = new Set(['token', 'passcode', 'recordingAccessToken', 'blob'])

/** Long enough for every identifier and sentence of the API. */
const longestText = 500
/** As much of a text is looked at; a token that is cut here still shows by its beginning. */
const longestLook = 5000
/** Deeper than any message of the API, and far from the end of the stack. */
const deepest = 30

/** A signed or encrypted token: parts of base64url, of which the first is a JSON object (`eyJ`), or all are too long for a host's labels. */
const token = /eyJ[\w-]*\.[\w-]+(?:\.[\w-]*)*|eyJ[\w-]{40,}|(?<![\w-])[\w-]{20,}\.[\w-]{20,}(?:\.[\w-]{20,})+/g
const bearer = /\bBearer\s+(?![\w-]+=")\S+/gi
const url = /[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi
const startsAsReference = /^(?:[a-z][a-z0-9+.-]*:\/)?\//i

/** A URL or a path, with the names of its query but neither the values nor the fragment; user information is left out. */
function shownUrl(reference: string): string {
  if (!URL.canParse(reference, 'https://relative.invalid')) return notShown
  const [, base = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(reference) ?? []
  const names = query
    ?.split('&')
    .map((pair) => (pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=${notShown}` : notShown))
  const shown = [
    base.replace(/^([a-z][a-z0-9+.-]*:[/\\]*|[/\\]{2,})[^/\\]*@/i, '$1'),
    names ? `?${names.join('&')}` : '',
    fragment === undefined ? '' : `#${notShown}`,
  ].join('')
  return shown.replace(token, notShown)
}

/** A sentence on one line, or a URL: URLs as `shownUrl` has them, tokens elided, at most 500 characters of it. */
function shownText(text: string): string {
  const look = text.slice(0, longestLook)
  const safe = (startsAsReference.test(look) ? shownUrl(look) : look.replace(url, shownUrl))
    .replace(token, notShown)
    .replace(bearer, `Bearer ${notShown}`)
    .replace(/[\r\n]+/g, ' ')
  return safe.length > longestText || look !== text ? `${safe.slice(0, longestText)}… ‹cut, of ${text.length} characters›` : safe
}

/** A string at a listed member; one that carries a token is not shown at all. */
function shownString(text: string): string {
  const look = text.slice(0, longestLook)
  return look.search(token) >= 0 || /\bBearer\s/i.test(look) ? notShown : shownText(text)
}

function shownMember(name: string, value: Json, depth: number): Json {
  if (secretMembers.has(name)) return typeof value === 'string' ? `‹not shown: ${value.length} characters›` : notShown
  return shownMembers.has(name) ? shownJson(value, true, depth) : notShown
}

function shownJson(value: Json, listed: boolean, depth: number): Json {
  if (typeof value === 'string') return listed ? shownString(value) : notShown
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) return notShown
  if (!isObject(value)) return (value as readonly Json[]).map((entry) => shownJson(entry, listed, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [shownString(name), shownMember(name, member, depth + 1)]),
  )
}

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
  return body ? JSON.stringify(shownJson(body.json, false, 0), null, 2) : unseenBody(message)
}

function messageHeaders({ headers }: Message): string[] {
  return Object.entries(headers).map(([name, value]) => {
    if (name === 'authorization') return `${name}: ${/^Bearer\s/i.test(value) ? 'Bearer ' : ''}${notShown}`
    return `${name}: ${shownHeaders.has(name) ? shownText(value) : notShown}`
  })
}

/** Of a token request's form, what says which token was asked for; never the credential. */
const shownFields = ['grant_type', 'scope', 'client_id']

function tokenForm({ body }: Message): string {
  const form = new URLSearchParams(body ?? '')
  return shownFields.flatMap((name) => form.getAll(name).map((value) => `${name}=${shownString(value)}`)).join('\n')
}

const word = (value: Json) => typeof value === 'string' && /^[\w.-]{1,40}$/.test(value)
const number = (value: Json) => typeof value === 'number' || (typeof value === 'string' && /^\d{1,12}$/.test(value))
/** Of a token answer, what may be told, and the form in which alone it may (RFC 6749, sections 5.1 and 5.2; error_codes are Microsoft's). */
const tokenAnswerMembers: Readonly<Record<string, (value: Json) => boolean>> = {
  token_type: word,
  expires_in: number,
  error: word,
  error_codes: (value) => Array.isArray(value) && value.every(number),
}

function tokenAnswer(message: Message): string {
  const json = message.body ? parsed(message.body)?.json : undefined
  if (!isObject(json)) return unseenBody(message)
  const told = Object.entries(tokenAnswerMembers).flatMap(([name, isForm]) => {
    const value = Object.hasOwn(json, name) ? json[name] : undefined
    return value === undefined ? [] : [[name, isForm(value) ? value : notShown]]
  })
  return JSON.stringify(Object.fromEntries(told), null, 2)
}

/** Of the key service: how many keys came, or where its configuration says that they are. */
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
 * of a failure are shown under the same rules; a secret in plain words inside such a sentence cannot be told from it.
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
