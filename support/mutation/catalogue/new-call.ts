// Deviations in what the new call holds: its state, what is unset, what is empty.

import type { Deviation } from '../../simulator/wrapping'
import { breaks, newCall, newCallWith, objectAt, without } from '../wrap/breaks'
import { asGuest, inMeeting, inside, set, setInMeetings } from '../wrap/rewriting'

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
    'CC-27',
    'join-has-targets',
    'The call that joins a meeting has its organizer for a target.',
    /targets: documented exactly \[\], received \[\{/,
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
    /targets: documented exactly \[\], received null/,
    setInMeetings({ targets: null }),
  ),
  breaks(
    'CC-27',
    'reply-chain-missing',
    'The chat of a meeting does not mention a reply chain.',
    /replyChainMessageId: documented null, received nothing/,
    inside('chatInfo', (chat) => without(chat, 'replyChainMessageId')),
  ),
  breaks(
    'CC-27',
    'reply-chain-invented',
    'The chat of a meeting has a reply chain that was not sent.',
    /replyChainMessageId: documented null, received "0"/,
    inside('chatInfo', (chat) => ({ ...chat, replyChainMessageId: '0' })),
  ),
  breaks(
    'CC-27',
    'guest-join-has-targets',
    'The call of a guest has the bot for a target.',
    /targets: documented exactly \[\], received \[\{/,
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
]
