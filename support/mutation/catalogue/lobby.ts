// Deviations in the lobby: who waits there, what is seen from it, and what admission does.
import type { Json, JsonObject } from '../../contract/json'
import type { Effect } from '../../simulator/core/commands'
import { everybodyIn } from '../../simulator/core/meetings'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Wrap } from '../../simulator/wrapping'
import { decisions, ignore, instead, isKind, isTimer, states, withoutEffects } from '../wrap/core'
import {
  isBot,
  isGuest,
  isInLobby,
  isRoster,
  participantsOf,
  post,
  postIf,
  postLaterRosters,
  postState,
  postWithHistory,
  rosters,
  withData,
  withEntry,
  withRoster,
} from '../wrap/notifications'
import { deviationsFrom, missing, NO_ROSTER, unexpected } from './rows'

/** Overrides the setting of every meeting when a guest arrives. */
const guests = (everywhere: 'held' | 'admitted'): Wrap =>
  states((state, command) =>
    isTimer('let-in')(command)
      ? { ...state, meetings: state.meetings.map((meeting) => ({ ...meeting, guests: everywhere })) }
      : state,
  )

const isRosterEffect = (effect: Effect) => effect.kind === 'notify' && isRoster(effect)

/** Posts a roster again as the notification that the call is established. */
const established = (notification: Notification): Notification =>
  withEntry(notification, {
    resource: `/app/calls/${notification.callId}`,
    resourceData: { '@odata.type': '#microsoft.graph.call', state: 'established', id: notification.callId },
  })

/** Shows a participant in the lobby once and for all. */
const stuckInLobby: Wrap = post(() => {
  const waited = new Set<Json | undefined>()
  return (notification) =>
    withRoster(notification, (all) =>
      all.map((one) => {
        if (isInLobby(one)) waited.add(one.id)
        return waited.has(one.id) ? { ...one, isInLobby: true } : one
      }),
    )
})

/** Shows the whole meeting to a bot in the lobby. */
const lobbySeesAll = decisions((decision) => ({
  ...decision,
  effects: decision.effects.map((effect) => {
    if (effect.kind !== 'notify' || !isRoster(effect) || !participantsOf(effect).some(isInLobby)) return effect
    const key = decision.state.calls.get(effect.callId)?.meeting
    const meeting = key ? decision.state.meetings.get(key) : undefined
    const others = meeting === undefined ? [] : (everybodyIn(meeting) as JsonObject[])
    return { ...effect, ...withRoster(effect, (own) => [...others, ...own]) }
  }),
}))

/** Notifies a bot in the lobby of every change of the meeting. */
const lobbyFollows = decisions((decision, command) => {
  if (!('meeting' in command)) return decision
  const { calls, meetings } = decision.state
  const meeting = meetings.get(command.meeting)
  const waiting = [...calls.values()].filter(({ phase, meeting: key }) => phase === 'in-lobby' && key === command.meeting)
  const notifications = waiting.map(({ id, root, callbackUri, appId, tenantId }) => ({
    kind: 'notify' as const,
    callId: id,
    root,
    callbackUri,
    audience: appId,
    tenantId,
    body: {
      '@odata.type': '#microsoft.graph.commsNotifications',
      value: [
        {
          '@odata.type': '#microsoft.graph.commsNotification',
          changeType: 'updated',
          resource: `/app/calls/${id}/participants`,
          callbackUri,
          resourceData: meeting === undefined ? [] : everybodyIn(meeting),
        },
      ],
    },
  }))
  return { ...decision, effects: [...decision.effects, ...notifications] }
})

const ESTABLISHED = unexpected('established')

const NOT_ESTABLISHED = missing('established')

const NO_END = missing('terminated')

export const LOBBY = deviationsFrom({
  'CC-60': {
    'guest-off-the-roster': [
      'A guest is on no roster.',
      missing('the bot on the roster'),
      rosters((all) => all.filter((one) => !isGuest(one))),
    ],
  },
  'CC-61': { 'lobby-skipped': ['A guest is let in at once.', /isInLobby/, guests('admitted')] },
  'CC-62': {
    'established-in-the-lobby': [
      'A guest in the lobby is established.',
      ESTABLISHED,
      postIf(
        (notification) => isRoster(notification) && participantsOf(notification).some(isInLobby),
        (notification) => [notification, established(notification)],
      ),
    ],
    'lobby-sees-all': ['A guest in the lobby sees the meeting.', unexpected('roster updated, .*John.*'), lobbySeesAll],
    'lobby-follows': [
      'A guest in the lobby is notified of new participants.',
      unexpected('roster updated, .*Dora.*'),
      lobbyFollows,
    ],
  },
  'CC-63': {
    'admitted-without-roster': ['An admitted guest gets no roster.', NO_ROSTER, withoutEffects(isKind('admit'), isRosterEffect)],
    'admitted-without-established': [
      'An admitted guest is not notified of established.',
      NOT_ESTABLISHED,
      withoutEffects(isKind('admit'), (effect) => effect.kind === 'notify' && !isRoster(effect)),
    ],
    'admission-does-nothing': ['An admitted guest stays in the lobby.', NOT_ESTABLISHED, ignore(isKind('admit'))],
    'lobby-flag-stuck': ['An admitted guest stays marked as in the lobby.', /in the lobby/, stuckInLobby],
    'admitted-alone': [
      'An admitted guest sees only itself.',
      NO_ROSTER,
      postLaterRosters((notification) => withRoster(notification, (all) => (all.some(isGuest) ? all.filter(isBot) : all))),
    ],
  },
  'CC-64': {
    'lobby-everywhere': ['Every guest waits in the lobby.', unexpected('in the lobby'), guests('held')],
    'lobby-in-passing': [
      'A guest who is let in at once is shown in the lobby first.',
      unexpected('in the lobby'),
      postWithHistory((notification, before) =>
        isRoster(notification) && participantsOf(notification).some(isGuest) && !before.some(isRoster)
          ? [withRoster(notification, (all) => all.slice(-1).map((one) => ({ ...one, isInLobby: true }))), notification]
          : notification,
      ),
    ],
  },
  'CC-65': {
    'lobby-without-limit': ['A guest waits in the lobby without end.', NO_END, ignore(isTimer('lobby'))],
    'lobby-ends-otherwise': [
      'The end of a wait in the lobby has another code.',
      /says 487\/10004|says 200/,
      postState('terminated', (notification) =>
        withData(notification, { resultInfo: { '@odata.type': '#microsoft.graph.resultInfo', code: 487, subcode: 10004 } }),
      ),
    ],
    'refused-guest-waits-on': ['A refused guest keeps waiting.', NO_END, ignore(isKind('refuse'))],
    'refused-guest-admitted': ['A refused guest is let in.', ESTABLISHED, instead('refuse', 'admit')],
  },
})
