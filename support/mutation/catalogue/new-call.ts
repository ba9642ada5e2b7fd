// Deviations in the new call of a 201 that need the request or an earlier call: claims, blobs, guests, repeated ids.
import { type Json, type JsonObject, without } from '../../contract/json'
import type { Wrap } from '../../simulator/wrapping'
import { refuseCreate } from '../wrap/core'
import { ofAnotherCall, postFor, stateOf, withData } from '../wrap/notifications'
import {
  asGuest,
  changed,
  insideCall,
  keepingFirst,
  type Members,
  objectAt,
  responses,
  rewriteNewCall,
  together,
  UNKNOWN_ID,
} from '../wrap/responses'
import { deviationsFrom, either, MISSING, refusedWith } from './rows'

/** Members that only Graph sets. */
const GENERATED = `id state direction callRoutes activeModalities mediaState meetingCapability myParticipantId
  resultInfo terminationReason answeredBy toneInfo incomingContext`.split(/\s+/)

/** Copies a generated member from the request. */
const honour = (name: string): Wrap => rewriteNewCall((_, sent) => (Object.hasOwn(sent, name) ? { [name]: sent[name] } : {}))

/** Copies a member from the request into the established notification. */
const notifyClaim = (name: string): Wrap =>
  postFor((notification, sent) =>
    stateOf(notification) === 'established' && sent[name] !== undefined
      ? withData(notification, { [name]: sent[name] })
      : notification,
  )

/** Gives a call with the end that the last create claimed. */
const claimsGivenAfterwards: Wrap = (parts, world) => {
  let claimed: Json = null
  return responses(async (response, sent, { method }) => {
    if (response.status === 201) claimed = (JSON.parse(sent) as JsonObject).resultInfo ?? null
    if (response.status !== 200 || method !== 'GET' || claimed === null) return response
    const call = (await response.json()) as JsonObject
    return changed(response, { body: JSON.stringify({ ...call, resultInfo: claimed }) })
  })(parts, world)
}

/** Gives every new call the value of the first call. */
const firstValueOf = (name: string): Wrap => keepingFirst((first) => rewriteNewCall((call) => ({ [name]: first(call[name]) })))

const blob = (rewrite: (text: string) => Json | undefined): Wrap =>
  insideCall('mediaConfig', ({ blob: own, ...media }) => {
    const next = typeof own === 'string' ? rewrite(own) : own
    return next === undefined ? media : { ...media, blob: next }
  })

/** Rewrites a blob that is JSON; another, such as the page's placeholder, stays. */
const parsed =
  (rewrite: (value: Json) => Json) =>
  (text: string): Json =>
    text.startsWith('{') ? rewrite(JSON.parse(text) as Json) : text

const guest = (rewrite: (identity: JsonObject) => JsonObject): Wrap =>
  insideCall('source', (source) => {
    const identity = objectAt(source, 'identity')
    if (identity.guest === undefined) return source
    return { ...source, identity: { ...without(identity, 'guest'), ...rewrite(objectAt(identity, 'guest')) } }
  })

/** Rewrites the targets of a call to several people. */
const severalTargets = (rewrite: (targets: readonly JsonObject[]) => readonly Json[]): Wrap =>
  rewriteNewCall(({ targets }) =>
    Array.isArray(targets) && targets.length > 1 ? { targets: rewrite(targets as JsonObject[]) } : {},
  )

/** Rewrites the last of several targets. */
const lastTarget = (rewrite: (target: JsonObject) => JsonObject): Wrap =>
  severalTargets((targets) => targets.map((one, at) => (at === targets.length - 1 ? rewrite(one) : one)))

/** Rewrites the user of the last of several targets. */
const lastUser = (members: Members): Wrap =>
  lastTarget((target) => {
    const identity = objectAt(target.identity)
    return { ...target, identity: { ...identity, user: { ...objectAt(identity.user), ...members } as JsonObject } }
  })

const BLOB = /mediaConfig\.blob: documented/

export const NEW_CALLS = [
  ...GENERATED.flatMap((name) =>
    deviationsFrom({
      'CC-13': {
        [`${name}-honoured`]: [
          `The new call has the ${name} of the request.`,
          new RegExp(`\\b${name}: documented anything but`),
          honour(name),
        ],
      },
    }),
  ),
  ...deviationsFrom({
    'CC-13': {
      'claims-honoured': [
        'The new call has every generated member of the request.',
        /terminationReason[\s\S]*toneInfo/,
        together(...GENERATED.map(honour)),
      ],
      'claims-refused': [
        'Graph refuses generated members except the direction.',
        refusedWith(400),
        refuseCreate((sent) => GENERATED.some((name) => name !== 'direction' && Object.hasOwn(sent, name))),
      ],
      'claims-given-afterwards': [
        'A call is given with how it ended as the request claimed it.',
        /the call that Graph gives.*\n.*resultInfo/,
        claimsGivenAfterwards,
      ],
      'claimed-tenant-notified': [
        'The established notification has the tenantId of the request.',
        /resourceData.tenantId/,
        notifyClaim('tenantId'),
      ],
      'claimed-direction-notified': [
        'The established notification has the direction of the request.',
        /resourceData.direction/,
        notifyClaim('direction'),
      ],
      'claimed-id-notified': [
        'Notifications have the id of the request.',
        either(MISSING, /of another call/),
        postFor((notification, { id }) => (typeof id === 'string' ? ofAnotherCall(notification, id) : notification)),
      ],
    },
    'CC-22': {
      'last-target-lost': [
        'Of several targets the last does not come back.',
        /targets: documented a list of/,
        severalTargets((all) => all.slice(0, -1)),
      ],
      'first-target-alone': [
        'Of several targets only the first comes back.',
        /targets: documented a list of/,
        severalTargets((all) => all.slice(0, 1)),
      ],
      'last-target-twice': [
        'The last of several targets comes back twice.',
        /targets: documented a list of/,
        severalTargets((all) => [...all, ...all.slice(-1)]),
      ],
      'targets-backwards': [
        'Several targets come back in the opposite order.',
        /targets\[0\]\.identity\.user/,
        severalTargets((all) => [...all].reverse()),
      ],
      'all-targets-are-the-first': [
        'All of several targets come back as the first.',
        /targets\[1\]\.identity\.user/,
        severalTargets((all) => all.map(() => all[0] as JsonObject)),
      ],
      'last-target-another-person': [
        'The last of several targets is another person.',
        /targets\[\d\]\.identity\.user\.id/,
        lastUser({ id: UNKNOWN_ID }),
      ],
      'last-target-renamed': [
        'The last of several targets has another name.',
        /targets\[\d\]\.identity\.user\.displayName/,
        lastUser({ displayName: 'Mallory' }),
      ],
      'last-target-an-application': [
        'The last of several targets comes back as an application.',
        /targets\[\d\]\.identity\.user/,
        lastTarget((target) => {
          const { user, ...set } = objectAt(target.identity)
          return { ...target, identity: { ...set, application: user ?? null } }
        }),
      ],
      'callback-of-the-first-call': [
        'Every new call has the callbackUri of the first.',
        /callbackUri/,
        firstValueOf('callbackUri'),
      ],
    },
    'CC-22b': {
      'blob-reformatted': ['The blob is formatted again.', BLOB, blob(parsed((value) => JSON.stringify(value, null, 1)))],
      'blob-parsed': ['The blob comes back as an object.', BLOB, blob(parsed((value) => value))],
      'blob-escaped': ['The blob is escaped once more.', BLOB, blob((text) => JSON.stringify(text).slice(1, -1))],
      'blob-lost': ['The blob does not come back.', BLOB, blob(() => undefined)],
    },
    'CC-23': {
      'source-of-the-first-call': [
        'Every new call has the source of the first.',
        /source\.identity\.application\.id/,
        firstValueOf('source'),
      ],
    },
    'CC-23b': {
      'guest-as-application': [
        'The source of a guest is the application.',
        /source\.identity\.guest/,
        guest((own) => ({ application: own })),
      ],
      'guest-marked': [
        'The source of a guest has a mark in its name.',
        /source\.identity\.guest\.displayName/,
        guest((own) => ({ guest: { ...own, displayName: `${own.displayName} (Guest)` } })),
      ],
      'guest-under-another-id': [
        'The source of a guest has an id of the service.',
        /source\.identity\.guest\.id/,
        guest((own) => ({ guest: { ...own, id: UNKNOWN_ID } })),
      ],
    },
    'CC-24': {
      'last-target-without-region': [
        'The last of several targets has no region and no language.',
        /targets\[1\]\.region/,
        lastTarget((target) => without(target, 'region', 'languageId')),
      ],
    },
    'CC-26': {
      'last-target-untyped': [
        'The last of several targets has no type.',
        /targets\[1\]\.@odata\.type/,
        lastTarget((target) => without(target, '@odata.type')),
      ],
      'last-user-untyped': [
        'The user of the last of several targets has no type.',
        /targets\[1\]\.identity\.user\.@odata\.type/,
        lastUser({ '@odata.type': undefined }),
      ],
    },
    'CC-25': {
      'ids-repeat': ['Every new call has the id of the first.', /two have the id/, firstValueOf('id')],
      'participant-ids-repeat': [
        'Every new call has the myParticipantId of the first.',
        /two have the myParticipantId/,
        firstValueOf('myParticipantId'),
      ],
    },
    'CC-27': {
      'guest-join-has-targets': [
        'The new call of a guest has the bot as its target.',
        /targets: documented exactly \[\], received \[\{/,
        rewriteNewCall((call, sent) => (asGuest(sent) ? { targets: [call.source ?? null] } : {})),
      ],
    },
  }),
]
