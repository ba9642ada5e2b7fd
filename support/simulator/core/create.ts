// Creating a call: the checks in their order, the new call, and the first event of its life.
import { isObject, type JsonObject } from '../../contract/json'
import { type BotCommand, type Caller, type Decision, type Env, still } from './commands'
import { type Refusal, unplayed } from './errors'
import { happen } from './events'
import { type Form, formOf, refusePermission } from './forms'
import { invitedBy } from './group-calls'
import { newCall } from './new-call'
import { FORMLESS, refuseContent } from './request'
import { type Call, emptyMeeting, groupKey, meetingKey, type State } from './state'

export function create(state: State, { caller, body, root }: Extract<BotCommand, { kind: 'create' }>, env: Env): Decision {
  const form = formOf(body)
  const refusal =
    refusePermission(caller, body) ??
    refuseTenant(caller.tenantId, body) ??
    refuseForm(form) ??
    refuseSource(caller, body, form) ??
    refuseContent(body, form, env.allowedHosts)
  if (refusal !== null || form === undefined) return still(state, { kind: 'refused', refusal: refusal ?? FORMLESS })

  const id = env.newId()
  const several = form.name === 'group'
  const meeting = several ? groupKey(id) : joinedBy(body)
  const myParticipantId = env.newId()
  const tenantId = organizerTenant(body) ?? caller.tenantId
  const asGuest = form.name === 'meeting-as-guest'
  const resource = newCall({ id, myParticipantId, tenantId, caller, asGuest }, body)
  const call: Call = {
    id,
    form: form.name,
    phase: 'new',
    appId: caller.appId,
    tenantId,
    callbackUri: String(body.callbackUri),
    myParticipantId,
    personId: meeting === null ? targetOf(body) : null,
    invited: several ? invitedBy(body) : [],
    meeting,
    resource,
    sent: {
      ...(isObject(body.chatInfo) ? { chatInfo: body.chatInfo } : {}),
      ...(isObject(body.meetingInfo) ? { meetingInfo: body.meetingInfo } : {}),
    },
  }
  const event = several ? 'several-called' : meeting === null ? 'called' : 'joined'
  const begun = happen({ ...state, calls: state.calls.set(id, call), meetings: opened(state, call) }, call, event)
  return { ...begun, answer: { kind: 'created', location: `${root}/${id}`, call: resource } }
}

function joinedBy({ chatInfo }: JsonObject): string | null {
  return isObject(chatInfo) ? meetingKey(String(chatInfo.threadId), String(chatInfo.messageId)) : null
}

/** A form that the simulator does not play is refused before its content is checked, as this code does not know the content. */
function refuseForm(form: Form | undefined): Refusal | null {
  if (form === undefined || form.modelled) return null
  return unplayed(`a ${form.name} call`)
}

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
function refuseSource({ appId }: Caller, { source }: JsonObject, form: Form | undefined): Refusal | null {
  if (!isObject(source) || !isObject(source.identity)) return null
  const filled = Object.entries(source.identity).filter(([, identity]) => isObject(identity))
  const strange = filled.find(([kind, identity]) => !fitsSource(kind, identity as JsonObject, appId, form))
  if (strange === undefined) return null
  const [kind, identity] = strange
  const named = `source.identity.${kind} ${String((identity as JsonObject).id ?? 'without an id').slice(0, 60)}`
  const diagnosis = `${named} is not the application of the token: leave source out, or name application ${appId}`
  return { error: 'strangeSource', detail: null, diagnosis }
}

function fitsSource(kind: string, { id }: JsonObject, appId: string, form: Form | undefined): boolean {
  if (kind === 'guest') return form?.name === 'meeting-as-guest'
  return kind === 'application' && String(id).toLowerCase() === appId.toLowerCase()
}

function organizerTenant({ meetingInfo }: JsonObject): string | null {
  if (!isObject(meetingInfo) || !isObject(meetingInfo.organizer) || !isObject(meetingInfo.organizer.user)) return null
  const { tenantId } = meetingInfo.organizer.user
  return typeof tenantId === 'string' ? tenantId : null
}

function targetOf({ targets }: JsonObject): string | null {
  const first = Array.isArray(targets) ? targets[0] : undefined
  if (!isObject(first) || !isObject(first.identity)) return null
  const { user, application } = first.identity
  const identity = isObject(user) ? user : application
  return isObject(identity) && typeof identity.id === 'string' ? identity.id : null
}

/** The meetings, with one more when the call joins an unlisted one and those begin on demand, or makes its own. */
function opened({ meetings, meetingsOnDemand }: State, { form, meeting, tenantId }: Call): State['meetings'] {
  if (form === 'group' && meeting !== null) return meetings.set(meeting, emptyMeeting(meeting, tenantId, 'admitted'))
  if (meeting === null || meetingsOnDemand === null || meetings.has(meeting)) return meetings
  return meetings.set(meeting, emptyMeeting(meeting, tenantId, meetingsOnDemand))
}
