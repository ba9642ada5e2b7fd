// Deviations in the states of a call: too early, too late, not at all or again.

import type { Command, Decision } from '../../simulator/core/commands'
import type { Call, State } from '../../simulator/core/state'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, NOBODY } from '../wrap/breaks'
import { deciding } from '../wrap/deciding'
import { also, lost, ofAnotherCall, postedState, posting, saying, stateOf, withData } from '../wrap/posting'
import { MISSING_ESTABLISHED } from './lobby'

/** One decision after the other, with the answer of the first. */
function then(first: Decision, next: (state: State) => Decision): Decision {
  const second = next(first.state)
  return { ...second, answer: first.answer, effects: [...first.effects, ...second.effects] }
}

/** What follows a command that has done something to a call, in the life of that call. */
const followedBy = (picks: (command: Command, call: Call | undefined) => boolean, next: (callId: string) => Command): Wrap =>
  deciding((decision, command, again, state) => {
    const callId =
      decision.answer.kind === 'created' ? String(decision.answer.call.id) : 'callId' in command ? command.callId : ''
    const call = state.calls.get(callId) ?? decision.state.calls.get(callId)
    return picks(command, call) ? then(decision, (later) => again(next(callId), later)) : decision
  })

/** The notification of a state is held back until another has been posted. */
const swapped = (state: string): Wrap =>
  posting(() => {
    const held = new Map<string, Notification>()
    return (notification) => {
      const first = held.get(notification.callId)
      held.delete(notification.callId)
      if (first !== undefined) return [notification, first]
      if (stateOf(notification) !== state) return notification
      held.set(notification.callId, notification)
      return null
    }
  })

export const STATES: readonly Deviation[] = [
  breaks('CC-43', 'established-missing', 'The call is never notified as established.', MISSING_ESTABLISHED, lost('established')),
  breaks(
    'CC-43',
    'establishing-missing',
    'The call is never notified as establishing.',
    /establishing" did not come/,
    lost('establishing'),
  ),
  breaks(
    'CC-43',
    'established-first',
    'The bot is notified of establishing after established.',
    /did not come|came besides/,
    swapped('establishing'),
  ),
  breaks(
    'CC-43',
    'established-without-answer',
    'The call is established without anybody having answered.',
    /established" came besides/,
    followedBy(
      (command, call) => command.kind === 'create' && call?.meeting === null,
      (callId) => ({ kind: 'answer', callId }),
    ),
  ),
  breaks(
    'CC-43',
    'established-under-another-id',
    'The established notification is of another call, as example 1 prints it.',
    /of another call/,
    postedState('established', (notification) => ofAnotherCall(notification, NOBODY)),
  ),
  breaks(
    'CC-43',
    'state-backwards',
    'After established the call is notified as establishing again.',
    /establishing" came besides/,
    also(
      'established',
      () => [],
      (notification) => [saying(notification, 'establishing')],
    ),
  ),
  breaks(
    'CC-43',
    'ringing-between',
    'Between establishing and established the call is notified as ringing.',
    /ringing" came besides/,
    also('established', (notification) => [saying(notification, 'ringing')]),
  ),
  breaks(
    'CC-43',
    'established-twice-otherwise',
    'Established is notified twice, the second time with other content.',
    /resourceData\.(id|direction|state)/,
    also(
      'established',
      () => [],
      (notification) => [withData(notification, { direction: 'incoming', id: NOBODY })],
    ),
  ),
]
