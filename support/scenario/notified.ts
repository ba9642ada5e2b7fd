// What the bot is notified of: tables of rows, single notifications, and that nothing comes.
import type { DataTable } from '@cucumber/cucumber'
import type { ExampleNumber, NotificationKind } from '../contract/documented'
import { HarnessError, NonConformance } from '../contract/faults'
import { isObject, type Json } from '../contract/json'
import { type Change, told } from '../judge/changes'
import type { Compared } from '../judge/drift'
import { CALL_ID } from '../judge/expected'
import { AnyOf, InText, type Pattern } from '../judge/pattern'
import { asked, complete, type Match, matchRows, type Row } from '../judge/sequence'
import { ANOTHER_BOT, THE_BOT } from '../judge/setting'
import { sequenceTold } from '../judge/told'
import { cite, sent } from './answers'
import { compare } from './comparison'
import { propertiesOf } from './properties'
import type { AskedCall, Session } from './session'

/** The tables that scenarios have asserted, for "nothing else". */
const tables = new WeakMap<Session, readonly Row[]>()

/** The bot is notified as documented: every row of the table, each as its message is printed. */
export async function notifiedAsDocumented(
  session: Session,
  example: ExampleNumber,
  rows: readonly Row[],
  errata: readonly string[],
): Promise<void> {
  cite(session, sent(session, example).expected.notificationErrata, errata)
  await notified(session, rows)
}

/** The first of what the bot is notified of; what follows is not looked at. */
export async function firstNotifiedAsDocumented(
  session: Session,
  example: ExampleNumber,
  rows: readonly Row[],
  errata: readonly string[],
): Promise<void> {
  cite(session, sent(session, example).expected.notificationErrata, errata)
  const match = await come(session, rows, session.withinMs)
  if (!complete(match)) throw new NonConformance(inWords(session, rows, { ...match, extra: [] }, within(session.withinMs)))
  compareChanges(session, rows, match)
}

/** Every row of the table and nothing besides, within so many milliseconds of the target's time. */
export async function notified(session: Session, rows: readonly Row[], withinMs = session.withinMs): Promise<void> {
  const match = await come(session, rows, withinMs)
  tables.set(session, rows)
  if (!complete(match) || match.extra.length > 0) throw new NonConformance(inWords(session, rows, match, within(withinMs)))
  for (const erratum of session.call.expected.notificationErrata) session.errata.add(erratum)
  compareChanges(session, rows, match)
}

/** Nothing but what the table says has come, and in the quiet period nothing more comes. */
export async function nothingElse(session: Session): Promise<void> {
  const rows = tables.get(session)
  if (rows === undefined) throw new HarnessError('"nothing else" needs a table of notifications before it')
  await session.target.quiet()
  refusedPosts(session)
  const match = matched(session, rows)
  if (match.extra.length > 0) throw new NonConformance(inWords(session, rows, match, 'in the quiet period'))
  // What came meanwhile may only repeat what came before, and must still be as documented.
  compareChanges(session, rows, match)
}

/** No post came, and in the quiet period none comes. */
export async function nothingNotified(session: Session): Promise<void> {
  await session.target.quiet()
  refusedPosts(session)
  const changes = session.changes()
  if (changes.length > 0)
    throw new NonConformance(
      `nothing should be notified; received: ${changes.map((change) => told(change, change.callId)).join('; ')}`,
    )
}

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

/** A participant of the last roster that shows them has what a table says. */
export async function participantHas(session: Session, name: string, table: DataTable): Promise<void> {
  const subject = `${name} on the roster`
  const shows = ({ seen }: Change) => seen.some((one) => one.name === name)
  const found = await whatCame(session, subject, shows)
  const entries = found.at(-1)?.seen.filter((one) => one.name === name) ?? []
  compareEach(
    session,
    'participant',
    subject,
    table,
    entries.map(({ raw }) => raw),
  )
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
export async function otherBotSees(session: Session, names: readonly string[]): Promise<void> {
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
  await session.target.until(() => shown() === wanted, session.withinMs)
  refusedPosts(another)
  if (shown() !== wanted)
    throw new NonConformance(`the other bot sees ${shown() ?? 'no roster'}; expected: ${names.join(', ')}, who are ${wanted}`)
}

function identityOf(participant: Json): string {
  const info = isObject(participant) && isObject(participant.info) ? participant.info : {}
  const set = isObject(info.identity) ? info.identity : {}
  return Object.values(set)
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

async function come(session: Session, rows: readonly Row[], withinMs: number): Promise<Match> {
  await session.target.until(() => complete(matched(session, rows)) || troubled(session), withinMs)
  refusedPosts(session)
  return matched(session, rows)
}

function matched(session: Session, rows: readonly Row[]): Match {
  return matchRows(rows, session.changes(), session.callId(session.call), session.target.ordered)
}

function compareChanges(session: Session, rows: readonly Row[], match: Match): void {
  for (const [at, changes] of match.rows.entries())
    for (const change of changes) compareChange(session, session.call, rows[at] as Row, change)
}

function compareChange(session: Session, call: AskedCall, row: Row, change: Change): void {
  const { expected } = call
  compare(
    session,
    call,
    DRIFTING[row.of],
    `the notification "${asked(row)}"`,
    patternOf(session, expected, row),
    change.raw as unknown as Json,
  )
  for (const { name, inLobby, raw } of change.seen)
    compare(session, call, 'participant', `${name} on the roster`, expected.participant(name, inLobby), raw)
}

/** As what each kind of row is compared; what the page does not speak of has no drift. */
const DRIFTING: Readonly<Record<Row['of'], Compared | 'other'>> = {
  call: 'call',
  roster: 'roster',
  operation: 'other',
  tone: 'other',
}

const PRINTED: readonly string[] = ['establishing', 'established']

/** As printed where the page prints it; the end of a call is on other pages, with less in common. */
function patternOf({ setting }: Session, expected: AskedCall['expected'], row: Row): Pattern {
  if (row.of === 'roster') return expected.change('roster')
  if (PRINTED.includes(row.state ?? '')) return expected.change(row.state as NotificationKind)
  return {
    '@odata.type': '#microsoft.graph.commsNotification',
    changeType: row.change,
    resource: new InText('/app/calls/', CALL_ID, ''),
    callbackUri: setting.callbackUri,
    resourceData: { '@odata.type': '#microsoft.graph.call', state: row.state, id: new AnyOf('text') },
  }
}

function inWords(session: Session, rows: readonly Row[], match: Match, when: string): string {
  return sequenceTold(rows, match, session.changes(), session.callId(session.call), when)
}

function within(ms: number): string {
  return `within ${ms / 1000} s`
}

/** Whether waiting has lost its sense: a post was refused or could not be checked. */
function troubled({ failure, bot }: Session): boolean {
  return failure !== null || bot.callback.refused.length > 0
}

/** A post that was refused fails the scenario; one that could not be checked leaves it unjudged, or is a fault of ours. */
function refusedPosts({ failure, bot }: Session): void {
  if (failure !== null) throw failure
  const [first] = bot.callback.refused
  if (first !== undefined) throw new NonConformance(`the bot refused a post with ${first.status}: ${first.reason}`)
}
