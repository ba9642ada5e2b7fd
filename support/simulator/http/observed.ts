// The observed profile: the known drift of today's wire as rows that follow those of each revision. It was made from recorded traffic alone,
// apart from the suite's own list of drift.
import { isObject, type Json, type JsonObject, without } from '../../contract/json'
import type { Profile } from '../../contract/profiles'
import { observed } from '../core/provenance'
import { type About, each, labelled, REVISIONS, type Revision, type Row, within } from './revisions'

interface ObservedRow extends Row {
  /** The number under which the suite knows the drift; null: an addition, which is lawful and no drift. */
  readonly drift: string | null
}

type Write = Row['write']

const row = (drift: string | null, what: string, of: Row['of'], write: Write, source: string): ObservedRow => ({
  drift,
  what,
  of,
  write,
  ...observed(source),
})

/** Rewrites the call in a change of a call; any other change stays. */
const ofCall =
  (write: Write): Write =>
  (change, about) =>
    within(change, ['resourceData'], (data) => (data['@odata.type'] === '#microsoft.graph.call' ? write(data, about) : data))

const unchanged: Write = (message) => message

const TWO_ADDRESSES: Write = ({ '@odata.type': type = null, changeType = null, resource, resourceUrl, ...change }) => {
  const address = String(resource ?? resourceUrl).replace(/^\/(?:app|communications)\//, '/')
  return {
    '@odata.type': type,
    changeType,
    resource: `/app${address}`,
    resourceUrl: `/communications${address}`,
    ...change,
  }
}

const MEETING = ['chatInfo', 'meetingInfo'] as const

/** The coordinates of the meeting as the bot has sent them. */
const coordinates: Write = (data, { call }) => {
  const sent = MEETING.flatMap((name): [string, Json][] => {
    const value = call?.sent[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...data, ...Object.fromEntries(sent) }
}

const withoutTenantId: Write = (data, { form }) => (form === 'phone' ? data : without(data, 'tenantId'))

/** Of every call that was active, and of every end: the type alone, and an empty list. */
const CAPABILITY: JsonObject = { meetingCapability: { '@odata.type': '#microsoft.graph.meetingCapability' }, coOrganizers: [] }

const capability: Write = (data) => (data.state === 'terminated' ? { ...data, ...CAPABILITY } : data)

const chain: Write = (data, { call }) =>
  typeof call?.resource.callChainId === 'string' ? { ...data, callChainId: call.resource.callChainId } : data

/** The second established of a call between two: the media are active. */
function active(change: JsonObject, { form }: About): JsonObject | null {
  const data = change.resourceData
  if (form !== 'peer-to-peer' || !isObject(data) || data.state !== 'established') return null
  const { '@odata.type': type = null, callChainId } = data
  return {
    ...change,
    resourceData: {
      '@odata.type': type,
      state: data.state,
      mediaState: { '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' },
      ...CAPABILITY,
      ...(callChainId === undefined ? {} : { callChainId }),
    },
  }
}

const locationToday: Write = ({ location, ...message }) => ({
  ...message,
  location: String(location).replace(/\/app\/calls\//, '/communications/calls/'),
})

const contextToday: Write = (call) => ({
  ...call,
  '@odata.context': String(call['@odata.context']).replace('#app/calls/', '#communications/calls/'),
})

const ofInvited = each('targets', (target) => ({ ...target, '@odata.type': '#microsoft.graph.invitationParticipantInfo' }))

const numbered: Write = (participant) =>
  within(participant, ['info', 'identity', 'application'], (bot) => ({ ...bot, displayName: `28:${String(bot.id)}` }))

/** Captures have these members of users and of applications; those of guests are not known. */
const ofTheTenant: Write = (participant, { call }) =>
  ['user', 'application'].reduce(
    (one, kind) =>
      within(one, ['info', 'identity', kind], (identity) => ({
        ...identity,
        tenantId: call?.tenantId ?? null,
        identityProvider: 'AAD',
      })),
    participant,
  )

const informed: Write = (participant) =>
  within(participant, ['info'], (info) => ({ ...info, endpointType: 'default', participantId: participant.id ?? null }))

const withStates: Write = ({ id = null, ...participant }) => ({
  ...participant,
  publishedStates: [],
  meetingRole: 'none',
  isIdentityAnonymized: false,
  id,
})

const RECORDED = 'recorded traffic of 2023 (sambetts/graph-calling-bots)'
const SAMPLES = 'microsoft-graph-comms-samples'

/** In the order in which they are applied, after the rows of the revision. */
export const OBSERVED: readonly ObservedRow[] = [
  row(
    null,
    'a change has both addresses: resource under /app, resourceUrl under /communications',
    ['change'],
    TWO_ADDRESSES,
    `${RECORDED}; ${SAMPLES} issues 126 (2019), 433 and 772 (2025)`,
  ),
  row(
    'D-03',
    'a change has no callbackUri',
    ['change'],
    (change) => without(change, 'callbackUri'),
    `${RECORDED}; ${SAMPLES} issue 772`,
  ),
  row(
    'D-02',
    'a change of a call has no id',
    ['change'],
    ofCall((data) => without(data, 'id')),
    `${RECORDED}; ${SAMPLES} issue 772`,
  ),
  row(
    'D-04',
    'an established call to people has no tenantId',
    ['change'],
    ofCall(withoutTenantId),
    `${RECORDED}; ${SAMPLES} issue 700 for a telephone, where it has one`,
  ),
  row(
    null,
    'a change of a call in a meeting has the coordinates as sent, its end too',
    ['change'],
    ofCall(coordinates),
    `${SAMPLES} issues 632 and 772, establishing; 598, terminated; that established has them as sent is an assumption`,
  ),
  row(
    null,
    'the end of a call has meetingCapability and coOrganizers, without content',
    ['change'],
    ofCall(capability),
    `${RECORDED}, of calls between two and of a group; that the end of a join has them is an assumption`,
  ),
  row(
    null,
    'a change of a call has callChainId',
    ['change'],
    ofCall(chain),
    `${RECORDED}; ${SAMPLES} issue 772; that the end of a join has it is an assumption`,
  ),
  {
    ...row('D-07', 'established comes again without direction, when the media are active', ['change'], unchanged, RECORDED),
    also: active,
  },
  row(
    'D-05',
    'Location lies under /communications',
    ['location'],
    locationToday,
    `${SAMPLES} issue 433; that it does where /beta/app/calls was asked for is an assumption`,
  ),
  row(
    'D-05',
    'the context of a call lies under communications',
    ['created', 'call'],
    contextToday,
    `${SAMPLES} issue 704, of a call that is read in v1.0; that a new call and beta have it is an assumption`,
  ),
  row('D-09', 'every target is an invitationParticipantInfo', ['created', 'call'], ofInvited, `${SAMPLES} issue 664`),
  row(
    'D-08',
    'a bot is named by the number of its kind and its application id',
    ['participant', 'entry'],
    numbered,
    `${RECORDED}, a roster; that the lists of participants name it so is an assumption`,
  ),
  row(null, 'an identity on a roster has its tenant and the provider', ['entry'], ofTheTenant, RECORDED),
  row(null, 'a participant on a roster has endpointType and participantId', ['entry'], informed, RECORDED),
  row(null, 'the streams on a roster have labels', ['entry'], labelled, RECORDED),
  row(
    null,
    'a participant on a roster has publishedStates, meetingRole and isIdentityAnonymized',
    ['entry'],
    withStates,
    `${RECORDED}; ${SAMPLES} issue 599`,
  ),
]

/** Drift that no message of this profile shows, with the reason. */
export const NOT_SHOWN: readonly { readonly drift: string; readonly reason: string }[] = [
  {
    drift: 'D-01',
    reason:
      'every capture of a whole change has resource beside resourceUrl; only pages leave it out, and the later revisions print it so',
  },
  {
    drift: 'D-06',
    reason:
      'a tenantId other than that of the token is refused today (403, 7505), and the same one is answered anyway: no message of a call shows it',
  },
]

const OBSERVED_REVISIONS: readonly Revision[] = REVISIONS.map((revision) => ({
  ...revision,
  rows: [...revision.rows, ...OBSERVED],
}))

/** How each root writes its messages in a profile. @throws Error for an unknown profile */
export function revisionsOf(profile: Profile): readonly Revision[] {
  switch (profile) {
    case 'documented':
      return REVISIONS
    case 'observed':
      return OBSERVED_REVISIONS
    default:
      throw new Error(`profile is ${JSON.stringify(profile)}: write "documented" or "observed"`)
  }
}
