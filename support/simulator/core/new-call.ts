// The new call with the properties of every revision of the page: one row for each, saying where its value comes from. What the pages of one
// root print of it is the business of http/revisions.ts.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Caller } from './commands'
import { CALL_STATE } from './life-cycle'
import type { Sourced } from './provenance'

/** What the service makes up or knows when it creates a call. */
interface Made {
  readonly id: string
  readonly myParticipantId: string
  readonly callChainId: string
  readonly tenantId: string
  readonly caller: Caller
  /** Whether the source is that of the request: a guest's, or an application instance. */
  readonly ownSource: boolean
  /** The chat that the service fills in for a join by meeting id; null where it fills in none. */
  readonly chatInfo: JsonObject | null
}

interface Property extends Sourced {
  readonly name: string
  /** Marked server-generated: its value in a request is ignored (CC-13). */
  readonly generated: boolean
  value(made: Made, sent: JsonObject): Json
}

const EXAMPLES = 'responses of examples 1 and 3'
/** The source of what the page of 2019 does not have. */
export const LATER_PAGES = 'responses of the page of 2023'

/** As printed in 2019, wherever the service is: a name of the body's type and no address to follow. */
const CONTEXT = 'https://graph.microsoft.com/beta/$metadata#app/calls/$entity'

type Value = Property['value']
const documented = (name: string, generated: boolean, value: Value, source = EXAMPLES): Property => ({
  name,
  generated,
  value,
  basis: 'documented',
  source,
})
const asSent = (name: string, unset: Json = null): Property => documented(name, false, (_, sent) => sent[name] ?? unset)
const unset = (name: string, source = EXAMPLES): Property => documented(name, true, () => null, source)
const empty = (name: string): Property => documented(name, true, () => [])

export const NEW_CALL: readonly Property[] = [
  documented('@odata.type', false, () => '#microsoft.graph.call'),
  documented('state', true, () => CALL_STATE.new),
  documented('direction', true, () => 'outgoing'),
  asSent('callbackUri'),
  documented('callChainId', true, ({ callChainId }) => callChainId, LATER_PAGES),
  empty('callRoutes'),
  documented(
    'source',
    false,
    ({ caller, ownSource }, sent) => complete(ownSource ? (sent.source as JsonObject) : application(caller)),
    `${EXAMPLES}; for a guest the page of 2023 and E-24`,
  ),
  documented('targets', false, (_, sent) => (Array.isArray(sent.targets) ? sent.targets : []).filter(isObject).map(complete)),
  asSent('requestedModalities', []),
  empty('activeModalities'),
  asSent('mediaConfig'),
  documented('chatInfo', false, (made, sent) => {
    const chatInfo = made.chatInfo ?? sent.chatInfo
    return isObject(chatInfo) ? { ...chatInfo, replyChainMessageId: chatInfo.replyChainMessageId ?? null } : null
  }),
  documented('meetingInfo', false, (_, { meetingInfo }) =>
    isObject(meetingInfo) && 'joinMeetingId' in meetingInfo
      ? { ...meetingInfo, passcode: meetingInfo.passcode ?? null }
      : (meetingInfo ?? null),
  ),
  unset('transcription', LATER_PAGES),
  asSent('routingPolicies', []),
  documented('tenantId', true, ({ tenantId }) => tenantId),
  documented('myParticipantId', true, ({ myParticipantId }) => myParticipantId),
  documented('id', true, ({ id }) => id),
  documented('@odata.context', false, () => CONTEXT, `${EXAMPLES}; unchanged under every root (E-61)`),
  asSent('subject'),
  unset('terminationReason'),
  asSent('ringingTimeoutInSeconds'),
  unset('mediaState'),
  unset('resultInfo'),
  unset('answeredBy'),
  unset('meetingCapability'),
  unset('toneInfo'),
  unset('incomingContext', 'metadata of November 2019; not printed on the page (E-27)'),
]

/** The body of a 201: every property of the version, unset ones as null or an empty collection (CC-21, E-27). */
export function newCall(made: Made, sent: JsonObject): JsonObject {
  const call: Record<string, Json> = {}
  for (const { name, value } of NEW_CALL) call[name] = value(made, sent)
  return call
}

/** A participantInfo with the members that it has only in answers; unset ones are null (CC-24, E-27). */
function complete(info: JsonObject): JsonObject {
  return { endpointType: null, countryCode: null, ...info, region: info.region ?? null, languageId: info.languageId ?? null }
}

function application({ appId, displayName }: Caller): JsonObject {
  return { '@odata.type': '#microsoft.graph.participantInfo', identity: applicationIdentity(appId, displayName) }
}

/** The identity set of a bot, in answers and on the roster. */
function applicationIdentity(id: string, displayName: string): JsonObject {
  return identitySet('application', { '@odata.type': '#microsoft.graph.identity', displayName, id })
}

/** An identity set with one member filled. */
export function identitySet(kind: 'application' | 'user' | 'guest', identity: JsonObject): JsonObject {
  return { '@odata.type': '#microsoft.graph.identitySet', [kind]: identity }
}
