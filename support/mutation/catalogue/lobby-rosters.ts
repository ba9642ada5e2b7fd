// Deviations in what the roster shows of the lobby, and what is seen from there.

import type { Json, JsonObject } from '../../contract/json'
import { everybodyIn } from '../../simulator/core/meetings'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, NOBODY } from '../wrap/breaks'
import { deciding } from '../wrap/deciding'
import { isGuest, isRoster, posting, withRoster } from '../wrap/posting'
import { afterAnother, having, isBot, of, participants, waits } from '../wrap/seeing'

/** Who has once waited in the lobby is shown there for ever. */
const stuckInLobby: Wrap = posting(() => {
  const waited = new Set<Json | undefined>()
  return (notification) =>
    withRoster(notification, (all) =>
      all.map((one) => {
        if (waits(one)) waited.add(one.id)
        return waited.has(one.id) ? { ...one, isInLobby: true } : one
      }),
    )
})

/** From the lobby a bot sees the whole meeting. */
const lobbySeesAll = deciding((decision) => ({
  ...decision,
  effects: decision.effects.map((effect) => {
    if (effect.kind !== 'notify' || !isRoster(effect) || !of(effect).some(waits)) return effect
    const call = decision.state.calls.get(effect.callId)
    const meeting = call?.meeting ? decision.state.meetings.get(call.meeting) : undefined
    const others = meeting === undefined || call === undefined ? [] : everybodyIn(meeting)
    return { ...effect, ...withRoster(effect, (own) => [...(others as JsonObject[]), ...own]) }
  }),
}))

/** A bot in the lobby is told when somebody comes or goes. */
const lobbyFollows = deciding((decision, command) => {
  if (!('meeting' in command)) return decision
  const { calls, meetings } = decision.state
  const meeting = meetings.get(command.meeting)
  const waiting = [...calls.values()].filter(({ phase, meeting: key }) => phase === 'in-lobby' && key === command.meeting)
  const told = waiting.map((call) => ({
    kind: 'notify' as const,
    callId: call.id,
    callbackUri: call.callbackUri,
    audience: call.appId,
    tenantId: call.tenantId,
    body: {
      '@odata.type': '#microsoft.graph.commsNotifications',
      value: [
        {
          '@odata.type': '#microsoft.graph.commsNotification',
          changeType: 'updated',
          resource: `/app/calls/${call.id}/participants`,
          callbackUri: call.callbackUri,
          resourceData: meeting === undefined ? [] : everybodyIn(meeting),
        },
      ],
    },
  }))
  return { ...decision, effects: [...decision.effects, ...told] }
})

export const LOBBY_ROSTERS: readonly Deviation[] = [
  breaks(
    'CC-61',
    'lobby-unmarked',
    'Who waits in the lobby is shown as being in the meeting.',
    /isInLobby/,
    having({ isInLobby: false }),
  ),
  breaks(
    'CC-61',
    'lobby-as-text',
    'That somebody waits in the lobby is a text.',
    /isInLobby/,
    participants((one) => (waits(one) ? { ...one, isInLobby: 'true' } : one)),
  ),
  breaks(
    'CC-61',
    'waiting-under-another-id',
    'Who waits in the lobby is shown under another id than later.',
    /the bot's own participant id as before, received/,
    participants((one) => (waits(one) ? { ...one, id: NOBODY } : one)),
  ),
  breaks(
    'CC-62',
    'lobby-sees-all',
    'From the lobby a guest sees everybody.',
    /unexpected notification: .*roster updated, .*John/,
    lobbySeesAll,
  ),
  breaks(
    'CC-62',
    'lobby-follows',
    'A guest in the lobby is told who comes into the meeting.',
    /unexpected notification: .*roster updated, .*Dora/,
    lobbyFollows,
  ),
  breaks(
    'CC-63',
    'lobby-flag-stuck',
    'A guest who waited stays marked as in the lobby after admission.',
    /in the lobby/,
    stuckInLobby,
  ),
  breaks(
    'CC-63',
    'admitted-alone',
    'An admitted guest still sees nobody but itself.',
    /roster updated, John and the bot" is missing/,
    afterAnother((notification) => withRoster(notification, (all) => (all.some(isGuest) ? all.filter(isBot) : all))),
  ),
]
