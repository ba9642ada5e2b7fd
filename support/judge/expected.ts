// Builds what each documented example expects: the request, and the patterns of response, notifications and roster.
import type { Meeting } from '../contract/cast'
import type { Documented, DocumentedExample } from '../contract/documented'
import { isObject, type Json, type JsonObject } from '../contract/json'
import { anyOf, Each, exactly, InText, Made, noneSent, oneOf, type Pattern, type PatternObject } from './pattern'
import { ANOTHER_BOT, type DocumentedCast, recast, type Setting, THE_BOT, withMembers } from './setting'

/** Values that the service makes. All messages of a call must have the same ones. */
export const CALL_ID = new Made('the id of the call')
export const MY_PARTICIPANT_ID = new Made("the bot's own participant id")

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
  readonly responseErrata: readonly string[]
  readonly notificationErrata: readonly string[]
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
      return response(withCast((model.response as NonNullable<typeof model.response>).body), request)
    },
    responseErrata: example.errata.response,
    notificationErrata: example.errata.notifications,
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

function rosterOf({ notifications }: DocumentedExample): readonly JsonObject[] {
  return firstChange(notifications.roster as JsonObject).resourceData as readonly JsonObject[]
}

/** The first printed participant whose identity set has this member, such as `user`. */
function printedParticipant({ examples }: Documented, kind: string, withCast: (message: JsonObject) => JsonObject): JsonObject {
  const rosters = [...examples.values()].filter(({ notifications }) => notifications.roster !== undefined)
  const found = rosters
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
    mediaConfig: mediaConfig(request.mediaConfig as JsonObject),
    requestedModalities: request.requestedModalities as Pattern,
    targets: targets(printed.targets as readonly JsonObject[], request.targets),
    chatInfo: isObject(chat) ? { ...chat, replyChainMessageId: chat.replyChainMessageId ?? null } : null,
    meetingInfo: (request.meetingInfo as Pattern | undefined) ?? null,
    // A guest's source is the subject of CC-23b.
    ...(isObject(request.source) ? { source: undefined } : {}),
  })
}

/** Every target comes back as sent, in its place, with the members that the page prints in addition. */
function targets([printed]: readonly JsonObject[], sent: Json | undefined): Pattern {
  const { '@odata.type': _, identity: __, ...added } = printed ?? {}
  return Array.isArray(sent) ? sent.map((target) => (isObject(target) ? { ...added, ...target } : target)) : []
}

/** Media come back as sent, with exactly the same entries of preFetchMedia. The blob is the subject of CC-22b. */
function mediaConfig({ blob: _, preFetchMedia, ...sent }: JsonObject): Pattern {
  const hostedByService = sent['@odata.type'] === '#microsoft.graph.serviceHostedMediaConfig'
  if (!hostedByService) return sent
  return { ...sent, preFetchMedia: preFetchMedia === undefined ? noneSent() : exactly(preFetchMedia) }
}

function change(printed: JsonObject, kind: string, request: JsonObject): Pattern {
  const resource = new InText('/app/calls/', CALL_ID, kind === 'roster' ? '/participants' : '')
  if (kind === 'roster') return withMembers(printed, { resource, resourceData: undefined })
  const data = printed.resourceData as JsonObject
  const coordinates = isObject(request.chatInfo) ? { chatInfo: request.chatInfo, meetingInfo: request.meetingInfo as Json } : {}
  return withMembers(printed, { resource, resourceData: withMembers(data, { ...coordinates, id: CALL_ID }) })
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
