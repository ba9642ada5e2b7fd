// Single notifications: what one of them must hold, whom the roster shows, how a call ended.
import type { DataTable } from '@cucumber/cucumber'
import { NonConformance } from '../contract/faults'
import { isObject, type Json } from '../contract/json'
import { type Change, told } from '../judge/changes'
import type { Compared } from '../judge/drift'
import { ANOTHER_BOT, THE_BOT } from '../judge/setting'
import { compare, wouldHold } from './comparison'
import { refusedPosts, troubled, within } from './refused-posts'
import type { Session } from './session'
import { propertiesOf } from './vocabulary/property-table'

/** The notifications that the call is in a state have what a table says: each of them, and there is one at least. */
export async function callNotificationHas(session: Session, state: string, table: DataTable): Promise<void> {
  const subject = `the notification that the call is ${state}`
  const found = await whatCame(session, subject, ({ of, state: shown }) => of === 'call' && shown === state)
  compareEach(
    session,
    'call',
    subject,
    table,
    found.map(({ raw }) => raw as unknown as Json),
  )
}

/** The notifications of the roster have what a table says. */
export async function rosterNotificationHas(session: Session, table: DataTable): Promise<void> {
  const subject = 'the notification of the roster'
  const found = await whatCame(session, subject, ({ of }) => of === 'roster')
  compareEach(
    session,
    'roster',
    subject,
    table,
    found.map(({ raw }) => raw as unknown as Json),
  )
}

/** A participant of the last roster that shows them has what a table says. An earlier roster may show it otherwise. */
export async function participantHas(session: Session, name: string, table: DataTable): Promise<void> {
  const { call, setting } = session
  const subject = `${name} on the roster`
  const pattern = propertiesOf(table, { setting, expected: call.expected })
  const entries = ({ seen }: Change) => seen.filter((one) => one.name === name)
  const shows = (change: Change) => entries(change).length > 0
  const has = (change: Change) => entries(change).every(({ raw }) => wouldHold(call, 'participant', pattern, raw))
  await whatCame(session, subject, shows)
  const last = () => session.changes().findLast((change) => change.callId === session.callId(call) && shows(change)) as Change
  await session.target.until(() => has(last()) || troubled(session), session.withinMs)
  refusedPosts(session)
  for (const { raw } of entries(last())) compare(session, call, 'participant', subject, pattern, raw)
}

/** The notification that the call has ended says how: a code, which pages print as a number and as a text (E-32, E-33). */
export async function saysHowItEnded(
  session: Session,
  ending?: { readonly code: number; readonly subcode: number },
): Promise<void> {
  const subject = 'the notification that the call is terminated'
  const found = await whatCame(session, subject, ({ of, state }) => of === 'call' && state === 'terminated')
  for (const { raw } of found) {
    const data: Json = Array.isArray(raw.resourceData) ? {} : (raw.resourceData as Json)
    const info = isObject(data) && isObject(data.resultInfo) ? data.resultInfo : {}
    const [code, subcode] = [info.code, info.subcode ?? info.subCode].map((value) =>
      /^\d+$/.test(String(value)) ? Number(value) : null,
    )
    if (code === null) throw new NonConformance(`${subject} has no resultInfo with a code (CC-67)`)
    if (ending !== undefined && (code !== ending.code || subcode !== ending.subcode))
      throw new NonConformance(`${subject} says ${code}/${subcode}; documented: ${ending.code}/${ending.subcode}`)
  }
}

/** Every post was in order: JSON, a token that can be checked, the documented envelope. At least one has come. */
export async function everyPostIsInOrder(session: Session): Promise<void> {
  await whatCame(session, 'a notification', () => true)
  await session.target.quiet()
  refusedPosts(session)
}

/** The roster that the other bot sees last has these and nobody else; who they are is told as our bot would. */
export async function otherBotSees(session: Session, names: readonly string[], withinMs = session.withinMs): Promise<void> {
  const { another, setting } = session
  const bots: Readonly<Record<string, string>> = { [THE_BOT]: setting.clientId, [ANOTHER_BOT]: another.setting.clientId }
  const wanted = names
    .map((name) => bots[name] ?? session.person(name).id)
    .sort()
    .join(', ')
  const shown = () =>
    another
      .changes()
      .findLast(({ of }) => of === 'roster')
      ?.seen.map(({ raw }) => identityOf(raw))
      .sort()
      .join(', ')
  await session.target.until(() => shown() === wanted || troubled(another), withinMs)
  refusedPosts(another)
  if (shown() !== wanted)
    throw new NonConformance(
      `the other bot sees ${shown() ?? 'no roster'} ${within(withinMs)}; expected: ${names.join(', ')}, who are ${wanted}`,
    )
}

function identityOf(participant: Json): string {
  const info = isObject(participant) && isObject(participant.info) ? participant.info : {}
  const set = isObject(info.identity) ? info.identity : {}
  // Whatever else is in the set is no identity of ours to judge.
  return ['application', 'guest', 'user']
    .map((kind) => set[kind])
    .flatMap((one) => (isObject(one) ? [String(one.id)] : []))
    .join('+')
}

/** Waits for changes of the call that fit; all that have come. */
async function whatCame(session: Session, subject: string, fits: (change: Change) => boolean): Promise<readonly Change[]> {
  const own = () => session.changes().filter((change) => change.callId === session.callId(session.call) && fits(change))
  await session.target.until(() => own().length > 0 || troubled(session), session.withinMs)
  refusedPosts(session)
  const found = own()
  if (found.length === 0) {
    const came = session.changes().map((change) => told(change, session.callId(session.call)))
    throw new NonConformance(`${subject} did not come ${within(session.withinMs)}; received: ${came.join('; ') || 'nothing'}`)
  }
  return found
}

function compareEach(session: Session, of: Compared, subject: string, table: DataTable, found: readonly Json[]): void {
  const { call, setting } = session
  const pattern = propertiesOf(table, { setting, expected: call.expected })
  for (const one of found) compare(session, call, of, subject, pattern, one)
}
