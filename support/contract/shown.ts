// Redacts messages by allow-list: members by name, texts without tokens, addresses without secrets.
import { isObject, type Json, sameJson } from './json'

/** Replaces a value that may not be shown. */
export const notShown = '‹not shown›'

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

/** Members of those shapes that open something: a meeting, a recording, a media session. Only their length is shown. */
const secretMembers = new Set(['token', 'passcode', 'recordingAccessToken', 'blob'])

/** Long enough for every identifier and sentence of the API. */
const longestText = 500
/** As much of a text is looked at; a token that is cut here still shows by its beginning. */
const longestLook = 5000
/** Deeper than any message of the API, and far from the end of the stack. */
const deepest = 30

/** A signed or encrypted token: parts of base64url; the first is a JSON object (`eyJ`), or all are too long for a host's labels. */
const token = /eyJ[\w-]*\.[\w-]+(?:\.[\w-]*)*|eyJ[\w-]{40,}|(?<![\w-])[\w-]{20,}\.[\w-]{20,}(?:\.[\w-]{20,})+/g
/** What follows "Bearer", our own marks inside it included. The words "bearer token" are no token. */
const bearer = /\bBearer\s+(?![\w-]+="|‹not shown›(?![^\s‹›])|tokens?[,.;:)"']*(?:\s|$))(?:[^\s‹›]|‹not shown›)+/gi
/** Without what ends an address in prose or in JSON, and without our own marks, so that what was elided stays as it is. */
const url = /[a-z][a-z0-9+.-]*:\/\/[^\s"'<>\\‹›]+/gi
/** A path with a query in prose; what stands before it would make it part of an address. */
const pathWithQuery = /(?<![\w:/.?=&%›-])\/[^\s"'<>\\‹›?#]*[?#][^\s"'<>\\‹›]+/g
/** The same address, percent-encoded any number of times, or with the slashes that JSON may escape. */
const encodedUrl = /[a-z][a-z0-9+.-]{0,30}(?:%(?:25)*3a(?:%(?:25)*2f){2}|:(?:\\+\/){2})[^\s"'<>‹›]+/gi
/** User information of an address inside a path. */
const innerUserInformation = /([/\\]{2,})[^/\\]*@/g
/** What says in a context URL which type a message has, which is no secret. Source: OData 4.01, part 1, section 10. */
const contextFragment = /^[\w./$(),*-]+$/
const startsAsReference = /^(?:[a-z][a-z0-9+.-]*:\/)?\//i

/**
 * A URL or a path, with the names of its query but neither the values nor the fragment, unless it is that of a context URL; user
 * information is left out.
 */
export function shownUrl(reference: string): string {
  if (!URL.canParse(reference, 'https://relative.invalid')) return notShown
  const [, base = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(reference) ?? []
  const shown = [
    base.replace(/^([a-z][a-z0-9+.-]*:[/\\]*|[/\\]{2,})[^/\\]*@/i, '$1').replace(innerUserInformation, '$1'),
    query === undefined ? '' : `?${query.split('&').map(shownPair).join('&')}`,
    fragment === undefined ? '' : `#${shownFragment(base, fragment)}`,
  ].join('')
  return shown.replace(token, notShown)
}

function shownFragment(base: string, fragment: string): string {
  return fragment === '' || (base.endsWith('/$metadata') && contextFragment.test(fragment)) ? fragment : notShown
}

/** A name without a value, or without more than our own mark, is what we made of it before. */
function shownPair(pair: string): string {
  const name = pair.includes('=') ? pair.slice(0, pair.indexOf('=') + 1) : ''
  return pair === name ? pair : `${name}${notShown}`
}

/** An address in a sentence: the punctuation after it is not part of it. */
function shownInSentence(address: string): string {
  const [punctuation = ''] = /[.,;:!?)]*$/.exec(address) ?? []
  return shownUrl(address.slice(0, address.length - punctuation.length)) + punctuation
}

/** An encoded address that holds something to hide is not shown at all. */
function shownEncoded(address: string): string {
  const plain = decoded(address.replaceAll('\\', ''))
  return plain === null || shownUrl(plain) !== plain ? notShown : address
}

/** Null: it cannot be decoded, or is encoded more often than `mostRounds`. */
function decoded(text: string): string | null {
  let plain = text
  try {
    for (let round = 0; round < mostRounds; round++) {
      const next = decodeURIComponent(plain)
      if (next === plain) return plain
      plain = next
    }
  } catch {
    // It is no percent-encoding.
  }
  return null
}

/** No known text needs more than two. */
const mostRounds = 5

/**
 * Repeats a redaction until it changes nothing, because what is left out may join its neighbours to something new. A text that is not
 * stable after `mostRounds` is not shown, which is stable: so in every case doing it again changes nothing.
 */
export function untilStable(redact: (text: string) => string, text: string): string {
  let shown = text
  for (let round = 0; round < mostRounds; round++) {
    const next = redact(shown)
    if (next === shown) return shown
    shown = next
  }
  return notShown
}

/** Every text that the patterns below change has one of these: one look in place of five for most texts. */
const suspicious = /[/%]|bearer|eyJ|[\w-]{20}\./i

function withoutSecrets(text: string): string {
  if (!suspicious.test(text)) return text
  return text
    .replace(bearer, `Bearer ${notShown}`)
    .replace(encodedUrl, shownEncoded)
    .replace(url, shownInSentence)
    .replace(pathWithQuery, shownUrl)
    .replace(token, notShown)
}

function onOneLine(text: string): string {
  return withoutSecrets(startsAsReference.test(text) ? shownUrl(text) : text).replace(/[\r\n]+/g, ' ')
}

/** A text of any length without tokens, and its addresses as `shownUrl` has them. Doing it again changes nothing. */
export function shownProse(text: string): string {
  return untilStable(withoutSecrets, text)
}

/** A sentence on one line, or a URL: as `shownProse` has it, at most 500 characters of it. Doing it again changes nothing, unless it was cut. */
export function shownText(text: string): string {
  const look = text.slice(0, longestLook)
  const safe = untilStable(onOneLine, look)
  return safe.length > longestText || look !== text ? `${safe.slice(0, longestText)}… ‹cut, of ${text.length} characters›` : safe
}

/** A string at a listed member; one that carries a token is not shown at all. */
export function shownString(text: string): string {
  const look = text.slice(0, longestLook)
  return look.search(token) >= 0 || /\bBearer\s/i.test(look) ? notShown : shownText(text)
}

function shownMember(name: string, value: Json, depth: number): Json {
  if (secretMembers.has(name)) return shownSecret(value)
  return shownMembers.has(name) ? shownJson(value, true, depth) : notShown
}

function shownSecret(value: Json): Json {
  return typeof value === 'string' ? `‹not shown: ${value.length} characters›` : notShown
}

/** A JSON value; `listed` says whether a list allows the member that it stands at. Members inside are shown where a list names them. */
export function shownJson(value: Json, listed: boolean, depth = 0): Json {
  if (typeof value === 'string') return listed ? shownString(value) : notShown
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) return notShown
  if (!isObject(value)) return (value as readonly Json[]).map((entry) => shownJson(entry, listed, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [shownString(name), shownMember(name, member, depth + 1)]),
  )
}

/** The value at a documented member, which may be shown itself; the lists decide about the members inside. */
export function shownAt(name: string, value: Json): Json {
  return secretMembers.has(name) ? shownSecret(value) : shownJson(value, true)
}

/** Says how two values differ that look the same when they are shown. No character of either is disclosed. */
export function howTheyDiffer(expected: Json, actual: Json): string {
  if (typeof expected === 'string' && typeof actual === 'string') {
    const at = expected.split('').findIndex((character, index) => character !== actual[index])
    return `length ${expected.length} / ${actual.length}, first difference at character ${(at === -1 ? expected.length : at) + 1}`
  }
  if (isObject(expected) && isObject(actual)) {
    const name = [...Object.keys(expected), ...Object.keys(actual)].find(
      (member) => !sameJson(expected[member] ?? null, actual[member] ?? null),
    )
    return name === undefined
      ? 'other members'
      : `in ${shownString(name)}: ${howTheyDiffer(expected[name] ?? null, actual[name] ?? null)}`
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const at = expected.findIndex((entry, index) => !sameJson(entry, actual[index] ?? null))
    return at === -1
      ? `${expected.length} / ${actual.length} entries`
      : `in [${at}]: ${howTheyDiffer(expected[at], actual[at] ?? null)}`
  }
  return `${describeType(expected)} / ${describeType(actual)}`
}

/** The type of a JSON value in words. */
export function describeType(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return { string: 'a text', object: 'an object' }[typeof value as string] ?? `a ${typeof value}`
}
