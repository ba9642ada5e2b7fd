// Deviations in what the new call holds, and in what becomes of it when it is asked for or deleted.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { NOBODY } from './answers'
import type { Deviation } from './deviation'
import { answeringWith, breaks, deciding, deeply, newCall, newCallWith, objectAt, otherwise, without } from './wrapping'

const inMeeting = ({ meetingInfo }: JsonObject) => isObject(meetingInfo)
const asGuest = ({ source }: JsonObject) => isObject(objectAt(source, 'identity').guest)

const set = (members: Readonly<Record<string, Json>>) => newCallWith(() => members)
const setInMeetings = (members: Readonly<Record<string, Json>>) => newCallWith((call) => (inMeeting(call) ? members : {}))
const lacking = (...names: string[]) => newCall((call) => without(call, ...names))

/** One of the objects in the new call, rewritten. */
const inside = (name: string, rewrite: (object: JsonObject, call: JsonObject, sent: JsonObject) => JsonObject) =>
  newCallWith((call, sent) => (isObject(call[name]) ? { [name]: rewrite(call[name], call, sent) } : {}))

const targets = (rewrite: (target: JsonObject) => JsonObject) =>
  newCallWith((call) => ({ targets: (call.targets as JsonObject[]).map(rewrite) }))

const blob = (rewrite: (text: string) => Json) =>
  inside('mediaConfig', (media) => (typeof media.blob === 'string' ? { ...media, blob: rewrite(media.blob) } : media))

const prefetch = (rewrite: (entries: readonly Json[]) => readonly Json[]) =>
  inside('mediaConfig', (media) =>
    Array.isArray(media.preFetchMedia) ? { ...media, preFetchMedia: rewrite(media.preFetchMedia) } : media,
  )

const application = (rewrite: (identity: JsonObject, call: JsonObject) => JsonObject) =>
  inside('source', (source, call) => {
    const { application: own, ...others } = objectAt(source, 'identity')
    return isObject(own) ? { ...source, identity: { ...others, application: rewrite(own, call) } } : source
  })

const guest = (rewrite: (identity: JsonObject) => JsonObject) =>
  inside('source', (source) => {
    const { guest: own, ...others } = objectAt(source, 'identity')
    return isObject(own) ? { ...source, identity: { ...others, ...rewrite(own) } } : source
  })

/** As example 1 prints them, which sent none (E-08). */
const PRINTED_ENTRIES = ['beep', 'cool'].map((name) => ({
  uri: `https://cdn.contoso.com/${name}.wav`,
  resourceId: `${name}-resource`,
}))

/** Every call has what the first had. */
const alwaysTheFirst =
  (name: string): Deviation['wrap'] =>
  (parts, world) => {
    let first: Json | undefined
    return newCallWith((call) => {
      first ??= call[name]
      return { [name]: first }
    })(parts, world)
  }

const getting = (rewrite: (call: JsonObject) => JsonObject) =>
  answeringWith(200, async (response, _, { method, url }) =>
    method === 'GET' && /\/calls\/[^/]+$/.test(url)
      ? otherwise(response, { body: JSON.stringify(rewrite((await response.json()) as JsonObject)) })
      : response,
  )

const onDelete = (to: Parameters<typeof otherwise>[1]) => answeringWith(204, (response) => otherwise(response, to))

const gone = (to: { readonly status?: number; readonly code: string }) =>
  answeringWith(404, (response) =>
    otherwise(response, { ...to, body: JSON.stringify({ error: { code: to.code, message: 'Call not found.' } }) }),
  )

export const NEW_CALLS: readonly Deviation[] = [
  breaks(
    'CC-20',
    'established-at-once',
    'The new call is established before anybody has answered.',
    /state: documented "establishing"/,
    set({ state: 'established' }),
  ),
  breaks(
    'CC-20',
    'state-incoming',
    'The new call is incoming, as one that somebody else makes.',
    /state: documented/,
    set({ state: 'incoming' }),
  ),
  breaks(
    'CC-20',
    'state-capital',
    'The state of the new call is written with a capital.',
    /state: documented/,
    set({ state: 'Establishing' }),
  ),
  breaks(
    'CC-20',
    'direction-incoming',
    'The direction of the new call is incoming.',
    /direction: documented "outgoing"/,
    set({ direction: 'incoming' }),
  ),
  breaks(
    'CC-20',
    'join-established-at-once',
    'The new call of a join is established at once.',
    /state: documented/,
    setInMeetings({ state: 'established' }),
  ),

  breaks(
    'CC-21',
    'unset-left-out',
    'Properties that are not set are left out of the new call.',
    /lacks .*subject/,
    newCall((call) => Object.fromEntries(Object.entries(call).filter(([, value]) => value !== null))),
  ),
  breaks(
    'CC-21',
    'empty-left-out',
    'Collections that are empty are left out of the new call.',
    /lacks .*callRoutes/,
    newCall((call) => Object.fromEntries(Object.entries(call).filter(([, value]) => !Array.isArray(value) || value.length > 0))),
  ),
  breaks(
    'CC-21',
    'unset-as-empty-text',
    'Properties that are not set are empty texts.',
    /subject: documented null/,
    newCall((call) => Object.fromEntries(Object.entries(call).map(([name, value]) => [name, value ?? '']))),
  ),
  breaks(
    'CC-21',
    'join-lacks-tone',
    'The new call of a join lacks what concerns calls between two.',
    /lacks .*answeredBy/,
    newCall((call) => (inMeeting(call) ? without(call, 'answeredBy', 'toneInfo') : call)),
  ),
  breaks(
    'CC-21',
    'meeting-named-in-call',
    'A call to a person has chat and meeting as empty objects.',
    /chatInfo: documented null/,
    newCallWith((call) => (inMeeting(call) ? {} : { chatInfo: {}, meetingInfo: {} })),
  ),

  breaks(
    'CC-22',
    'callback-normalised',
    'The callbackUri comes back with a slash at its end.',
    /callbackUri/,
    newCallWith(({ callbackUri }) => ({ callbackUri: `${callbackUri}/` })),
  ),
  breaks(
    'CC-22',
    'callback-of-the-app',
    'The callbackUri comes back as the address that is registered for the bot.',
    /callbackUri/,
    set({ callbackUri: 'https://registered.contoso.com/callback' }),
  ),
  breaks(
    'CC-22',
    'modalities-extended',
    'Modalities come back that were not requested.',
    /requestedModalities/,
    set({ requestedModalities: ['audio', 'video'] }),
  ),
  breaks(
    'CC-22',
    'modalities-lost',
    'The requested modalities come back empty.',
    /requestedModalities/,
    set({ requestedModalities: [] }),
  ),
  breaks(
    'CC-22',
    'target-looked-up',
    'The name of whom the bot calls is that of the directory, not the one that was sent.',
    /displayName/,
    targets(
      (target) =>
        deeply(target, (one) => (one.displayName === undefined ? one : { ...one, displayName: 'John Doe' })) as JsonObject,
    ),
  ),
  breaks(
    'CC-22',
    'target-another',
    'The target that comes back is somebody else.',
    /targets\[0\]/,
    targets((target) => deeply(target, (one) => (one.id === undefined ? one : { ...one, id: NOBODY })) as JsonObject),
  ),
  breaks(
    'CC-22',
    'target-doubled',
    'The target comes back twice.',
    /targets/,
    newCallWith(({ targets: own }) => ({ targets: [...(own as Json[]), ...(own as Json[])] })),
  ),
  breaks('CC-22', 'media-lost', 'The mediaConfig comes back as null.', /mediaConfig/, set({ mediaConfig: null })),
  breaks(
    'CC-22',
    'media-of-another-type',
    'Media come back as hosted by the application, whoever hosts them.',
    /mediaConfig/,
    inside('mediaConfig', (media) => ({ ...media, '@odata.type': '#microsoft.graph.appHostedMediaConfig' })),
  ),
  breaks(
    'CC-22',
    'prefetch-invented',
    'Entries to be fetched beforehand come back that were not sent, as example 1 prints them.',
    /preFetchMedia/,
    inside('mediaConfig', (media) => (media.preFetchMedia === undefined ? { ...media, preFetchMedia: PRINTED_ENTRIES } : media)),
  ),
  breaks(
    'CC-22',
    'prefetch-lost',
    'Entries to be fetched beforehand do not come back.',
    /preFetchMedia/,
    inside('mediaConfig', (media) => without(media, 'preFetchMedia')),
  ),
  breaks(
    'CC-22',
    'prefetch-shortened',
    'Only the first entry to be fetched beforehand comes back.',
    /preFetchMedia/,
    prefetch((entries) => entries.slice(0, 1)),
  ),
  breaks(
    'CC-22',
    'prefetch-reordered',
    'Entries to be fetched beforehand come back in another order.',
    /preFetchMedia/,
    prefetch((entries) => [...entries].reverse()),
  ),
  breaks(
    'CC-22',
    'prefetch-typed',
    'Entries to be fetched beforehand come back with a type.',
    /preFetchMedia/,
    prefetch((entries) => entries.map((one) => ({ '@odata.type': '#microsoft.graph.mediaInfo', ...(one as JsonObject) }))),
  ),
  breaks(
    'CC-22',
    'thread-cut',
    'The thread of the meeting comes back without its host.',
    /chatInfo\.threadId/,
    inside('chatInfo', (chat) => ({ ...chat, threadId: String(chat.threadId).split('@')[0] ?? '' })),
  ),
  breaks(
    'CC-22',
    'message-as-number',
    'The message of the meeting comes back as a number.',
    /chatInfo\.messageId/,
    inside('chatInfo', (chat) => ({ ...chat, messageId: Number(chat.messageId) })),
  ),
  breaks(
    'CC-22',
    'organizer-nameless',
    'The organizer of the meeting comes back without a name.',
    /organizer\.user\.displayName/,
    inside('meetingInfo', (info) => deeply(info, (one) => without(one, 'displayName')) as JsonObject),
  ),
  breaks(
    'CC-22',
    'conversation-setting-lost',
    'What the meeting allows without its host is set to the opposite.',
    /allowConversationWithoutHost/,
    inside('meetingInfo', (info) => ({ ...info, allowConversationWithoutHost: info.allowConversationWithoutHost !== true })),
  ),
  breaks(
    'CC-22',
    'policies-lost',
    'Routing policies that were sent do not come back.',
    /routingPolicies/,
    set({ routingPolicies: [] }),
  ),

  breaks(
    'CC-22b',
    'blob-reformatted',
    'The blob is read as JSON and written anew.',
    /blob/,
    blob((text) => JSON.stringify(JSON.parse(text), null, 1)),
  ),
  breaks(
    'CC-22b',
    'blob-parsed',
    'The blob comes back as an object.',
    /blob/,
    blob((text) => JSON.parse(text) as Json),
  ),
  breaks(
    'CC-22b',
    'blob-escaped',
    'The blob comes back escaped once more.',
    /blob/,
    blob((text) => JSON.stringify(text).slice(1, -1)),
  ),
  breaks(
    'CC-22b',
    'blob-lost',
    'The blob does not come back.',
    /blob/,
    inside('mediaConfig', (media) => without(media, 'blob')),
  ),

  breaks('CC-23', 'source-missing', 'The new call does not say who calls.', /source/, set({ source: null })),
  breaks(
    'CC-23',
    'source-nameless',
    'The application that calls has no name.',
    /source\.identity\.application\.displayName/,
    application((own) => without(own, 'displayName')),
  ),
  breaks(
    'CC-23',
    'source-named-by-id',
    'The application that calls has its id for a name.',
    /source\.identity\.application\.displayName/,
    application((own) => ({ ...own, displayName: own.id as Json })),
  ),
  breaks(
    'CC-23',
    'source-another-app',
    'The application that calls is another one.',
    /source\.identity\.application\.id/,
    application((own) => ({ ...own, id: NOBODY })),
  ),
  breaks(
    'CC-23',
    'source-a-user',
    'The bot that calls is a user.',
    /source\.identity\.application/,
    inside('source', (source) => ({
      ...source,
      identity: {
        ...without(objectAt(source, 'identity'), 'application'),
        user: objectAt(source, 'identity').application ?? null,
      },
    })),
  ),
  breaks(
    'CC-23b',
    'guest-as-application',
    'The source of a guest is the application alone.',
    /source\.identity\.guest/,
    guest((own) => ({ application: own })),
  ),
  breaks(
    'CC-23b',
    'guest-marked',
    'The name of a guest says that it is one.',
    /source\.identity\.guest\.displayName/,
    guest((own) => ({ guest: { ...own, displayName: `${own.displayName} (Guest)` } })),
  ),
  breaks(
    'CC-23b',
    'guest-under-another-id',
    'The guest of the source has an id of the service.',
    /source\.identity\.guest\.id/,
    guest((own) => ({ guest: { ...own, id: NOBODY } })),
  ),

  breaks(
    'CC-24',
    'region-missing',
    'Source and targets do not say their region.',
    /region/,
    newCall((call) => deeply(call, (one) => without(one, 'region'))),
  ),
  breaks(
    'CC-24',
    'target-language-missing',
    'Targets do not say their language.',
    /targets\[0\]\.languageId/,
    targets((target) => without(target, 'languageId')),
  ),
  breaks(
    'CC-24',
    'source-region-empty',
    'The region of the source is an empty text.',
    /source\.region/,
    inside('source', (source) => ({ ...source, region: '' })),
  ),
  breaks(
    'CC-24',
    'guest-language-missing',
    'The source of a join does not say its language.',
    /source\.languageId/,
    inside('source', (source, call) => (inMeeting(call) ? without(source, 'languageId') : source)),
  ),

  breaks('CC-25', 'ids-repeat', 'Every call has the id of the first.', /two have the id/, alwaysTheFirst('id')),
  breaks(
    'CC-25',
    'participant-ids-repeat',
    'Every call has the myParticipantId of the first.',
    /participant/,
    alwaysTheFirst('myParticipantId'),
  ),
  breaks('CC-25', 'id-missing', 'The new call has no id.', /\bid\b/, lacking('id')),
  breaks(
    'CC-25',
    'participant-id-missing',
    'The new call has no myParticipantId.',
    /myParticipantId/,
    set({ myParticipantId: null }),
  ),
  breaks('CC-25', 'tenant-missing', 'The new call has no tenantId.', /tenantId/, set({ tenantId: null })),
  breaks('CC-25', 'tenant-common', 'The tenantId of the new call is that of no tenant.', /tenantId/, set({ tenantId: 'common' })),
  breaks(
    'CC-25',
    'join-of-no-tenant',
    'The tenantId of a join is not that of the organizer.',
    /tenantId/,
    setInMeetings({ tenantId: NOBODY }),
  ),

  breaks(
    'CC-26',
    'types-missing',
    'Objects of the new call do not say their type.',
    /@odata\.type/,
    newCall((call) => deeply(call, (one) => without(one, '@odata.type'))),
  ),
  breaks(
    'CC-26',
    'types-without-hash',
    'Types are written without the number sign.',
    /@odata\.type/,
    newCall((call) =>
      deeply(call, (one) =>
        typeof one['@odata.type'] === 'string' ? { ...one, '@odata.type': one['@odata.type'].slice(1) } : one,
      ),
    ),
  ),
  breaks(
    'CC-26',
    'types-only-outside',
    'Only the call itself says its type.',
    /@odata\.type/,
    newCall((call) =>
      Object.fromEntries(
        Object.entries(call).map(([name, value]) => [name, deeply(value, (one) => without(one, '@odata.type'))]),
      ),
    ),
  ),
  breaks('CC-26', 'context-missing', 'The new call has no context.', /@odata\.context/, lacking('@odata.context')),
  breaks(
    'CC-26',
    'context-of-the-collection',
    'The context of the new call is that of all calls.',
    /@odata\.context/,
    newCallWith((call) => ({ '@odata.context': String(call['@odata.context']).replace('/$entity', '') })),
  ),
  breaks(
    'CC-26',
    'identity-sets-by-another-name',
    'Identity sets have the type of a later version.',
    /identitySet/,
    newCall((call) =>
      deeply(call, (one) =>
        one['@odata.type'] === '#microsoft.graph.identitySet'
          ? { ...one, '@odata.type': '#microsoft.graph.communicationsIdentitySet' }
          : one,
      ),
    ),
  ),

  breaks(
    'CC-27',
    'join-has-targets',
    'The call that joins a meeting has its organizer for a target.',
    /targets/,
    newCallWith((call) =>
      inMeeting(call)
        ? {
            targets: [
              { '@odata.type': '#microsoft.graph.participantInfo', identity: objectAt(call, 'meetingInfo').organizer ?? null },
            ],
          }
        : {},
    ),
  ),
  breaks(
    'CC-27',
    'join-lacks-targets',
    'The call that joins a meeting has null for targets.',
    /targets/,
    setInMeetings({ targets: null }),
  ),
  breaks(
    'CC-27',
    'reply-chain-missing',
    'The chat of a meeting does not mention a reply chain.',
    /replyChainMessageId/,
    inside('chatInfo', (chat) => without(chat, 'replyChainMessageId')),
  ),
  breaks(
    'CC-27',
    'reply-chain-invented',
    'The chat of a meeting has a reply chain that was not sent.',
    /replyChainMessageId/,
    inside('chatInfo', (chat) => ({ ...chat, replyChainMessageId: '0' })),
  ),
  breaks(
    'CC-27',
    'guest-join-has-targets',
    'The call of a guest has the bot for a target.',
    /targets/,
    newCallWith((call, sent) => (asGuest(sent) ? { targets: [call.source ?? null] } : {})),
  ),

  breaks(
    'CC-28',
    'collections-null',
    'Collections of a new call that are empty are null.',
    /documented exactly \[\]|an empty list/,
    newCall((call) =>
      Object.fromEntries(
        Object.entries(call).map(([name, value]) => [name, Array.isArray(value) && value.length === 0 ? null : value]),
      ),
    ),
  ),
  breaks(
    'CC-28',
    'modalities-active-at-once',
    'The modalities of a new call are active before anybody has answered.',
    /activeModalities/,
    newCallWith(({ requestedModalities }) => ({ activeModalities: requestedModalities })),
  ),
  breaks(
    'CC-28',
    'policies-invented',
    'A new call has routing policies that were not sent.',
    /routingPolicies/,
    newCallWith((_, { routingPolicies }) => (routingPolicies === undefined ? { routingPolicies: ['noMissedCall'] } : {})),
  ),
  breaks(
    'CC-28',
    'join-routed',
    'The new call of a join has a route.',
    /callRoutes/,
    newCallWith((call) =>
      inMeeting(call)
        ? { callRoutes: [{ '@odata.type': '#microsoft.graph.callRoute', routingType: 'forwarded', original: null, final: null }] }
        : {},
    ),
  ),

  breaks(
    'CC-29',
    'call-not-given',
    'A call that lives is not found when it is asked for.',
    /answered 404/,
    deciding((decision, command, again) => (command.kind === 'get' ? again({ ...command, callId: NOBODY }) : decision)),
  ),
  breaks(
    'CC-29',
    'another-call-given',
    'Whoever asks for a call is given another.',
    /\bid: documented/,
    getting((call) => ({ ...call, id: NOBODY })),
  ),
  breaks(
    'CC-29',
    'call-given-without-state',
    'The call that is given does not say its state.',
    /state: documented/,
    getting((call) => without(call, 'state')),
  ),
  breaks(
    'CC-29',
    'call-given-established',
    'A call that rings is given as established.',
    /state: documented/,
    getting((call) => ({ ...call, state: 'established' })),
  ),
  breaks('CC-29', 'deleted-200', 'Deleting a call is answered 200.', /answered 200/, onDelete({ status: 200, body: '{}' })),
  breaks('CC-29', 'deleted-202', 'Deleting a call is answered 202.', /answered 202/, onDelete({ status: 202 })),
  breaks(
    'CC-29',
    'call-outlives-deletion',
    'Deleting a call is answered 204, and the call goes on.',
    /Graph answers 200/,
    ({ decide }) => ({
      decide: (state, command, env) =>
        command.kind === 'delete' ? { ...decide(state, command, env), state, effects: [] } : decide(state, command, env),
    }),
  ),
  breaks('CC-29', 'gone-410', 'A call that has ended is answered 410.', /Graph answers 410/, gone({ status: 410, code: '8522' })),
  breaks(
    'CC-29',
    'gone-under-another-code',
    'A call that has ended is answered with another code.',
    /Graph answers 404 NotFound/,
    gone({ code: 'NotFound' }),
  ),
  breaks(
    'CC-29',
    'gone-without-error',
    'A call that has ended is answered 404 without a body.',
    /404/,
    answeringWith(404, (response) => otherwise(response, { body: '{}' })),
  ),
]
