// Deviations in what notifications say, and notifications that should not be.
import type { Json, JsonObject } from '../../contract/json'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, deeply, NOBODY, objectAt } from '../wrap/breaks'
import { content, entry, established, type Members, ofCall } from '../wrap/changing'
import { dataOf, posted, postedState, withChange, withData } from '../wrap/posting'

const coordinates = (members: (data: JsonObject) => Members): Wrap =>
  posted(
    (notification) => dataOf(notification).chatInfo !== undefined,
    (notification) => withData(notification, members(dataOf(notification))),
  )

/** A change of something of the call, besides that it is established. */
const beside = (suffix: string, data: Json): Wrap =>
  postedState('established', (notification) => [
    notification,
    withChange(notification, { resource: `/app/calls/${notification.callId}${suffix}`, resourceData: data }),
  ])

export const NOTIFIED: readonly Deviation[] = [
  breaks(
    'CC-42',
    'resource-absolute',
    'The resource of a change has host and version.',
    /is missing|resource/,
    entry(({ resource }) => ({ resource: `https://graph.microsoft.com/beta${resource}` })),
  ),
  breaks(
    'CC-42',
    'resource-with-version',
    'The resource of a change has the version.',
    /is missing|resource/,
    ofCall(({ resource }) => ({ resource: `/beta${resource}` })),
  ),
  breaks(
    'CC-42',
    'resource-unrooted',
    'The resource of a change does not begin with a slash.',
    /resource/,
    ofCall(({ resource }) => ({ resource: String(resource).slice(1) })),
  ),
  breaks(
    'CC-42',
    'resource-of-all-calls',
    'The resource of a change is that of all calls.',
    /is missing|resource/,
    ofCall(() => ({ resource: '/app/calls' })),
  ),
  breaks(
    'CC-42',
    'resource-of-another-call',
    'The resource of a change is that of another call.',
    /of another call|is missing/,
    ofCall(() => ({ resource: `/app/calls/${NOBODY}` })),
  ),
  breaks(
    'CC-42',
    'content-of-another-call',
    'The content of a change has another id than that of the call.',
    /resourceData\.id/,
    content(() => ({ id: NOBODY })),
  ),
  breaks(
    'CC-42',
    'state-missing',
    'A change of a call does not say its state.',
    /is missing.*without a state/,
    content(() => ({ state: undefined })),
  ),
  breaks(
    'CC-42',
    'notified-state-capital',
    'The state in a change is written with a capital.',
    /is missing.*Establishing/,
    content(({ state }) => ({ state: String(state).replace('e', 'E') })),
  ),
  breaks(
    'CC-42',
    'content-null',
    'The content of a change of a call is an empty object.',
    /is missing.*without a state/,
    ofCall(() => ({ resourceData: {} })),
  ),
  breaks(
    'CC-42',
    'content-in-a-list',
    'The content of a change of a call is a list of one.',
    /is missing.*something else updated/,
    ofCall(({ resourceData }) => ({ resourceData: [resourceData as Json] })),
  ),
  breaks(
    'CC-42b',
    'established-incoming',
    'Established says that the call is incoming.',
    /resourceData\.direction/,
    established({ direction: 'incoming' }),
  ),
  breaks(
    'CC-42b',
    'established-without-direction',
    'Established does not say the direction.',
    /resourceData\.direction/,
    established({ direction: undefined }),
  ),
  breaks(
    'CC-42b',
    'established-of-no-tenant',
    'Established says a tenant that is not that of the bot.',
    /resourceData\.tenantId/,
    established({ tenantId: NOBODY }),
  ),
  breaks(
    'CC-42b',
    'established-tenant-null',
    'Established has null for a tenant.',
    /resourceData\.tenantId/,
    established({ tenantId: null }),
  ),
  breaks(
    'CC-44',
    'roster-of-a-call',
    'A call to a person has a roster.',
    /unexpected notification: .*roster updated/,
    beside('/participants', []),
  ),
  breaks(
    'CC-44',
    'operation-of-a-call',
    'The bot is notified of an operation that it did not ask for.',
    /unexpected notification: .*operation updated/,
    beside(`/operations/${NOBODY}`, { '@odata.type': '#microsoft.graph.commsOperation', status: 'completed', id: NOBODY }),
  ),
  breaks(
    'CC-44',
    'media-of-a-call',
    'The bot is notified of the audio of its call as of something of its own.',
    /unexpected notification: .*something else updated/,
    beside('/audioRoutingGroups', [{ '@odata.type': '#microsoft.graph.audioRoutingGroup', id: NOBODY }]),
  ),
  breaks(
    'CC-49',
    'coordinates-missing',
    'Notifications of a meeting have no coordinates.',
    /resourceData\.chatInfo/,
    coordinates(() => ({ chatInfo: undefined, meetingInfo: undefined })),
  ),
  breaks(
    'CC-49',
    'meeting-missing',
    'Notifications of a meeting do not say who organizes it.',
    /resourceData\.meetingInfo/,
    coordinates(() => ({ meetingInfo: undefined })),
  ),
  breaks(
    'CC-49',
    'coordinates-of-another',
    'Notifications of a meeting have the thread of another.',
    /resourceData\.chatInfo\.threadId/,
    coordinates(({ chatInfo }) => ({ chatInfo: { ...objectAt(chatInfo), threadId: '19:meeting_another@thread.v2' } })),
  ),
  breaks(
    'CC-49',
    'coordinates-lost-later',
    'Only the first notification of a meeting has its coordinates.',
    /resourceData\.chatInfo/,
    established({ chatInfo: undefined }),
  ),
  breaks(
    'CC-49',
    'organizer-of-no-tenant',
    'Notifications of a meeting have its organizer without a tenant.',
    /resourceData\.meetingInfo\.organizer/,
    coordinates(({ meetingInfo }) => ({
      meetingInfo: deeply(meetingInfo ?? null, (one) => ({ ...one, ...(one.tenantId === undefined ? {} : { tenantId: null }) })),
    })),
  ),
]
