// The life of a call as tables: phase x event -> phase and notifications, how calls end, and how long things take. Each row says how sure it is.

import type { JsonObject } from '../../contract/json'
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
  | 'removed'
  | 'deleted'

/** What is posted to the callback: the call's state, the roster, or one of the two messages of an end. */
export type Notice = 'call' | 'roster' | 'terminating' | 'terminated'

interface Transition extends Sourced {
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
  ...documented('page "Delete call" of 2019'),
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
    ...assumption('no page says how a refused guest is notified'),
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
    end: 'allLeft',
    ...documented('page "Delete call", 200/5002'),
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
]

/** The row for an event in a phase; undefined when the event does not fit the phase, which then changes nothing. */
export function transition(from: Phase, event: Event): Transition | undefined {
  return LIFE_CYCLE.find((row) => row.from === from && row.event === event)
}

interface End extends Sourced {
  readonly code: number
  readonly subcode: number
  readonly message: string
}

const SIBLING = 'no Graph page names it; the troubleshooting table of Azure Communication Services, on the same back end, does'

export const ENDS = {
  deletedByBot: {
    code: 0,
    subcode: 0,
    message: 'The call was ended by the application.',
    ...documented('page "Delete call" of 2019 (code 0 as a string, E-33)'),
  },
  declined: { code: 603, subcode: 0, message: 'The call was declined by the callee.', ...assumption(SIBLING) },
  busy: { code: 486, subcode: 0, message: 'The callee is busy.', ...assumption('SIP status 486; no Graph page names the pair') },
  unanswered: { code: 487, subcode: 10004, message: 'The call was not answered in time.', ...assumption(SIBLING) },
  hungUp: {
    code: 200,
    subcode: 4521,
    message: 'The call was ended by the other participant.',
    ...documented('page "Delete call", table of end codes'),
  },
  noOneJoined: {
    code: 200,
    subcode: 5013,
    message: 'No other participant joined the group call.',
    ...documented('page "Delete call", table of end codes'),
  },
  allLeft: {
    code: 200,
    subcode: 5002,
    message: 'All other participants have left.',
    ...documented('page "Delete call", table of end codes'),
  },
  removed: {
    code: 200,
    subcode: 5300,
    message: 'The call was removed by another participant.',
    ...documented('page "Delete call", table of end codes'),
  },
  refusedInLobby: {
    code: 200,
    subcode: 5300,
    message: 'The call was not admitted from the lobby.',
    ...assumption('the pair is documented for removal; its use for the lobby is ours'),
  },
  lobbyTimedOut: {
    code: 200,
    subcode: 5855,
    message: 'The call was removed from the lobby after its timeout.',
    ...documented('page "Delete call", table of end codes'),
  },
  noSuchMeeting: {
    code: 400,
    subcode: 2203,
    message: 'Bad Request. DiagCode: 400#2203.',
    ...observed('microsoft-graph-comms-samples issue 433; that it stands for an unknown meeting is an assumption'),
  },
} as const satisfies Record<string, End>

export type EndName = keyof typeof ENDS

/** The resultInfo of a terminated call: numbers, and `subcode` as in the metadata (E-32). */
export function resultInfo(end: EndName): JsonObject {
  const { code, subcode, message } = ENDS[end]
  return { '@odata.type': '#microsoft.graph.resultInfo', code, subcode, message }
}

interface Duration extends Sourced {
  readonly ms: number
}

export const DURATIONS = {
  /** From the establishing of a join to the meeting's decision: let in, or held in the lobby. */
  joining: { ms: 400, ...assumption('no page says how long a join takes') },
  /** How long a call rings when the request does not say. */
  ringing: { ms: 60_000, ...assumption('not documented; about a minute seen in comms-samples issue 17') },
  /** How long a guest may wait in the lobby. */
  lobby: { ms: 30 * 60_000, ...assumption('that there is a limit is documented (200/5855), its length is not') },
} as const satisfies Record<string, Duration>
