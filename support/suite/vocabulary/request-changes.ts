// The requests that a feature speaks of: a documented one with one thing about it changed, by the phrase that says so.
import { type Json, type JsonObject, sameJson } from '../../contract/json'

/** What goes over the wire. */
export interface Sent {
  readonly body: string
  /** Null: no Content-Type is sent. */
  readonly contentType: string | null
  /** The request as JSON, for what must come back as sent; that of the example where the body is none. */
  readonly request: JsonObject
}

const JSON_TYPE = 'application/json'

/** A request as it stands. */
export function asSent(request: JsonObject): Sent {
  return { body: JSON.stringify(request), contentType: JSON_TYPE, request }
}

type Change = (request: JsonObject) => Sent

/** Other members, or without some (undefined). */
const members =
  (
    change: Readonly<Record<string, Json | undefined>> | ((request: JsonObject) => Readonly<Record<string, Json | undefined>>),
  ): Change =>
  (request) =>
    asSent(JSON.parse(JSON.stringify({ ...request, ...(typeof change === 'function' ? change(request) : change) })))

/** A body that is no call at all, or carried by another type. */
const wire =
  (body: (request: JsonObject) => string, contentType: string | null = JSON_TYPE): Change =>
  (request) => ({ body: body(request), contentType, request })

/** Ids that no service would make; whoever takes one from a request shows it at once. */
const CLAIMED = '00000000-1111-2222-3333-444444444444'
const somebody: JsonObject = {
  '@odata.type': '#microsoft.graph.participantInfo',
  identity: { '@odata.type': '#microsoft.graph.identitySet', user: { id: CLAIMED, displayName: 'Mallory' } },
}

/**
 * Values that a request has no business to set, for each property of a call that is marked server-generated. Source: resource page of the
 * call, November 2019; incomingContext is read-only in the metadata of that month.
 */
const CLAIMS: Readonly<Record<string, Json>> = {
  id: CLAIMED,
  state: 'terminated',
  direction: 'incoming',
  callRoutes: [{ '@odata.type': '#microsoft.graph.callRoute', routingType: 'forwarded', original: somebody, final: somebody }],
  activeModalities: ['video', 'data'],
  mediaState: { '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' },
  meetingCapability: { '@odata.type': '#microsoft.graph.meetingCapability', allowAnonymousUsersToDialOut: true },
  tenantId: CLAIMED,
  myParticipantId: CLAIMED,
  resultInfo: { '@odata.type': '#microsoft.graph.resultInfo', code: 500, subcode: 9999, message: 'Claimed by the request.' },
  terminationReason: 'Claimed by the request',
  answeredBy: somebody,
  toneInfo: { '@odata.type': '#microsoft.graph.toneInfo', sequenceId: 1, tone: 'pound' },
  incomingContext: { '@odata.type': '#microsoft.graph.incomingContext', sourceParticipantId: CLAIMED },
}

/** What a request claims, though only Graph makes it. */
export function claimsOf(request: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(CLAIMS).filter(([name, claim]) => sameJson(request[name] ?? null, claim)))
}

/** Length of ringing that the longest of the resource page (115 s) does not allow, and one that it does. */
const TOO_LONG_S = 116
const SHORT_S = 10

const target = (): Json => ({
  '@odata.type': '#microsoft.graph.participantInfo',
  identity: { '@odata.type': '#microsoft.graph.identitySet', user: { '@odata.type': '#microsoft.graph.identity', id: CLAIMED } },
})

/** What a feature may say of a request, besides its example. */
export const CHANGES: ReadonlyMap<string, Change> = new Map<string, Change>([
  ...Object.entries(CLAIMS).map(([name, value]): [string, Change] => [`claiming its ${name}`, members({ [name]: value })]),
  ['claiming all of these at once', members(CLAIMS)],

  // The printed requests end their last member with a comma (E-07).
  ['with the trailing comma that is printed', wire((request) => `${JSON.stringify(request).slice(0, -1)},}`)],
  ['without a content type', wire((request) => JSON.stringify(request), null)],
  ['as plain text', wire((request) => JSON.stringify(request), 'text/plain')],
  ['with an empty body', wire(() => '')],
  ['cut off in the middle', wire((request) => JSON.stringify(request).slice(0, -40))],
  ['as a list', wire((request) => JSON.stringify([request]))],
  ['as a text', wire((request) => JSON.stringify(JSON.stringify(request)))],
  ['as null', wire(() => 'null')],

  ['without mediaConfig', members({ mediaConfig: undefined })],
  ['without callbackUri', members({ callbackUri: undefined })],
  ['with a callbackUri on plain http', members({ callbackUri: 'http://bot.invalid/callback' })],
  ['with a callbackUri that is no address', members({ callbackUri: 'callback' })],
  ['with neither targets nor a meeting', members({ targets: undefined, chatInfo: undefined, meetingInfo: undefined })],
  ['with a target besides its meeting', members({ targets: [target()] })],
  [
    'with targets that are no list',
    members(({ targets }) => ({ targets: Array.isArray(targets) ? (targets[0] as Json) : null })),
  ],
  ['with modalities that are no list', members({ requestedModalities: 'audio' })],
  ['with a modality that there is none of', members({ requestedModalities: ['smell'] })],
  ['with an @odata.type that there is none of', members({ '@odata.type': '#microsoft.graph.phoneBooth' })],
  [
    'with a mediaConfig of a type that there is none of',
    members({ mediaConfig: { '@odata.type': '#microsoft.graph.noMediaConfig' } }),
  ],
  ['with chatInfo but without meetingInfo', members({ meetingInfo: undefined })],
  [`with a ringing time of ${TOO_LONG_S} s`, members({ ringingTimeoutInSeconds: TOO_LONG_S })],
  ['with a ringing time of 0 s', members({ ringingTimeoutInSeconds: 0 })],

  [`with a ringing time of ${SHORT_S} s`, members({ ringingTimeoutInSeconds: SHORT_S })],
  ['with a subject', members({ subject: 'Quarterly numbers' })],
  ['with routing policies', members({ routingPolicies: ['noMissedCall', 'disableForwarding'] })],
  ['with a property that nobody knows', members({ favouriteColour: 'green' })],
  ['with a charset in its content type', (request) => ({ ...asSent(request), contentType: `${JSON_TYPE}; charset=utf-8` })],
])

/** The same request, calling several people at once. */
export function callingAlso(...others: readonly { readonly id: string; readonly displayName: string }[]): Change {
  return members(({ targets }) => ({
    targets: [
      ...(Array.isArray(targets) ? (targets as Json[]) : []),
      ...others.map(({ id, displayName }) => ({
        '@odata.type': '#microsoft.graph.participantInfo',
        identity: {
          '@odata.type': '#microsoft.graph.identitySet',
          user: { '@odata.type': '#microsoft.graph.identity', displayName, id },
        },
      })),
    ],
  }))
}
