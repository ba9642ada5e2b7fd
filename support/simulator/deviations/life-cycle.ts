// Deviations in the life of a call: states that come too early, too late, not at all or again, and ends that are none.
import type { JsonObject } from '../../contract/json'
import type { Command, Effect } from '../core/commands'
import type { Decision } from '../core/decision'
import type { Call, State } from '../core/state'
import type { Notification } from '../runtime/outbox'
import { NOBODY } from './answers'
import type { Deviation, Wrap } from './deviation'
import {
  breaks,
  changeOf,
  deciding,
  ignoring,
  isRoster,
  ofAnotherCall,
  posted,
  postedState,
  posting,
  stateOf,
  together,
  withChange,
  withData,
  withRoster,
} from './wrapping'

type CallCommand = Extract<Command, { readonly callId: string }>

const lost = (state: string): Wrap => postedState(state, () => null)
const also = (
  state: string,
  before: (notification: Notification) => readonly Notification[],
  after: (notification: Notification) => readonly Notification[] = () => [],
): Wrap => postedState(state, (notification) => [...before(notification), notification, ...after(notification)])
const saying = (notification: Notification, state: string): Notification => withData(notification, { state })

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

/** Instead of one thing another happens to the call. */
const insteadOf = (kind: Command['kind'], another: CallCommand['kind']): Wrap =>
  deciding((decision, command, again) =>
    command.kind === kind && 'callId' in command ? again({ ...command, kind: another } as Command) : decision,
  )

const timer = (name: string) => (command: Command) => command.kind === 'timer' && command.timer === name

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
const without = (picks: (command: Command) => boolean, leaves: (effect: Effect) => boolean): Wrap =>
  deciding((decision, command) =>
    picks(command) ? { ...decision, effects: decision.effects.filter((effect) => !leaves(effect)) } : decision,
  )
const tells = (effect: Effect) => effect.kind === 'notify'

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

const ending = (members: Readonly<Record<string, JsonObject | undefined>>): Wrap =>
  postedState('terminated', (notification) => withData(notification, members))

/** After the end something more is posted. */
const afterTheEnd = (more: (notification: Notification) => Notification): Wrap =>
  also(
    'terminated',
    () => [],
    (notification) => [more(notification)],
  )

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
  isRoster(notification) && (changeOf(notification).resourceData as JsonObject[]).some(({ isInLobby }) => isInLobby === true)

const aMinuteLong = (effect: Effect): Effect =>
  effect.kind === 'schedule' && effect.command.timer === 'ringing' ? { ...effect, afterMs: 60_000 } : effect

/** Posts of each call, told what has been posted of it before. */
const remembering = (post: (notification: Notification, before: readonly Notification[]) => readonly Notification[]): Wrap =>
  posting(() => {
    const posts = new Map<string, readonly Notification[]>()
    return (notification) => {
      const before = posts.get(notification.callId) ?? []
      posts.set(notification.callId, [...before, notification])
      return post(notification, before)
    }
  })

const MISSING_ESTABLISHED = /established" did not come/

export const LIVES: readonly Deviation[] = [
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

  breaks(
    'CC-60',
    'guest-in-the-meeting-unseen',
    'A guest who waits gets no roster.',
    /the bot on the roster did not come/,
    without(
      (command) => timer('let-in')(command),
      (effect) => tells(effect) && isRosterOf(effect),
    ),
  ),
  breaks('CC-61', 'lobby-skipped', 'A guest is let in at once, whatever the tenant says.', /isInLobby/, guests('admitted')),
  breaks(
    'CC-63',
    'admitted-without-roster',
    'Whoever is admitted gets no roster.',
    /roster updated, John and the bot" did not come/,
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
    /did not come/,
    ignoring((command) => command.kind === 'admit'),
  ),
  breaks(
    'CC-62',
    'established-in-the-lobby',
    'A guest who waits in the lobby is established.',
    /established" came besides/,
    posted(showsLobby, (notification) => [notification, established(notification)]),
  ),
  breaks(
    'CC-64',
    'lobby-everywhere',
    'Guests wait in the lobby, whatever the tenant says.',
    /in the lobby" came besides/,
    guests('held'),
  ),
  breaks(
    'CC-64',
    'lobby-in-passing',
    'A guest who is let in at once is shown in the lobby first.',
    /in the lobby" came besides/,
    remembering((notification, before) =>
      isRoster(notification) && !before.some(isRoster) ? [inLobby(notification), notification] : [notification],
    ),
  ),
  breaks(
    'CC-65',
    'lobby-without-limit',
    'A guest may wait in the lobby for ever.',
    /terminated" did not come/,
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
    /terminated" did not come/,
    ignoring((command) => command.kind === 'refuse'),
  ),
  breaks(
    'CC-65',
    'refused-guest-admitted',
    'A guest who is refused is let in.',
    /established" came besides/,
    insteadOf('refuse', 'admit'),
  ),

  breaks(
    'CC-66',
    'declined-goes-on',
    'A call that is declined rings on.',
    /terminated" did not come/,
    together(
      ignoring((command) => command.kind === 'decline'),
      ignoring(timer('ringing')),
    ),
  ),
  breaks(
    'CC-66',
    'declined-established',
    'A call that is declined is established.',
    /established" came besides/,
    insteadOf('decline', 'answer'),
  ),
  breaks(
    'CC-66',
    'declined-updated',
    'The end of a call is notified as updated.',
    /call deleted, terminated" did not come/,
    postedState('terminated', (notification) => withChange(notification, { changeType: 'updated' })),
  ),
  breaks(
    'CC-66',
    'rings-for-ever',
    'A call that nobody answers never ends.',
    /terminated" did not come/,
    ignoring(timer('ringing')),
  ),
  breaks(
    'CC-66',
    'ringing-time-ignored',
    'A call rings for a minute, whatever the request says.',
    /terminated" did not come/,
    deciding((decision, command) =>
      command.kind === 'create' ? { ...decision, effects: decision.effects.map(aMinuteLong) } : decision,
    ),
  ),
  breaks(
    'CC-66',
    'established-before-the-end',
    'A call that ends unanswered is notified as established before.',
    /established" came besides/,
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
    /terminated( did not come|" did not come)/,
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
    /deleted, terminated" did not come|changeType/,
    postedState('terminated', (notification) => withChange(notification, { changeType: 'updated' })),
  ),
  breaks(
    'CC-67',
    'end-without-terminated',
    'The end of a call is notified as its deletion without a state.',
    /terminated( did not come|" did not come)/,
    postedState('terminated', (notification) => withData(notification, { state: undefined })),
  ),
  breaks(
    'CC-67',
    'hang-up-unheard',
    'Hanging up does not end the call.',
    /terminated" did not come/,
    ignoring((command) => command.kind === 'hang-up'),
  ),
  breaks(
    'CC-67',
    'removal-unheard',
    'Whoever is removed from a meeting stays there.',
    /terminated" did not come/,
    ignoring((command) => command.kind === 'remove'),
  ),
  breaks(
    'CC-67',
    'established-after-the-end',
    'After the end the call is notified as established once more.',
    /established" came besides/,
    afterTheEnd((notification) => withChange(saying(notification, 'established'), { changeType: 'updated' })),
  ),
  breaks(
    'CC-67',
    'end-taken-back',
    'After the end the call is notified as establishing.',
    /establishing" came besides/,
    afterTheEnd((notification) => withChange(saying(notification, 'establishing'), { changeType: 'updated' })),
  ),
  breaks(
    'CC-67',
    'deletion-untold',
    'A call that the bot deletes ends without a word.',
    /terminated( did not come|" did not come)/,
    without((command) => command.kind === 'delete', tells),
  ),
  breaks(
    'CC-67',
    'roster-after-the-end',
    'After the end of its call the bot is sent a roster.',
    /roster updated.* came besides/,
    remembering((notification, before) => [
      notification,
      ...(stateOf(notification) === 'terminated' ? before.filter(isRoster).slice(-1) : []),
    ]),
  ),
]
