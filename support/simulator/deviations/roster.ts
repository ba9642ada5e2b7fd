// Deviations in the roster of a meeting: who is on it, as what, when it comes, and what a guest in the lobby sees.
import type { Json, JsonObject } from '../../contract/json'
import { rosterOf } from '../core/meetings'
import type { Notification } from '../runtime/outbox'
import { NOBODY } from './answers'
import type { Deviation, Wrap } from './deviation'
import {
  breaks,
  changeOf,
  deciding,
  isRoster,
  objectAt,
  posted,
  posting,
  roster,
  withChange,
  without,
  withRoster,
} from './wrapping'

const participants = (rewrite: (participant: JsonObject, to: Notification) => JsonObject): Wrap =>
  roster((all, to) => all.map((one) => rewrite(one, to)))
const having = (members: Readonly<Record<string, Json>>): Wrap => participants((one) => ({ ...one, ...members }))
const lacking = (...names: string[]): Wrap => participants((one) => without(one, ...names))
const streams = (rewrite: (stream: JsonObject) => JsonObject): Wrap =>
  participants((one) => ({ ...one, mediaStreams: (one.mediaStreams as JsonObject[]).map(rewrite) }))
const identity = (picks: 'application' | 'guest', rewrite: (own: JsonObject) => Readonly<Record<string, Json>>): Wrap =>
  participants((one) => {
    const set = objectAt(one, 'info', 'identity')
    if (set[picks] === undefined) return one
    return { ...one, info: { ...objectAt(one, 'info'), identity: { ...without(set, picks), ...rewrite(objectAt(set, picks)) } } }
  })
const isBot = (one: JsonObject) => objectAt(one, 'info', 'identity').user === undefined
const waits = ({ isInLobby }: JsonObject) => isInLobby === true

const rosters = (rewrite: (change: JsonObject) => Readonly<Record<string, Json | undefined>>): Wrap =>
  posted(isRoster, (notification) => withChange(notification, rewrite(changeOf(notification))))

/** Every roster, with that which came before it for the same call. */
const afterAnother = (rewrite: (notification: Notification, before: Notification) => Notification | null): Wrap =>
  posting(() => {
    const last = new Map<string, Notification>()
    return (notification) => {
      if (!isRoster(notification)) return notification
      const before = last.get(notification.callId)
      last.set(notification.callId, notification)
      return before === undefined ? notification : rewrite(notification, before)
    }
  })

const of = (notification: Notification) => changeOf(notification).resourceData as JsonObject[]

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
    const others =
      meeting === undefined || call === undefined
        ? []
        : rosterOf({ ...meeting, participants: meeting.participants.filter(({ id }) => id !== call.myParticipantId) }, call)
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
          resourceData:
            meeting === undefined
              ? []
              : rosterOf({ ...meeting, participants: meeting.participants.filter(({ isInLobby }) => !isInLobby) }, call),
        },
      ],
    },
  }))
  return { ...decision, effects: [...decision.effects, ...told] }
})

const SEES = /roster updated, John and the bot" did not come/

export const ROSTERS: readonly Deviation[] = [
  breaks(
    'CC-45',
    'roster-missing',
    'A meeting has no roster.',
    SEES,
    posted(isRoster, () => null),
  ),
  breaks(
    'CC-45',
    'roster-once',
    'The roster comes once, and does not follow who comes and goes.',
    /roster updated.* did not come/,
    afterAnother(() => null),
  ),
  breaks(
    'CC-45',
    'roster-of-news',
    'A roster has only those who were not on the one before.',
    /roster updated.* did not come/,
    afterAnother((notification, before) =>
      withRoster(notification, (all) => all.filter(({ id }) => !of(before).some((one) => one.id === id))),
    ),
  ),
  breaks(
    'CC-45',
    'leavers-stay',
    'Who has left stays on the roster.',
    /roster updated.* did not come/,
    afterAnother((notification, before) =>
      withRoster(notification, (all) => [...all, ...of(before).filter(({ id }) => !all.some((one) => one.id === id))]),
    ),
  ),
  breaks(
    'CC-45',
    'everybody-twice',
    'Everybody is on the roster twice.',
    /roster updated.*(did not come|came besides)/,
    roster((all) => [...all, ...all]),
  ),
  breaks(
    'CC-45',
    'strangers-on-the-roster',
    'Somebody is on the roster who is not in the meeting.',
    /came besides/,
    roster((all) => [
      ...all,
      ...all.slice(0, 1).map((one) => ({
        ...one,
        id: NOBODY,
        info: {
          ...objectAt(one, 'info'),
          identity: {
            '@odata.type': '#microsoft.graph.identitySet',
            user: { '@odata.type': '#microsoft.graph.identity', id: NOBODY, displayName: 'Mallory' },
          },
        },
      })),
    ]),
  ),

  breaks(
    'CC-46',
    'roster-of-the-call',
    'The resource of a roster is that of the call.',
    /roster did not come/,
    rosters(({ resource }) => ({ resource: String(resource).replace('/participants', '') })),
  ),
  breaks(
    'CC-46',
    'roster-under-another-path',
    'The resource of a roster ends in /roster.',
    /roster did not come/,
    rosters(({ resource }) => ({ resource: String(resource).replace('/participants', '/roster') })),
  ),
  breaks(
    'CC-46',
    'roster-of-one',
    'The resource of a roster is that of one participant.',
    /roster did not come/,
    rosters(({ resource }) => ({ resource: `${resource}/${NOBODY}` })),
  ),
  breaks(
    'CC-46',
    'roster-as-object',
    'A roster is an object that has the participants under "value".',
    /roster did not come/,
    rosters(({ resourceData }) => ({ resourceData: { value: resourceData as Json } })),
  ),
  breaks(
    'CC-46',
    'roster-untyped',
    'Participants do not say their type.',
    /resourceData\[0\]\.@odata\.type/,
    lacking('@odata.type'),
  ),
  breaks(
    'CC-46',
    'roster-empty',
    'Rosters are empty lists.',
    /resourceData/,
    roster(() => []),
  ),

  breaks(
    'CC-47',
    'participants-without-identity',
    'Participants have no identity.',
    /info\.identity/,
    participants((one) => ({ ...one, info: without(objectAt(one, 'info'), 'identity') })),
  ),
  breaks('CC-47', 'participants-without-media', 'Participants have no media streams.', /mediaStreams/, lacking('mediaStreams')),
  breaks(
    'CC-47',
    'participants-with-empty-media',
    'The media streams of participants are empty lists.',
    /mediaStreams/,
    having({ mediaStreams: [] }),
  ),
  breaks('CC-47', 'participants-without-mute', 'Participants do not say whether they are muted.', /isMuted/, lacking('isMuted')),
  breaks(
    'CC-47',
    'participants-without-lobby',
    'Participants do not say whether they are in the lobby.',
    /isInLobby/,
    lacking('isInLobby'),
  ),
  breaks('CC-47', 'participants-without-id', 'Participants have no id.', /\]\.id/, lacking('id')),
  breaks(
    'CC-47',
    'mute-as-text',
    'Whether somebody is muted is a text.',
    /isMuted/,
    participants((one) => ({ ...one, isMuted: String(one.isMuted) })),
  ),
  breaks('CC-47', 'mute-stuck', 'Everybody is shown as muted for ever.', /isMuted/, having({ isMuted: true })),
  breaks(
    'CC-47',
    'source-as-number',
    'Sources of media are numbers.',
    /sourceId/,
    streams((one) => ({ ...one, sourceId: Number(one.sourceId) })),
  ),
  breaks(
    'CC-47',
    'media-of-no-type',
    'Media streams have a type that there is none of.',
    /mediaType/,
    streams((one) => ({ ...one, mediaType: 'sound' })),
  ),
  breaks(
    'CC-47',
    'media-without-direction',
    'Media streams do not say their direction.',
    /direction/,
    streams((one) => without(one, 'direction')),
  ),
  breaks(
    'CC-47',
    'media-without-server-mute',
    'Media streams do not say whether the server mutes them.',
    /serverMuted/,
    streams((one) => without(one, 'serverMuted')),
  ),

  breaks(
    'CC-48',
    'roster-row-missing',
    'The roster lacks the last who came, the bot itself.',
    /the bot on the roster did not come|John and the bot" did not come/,
    roster((all) => all.slice(0, -1)),
  ),
  breaks(
    'CC-48',
    'bot-under-another-id',
    'The roster shows the bot under another id than myParticipantId.',
    /\bid: documented/,
    participants((one) => (isBot(one) ? { ...one, id: NOBODY } : one)),
  ),
  breaks(
    'CC-48',
    'bot-under-the-id-of-the-call',
    'The roster shows the bot under the id of the call.',
    /\bid: documented/,
    participants((one, { callId }) => (isBot(one) ? { ...one, id: callId } : one)),
  ),
  breaks(
    'CC-48',
    'bot-as-user',
    'The roster shows the bot as a user.',
    /the bot on the roster/,
    identity('application', (own) => ({ user: own })),
  ),
  breaks(
    'CC-48',
    'bot-as-another-app',
    'The roster shows the bot as another application.',
    /the bot on the roster/,
    identity('application', (own) => ({ application: { ...own, id: NOBODY } })),
  ),

  breaks(
    'CC-60',
    'guest-on-roster-marked',
    'The roster says of the name of a guest that it is one.',
    /displayName/,
    identity('guest', (own) => ({ guest: { ...own, displayName: `${own.displayName} (Guest)` } })),
  ),
  breaks(
    'CC-60',
    'guest-on-roster-under-another-id',
    'The roster shows a guest under an id of the service.',
    /the bot on the roster/,
    identity('guest', (own) => ({ guest: { ...own, id: NOBODY } })),
  ),
  breaks(
    'CC-60',
    'guest-on-roster-as-user',
    'The roster shows a guest as a user.',
    /the bot on the roster/,
    identity('guest', (own) => ({ user: own })),
  ),
  breaks(
    'CC-60',
    'guest-on-roster-nameless',
    'The roster shows a guest without a name.',
    /displayName/,
    identity('guest', (own) => ({ guest: without(own, 'displayName') })),
  ),

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
    participants((one) => ({ ...one, isInLobby: String(one.isInLobby) })),
  ),
  breaks(
    'CC-61',
    'waiting-under-another-id',
    'Who waits in the lobby is shown under another id than later.',
    /\bid: documented/,
    participants((one) => (waits(one) ? { ...one, id: NOBODY } : one)),
  ),

  breaks(
    'CC-62',
    'lobby-sees-all',
    'From the lobby a guest sees everybody.',
    /roster updated, .*John.* came besides/,
    lobbySeesAll,
  ),
  breaks(
    'CC-62',
    'lobby-follows',
    'A guest in the lobby is told who comes into the meeting.',
    /roster updated, .*Dora.* came besides/,
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
    /roster updated, John and the bot" did not come/,
    afterAnother((notification) => withRoster(notification, (all) => all.filter(isBot))),
  ),
]
