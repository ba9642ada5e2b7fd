// Deviations in what an application may do: permissions that do not count, others that count in their place, refusals that are none.
import type { JsonObject } from '../../contract/json'
import type { Caller } from '../core/commands'
import { type FormName, formOf, MEDIA_PERMISSION, PERMISSIONS, type PermissionName } from '../core/forms'
import { permissionOf } from '../core/permissions'
import type { Deviation, Wrap } from './deviation'
import {
  answeringWith,
  breaks,
  type Create,
  commanded,
  deciding,
  forgiving,
  objectAt,
  otherwise,
  refusingInWords,
} from './wrapping'

const INITIATE: PermissionName = 'Calls.Initiate.All'
const GROUP: PermissionName = 'Calls.InitiateGroupCall.All'
const JOIN: PermissionName = 'Calls.JoinGroupCall.All'
const GUEST: PermissionName = 'Calls.JoinGroupCallAsGuest.All'

type Granted = ReadonlySet<PermissionName | null>

/** A create, with what its caller is taken to be granted. */
const granting = (rewrite: (granted: Granted, create: Create) => Iterable<PermissionName | null>): Wrap =>
  commanded((command) => {
    if (command.kind !== 'create') return command
    const granted = new Set(command.caller.permissions.map(permissionOf))
    const permissions = [...rewrite(granted, command)].filter((name) => name !== null)
    return { ...command, caller: { ...command.caller, permissions } }
  })

const isForm = (body: JsonObject, ...names: readonly FormName[]) => names.some((name) => formOf(body)?.name === name)
const appHosted = (body: JsonObject) => objectAt(body, 'mediaConfig')['@odata.type'] === '#microsoft.graph.appHostedMediaConfig'

/** For calls of a form another permission does as well. */
const instead = (form: FormName, another: PermissionName, own: PermissionName) =>
  granting((granted, { body }) => (isForm(body, form) && granted.has(another) ? [...granted, own] : granted))

/** Calls of a form need another permission besides. */
const besides = (form: FormName, another: PermissionName) =>
  granting((granted, { body }) => (isForm(body, form) && !granted.has(another) ? [] : granted))

/** Calls of a form need no permission. */
const free = (picks: (body: JsonObject) => boolean) => granting((granted, { body }) => (picks(body) ? PERMISSIONS : granted))

const entitled = (create: Create): Create => ({
  ...create,
  caller: { ...create.caller, permissions: PERMISSIONS, registered: true },
})

const LACKS = ['insufficientPermissions'] as const

/** A refusal is answered, and the bot is notified of a call that there is none of. */
const refusedAndNotified = deciding((decision, command, again) => {
  if (command.kind !== 'create' || decision.answer.kind !== 'refused' || decision.answer.refusal.error !== LACKS[0])
    return decision
  return { ...decision, effects: again(entitled(command)).effects }
})

/** Every app is taken to be granted what the first one that called was. */
const firstCallersPermissions: Wrap = ({ authenticate }) => {
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

const forbidden = (to: { readonly status?: number; readonly code?: string }) =>
  answeringWith(403, async (response) => {
    const body = (await response.json()) as { error: { code: string } }
    return otherwise(response, { ...to, body: JSON.stringify({ error: { ...body.error, code: to.code ?? body.error.code } }) })
  })

const REFUSED = /Graph answered 201; expected: refused with 403/
const GRANTED = /status 403; documented: 201/
const CREATED = /a call lives all the same/

export const PERMITTED: readonly Deviation[] = [
  breaks(
    'CC-07',
    'permission-not-needed',
    'An app that is granted nothing may do everything.',
    REFUSED,
    granting((granted) => (granted.size === 0 ? PERMISSIONS : granted)),
  ),
  breaks(
    'CC-07',
    'guest-needs-no-permission',
    'An app that is granted nothing may join as a guest.',
    REFUSED,
    granting((granted, { body }) => (granted.size === 0 && isForm(body, 'meeting-as-guest') ? [GUEST] : granted)),
  ),
  breaks(
    'CC-07',
    'permission-missing-and-created',
    'An app that is granted nothing is refused, and its call is created all the same.',
    CREATED,
    refusingInWords(LACKS, entitled),
  ),
  breaks(
    'CC-07',
    'permission-missing-and-notified',
    'An app that is granted nothing is refused, and notified of a call.',
    /nothing should be notified/,
    refusedAndNotified,
  ),
  breaks(
    'CC-07',
    'permission-missing-401',
    'An app that is granted nothing is refused as if its token were bad.',
    /answered 401/,
    forbidden({ status: 401 }),
  ),
  breaks(
    'CC-07',
    'permissions-of-the-first-app',
    'What the first app that called is granted counts for every other.',
    REFUSED,
    firstCallersPermissions,
  ),
  breaks(
    'CC-07',
    'permissions-not-read',
    'The permissions in a token do not count: everybody is refused.',
    GRANTED,
    granting(() => []),
  ),

  breaks(
    'CC-08',
    'initiate-by-any-permission',
    'Whoever holds a permission for calling may call a person.',
    REFUSED,
    granting((granted, { body }) =>
      isForm(body, 'peer-to-peer') && !appHosted(body) && granted.size > 0 ? PERMISSIONS : granted,
    ),
  ),
  breaks(
    'CC-08',
    'initiate-by-join',
    'Who may join meetings may call a person.',
    REFUSED,
    instead('peer-to-peer', JOIN, INITIATE),
  ),
  breaks(
    'CC-08',
    'initiate-by-guest',
    'Who may join as a guest may call a person.',
    REFUSED,
    instead('peer-to-peer', GUEST, INITIATE),
  ),
  breaks(
    'CC-08',
    'initiate-by-media',
    'Who may access media may call a person.',
    REFUSED,
    instead('peer-to-peer', MEDIA_PERMISSION, INITIATE),
  ),
  breaks(
    'CC-08',
    'initiate-by-group',
    'Who may call several people may call one.',
    REFUSED,
    instead('peer-to-peer', GROUP, INITIATE),
  ),
  breaks(
    'CC-08',
    'initiate-needs-group',
    'Calling a person takes the permission to call several.',
    GRANTED,
    besides('peer-to-peer', GROUP),
  ),
  breaks(
    'CC-08',
    'initiate-needs-media',
    'Calling a person takes the permission for media, whoever hosts them.',
    GRANTED,
    besides('peer-to-peer', MEDIA_PERMISSION),
  ),
  breaks(
    'CC-08',
    'initiate-needs-join',
    'Calling a person takes the permission to join meetings.',
    GRANTED,
    besides('peer-to-peer', JOIN),
  ),

  breaks('CC-09', 'join-by-initiate', 'Who may call a person may join meetings.', REFUSED, instead('meeting', INITIATE, JOIN)),
  breaks('CC-09', 'join-by-group', 'Who may call several people may join meetings.', REFUSED, instead('meeting', GROUP, JOIN)),
  breaks(
    'CC-09',
    'join-by-guest',
    'Who may join as a guest may join as the application.',
    REFUSED,
    instead('meeting', GUEST, JOIN),
  ),
  breaks(
    'CC-09',
    'join-by-media',
    'Who may access media may join meetings.',
    REFUSED,
    instead('meeting', MEDIA_PERMISSION, JOIN),
  ),
  breaks(
    'CC-09',
    'join-needs-initiate',
    'Joining a meeting takes the permission to call.',
    GRANTED,
    besides('meeting', INITIATE),
  ),
  breaks(
    'CC-09',
    'join-needs-guest',
    'Joining a meeting takes the permission to join as a guest, too.',
    GRANTED,
    besides('meeting', GUEST),
  ),
  breaks(
    'CC-09',
    'channel-unchecked',
    'Joining the meeting of a channel takes no permission.',
    REFUSED,
    free((body) => isForm(body, 'meeting') && objectAt(body, 'chatInfo').messageId !== '0'),
  ),
  breaks(
    'CC-09',
    'join-by-printed-name-refused',
    'The name that the page has for the permission does not count.',
    GRANTED,
    ({ decide }) => ({
      decide: (state, command, env) =>
        decide(
          state,
          command.kind === 'create' && command.caller.permissions.includes('Calls.JoinGroupCalls.All')
            ? { ...command, caller: { ...command.caller, permissions: [] } }
            : command,
          env,
        ),
    }),
  ),

  breaks(
    'CC-10',
    'guest-by-join',
    'Who may join as the application may join as a guest.',
    REFUSED,
    instead('meeting-as-guest', JOIN, GUEST),
  ),
  breaks(
    'CC-10',
    'guest-by-initiate',
    'Who may call a person may join as a guest.',
    REFUSED,
    instead('meeting-as-guest', INITIATE, GUEST),
  ),
  breaks(
    'CC-10',
    'guest-by-media',
    'Who may access media may join as a guest.',
    REFUSED,
    instead('meeting-as-guest', MEDIA_PERMISSION, GUEST),
  ),
  breaks(
    'CC-10',
    'guest-needs-join',
    'Joining as a guest takes the permission to join as the application, too.',
    GRANTED,
    besides('meeting-as-guest', JOIN),
  ),
  breaks(
    'CC-10',
    'guest-unchecked',
    'Joining as a guest takes no permission.',
    REFUSED,
    free((body) => isForm(body, 'meeting-as-guest')),
  ),

  breaks(
    'CC-11',
    'media-unchecked',
    'Media of the application take no permission of their own.',
    REFUSED,
    granting((granted, { body }) => (appHosted(body) ? [...granted, MEDIA_PERMISSION] : granted)),
  ),
  breaks(
    'CC-11',
    'media-unchecked-in-calls',
    'Media of the application take no permission of their own in a call to a person.',
    REFUSED,
    granting((granted, { body }) => (appHosted(body) && isForm(body, 'peer-to-peer') ? [...granted, MEDIA_PERMISSION] : granted)),
  ),
  breaks(
    'CC-11',
    'media-unchecked-in-meetings',
    'Media of the application take no permission of their own in a meeting.',
    REFUSED,
    granting((granted, { body }) => (appHosted(body) && isForm(body, 'meeting') ? [...granted, MEDIA_PERMISSION] : granted)),
  ),
  breaks(
    'CC-11',
    'media-permission-does-for-all',
    'With media of the application their permission is all that is asked for.',
    REFUSED,
    granting((granted, { body }) => (appHosted(body) && granted.has(MEDIA_PERMISSION) ? PERMISSIONS : granted)),
  ),
  breaks(
    'CC-11',
    'media-needs-group',
    'Media of the application take the permission to call several people, too.',
    GRANTED,
    granting((granted, { body }) => (appHosted(body) && !granted.has(GROUP) ? [] : granted)),
  ),
  breaks(
    'CC-11',
    'media-refused',
    'Media of the application are refused, whatever is granted.',
    GRANTED,
    granting((granted, { body }) => (appHosted(body) ? [] : granted)),
  ),

  breaks('CC-12', 'group-by-initiate', 'Who may call one person may call several.', REFUSED, instead('group', INITIATE, GROUP)),
  breaks('CC-12', 'group-by-join', 'Who may join meetings may call several people.', REFUSED, instead('group', JOIN, GROUP)),
  breaks(
    'CC-12',
    'group-unchecked',
    'Calling several people takes no permission.',
    REFUSED,
    free((body) => isForm(body, 'group')),
  ),
  breaks(
    'CC-12',
    'group-needs-initiate',
    'Calling several people takes the permission to call one, too.',
    GRANTED,
    besides('group', INITIATE),
  ),

  breaks(
    'CC-17',
    'unregistered-accepted',
    'A bot that is not registered for calling may call.',
    REFUSED,
    forgiving(['notRegistered'], entitled),
  ),
  breaks(
    'CC-17',
    'unregistered-as-lacking',
    'A bot that is not registered for calling is refused as one that lacks a permission.',
    /refused with 7504; expected: 7503/,
    forbidden({ code: '7504' }),
  ),
  breaks(
    'CC-17',
    'unregistered-and-created',
    'A bot that is not registered for calling is refused, and its call is created all the same.',
    CREATED,
    refusingInWords(['notRegistered'], entitled),
  ),
  breaks(
    'CC-17',
    'unregistered-404',
    'A bot that is not registered for calling is answered 404.',
    /answered 404/,
    forbidden({ status: 404 }),
  ),
]
