// Creating a call: the checks in their order, the new call, and the first event of its life.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { type Admits, type BotCommand, type Caller, type Decision, type Env, still } from './commands'
import { type Refusal, unplayed } from './errors'
import { happen } from './events'
import { type Form, formOf, refusePermission } from './forms'
import { invitedBy } from './group-calls'
import { keepAliveTimer } from './keep-alive'
import { newCall } from './new-call'
import { asksForContentSharing, FORMLESS, refuseContent } from './request'
import { type Call, emptyMeeting, groupKey, meetingKey, type State } from './state'

export function create(
  state: State,
  { caller, body, root, admits }: Extract<BotCommand, { kind: 'create' }>,
  env: Env,
): Decision {
  const form = formOf(body)
  const refusal =
    refusePermission(caller, body) ??
    refuseTenant(caller.tenantId, body) ??
    refuseForm(form, admits) ??
    refuseSource(caller, body, form) ??
    refuseContent(body, form, admits, env.allowedHosts)
  if (refusal !== null || form === undefined) return still(state, { kind: 'refused', refusal: refusal ?? FORMLESS })

  const id = env.newId()
  const several = form.name === 'group'
  const byId = form.name === 'meeting-by-id' ? meetingById(state, body) : null
  const meeting = several ? groupKey(id) : byId === null ? joinedBy(body) : byId.key
  const myParticipantId = env.newId()
  const tenantId = organizerTenant(body) ?? caller.tenantId
  const made = { id, myParticipantId, callChainId: env.newId(), tenantId: printedTenant(form, body) ?? tenantId, caller }
  const ownSource = form.name === 'meeting-as-guest' || form.name === 'phone'
  const resource = newCall({ ...made, ownSource, chatInfo: byId?.chatInfo ?? null }, body)
  const call: Call = {
    id,
    form: form.name,
    phase: 'new',
    root,
    appId: caller.appId,
    tenantId,
    callbackUri: String(body.callbackUri),
    myParticipantId,
    personId: meeting === null ? targetOf(body) : null,
    invited: several ? invitedBy(body) : [],
    meeting,
    resource,
    sent: {
      ...(isObject(body.chatInfo) ? { chatInfo: body.chatInfo } : byId?.chatInfo ? { chatInfo: byId.chatInfo } : {}),
      ...(isObject(body.meetingInfo) ? { meetingInfo: body.meetingInfo } : {}),
    },
    notifiesContentSharing: asksForContentSharing(body, admits),
    sharing: null,
    keepAlive: admits.keepAliveWithinMs === null ? null : { withinMs: admits.keepAliveWithinMs, times: 0 },
  }
  const event = several ? 'several-called' : meeting === null ? 'called' : 'joined'
  const meetings = byId === null ? opened(state, call) : state.meetings
  const begun = happen({ ...state, calls: state.calls.set(id, call), meetings }, call, event)
  return {
    state: begun.state,
    answer: { kind: 'created', location: `${root}/${id}`, call: resource, form: form.name },
    effects: [...begun.effects, ...keepAliveTimer(call)],
  }
}

/**
 * The meeting of an id: its key, and the chat that the service fills in. An unknown id, or a wrong passcode, leads to no meeting: the join ends
 * as that of any unknown meeting (assumption).
 */
function meetingById({ meetingsById }: State, { meetingInfo }: JsonObject): { key: string; chatInfo: JsonObject | null } {
  const { joinMeetingId, passcode } = meetingInfo as JsonObject
  const digits = String(joinMeetingId).replaceAll(' ', '')
  const seed = meetingsById.get(digits)
  if (seed === undefined || (seed.passcode ?? null) !== (passcode ?? null)) return { key: `no meeting ${digits}`, chatInfo: null }
  const { threadId, messageId } = seed
  const chatInfo = { '@odata.type': '#microsoft.graph.chatInfo', threadId, messageId }
  return { key: meetingKey(threadId, messageId), chatInfo }
}

/** The later forms return the tenant that was sent (documented: their examples print it), though it decides nothing. */
function printedTenant({ later }: Form, { tenantId }: JsonObject): string | null {
  return later && typeof tenantId === 'string' ? tenantId : null
}

function joinedBy({ chatInfo }: JsonObject): string | null {
  return isObject(chatInfo) ? meetingKey(String(chatInfo.threadId), String(chatInfo.messageId)) : null
}

/** A form that the simulator does not play is refused before its content is checked, as this code does not know the content. */
function refuseForm(form: Form | undefined, { laterForms }: Admits): Refusal | null {
  if (form === undefined || !form.later || laterForms) return null
  return unplayed(`a ${form.name} call under this root`, LATER_ROOTS)
}

const LATER_ROOTS =
  'The pages of this root have no such call: create it under /beta/communications/calls or /v1.0/communications/calls.'

/** Coordinates of another tenant are refused (observed, 7505). The tenantId of the request itself is ignored (E-09). */
function refuseTenant(tenantId: string, body: JsonObject): Refusal | null {
  const organizer = organizerTenant(body)
  if (organizer === null || organizer === tenantId) return null
  return {
    error: 'tenantMismatch',
    detail: null,
    diagnosis: `the meeting's organizer is of tenant ${organizer}, the token of tenant ${tenantId}: get the token from the organizer's tenant`,
  }
}

/**
 * The source of a call is the application of the token, or a guest who joins. That it is refused for every other kind of identity is an
 * assumption: the report and the page name an application that is not the token's.
 */
function refuseSource(caller: Caller, { source }: JsonObject, form: Form | undefined): Refusal | null {
  const { appId } = caller
  if (form?.name === 'phone' && !hasInstance(source)) {
    const diagnosis = 'a call to a telephone needs source.identity.applicationInstance: name an application instance of the bot'
    return { error: 'strangeSource', detail: null, diagnosis }
  }
  if (!isObject(source) || !isObject(source.identity)) return null
  const filled = Object.entries(source.identity).filter(([, identity]) => isObject(identity))
  const fits = fitsSource(caller, form)
  const strange = filled.find(([kind, identity]) => !fits(kind, identity as JsonObject))
  if (strange === undefined) return null
  const [kind, identity] = strange
  const named = `source.identity.${kind} ${String((identity as JsonObject).id ?? 'without an id').slice(0, 60)}`
  const diagnosis =
    kind === 'applicationInstance' && form?.name === 'phone'
      ? `${named} is no application instance of application ${appId}: add it to applicationInstances in the world file`
      : `${named} is not the application of the token: leave source out, or name application ${appId}`
  return { error: 'strangeSource', detail: null, diagnosis }
}

function fitsSource({ appId, applicationInstances = [] }: Caller, form: Form | undefined) {
  return (kind: string, { id }: JsonObject): boolean => {
    const own = String(id).toLowerCase()
    if (kind === 'guest') return form?.name === 'meeting-as-guest'
    // Printed for calls to telephones only.
    if (kind === 'applicationInstance')
      return form?.name === 'phone' && applicationInstances.some((one) => one.toLowerCase() === own)
    return kind === 'application' && own === appId.toLowerCase()
  }
}

const hasInstance = (source: Json | undefined) =>
  isObject(source) && isObject(source.identity) && isObject(source.identity.applicationInstance)

function organizerTenant({ meetingInfo }: JsonObject): string | null {
  if (!isObject(meetingInfo) || !isObject(meetingInfo.organizer) || !isObject(meetingInfo.organizer.user)) return null
  const { tenantId } = meetingInfo.organizer.user
  return typeof tenantId === 'string' ? tenantId : null
}

function targetOf({ targets }: JsonObject): string | null {
  const first = Array.isArray(targets) ? targets[0] : undefined
  if (!isObject(first) || !isObject(first.identity)) return null
  const { user, application, phone } = first.identity
  const identity = [user, application, phone].find(isObject)
  return isObject(identity) && typeof identity.id === 'string' ? identity.id : null
}

/** The meetings, with one more when the call joins an unlisted one and those begin on demand, or makes its own. */
function opened({ meetings, meetingsOnDemand }: State, { form, meeting, tenantId }: Call): State['meetings'] {
  if (form === 'group' && meeting !== null) return meetings.set(meeting, emptyMeeting(meeting, tenantId, 'admitted'))
  if (meeting === null || meetingsOnDemand === null || meetings.has(meeting)) return meetings
  return meetings.set(meeting, emptyMeeting(meeting, tenantId, meetingsOnDemand))
}
