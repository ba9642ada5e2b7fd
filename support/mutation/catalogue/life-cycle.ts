// Deviations in the states of a call: missing, out of order, repeated, and how calls end.
import type { Effect } from '../../simulator/core/commands'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Wrap } from '../../simulator/wrapping'
import { decisions, ignore, instead, isKind, isTimer, withoutEffects } from '../wrap/core'
import {
  dropState,
  isRoster,
  ofAnotherCall,
  post,
  postAfter,
  postState,
  postWithHistory,
  stateOf,
  swapWithNext,
  withData,
  withEntry,
} from '../wrap/notifications'
import { keepingFirst, together, UNKNOWN_ID } from '../wrap/responses'
import { deviationsFrom, either, MISSING_OR_UNEXPECTED, missing, unexpected } from './rows'

/** Answers a call to a person right after its creation. */
const answeredAtOnce = decisions((decision, command, again) => {
  if (command.kind !== 'create' || decision.answer.kind !== 'created') return decision
  const callId = String(decision.answer.call.id)
  if (decision.state.calls.get(callId)?.meeting !== null) return decision
  const answered = again({ kind: 'answer', callId }, decision.state)
  return { ...answered, answer: decision.answer, effects: [...decision.effects, ...answered.effects] }
})

const inState = (notification: Notification, state: string) => withData(notification, { state })

/** Posts the notification of an end again as an update with another state. */
const takenBack = (state: string): Wrap =>
  postAfter('terminated', (notification) => withEntry(inState(notification, state), { changeType: 'updated' }))

const endUpdated = postState('terminated', (notification) => withEntry(notification, { changeType: 'updated' }))

/** The notification of an end with another resultInfo. */
const result = (members: Readonly<Record<string, string | number>> | undefined): Wrap =>
  postState('terminated', (notification) =>
    withData(notification, {
      resultInfo: members === undefined ? undefined : { '@odata.type': '#microsoft.graph.resultInfo', ...members },
    }),
  )

const aMinuteLong = (effect: Effect): Effect =>
  effect.kind === 'schedule' && effect.command.timer === 'ringing' ? { ...effect, afterMs: 60_000 } : effect

const NO_END = missing('terminated')

export const CALL_STATES = deviationsFrom({
  'CC-43': {
    'established-missing': ['Established is not notified.', missing('established'), dropState('established')],
    'establishing-missing': ['Establishing is not notified.', missing('establishing'), dropState('establishing')],
    'established-first': ['Establishing is posted after established.', MISSING_OR_UNEXPECTED, swapWithNext('establishing')],
    'established-without-answer': ['A call is established before the answer.', unexpected('established'), answeredAtOnce],
    'established-under-another-id': [
      'The established notification is of another call, as example 1 prints it.',
      /of another call/,
      postState('established', (notification) => ofAnotherCall(notification, UNKNOWN_ID)),
    ],
    'state-backwards': [
      'Establishing is notified again after established.',
      unexpected('establishing'),
      postAfter('established', (notification) => inState(notification, 'establishing')),
    ],
    'ringing-between': [
      'Ringing is notified between establishing and established.',
      unexpected('ringing'),
      postState('established', (notification) => [inState(notification, 'ringing'), notification]),
    ],
    'established-twice-otherwise': [
      'Established is notified twice with different content.',
      /resourceData\.(id|direction|state)/,
      postAfter('established', (notification) => withData(notification, { direction: 'incoming', id: UNKNOWN_ID })),
    ],
    'established-of-the-first-call': [
      'Established has the id of the first call.',
      missing('established'),
      keepingFirst((first) =>
        post(() => (notification) => {
          const id = first(notification.callId)
          return stateOf(notification) === 'established' ? ofAnotherCall(notification, id) : notification
        }),
      ),
    ],
  },
  'CC-66': {
    'declined-goes-on': [
      'A declined call keeps ringing.',
      NO_END,
      together(ignore(isKind('decline')), ignore(isTimer('ringing'))),
    ],
    'declined-established': ['A declined call is established.', unexpected('established'), instead('decline', 'answer')],
    'declined-updated': ['The end of a declined call is notified as updated.', missing('call deleted, terminated'), endUpdated],
    'rings-for-ever': ['A call without answer rings without end.', NO_END, ignore(isTimer('ringing'))],
    'ringing-time-ignored': [
      'A call rings for a minute and ignores the request.',
      NO_END,
      decisions((decision, command) =>
        command.kind === 'create' ? { ...decision, effects: decision.effects.map(aMinuteLong) } : decision,
      ),
    ],
    'established-before-the-end': [
      'A call that ends without answer is notified as established before.',
      unexpected('established'),
      postWithHistory((notification, before) =>
        stateOf(notification) === 'terminated' && !before.some((one) => stateOf(one) === 'established')
          ? [withEntry(inState(notification, 'established'), { changeType: 'updated' }), notification]
          : notification,
      ),
    ],
  },
  'CC-67': {
    'end-not-notified': ['The end of a call is not notified.', NO_END, dropState('terminated')],
    'end-unexplained': ['The end of a call has no resultInfo.', /no resultInfo/, result(undefined)],
    'end-without-code': [
      'The resultInfo of an end has no code.',
      /no resultInfo with a code/,
      result({ message: 'The call has ended.' }),
    ],
    'end-updated': [
      'The end of a call is notified as updated.',
      either(missing('deleted, terminated'), /changeType/),
      endUpdated,
    ],
    'end-without-terminated': [
      'The end of a call is notified without a state.',
      NO_END,
      postState('terminated', (notification) => withData(notification, { state: undefined })),
    ],
    'hang-up-unheard': ['Hanging up does not end the call.', NO_END, ignore(isKind('hang-up'))],
    'removal-unheard': ['A removed participant stays in the meeting.', NO_END, ignore(isKind('remove'))],
    'established-after-the-end': ['Established is notified after the end.', unexpected('established'), takenBack('established')],
    'end-taken-back': ['Establishing is notified after the end.', unexpected('establishing'), takenBack('establishing')],
    'deletion-not-notified': [
      'The end of a deleted call is not notified.',
      NO_END,
      withoutEffects(isKind('delete'), ({ kind }) => kind === 'notify'),
    ],
    'roster-after-the-end': [
      'A roster is notified after the end.',
      unexpected('roster updated.*'),
      postWithHistory((notification, before) => [
        notification,
        // In a new body: the same body again is a repeated delivery.
        ...(stateOf(notification) === 'terminated'
          ? before
              .filter(isRoster)
              .slice(-1)
              .map((roster) => withEntry(roster, { '@odata.etag': 'W/"2"' }))
          : []),
      ]),
    ],
  },
  'CC-68': {
    'left-alone-stays': ['A bot that is left alone in a meeting stays without end.', NO_END, ignore(isTimer('alone'))],
    'left-alone-hung-up': [
      'The call of a bot that is left alone ends as if a person had hung up.',
      /says 200\/4521/,
      decisions((decision, command, again) =>
        isTimer('alone')(command) ? again({ kind: 'hang-up', callId: (command as { callId: string }).callId }) : decision,
      ),
    ],
  },
})
