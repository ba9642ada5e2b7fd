// Deviations in what is posted to the bot: envelope, resource, content, and what is posted that should not be.
import type { Json, JsonObject } from '../../contract/json'
import { NOBODY } from './answers'
import type { Deviation, Wrap } from './deviation'
import {
  breaks,
  carried,
  changeOf,
  dataOf,
  deeply,
  isRoster,
  objectAt,
  type Parcel,
  posted,
  postedState,
  posting,
  withChange,
  withData,
} from './wrapping'

type Members = Readonly<Record<string, Json | undefined>>

const always = () => true
const entry = (members: (change: JsonObject) => Members): Wrap =>
  posted(always, (notification) => withChange(notification, members(changeOf(notification))))
const ofCall = (members: (change: JsonObject) => Members): Wrap =>
  posted(
    (notification) => !isRoster(notification),
    (notification) => withChange(notification, members(changeOf(notification))),
  )
const content = (members: (data: JsonObject) => Members): Wrap =>
  posted(
    (notification) => !isRoster(notification),
    (notification) => withData(notification, members(dataOf(notification))),
  )
const established = (members: Members): Wrap => postedState('established', (notification) => withData(notification, members))
const coordinates = (members: (data: JsonObject) => Members): Wrap =>
  posted(
    (notification) => dataOf(notification).chatInfo !== undefined,
    (notification) => withData(notification, members(dataOf(notification))),
  )
const envelope = (rewrite: (body: JsonObject) => Json): Wrap =>
  carried(() => (parcel) => ({ ...parcel, body: JSON.stringify(rewrite(JSON.parse(parcel.body) as JsonObject)) }))
const parcel = (members: (parcel: Parcel) => Partial<Parcel>): Wrap => carried(() => (one) => ({ ...one, ...members(one) }))
const header = (name: string, value: string): Wrap => parcel(({ headers }) => ({ headers: { ...headers, [name]: value } }))

/** A change of something of the call, besides that it is established. */
const beside = (suffix: string, data: Json): Wrap =>
  postedState('established', (notification) => [
    notification,
    withChange(notification, { resource: `/app/calls/${notification.callId}${suffix}`, resourceData: data }),
  ])

const REFUSED = /refused a post/

export const NOTIFIED: readonly Deviation[] = [
  breaks(
    'CC-40',
    'posted-as-text',
    'Notifications are posted as plain text.',
    /came as text\/plain/,
    header('content-type', 'text/plain'),
  ),
  breaks(
    'CC-40',
    'posted-as-form',
    'Notifications are posted as a form.',
    /came as application\/x-www-form-urlencoded/,
    header('content-type', 'application/x-www-form-urlencoded'),
  ),
  breaks(
    'CC-40',
    'put-in-place-of-post',
    'Notifications are put, not posted.',
    /came as PUT/,
    parcel(() => ({ method: 'PUT' })),
  ),
  breaks(
    'CC-40',
    'posted-with-trailing-comma',
    'Notifications are no JSON: they have a comma after the last member.',
    /no JSON/,
    parcel(({ body }) => ({ body: body.replace(/}$/, ',}') })),
  ),
  breaks(
    'CC-40',
    'posted-cut-off',
    'Notifications end in the middle.',
    /no JSON/,
    parcel(({ body }) => ({ body: body.slice(0, -20) })),
  ),
  breaks(
    'CC-40',
    'posted-to-the-host',
    'Notifications are posted to the host of the callback, without its path.',
    /a notification did not come/,
    parcel(({ url }) => ({ url: `${new URL(url).origin}/` })),
  ),
  breaks(
    'CC-40',
    'posted-below',
    'Notifications are posted to a path below the callback.',
    /a notification did not come/,
    parcel(({ url }) => ({ url: `${url}/notifications` })),
  ),
  breaks(
    'CC-40',
    'posted-to-nobody',
    'Notifications are not posted at all.',
    /a notification did not come/,
    posting(() => () => null),
  ),

  breaks(
    'CC-41',
    'entry-without-envelope',
    'A notification is posted without the list around it.',
    REFUSED,
    envelope(({ value }) => (value as Json[])[0] ?? null),
  ),
  breaks(
    'CC-41',
    'value-no-list',
    'The value of what is posted is an entry, not a list.',
    REFUSED,
    envelope((body) => ({ ...body, value: (body.value as Json[])[0] ?? null })),
  ),
  breaks(
    'CC-41',
    'value-empty',
    'The list of what is posted has no entry.',
    REFUSED,
    envelope((body) => ({ ...body, value: [] })),
  ),
  breaks(
    'CC-41',
    'envelope-as-list',
    'What is posted is a list, without an object around it.',
    REFUSED,
    envelope(({ value }) => value ?? null),
  ),
  breaks(
    'CC-41',
    'envelope-untyped',
    'What is posted does not say its type.',
    REFUSED,
    envelope(({ value }) => ({ value: value ?? null })),
  ),
  breaks(
    'CC-41',
    'entry-untyped',
    'Entries do not say their type.',
    REFUSED,
    entry(() => ({ '@odata.type': undefined })),
  ),
  breaks(
    'CC-41',
    'change-type-capital',
    'The change type is written with a capital.',
    /changeType/,
    entry(({ changeType }) => ({ changeType: String(changeType).replace('u', 'U') })),
  ),
  breaks(
    'CC-41',
    'change-type-created',
    'The first notification of a call says that it was created.',
    /changeType|did not come/,
    postedState('establishing', (notification) => withChange(notification, { changeType: 'created' })),
  ),
  breaks(
    'CC-41',
    'change-type-missing',
    'Entries do not say what kind of change it is.',
    /changeType/,
    entry(() => ({ changeType: undefined })),
  ),
  breaks(
    'CC-41',
    'callback-of-another',
    'Entries have another callbackUri than that of the call.',
    /callbackUri: documented/,
    entry(() => ({ callbackUri: 'https://bot.contoso.com/another' })),
  ),
  breaks(
    'CC-41',
    'callback-null',
    'The callbackUri of entries is null.',
    REFUSED,
    entry(() => ({ callbackUri: null })),
  ),
  breaks(
    'CC-41',
    'content-as-text',
    'The resourceData of entries is a text that holds JSON.',
    /resourceData/,
    entry(({ resourceData }) => ({ resourceData: JSON.stringify(resourceData) })),
  ),
  breaks(
    'CC-41',
    'content-missing',
    'Entries have no resourceData.',
    /resourceData/,
    entry(() => ({ resourceData: undefined })),
  ),
  breaks(
    'CC-41',
    'content-untyped',
    'The resourceData of a call does not say its type.',
    /resourceData\.@odata\.type/,
    content(() => ({ '@odata.type': undefined })),
  ),
  breaks(
    'CC-41',
    'roster-created',
    'A roster is notified as created.',
    /changeType: documented "updated"/,
    posted(isRoster, (notification) => withChange(notification, { changeType: 'created' })),
  ),

  breaks(
    'CC-42',
    'resource-absolute',
    'The resource of a change has host and version.',
    /did not come|resource/,
    entry(({ resource }) => ({ resource: `https://graph.microsoft.com/beta${resource}` })),
  ),
  breaks(
    'CC-42',
    'resource-with-version',
    'The resource of a change has the version.',
    /did not come|resource/,
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
    /did not come|resource/,
    ofCall(() => ({ resource: '/app/calls' })),
  ),
  breaks(
    'CC-42',
    'resource-of-another-call',
    'The resource of a change is that of another call.',
    /of another call|did not come/,
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
    /did not come/,
    content(() => ({ state: undefined })),
  ),
  breaks(
    'CC-42',
    'notified-state-capital',
    'The state in a change is written with a capital.',
    /did not come/,
    content(({ state }) => ({ state: String(state).replace('e', 'E') })),
  ),
  breaks(
    'CC-42',
    'content-null',
    'The content of a change of a call is an empty object.',
    /did not come/,
    ofCall(() => ({ resourceData: {} })),
  ),
  breaks(
    'CC-42',
    'content-in-a-list',
    'The content of a change of a call is a list of one.',
    /did not come/,
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
    /roster updated.* came besides/,
    beside('/participants', []),
  ),
  breaks(
    'CC-44',
    'operation-of-a-call',
    'The bot is notified of an operation that it did not ask for.',
    /operation updated.* came besides/,
    beside(`/operations/${NOBODY}`, { '@odata.type': '#microsoft.graph.commsOperation', status: 'completed', id: NOBODY }),
  ),
  breaks(
    'CC-44',
    'media-of-a-call',
    'The bot is notified of the audio of its call as of something of its own.',
    /something else updated.* came besides/,
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
