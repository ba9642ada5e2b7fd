// Tables: the requirement that each printed member belongs to, and the mutations that are left out. The first row that fits counts.
import type { Mutation } from './mutations'
import type { MessageName } from './printed'

type Wrong = readonly Mutation['id'][]

interface Place {
  readonly of: readonly MessageName[]
  /** Names with / between them; `*` is any one name, `**` at the end is any number of names. */
  readonly at: string
  /** The mutations that the row is for; all by default. */
  readonly wrong?: Wrong
}

interface Rule extends Place {
  readonly requirement: string
  /** How a failure names the subject where it does not give the path of the member. */
  readonly names?: RegExp
}

export interface LeftOut extends Place {
  /** Lawful: the suite must accept it, which is tried. Changes nothing: the simulator sends the same as without it. */
  readonly because: 'lawful' | 'changes nothing'
  readonly reason: string
}

const ANSWERS: readonly MessageName[] = ['answer-call', 'answer-join']
const OF_CALLS: readonly MessageName[] = ['establishing-call', 'established-call']
const OF_MEETINGS: readonly MessageName[] = ['establishing-meeting', 'established-meeting']
const STATES: readonly MessageName[] = [...OF_CALLS, ...OF_MEETINGS]
const ROSTERS: readonly MessageName[] = ['roster', 'roster-lobby']
const POSTS: readonly MessageName[] = [...STATES, ...ROSTERS]

const ENTRY = 'value/0'
const DATA = `${ENTRY}/resourceData`
const OTHER_VALUES: Wrong = ['value']
const OTHER_IDS: Wrong = ['value', 'of-another-call']

const E21 = 'the client of a person chooses its language and media (E-21)'

export const LEFT_OUT: readonly LeftOut[] = [
  {
    of: ['answer-call'],
    at: 'mediaConfig/preFetchMedia/**',
    because: 'changes nothing',
    reason: 'the request of example 1 has no entries to be fetched, so the answer has none (E-08); the answer to a join has them',
  },
  {
    of: ['roster'],
    at: `${DATA}/person/id`,
    wrong: OTHER_IDS,
    because: 'lawful',
    reason: 'the service makes it, and no other message names it',
  },
  { of: ['roster'], at: `${DATA}/person/info/languageId`, because: 'lawful', reason: E21 },
  {
    of: ['roster'],
    at: `${DATA}/person/mediaStreams/*`,
    wrong: ['missing'],
    because: 'lawful',
    reason: `${E21}: one stream less`,
  },
  {
    of: ['roster'],
    at: `${DATA}/person/mediaStreams`,
    wrong: OTHER_VALUES,
    because: 'lawful',
    reason: `${E21}: one stream more`,
  },
  {
    of: ['roster'],
    at: `${DATA}/person/mediaStreams/*/serverMuted`,
    wrong: OTHER_VALUES,
    because: 'lawful',
    reason: E21,
  },
  {
    of: ROSTERS,
    at: `${DATA}/*/mediaStreams/*/sourceId`,
    wrong: OTHER_VALUES,
    because: 'lawful',
    reason: 'the service numbers the sources of media; CC-47 wants a text',
  },
  {
    of: POSTS,
    at: 'value',
    wrong: OTHER_VALUES,
    because: 'lawful',
    reason: 'the same change twice in one post: several entries in one post, and repeats, are lawful (CC-51)',
  },
]

/** Failures that give no path, because the suite cannot recognise the notification. */
const STATE_MISSING = /the notification that the call is (establishing|established) is missing/
const ROSTER_MISSING = /roster/
const UNKNOWN_PARTICIPANT = /on the roster is missing after .*(a participant without an identity|(user|guest|application) )/

export const RULES: readonly Rule[] = [
  // The answer to a create.
  { of: ANSWERS, at: '@odata.context', requirement: 'CC-26' },
  { of: ANSWERS, at: '@odata.type', requirement: 'CC-26' },
  { of: ANSWERS, at: '*/@odata.type', requirement: 'CC-26' },
  { of: ANSWERS, at: '*/*/@odata.type', requirement: 'CC-26' },
  { of: ANSWERS, at: '*/*/*/@odata.type', requirement: 'CC-26' },
  { of: ANSWERS, at: '*/*/*/*/@odata.type', requirement: 'CC-26' },
  { of: ANSWERS, at: 'state', requirement: 'CC-20' },
  { of: ANSWERS, at: 'direction', requirement: 'CC-20' },
  { of: ANSWERS, at: 'id', wrong: OTHER_IDS, requirement: 'CC-03', names: /Location/ },
  { of: ANSWERS, at: 'id', requirement: 'CC-25' },
  { of: ['answer-join'], at: 'myParticipantId', wrong: OTHER_IDS, requirement: 'CC-48', names: /the bot's own participant id/ },
  // Nothing else of a call to a person names it but the call that Graph gives.
  { of: ['answer-call'], at: 'myParticipantId', wrong: OTHER_IDS, requirement: 'CC-29' },
  { of: ANSWERS, at: 'myParticipantId', requirement: 'CC-25' },
  { of: ANSWERS, at: 'tenantId', requirement: 'CC-25' },
  { of: ANSWERS, at: 'source/region', requirement: 'CC-24' },
  { of: ANSWERS, at: 'source/languageId', requirement: 'CC-24' },
  { of: ANSWERS, at: 'source/**', requirement: 'CC-23' },
  { of: ['answer-call'], at: 'targets/*/region', requirement: 'CC-24' },
  { of: ['answer-call'], at: 'targets/*/languageId', requirement: 'CC-24' },
  { of: ['answer-join'], at: 'targets', requirement: 'CC-27' },
  { of: ['answer-join'], at: 'chatInfo/replyChainMessageId', requirement: 'CC-27' },
  { of: ANSWERS, at: 'callRoutes', requirement: 'CC-28' },
  { of: ANSWERS, at: 'activeModalities', requirement: 'CC-28' },
  { of: ANSWERS, at: 'routingPolicies', requirement: 'CC-28' },
  { of: ANSWERS, at: 'callbackUri', requirement: 'CC-22' },
  { of: ANSWERS, at: 'targets/**', requirement: 'CC-22' },
  { of: ANSWERS, at: 'requestedModalities/**', requirement: 'CC-22' },
  { of: ANSWERS, at: 'mediaConfig/preFetchMedia/**', requirement: 'CC-22', names: /^ {2}mediaConfig\.preFetchMedia: / },
  { of: ANSWERS, at: 'mediaConfig/**', requirement: 'CC-22' },
  { of: ['answer-join'], at: 'chatInfo/**', requirement: 'CC-22' },
  { of: ['answer-join'], at: 'meetingInfo/**', requirement: 'CC-22' },
  // Members without a value are printed as null.
  ...'subject terminationReason ringingTimeoutInSeconds mediaState resultInfo answeredBy meetingCapability toneInfo'
    .split(' ')
    .map((at): Rule => ({ of: ANSWERS, at, requirement: 'CC-21' })),
  { of: ['answer-call'], at: 'chatInfo', requirement: 'CC-21' },
  { of: ['answer-call'], at: 'meetingInfo', requirement: 'CC-21' },

  // The envelope of every post.
  { of: POSTS, at: '@odata.type', requirement: 'CC-41' },
  { of: POSTS, at: 'value', requirement: 'CC-41' },
  { of: POSTS, at: ENTRY, requirement: 'CC-41', names: /\bvalue\b/ },
  { of: POSTS, at: `${ENTRY}/@odata.type`, requirement: 'CC-41' },
  { of: POSTS, at: `${ENTRY}/changeType`, requirement: 'CC-41' },
  { of: POSTS, at: `${ENTRY}/callbackUri`, wrong: ['missing'], requirement: 'CC-41', names: /drift D-03/ },
  { of: POSTS, at: `${ENTRY}/callbackUri`, requirement: 'CC-41' },

  // A change of the call.
  { of: STATES, at: `${ENTRY}/resource`, requirement: 'CC-42', names: STATE_MISSING },
  { of: STATES, at: DATA, wrong: ['missing', 'null'], requirement: 'CC-41' },
  { of: STATES, at: DATA, requirement: 'CC-42', names: STATE_MISSING },
  { of: STATES, at: `${DATA}/@odata.type`, requirement: 'CC-42' },
  { of: STATES, at: `${DATA}/state`, requirement: 'CC-42', names: STATE_MISSING },
  { of: STATES, at: `${DATA}/id`, wrong: ['missing'], requirement: 'CC-42', names: /drift D-02/ },
  { of: STATES, at: `${DATA}/id`, requirement: 'CC-42' },
  { of: ['established-call'], at: `${DATA}/direction`, requirement: 'CC-42b' },
  { of: ['established-call'], at: `${DATA}/tenantId`, wrong: ['missing'], requirement: 'CC-42b', names: /drift D-04/ },
  { of: ['established-call'], at: `${DATA}/tenantId`, requirement: 'CC-42b' },
  { of: OF_MEETINGS, at: `${DATA}/chatInfo/**`, requirement: 'CC-49' },
  { of: OF_MEETINGS, at: `${DATA}/meetingInfo/**`, requirement: 'CC-49' },

  // The roster and its participants.
  { of: ROSTERS, at: `${ENTRY}/resource`, requirement: 'CC-46', names: ROSTER_MISSING },
  { of: ROSTERS, at: DATA, wrong: ['missing', 'null'], requirement: 'CC-41' },
  { of: ROSTERS, at: DATA, wrong: ['type'], requirement: 'CC-46', names: ROSTER_MISSING },
  { of: ['roster'], at: DATA, requirement: 'CC-45', names: ROSTER_MISSING },
  { of: ['roster-lobby'], at: DATA, requirement: 'CC-62', names: ROSTER_MISSING },
  { of: ROSTERS, at: `${DATA}/*/@odata.type`, requirement: 'CC-46' },
  { of: ['roster'], at: `${DATA}/person`, wrong: ['missing'], requirement: 'CC-45', names: ROSTER_MISSING },
  { of: ['roster'], at: `${DATA}/bot`, wrong: ['missing'], requirement: 'CC-48', names: /the bot on the roster/ },
  { of: ['roster-lobby'], at: `${DATA}/guest`, wrong: ['missing'], requirement: 'CC-61', names: /the bot on the roster/ },
  { of: ROSTERS, at: `${DATA}/*`, wrong: ['null', 'type'], requirement: 'CC-46' },
  {
    of: ['roster'],
    at: `${DATA}/person/info/identity/user/id`,
    wrong: OTHER_VALUES,
    requirement: 'CC-45',
    names: ROSTER_MISSING,
  },
  { of: ['roster'], at: `${DATA}/bot/info/identity/application/id`, requirement: 'CC-48', names: /the bot on the roster/ },
  { of: ['roster'], at: `${DATA}/bot/id`, requirement: 'CC-48' },
  { of: ['roster'], at: `${DATA}/*/isInLobby`, wrong: OTHER_VALUES, requirement: 'CC-45', names: /in the lobby/ },
  { of: ['roster-lobby'], at: `${DATA}/guest/isInLobby`, requirement: 'CC-61' },
  { of: ['roster-lobby'], at: `${DATA}/guest/id`, requirement: 'CC-61' },
  { of: ['roster-lobby'], at: `${DATA}/guest/info/identity/guest/id`, requirement: 'CC-60', names: /the bot on the roster/ },
  { of: ['roster-lobby'], at: `${DATA}/guest/info/identity/guest/displayName`, requirement: 'CC-60' },
  // The bot is as printed: only the bot mutes itself, and its media are those of its request.
  { of: ['roster'], at: `${DATA}/bot/isMuted`, wrong: OTHER_VALUES, requirement: 'CC-32' },
  { of: ['roster-lobby'], at: `${DATA}/guest/isMuted`, wrong: OTHER_VALUES, requirement: 'CC-35' },
  { of: ['roster'], at: `${DATA}/bot/mediaStreams/*/serverMuted`, wrong: OTHER_VALUES, requirement: 'CC-32' },
  { of: ['roster-lobby'], at: `${DATA}/guest/mediaStreams/*/serverMuted`, wrong: OTHER_VALUES, requirement: 'CC-35' },
  { of: ['roster'], at: `${DATA}/bot/mediaStreams`, wrong: OTHER_VALUES, requirement: 'CC-32' },
  { of: ['roster-lobby'], at: `${DATA}/guest/mediaStreams`, wrong: OTHER_VALUES, requirement: 'CC-35' },
  { of: ['roster'], at: `${DATA}/*/info/identity/*/displayName`, requirement: 'CC-32' },
  { of: ROSTERS, at: `${DATA}/*/info/identity/*`, requirement: 'CC-47', names: UNKNOWN_PARTICIPANT },
  { of: ROSTERS, at: `${DATA}/*/info/identity/*/id`, requirement: 'CC-47', names: UNKNOWN_PARTICIPANT },
  { of: ROSTERS, at: `${DATA}/*/**`, requirement: 'CC-47' },
]

/** The first row that fits a mutation of a member; undefined when no row fits. */
export function rowFor<Row extends Place>(
  rows: readonly Row[],
  message: MessageName,
  steps: readonly string[],
  wrong: string,
): Row | undefined {
  return rows.find(
    (row) =>
      row.of.includes(message) && (row.wrong?.includes(wrong as Mutation['id']) ?? true) && leads(row.at.split('/'), steps),
  )
}

export function leads([name, ...names]: readonly string[], steps: readonly string[]): boolean {
  if (name === undefined) return steps.length === 0
  if (name === '**') return true
  const [step, ...rest] = steps
  return step !== undefined && (name === '*' || name === step) && leads(names, rest)
}
