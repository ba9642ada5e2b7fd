// Legal twins: what a target may do otherwise than the page prints. Each plays one of the lawful variations of CC-51, some several at once.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Effect } from '../core/commands'
import type { Notification } from '../runtime/outbox'
import type { Twin, Wrap } from './deviation'
import {
  answering,
  carried,
  dataOf,
  deciding,
  deeply,
  newCallWith,
  objectAt,
  otherwise,
  postedState,
  posting,
  together,
  withData,
} from './wrapping'

/** Every body of JSON in both directions. */
const bodies = (rewrite: (value: Json) => Json): Wrap =>
  together(
    answering(async (response) => {
      const text = await response.text()
      return otherwise(response, { body: text === '' ? null : JSON.stringify(rewrite(JSON.parse(text) as Json)) })
    }),
    carried(() => (parcel) => ({ ...parcel, body: JSON.stringify(rewrite(JSON.parse(parcel.body) as Json)) })),
  )

/** Members beyond those that are printed, in every object but those that must come back exactly (E-08). */
function extended(value: Json): Json {
  if (Array.isArray(value)) return value.map(extended)
  if (!isObject(value)) return value
  const own = Object.entries(value).map(([name, member]) => [name, name === 'preFetchMedia' ? member : extended(member)])
  return { ...Object.fromEntries(own), '@odata.etag': 'W/"1"', laterProperty: null, laterObject: { laterList: [] } }
}

const reversed = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).reverse())

/** Entries of every post, rewritten: of a post with one, what comes of it is posted one by one; of one with several, together. */
const entries = (rewrite: (entry: JsonObject) => readonly JsonObject[]): Wrap =>
  posting(() => (notification) => {
    const all = notification.body.value as readonly JsonObject[]
    const next = all.flatMap(rewrite)
    const holding = (value: readonly JsonObject[]) => ({ ...notification, body: { ...notification.body, value } })
    return all.length === 1 ? next.map((one) => holding([one])) : holding(next)
  })

/** An established call comes again, each time with more of it. */
const growing = entries((entry) => {
  const data = objectAt(entry.resourceData)
  if (data.state !== 'established') return [entry]
  const more = { ...data, mediaState: { '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' } }
  return [entry, { ...entry, resourceData: more }, { ...entry, resourceData: { ...more, answeredBy: null, subject: null } }]
})

const rosters = (rewrite: (entry: JsonObject, participants: readonly JsonObject[]) => readonly JsonObject[]): Wrap =>
  entries((entry) => (Array.isArray(entry.resourceData) ? rewrite(entry, entry.resourceData as JsonObject[]) : [entry]))

/** A roster of several comes one by one. */
const grown = rosters((entry, all) => all.map((_, at) => ({ ...entry, resourceData: all.slice(0, at + 1) })))

/** What one thing leads to is posted together. */
const packed = deciding((decision) => ({
  ...decision,
  effects: decision.effects.reduce<readonly Effect[]>((before, effect) => {
    const at = effect.kind === 'notify' ? before.findIndex((one) => one.kind === 'notify' && one.callId === effect.callId) : -1
    const first = before[at]
    if (effect.kind !== 'notify' || first?.kind !== 'notify') return [...before, effect]
    const value = [...(first.body.value as Json[]), ...(effect.body.value as Json[])]
    return before.with(at, { ...first, body: { ...first.body, value } })
  }, []),
}))

const delivered =
  (times: number): Wrap =>
  ({ deliver }) => ({
    deliver: async (url, init) => {
      for (let left = times; left > 1; left--) await (await deliver(url, init)).body?.cancel()
      return deliver(url, init)
    },
  })

/** Names of headers otherwise written and in another order, others beside them. */
const headers = together(
  answering((response) => {
    const told = [...response.headers].reverse().map(([name, value]): [string, string] => [name.toUpperCase(), value])
    return new Response(response.body, { status: response.status, headers: [['X-Powered-By', 'twin'], ...told] })
  }),
  ({ deliver }) => ({
    deliver: (url, init) => {
      const told = [...new Headers(init.headers)].reverse().map(([name, value]) => [name.toUpperCase(), value])
      return deliver(url, {
        ...init,
        headers: {
          'USER-AGENT': 'Microsoft-Skype/3.0,(Calling/1.0)',
          ...Object.fromEntries(told),
          'X-MICROSOFT-SKYPE-CHAIN-ID': 'twin',
        },
      })
    },
  }),
)

const JSON_TYPE = 'application/json'
const parameters = together(
  answering((response) =>
    response.headers.get('content-type')?.startsWith(JSON_TYPE)
      ? otherwise(response, {
          headers: {
            'content-type': `${JSON_TYPE};odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8`,
          },
        })
      : response,
  ),
  carried(() => (parcel) => ({ ...parcel, headers: { ...parcel.headers, 'content-type': `${JSON_TYPE}; charset=utf-8` } })),
)

/** Ids as other parts of the service write them: no GUID, of another length, in capitals and small letters. */
const ids = together(
  ({ decide }) => ({
    decide: (state, command, env) =>
      decide(state, command, { newId: () => `4b1f${Buffer.from(env.newId()).toString('base64url')}` }),
  }),
  rosters((entry, all) => [
    {
      ...entry,
      resourceData: all.map((one) => ({
        ...one,
        mediaStreams: (one.mediaStreams as JsonObject[]).map((stream) => ({ ...stream, sourceId: `source ${stream.sourceId}` })),
      })),
    },
  ]),
)

/** How long a notification of establishing is held back at most, in milliseconds: longer than anybody here takes to answer. */
const HELD_MS = 3_000

/** Establishing comes after established, where that comes soon; before anything that ends the call. */
const outOfOrder: Wrap = ({ post, after }) => {
  const held = new Map<string, Notification>()
  const release = (callId: string) => {
    const first = held.get(callId)
    held.delete(callId)
    if (first !== undefined) post(first)
  }
  const shows = ({ body }: Notification, ...states: readonly string[]) =>
    (body.value as JsonObject[]).some((entry) => states.includes(String(objectAt(entry.resourceData).state)))
  return {
    post: (notification) => {
      const { callId } = notification
      if (shows(notification, 'establishing')) {
        held.set(callId, notification)
        after(HELD_MS, () => release(callId))
        return
      }
      if (shows(notification, 'terminating', 'terminated')) release(callId)
      post(notification)
      if (shows(notification, 'established')) release(callId)
    },
  }
}

const prefetch = (none: Json): Wrap =>
  newCallWith((call, sent) =>
    objectAt(sent, 'mediaConfig').preFetchMedia === undefined
      ? { mediaConfig: { ...objectAt(call, 'mediaConfig'), preFetchMedia: none } }
      : {},
  )

const applicationBesideGuest = newCallWith((call) => {
  const identity = objectAt(call.source, 'identity')
  if (identity.guest === undefined) return {}
  const application = { '@odata.type': '#microsoft.graph.identity', displayName: null, id: 'the bot' }
  return { source: { ...objectAt(call.source), identity: { ...identity, application } } }
})

/** Code and subcode of an end as pages of the time print them (E-32, E-33). */
const resultsAsText = postedState('terminated', (notification) => {
  const { subcode, ...result } = objectAt(dataOf(notification), 'resultInfo')
  return withData(notification, { resultInfo: { ...result, code: String(result.code), subCode: String(subcode) } })
})

const twin = (lawful: string, id: string, description: string, wrap: Wrap, ordered = true): Twin => ({
  id,
  lawful,
  description,
  wrap,
  ordered,
})

/** Words of CC-51. */
const EXTRA = 'members that the page does not print (E-08 apart)'
const BESIDE = 'resourceUrl next to resource'
const GROWING = 'an established that comes again with more content'
const ROSTER = 'a roster that comes again or has grown'
const PACKED = 'several entries in one post'
const TWICE = 'a post delivered twice'
const EITHER_ORDER = 'establishing and established in either order'
const HEADERS = 'other case or order of headers'
const PARAMETERS = 'parameters of the media type'
const MEMBERS = 'JSON members in another order'
const IDS = 'other ids wherever the service makes them'
/** Of several at once; and of what requirements and errata allow. */
const ONLY_ADDS = 'Variation that only adds or repeats'

const resourceUrl = entries((entry) => [{ ...entry, resourceUrl: String(entry.resource).replace('/app/', '/communications/') }])
const rosterTwice = rosters((entry) => [entry, entry])
const backwards = bodies((value) => deeply(value, reversed))
const everything = [
  packed,
  ids,
  resourceUrl,
  growing,
  grown,
  rosterTwice,
  delivered(2),
  bodies(extended),
  backwards,
  headers,
  parameters,
]

export const TWINS: readonly Twin[] = [
  twin(EXTRA, 'more-members', 'Every object has members that the page does not print.', bodies(extended)),
  twin(
    BESIDE,
    'resource-url-beside',
    'Entries have a resourceUrl beside the resource, under the path of later years.',
    resourceUrl,
  ),
  twin(GROWING, 'established-again', 'Established comes three times, each time with more content.', growing),
  twin(ROSTER, 'roster-again', 'Every roster comes twice.', rosterTwice),
  twin(ROSTER, 'roster-grown', 'A roster comes with one participant, then with two, and so on.', grown),
  twin(ROSTER, 'roster-grown-and-again', 'A roster grows, and each of them comes twice.', together(rosterTwice, grown)),
  twin(PACKED, 'packed', 'What one thing leads to is posted together.', packed),
  twin(
    PACKED,
    'packed-with-repeats',
    'What one thing leads to is posted together, grown rosters and established again included.',
    together(packed, growing, grown, rosterTwice),
  ),
  twin(TWICE, 'delivered-twice', 'Every post is delivered twice.', delivered(2)),
  twin(
    TWICE,
    'delivered-five-times',
    'Every post, with all that happened at once, is delivered five times.',
    together(packed, delivered(5)),
  ),
  twin(EITHER_ORDER, 'out-of-order', 'Establishing comes after established.', outOfOrder, false),
  twin(
    EITHER_ORDER,
    'out-of-order-and-twice',
    'Establishing comes after established, and every post is delivered twice.',
    together(outOfOrder, delivered(2)),
    false,
  ),
  twin(
    EITHER_ORDER,
    'out-of-order-and-growing',
    'Establishing comes after established, which comes again; rosters grow.',
    together(growing, grown, outOfOrder),
    false,
  ),
  twin(HEADERS, 'headers-otherwise', 'Names of headers are in capitals and in another order, with others beside them.', headers),
  twin(PARAMETERS, 'typed-with-parameters', 'Content types have parameters.', parameters),
  twin(MEMBERS, 'members-backwards', 'Members of objects come in the opposite order.', backwards),
  twin(
    MEMBERS,
    'more-members-backwards',
    'Objects have more members, in the opposite order.',
    together(bodies(extended), backwards),
  ),
  twin(IDS, 'ids-otherwise', 'What the service makes an id for has one that is no GUID.', ids),
  twin(ONLY_ADDS, 'prefetch-null', 'Where no entries to be fetched were sent, null comes back (E-08).', prefetch(null)),
  twin(ONLY_ADDS, 'prefetch-empty', 'Where no entries to be fetched were sent, an empty list comes back (E-08).', prefetch([])),
  twin(
    ONLY_ADDS,
    'application-beside-guest',
    'The source of a guest has the application beside the guest (E-24).',
    applicationBesideGuest,
  ),
  twin(
    ONLY_ADDS,
    'results-as-text',
    'Code and subCode of an end are texts, as other pages print them (E-32, E-33).',
    resultsAsText,
  ),
  twin(
    ONLY_ADDS,
    'everything',
    'All of what may differ differs at once, but for the order of notifications.',
    together(...everything),
  ),
  twin(
    ONLY_ADDS,
    'everything-out-of-order',
    'All of what may differ differs at once.',
    together(
      packed,
      ids,
      resourceUrl,
      growing,
      grown,
      outOfOrder,
      delivered(2),
      bodies(extended),
      backwards,
      headers,
      parameters,
    ),
    false,
  ),
]
