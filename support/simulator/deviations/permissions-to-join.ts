// Deviations in which permission a join takes, and media of the application.

import { MEDIA_PERMISSION, PERMISSIONS } from '../core/forms'
import type { Deviation } from './deviation'
import { appHosted, besides, free, GRANTED, GROUP, GUEST, granting, INITIATE, instead, isForm, JOIN, REFUSED } from './granting'
import { breaks, objectAt } from './wrapping'

export const PERMITTED_TO_JOIN: readonly Deviation[] = [
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
]
