// The phrases for a request with one change: its body, its content type or its token.
import { type Forgery, forged } from '../../bot/tokens'
import type { TokenKind } from '../../contract/cast'
import { type Json, type JsonObject, sameJson } from '../../contract/json'
import { asSent, JSON_TYPE, type Sent, type Session } from '../session'

type Change = (request: JsonObject) => Sent

/** Changes members; undefined leaves one out. */
const members =
  (
    change: Readonly<Record<string, Json | undefined>> | ((request: JsonObject) => Readonly<Record<string, Json | undefined>>),
  ): Change =>
  (request) =>
    asSent(JSON.parse(JSON.stringify({ ...request, ...(typeof change === 'function' ? change(request) : change) })))

/** Changes the text of the body or its content type. */
const wire =
  (body: (request: JsonObject) => string, contentType: string | null = JSON_TYPE): Change =>
  (request) => ({ body: body(request), contentType, request })

/** An id that no service would make, so that a target that takes it from the request shows it. */
const CLAIMED = '00000000-1111-2222-3333-444444444444'
const stranger: JsonObject = {
  '@odata.type': '#microsoft.graph.participantInfo',
  identity: { '@odata.type': '#microsoft.graph.identitySet', user: { id: CLAIMED, displayName: 'Mallory' } },
}

/**
 * A value for each property of a call that only the service may set. Source: resource page of call, November 2019; incomingContext is
 * read-only in the metadata of that month.
 */
const CLAIMS: Readonly<Record<string, Json>> = {
  id: CLAIMED,
  state: 'terminated',
  direction: 'incoming',
  callRoutes: [{ '@odata.type': '#microsoft.graph.callRoute', routingType: 'forwarded', original: stranger, final: stranger }],
  activeModalities: ['video', 'data'],
  mediaState: { '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' },
  meetingCapability: { '@odata.type': '#microsoft.graph.meetingCapability', allowAnonymousUsersToDialOut: true },
  tenantId: CLAIMED,
  myParticipantId: CLAIMED,
  resultInfo: { '@odata.type': '#microsoft.graph.resultInfo', code: 500, subcode: 9999, message: 'Claimed by the request.' },
  terminationReason: 'Claimed by the request',
  answeredBy: stranger,
  toneInfo: { '@odata.type': '#microsoft.graph.toneInfo', sequenceId: 1, tone: 'pound' },
  incomingContext: { '@odata.type': '#microsoft.graph.incomingContext', sourceParticipantId: CLAIMED },
}

/** The properties of a request that only Graph may set. */
export function claimsOf(request: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(CLAIMS).filter(([name, claim]) => sameJson(request[name] ?? null, claim)))
}

/** A ringing time above the maximum of the resource page (115 s), and one below. */
const TOO_LONG_S = 116
const SHORT_S = 10

const target = (): Json => ({
  '@odata.type': '#microsoft.graph.participantInfo',
  identity: { '@odata.type': '#microsoft.graph.identitySet', user: { '@odata.type': '#microsoft.graph.identity', id: CLAIMED } },
})

/** Media that the application hosts, as example 2 has them. */
const OWN_MEDIA: Json = { '@odata.type': '#microsoft.graph.appHostedMediaConfig', blob: '<Media Session Configuration>' }

/** Changes of a documented request, by their phrases. */
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
  ['with a callbackUri that is not an address', members({ callbackUri: 'callback' })],
  ['with neither targets nor a meeting', members({ targets: undefined, chatInfo: undefined, meetingInfo: undefined })],
  ['with a target and a meeting', members({ targets: [target()] })],
  [
    'with targets that are not a list',
    members(({ targets }) => ({ targets: Array.isArray(targets) ? (targets[0] as Json) : null })),
  ],
  ['with modalities that are not a list', members({ requestedModalities: 'audio' })],
  ['with an unknown modality', members({ requestedModalities: ['smell'] })],
  ['with an unknown @odata.type', members({ '@odata.type': '#microsoft.graph.phoneBooth' })],
  ['with a mediaConfig of an unknown type', members({ mediaConfig: { '@odata.type': '#microsoft.graph.noMediaConfig' } })],
  ['with chatInfo but without meetingInfo', members({ meetingInfo: undefined })],
  [`with a ringing time of ${TOO_LONG_S} s`, members({ ringingTimeoutInSeconds: TOO_LONG_S })],
  ['with a ringing time of 0 s', members({ ringingTimeoutInSeconds: 0 })],

  [`with a ringing time of ${SHORT_S} s`, members({ ringingTimeoutInSeconds: SHORT_S })],
  ['asking for audio and video', members({ requestedModalities: ['audio', 'video'] })],
  ['with a subject', members({ subject: 'Quarterly numbers' })],
  ['with routing policies', members({ routingPolicies: ['noMissedCall', 'disableForwarding'] })],
  ['with media of its own', members({ mediaConfig: OWN_MEDIA })],
  ['with an unknown property', members({ favouriteColour: 'green' })],
  ['with a charset in its content type', (request) => ({ ...asSent(request), contentType: `${JSON_TYPE}; charset=utf-8` })],
])

/** The media of a call to several people, by the phrases. */
export const TOGETHER: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['at once', {}],
  ['at once with media of its own', { mediaConfig: OWN_MEDIA }],
])

/** Makes people the targets of a request, in this order, and sets other members. */
export function calling(
  people: readonly { readonly id: string; readonly displayName: string }[],
  others: JsonObject = {},
): Change {
  return members({
    ...others,
    targets: people.map(({ id, displayName }) => ({
      '@odata.type': '#microsoft.graph.participantInfo',
      identity: {
        '@odata.type': '#microsoft.graph.identitySet',
        user: { '@odata.type': '#microsoft.graph.identity', displayName, id },
      },
    })),
  })
}

/** Returns the whole value of the Authorization header; null: none is sent. */
type Authorize = (session: Session) => Promise<string | null>

const foreign =
  (kind: TokenKind): Authorize =>
  async ({ target, setting }) =>
    `Bearer ${await target.foreignToken(setting.cast, kind)}`

const forging =
  (kind: Forgery): Authorize =>
  async ({ bot }) =>
    `Bearer ${await forged(kind, await bot.token())}`

/** What the bot sends in place of its own token, by the phrases. */
export const TOKENS: ReadonlyMap<string, Authorize> = new Map<string, Authorize>([
  ['without a token', async () => null],
  ['with its token under another scheme', async ({ bot }) => `Basic ${await bot.token()}`],
  ['with a malformed token', forging('malformed')],
  ['with a tampered token', forging('tampered')],
  ['with an unsigned token', forging('unsigned')],
  ['with a token signed by another key', forging('signed by another key')],
  ['with an expired token', foreign('expired')],
  ['with a token that is not yet valid', foreign('notYetValid')],
  ['with a token for another audience', foreign('otherAudience')],
  ['with a token of another tenant', foreign('otherTenant')],
  ['with a delegated token', foreign('delegated')],
])

export const TWICE = 'twice'

/** Sends the request of an example with the variation that a phrase names. */
export async function sendVaried(session: Session, example: number, phrase: string): Promise<void> {
  if (phrase === TWICE) await session.send(example)
  const change = CHANGES.get(phrase)
  const authorize = TOKENS.get(phrase)
  await session.send(example, { ...(change && { change }), ...(authorize && { authorization: await authorize(session) }) })
}
