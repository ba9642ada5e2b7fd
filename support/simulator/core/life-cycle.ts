// The life of a call as tables: phase x event -> phase and notifications, and how long things take. Each row says how sure it is.

import type { EndName } from './ends'
import { assumption, documented, observed, type Sourced } from './provenance'

/**
 * Where a call stands. A phase is finer than Graph's callState: a call that rings, that is being let into a meeting
 * and that waits in the lobby is `establishing` each time.
 */
export type Phase = 'new' | 'ringing' | 'joining' | 'in-lobby' | 'established' | 'ended'

export type Event =
  | 'called'
  | 'several-called'
  | 'joined'
  | 'answered'
  | 'first-answered'
  | 'declined'
  | 'busy'
  | 'unanswered'
  | 'let-in'
  | 'held'
  | 'admitted'
  | 'refused'
  | 'lobby-timed-out'
  | 'no-such-meeting'
  | 'roster-changed'
  | 'hung-up'
  | 'no-one-joined'
  | 'all-left'
  | 'left-alone'
  | 'keep-alive-missed'
  | 'removed'
  | 'deleted'
  | 'ended-by-service'

/** What is posted to the callback: the call's state, the roster, or one of the two messages of an end. */
export type Notice = 'call' | 'roster' | 'terminating' | 'terminated'

interface Transition extends Sourced {
  readonly from: Phase
  readonly event: Event
  readonly to: Phase
  readonly notices: readonly Notice[]
  /** How the call ends; `chosen`: as the command says. */
  readonly end?: EndName | 'chosen'
}

/** Graph's callState of each phase. */
export const CALL_STATE = {
  new: 'establishing',
  ringing: 'establishing',
  joining: 'establishing',
  'in-lobby': 'establishing',
  established: 'established',
  ended: 'terminated',
} as const satisfies Record<Phase, string>

const ENDED_BY_BOT = (from: Phase): Transition => ({
  from,
  event: 'deleted',
  to: 'ended',
  notices: ['terminating', 'terminated'],
  end: 'deletedByBot',
  ...documented('page "Delete call" of 2019'),
})

const ENDED_BY_SERVICE = (from: Phase, sourced: Sourced): Transition => ({
  from,
  event: 'ended-by-service',
  to: 'ended',
  notices: ['terminated'],
  end: 'chosen',
  ...sourced,
})

export const LIFE_CYCLE: readonly Transition[] = [
  { from: 'new', event: 'called', to: 'ringing', notices: ['call'], ...documented('example 1') },
  {
    from: 'new',
    event: 'several-called',
    to: 'ringing',
    notices: ['call'],
    ...assumption('that several can be called is documented (E-73), their notifications are not: as a call between two'),
  },
  { from: 'new', event: 'joined', to: 'joining', notices: ['call'], ...documented('example 3') },

  { from: 'ringing', event: 'answered', to: 'established', notices: ['call'], ...documented('example 1') },
  {
    from: 'ringing',
    event: 'declined',
    to: 'ended',
    notices: ['terminated'],
    end: 'declined',
    ...assumption('that it ends without established is observed (comms-samples issue 433); the code is not'),
  },
  { from: 'ringing', event: 'busy', to: 'ended', notices: ['terminated'], end: 'busy', ...assumption('as declined') },
  {
    from: 'ringing',
    event: 'unanswered',
    to: 'ended',
    notices: ['terminated'],
    end: 'unanswered',
    ...assumption('that it ends without established is observed (comms-samples issue 17); the code is not'),
  },

  {
    from: 'ringing',
    event: 'first-answered',
    to: 'established',
    notices: ['call', 'roster'],
    ...assumption(
      'that a call to several has a roster is documented (resource page of the call); when it comes is as in a meeting',
    ),
  },
  {
    from: 'ringing',
    event: 'no-one-joined',
    to: 'ended',
    notices: ['terminated'],
    end: 'noOneJoined',
    ...documented('page "Delete call", 200/5013; that it covers those who decline is an assumption'),
  },

  { from: 'joining', event: 'let-in', to: 'established', notices: ['call', 'roster'], ...documented('example 3') },
  {
    from: 'joining',
    event: 'held',
    to: 'in-lobby',
    notices: ['roster'],
    ...documented('example 6 prints the roster of the lobby; that the call stays establishing meanwhile is an assumption'),
  },
  {
    from: 'joining',
    event: 'no-such-meeting',
    to: 'ended',
    notices: ['terminated'],
    end: 'noSuchMeeting',
    ...assumption('no page says what becomes of a join of no meeting'),
  },

  {
    from: 'in-lobby',
    event: 'admitted',
    to: 'established',
    notices: ['call', 'roster'],
    ...assumption('example 6 says that the roster follows admission; the order of the two messages is that of example 3'),
  },
  {
    from: 'in-lobby',
    event: 'refused',
    to: 'ended',
    notices: ['terminated'],
    end: 'refusedInLobby',
    ...assumption('no page says how a guest who is turned away is notified'),
  },
  {
    from: 'in-lobby',
    event: 'lobby-timed-out',
    to: 'ended',
    notices: ['terminated'],
    end: 'lobbyTimedOut',
    ...documented('page "Delete call", 200/5855'),
  },

  {
    from: 'established',
    event: 'roster-changed',
    to: 'established',
    notices: ['roster'],
    ...documented('page "Create call": roster notifications when joining a meeting'),
  },
  {
    from: 'established',
    event: 'hung-up',
    to: 'ended',
    notices: ['terminated'],
    end: 'hungUp',
    ...documented('page "Delete call", 200/4521'),
  },
  {
    from: 'established',
    event: 'all-left',
    to: 'ended',
    notices: ['terminated'],
    end: 'leftAlone',
    ...observed('recorded traffic of 2023 (sambetts/graph-calling-bots): a group call after its last user has left'),
  },
  {
    from: 'established',
    event: 'left-alone',
    to: 'ended',
    notices: ['terminated'],
    end: 'leftAlone',
    ...documented('page "Delete call", 200/5010; that a meeting ends the call of a bot so is an assumption'),
  },
  {
    // No call is in another phase for so long: ringing and the lobby have shorter limits.
    from: 'established',
    event: 'keep-alive-missed',
    to: 'ended',
    notices: ['terminated'],
    end: 'keepAliveMissed',
    ...documented('page "call: keepAlive", and page "Delete call", 408/8537'),
  },
  {
    from: 'established',
    event: 'removed',
    to: 'ended',
    notices: ['terminated'],
    end: 'removed',
    ...documented('page "Delete call", 200/5300'),
  },

  ENDED_BY_BOT('ringing'),
  ENDED_BY_BOT('joining'),
  ENDED_BY_BOT('in-lobby'),
  ENDED_BY_BOT('established'),

  ENDED_BY_SERVICE('ringing', documented('page "Delete call", 480/10037; that other codes come then too is an assumption')),
  ENDED_BY_SERVICE('joining', observed('microsoft-graph-comms-samples issues 571 and 725')),
  ENDED_BY_SERVICE('in-lobby', observed('microsoft-graph-comms-samples issue 816, when it is admitted')),
  ENDED_BY_SERVICE('established', observed('microsoft-graph-comms-samples issue 474')),
]

/** The row for an event in a phase; undefined when the event does not fit the phase, which then changes nothing. */
export function transition(from: Phase, event: Event): Transition | undefined {
  return LIFE_CYCLE.find((row) => row.from === from && row.event === event)
}

interface Duration extends Sourced {
  readonly ms: number
}

export const DURATIONS = {
  /** From the establishing of a join to the meeting's decision: let in, or held in the lobby. */
  joining: { ms: 400, ...assumption('no page says how long a join takes') },
  /** How long a call rings when the request does not say. */
  ringing: { ms: 60_000, ...assumption('not documented; about a minute seen in comms-samples issue 17') },
  /** How long a bot stays as the only participant of a meeting that others have left. */
  alone: { ms: 60_000, ...assumption('that its call ends then is documented (200/5010), after which time is not') },
  /** How long a call lives without keepAlive, where a revision has that. */
  keepAlive: {
    ms: 45 * 60_000,
    ...documented('page "call: keepAlive" of 2023; that the first time counts from the create is an assumption'),
  },
  /** How long a guest or an application may wait in the lobby. */
  lobby: { ms: 30 * 60_000, ...assumption('that there is a limit is documented (200/5855), its length is not') },
} as const satisfies Record<string, Duration>
