// The life of a call as a table: phase x event -> phase, what is notified, and how sure each row is.
import type { Sourced } from './provenance'
import type { EndName } from './result-codes'

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
  | 'nobody-joined'
  | 'all-left'
  | 'removed'
  | 'deleted'

/** What is posted to the callback: the call's state, the roster, or one of the two messages of an end. */
export type Notice = 'call' | 'roster' | 'terminating' | 'terminated'

export interface Transition extends Sourced {
  readonly from: Phase
  readonly event: Event
  readonly to: Phase
  readonly notices: readonly Notice[]
  readonly end?: EndName
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
  basis: 'documented',
  source: 'page "Delete call" of 2019',
})

export const LIFE_CYCLE: readonly Transition[] = [
  { from: 'new', event: 'called', to: 'ringing', notices: ['call'], basis: 'documented', source: 'example 1' },
  {
    from: 'new',
    event: 'several-called',
    to: 'ringing',
    notices: ['call'],
    basis: 'assumption',
    source: 'that several can be called is documented (E-73), their notifications are not: as a call between two',
  },
  { from: 'new', event: 'joined', to: 'joining', notices: ['call'], basis: 'documented', source: 'example 3' },

  { from: 'ringing', event: 'answered', to: 'established', notices: ['call'], basis: 'documented', source: 'example 1' },
  {
    from: 'ringing',
    event: 'declined',
    to: 'ended',
    notices: ['terminated'],
    end: 'declined',
    basis: 'assumption',
    source: 'that it ends without established is observed (comms-samples issue 433); the code is not',
  },
  {
    from: 'ringing',
    event: 'busy',
    to: 'ended',
    notices: ['terminated'],
    end: 'busy',
    basis: 'assumption',
    source: 'as declined',
  },
  {
    from: 'ringing',
    event: 'unanswered',
    to: 'ended',
    notices: ['terminated'],
    end: 'unanswered',
    basis: 'assumption',
    source: 'that it ends without established is observed (comms-samples issue 17); the code is not',
  },

  {
    from: 'ringing',
    event: 'first-answered',
    to: 'established',
    notices: ['call', 'roster'],
    basis: 'assumption',
    source: 'that a call to several has a roster is documented (resource page of the call); when it comes is as in a meeting',
  },
  {
    from: 'ringing',
    event: 'nobody-joined',
    to: 'ended',
    notices: ['terminated'],
    end: 'nobodyJoined',
    basis: 'documented',
    source: 'page "Delete call", 200/5013; that it covers those who decline is an assumption',
  },

  { from: 'joining', event: 'let-in', to: 'established', notices: ['call', 'roster'], basis: 'documented', source: 'example 3' },
  {
    from: 'joining',
    event: 'held',
    to: 'in-lobby',
    notices: ['roster'],
    basis: 'documented',
    source: 'example 6 prints the roster of the lobby; that the call stays establishing meanwhile is an assumption',
  },
  {
    from: 'joining',
    event: 'no-such-meeting',
    to: 'ended',
    notices: ['terminated'],
    end: 'noSuchMeeting',
    basis: 'assumption',
    source: 'no page says what becomes of a join of no meeting',
  },

  {
    from: 'in-lobby',
    event: 'admitted',
    to: 'established',
    notices: ['call', 'roster'],
    basis: 'assumption',
    source: 'example 6 says that the roster follows admission; the order of the two messages is that of example 3',
  },
  {
    from: 'in-lobby',
    event: 'refused',
    to: 'ended',
    notices: ['terminated'],
    end: 'refusedInLobby',
    basis: 'assumption',
    source: 'no page says how a refused guest is told',
  },
  {
    from: 'in-lobby',
    event: 'lobby-timed-out',
    to: 'ended',
    notices: ['terminated'],
    end: 'lobbyTimedOut',
    basis: 'documented',
    source: 'page "Delete call", 200/5855',
  },

  {
    from: 'established',
    event: 'roster-changed',
    to: 'established',
    notices: ['roster'],
    basis: 'documented',
    source: 'page "Create call": roster notifications when joining a meeting',
  },
  {
    from: 'established',
    event: 'hung-up',
    to: 'ended',
    notices: ['terminated'],
    end: 'hungUp',
    basis: 'documented',
    source: 'page "Delete call", 200/4521',
  },
  {
    from: 'established',
    event: 'all-left',
    to: 'ended',
    notices: ['terminated'],
    end: 'allLeft',
    basis: 'documented',
    source: 'page "Delete call", 200/5002',
  },
  {
    from: 'established',
    event: 'removed',
    to: 'ended',
    notices: ['terminated'],
    end: 'removed',
    basis: 'documented',
    source: 'page "Delete call", 200/5300',
  },

  ENDED_BY_BOT('ringing'),
  ENDED_BY_BOT('joining'),
  ENDED_BY_BOT('in-lobby'),
  ENDED_BY_BOT('established'),
]

/** The row for an event in a phase; undefined when the event does not fit the phase, which then changes nothing. */
export function transition(from: Phase, event: Event): Transition | undefined {
  return LIFE_CYCLE.find((row) => row.from === from && row.event === event)
}
