// Builds what each documented example expects: the request, and the patterns of response, notifications and roster.
import type { Meeting } from '../contract/cast'
import type { Documented, DocumentedExample, ExampleNumber, NotificationKind } from '../contract/documented'
import { isObject, type Json, type JsonObject } from '../contract/json'
import { anyOf, Each, exactly, InText, Made, noneSent, oneOf, type Pattern, type PatternObject } from './pattern'
import { ANOTHER_BOT, type DocumentedCast, recast, type Setting, THE_BOT, withMembers } from './setting'

interface Rules {
  readonly meeting: 'scheduled' | 'channel' | null
  /** The example whose messages replace those that the page does not print (E-13). */
  readonly model: 1 | 3
  /** Errata that the comparisons of the response and of the notifications rely on. */
  readonly response: readonly string[]
  readonly notifications: readonly string[]
}

const EXAMPLES: Readonly<Record<ExampleNumber, Rules>> = {
  1: { meeting: null, model: 1, response: ['E-08'], notifications: ['E-01'] },
  2: { meeting: null, model: 1, response: ['E-13'], notifications: ['E-01', 'E-13'] },
  3: { meeting: 'scheduled', model: 3, response: [], notifications: [] },
  4: { meeting: 'scheduled', model: 3, response: ['E-13'], notifications: ['E-13'] },
  5: { meeting: 'channel', model: 3, response: ['E-13'], notifications: ['E-13'] },
  6: { meeting: 'channel', model: 3, response: ['E-13'], notifications: ['E-02', 'E-03', 'E-13'] },
}

/** Values that the service makes. All messages of a call must have the same ones. */
export const CALL_ID = new Made('the id of the call')
export const MY_PARTICIPANT_ID = new Made("the bot's own participant id")

export const MEDIA_TYPES = ['audio', 'video', 'videoBasedScreenSharing', 'data', 'unknown']
export const MEDIA_DIRECTIONS = ['inactive', 'sendOnly', 'receiveOnly', 'sendReceive']

export interface ExpectedExample {
  readonly number: ExampleNumber
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
  change(kind: NotificationKind): Pattern
  /** The pattern of a participant on the roster: the bot, or a person by key. */
  participant(name: string, inLobby: boolean): Pattern
}

/** @param sent the request, if it differs from that of the example; the expected response follows it */
export function expectedExample(
  documented: Documented,
  printedCast: DocumentedCast,
  number: ExampleNumber,
  setting: Setting,
  sent: JsonObject | null = null,
): ExpectedExample {
  const rules = EXAMPLES[number]
  const example = exampleOf(documented, number)
  const model = exampleOf(documented, rules.model)
  const meeting = rules.meeting === null ? null : (setting.cast.meetings[rules.meeting] ?? null)
  if (rules.meeting !== null && meeting === null)
    throw new Error(`the cast has no ${rules.meeting} meeting, which example ${number} needs`)
  const withCast = (message: JsonObject) => recast(message, setting, meeting, printedCast)

  const request = sent ?? withCast(example.request)
  const guest = isObject(request.source)
  const roster = (from: number) => rosterOf(exampleOf(documented, from)).map(withCast)
  const bots = guest ? roster(6) : roster(3).filter((entry) => kindOf(entry) === 'application')
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
    responseErrata: rules.response,
    notificationErrata: rules.notifications,
    change: (kind) =>
      change(withCast(firstChange(example.notifications[kind] ?? (model.notifications[kind] as JsonObject))), kind, request),
    participant: (name, inLobby) =>
      name === ANOTHER_BOT
        ? anotherBot(roster(3).filter((entry) => kindOf(entry) === 'application')[0] as JsonObject, setting)
        : name === THE_BOT
          ? withMembers(bots[0] as PatternObject, {
              isInLobby: inLobby,
              id: MY_PARTICIPANT_ID,
              mediaStreams: streams(bots[0] as JsonObject),
            })
          : person(roster(3).find((entry) => kindOf(entry) === 'user') as JsonObject, setting, name, inLobby),
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

/** Which member of its identity set a participant of the roster fills. */
function kindOf(participant: JsonObject): string | undefined {
  const { identity } = participant.info as JsonObject
  return ['application', 'guest', 'user'].find((kind) => isObject((identity as JsonObject)[kind]))
}

/** The printed response with the values of the request, and places for those that the service makes. */
function response(printed: JsonObject, request: JsonObject): Pattern {
  const chat = request.chatInfo
  return withMembers(printed, {
    id: CALL_ID,
    myParticipantId: MY_PARTICIPANT_ID,
    mediaConfig: mediaConfig(request.mediaConfig as JsonObject),
    requestedModalities: request.requestedModalities as Pattern,
    chatInfo: isObject(chat) ? { ...chat, replyChainMessageId: chat.replyChainMessageId ?? null } : null,
    meetingInfo: (request.meetingInfo as Pattern | undefined) ?? null,
    // A guest's source is the subject of CC-23b.
    ...(isObject(request.source) ? { source: undefined } : {}),
  })
}

/** Media come back as sent, with exactly the same entries of preFetchMedia. The blob is the subject of CC-22b. */
function mediaConfig({ blob: _, preFetchMedia, ...sent }: JsonObject): Pattern {
  const hostedByService = sent['@odata.type'] === '#microsoft.graph.serviceHostedMediaConfig'
  if (!hostedByService) return sent
  return { ...sent, preFetchMedia: preFetchMedia === undefined ? noneSent() : exactly(preFetchMedia) }
}

function change(printed: JsonObject, kind: NotificationKind, request: JsonObject): Pattern {
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
