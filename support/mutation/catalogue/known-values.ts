// Deviations in what is known of a call and said again: by the call that Graph gives, and by notifications where the page prints nothing.
import { isObject, type Json, type JsonObject, without } from '../../contract/json'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import {
  type dataOf,
  isBot,
  isRoster,
  post,
  postIf,
  postOfCall,
  postWithHistory,
  rosters,
  stateOf,
  withData,
  withEntry,
  withRoster,
} from '../wrap/notifications'
import { bodiesWith, inMeeting, keepingFirst, objectAt, rewriteNewCall, together, UNKNOWN_ID } from '../wrap/responses'
import { deviationsFrom } from './rows'

const MALLORY: JsonObject = {
  '@odata.type': '#microsoft.graph.participantInfo',
  identity: {
    '@odata.type': '#microsoft.graph.identitySet',
    user: { '@odata.type': '#microsoft.graph.identity', id: UNKNOWN_ID, displayName: 'Mallory' },
  },
}

const inside = (name: string, members: JsonObject) => (was: Json) =>
  isObject(was) ? { ...was, [name]: { ...objectAt(was[name]), ...members } } : was

/** Wrong values of the members that last, by words for an id; each from the value of the new call. An unchanged value says nothing wrong. */
const WRONG: Readonly<Record<string, Readonly<Record<string, (was: Json) => Json>>>> = {
  direction: { 'is-incoming': () => 'incoming' },
  callbackUri: { 'is-the-registered-one': () => 'https://registered.contoso.com/callback' },
  source: { 'is-another-person': () => MALLORY, 'has-another-name': named('Mallory') },
  targets: {
    'are-other-people': () => [MALLORY],
    'have-one-more': (was) => [...(was as Json[]), MALLORY],
    'end-with-another-person': (was) => [...(was as Json[]).slice(0, -1), MALLORY],
  },
  requestedModalities: { 'are-others': () => ['video'] },
  mediaConfig: { 'is-of-another-type': (was) => ({ ...objectAt(was), '@odata.type': '#microsoft.graph.noMediaConfig' }) },
  chatInfo: { 'is-another-thread': (was) => (isObject(was) ? { ...was, threadId: '19:meeting_other@thread.v2' } : was) },
  meetingInfo: {
    'has-another-organizer': inside('organizer', { user: { id: UNKNOWN_ID } }),
    'is-of-another-type': (was) => (isObject(was) ? { ...was, '@odata.type': '#microsoft.graph.tokenMeetingInfo' } : was),
  },
  routingPolicies: { 'are-others': () => ['preferSkypeForBusiness'] },
  ringingTimeoutInSeconds: { 'is-another': () => 45 },
  subject: { 'is-another': () => 'Quarterly review' },
  tenantId: { 'is-another': () => UNKNOWN_ID },
  myParticipantId: { 'is-another': () => UNKNOWN_ID },
}

/** Renames the one identity of a participantInfo. */
function named(displayName: string) {
  return (was: Json): Json => {
    const identity = objectAt(was, 'identity')
    const renamed = Object.entries(identity).map(([kind, one]) => [kind, isObject(one) ? { ...one, displayName } : one])
    return { ...objectAt(was), identity: Object.fromEntries(renamed) as JsonObject }
  }
}

/** Members that the page prints in the notifications of a state: these are the subjects of CC-42b and CC-49. */
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  establishing: ['chatInfo', 'meetingInfo'],
  established: ['chatInfo', 'meetingInfo'],
}
/** Printed in the notification that a call to a person is established, not in that of a meeting. */
const PRINTED_OF_PEOPLE: readonly string[] = ['direction', 'tenantId']

const STATES: readonly string[] = ['establishing', 'established', 'terminating', 'terminated']

/** Rewrites the call that Graph gives. */
const given = (rewrite: (call: JsonObject) => JsonObject): Wrap =>
  bodiesWith(200, (call, _, { method, url }) => (method === 'GET' && /\/calls\/[^/]+$/.test(url) ? rewrite(call) : call))

/** Adds members to the notifications of a state of the call. */
const notified = (state: string, members: (call: JsonObject) => JsonObject): Wrap =>
  postOfCall((one, { call }) => (stateOf(one) === state ? withData(one, members(call)) : one))

function inState(state: string, name: string, wrong: (was: Json) => Json): Wrap {
  const inMeetings = state === 'established' && PRINTED_OF_PEOPLE.includes(name)
  return notified(state, (call) => (inMeetings && !inMeeting(call) ? {} : { [name]: wrong(call[name] ?? null) }))
}

const called = (words: string) => words.replaceAll('-', ' ')

const IN_ALL = Object.entries(WRONG).flatMap(([name, values]) =>
  Object.entries(values).map(([words, wrong]) => ({ name, words, wrong })),
)

const ofStates = STATES.flatMap((state) =>
  IN_ALL.filter(({ name }) => !PRINTED[state]?.includes(name)).map(({ name, words, wrong }) => ({
    id: `${name}-when-${state}-${words}`,
    row: [
      `In the notification that a call is ${state}, ${name} ${called(words)}.`,
      new RegExp(`resourceData\\.${name}[^:]*: known`),
      inState(state, name, wrong),
    ] as const,
  })),
)

const ofGiven = IN_ALL.map(({ name, words, wrong }) => ({
  id: `${name}-given-${words}`,
  row: [
    `In the call that Graph gives, ${name} ${called(words)}.`,
    new RegExp(`^  ${name}[^:]*: known`, 'm'),
    given((call) => ({ ...call, [name]: wrong(call[name] ?? null) })),
  ] as const,
}))

/** Members that have a value in every new call, or in every new call of a meeting. */
const FILLED = Object.keys(WRONG).filter((name) => !['routingPolicies', 'ringingTimeoutInSeconds', 'subject'].includes(name))

const ofNull = FILLED.map((name) => ({
  id: `${name}-given-as-null`,
  row: [
    `In the call that Graph gives, ${name} is null.`,
    new RegExp(`^  ${name}: known .* received null`, 'm'),
    given((call) => ({ ...call, [name]: null })),
  ] as const,
}))

const byId = <Row>(rows: readonly { readonly id: string; readonly row: Row }[]) =>
  Object.fromEntries(rows.map(({ id, row }) => [id, row]))

const withParticipantId = (id: (participant: JsonObject) => Json): Wrap =>
  rosters((all) => all.map((one) => ({ ...one, info: { ...objectAt(one.info), participantId: id(one) } })))

/** Gives every identity on a roster a tenant. */
const inTenant = (participants: readonly JsonObject[], tenantId: string): readonly JsonObject[] =>
  participants.map((one) => {
    const identity = objectAt(one.info, 'identity')
    const set = Object.entries(identity).map(([kind, who]) => [kind, isObject(who) ? { ...who, tenantId } : who])
    return { ...one, info: { ...objectAt(one.info), identity: Object.fromEntries(set) as JsonObject } }
  })

const isOfCall = (one: Parameters<typeof dataOf>[0]) => stateOf(one) !== undefined

/** Notifications of every call have a member of the first call. */
const notifiedOfFirst = (name: string): Wrap =>
  keepingFirst((first) =>
    postOfCall((one, { call }) => {
      const value = first(call[name]) as Json
      return isOfCall(one) ? withData(one, { [name]: value }) : one
    }),
  )

export const KNOWN_VALUES: readonly Deviation[] = deviationsFrom({
  'CC-29': {
    ...byId(ofGiven),
    ...byId(ofNull),
    'call-given-with-the-participant-of-the-first': [
      'The myParticipantId of every call that Graph gives is that of the first.',
      /myParticipantId: known/,
      keepingFirst((first) =>
        together(
          postOfCall((one, { call }) => (first(call.myParticipantId) === undefined ? null : one)),
          given((call) => ({ ...call, myParticipantId: first(call.myParticipantId) as Json })),
        ),
      ),
    ],
    'call-given-as-a-participant': [
      'The call that Graph gives has the type of a participant.',
      /@odata\.type: known/,
      given((call) => ({ ...call, '@odata.type': '#microsoft.graph.participant' })),
    ],
    'call-given-with-the-context-of-a-collection': [
      'The call that Graph gives has the context of a collection.',
      /@odata\.context: known/,
      given((call) => ({ ...call, '@odata.context': String(call['@odata.context']).replace('/$entity', '') })),
    ],
  },
  'CC-53': {
    ...byId(ofStates),
    'notified-with-the-participant-of-the-first-call': [
      'Notifications have the myParticipantId of the first call.',
      /resourceData\.myParticipantId: known/,
      notifiedOfFirst('myParticipantId'),
    ],
    'notified-with-the-callback-of-the-first-call': [
      'Notifications have the callbackUri of the first call.',
      /resourceData\.callbackUri: known/,
      notifiedOfFirst('callbackUri'),
    ],
    'entry-of-another-tenant': [
      'The entry of a notification has another tenantId than the call.',
      /^ {2}tenantId: known/m,
      post(() => (one) => withEntry(one, { tenantId: UNKNOWN_ID })),
    ],
    'resource-url-of-another-call': [
      'The resourceUrl of a notification is that of another call.',
      /resourceUrl: known the call/,
      postIf(isOfCall, (one) => withEntry(one, { resourceUrl: `/communications/calls/${UNKNOWN_ID}` })),
    ],
    'resource-url-of-another-roster': [
      'The resourceUrl of a roster is that of another call.',
      /resourceUrl: known the roster/,
      postIf(isRoster, (one) => withEntry(one, { resourceUrl: `/communications/calls/${UNKNOWN_ID}/participants` })),
    ],
    'resource-url-of-the-roster': [
      'The resourceUrl of a change of the call is that of its roster.',
      /resourceUrl: known the call/,
      postIf(isOfCall, (one) => withEntry(one, { resourceUrl: `/communications/calls/${one.callId}/participants` })),
    ],
    'odata-id-of-another-call': [
      'The @odata.id of a notification is that of another call.',
      /resourceData\.@odata\.id: known/,
      postIf(isOfCall, (one) => withData(one, { '@odata.id': `/communications/calls/${UNKNOWN_ID}` })),
    ],
    'participant-under-two-ids': [
      'The participantId in the info of a participant is another than its id.',
      /info\.participantId: known/,
      withParticipantId(() => UNKNOWN_ID),
    ],
    'people-have-the-participant-id-of-the-bot': [
      'The participantId in the info of every participant is that of the bot.',
      /info\.participantId: known/,
      rosters((all) =>
        all.map((one) => ({ ...one, info: { ...objectAt(one.info), participantId: all.find(isBot)?.id ?? null } })),
      ),
    ],
    'tenants-of-people-change': [
      'Identities on a later roster have another tenant than before.',
      /tenantId: known/,
      postWithHistory((one, before) =>
        withRoster(one, (all) => inTenant(all, before.some(isRoster) ? UNKNOWN_ID : '11111111-0000-4000-8000-000000000000')),
      ),
    ],
    'guest-beside-another-application': [
      'The source of a guest has another application than the bot beside the guest (E-24).',
      /source\.identity\.application\.id: known/,
      rewriteNewCall((call) => {
        const source = objectAt(call.source)
        const identity = objectAt(source, 'identity')
        if (identity.guest === undefined) return {}
        return { source: { ...without(source, 'identity'), identity: { ...identity, application: { id: UNKNOWN_ID } } } }
      }),
    ],
  },
})
