// Deviations in which permissions Graph requires: each permission missing, replaced by another, or required in addition.
import type { JsonObject } from '../../contract/json'
import type { Caller } from '../../simulator/core/commands'
import {
  type FormName,
  formOf,
  MEDIA_PERMISSION,
  PERMISSIONS,
  type PermissionName,
  permissionOf,
} from '../../simulator/core/forms'
import type { Wrap } from '../../simulator/wrapping'
import { accept, type Create, commands, decisions, refuseAndCreate } from '../wrap/core'
import { appHosted, changed, objectAt, responsesWith } from '../wrap/responses'
import { CREATED, deviationsFrom, refusedWith } from './rows'

type Granted = ReadonlySet<PermissionName | null>

/** Replaces the permissions of the caller of a create. */
const grant = (rewrite: (granted: Granted, body: JsonObject) => Iterable<PermissionName | null>): Wrap =>
  commands((command) => {
    if (command.kind !== 'create') return command
    const granted = new Set(command.caller.permissions.map(permissionOf))
    const permissions = [...rewrite(granted, command.body)].filter((name) => name !== null)
    return { ...command, caller: { ...command.caller, permissions } }
  })

type Picks = (body: JsonObject) => boolean

const isForm =
  (name: FormName): Picks =>
  (body) =>
    formOf(body)?.name === name

const [isCall, isJoin, isGuestJoin, isGroupCall] = (['peer-to-peer', 'meeting', 'meeting-as-guest', 'group'] as const).map(
  isForm,
) as [Picks, Picks, Picks, Picks]

/** Requires no permission. */
const free = (picks: Picks): Wrap => grant((granted, body) => (picks(body) ? PERMISSIONS : granted))

/** Does not require the permission for media. */
const freeMedia = (picks: Picks): Wrap =>
  grant((granted, body) => (appHosted(body) && picks(body) ? [...granted, MEDIA_PERMISSION] : granted))

/** Accepts another permission in place of the required ones. */
const acceptOther = (picks: Picks, other: PermissionName, required: readonly PermissionName[]): Wrap =>
  grant((granted, body) => (picks(body) && granted.has(other) ? [...granted, ...required] : granted))

/** Requires another permission in addition. */
const requireToo = (picks: Picks, other: PermissionName): Wrap =>
  grant((granted, body) => (picks(body) && !granted.has(other) ? [] : granted))

/** Refuses apps that hold every permission. */
const refuseAll = (picks: Picks): Wrap =>
  grant((granted, body) => (picks(body) && PERMISSIONS.every((one) => granted.has(one)) ? [] : granted))

/** Copies a create with a registered caller that holds every permission. */
const permitted = (create: Create): Create => ({
  ...create,
  caller: { ...create.caller, permissions: PERMISSIONS, registered: true },
})

/** Changes the 403 with one code, which may stand in the message, as the gateway sends it. Other members of the error replace its own. */
const forbidden = (
  code: string,
  { status, ...members }: { readonly status?: number; readonly code?: string; readonly message?: string },
): Wrap =>
  responsesWith(403, async (response) => {
    const { error } = (await response.clone().json()) as { error: { code: string; message: string } }
    if (error.code !== code && !error.message.includes(`"errorCode":"${code}"`)) return response
    return changed(response, { ...(status && { status }), body: JSON.stringify({ error: { ...error, ...members } }) })
  })

/** Refuses an app without permissions and posts the notifications of its call. */
const refuseAndNotify = decisions((decision, command, again) =>
  command.kind === 'create' && decision.answer.kind === 'refused' && decision.answer.refusal.error === 'insufficientPermissions'
    ? { ...decision, effects: again(permitted(command)).effects }
    : decision,
)

/** Gives every app the permissions of the first app that called. */
const permissionsOfFirstApp: Wrap = ({ authenticate }) => {
  let first: Caller | null = null
  return {
    authenticate: async (authorization) => {
      const known = await authenticate(authorization)
      if (!('appId' in known)) return known
      first ??= known
      return { ...known, permissions: first.permissions }
    },
  }
}

/** Graph accepted a request without the required permission. */
const PERMITTED = /Graph answered 201; expected: refused with 403/

/** Graph refused a request with the required permission. */
const FORBIDDEN = refusedWith(403)

const WRITTEN = deviationsFrom({
  'CC-07': {
    'permission-not-needed': [
      'An app without permissions may do everything.',
      PERMITTED,
      grant((granted) => (granted.size === 0 ? PERMISSIONS : granted)),
    ],
    'guest-needs-no-permission': [
      'An app without permissions may join as a guest.',
      PERMITTED,
      grant((granted, body) => (granted.size === 0 && isGuestJoin(body) ? ['Calls.JoinGroupCallAsGuest.All'] : granted)),
    ],
    'permission-missing-and-created': [
      'Graph refuses an app without permissions and creates the call.',
      CREATED,
      refuseAndCreate(['insufficientPermissions'], permitted),
    ],
    'permission-missing-and-notified': [
      'Graph refuses an app without permissions and notifies it of a call.',
      /unexpected notification/,
      refuseAndNotify,
    ],
    'permission-missing-401': [
      'Graph answers 401 to an app without permissions.',
      /answered 401/,
      forbidden('7504', { status: 401 }),
    ],
    'permissions-of-the-first-app': [
      'Every app has the permissions of the first app that called.',
      PERMITTED,
      permissionsOfFirstApp,
    ],
    'permissions-in-order-refused': ['Graph ignores the permissions in a token.', FORBIDDEN, grant(() => [])],
  },
  'CC-08': {
    'initiate-by-any-permission': [
      'Any permission for calls allows a call to a person.',
      PERMITTED,
      grant((granted, body) => (isCall(body) && !appHosted(body) && granted.size > 0 ? PERMISSIONS : granted)),
    ],
  },
  'CC-09': {
    'channel-unchecked': [
      'Joining the meeting of a channel requires no permission.',
      PERMITTED,
      free((body) => isJoin(body) && objectAt(body, 'chatInfo').messageId !== '0'),
    ],
    'join-by-printed-name-refused': [
      'Graph ignores the permission name that the page prints.',
      FORBIDDEN,
      commands((command) =>
        command.kind === 'create' && command.caller.permissions.includes('Calls.JoinGroupCalls.All')
          ? { ...command, caller: { ...command.caller, permissions: [] } }
          : command,
      ),
    ],
  },
  'CC-10': { 'guest-unchecked': ['Joining as a guest requires no permission.', PERMITTED, free(isGuestJoin)] },
  'CC-11': {
    'media-unchecked': ['Media of the application require no permission.', PERMITTED, freeMedia(() => true)],
    'media-unchecked-in-calls': ['Media of the application require no permission in a call.', PERMITTED, freeMedia(isCall)],
    'media-unchecked-in-meetings': ['Media of the application require no permission in a meeting.', PERMITTED, freeMedia(isJoin)],
    'media-unchecked-in-group-calls': [
      'Media of the application require no permission in a call to several people.',
      PERMITTED,
      freeMedia(isGroupCall),
    ],
    'media-unchecked-for-guests': [
      'Media of the application require no permission of a guest.',
      PERMITTED,
      freeMedia(isGuestJoin),
    ],
    'media-permission-does-for-all': [
      'The permission for media is enough for a call with media of the application.',
      PERMITTED,
      acceptOther(appHosted, MEDIA_PERMISSION, PERMISSIONS),
    ],
    'own-media-in-order-refused': [
      'Graph refuses media of the application with any permission.',
      FORBIDDEN,
      grant((granted, body) => (appHosted(body) ? [] : granted)),
    ],
  },
  'CC-12': { 'group-unchecked': ['Calling several people requires no permission.', PERMITTED, free(isGroupCall)] },
  'CC-17': {
    'unregistered-accepted': ['A bot that is not registered may call.', PERMITTED, accept(['notRegistered'], permitted)],
    'unregistered-as-lacking': [
      'Graph refuses a bot that is not registered as one without permission.',
      /refused with 7504; expected: 7503/,
      forbidden('7503', { code: '7504' }),
    ],
    'unregistered-as-lacking-inside': [
      'Graph hides the code of a missing permission in the refusal of a bot that is not registered.',
      /refused with UnknownError; expected: 7503/,
      forbidden('7503', { message: '{"errorCode":"7504","message":"Insufficient enterprise tenant permissions."}' }),
    ],
    'unregistered-without-code': [
      'Graph refuses a bot that is not registered with UnknownError and no code inside.',
      /refused with UnknownError; expected: 7503/,
      forbidden('7503', { message: 'Application is not registered in our store.' }),
    ],
    'unregistered-and-created': [
      'Graph refuses a bot that is not registered and creates its call.',
      CREATED,
      refuseAndCreate(['notRegistered'], permitted),
    ],
    'unregistered-404': [
      'Graph answers 404 to a bot that is not registered.',
      /answered 404/,
      forbidden('7503', { status: 404 }),
    ],
    'registration-in-order-refused': [
      'Graph finds no bot registered.',
      FORBIDDEN,
      commands((command) =>
        command.kind === 'create' ? { ...command, caller: { ...command.caller, registered: false } } : command,
      ),
    ],
  },
})

/** What an app may do with a permission: `does` continues "may", `doing` begins a sentence. */
type Use = readonly [id: string, requirement: string, permission: PermissionName, picks: Picks, does: string, doing: string]

const USES: readonly Use[] = [
  ['initiate', 'CC-08', 'Calls.Initiate.All', isCall, 'call a person', 'Calling a person'],
  ['join', 'CC-09', 'Calls.JoinGroupCall.All', isJoin, 'join meetings', 'Joining a meeting'],
  ['guest', 'CC-10', 'Calls.JoinGroupCallAsGuest.All', isGuestJoin, 'join as a guest', 'Joining as a guest'],
  ['group', 'CC-12', 'Calls.InitiateGroupCall.All', isGroupCall, 'call several people', 'Calling several people'],
  ['media', 'CC-11', MEDIA_PERMISSION, appHosted, 'access media', 'Hosting media'],
]

/** Each use with the permission of each other use: in place of its own, and in addition. */
const MATRIX = USES.flatMap(([id, requirement, permission, picks, does, doing]) => {
  const others = USES.filter(([other]) => other !== id)
  const required = id === 'media' ? PERMISSIONS : [permission]
  return deviationsFrom({
    [requirement]: Object.fromEntries([
      ...others.flatMap(([other, , held, , may]) => [
        [`${id}-by-${other}`, [`An app that may ${may} may ${does}.`, PERMITTED, acceptOther(picks, held, required)]],
        [`${id}-needs-${other}`, [`${doing} requires the permission to ${may}, too.`, FORBIDDEN, requireToo(picks, held)]],
      ]),
      [
        `${id}-by-all-in-order-refused`,
        [`${doing} is refused to an app that holds every permission.`, FORBIDDEN, refuseAll(picks)],
      ],
    ]),
  })
})

export const PERMISSION_CHECKS = [...WRITTEN, ...MATRIX]
