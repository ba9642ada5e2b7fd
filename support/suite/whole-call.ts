// Asserts what holds of all messages of a call: they name this call, distinguish its participants, and do not contradict each other.
import { NonConformance } from '../contract/failures'
import { isObject, type Json } from '../contract/json'
import { shownAt } from '../contract/shown'
import { type Change, describeChange } from '../judge/changes'
import { addressed, CALL_ID, MY_PARTICIPANT_ID } from '../judge/expected'
import { contradictingChanges, contradictionsInSource, describeContradictions, knownFrom } from '../judge/known'
import { idFaults } from '../judge/participant-ids'
import { THE_BOT } from '../judge/setting'
import { compare } from './comparison'
import type { AskedCall, Session } from './session'

/** Asserts that every notification so far and of the quiet period is under the path of a call of the bot, and has that call's id. */
export async function nameTheCall(session: Session): Promise<void> {
  for (const change of await everyChange(session)) {
    const call = session.asked.find((one) => session.callId(one) === change.callId)
    const subject = `the notification "${describeChange(change, change.callId)}"`
    // Of what has no path of a call, the one call of a scenario is expected.
    const own = call ?? session.call
    const message = change.raw as unknown as Json
    const address = (below: '' | '/participants') => addressed(own.expected.address(below))
    if (change.of === 'roster') compare(session, own, 'roster', subject, address('/participants'), message)
    else if (change.of === 'call' || change.of === 'tone')
      compare(session, own, 'call', subject, { ...address(''), resourceData: { id: CALL_ID } }, message)
    else if (call === undefined) compare(session, own, 'other', subject, address(''), message)
  }
}

/** Asserts that the token of every notification of the call names the tenant of the call in `tid`. */
export async function tokensNameTheTenant(session: Session): Promise<void> {
  const changes = await everyChange(session)
  const answered = session.call.reply.json()
  const tenant = isObject(answered) && typeof answered.tenantId === 'string' ? answered.tenantId.toLowerCase() : null
  for (const change of changes.filter(({ callId }) => callId === session.callId(session.call))) {
    const tid = session.bot.callback.tenants.get(change.raw)
    const right = typeof tid === 'string' && (tenant === null || tid.toLowerCase() === tenant)
    const subject = `the token of the notification "${describeChange(change, change.callId)}"`
    if (!right)
      throw new NonConformance(
        `${subject} has ${tid === undefined ? 'no tid' : `tid ${JSON.stringify(shownAt('tid', tid as Json))}`}; documented: the tenant of the call (CC-50b)`,
      )
  }
}

/** Asserts that participants have ids of their own on every roster of the call, and that the bot has its myParticipantId. */
export async function participantsKeepTheirIds(session: Session): Promise<void> {
  const rosters = (await everyChange(session)).filter(
    ({ of, callId }) => of === 'roster' && callId === session.callId(session.call),
  )
  if (rosters.length === 0) throw new NonConformance('no notification of the roster has arrived')
  for (const { name, raw } of rosters.flatMap(({ seen }) => seen))
    if (name === THE_BOT) compare(session, session.call, 'participant', `${name} on the roster`, { id: MY_PARTICIPANT_ID }, raw)
  const faults = idFaults(rosters)
  if (faults.length > 0) throw new NonConformance(`ids on the roster: ${faults.join('; ')}`)
}

/** Asserts that no notification of the bot's calls, and no identity in their answers, contradicts what is known of the call by then. */
export async function nothingContradicts(session: Session): Promise<void> {
  const changes = await everyChange(session)
  for (const call of session.asked) ofCall(session, call, changes)
}

function ofCall(session: Session, call: AskedCall, changes: readonly Change[]): void {
  const answered = call.reply.json()
  const { status } = call.reply
  if (status !== 201) throw new NonConformance(`the answer to the create has status ${status}; documented: 201 Created (CC-02)`)
  if (!isObject(answered))
    throw new NonConformance('the answer to the create is no JSON object; documented: the new call (CC-02)')
  const known = knownFrom(answered, call.expected.request, session.setting.clientId)
  const own = changes.filter(({ callId }) => callId === session.callId(call))
  const faults = [
    { subject: 'the new call', found: contradictionsInSource(known, answered) },
    ...contradictingChanges(known, own).map(({ change, found }) => ({
      subject: `the notification "${describeChange(change, change.callId)}"`,
      found,
    })),
  ].filter(({ found }) => found.length > 0)
  if (faults.length > 0)
    throw new NonConformance(faults.map(({ subject, found }) => describeContradictions(subject, found)).join('\n'))
}

/** What the bot has received by the end of the quiet period: something. */
async function everyChange(session: Session): Promise<readonly Change[]> {
  await session.target.quiet()
  session.failOnRefusedPosts()
  const changes = session.changes()
  if (changes.length === 0) throw new NonConformance('no notification has arrived')
  return changes
}
