// What the bot is notified of: tables of rows, single notifications, and that nothing comes.
import type { ExampleNumber, NotificationKind } from '../contract/documented'
import { HarnessError, NonConformance } from '../contract/faults'
import type { Json } from '../contract/json'
import { type Change, told } from '../judge/changes'
import { sequenceTold } from '../judge/describe'
import type { Compared } from '../judge/drift'
import { CALL_ID } from '../judge/expected'
import { AnyOf, InText, type Pattern } from '../judge/pattern'
import { asked, complete, type Match, matchRows, type Row } from '../judge/sequence'
import { cite, sent } from './answers'
import { noCallIsCreated } from './calls'
import { compare } from './comparison'
import { refusedPosts, troubled, within } from './refused-posts'
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

/** Of every call that was asked for, every row of the table and nothing besides; nothing of any other call. */
export async function eachNotified(session: Session, rows: readonly Row[]): Promise<void> {
  const calls = session.asked
  const ids = calls.map((call) => session.callId(call))
  const matches = () =>
    calls.map((_, at) => {
      const others = ids.filter((id) => id !== ids[at])
      const own = session.changes().filter(({ callId }) => callId === null || !others.includes(callId))
      return matchRows(rows, own, ids[at] ?? null, session.target.ordered)
    })
  await session.target.until(() => matches().every(complete) || troubled(session), session.withinMs)
  await session.target.quiet()
  refusedPosts(session)
  for (const [at, match] of matches().entries()) {
    const call = calls[at] as AskedCall
    if (!complete(match) || match.extra.length > 0)
      throw new NonConformance(
        `call ${at + 1} of ${calls.length}: ${sequenceTold(rows, match, session.changes(), ids[at] ?? null, within(session.withinMs))}`,
      )
    compareChanges(session, rows, match, call)
  }
}

const ESTABLISHING: Row = { of: 'call', change: 'updated', state: 'establishing', who: [], inLobby: false }
const TERMINATED: Row = { ...ESTABLISHING, change: 'deleted', state: 'terminated' }

/** A join that leads nowhere is refused, with nothing made and nothing notified, or its call ends without having been established. */
export async function comesToNothing(session: Session): Promise<void> {
  if (session.call.reply.status >= 400) {
    await noCallIsCreated(session)
    return nothingNotified(session)
  }
  await notified(session, [ESTABLISHING, TERMINATED])
  await nothingElse(session)
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

async function come(session: Session, rows: readonly Row[], withinMs: number): Promise<Match> {
  await session.target.until(() => complete(matched(session, rows)) || troubled(session), withinMs)
  refusedPosts(session)
  return matched(session, rows)
}

function matched(session: Session, rows: readonly Row[]): Match {
  return matchRows(rows, session.changes(), session.callId(session.call), session.target.ordered)
}

function compareChanges(session: Session, rows: readonly Row[], match: Match, call = session.call): void {
  for (const [at, changes] of match.rows.entries())
    for (const change of changes) compareChange(session, call, rows[at] as Row, change)
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
