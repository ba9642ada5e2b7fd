// Deviations in the lobby: who waits there, what is seen from it, and what admission does.

import type { JsonObject } from '../../contract/json'
import type { Command, Effect } from '../../simulator/core/commands'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks } from '../wrap/breaks'
import { deciding, ignoring, timer } from '../wrap/deciding'
import {
  isGuest,
  isRoster,
  posted,
  postedState,
  postingOf,
  remembering,
  rosterOf,
  withChange,
  withData,
  withRoster,
} from '../wrap/posting'

type CallCommand = Extract<Command, { readonly callId: string }>

/** Instead of one thing another happens to the call. */
export const insteadOf = (kind: Command['kind'], another: CallCommand['kind']): Wrap =>
  deciding((decision, command, again) =>
    command.kind === kind && 'callId' in command ? again({ ...command, kind: another } as Command) : decision,
  )

/** The settings of meetings are not asked for. */
const guests =
  (everywhere: 'held' | 'admitted'): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) =>
      decide(
        timer('let-in')(command)
          ? { ...state, meetings: state.meetings.map((meeting) => ({ ...meeting, guests: everywhere })) }
          : state,
        command,
        env,
      ),
  })

/** Notices of a decision, some of them left out. */
export const without = (picks: (command: Command) => boolean, leaves: (effect: Effect) => boolean): Wrap =>
  deciding((decision, command) =>
    picks(command) ? { ...decision, effects: decision.effects.filter((effect) => !leaves(effect)) } : decision,
  )

/** Whether something is posted to a bot. */
export const tells = (effect: Effect) => effect.kind === 'notify'

const isRosterOf = (effect: Effect) => effect.kind === 'notify' && isRoster(effect)

/** The same roster with everybody on it in the lobby. */
const inLobby = (notification: Notification): Notification =>
  withRoster(notification, (participants) => participants.slice(-1).map((one) => ({ ...one, isInLobby: true })))

/** What a notification of the roster would be as one that the call is established. */
const established = (notification: Notification): Notification =>
  withChange(notification, {
    resource: `/app/calls/${notification.callId}`,
    resourceData: { '@odata.type': '#microsoft.graph.call', state: 'established', id: notification.callId },
  })

const showsLobby = (notification: Notification) =>
  isRoster(notification) && rosterOf(notification).some(({ isInLobby }) => isInLobby === true)

/** Said where a call is never established. */
export const MISSING_ESTABLISHED = /established" is missing/

/** The notification that a call has ended, with other members in what it holds. */
export const ending = (members: Readonly<Record<string, JsonObject | undefined>>): Wrap =>
  postedState('terminated', (notification) => withData(notification, members))

export const LOBBY: readonly Deviation[] = [
  breaks(
    'CC-60',
    'guest-off-the-roster',
    'A guest is on no roster.',
    /the bot on the roster is missing/,
    postingOf((notification) => withRoster(notification, (all) => all.filter((one) => !isGuest(one)))),
  ),
  breaks('CC-61', 'lobby-skipped', 'A guest is let in at once, whatever the tenant says.', /isInLobby/, guests('admitted')),
  breaks(
    'CC-63',
    'admitted-without-roster',
    'Whoever is admitted gets no roster.',
    /roster updated, John and the bot" is missing/,
    without((command) => command.kind === 'admit', isRosterOf),
  ),
  breaks(
    'CC-63',
    'admitted-without-established',
    'Whoever is admitted is not notified of being established.',
    MISSING_ESTABLISHED,
    without(
      (command) => command.kind === 'admit',
      (effect) => tells(effect) && !isRosterOf(effect),
    ),
  ),
  breaks(
    'CC-63',
    'admission-does-nothing',
    'Whoever is admitted stays in the lobby.',
    /"call updated, established" is missing/,
    ignoring((command) => command.kind === 'admit'),
  ),
  breaks(
    'CC-62',
    'established-in-the-lobby',
    'A guest who waits in the lobby is established.',
    /unexpected notification: .*established/,
    posted(showsLobby, (notification) => [notification, established(notification)]),
  ),
  breaks(
    'CC-64',
    'lobby-everywhere',
    'Guests wait in the lobby, whatever the tenant says.',
    /unexpected notification: .*in the lobby/,
    guests('held'),
  ),
  breaks(
    'CC-64',
    'lobby-in-passing',
    'A guest who is let in at once is shown in the lobby first.',
    /unexpected notification: .*in the lobby/,
    remembering((notification, before) =>
      isRoster(notification) && rosterOf(notification).some(isGuest) && !before.some(isRoster)
        ? [inLobby(notification), notification]
        : [notification],
    ),
  ),
  breaks(
    'CC-65',
    'lobby-without-limit',
    'A guest may wait in the lobby for ever.',
    /terminated" is missing/,
    ignoring(timer('lobby')),
  ),
  breaks(
    'CC-65',
    'lobby-ends-otherwise',
    'A guest who has waited too long is told another code.',
    /says 487\/10004|says 200/,
    ending({ resultInfo: { '@odata.type': '#microsoft.graph.resultInfo', code: 487, subcode: 10004 } }),
  ),
  breaks(
    'CC-65',
    'refused-guest-waits-on',
    'A guest who is refused waits on.',
    /terminated" is missing/,
    ignoring((command) => command.kind === 'refuse'),
  ),
  breaks(
    'CC-65',
    'refused-guest-admitted',
    'A guest who is refused is let in.',
    /unexpected notification: .*established/,
    insteadOf('refuse', 'admit'),
  ),
]
