// What is known of a call once it is created, and what in a later message contradicts it. Further members are lawful, wrong ones mislead a bot.
import { isObject, type Json, type JsonObject, sameJson } from '../contract/json'
import { resourceAddress } from '../contract/messages'
import type { Change } from './changes'
import { type Difference, shown } from './pattern'

/**
 * Members that keep their value while a call lives. Source: resource page of the call, and page "Get call", of November 2019: it prints a
 * call that is established with the values of its creation. Not callChainId: the captured group call ends under another one.
 */
const LASTING = [
  'id',
  'direction',
  'callbackUri',
  'source',
  'targets',
  'requestedModalities',
  'mediaConfig',
  'chatInfo',
  'meetingInfo',
  'routingPolicies',
  'ringingTimeoutInSeconds',
  'subject',
  'tenantId',
  'myParticipantId',
] as const

/** Those whose null is known, too: "Get call" prints an established call with it. */
const STAY_UNSET: readonly string[] = ['subject', 'ringingTimeoutInSeconds']

/** Those that captured calls without a meeting got later, with a token that does not last. */
const COME_LATER: readonly string[] = ['chatInfo', 'meetingInfo']

/** Those that only the service makes: what a request claims is ignored (CC-13). */
const MADE_BY_GRAPH: readonly string[] = ['id', 'direction', 'tenantId', 'myParticipantId']

/** Members of an envelope's entry that are those of the call. */
const OF_ENTRY: readonly string[] = ['callbackUri', 'tenantId']

const IDENTITIES: readonly string[] = ['application', 'user', 'guest', 'phone', 'device', 'applicationInstance']

/** Types that stand for each other (E-22), and for the identity set of later versions. */
const SAME_TYPES: readonly (readonly string[])[] = [
  ['#microsoft.graph.participantInfo', '#microsoft.graph.invitationParticipantInfo'],
  ['#microsoft.graph.identitySet', '#microsoft.graph.communicationsIdentitySet'],
]

/** Values by the name of the member; null is a value only where it is known that the member stays unset. */
export type Known = ReadonlyMap<string, Json>

/**
 * The lasting members of a new call: as answered, else as sent.
 * @param clientId of the bot, whose application may stand beside the guest that it joins as (E-24)
 */
export function knownFrom(answered: JsonObject, sent: JsonObject, clientId: string): Known {
  const asSent = Object.entries(sent).filter(([name]) => !MADE_BY_GRAPH.includes(name))
  const source: JsonObject = isObject(sent.source) ? { source: withApplication(sent.source, clientId) } : {}
  const all: JsonObject = { ...Object.fromEntries(asSent), ...answered, ...source }
  return withNews(new Map(), all, (name, value) => value !== null || STAY_UNSET.includes(name))
}

function withApplication(source: JsonObject, id: string): JsonObject {
  return { ...source, identity: { ...(isObject(source.identity) ? source.identity : {}), application: { id } } }
}

/** Adds what a message says of members that were not known. */
function learnt(known: Known, change: Change): Known {
  return withNews(known, dataOf(change), (name, value) => value !== null && !COME_LATER.includes(name))
}

function withNews(known: Known, members: JsonObject, isNews: (name: string, value: Json) => boolean): Known {
  const news = LASTING.flatMap((name): [string, Json][] => {
    const value = members[name]
    return known.has(name) || value === undefined || !isNews(name, value) ? [] : [[name, value]]
  })
  return new Map([...known, ...news])
}

/** What a whole call says of itself in addition to its members. */
const ANNOTATIONS: readonly string[] = ['@odata.type', '@odata.context']

/**
 * What in a call that the service gives whole contradicts its answer to the create, and what the notifications said that the answer did
 * not. A null contradicts a value; a missing member says nothing.
 */
export function contradictionsInCall(
  known: Known,
  answered: JsonObject,
  changes: readonly Change[],
  given: JsonObject,
): readonly Difference[] {
  const now = changes.reduce(learnt, known)
  return [
    ...ANNOTATIONS.flatMap((name) => contradictions(answered[name], given[name], name, 'none')),
    ...inMembers(now, given, '', 'none'),
  ]
}

/** The members of the call that a notification has. */
function dataOf({ of, raw }: Change): JsonObject {
  return of === 'call' || of === 'tone' ? (raw.resourceData as JsonObject) : {}
}

interface Contradicting {
  readonly change: Change
  readonly found: readonly Difference[]
}

/**
 * Notifications of a call that contradict what is known of it, from its creation and from those before. A null says nothing: captured
 * ones have it for values that they leave open.
 */
export function contradictingChanges(known: Known, changes: readonly Change[]): readonly Contradicting[] {
  let now = known
  const tenants: Tenants = new Map()
  for (const value of known.values()) inIdentities(tenants, value, '')
  return changes.flatMap((change) => {
    const { raw } = change
    const found = [
      ...inMembers(new Map([...now].filter(([name]) => OF_ENTRY.includes(name))), raw as unknown as JsonObject, '', 'nothing'),
      ...inMembers(now, dataOf(change), 'resourceData.', 'nothing'),
      ...inAddresses(change),
      ...change.seen.flatMap((_, at) =>
        inParticipant((raw.resourceData as readonly JsonObject[])[at] as JsonObject, `resourceData[${at}]`),
      ),
      ...inIdentities(tenants, raw.resourceData as Json, 'resourceData'),
    ]
    now = learnt(now, change)
    return found.length === 0 ? [] : [{ change, found }]
  })
}

/** The identity of the application that stands beside a guest in the answer to its create (E-24). */
export function contradictionsInSource(known: Known, answered: JsonObject): readonly Difference[] {
  return contradictions(known.get('source'), answered.source, 'source', 'nothing')
}

function inMembers(known: Known, members: JsonObject, before: string, nullSays: NullSays): readonly Difference[] {
  return [...known].flatMap(([name, value]) => contradictions(value, members[name], `${before}${name}`, nullSays))
}

/** The other addresses of a change lead to the same call, and `resourceUrl` to the same part of it. */
function inAddresses({ raw, callId, of }: Change): readonly Difference[] {
  const id = isObject(raw.resourceData) ? raw.resourceData['@odata.id'] : undefined
  const [resource, url, own] = [raw.resource, raw.resourceUrl, id].map(addressed)
  const elsewhere = url && (url.callId !== callId || (resource && url.of !== resource.of))
  return [
    ...(elsewhere
      ? [{ path: 'resourceUrl', expected: `the ${of} of \`resource\``, actual: shown(raw.resourceUrl, 'resourceUrl') }]
      : []),
    ...(own && own.callId !== callId
      ? [{ path: 'resourceData.@odata.id', expected: 'the call of `resource`', actual: shown(id, 'resource') }]
      : []),
  ]
}

function addressed(value: Json | undefined) {
  return typeof value === 'string' ? resourceAddress(value.replace(/^https?:\/\/[^/]+\/(?:beta|v1\.0)(?=\/)/, '')) : null
}

/** A participant's id is in its info, too. Source: resource page of participantInfo, and every captured roster. */
function inParticipant({ id, info }: JsonObject, path: string): readonly Difference[] {
  return isObject(info) ? contradictions(id, info.participantId, `${path}.info.participantId`, 'nothing') : []
}

/** Tenants of identities by their ids. */
type Tenants = Map<string, Json>

/** One identity has one tenant. Learns those that were not known. */
function inIdentities(tenants: Tenants, value: Json, path: string): readonly Difference[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => inIdentities(tenants, one, `${path}[${at}]`))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const inside = path === '' ? name : `${path}.${name}`
    const found = inIdentities(tenants, member, inside)
    if (!IDENTITIES.includes(name) || !isObject(member) || typeof member.id !== 'string' || typeof member.tenantId !== 'string')
      return found
    const known = tenants.get(member.id)
    tenants.set(member.id, known ?? member.tenantId)
    return [...found, ...contradictions(known, member.tenantId, `${inside}.tenantId`, 'nothing')]
  })
}

/** What a null in place of a known value says: that the call has no such value, or nothing at all. */
type NullSays = 'none' | 'nothing'

/** Compares the members that both have. */
function contradictions(
  known: Json | undefined,
  actual: Json | undefined,
  path: string,
  nullSays: NullSays,
): readonly Difference[] {
  if (known === undefined || actual === undefined) return []
  // "Get call" prints null for the name of an organizer whose call was created with it.
  if (actual === null)
    return known === null || nullSays === 'nothing' || path.endsWith('.displayName') ? [] : [difference(known, actual, path)]
  if (isObject(known) && isObject(actual)) {
    if (isStranger(known, actual)) return [difference(known, actual, path)]
    const names = Object.keys(known).filter((name) => known[name] !== null && (name === '@odata.type' || !name.startsWith('@')))
    return names.flatMap((name) => contradictions(known[name], actual[name], `${path}.${name}`, nullSays))
  }
  if (Array.isArray(known) && Array.isArray(actual) && known.length === actual.length)
    return known.flatMap((one, at) => contradictions(one, actual[at], `${path}[${at}]`, nullSays))
  const same = SAME_TYPES.some((types) => types.includes(known as string) && types.includes(actual as string))
  return same || sameJson(known, actual) ? [] : [difference(known, actual, path)]
}

/** Whether a set has identities, and none of a kind that is known. */
function isStranger(known: JsonObject, actual: JsonObject): boolean {
  const kinds = (set: JsonObject) => IDENTITIES.filter((kind) => isObject(set[kind]))
  return kinds(known).length > 0 && kinds(actual).length > 0 && !kinds(actual).some((kind) => kinds(known).includes(kind))
}

function difference(known: Json, actual: Json, path: string): Difference {
  return { path, expected: shown(known, path), actual: shown(actual, path) }
}

/** Describes contradictions, one line for each. */
export function describeContradictions(subject: string, found: readonly Difference[]): string {
  const lines = found.map(({ path, expected, actual }) => `  ${path}: known ${expected}, received ${actual}`)
  return [`${subject} contradicts what is known of the call:`, ...lines].join('\n')
}
