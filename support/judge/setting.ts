// A setting: the cast for one bot, with the values that replace those of the printed messages.
import type { Cast, Meeting } from '../contract/cast'
import { isObject, type Json, type JsonObject } from '../contract/json'
import type { Pattern, PatternObject } from './pattern'

export interface Setting {
  readonly cast: Cast
  readonly clientId: string
  readonly tenantId: string
  /** Name of the application; null if the cast has none. */
  readonly displayName: string | null
  readonly callbackUri: string
  /** Client id of another bot in the same scenario. */
  readonly another: string | null
}

/** Names of bots on a roster; a person has their key in the cast. */
export const THE_BOT = 'the bot'
export const ANOTHER_BOT = 'another bot'

/** The cast of the printed messages. */
export interface DocumentedCast {
  /** Key of each person by the printed user id. */
  keyOf(userId: Json | undefined): string | undefined
}

export function documentedCast(cast: Cast): DocumentedCast {
  const keys = new Map<Json, string>(Object.entries(cast.people).map(([key, { id }]) => [id, key]))
  return { keyOf: (userId) => (userId === undefined ? undefined : keys.get(userId)) }
}

type Recast<T> = (value: T) => T

/**
 * Replaces values of a printed message with those of a setting. The page says that tokens, callback, application, users, tenant and
 * meeting are placeholders; everything else stays as printed.
 */
export function recast(message: JsonObject, setting: Setting, meeting: Meeting | null, printed: DocumentedCast): JsonObject {
  const { cast, clientId, tenantId, displayName, callbackUri } = setting
  const organizer = meeting?.coordinates.organizer
  const members: Readonly<Record<string, Recast<Json>>> = {
    callbackUri: () => callbackUri,
    tenantId: () => organizer?.tenantId ?? tenantId,
    application: (identity) => named({ ...(identity as JsonObject), id: clientId }, displayName),
    guest: (identity) => ({ ...(identity as JsonObject), ...cast.guest }),
    user: (identity) => person(identity as JsonObject, cast, printed),
    phone: (identity) => ({ ...(identity as JsonObject), id: played(identity as JsonObject, cast, printed)?.id ?? null }),
    applicationInstance: (identity) => ({ ...(identity as JsonObject), id: cast.bot.applicationInstances?.[0] ?? null }),
    joinMeetingId: () => meeting?.joinMeetingId ?? null,
    passcode: () => meeting?.passcode ?? null,
    organizer: (set) =>
      organizer === undefined
        ? set
        : { ...(set as JsonObject), user: organizerIdentity((set as JsonObject).user as JsonObject, organizer) },
    chatInfo: (chat) => (meeting === null ? chat : { ...(chat as JsonObject), ...chatOf(meeting) }),
    preFetchMedia: (entries) => prefetch(entries as readonly JsonObject[], cast.media.prefetch),
  }
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk)
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, members[name] ? members[name](member) : walk(member)]),
    )
  }
  return walk(message) as JsonObject
}

/** Without a known name of the application any name is right. */
function named({ displayName: _, ...identity }: JsonObject, displayName: string | null): JsonObject {
  return displayName === null ? identity : { ...identity, displayName }
}

/** A reply chain is sent only where the meeting has one. */
function chatOf({ coordinates: { threadId, messageId, replyChainMessageId } }: Meeting): JsonObject {
  return { threadId, messageId, ...(replyChainMessageId === null ? {} : { replyChainMessageId }) }
}

function person(identity: JsonObject, cast: Cast, printed: DocumentedCast): JsonObject {
  const one = played(identity, cast, printed)
  return one === undefined ? identity : { ...identity, displayName: one.displayName, id: one.id }
}

/** The person of the cast who plays a printed one. */
const played = ({ id }: JsonObject, { people }: Cast, printed: DocumentedCast) => people[printed.keyOf(id) ?? '']

function organizerIdentity(printed: JsonObject, { id, tenantId, displayName }: Meeting['coordinates']['organizer']): JsonObject {
  const { displayName: _, ...nameless } = printed
  const named = { ...nameless, id, ...(displayName === null ? {} : { displayName }) }
  return 'tenantId' in printed ? { ...named, tenantId } : named
}

/** The resourceId is the bot's own key for the service's cache: a printed one, or a new one if there are more entries. */
function prefetch(printed: readonly JsonObject[], addresses: readonly string[]): readonly JsonObject[] {
  return addresses.map((uri, at) => ({
    ...printed[at % Math.max(1, printed.length)],
    uri,
    resourceId: printed[at]?.resourceId ?? `prompt-${at + 1}`,
  }))
}

/** Replaces members of a pattern, or removes them (`undefined`). */
export function withMembers(pattern: PatternObject, changes: Readonly<Record<string, Pattern | undefined>>): PatternObject {
  return Object.fromEntries(
    Object.entries({ ...pattern, ...changes }).filter((entry): entry is [string, Pattern] => entry[1] !== undefined),
  )
}
