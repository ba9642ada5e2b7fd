// Deviations in how calls end: not at all, without a word, or not for good.
import type { Effect } from '../../simulator/core/commands'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, together } from '../wrap/breaks'
import { deciding, ignoring, timer } from '../wrap/deciding'
import { also, isRoster, lost, postedState, remembering, saying, stateOf, withChange, withData } from '../wrap/posting'
import { ending, insteadOf, tells, without } from './lobby'

const aMinuteLong = (effect: Effect): Effect =>
  effect.kind === 'schedule' && effect.command.timer === 'ringing' ? { ...effect, afterMs: 60_000 } : effect

/** After the end something more is posted. */
const afterTheEnd = (more: (notification: Notification) => Notification): Wrap =>
  also(
    'terminated',
    () => [],
    (notification) => [more(notification)],
  )

export const ENDINGS: readonly Deviation[] = [
  breaks(
    'CC-66',
    'declined-goes-on',
    'A call that is declined rings on.',
    /terminated" is missing/,
    together(
      ignoring((command) => command.kind === 'decline'),
      ignoring(timer('ringing')),
    ),
  ),
  breaks(
    'CC-66',
    'declined-established',
    'A call that is declined is established.',
    /unexpected notification: .*established/,
    insteadOf('decline', 'answer'),
  ),
  breaks(
    'CC-66',
    'declined-updated',
    'The end of a call is notified as updated.',
    /call deleted, terminated" is missing/,
    postedState('terminated', (notification) => withChange(notification, { changeType: 'updated' })),
  ),
  breaks(
    'CC-66',
    'rings-for-ever',
    'A call that nobody answers never ends.',
    /terminated" is missing/,
    ignoring(timer('ringing')),
  ),
  breaks(
    'CC-66',
    'ringing-time-ignored',
    'A call rings for a minute, whatever the request says.',
    /terminated" is missing/,
    deciding((decision, command) =>
      command.kind === 'create' ? { ...decision, effects: decision.effects.map(aMinuteLong) } : decision,
    ),
  ),
  breaks(
    'CC-66',
    'established-before-the-end',
    'A call that ends unanswered is notified as established before.',
    /unexpected notification: .*established/,
    remembering((notification, before) =>
      stateOf(notification) === 'terminated' && !before.some((one) => stateOf(one) === 'established')
        ? [withChange(saying(notification, 'established'), { changeType: 'updated' }), notification]
        : [notification],
    ),
  ),
  breaks(
    'CC-67',
    'end-untold',
    'The bot is not notified that its call has ended.',
    /terminated( is missing|" is missing)/,
    lost('terminated'),
  ),
  breaks(
    'CC-67',
    'end-unexplained',
    'The end of a call says nothing of how it ended.',
    /no resultInfo/,
    ending({ resultInfo: undefined }),
  ),
  breaks(
    'CC-67',
    'end-without-code',
    'The end of a call has a message and no code.',
    /no resultInfo with a code/,
    ending({ resultInfo: { '@odata.type': '#microsoft.graph.resultInfo', message: 'The call has ended.' } }),
  ),
  breaks(
    'CC-67',
    'end-updated',
    'The end of a call is notified as updated.',
    /deleted, terminated" is missing|changeType/,
    postedState('terminated', (notification) => withChange(notification, { changeType: 'updated' })),
  ),
  breaks(
    'CC-67',
    'end-without-terminated',
    'The end of a call is notified as its deletion without a state.',
    /terminated( is missing|" is missing)/,
    postedState('terminated', (notification) => withData(notification, { state: undefined })),
  ),
  breaks(
    'CC-67',
    'hang-up-unheard',
    'Hanging up does not end the call.',
    /terminated" is missing/,
    ignoring((command) => command.kind === 'hang-up'),
  ),
  breaks(
    'CC-67',
    'removal-unheard',
    'Whoever is removed from a meeting stays there.',
    /terminated" is missing/,
    ignoring((command) => command.kind === 'remove'),
  ),
  breaks(
    'CC-67',
    'established-after-the-end',
    'After the end the call is notified as established once more.',
    /unexpected notification: .*established/,
    afterTheEnd((notification) => withChange(saying(notification, 'established'), { changeType: 'updated' })),
  ),
  breaks(
    'CC-67',
    'end-taken-back',
    'After the end the call is notified as establishing.',
    /unexpected notification: .*establishing/,
    afterTheEnd((notification) => withChange(saying(notification, 'establishing'), { changeType: 'updated' })),
  ),
  breaks(
    'CC-67',
    'deletion-untold',
    'A call that the bot deletes ends without a word.',
    /terminated( is missing|" is missing)/,
    without((command) => command.kind === 'delete', tells),
  ),
  breaks(
    'CC-67',
    'roster-after-the-end',
    'After the end of its call the bot is sent a roster.',
    /unexpected notification: .*roster updated/,
    remembering((notification, before) => [
      notification,
      ...(stateOf(notification) === 'terminated' ? before.filter(isRoster).slice(-1) : []),
    ]),
  ),
]
