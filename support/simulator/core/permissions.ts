// Which permissions a token must carry, and under which names they are understood.
import { isObject, type JsonObject } from '../../contract/json'
import type { Caller } from './commands'
import type { Refusal } from './errors'
import { APP_HOSTED, type Form, formOf, MEDIA_PERMISSION, odataType, PERMISSIONS, type PermissionName } from './forms'
import { LOOK_UP_PERMISSIONS } from './online-meetings'

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

/** The permission that a granted name stands for, without regard to letter case; null for one that is none of calling's. */
export function permissionOf(name: string): PermissionName | null {
  return ALIASES.get(name.toLowerCase()) ?? null
}

/** The permissions that a request needs. Whether a stronger one covers a weaker is not documented: here it does not (assumption). */
export function permissionsFor(form: Form, body: JsonObject): readonly PermissionName[] {
  const appHosted = isObject(body.mediaConfig) && odataType(body.mediaConfig) === APP_HOSTED
  return appHosted ? [form.permission, MEDIA_PERMISSION] : [form.permission]
}

/** Null when the caller may create this call; the order of the checks is an assumption drawn from reports. */
export function refusePermission(caller: Caller, body: JsonObject): Refusal | null {
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
