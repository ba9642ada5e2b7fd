// The forms of "create call": how the service distinguishes them, which permissions each needs, and under which names permissions are known.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Caller } from './commands'
import type { Refusal } from './errors'
import { documented, type Sourced } from './provenance'
import type { FormName } from './state'

export type { FormName } from './state'

export interface Form extends Sourced {
  readonly name: FormName
  readonly permission: PermissionName
  /** Whether only later pages have it: elsewhere it is answered 501. */
  readonly later: boolean
  fits(shape: Shape): boolean
}

/** What distinguishes the forms, read from a body that may be anything. */
interface Shape {
  readonly meetingType: string | null
  readonly guest: boolean
  readonly targets: number
  readonly phone: boolean
}

/** Every permission for calling, by the name that can be granted (E-05). */
export const PERMISSIONS = [
  'Calls.Initiate.All',
  'Calls.InitiateGroupCall.All',
  'Calls.JoinGroupCall.All',
  'Calls.JoinGroupCallAsGuest.All',
  'Calls.AccessMedia.All',
] as const
export type PermissionName = (typeof PERMISSIONS)[number]

/** For looking a meeting up; either is enough (documented: page "Get onlineMeeting" of 2019; application permissions only). */
export const LOOK_UP_PERMISSIONS = ['OnlineMeetings.Read.All', 'OnlineMeetings.ReadWrite.All'] as const

const COORDINATES = ['#microsoft.graph.organizerMeetingInfo', '#microsoft.graph.tokenMeetingInfo']

/** The first that fits is the form. That these members distinguish them is an assumption, drawn from the examples. */
export const FORMS: readonly Form[] = [
  {
    name: 'meeting-by-id',
    permission: 'Calls.JoinGroupCall.All',
    later: true,
    fits: ({ meetingType }) => meetingType === '#microsoft.graph.joinMeetingIdMeetingInfo',
    ...documented('page "Create call" of 2023; that it needs this permission is an assumption'),
  },
  {
    name: 'meeting-as-guest',
    permission: 'Calls.JoinGroupCallAsGuest.All',
    later: false,
    fits: ({ meetingType, guest }) => meetingType !== null && COORDINATES.includes(meetingType) && guest,
    ...documented('example 6'),
  },
  {
    name: 'meeting',
    permission: 'Calls.JoinGroupCall.All',
    later: false,
    fits: ({ meetingType }) => meetingType !== null && COORDINATES.includes(meetingType),
    ...documented('examples 3, 4 and 5'),
  },
  {
    name: 'phone',
    permission: 'Calls.Initiate.All',
    later: true,
    fits: ({ targets, phone }) => targets === 1 && phone,
    ...documented('page "Create call" of 2023'),
  },
  {
    name: 'peer-to-peer',
    permission: 'Calls.Initiate.All',
    later: false,
    fits: ({ targets }) => targets === 1,
    ...documented('examples 1 and 2'),
  },
  {
    name: 'group',
    permission: 'Calls.InitiateGroupCall.All',
    later: false,
    fits: ({ targets }) => targets > 1,
    ...documented('permissions reference of 2019; E-73'),
  },
]

/** Needed in addition where the application hosts the media. */
export const MEDIA_PERMISSION: PermissionName = 'Calls.AccessMedia.All'

export const APP_HOSTED = '#microsoft.graph.appHostedMediaConfig'
export const SERVICE_HOSTED = '#microsoft.graph.serviceHostedMediaConfig'

/** The form of a request, or undefined when it has neither targets nor a meeting. */
export function formOf(body: JsonObject): Form | undefined {
  const shape = shapeOf(body)
  return FORMS.find((form) => form.fits(shape))
}

function shapeOf(body: JsonObject): Shape {
  const targets = Array.isArray(body.targets) ? body.targets : []
  return {
    meetingType: isObject(body.meetingInfo) ? odataType(body.meetingInfo) : null,
    guest: identityKinds(body.source).includes('guest'),
    targets: targets.length,
    phone: targets.some((target) => identityKinds(target).includes('phone')),
  }
}

/** The type of an object as Graph writes it; clients send it with and without the leading `#`. */
export function odataType(value: JsonObject): string | null {
  const type = value['@odata.type']
  if (typeof type !== 'string') return null
  return type.startsWith('#') ? type : `#${type}`
}

/** Which members of the identity set of a participantInfo are filled: user, guest, phone and so on. */
function identityKinds(participant: Json | undefined): readonly string[] {
  if (!isObject(participant) || !isObject(participant.identity)) return []
  return Object.entries(participant.identity)
    .filter(([, identity]) => isObject(identity))
    .map(([kind]) => kind)
}

/** The page's own spellings, in lower case, and the names that can be granted (E-04, E-05). */
const ALIASES = new Map<string, PermissionName>(
  Object.entries({
    'calls.initiategroupcalls.all': 'Calls.InitiateGroupCall.All',
    'calls.joingroupcalls.all': 'Calls.JoinGroupCall.All',
    'calls.joingroupcallsasguest.all': 'Calls.JoinGroupCallAsGuest.All',
    'calls.initiate.all': 'Calls.Initiate.All',
    'calls.initiategroupcall.all': 'Calls.InitiateGroupCall.All',
    'calls.joingroupcall.all': 'Calls.JoinGroupCall.All',
    'calls.joingroupcallasguest.all': 'Calls.JoinGroupCallAsGuest.All',
    'calls.accessmedia.all': 'Calls.AccessMedia.All',
  }),
)

/** What an administrator can consent to for a bot of this API: calling, and the look-up of meetings. */
export const EVERY_PERMISSION: readonly string[] = [...PERMISSIONS, LOOK_UP_PERMISSIONS[0]]

/** The permission that a granted name stands for, without regard to letter case; null for one that has nothing to do with calls. */
export function permissionOf(name: string): PermissionName | null {
  return ALIASES.get(name.toLowerCase()) ?? null
}

/** The permissions that a request needs. Whether a stronger one covers a weaker is not documented: here it does not (assumption). */
function permissionsFor(form: Form, body: JsonObject): readonly PermissionName[] {
  const appHosted = isObject(body.mediaConfig) && odataType(body.mediaConfig) === APP_HOSTED
  return appHosted ? [form.permission, MEDIA_PERMISSION] : [form.permission]
}

/** Calls are an application's: the token of a person who signed in is refused before anything else (observed for create). */
export function refuseDelegated({ appId, delegated }: Caller): Refusal | null {
  if (delegated !== true) return null
  return {
    error: 'delegatedToken',
    detail: null,
    diagnosis: `the token of app ${appId} is a person's (scp, no roles), and no delegated permission works for calls: get one with grant_type=client_credentials`,
  }
}

/** Null when the caller may create this call; the order of the checks is an assumption drawn from reports. */
export function refusePermission(caller: Caller, body: JsonObject): Refusal | null {
  const delegated = refuseDelegated(caller)
  if (delegated !== null) return delegated
  if (!caller.registered) {
    return {
      error: 'notRegistered',
      detail: null,
      diagnosis: `app ${caller.appId} is not registered for calling: set "registered: true" for it, on a tenant enable calling for the bot`,
    }
  }
  const granted = new Set(caller.permissions.map(permissionOf))
  const form = formOf(body)
  const needed: readonly PermissionName[] = form === undefined ? [] : permissionsFor(form, body)
  const missing = needed.filter((permission) => !granted.has(permission))
  const anyCalling = [...granted].some((permission) => permission !== null)
  if (missing.length === 0 && anyCalling) return null
  const what = form === undefined ? 'any permission for calling' : missing.join(' and ')
  return {
    error: 'insufficientPermissions',
    detail: null,
    diagnosis: `app ${caller.appId} lacks ${what}${form === undefined ? '' : `, needed for a ${form.name} call`}: grant it and have an administrator consent`,
  }
}
