// Deviations by which one call, bot or meeting leaks into another: ids, callbacks, permissions and rosters that are somebody else's.

import type { Json, JsonObject } from '../../contract/json'
import { everybodyIn } from '../../simulator/core/meetings'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, newCall, objectAt } from '../wrap/breaks'
import { deciding } from '../wrap/deciding'
import { isRoster, ofAnotherCall, posted, posting, stateOf, withRoster } from '../wrap/posting'

/** The first of something that a simulator meets stays for good. */
const firstOf =
  (make: (first: <Value>(value: Value) => Value) => Wrap): Wrap =>
  (parts, world) => {
    let kept: unknown
    return make((value) => {
      kept ??= value
      return kept as typeof value
    })(parts, world)
  }

/** Notifications of every call go to these addresses. */
const everyCallback: Wrap = ({ post }) => {
  const known = new Set<string>()
  return {
    post: (notification) => {
      known.add(notification.callbackUri)
      for (const callbackUri of known) post({ ...notification, callbackUri })
    },
  }
}

/** The meeting that the roster is taken from, wrongly. */
const rosterOfMeeting = (
  participants: (all: readonly (readonly JsonObject[])[], own: readonly JsonObject[]) => readonly JsonObject[],
): Wrap =>
  deciding((decision) => ({
    ...decision,
    effects: decision.effects.map((effect) => {
      const call = effect.kind === 'notify' && isRoster(effect) ? decision.state.calls.get(effect.callId) : undefined
      if (call === undefined) return effect
      const elsewhere = [...decision.state.meetings.values()].filter(({ key }) => key !== call.meeting)
      const seen = elsewhere.map((meeting) => everybodyIn(meeting) as readonly JsonObject[])
      return { ...effect, ...withRoster(effect as Notification, (own) => participants(seen, own)) }
    }),
  }))

/** Deleting a call ends every call. */
const deletionEndsAll = deciding((decision, command, again) => {
  if (command.kind !== 'delete' || decision.answer.kind !== 'deleted') return decision
  let { state } = decision
  const effects = [...decision.effects]
  for (const { id } of decision.state.calls.values()) {
    const one = again({ kind: 'hang-up', callId: id }, state)
    state = one.state
    effects.push(...one.effects)
  }
  return { ...decision, state, effects }
})

/** Whoever asks for a call by its id gets it, whoever made it. */
const anybodysCall =
  (...kinds: readonly string[]): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) => {
      if (!('caller' in command) || !('callId' in command) || !kinds.includes(command.kind)) return decide(state, command, env)
      const appId = state.calls.get(command.callId)?.appId ?? command.caller.appId
      return decide(state, { ...command, caller: { ...command.caller, appId } }, env)
    },
  })

const source = (call: JsonObject): Json => call.source ?? null

export const ISOLATION: readonly Deviation[] = [
  breaks(
    'CC-40',
    'posted-to-the-first-callback',
    'Notifications of every call go to the callback of the first.',
    /is missing|refused a post/,
    firstOf((first) =>
      posted(
        () => true,
        (notification) => ({ ...notification, callbackUri: first(notification.callbackUri) }),
      ),
    ),
  ),
  breaks(
    'CC-40',
    'posted-to-every-callback',
    'Notifications of every call go to every bot.',
    /refused a post|of another call/,
    everyCallback,
  ),
  breaks(
    'CC-50',
    'token-of-the-first-bot',
    'Every notification comes with the token of the first.',
    /refused: .*"aud"/,
    ({ sign }) => {
      let first: Promise<string> | null = null
      return { sign: (notification) => (first ??= sign(notification)) }
    },
  ),
  breaks(
    'CC-42',
    'notified-of-the-first-call',
    'Notifications of every call are of the first.',
    /is missing|of another call/,
    firstOf((first) =>
      posted(
        () => true,
        (notification) => ofAnotherCall(notification, first(notification.callId)),
      ),
    ),
  ),
  breaks(
    'CC-43',
    'established-of-the-first-call',
    'That a call is established is said of the first.',
    /established" is missing/,
    firstOf((first) =>
      posting(() => (notification) => {
        const id = first(notification.callId)
        return stateOf(notification) === 'established' ? ofAnotherCall(notification, id) : notification
      }),
    ),
  ),
  breaks(
    'CC-22',
    'callback-of-the-first-call',
    'The callbackUri of the first call comes back for every other.',
    /callbackUri/,
    firstOf((first) => newCall((call) => ({ ...call, callbackUri: first(call.callbackUri ?? null) }))),
  ),
  breaks(
    'CC-23',
    'source-of-the-first-call',
    'The source of every call is that of the first.',
    /source\.identity\.application\.id/,
    firstOf((first) => newCall((call) => ({ ...call, source: first(source(call)) }))),
  ),
  breaks(
    'CC-48',
    'participant-of-the-first-call',
    'Every bot is on the roster under the id of the first.',
    /the bot's own participant id as before, received/,
    firstOf((first) =>
      posted(isRoster, (notification) =>
        withRoster(notification, (all) =>
          all.map((one) => {
            const bot = objectAt(one, 'info', 'identity').application !== undefined
            return bot ? { ...one, id: first(one.id ?? null) } : one
          }),
        ),
      ),
    ),
  ),
  breaks(
    'CC-45',
    'meetings-merged',
    'The roster has everybody who is in any meeting.',
    /roster updated, .*Dora/,
    rosterOfMeeting((elsewhere, own) => [...elsewhere.flat(), ...own]),
  ),
  breaks(
    'CC-45',
    'roster-of-another-meeting',
    'The roster is that of another meeting, where somebody is there.',
    /roster updated, .*is missing/,
    rosterOfMeeting((elsewhere, own) => elsewhere.find((one) => one.length > 0) ?? own),
  ),
  breaks(
    'CC-45',
    'roster-to-the-first-bot',
    'Of several bots in a meeting only the first is told who comes.',
    /roster updated, .*is missing|other bot sees/,
    firstOf((first) =>
      posting(() => {
        const told = new Set<string>()
        return (notification) => {
          if (!isRoster(notification)) return notification
          if (notification.callId === first(notification.callId) || !told.has(notification.callId)) {
            told.add(notification.callId)
            return notification
          }
          return null
        }
      }),
    ),
  ),
  breaks(
    'CC-29',
    'deletion-ends-every-call',
    'Deleting a call ends those of others too.',
    /the GET of the call was answered 404/,
    deletionEndsAll,
  ),
  breaks(
    'CC-29b',
    'call-given-to-anybody',
    'Any app that knows the id of a call is given it.',
    /Graph answers 200/,
    anybodysCall('get'),
  ),
  breaks(
    'CC-29b',
    'call-ended-by-anybody',
    'Any app that knows the id of a call may end it.',
    /answered 204|Graph answers 204/,
    anybodysCall('delete'),
  ),
]
