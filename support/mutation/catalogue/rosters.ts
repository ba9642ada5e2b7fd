// Deviations in the rosters of a meeting: who is on them, and when they come.
import type { JsonObject } from '../../contract/json'
import { still } from '../../simulator/core/commands'
import { everybodyIn } from '../../simulator/core/meetings'
import type { Wrap } from '../../simulator/wrapping'
import { decisions } from '../wrap/core'
import {
  isBot,
  isRoster,
  participantsOf,
  post,
  postIf,
  postLaterRosters,
  postWithHistory,
  rosters,
  withRoster,
} from '../wrap/notifications'
import { keepingFirst, objectAt, UNKNOWN_ID } from '../wrap/responses'
import { deviationsFrom, either, missing, NO_ROSTER } from './rows'

type Participants = readonly JsonObject[]

/** Rewrites rosters with those of the other meetings. */
const withOtherMeetings = (rewrite: (others: readonly Participants[], own: Participants) => Participants): Wrap =>
  decisions((decision) => ({
    ...decision,
    effects: decision.effects.map((effect) => {
      const call = effect.kind === 'notify' && isRoster(effect) ? decision.state.calls.get(effect.callId) : undefined
      if (call === undefined || effect.kind !== 'notify') return effect
      const others = [...decision.state.meetings.values()].filter(({ key }) => key !== call.meeting)
      const seen = others.map((meeting) => everybodyIn(meeting) as Participants)
      return { ...effect, ...withRoster(effect, (own) => rewrite(seen, own)) }
    }),
  }))

/** Posts the first roster of each call, and later ones for the first call only. */
const onlyFirstBot: Wrap = keepingFirst((first) =>
  post(() => {
    const notified = new Set<string>()
    return (notification) => {
      const { callId } = notification
      if (!isRoster(notification)) return notification
      if (callId !== first(callId) && notified.has(callId)) return null
      notified.add(callId)
      return notification
    }
  }),
)

const isApplication = ({ info }: JsonObject) => objectAt(info, 'identity').application !== undefined

const isOn = (participants: Participants, { id }: JsonObject) => participants.some((one) => one.id === id)

const CHANGE_MISSING = missing('roster updated.*')

/** The roster shows the bot with another participant id. */
const OTHER_ID = /the bot's own participant id as before, received/

/** Two participants cannot be distinguished. */
const SAME_ID = /have the same id on one roster/

export const ROSTERS = deviationsFrom({
  'CC-45': {
    'roster-missing': ['A meeting has no roster.', NO_ROSTER, postIf(isRoster, () => null)],
    'roster-once': ['A roster comes once only.', CHANGE_MISSING, postLaterRosters(() => null)],
    'roster-of-news': [
      'A roster shows new participants only.',
      CHANGE_MISSING,
      postLaterRosters((notification, before) =>
        withRoster(notification, (all) => all.filter((one) => !isOn(participantsOf(before), one))),
      ),
    ],
    'leavers-stay': [
      'A participant who has left stays on the roster.',
      CHANGE_MISSING,
      postLaterRosters((notification, before) =>
        withRoster(notification, (all) => [...all, ...participantsOf(before).filter((one) => !isOn(all, one))]),
      ),
    ],
    'meetings-merged': [
      'The roster shows the participants of all meetings.',
      /roster updated, .*Dora/,
      withOtherMeetings((others, own) => [...others.flat(), ...own]),
    ],
    'roster-of-another-meeting': [
      'The roster is that of another meeting.',
      CHANGE_MISSING,
      withOtherMeetings((others, own) => others.find((one) => one.length > 0) ?? own),
    ],
    'roster-to-the-first-bot': [
      'Only the first of several bots in a meeting gets later rosters.',
      either(missing('roster updated, .*'), /other bot sees/),
      onlyFirstBot,
    ],
  },
  'CC-47': {
    'people-share-an-id': [
      'All people on a roster have the id of the first.',
      SAME_ID,
      rosters((all) => all.map((one) => (isBot(one) ? one : { ...one, id: all.find((other) => !isBot(other))?.id ?? null }))),
    ],
    'people-have-the-id-of-the-bot': [
      'People are on the roster under the id of the bot.',
      SAME_ID,
      rosters((all) => all.map((one) => (isBot(one) ? one : { ...one, id: all.find(isBot)?.id ?? null }))),
    ],
    'ids-change-with-every-roster': [
      'People have another id on every roster.',
      /had the id .* on the roster before/,
      post(() => {
        let count = 0
        return (notification) =>
          withRoster(notification, (all) => all.map((one) => (isBot(one) ? one : { ...one, id: `${one.id}-${count++}` })))
      }),
    ],
    'ids-are-places': [
      'The id of a person is their place on the roster.',
      /that \w+ had on an earlier roster|had the id .* on the roster before|the participant id of Dora as before/,
      rosters((all) => all.map((one, at) => (isBot(one) ? one : { ...one, id: `place ${at + 1}` }))),
    ],
  },
  'CC-48': {
    'bot-under-another-id-later': [
      'Later rosters show the bot under another id.',
      OTHER_ID,
      postLaterRosters((notification) =>
        withRoster(notification, (all) => all.map((one) => (isBot(one) ? { ...one, id: UNKNOWN_ID } : one))),
      ),
    ],
    'bot-under-another-id-at-first': [
      'Until the roster is complete it shows the bot under another id.',
      OTHER_ID,
      postWithHistory((notification, before) =>
        before.some(isRoster)
          ? notification
          : withRoster(notification, (all) => all.map((one) => (isBot(one) ? { ...one, id: UNKNOWN_ID } : one))),
      ),
    ],
    'bot-under-the-id-of-the-call': [
      'The roster shows the bot under the id of the call.',
      OTHER_ID,
      rosters((all, { callId }) => all.map((one) => (isBot(one) ? { ...one, id: callId } : one))),
    ],
    'participant-of-the-first-call': [
      'The roster shows every bot under the id of the first.',
      OTHER_ID,
      keepingFirst((first) =>
        rosters((all) => all.map((one) => (isApplication(one) ? { ...one, id: first(one.id ?? null) } : one))),
      ),
    ],
  },
  'MU-01': {
    'mute-not-shown': [
      'The roster shows a bot that muted itself as not muted.',
      /isMuted: documented true/,
      rosters((all) => all.map((one) => (isBot(one) ? { ...one, isMuted: false } : one))),
    ],
    'mute-context-lost': [
      'A completed operation has no clientContext.',
      /clientContext/,
      decisions((decision) =>
        decision.answer.kind === 'operation'
          ? { ...decision, answer: { kind: 'operation', operation: { ...decision.answer.operation, clientContext: null } } }
          : decision,
      ),
    ],
  },
  'MU-02': {
    'mute-between-two': [
      'A bot in a call with one person can mute itself.',
      /Graph answered 200; expected: refused/,
      decisions((decision, command) =>
        command.kind === 'operation' && decision.answer.kind === 'refused'
          ? still(decision.state, { kind: 'operation', operation: { id: UNKNOWN_ID, status: 'completed' } })
          : decision,
      ),
    ],
  },
})
