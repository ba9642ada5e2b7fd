// What a target may do otherwise than the page prints, as wrappings: the legal twins are made of these.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { type Effect, still } from '../../simulator/core/commands'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Wrap } from '../../simulator/wrapping'
import { answering, newCallWith, objectAt, otherwise, together } from './breaks'
import { deciding } from './deciding'
import { carried, dataOf, postedState, posting, withData } from './posting'

/** Every body of JSON in both directions. */
export const bodies = (rewrite: (value: Json) => Json): Wrap =>
  together(
    answering(async (response) => {
      const text = await response.text()
      return otherwise(response, { body: text === '' ? null : JSON.stringify(rewrite(JSON.parse(text) as Json)) })
    }),
    carried(() => (parcel) => ({ ...parcel, body: JSON.stringify(rewrite(JSON.parse(parcel.body) as Json)) })),
  )

/** Members beyond those that are printed, in every object but those that must come back exactly (E-08). */
export function extended(value: Json): Json {
  if (Array.isArray(value)) return value.map(extended)
  if (!isObject(value)) return value
  const own = Object.entries(value).map(([name, member]) => [name, name === 'preFetchMedia' ? member : extended(member)])
  return { ...Object.fromEntries(own), '@odata.etag': 'W/"1"', laterProperty: null, laterObject: { laterList: [] } }
}

/** The same members in the opposite order. */
export const reversed = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).reverse())

/** Entries of every post, rewritten: of a post with one, what comes of it is posted one by one; of one with several, together. */
export const entries = (rewrite: (entry: JsonObject) => readonly JsonObject[]): Wrap =>
  posting(() => (notification) => {
    const all = notification.body.value as readonly JsonObject[]
    const next = all.flatMap(rewrite)
    const holding = (value: readonly JsonObject[]) => ({ ...notification, body: { ...notification.body, value } })
    return all.length === 1 ? next.map((one) => holding([one])) : holding(next)
  })

/** An established call comes again, each time with more of it. */
export const growing = entries((entry) => {
  const data = objectAt(entry.resourceData)
  if (data.state !== 'established') return [entry]
  const more = { ...data, mediaState: { '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' } }
  return [entry, { ...entry, resourceData: more }, { ...entry, resourceData: { ...more, answeredBy: null, subject: null } }]
})

/** Entries of rosters, rewritten. */
export const rosters = (rewrite: (entry: JsonObject, participants: readonly JsonObject[]) => readonly JsonObject[]): Wrap =>
  entries((entry) => (Array.isArray(entry.resourceData) ? rewrite(entry, entry.resourceData as JsonObject[]) : [entry]))

/** A roster of several comes one by one. */
export const grown = rosters((entry, all) => all.map((_, at) => ({ ...entry, resourceData: all.slice(0, at + 1) })))

type Notify = Extract<Effect, { readonly kind: 'notify' }>

/** What one thing leads to is posted together. */
export const packed = deciding((decision) => {
  const effects: Effect[] = []
  for (const effect of decision.effects) {
    const at = effect.kind === 'notify' ? effects.findIndex((one) => one.kind === 'notify' && one.callId === effect.callId) : -1
    if (at === -1) effects.push(effect)
    else effects[at] = joined(effects[at] as Notify, effect as Notify)
  }
  return { ...decision, effects }
})

/** Two posts of one call in one. */
function joined(first: Notify, second: Notify): Notify {
  const value = [first, second].flatMap(({ body }) => body.value as Json[])
  return { ...first, body: { ...first.body, value } }
}

/** Every post is delivered so many times, one after the other. */
export const delivered =
  (times: number): Wrap =>
  ({ deliver }) => ({
    deliver: async (url, init) => {
      for (let left = times; left > 1; left--) await (await deliver(url, init)).body?.cancel()
      return deliver(url, init)
    },
  })

/** Names of headers otherwise written and in another order, others beside them. */
export const headers = together(
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

/** Content types in both directions have parameters. */
export const parameters = together(
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
export const ids = together(
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
export const outOfOrder: Wrap = ({ post, after }) => {
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

/** What comes back where no entries to be fetched were sent. */
export const prefetch = (none: Json): Wrap =>
  newCallWith((call, sent) =>
    objectAt(sent, 'mediaConfig').preFetchMedia === undefined
      ? { mediaConfig: { ...objectAt(call, 'mediaConfig'), preFetchMedia: none } }
      : {},
  )

/** The source of a guest has the application beside the guest (E-24). */
export const applicationBesideGuest = newCallWith((call) => {
  const identity = objectAt(call.source, 'identity')
  if (identity.guest === undefined) return {}
  const application = { '@odata.type': '#microsoft.graph.identity', displayName: null, id: 'the bot' }
  return { source: { ...objectAt(call.source), identity: { ...identity, application } } }
})

/** Code and subcode of an end as pages of the time print them (E-32, E-33). */
export const resultsAsText = postedState('terminated', (notification) => {
  const { subcode, ...result } = objectAt(dataOf(notification), 'resultInfo')
  return withData(notification, { resultInfo: { ...result, code: String(result.code), subCode: String(subcode) } })
})

/** The join of no meeting is refused at once. */
export const noMeetingRefused: Wrap = ({ decide }) => ({
  decide: (state, command, env) => {
    const decision = decide(state, command, env)
    if (command.kind !== 'create' || decision.answer.kind !== 'created') return decision
    const { meeting } = decision.state.calls.get(String(decision.answer.call.id)) ?? { meeting: null }
    if (meeting === null || decision.state.meetings.has(meeting)) return decision
    return still(state, {
      kind: 'refused',
      refusal: { error: 'meetingNotFound', detail: null, diagnosis: `there is no meeting ${meeting}` },
    })
  },
})
