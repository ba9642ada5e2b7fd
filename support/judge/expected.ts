// Builds what each documented example expects: the request, and the patterns of response, notifications and roster.
import type { Meeting } from '../contract/cast'
import type { Documented, DocumentedExample } from '../contract/documented'
import { isObject, type Json, type JsonObject } from '../contract/json'
import { anyOf, Each, exactly, InText, Made, noneSent, oneOf, type Pattern, type PatternObject } from './pattern'
import { ANOTHER_BOT, type DocumentedCast, recast, type Setting, THE_BOT, withMembers } from './setting'

/** Values that the service makes. All messages of a call must have the same ones. */
export const CALL_ID = new Made('the id of the call')
export const MY_PARTICIPANT_ID = new Made("the bot's own participant id")

const CALL_CHAIN_ID = new Made('the id of the chain of the call')

export const MEDIA_TYPES = ['audio', 'video', 'videoBasedScreenSharing', 'data', 'unknown']
export const MEDIA_DIRECTIONS = ['inactive', 'sendOnly', 'receiveOnly', 'sendReceive']

export interface ExpectedExample {
  readonly number: number
  /** Whether the page prints a response; otherwise the expected one is derived (E-13). */
  readonly printed: boolean
  readonly meeting: Meeting | null
  /** The kind of participant that the bot is. */
  readonly botIs: 'application' | 'guest'
  readonly request: JsonObject
  readonly response: Pattern
  /** The printed call, with what was sent and the values of this setting. */
  readonly printedCall: PatternObject
  readonly responseErrata: readonly string[]
  readonly notificationErrata: readonly string[]
  /** How a change names its resource: the call, or what is below it. */
  address(below: '' | '/participants'): Address
  /** The pattern of a notification, without the participants of a roster. */
  change(kind: string): Pattern
  /** The pattern of a participant on the roster: the bot, or a person by key. */
  participant(name: string, inLobby: boolean): Pattern
}

/** @param sent the request, if it differs from that of the example; the expected response follows it */
export function expectedExample(
  documented: Documented,
  printedCast: DocumentedCast,
  number: number,
  setting: Setting,
  sent: JsonObject | null = null,
): ExpectedExample {
  const example = exampleOf(documented, number)
  const model = exampleOf(documented, example.like)
  const meeting = example.meeting === null ? null : (setting.cast.meetings[example.meeting] ?? null)
  if (example.meeting !== null && meeting === null)
    throw new Error(`the cast has no ${example.meeting} meeting, which example ${number} needs`)
  const withCast = (message: JsonObject) => recast(message, setting, meeting, printedCast)

  const request = sent ?? withCast(example.request)
  const guest = isObject(request.source)
  const printed = (kind: string) => printedParticipant(documented, kind, withCast)
  const bot = printed(guest ? 'guest' : 'application')
  return {
    number,
    printed: example.response !== null,
    meeting,
    botIs: guest ? 'guest' : 'application',
    request,
    // Computed on use, as an invalid request has no such response.
    get response() {
      return response(withCast((example.response ?? (model.response as NonNullable<typeof model.response>)).body), request)
    },
    get printedCall() {
      const { body } = example.response ?? (model.response as NonNullable<typeof model.response>)
      const printed = withCast(body)
      const source = isObject(request.source) ? { ...(printed.source as JsonObject), ...request.source } : printed.source
      const media = printed.mediaConfig as Pattern
      return { ...(response(printed, request) as PatternObject), mediaConfig: media, source: source as Pattern }
    },
    responseErrata: example.errata.response,
    notificationErrata: example.errata.notifications,
    address: (below) => addressIn(firstChange(model.notifications.establishing as JsonObject), below),
    change: (kind) =>
      change(withCast(firstChange(example.notifications[kind] ?? (model.notifications[kind] as JsonObject))), kind, request),
    participant: (name, inLobby) =>
      name === ANOTHER_BOT
        ? anotherBot(printed('application'), setting)
        : name === THE_BOT
          ? withMembers(bot as PatternObject, { isInLobby: inLobby, id: MY_PARTICIPANT_ID, mediaStreams: streams(bot) })
          : person(printed('user'), setting, name, inLobby),
  }
}

function exampleOf({ examples }: Documented, number: number): DocumentedExample {
  return examples.get(number) as DocumentedExample
}

function firstChange(notification: JsonObject): JsonObject {
  return (notification.value as readonly JsonObject[])[0] as JsonObject
}

function rosterOf({ notifications: { roster }, lent }: DocumentedExample): readonly JsonObject[] {
  return [roster, lent].flatMap((one) => (one ? (firstChange(one).resourceData as readonly JsonObject[]) : []))
}

/** The first printed participant whose identity set has this member, such as `user`. */
function printedParticipant({ examples }: Documented, kind: string, withCast: (message: JsonObject) => JsonObject): JsonObject {
  const found = [...examples.values()]
    .flatMap((example) => rosterOf(example).map(withCast))
    .find(({ info }) => isObject(((info as JsonObject).identity as JsonObject)[kind]))
  return found as JsonObject
}

/** The printed response with the values of the request, and places for those that the service makes. */
function response(printed: JsonObject, request: JsonObject): Pattern {
  const chat = request.chatInfo
  return withMembers(printed, {
    id: CALL_ID,
    myParticipantId: MY_PARTICIPANT_ID,
    ...(printed.callChainId === undefined ? {} : { callChainId: CALL_CHAIN_ID }),
    mediaConfig: mediaConfig(request.mediaConfig as JsonObject),
    requestedModalities: request.requestedModalities as Pattern,
    targets: targets(printed.targets as readonly JsonObject[], request.targets),
    // A join by meeting id sends none: the service fills in that of the meeting.
    chatInfo: isObject(chat)
      ? { ...chat, replyChainMessageId: chat.replyChainMessageId ?? null }
      : (printed.chatInfo as Pattern | undefined),
    subject: (request.subject ?? null) as Pattern,
    meetingInfo: isObject(request.meetingInfo)
      ? asPrinted(request.meetingInfo, printed.meetingInfo)
      : (printed.meetingInfo as Pattern | undefined),
    // A guest's source is the subject of CC-23b; an application instance comes back as sent.
    ...(isObject(request.source) ? { source: instanceIn(request.source) ? request.source : undefined } : {}),
  })
}

const instanceIn = ({ identity }: JsonObject) => isObject(identity) && isObject(identity.applicationInstance)

/** Coordinates come back as sent, without the organizer's tenant where the page prints none. */
function asPrinted(sent: JsonObject, printed: Json | undefined): JsonObject {
  const organizerOf = (info: Json | undefined) => (isObject(info) && isObject(info.organizer) ? info.organizer : {})
  const [own, shown] = [organizerOf(sent), organizerOf(printed)]
  if (!isObject(own.user) || !isObject(shown.user) || 'tenantId' in shown.user) return sent
  const { tenantId: _, ...user } = own.user
  return { ...sent, organizer: { ...own, user } }
}

/**
 * Every target comes back as sent, in its place, with the members that the page prints in addition. Later pages print each as an invited
 * participant, also where the request of the same example says otherwise.
 */
function targets([printed]: readonly JsonObject[], sent: Json | undefined): Pattern {
  const { '@odata.type': type, identity: _, ...added } = printed ?? {}
  const typed = type === INVITED ? { '@odata.type': type } : {}
  return Array.isArray(sent) ? sent.map((target) => (isObject(target) ? { ...added, ...target, ...typed } : target)) : []
}

const INVITED = '#microsoft.graph.invitationParticipantInfo'

/** Media come back as sent, with exactly the same entries of preFetchMedia. The blob is the subject of CC-22b. */
function mediaConfig({ blob: _, preFetchMedia, ...sent }: JsonObject): Pattern {
  const hostedByService = sent['@odata.type'] === '#microsoft.graph.serviceHostedMediaConfig'
  if (!hostedByService) return sent
  return { ...sent, preFetchMedia: preFetchMedia === undefined ? noneSent() : exactly(preFetchMedia) }
}

function change(printed: JsonObject, kind: string, request: JsonObject): Pattern {
  if (kind === 'roster')
    return withMembers(printed, { ...addressed(addressIn(printed, '/participants')), resourceData: undefined })
  const data = printed.resourceData as JsonObject
  const { chatInfo, meetingInfo } = request
  const coordinates = isObject(chatInfo) ? { chatInfo, meetingInfo: asPrinted(meetingInfo as JsonObject, data.meetingInfo) } : {}
  return withMembers(printed, {
    ...addressed(addressIn(printed, '')),
    resourceData: withMembers(data, { ...coordinates, id: CALL_ID }),
  })
}

interface Address {
  /** The member with the path: later pages print another one. */
  readonly name: 'resource' | 'resourceUrl'
  readonly path: InText
}

/** The address of a printed change, with the id of the call in place of the printed one. */
function addressIn(printed: JsonObject, below: string): Address {
  const name = printed.resource === undefined ? 'resourceUrl' : 'resource'
  const [before = ''] = /^.*\/calls\//.exec(String(printed[name])) ?? []
  return { name, path: new InText(before, CALL_ID, below) }
}

/** The pattern of a change with an address. */
export function addressed({ name, path }: Address): PatternObject {
  return { [name]: path }
}

/** The bot's own media streams as printed; the ids of their sources are the service's. */
function streams(participant: JsonObject): Pattern {
  return (participant.mediaStreams as readonly JsonObject[]).map((stream) => withMembers(stream, { sourceId: anyOf('text') }))
}

/** A second bot on the roster, of another registration. The cast has no name for it. */
function anotherBot(printed: JsonObject, { another }: Setting): Pattern {
  const { identity, ...info } = printed.info as JsonObject
  const { application, ...set } = identity as JsonObject
  const named = { ...(application as JsonObject), id: another, displayName: anyOf('text') }
  return withMembers(printed, {
    info: { ...info, identity: { ...set, application: named } },
    mediaStreams: streams(printed),
    id: new Made('the participant id of the other bot'),
  })
}

/** A person on the roster: the identity is as printed; mute, language and media depend on their client (E-21). */
function person(printed: JsonObject, { cast }: Setting, key: string, inLobby: boolean): Pattern {
  const { id, displayName } = cast.people[key] as { id: string; displayName: string }
  const { languageId: _, ...info } = printed.info as JsonObject
  const set = info.identity as JsonObject
  const stream = (printed.mediaStreams as readonly JsonObject[])[0] as JsonObject
  return withMembers(printed, {
    info: withMembers(info, { identity: { ...set, user: { ...(set.user as JsonObject), id, displayName } } }),
    mediaStreams: new Each(
      withMembers(stream, {
        mediaType: oneOf(MEDIA_TYPES),
        sourceId: anyOf('text'),
        direction: oneOf(MEDIA_DIRECTIONS),
        serverMuted: anyOf('boolean'),
      }),
    ),
    isMuted: anyOf('boolean'),
    isInLobby: inLobby,
    id: new Made(`the participant id of ${key}`),
  })
}

/**
 * What a table says of the page of 2019, as another revision prints it: without members that this one does not print, with its types and
 * contexts. Null where nothing is left.
 */
export function inRevision(pattern: Pattern, printed: Pattern | undefined): Pattern | null {
  if (pattern instanceof Each)
    return new Each(inRevision(pattern.entry, Array.isArray(printed) ? printed[0] : undefined) ?? pattern.entry)
  if (Array.isArray(pattern))
    return pattern.map((entry: Pattern, at) => inRevision(entry, Array.isArray(printed) ? printed[at] : undefined) ?? entry)
  if (!isPlain(pattern) || !isPlain(printed)) return pattern
  const members = Object.entries(pattern).flatMap(([name, member]): [string, Pattern][] => {
    const shown = printed[name]
    if (shown === undefined) return []
    return [[name, name.startsWith('@odata.') ? shown : (inRevision(member, shown) ?? member)]]
  })
  return members.length === 0 ? null : Object.fromEntries(members)
}

const isPlain = (pattern: Pattern | undefined): pattern is PatternObject =>
  typeof pattern === 'object' && pattern !== null && Object.getPrototypeOf(pattern) === Object.prototype

/** The pattern of the response to an operation on a call: as printed, with the id and the times of the service and the context of the request. */
export function expectedOperation({ response }: DocumentedExample, sent: JsonObject): Pattern {
  const printed = (response?.body ?? {}) as JsonObject
  return Object.fromEntries(
    Object.entries(printed).map(([name, value]): [string, Pattern] => {
      if (name === 'id') return [name, new Made('the id of the operation')]
      if (name.endsWith('DateTime')) return [name, anyOf('text')]
      return [name, name in sent ? (sent[name] as Pattern) : value]
    }),
  )
}
