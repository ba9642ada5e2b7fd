// What can be wrong with one member of a message: it is missing, null, of another type, of another value, or of another call.
import { isObject, type Json } from '../../contract/json'
import type { Path } from './printed'

export interface Mutation {
  readonly id: 'missing' | 'null' | 'type' | 'value' | 'of-another-call'
  /** Ends the sentence "In …, X …". */
  readonly told: string
  /** Whether a member can be wrong in this way at all. */
  fits(path: Path): boolean
  /** Why a member that is printed as null cannot; null when it can. */
  readonly notOfNull: string | null
  /**
   * @param was the member as the simulator made it
   * @param earlier what stood there in a message before, of another call perhaps
   * @returns what stands there instead; undefined takes the member out
   */
  rewrite(was: Json, name: string, earlier: readonly Json[]): Json | undefined
}

/** Members whose value belongs to one call. The id of an identity is a person's or an application's. */
const OF_ONE_CALL: readonly string[] = ['id', 'myParticipantId', 'resource']
const IDENTITIES: readonly string[] = ['application', 'user', 'guest']

function isOfOneCall(path: Path): boolean {
  const [holder, name] = [path.at(-2), path.at(-1)]
  return typeof name === 'string' && OF_ONE_CALL.includes(name) && !(typeof holder === 'string' && IDENTITIES.includes(holder))
}

export const MUTATIONS: readonly Mutation[] = [
  { id: 'missing', told: 'is missing', fits: () => true, notOfNull: null, rewrite: () => undefined },
  { id: 'null', told: 'is null', fits: () => true, notOfNull: 'it is printed as null', rewrite: () => null },
  {
    id: 'type',
    told: 'is of another type',
    fits: () => true,
    notOfNull: 'it is printed as null, which has no type; with another value it has one',
    rewrite: ofAnotherType,
  },
  { id: 'value', told: 'has another value', fits: () => true, notOfNull: null, rewrite: ofAnotherValue },
  {
    id: 'of-another-call',
    told: 'is that of another call',
    fits: isOfOneCall,
    notOfNull: null,
    rewrite: (was, _, earlier) => earlier.find((one) => one !== was) ?? withAnotherId(was),
  },
]

/** Types that a reader in a hurry takes for the right one: JavaScript compares them as equal, or reads through them. */
function ofAnotherType(was: Json): Json {
  if (typeof was === 'boolean' || typeof was === 'number') return String(was)
  if (Array.isArray(was)) return was[0] ?? {}
  return [was]
}

/** Values that could stand there as well, by the name of the member; the first that does not. */
const OTHERS: Readonly<Record<string, readonly Json[]>> = {
  '@odata.type': ['#microsoft.graph.call', '#microsoft.graph.participant'],
  changeType: ['created'],
  state: ['established', 'establishing'],
  direction: ['incoming', 'outgoing'],
  mediaType: ['hologram'],
  requestedModalities: [['video']],
  activeModalities: [['audio']],
  callRoutes: [[{ '@odata.type': '#microsoft.graph.callRoute', routingType: 'forwarded' }]],
  routingPolicies: [['noMissedCall']],
  targets: [[{ '@odata.type': '#microsoft.graph.participantInfo', region: null, languageId: null }]],
  region: ['emea'],
  languageId: ['en-GB', 'en-US'],
  replyChainMessageId: ['0'],
  subject: ['Quarterly review'],
  terminationReason: ['AppDeletedCall'],
  ringingTimeoutInSeconds: [45],
  mediaState: [{ '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' }],
  resultInfo: [{ '@odata.type': '#microsoft.graph.resultInfo', code: 200, subcode: 0 }],
  answeredBy: [{ '@odata.type': '#microsoft.graph.participantInfo', region: null, languageId: null }],
  chatInfo: [{ '@odata.type': '#microsoft.graph.chatInfo', threadId: '19:meeting_other@thread.v2', messageId: '0' }],
  meetingInfo: [{ '@odata.type': '#microsoft.graph.organizerMeetingInfo', allowConversationWithoutHost: true }],
  meetingCapability: [{ '@odata.type': '#microsoft.graph.meetingCapability', allowAnonymousUsersToDialOut: true }],
  toneInfo: [{ '@odata.type': '#microsoft.graph.toneInfo', sequenceId: 1, tone: 'tone1' }],
}

/** An entry of a list goes by the name of the list. */
function ofAnotherValue(was: Json, name: string): Json {
  if (typeof was === 'boolean') return !was
  if (typeof was === 'number') return was + 1
  const other = OTHERS[name]?.find((one) => one !== was && Array.isArray(one) === Array.isArray(was))
  if (other !== undefined && !isFilled(was)) return other
  if (Array.isArray(was)) return [...was, ...was.slice(-1)]
  return typeof was === 'string' ? nearly(was) : {}
}

function isFilled(was: Json): boolean {
  return Array.isArray(was) ? was.length > 0 : isObject(was)
}

/** As long as it was, and different in the last character only: who compares beginnings or lengths sees nothing. */
function nearly(was: string): string {
  return was.slice(0, -1) + (was.endsWith('0') ? '1' : '0')
}

/** A GUID that no call of a simulator has: its ids come from a seed. */
const ANOTHER_ID = 'c0ffee00-0000-4000-8000-000000000000'

function withAnotherId(was: Json): Json {
  return typeof was === 'string' ? was.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, ANOTHER_ID) : ANOTHER_ID
}
