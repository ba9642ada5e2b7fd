// Deviations in what an application may do: permissions that do not count, others that count in their place, refusals that are none.

import type { Caller } from '../../simulator/core/commands'
import { MEDIA_PERMISSION, PERMISSIONS } from '../../simulator/core/forms'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, objectAt } from '../wrap/breaks'
import { deciding, forgiving, refusingInWords } from '../wrap/deciding'
import { appHosted, entitled, forbidden, free, GRANTED, GUEST, granting, isForm, REFUSED } from '../wrap/granting'

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

const CREATED = /a new call exists/

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
    /unexpected notification/,
    refusedAndNotified,
  ),
  breaks(
    'CC-07',
    'permission-missing-401',
    'An app that is granted nothing is refused as if its token were bad.',
    /answered 401/,
    forbidden('7504', { status: 401 }),
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
    'permissions-in-order-refused',
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
    'CC-12',
    'group-unchecked',
    'Calling several people takes no permission.',
    REFUSED,
    free((body) => isForm(body, 'group')),
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
    'own-media-in-order-refused',
    'Media of the application are refused, whatever is granted.',
    GRANTED,
    granting((granted, { body }) => (appHosted(body) ? [] : granted)),
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
    forbidden('7503', { code: '7504' }),
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
    forbidden('7503', { status: 404 }),
  ),
]
