// Each root writes messages as its own pages print them: what differs from the core's form, as tables with a source for each row.
import { isObject, type Json, type JsonObject, without } from '../../contract/json'
import type { Admits, Answer } from '../core/commands'
import { APP_HOSTED, odataType } from '../core/forms'
import { DURATIONS } from '../core/life-cycle'
import { assumption, documented, type Sourced } from '../core/provenance'
import type { Call, FormName } from '../core/state'
import type { CallsRoot } from './documented-requests'

/**
 * What is written: the body of a 201, and that of a GET of a call; the Location of a 201, as `{ location }`; a participant in the answer to a
 * GET, the list that it is in, and one that is answered alone; the list of content sharing sessions; one change of a notification; one
 * participant of a roster in it.
 */
type Kind = 'created' | 'call' | 'location' | 'participant' | 'list' | 'alone' | 'sessions' | 'change' | 'entry'

/** What a message is about. */
export interface About {
  /** Form of the call; null where no row depends on it. */
  readonly form: FormName | null
  readonly callId: string
  /** The call of a notification, an ended one as it was before; null in an answer. */
  readonly call: Call | null
}

/** One difference between the pages of a revision and the core's form of a message. */
export interface Row extends Sourced {
  readonly what: string
  readonly of: readonly Kind[]
  write(message: JsonObject, about: About): JsonObject
  /** A further change that is posted after a written one; null: none. */
  also?(change: JsonObject, about: About): JsonObject | null
}

export interface Revision {
  readonly id: '2019-11' | 'beta-2023' | 'v1.0'
  readonly root: CallsRoot
  readonly admits: Admits
  readonly rows: readonly Row[]
}

type Write = Row['write']

const row = (what: string, of: readonly Kind[], write: Write, source: string): Row => ({ what, of, write, ...documented(source) })

/** Rewrites a member that is an object, wherever there is one. */
export function within(message: JsonObject, path: readonly string[], write: (object: JsonObject) => JsonObject): JsonObject {
  const [name, ...rest] = path
  if (name === undefined) return write(message)
  const member = message[name]
  return isObject(member) ? { ...message, [name]: within(member, rest, write) } : message
}

/** Rewrites every object of a list. */
export const each =
  (name: string, write: (object: JsonObject) => JsonObject) =>
  (message: JsonObject): JsonObject => {
    const list = message[name]
    return Array.isArray(list) ? { ...message, [name]: list.map((one: Json) => (isObject(one) ? write(one) : one)) } : message
  }

const context =
  (text: string): Write =>
  (message) => ({ ...message, '@odata.context': text })

const METADATA = (version: string) => `https://graph.microsoft.com/${version}/$metadata`

const INVITED = '#microsoft.graph.invitationParticipantInfo'

/** Only unset members are added: what a bot sends comes back. */
const invited = (target: JsonObject): JsonObject => ({
  ...target,
  '@odata.type': INVITED,
  endpointType: target.endpointType ?? null,
  replacesCallId: target.replacesCallId ?? null,
})

/** In the order of the page: the address first. */
const underCommunications: Write = ({ '@odata.type': type = null, changeType = null, resource, ...change }) => ({
  '@odata.type': type,
  changeType,
  resourceUrl: String(resource).replace(/^\/app\//, '/communications/'),
  ...change,
})

/** As numbers, which captures have; the pages print texts. */
const endedByApplication: Write = (change) =>
  within(change, ['resourceData', 'resultInfo'], (info) =>
    info.code === 0 && info.subcode === 0 ? { ...info, code: 200, subcode: 5001 } : info,
  )

const recordable = (participant: JsonObject): JsonObject => ({ ...participant, recordingInfo: null })

const ofParticipants =
  (end: '' | '/$entity'): Write =>
  (message, { callId }) => ({
    ...message,
    '@odata.context': `${METADATA('v1.0')}#communications/calls('${callId}')/participants${end}`,
  })

const ofSessions =
  (version: string): Write =>
  (message, { callId }) => ({
    ...message,
    '@odata.context': `${METADATA(version)}#communications/calls('${callId}')/contentSharingSessions`,
  })

const IDENTITIES = ['application', 'user', 'device', 'phone']

/** A participant as the pages list them since November 2019. */
const listed = (participant: JsonObject): JsonObject => {
  const named = within(participant, ['info', 'identity'], (set) => ({
    '@odata.type': set['@odata.type'] ?? null,
    ...Object.fromEntries(IDENTITIES.map((kind) => [kind, null])),
    ...set,
  }))
  const info = within(named, ['info'], (members) => ({ ...members, id: null }))
  return { ...each('mediaStreams', (stream) => ({ ...stream, label: null }))(info), metadata: null }
}

/** The label of a stream by its type (facts of the pages of 2019 and of captures). */
const LABELS: Readonly<Record<string, string>> = {
  audio: 'main-audio',
  video: 'main-video',
  videoBasedScreenSharing: 'applicationsharing-video',
  data: 'data',
}

export const labelled = each('mediaStreams', (stream) => ({ ...stream, label: LABELS[String(stream.mediaType)] ?? null }))

const PAGE_2019 = 'page "Create call" of November 2019'
const LISTS_2019 = 'pages "List participants" and "Get participant" of November 2019'
const PAGES_2023 = 'page "Create call" of February 2023'
const SESSIONS_2023 = 'page "List contentSharingSessions" of February 2023'
const LISTS_2023 = 'pages "List participants" and "Get participant" of February 2023'
const DELETE_LATER = 'page "Delete call", beta of 2023 and v1.0 of 2024; v1.0 of 2023 has code 0 (E-72)'
const V1 = 'page "Create call" in v1.0, 2023 and 2024'

/** What all pages print since November 2019. */
export const LATER: readonly Row[] = [
  row('a change names its resource in resourceUrl, below /communications', ['change'], underCommunications, PAGES_2023),
  row('a call that the application ends has 200/5001', ['change'], endedByApplication, DELETE_LATER),
  row('every target is an invitationParticipantInfo', ['created', 'call'], each('targets', invited), PAGES_2023),
  row('a participant has its unset members', ['participant'], listed, LISTS_2023),
  row('the context of participants', ['list'], ofParticipants(''), `${LISTS_2023}; the beta pages say v1.0, too`),
  row('the context of a participant', ['alone'], ofParticipants('/$entity'), `${LISTS_2023}; the beta pages say v1.0, too`),
]

export const BETA_2023: readonly Row[] = [
  row('a participant has recordingInfo', ['participant'], recordable, LISTS_2023),
  row('the context of content sharing sessions', ['sessions'], ofSessions('beta'), SESSIONS_2023),
]

/** Members that v1.0 prints neither for calls between two nor for joins. */
const NOT_IN_V1 = 'callRoutes activeModalities routingPolicies tenantId terminationReason meetingCapability'.split(' ')
const LEAN: readonly (FormName | null)[] = ['peer-to-peer', 'meeting', 'meeting-as-guest']

const isAppHosted = ({ mediaConfig }: JsonObject) => isObject(mediaConfig) && odataType(mediaConfig) === APP_HOSTED

const withoutTenant = (message: JsonObject): JsonObject =>
  within(message, ['meetingInfo', 'organizer', 'user'], (user) => without(user, 'tenantId'))

/** The join with application media, printed in 2024, has all of them. */
const lean: Write = (call, { form }) =>
  LEAN.includes(form) && (form === 'peer-to-peer' || !isAppHosted(call)) ? withoutTenant(without(call, ...NOT_IN_V1)) : call

export const V1_0: readonly Row[] = [
  row('a call between two and a join have fewer members, and no tenant', ['created', 'call'], lean, V1),
  row('the context of a new call', ['created'], context(`${METADATA('v1.0')}#app/calls/$entity`), V1),
  row('the context of a call', ['call'], context(`${METADATA('v1.0')}#communications/calls/$entity`), 'page "Get call" in v1.0'),
  row(
    'a change of a call has no tenant',
    ['change'],
    (change) => within(change, ['resourceData'], (data) => withoutTenant(without(data, 'tenantId'))),
    V1,
  ),
  {
    what: 'the context of content sharing sessions',
    of: ['sessions'],
    write: ofSessions('v1.0'),
    ...assumption('as the beta page, with the version of the path: the page in v1.0 is known in excerpts only'),
  },
]

export const NOVEMBER_2019: readonly Row[] = [
  row(
    'a call has neither callChainId nor transcription',
    ['created', 'call'],
    (call) => without(call, 'callChainId', 'transcription'),
    PAGE_2019,
  ),
  row('the streams of a participant have labels', ['participant'], labelled, LISTS_2019),
]

/** In November 2019 neither callOptions nor keepAlive existed: the pages came in April 2022 and on 22 November 2019. */
const ADMITTED_2019: Admits = { laterForms: false, mediaWithoutBlob: false, callOptions: false, keepAliveWithinMs: null }
const ADMITTED_LATER: Admits = {
  laterForms: true,
  mediaWithoutBlob: false,
  callOptions: true,
  keepAliveWithinMs: DURATIONS.keepAlive.ms,
}

export const REVISIONS: readonly Revision[] = [
  { id: '2019-11', root: '/beta/app/calls', admits: ADMITTED_2019, rows: NOVEMBER_2019 },
  { id: 'beta-2023', root: '/beta/communications/calls', admits: ADMITTED_LATER, rows: [...LATER, ...BETA_2023] },
  {
    id: 'v1.0',
    root: '/v1.0/communications/calls',
    // Its own requests for joins and group calls print no blob; whether the service takes them is not known.
    admits: { ...ADMITTED_LATER, mediaWithoutBlob: true },
    rows: [...LATER, ...V1_0],
  },
]

const FIRST = REVISIONS[0] as Revision

/** The revision of a root of calls. @param address of the calls, or of anything below them */
export function revisionAt(address: string, revisions: readonly Revision[] = REVISIONS): Revision {
  return revisions.find(({ root }) => address.includes(root)) ?? FIRST
}

/** Writes a message of the core as a revision prints it. */
export function written(revision: Revision, kind: Kind, message: JsonObject, about: About): JsonObject {
  return revision.rows.reduce((one, { of, write }) => (of.includes(kind) ? write(one, about) : one), message)
}

/**
 * The answer to a request about calls as the requested root prints it.
 * @param path of the request, canonical as `canonicalPath` writes it
 * @param callId of the request; null where it names no call
 * @param revisions of the profile
 */
export function asPrinted(answer: Answer, path: string, callId: string | null, revisions: readonly Revision[]): Answer {
  const revision = revisionAt(path, revisions)
  const about = { form: 'form' in answer ? answer.form : null, callId: callId ?? '', call: null }
  const write = (kind: Kind, message: JsonObject) => written(revision, kind, message, about)
  switch (answer.kind) {
    case 'created':
      return {
        ...answer,
        call: write('created', answer.call),
        location: String(write('location', { location: answer.location }).location),
      }
    case 'call':
      return { ...answer, call: write('call', answer.call) }
    case 'participants':
      return { ...answer, list: write('list', each('value', (one) => write('participant', one))(answer.list)) }
    case 'content-sharing-sessions':
      return { ...answer, list: write('sessions', answer.list) }
    case 'participant':
      return isObject(answer.participant)
        ? { ...answer, participant: write('alone', write('participant', answer.participant)) }
        : answer
    default:
      return answer
  }
}

/**
 * Writes a notification as the root of the call prints it, with those that follow it in the profile: one change each, as in every capture.
 * @param call undefined where it is not known
 * @param revisions of the profile
 */
export function writtenNotifications<
  Notice extends { readonly root: string; readonly callId: string; readonly body: JsonObject },
>(notice: Notice, call: Call | undefined, revisions: readonly Revision[]): readonly Notice[] {
  const revision = revisionAt(notice.root, revisions)
  const { value } = notice.body
  if (!Array.isArray(value)) return [notice]
  const about: About = { form: call?.form ?? null, callId: notice.callId, call: call ?? null }
  const entries = each('resourceData', (participant) => written(revision, 'entry', participant, about))
  const write = (change: Json) => (isObject(change) ? entries(written(revision, 'change', change, about)) : change)
  const changes: readonly Json[] = value.map(write)
  const further = changes.filter(isObject).flatMap((change) => revision.rows.flatMap((row) => row.also?.(change, about) ?? []))
  return [changes, ...further.map((change) => [change])].map((posted) => ({ ...notice, body: { ...notice.body, value: posted } }))
}
