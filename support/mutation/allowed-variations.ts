// Allowed variations: how a target may differ from the printed page. Each implements a variation of CC-51; some combine several.
import { isObject, type Json, type JsonObject } from '../contract/json'
import { type Effect, still } from '../simulator/core/commands'
import type { Notification } from '../simulator/runtime/outbox'
import type { AllowedVariation, Wrap } from '../simulator/wrapping'
import { decisions } from './wrap/core'
import { dataOf, deliveries, post, postOfCall, postState, withData } from './wrap/notifications'
import { changed, deeply, objectAt, responses, rewriteNewCall, together } from './wrap/responses'

/** Rewrites every JSON body in both directions. */
const bodies = (rewrite: (value: Json) => Json): Wrap =>
  together(
    responses(async (response) => {
      const text = await response.text()
      return changed(response, { body: text === '' ? null : JSON.stringify(rewrite(JSON.parse(text) as Json)) })
    }),
    deliveries(({ body }) => ({ body: JSON.stringify(rewrite(JSON.parse(body) as Json)) })),
  )

/** Adds members to every object except those that must come back exactly (E-08). */
function withMoreMembers(value: Json): Json {
  if (Array.isArray(value)) return value.map(withMoreMembers)
  if (!isObject(value)) return value
  const own = Object.entries(value).map(([name, member]) => [name, name === 'preFetchMedia' ? member : withMoreMembers(member)])
  return { ...Object.fromEntries(own), '@odata.etag': 'W/"1"', laterProperty: null, laterObject: { laterList: [] } }
}

const reversed = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).reverse())

/** Rewrites the entries of every post. Posts the results one by one where the post had one entry, otherwise together. */
const entries = (rewrite: (entry: JsonObject) => readonly JsonObject[]): Wrap =>
  post(() => (notification) => {
    const all = notification.body.value as readonly JsonObject[]
    const next = all.flatMap(rewrite)
    const withEntries = (value: readonly JsonObject[]) => ({ ...notification, body: { ...notification.body, value } })
    return all.length === 1 ? next.map((one) => withEntries([one])) : withEntries(next)
  })

/** Notifies established three times, each time with more members. */
const growing = entries((entry) => {
  const data = objectAt(entry.resourceData)
  if (data.state !== 'established') return [entry]
  const more = { ...data, mediaState: { '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' } }
  return [entry, { ...entry, resourceData: more }, { ...entry, resourceData: { ...more, answeredBy: null, subject: null } }]
})

const rosterEntries = (rewrite: (entry: JsonObject, participants: readonly JsonObject[]) => readonly JsonObject[]): Wrap =>
  entries((entry) => (Array.isArray(entry.resourceData) ? rewrite(entry, entry.resourceData as JsonObject[]) : [entry]))

const rosterGrows = rosterEntries((entry, all) => all.map((_, at) => ({ ...entry, resourceData: all.slice(0, at + 1) })))

const rosterTwice = rosterEntries((entry) => [entry, entry])

type Notify = Extract<Effect, { readonly kind: 'notify' }>

function joined(first: Notify, second: Notify): Notify {
  const value = [first, second].flatMap(({ body }) => body.value as Json[])
  return { ...first, body: { ...first.body, value } }
}

/** Posts all notifications of one decision together. */
const packed = decisions((decision) => {
  const effects: Effect[] = []
  for (const effect of decision.effects) {
    const at = effect.kind === 'notify' ? effects.findIndex((one) => one.kind === 'notify' && one.callId === effect.callId) : -1
    if (at === -1) effects.push(effect)
    else effects[at] = joined(effects[at] as Notify, effect as Notify)
  }
  return { ...decision, effects }
})

const delivered =
  (times: number): Wrap =>
  ({ deliver }) => ({
    deliver: async (url, init) => {
      for (let left = times; left > 1; left--) await (await deliver(url, init)).body?.cancel()
      return deliver(url, init)
    },
  })

/** Delivers the first post of each call again after every later one. */
const deliveredLate: Wrap = ({ deliver }) => {
  const first = new Map<string, Parameters<typeof deliver>>()
  return {
    deliver: async (url, init) => {
      const answer = await deliver(url, init)
      const callId = /\/calls\/([^/"]+)/.exec(String(init.body))?.[1] ?? ''
      const earlier = first.get(callId)
      if (earlier === undefined) first.set(callId, [url, init])
      else
        await deliver(...earlier).then(
          ({ body }) => body?.cancel(),
          () => {},
        )
      return answer
    },
  }
}

const inCapitals = (headers: Headers) =>
  [...headers].reverse().map(([name, value]): [string, string] => [name.toUpperCase(), value])

/** Writes header names in capitals and in another order, and adds headers. */
const headers = together(
  responses(
    ({ body, status, headers: own }) =>
      new Response(body, { status, headers: [['X-Powered-By', 'variation'], ...inCapitals(own)] }),
  ),
  ({ deliver }) => ({
    deliver: (url, init) =>
      deliver(url, {
        ...init,
        headers: {
          'USER-AGENT': 'Microsoft-Skype/3.0,(Calling/1.0)',
          ...Object.fromEntries(inCapitals(new Headers(init.headers))),
          'X-MICROSOFT-SKYPE-CHAIN-ID': 'variation',
        },
      }),
  }),
)

const JSON_TYPE = 'application/json'
const JSON_TYPE_OF_GRAPH = `${JSON_TYPE};odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8`

const parameters = together(
  responses((response) =>
    response.headers.get('content-type')?.startsWith(JSON_TYPE)
      ? changed(response, { headers: { 'content-type': JSON_TYPE_OF_GRAPH } })
      : response,
  ),
  deliveries(({ headers: own }) => ({ headers: { ...own, 'content-type': `${JSON_TYPE}; charset=utf-8` } })),
)

/** Makes ids as other parts of the service do: no GUIDs, longer, in capital and small letters. */
const ids = together(
  ({ decide }) => ({
    decide: (state, command, env) =>
      decide(state, command, { newId: () => `4b1f${Buffer.from(env.newId()).toString('base64url')}` }),
  }),
  rosterEntries((entry, all) => {
    const sources = (streams: Json | undefined) =>
      (streams as JsonObject[]).map((stream) => ({ ...stream, sourceId: `source ${stream.sourceId}` }))
    return [{ ...entry, resourceData: all.map((one) => ({ ...one, mediaStreams: sources(one.mediaStreams) })) }]
  }),
)

/** How long a notification of establishing is held back at most, in milliseconds: longer than any answer here takes. */
const HELD_MS = 3_000

/** Posts establishing after established, or before the call ends. */
const outOfOrder: Wrap = (parts) => {
  const held = new Map<string, Notification>()
  const release = (callId: string) => {
    const first = held.get(callId)
    held.delete(callId)
    if (first !== undefined) parts.post(first)
  }
  const shows = ({ body }: Notification, ...states: readonly string[]) =>
    (body.value as JsonObject[]).some((entry) => states.includes(String(objectAt(entry.resourceData).state)))
  return {
    post: (notification) => {
      const { callId } = notification
      if (shows(notification, 'establishing')) {
        held.set(callId, notification)
        parts.after(HELD_MS, () => release(callId))
        return
      }
      if (shows(notification, 'terminating', 'terminated')) release(callId)
      parts.post(notification)
      if (shows(notification, 'established')) release(callId)
    },
  }
}

/** Returns a value for preFetchMedia where the request has none. */
const prefetch = (value: Json): Wrap =>
  rewriteNewCall((call, sent) =>
    objectAt(sent, 'mediaConfig').preFetchMedia === undefined
      ? { mediaConfig: { ...objectAt(call, 'mediaConfig'), preFetchMedia: value } }
      : {},
  )

const guestWithApplication = decisions((decision, command) => {
  const { answer } = decision
  if (command.kind !== 'create' || answer.kind !== 'created') return decision
  const source = objectAt(answer.call.source)
  const identity = objectAt(source, 'identity')
  if (identity.guest === undefined) return decision
  const application = { '@odata.type': '#microsoft.graph.identity', displayName: null, id: command.caller.appId }
  const call = { ...answer.call, source: { ...source, identity: { ...identity, application } } }
  return { ...decision, answer: { ...answer, call } }
})

/** Members of a call that its notifications may repeat (CC-53). */
const REPEATED = `direction callbackUri source targets requestedModalities mediaConfig chatInfo meetingInfo routingPolicies
  ringingTimeoutInSeconds subject tenantId myParticipantId`.split(/\s+/)

/** Adds members to the changes of a call, several in one post included, where they have none. */
const moreOfCall = (members: (call: JsonObject) => JsonObject): Wrap =>
  postOfCall((one, { call }) => {
    const value = (one.body.value as readonly JsonObject[]).map((entry) => {
      const { resourceData: data } = entry
      return isObject(data) ? { ...entry, resourceData: { ...members(call), ...data } } : entry
    })
    return { ...one, body: { ...one.body, value } }
  })

const repeating = together(
  moreOfCall((call) => ({
    ...Object.fromEntries(REPEATED.map((name) => [name, call[name] ?? null])),
    '@odata.id': `/communications/calls/${call.id}`,
  })),
  rosterEntries((entry, all) => [
    { ...entry, resourceData: all.map((one) => ({ ...one, info: { ...objectAt(one.info), participantId: one.id ?? null } })) },
  ]),
)

const untold = moreOfCall(() => Object.fromEntries(REPEATED.map((name) => [name, null])))

/** Captured calls between two that became meetings have a thread and a token from then on, and a group call ended under another chain. */
const becomesMeeting: Wrap = (parts, world) => {
  let count = 0
  return moreOfCall(({ chatInfo }) => ({
    callChainId: `chain ${++count}`,
    ...(isObject(chatInfo) || count === 1
      ? {}
      : {
          chatInfo: {
            '@odata.type': '#microsoft.graph.chatInfo',
            threadId: '19:e7339480-8cef-4b7e-936f-05ea012ba657',
            messageId: '0',
          },
          meetingInfo: { '@odata.type': '#microsoft.graph.tokenMeetingInfo', token: `token ${Math.floor(count / 3)}` },
        }),
  }))(parts, world)
}

const resultsAsText = postState('terminated', (notification) => {
  const { subcode, ...result } = objectAt(dataOf(notification), 'resultInfo')
  return withData(notification, { resultInfo: { ...result, code: String(result.code), subCode: String(subcode) } })
})

/** Refuses the join of an unknown meeting at once. */
const unknownMeetingRefused = decisions((decision, command, _, state) => {
  if (command.kind !== 'create' || decision.answer.kind !== 'created') return decision
  const { meeting } = decision.state.calls.get(String(decision.answer.call.id)) ?? { meeting: null }
  if (meeting === null || decision.state.meetings.has(meeting)) return decision
  const diagnosis = `there is no meeting ${meeting}`
  return still(state, { kind: 'refused', refusal: { error: 'meetingNotFound', detail: null, diagnosis } })
})

const moreMembers = bodies(withMoreMembers)

const backwards = bodies((value) => deeply(value, reversed))

/** Both names of the address; later pages have resourceUrl alone. */
const resourceUrl = entries(({ resource, resourceUrl = resource ?? null, ...entry }) => [
  {
    ...entry,
    resource: resource ?? String(resourceUrl).replace('/communications/', '/app/'),
    resourceUrl: String(resourceUrl).replace('/app/', '/communications/'),
  },
])

/** Everything that may differ, innermost first, apart from what a variation adds. */
const everything = (...more: readonly Wrap[]) =>
  together(packed, ids, repeating, resourceUrl, growing, ...more, delivered(2), moreMembers, backwards, headers, parameters)

type Row = readonly [description: string, wrap: Wrap]

/** Rows by the words of CC-51 and the id of the variation. */
const variations = (rows: Readonly<Record<string, Readonly<Record<string, Row>>>>, ordered: boolean): AllowedVariation[] =>
  Object.entries(rows).flatMap(([lawful, group]) =>
    Object.entries(group).map(([id, [description, wrap]]) => ({ id, lawful, description, wrap, ordered })),
  )

const ONLY_ADDS = 'Variation that only adds or repeats'

const ORDERED = variations(
  {
    'members that the page does not print (E-08 apart)': {
      'more-members': ['Every object has members that the page does not print.', moreMembers],
      'known-values-repeated': ['Notifications repeat the values of the call (CC-53).', repeating],
      'known-values-untold': [
        'Notifications have the members of the call, each as null where the page prints nothing (CC-53).',
        untold,
      ],
      'becomes-a-meeting': ['A call between two has a thread and a meeting from its second notification on.', becomesMeeting],
    },
    'resourceUrl next to resource': {
      'resource-url-beside': ['Entries have a resourceUrl under the path of later years.', resourceUrl],
    },
    'an established that comes again with more content': {
      'established-again': ['Established comes three times, each time with more content.', growing],
    },
    'a roster that comes again or has grown': {
      'roster-again': ['Every roster comes twice.', rosterTwice],
      'roster-grown': ['A roster comes with one participant, then with two, and so on.', rosterGrows],
      'roster-grown-and-again': ['A roster grows, and each of them comes twice.', together(rosterTwice, rosterGrows)],
    },
    'several entries in one post': {
      packed: ['All notifications of one event are posted together.', packed],
      'packed-with-repeats': [
        'All notifications of one event are posted together, with grown rosters and repeats of established.',
        together(packed, growing, rosterTwice, rosterGrows),
      ],
    },
    'a post delivered again, at once or later': {
      'delivered-twice': ['Every post is delivered twice.', delivered(2)],
      'delivered-five-times': [
        'Every post, with all notifications of one event, is delivered five times.',
        together(packed, delivered(5)),
      ],
      'delivered-again-late': ['The first post of each call is delivered again after every later one.', deliveredLate],
    },
    'other case or order of headers': {
      'headers-otherwise': ['Header names are in capitals and in another order, with more headers.', headers],
    },
    'parameters of the media type': { 'typed-with-parameters': ['Content types have parameters.', parameters] },
    'JSON members in another order': {
      'members-backwards': ['Members of objects come in the opposite order.', backwards],
      'more-members-backwards': ['Objects have more members, in the opposite order.', together(moreMembers, backwards)],
    },
    'other ids wherever the service makes them': { 'ids-otherwise': ['The ids of the service are no GUIDs.', ids] },
    [ONLY_ADDS]: {
      'prefetch-null': ['A preFetchMedia that was not sent comes back as null (E-08).', prefetch(null)],
      'prefetch-empty': ['A preFetchMedia that was not sent comes back as an empty list (E-08).', prefetch([])],
      'application-beside-guest': ['The source of a guest has the application, too (E-24).', guestWithApplication],
      'results-as-text': ['Code and subCode of an end are texts, as other pages print them (E-32, E-33).', resultsAsText],
      'no-meeting-refused': ['Graph refuses the join of an unknown meeting at once (CC-72).', unknownMeetingRefused],
      everything: ['Everything that may differ differs at once, except the order.', everything(rosterTwice, rosterGrows)],
    },
  },
  true,
)

const UNORDERED = variations(
  {
    'establishing and established in either order': {
      'out-of-order': ['Establishing comes after established.', outOfOrder],
      'out-of-order-and-twice': [
        'Establishing comes after established, and every post is delivered twice.',
        together(outOfOrder, delivered(2)),
      ],
      'out-of-order-and-growing': [
        'Establishing comes after established, which comes again; rosters grow.',
        together(growing, rosterGrows, outOfOrder),
      ],
    },
    [ONLY_ADDS]: {
      'everything-out-of-order': [
        'Everything that may differ differs at once, in another order.',
        everything(rosterGrows, outOfOrder),
      ],
    },
  },
  false,
)

/** Every variation; some combine several, so that none hides another. */
export const ALLOWED_VARIATIONS: readonly AllowedVariation[] = [...ORDERED, ...UNORDERED]
