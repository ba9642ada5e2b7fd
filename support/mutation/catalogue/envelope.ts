// Deviations in how notifications are posted: as what, where to, and in which envelope.
import type { Json, JsonObject } from '../../contract/json'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks } from '../wrap/breaks'
import { content, entry } from '../wrap/changing'
import { carried, isRoster, type Parcel, posted, postedState, posting, withChange } from '../wrap/posting'

const envelope = (rewrite: (body: JsonObject) => Json): Wrap =>
  carried(() => (parcel) => ({ ...parcel, body: JSON.stringify(rewrite(JSON.parse(parcel.body) as JsonObject)) }))

const parcel = (members: (parcel: Parcel) => Partial<Parcel>): Wrap => carried(() => (one) => ({ ...one, ...members(one) }))

const header = (name: string, value: string): Wrap => parcel(({ headers }) => ({ headers: { ...headers, [name]: value } }))

export const ENVELOPES: readonly Deviation[] = [
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
    /not JSON/,
    parcel(({ body }) => ({ body: body.replace(/}$/, ',}') })),
  ),
  breaks(
    'CC-40',
    'posted-cut-off',
    'Notifications end in the middle.',
    /not JSON/,
    parcel(({ body }) => ({ body: body.slice(0, -20) })),
  ),
  breaks(
    'CC-40',
    'posted-to-the-host',
    'Notifications are posted to the host of the callback, without its path.',
    /a notification is missing/,
    parcel(({ url }) => ({ url: `${new URL(url).origin}/` })),
  ),
  breaks(
    'CC-40',
    'posted-below',
    'Notifications are posted to a path below the callback.',
    /a notification is missing/,
    parcel(({ url }) => ({ url: `${url}/notifications` })),
  ),
  breaks(
    'CC-40',
    'posted-to-nobody',
    'Notifications are not posted at all.',
    /a notification is missing/,
    posting(() => () => null),
  ),
  breaks(
    'CC-41',
    'entry-without-envelope',
    'A notification is posted without the list around it.',
    /shape than documented.* value: .*received undefined/,
    envelope(({ value }) => (value as Json[])[0] ?? null),
  ),
  breaks(
    'CC-41',
    'value-no-list',
    'The value of what is posted is an entry, not a list.',
    /shape than documented: value: .*received object/,
    envelope((body) => ({ ...body, value: (body.value as Json[])[0] ?? null })),
  ),
  breaks(
    'CC-41',
    'value-empty',
    'The list of what is posted has no entry.',
    /shape than documented: value: Too small/,
    envelope((body) => ({ ...body, value: [] })),
  ),
  breaks(
    'CC-41',
    'envelope-as-list',
    'What is posted is a list, without an object around it.',
    /shape than documented: .*received array/,
    envelope(({ value }) => value ?? null),
  ),
  breaks(
    'CC-41',
    'envelope-untyped',
    'What is posted does not say its type.',
    /shape than documented: @odata\.type/,
    envelope(({ value }) => ({ value: value ?? null })),
  ),
  breaks(
    'CC-41',
    'entry-untyped',
    'Entries do not say their type.',
    /shape than documented: value\.0\.@odata\.type/,
    entry(() => ({ '@odata.type': undefined })),
  ),
  breaks(
    'CC-41',
    'change-type-capital',
    'The change type is written with a capital.',
    /shape than documented: value\.0\.changeType/,
    entry(({ changeType }) => ({ changeType: String(changeType).replace('u', 'U') })),
  ),
  breaks(
    'CC-41',
    'change-type-created',
    'The first notification of a call says that it was created.',
    /changeType|is missing/,
    postedState('establishing', (notification) => withChange(notification, { changeType: 'created' })),
  ),
  breaks(
    'CC-41',
    'change-type-missing',
    'Entries do not say what kind of change it is.',
    /shape than documented: value\.0\.changeType/,
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
    /shape than documented: value\.0\.callbackUri/,
    entry(() => ({ callbackUri: null })),
  ),
  breaks(
    'CC-41',
    'content-as-text',
    'The resourceData of entries is a text that holds JSON.',
    /shape than documented: value\.0\.resourceData/,
    entry(({ resourceData }) => ({ resourceData: JSON.stringify(resourceData) })),
  ),
  breaks(
    'CC-41',
    'content-missing',
    'Entries have no resourceData.',
    /shape than documented: value\.0\.resourceData/,
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
]
