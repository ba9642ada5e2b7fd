// What can be wrong with a member of a message: four kinds of mutation for every member, and further values for some.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { MessageName, Path } from './printed'

export interface Mutation {
  readonly id: 'missing' | 'null' | 'type' | 'value' | 'of-another-call'
  /** Ends the sentence "In …, X …". */
  readonly description: string
  /** Whether the mutation applies to a member. */
  fits(path: Path): boolean
  /** Why the mutation does not apply to a member that is printed as null; null when it does. */
  readonly notOfNull: string | null
  /**
   * @param was the member as the simulator made it
   * @param earlier the values of the member in earlier messages, perhaps of another call
   * @returns the value in its place; undefined removes the member
   */
  rewrite(was: Json, name: string, earlier: readonly Json[]): Json | undefined
}

/** Members whose value belongs to one call. The id of an identity belongs to a person or an application. */
const OF_ONE_CALL: readonly string[] = ['id', 'myParticipantId', 'resource']
const IDENTITIES: readonly string[] = ['application', 'user', 'guest']

function isOfOneCall(path: Path): boolean {
  const [holder, name] = [path.at(-2), path.at(-1)]
  return typeof name === 'string' && OF_ONE_CALL.includes(name) && !(typeof holder === 'string' && IDENTITIES.includes(holder))
}

export const MUTATIONS: readonly Mutation[] = [
  { id: 'missing', description: 'is missing', fits: () => true, notOfNull: null, rewrite: () => undefined },
  { id: 'null', description: 'is null', fits: () => true, notOfNull: 'it is printed as null', rewrite: () => null },
  {
    id: 'type',
    description: 'is of another type',
    fits: () => true,
    notOfNull: 'it is printed as null, which has no type; with another value it has one',
    rewrite: ofAnotherType,
  },
  { id: 'value', description: 'has another value', fits: () => true, notOfNull: null, rewrite: ofAnotherValue },
  {
    id: 'of-another-call',
    description: 'is that of another call',
    fits: isOfOneCall,
    notOfNull: null,
    rewrite: (was, _, earlier) => earlier.find((one) => one !== was) ?? withAnotherId(was),
  },
]

/** Types that a loose comparison accepts: JavaScript compares them as equal, or reads through them. */
function ofAnotherType(was: Json): Json {
  if (typeof was === 'boolean' || typeof was === 'number') return String(was)
  if (Array.isArray(was)) return was[0] ?? {}
  return [was]
}

/** Other valid values by the name of the member; the first that differs is used. */
const OTHERS: Readonly<Record<string, readonly Json[]>> = {
  '@odata.type': ['#microsoft.graph.call', '#microsoft.graph.participant'],
  changeType: ['created'],
  state: ['established', 'establishing'],
  direction: ['incoming', 'outgoing'],
  mediaType: ['hologram'],
  requestedModalities: [['video']],
  activeModalities: [['audio']],
  callRoutes: [[{ '@odata.type': '#microsoft.graph.callRoute', routingType: 'forwarded' }]],
  routingPolicies: [['noMissedCall']],
  targets: [[{ '@odata.type': '#microsoft.graph.participantInfo', region: null, languageId: null }]],
  region: ['emea'],
  languageId: ['en-GB', 'en-US'],
  replyChainMessageId: ['0'],
  subject: ['Quarterly review'],
  terminationReason: ['AppDeletedCall'],
  ringingTimeoutInSeconds: [45],
  mediaState: [{ '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' }],
  resultInfo: [{ '@odata.type': '#microsoft.graph.resultInfo', code: 200, subcode: 0 }],
  answeredBy: [{ '@odata.type': '#microsoft.graph.participantInfo', region: null, languageId: null }],
  chatInfo: [{ '@odata.type': '#microsoft.graph.chatInfo', threadId: '19:meeting_other@thread.v2', messageId: '0' }],
  meetingInfo: [{ '@odata.type': '#microsoft.graph.organizerMeetingInfo', allowConversationWithoutHost: true }],
  meetingCapability: [{ '@odata.type': '#microsoft.graph.meetingCapability', allowAnonymousUsersToDialOut: true }],
  toneInfo: [{ '@odata.type': '#microsoft.graph.toneInfo', sequenceId: 1, tone: 'tone1' }],
}

/** An entry of a list has the name of the list. */
function ofAnotherValue(was: Json, name: string): Json {
  if (typeof was === 'boolean') return !was
  if (typeof was === 'number') return was + 1
  const other = OTHERS[name]?.find((one) => one !== was && Array.isArray(one) === Array.isArray(was))
  if (other !== undefined && !isFilled(was)) return other
  if (Array.isArray(was)) return [...was, ...was.slice(-1)]
  return typeof was === 'string' ? nearly(was) : {}
}

function isFilled(was: Json): boolean {
  return Array.isArray(was) ? was.length > 0 : isObject(was)
}

/** Changes the last character only: a comparison of beginnings or lengths does not see it. */
function nearly(was: string): string {
  return was.slice(0, -1) + (was.endsWith('0') ? '1' : '0')
}

/** A GUID that no call of a simulator has: its ids come from a seed. */
const ANOTHER_ID = 'c0ffee00-0000-4000-8000-000000000000'

function withAnotherId(was: Json): Json {
  return typeof was === 'string' ? was.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, ANOTHER_ID) : ANOTHER_ID
}

/** The value of a member that a message has instead, or how it follows from the member as the simulator made it. */
type Value = Exclude<Json, readonly Json[] | JsonObject> | ((was: Json) => Json)

/** Further wrong values of a member. */
interface FurtherValues {
  readonly of: MessageName
  /** As in the rules; empty for the whole body. */
  readonly at: string
  /** By the end of the sentence "In …, X …", with hyphens between the words. */
  readonly values: Readonly<Record<string, Value>>
  /** Where they are not those of the rule for another value. */
  readonly requirement?: string
  readonly names?: RegExp
}

const row = (
  of: MessageName,
  at: string,
  values: FurtherValues['values'],
  requirement?: string,
  names?: RegExp,
): FurtherValues => ({ of, at, values, ...(requirement && { requirement }), ...(names && { names }) })

const object = (was: Json): JsonObject => (isObject(was) ? was : {})
const list = (was: Json): readonly Json[] => (Array.isArray(was) ? was : [])
const without = (removed: (value: Json, name: string) => boolean) => (was: Json) =>
  Object.fromEntries(Object.entries(object(was)).filter(([name, value]) => !removed(value, name)))
const replace = (text: string | RegExp, by: string) => (was: Json) => String(was).replace(text, by)

const CALL = 'answer-call'
const JOIN = 'answer-join'
const ESTABLISHING = 'establishing-call'
const ROSTER = 'roster'
const GUEST = 'roster-lobby'
const ENTRY = 'value/0'
const DATA = `${ENTRY}/resourceData`

const IDENTITY_SET = '#microsoft.graph.identitySet'
const STRANGER = {
  '@odata.type': IDENTITY_SET,
  user: { '@odata.type': '#microsoft.graph.identity', id: ANOTHER_ID, displayName: 'Mallory' },
}
const NO_ID = /\bid: documented the id of the call, made by the service, received nothing/
const PREFETCHED = [{ uri: 'https://cdn.contoso.com/beep.wav', resourceId: 'beep' }]
const prefetched = (was: Json): Json => ({ ...object(was), preFetchMedia: PREFETCHED })

/** Moves an identity to another member of its set. */
const asUser =
  (from: string) =>
  (was: Json): Json => {
    const { [from]: identity, ...others } = object(was)
    return { ...others, user: identity ?? null }
  }

export const FURTHER_VALUES: readonly FurtherValues[] = [
  // The body of a 201.
  row(CALL, '', { 'is-in-a-list': (was) => ({ value: [was] }) }, 'CC-02', NO_ID),
  row(CALL, '', { 'is-an-error': () => ({ error: { code: '9999', message: 'Unkown internal Server Error.' } }) }, 'CC-02', NO_ID),
  row(
    CALL,
    '',
    {
      'is-an-operation': (was) => ({
        '@odata.type': '#microsoft.graph.commsOperation',
        id: object(was).id ?? null,
        status: 'completed',
        state: 'establishing',
      }),
    },
    'CC-02',
    /@odata\.type: documented "#microsoft\.graph\.call"/,
  ),
  row(
    CALL,
    '',
    { 'lacks-empty-lists': without((value) => Array.isArray(value) && value.length === 0) },
    'CC-21',
    /lacks .*callRoutes/,
  ),
  row(CALL, 'state', { 'is-incoming': 'incoming', 'has-a-capital': 'Establishing' }),
  row(CALL, 'subject', { 'is-an-empty-text': '' }),
  row(CALL, 'chatInfo', { 'is-an-empty-object': () => ({}) }),
  row(CALL, 'meetingInfo', { 'is-an-empty-object': () => ({}) }),
  row(CALL, 'callbackUri', {
    'ends-with-a-slash': (was) => `${was}/`,
    'is-the-registered-one': 'https://registered.contoso.com/callback',
  }),
  row(CALL, 'requestedModalities', { 'has-one-more': () => ['audio', 'video'] }),
  row(CALL, 'targets/0/identity/user/displayName', { 'is-from-the-directory': 'John Doe' }),
  row(JOIN, 'mediaConfig/@odata.type', { 'is-app-hosted': '#microsoft.graph.appHostedMediaConfig' }, 'CC-22'),
  row(CALL, 'mediaConfig', { 'has-entries-that-were-not-sent': prefetched }, 'CC-22'),
  row(CALL, 'mediaConfig', { 'has-entries-as-printed': prefetched }, 'CC-30'),
  row(JOIN, 'mediaConfig/preFetchMedia', {
    'is-in-another-order': (was) => [...list(was)].reverse(),
    'has-types': (was) => list(was).map((one) => ({ '@odata.type': '#microsoft.graph.mediaInfo', ...object(one) })),
  }),
  row(JOIN, 'chatInfo/threadId', { 'has-no-host': replace(/@.*/, '') }),
  row(JOIN, 'chatInfo/messageId', { 'is-a-number': Number }),
  row(CALL, 'source/identity/application', {
    'has-its-id-as-name': (was) => ({ ...object(was), displayName: object(was).id ?? null }),
  }),
  row(CALL, 'source/identity', { 'is-a-user': asUser('application') }),
  row(CALL, 'source/region', { 'is-an-empty-text': '' }),
  row(CALL, 'tenantId', { 'is-common': 'common' }),
  row(CALL, '@odata.type', { 'lacks-the-number-sign': replace('#', '') }),
  row(CALL, 'source/identity/@odata.type', { 'is-of-a-later-version': '#microsoft.graph.communicationsIdentitySet' }),
  row(CALL, '@odata.context', { 'is-that-of-the-collection': replace('/$entity', '') }),

  // The envelope of a notification, and the change of a call.
  row(
    ESTABLISHING,
    '',
    { 'is-an-entry': (was) => list(object(was).value ?? null)[0] ?? null },
    'CC-41',
    /shape than documented.* value: .*received undefined/,
  ),
  row(ESTABLISHING, '', { 'is-a-list': (was) => object(was).value ?? null }, 'CC-41', /shape than documented: .*received array/),
  row(ESTABLISHING, `${ENTRY}/changeType`, { 'has-a-capital': 'Updated' }),
  row(ESTABLISHING, DATA, { 'lacks-its-type': without((_, name) => name === '@odata.type') }, 'CC-41'),
  row(ESTABLISHING, DATA, { 'is-text': (was) => JSON.stringify(was) }, 'CC-41'),
  row(ESTABLISHING, `${ENTRY}/resource`, {
    'is-absolute': (was) => `https://graph.microsoft.com/beta${was}`,
    'has-the-version': (was) => `/beta${was}`,
    'begins-without-slash': replace(/^\//, ''),
    'is-that-of-all-calls': '/app/calls',
  }),
  row(ESTABLISHING, `${DATA}/state`, { 'has-a-capital': 'Establishing' }),

  // Rosters.
  row(ROSTER, DATA, {
    'has-every-participant-twice': (was) => [...list(was), ...list(was)],
    'has-a-stranger': (was) => [
      ...list(was),
      {
        ...object(list(was)[0] ?? null),
        id: ANOTHER_ID,
        info: { ...object(object(list(was)[0] ?? null).info ?? null), identity: STRANGER },
      },
    ],
  }),
  row(ROSTER, DATA, { 'is-an-object': (was) => ({ value: was }) }, 'CC-46'),
  row(ROSTER, DATA, { 'is-empty': () => [] }, 'CC-46', /resourceData: documented a list with at least one entry, received \[\]/),
  row(ROSTER, `${ENTRY}/resource`, {
    'is-that-of-the-call': replace('/participants', ''),
    'ends-with-roster': replace('/participants', '/roster'),
    'is-that-of-a-participant': (was) => `${was}/${ANOTHER_ID}`,
  }),
  row(ROSTER, `${DATA}/bot/mediaStreams/*/sourceId`, { 'is-a-number': Number }),
  row(ROSTER, `${DATA}/bot/info/identity`, { 'is-a-user': asUser('application') }, 'CC-48', /the bot on the roster/),
  row(GUEST, `${DATA}/guest/info/identity/guest/displayName`, { 'has-a-mark': (was) => `${was} (Guest)` }),
  row(GUEST, `${DATA}/guest/info/identity`, { 'is-a-user': asUser('guest') }, 'CC-60', /the bot on the roster/),
]
