// Deviations in what comes back of what the bot sent.
import type { Json, JsonObject } from '../../contract/json'
import type { Deviation } from '../../simulator/wrapping'
import { breaks, deeply, NOBODY, newCallWith, without } from '../wrap/breaks'
import { inside, set, targets } from '../wrap/rewriting'

const blob = (rewrite: (text: string) => Json) =>
  inside('mediaConfig', (media) => (typeof media.blob === 'string' ? { ...media, blob: rewrite(media.blob) } : media))

const prefetch = (rewrite: (entries: readonly Json[]) => readonly Json[]) =>
  inside('mediaConfig', (media) =>
    Array.isArray(media.preFetchMedia) ? { ...media, preFetchMedia: rewrite(media.preFetchMedia) } : media,
  )

/** As example 1 prints them, which sent none (E-08). */
const PRINTED_ENTRIES = ['beep', 'cool'].map((name) => ({
  uri: `https://cdn.contoso.com/${name}.wav`,
  resourceId: `${name}-resource`,
}))

export const ECHOES: readonly Deviation[] = [
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
    /requestedModalities: documented exactly \["audio"\], received \[\]/,
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
    /targets: documented a list of 1/,
    newCallWith(({ targets: own }) => ({ targets: [...(own as Json[]), ...(own as Json[])] })),
  ),
  breaks(
    'CC-22',
    'media-lost',
    'The mediaConfig comes back as null.',
    /mediaConfig: documented an object, received null/,
    set({ mediaConfig: null }),
  ),
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
    /mediaConfig\.blob: documented/,
    blob((text) => JSON.stringify(JSON.parse(text), null, 1)),
  ),
  breaks(
    'CC-22b',
    'blob-parsed',
    'The blob comes back as an object.',
    /mediaConfig\.blob: documented/,
    blob((text) => JSON.parse(text) as Json),
  ),
  breaks(
    'CC-22b',
    'blob-escaped',
    'The blob comes back escaped once more.',
    /mediaConfig\.blob: documented/,
    blob((text) => JSON.stringify(text).slice(1, -1)),
  ),
  breaks(
    'CC-22b',
    'blob-lost',
    'The blob does not come back.',
    /mediaConfig\.blob: documented/,
    inside('mediaConfig', (media) => without(media, 'blob')),
  ),
]
