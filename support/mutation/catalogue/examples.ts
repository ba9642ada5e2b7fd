// Deviations that show in one of the six documented examples.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Wrap } from '../../simulator/wrapping'
import { ignore, isKind, refuseCreate, SERVICE_HOSTED_MEDIA } from '../wrap/core'
import {
  dataOf,
  isBot,
  isInLobby,
  isRoster,
  ofAnotherCall,
  participantsOf,
  postFor,
  stateOf,
  swapWithNext,
  withData,
  withEntry,
  withRoster,
} from '../wrap/notifications'
import { appHosted, asGuest, inMeeting, objectAt, rewriteNewCall, UNKNOWN_ID } from '../wrap/responses'
import { deviationsFrom, either, MISSING, MISSING_OR_UNEXPECTED, missing, NO_ROSTER, refusedWith, unexpected } from './rows'

type Picks = (sent: JsonObject) => boolean

const inChannel: Picks = (sent) => inMeeting(sent) && objectAt(sent, 'chatInfo').messageId !== '0'

/** The call that the blob of a request belongs to. */
function callOfBlob(sent: JsonObject): Json | undefined {
  const { blob } = objectAt(sent, 'mediaConfig')
  try {
    return typeof blob === 'string' ? objectAt(JSON.parse(blob) as Json).callId : undefined
  } catch {
    return undefined
  }
}

const established = (picks: Picks, rewrite: Parameters<typeof postFor>[0]): Wrap =>
  postFor((notification, sent) =>
    picks(sent) && stateOf(notification) === 'established' ? rewrite(notification, sent) : notification,
  )

/** Returns media of the application as hosted by the service. */
const serviceHosted = (picks: Picks): Wrap =>
  rewriteNewCall((call, sent) =>
    picks(sent) ? { mediaConfig: { ...objectAt(call, 'mediaConfig'), ...SERVICE_HOSTED_MEDIA } } : {},
  )

const isCall: Picks = (sent) => !inMeeting(sent)
const isCallWithMedia: Picks = (sent) => appHosted(sent) && isCall(sent)
const isJoinWithMedia: Picks = (sent) => appHosted(sent) && inMeeting(sent)

export const EXAMPLES = deviationsFrom({
  'CC-30': {
    'example-1-of-two-calls': [
      'The established notification of a call has another id, as the page prints it.',
      /of another call/,
      established(isCall, (notification) => ofAnotherCall(notification, UNKNOWN_ID)),
    ],
    'example-1-established-bare': [
      'The established notification of a call has no direction and no tenantId.',
      /resourceData\.(direction|tenantId)/,
      established(isCall, (notification) => withData(notification, { direction: undefined, tenantId: undefined })),
    ],
  },
  'CC-31': {
    'blob-looked-into': [
      'Graph refuses a blob of an unknown call.',
      refusedWith(400),
      refuseCreate((sent) => callOfBlob(sent) !== undefined && isCall(sent)),
    ],
    'app-media-lost': ['A call to a person comes back with media of the service.', /mediaConfig/, serviceHosted(isCallWithMedia)],
    'app-media-with-roster': [
      'A call to a person with media of the application has a roster.',
      unexpected('roster updated.*'),
      established(isCallWithMedia, (notification) => [
        notification,
        withEntry(notification, { resource: `/app/calls/${notification.callId}/participants`, resourceData: [] }),
      ]),
    ],
  },
  'CC-32': {
    'scheduled-roster-first': [
      'The roster of a scheduled meeting comes before established.',
      MISSING_OR_UNEXPECTED,
      swapWithNext('established', (sent) => inMeeting(sent) && !inChannel(sent) && !appHosted(sent)),
    ],
    'scheduled-roster-without-people': [
      'The roster of a scheduled meeting shows bots only.',
      NO_ROSTER,
      postFor((notification, sent) =>
        inMeeting(sent) && !inChannel(sent) ? withRoster(notification, (all) => all.filter(isBot)) : notification,
      ),
    ],
  },
  'CC-33': {
    'sent-direction-refused': [
      'Graph refuses a join with a direction.',
      refusedWith(400),
      refuseCreate((sent) => inMeeting(sent) && sent.direction !== undefined),
    ],
    'sent-tenant-refused': [
      'Graph refuses a join with a tenantId.',
      refusedWith(400),
      refuseCreate((sent) => inMeeting(sent) && sent.tenantId !== undefined),
    ],
    'join-media-lost': ['A join comes back with media of the service.', /mediaConfig/, serviceHosted(isJoinWithMedia)],
    'join-media-never-established': [
      'A join with media of the application is never established.',
      missing('established'),
      established(isJoinWithMedia, () => null),
    ],
  },
  'CC-34': {
    'channel-as-scheduled': [
      'The message of a channel comes back as that of a scheduled meeting.',
      /chatInfo\.messageId/,
      rewriteNewCall((call, sent) => (inChannel(sent) ? { chatInfo: { ...objectAt(call, 'chatInfo'), messageId: '0' } } : {})),
    ],
    'channel-message-lost': [
      'Notifications of a channel have the message of a scheduled meeting.',
      /resourceData\.chatInfo\.messageId/,
      postFor((notification, sent) =>
        inChannel(sent) && dataOf(notification).chatInfo !== undefined
          ? withData(notification, { chatInfo: { ...objectAt(sent, 'chatInfo'), messageId: '0' } })
          : notification,
      ),
    ],
    'channel-without-roster': [
      'The meeting of a channel has no roster.',
      NO_ROSTER,
      postFor((notification, sent) =>
        inChannel(sent) && !isObject(sent.source) && isRoster(notification) ? null : notification,
      ),
    ],
  },
  'CC-35': {
    'guest-never-seen-waiting': [
      'A guest gets no roster before the admission.',
      missing('in the lobby'),
      postFor((notification, sent) =>
        asGuest(sent) && isRoster(notification) && participantsOf(notification).some(isInLobby) ? null : notification,
      ),
    ],
    'guest-never-admitted': ['The guest of example 6 is never admitted.', missing('established'), ignore(isKind('admit'))],
    'guest-on-the-roster-as-application': [
      'The roster of example 6 shows the application in place of the guest.',
      either(MISSING, /the bot on the roster/),
      postFor((notification, sent) => (asGuest(sent) ? withRoster(notification, (all) => all.map(asApplication)) : notification)),
    ],
  },
})

function asApplication(participant: JsonObject): JsonObject {
  const { guest, ...others } = objectAt(participant, 'info', 'identity')
  if (guest === undefined) return participant
  return { ...participant, info: { ...objectAt(participant, 'info'), identity: { ...others, application: guest } } }
}
