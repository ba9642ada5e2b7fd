// Asserts what the bot is notified of: sequences of notifications, the content of single ones, and that none arrives.
import type { DataTable } from '@cucumber/cucumber'
import { HarnessError, NonConformance } from '../contract/failures'
import { isObject, type Json } from '../contract/json'
import { shownAt } from '../contract/shown'
import { type Change, describeChange } from '../judge/changes'
import { addressed, CALL_ID, inRevision } from '../judge/expected'
import type { Pattern, PatternObject } from '../judge/pattern'
import { complete, describeRow, describeSequence, type Match, matchRows, type Row } from '../judge/sequence'
import { ANOTHER_BOT, THE_BOT } from '../judge/setting'
import { citeErrata, noCallIsCreated, sent } from './answers'
import { compare, wouldPass } from './comparison'
import { type AskedCall, inSeconds, type Session } from './session'
import { propertiesOf } from './vocabulary/tables'

/**
 * Asserts every row, each as its notification is documented.
 * @param extent `all`: nothing else may arrive; `first`: later notifications are ignored
 */
export async function notifiedAsDocumented(
  session: Session,
  extent: 'all' | 'first',
  example: number,
  errata: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  citeErrata(session, sent(session, example).expected.notificationErrata, errata)
  if (extent === 'all') return notified(session, rows)
  const match = await waitForRows(session, rows, session.withinMs)
  assertMatch(session, rows, { ...match, extra: [] }, after(session.withinMs))
}

/** Asserts every row and nothing else, within this many milliseconds of the target's time. */
export async function notified(session: Session, rows: readonly Row[], withinMs = session.withinMs): Promise<void> {
  const match = await waitForRows(session, rows, withinMs)
  session.assertedRows = rows
  assertMatch(session, rows, match, after(withinMs))
  for (const erratum of session.call.expected.notificationErrata) session.errata.add(erratum)
}

/** Asserts every row for each call of the scenario, and nothing of any other call. */
export async function eachNotified(session: Session, rows: readonly Row[]): Promise<void> {
  const calls = session.asked
  const ids = calls.map((call) => session.callId(call))
  const matches = () =>
    ids.map((id) => {
      const own = session.changes().filter(({ callId }) => callId === null || callId === id || !ids.includes(callId))
      return matchRows(rows, own, id, session.target.ordered)
    })
  await session.waitUntil(() => matches().every(complete))
  await session.target.quiet()
  session.failOnRefusedPosts()
  for (const [at, match] of matches().entries())
    assertMatch(session, rows, match, after(session.withinMs), calls[at], `call ${at + 1} of ${calls.length}: `)
}

const ESTABLISHING: Row = { of: 'call', change: 'updated', state: 'establishing', who: [], inLobby: false }
const TERMINATED: Row = { ...ESTABLISHING, change: 'deleted', state: 'terminated' }

/** Asserts that the join is refused without any effect, or that its call ends without having been established. */
export async function joinFails(session: Session): Promise<void> {
  if (session.call.reply.status >= 400) {
    await noCallIsCreated(session)
    return nothingNotified(session)
  }
  await notified(session, [ESTABLISHING, TERMINATED])
  await nothingElseNotified(session)
}

/** Asserts that nothing but repeats of the last table arrives until the quiet period ends. */
export async function nothingElseNotified(session: Session): Promise<void> {
  const rows = session.assertedRows
  if (rows === null) throw new HarnessError('"nothing else is notified" needs a table of notifications before it')
  await session.target.quiet()
  session.failOnRefusedPosts()
  // A repeat must be as documented, too.
  assertMatch(session, rows, matchOwn(session, rows), 'in the quiet period')
}

/** Asserts that no notification arrives until the quiet period ends. */
export async function nothingNotified(session: Session): Promise<void> {
  await session.target.quiet()
  session.failOnRefusedPosts()
  const changes = session.changes().map((change) => describeChange(change, change.callId))
  if (changes.length > 0) throw new NonConformance(changes.map((change) => `unexpected notification: ${change}`).join('; '))
}

/** Asserts that there are notifications of the roster, or that the call is in a state, and that each has what a table says. */
export async function notificationHas(session: Session, state: string | null, table: DataTable): Promise<void> {
  const { call } = session
  const of = state === null ? 'roster' : 'call'
  const subject = state === null ? 'the notification of the roster' : `the notification that the call is ${state}`
  const found = await waitFor(session, subject, (change) => change.of === of && (state === null || change.state === state))
  const pattern = inRevisionOf(session, of, state, propertiesOf(table, session) as PatternObject)
  for (const { raw } of found) compare(session, call, of, subject, pattern, raw as unknown as Json)
}

/** What a table says of a notification of 2019, as the pages of the run's revision print it. */
function inRevisionOf(
  { library, call: { expected } }: Session,
  of: 'roster' | 'call',
  state: string | null,
  table: PatternObject,
) {
  if (library.asInFeatures) return table
  const { resource, ...properties } = table
  const { name } = expected.address('')
  const renamed = resource === undefined ? properties : { ...properties, [name]: resource }
  const printed =
    of === 'roster' || PRINTED.includes(state ?? '') ? expected.change(of === 'roster' ? of : (state as string)) : undefined
  return inRevision(renamed, printed) ?? renamed
}

/** Asserts that the last roster with a participant shows them as a table says. Earlier rosters may differ. */
export async function participantHas(session: Session, name: string, table: DataTable): Promise<void> {
  const { call } = session
  const subject = `${name} on the roster`
  const pattern = propertiesOf(table, session)
  const entries = ({ seen }: Change) => seen.filter((one) => one.name === name)
  const shows = (change: Change) => entries(change).length > 0
  await waitFor(session, subject, shows)
  const isRight = (change: Change) => entries(change).every(({ raw }) => wouldPass(call, 'participant', pattern, raw))
  const last = () => lastOf(session.ownChanges().filter(shows))
  await session.waitUntil(() => last().some(isRight))
  const found = last().find(isRight) ?? last()[0]
  for (const { raw } of entries(found as Change)) compare(session, call, 'participant', subject, pattern, raw)
}

/** The last change, without and with repeated deliveries: the same bytes can be an old change again, or the new one. */
function lastOf(changes: readonly Change[]): readonly Change[] {
  return [changes.findLast(({ repeated }) => !repeated), changes.at(-1)].filter((change) => change !== undefined)
}

/**
 * Asserts that the notification of the end has a code, which pages print as a number and as a text (E-32, E-33).
 * @param ending the expected codes; null: any
 */
export async function saysHowItEnded(
  session: Session,
  ending: { readonly code: number; readonly subcode: number } | null,
): Promise<void> {
  const subject = 'the notification that the call is terminated'
  const found = await waitFor(session, subject, ({ of, state }) => of === 'call' && state === 'terminated')
  let said: string | null = null
  for (const { raw } of found) {
    const data: Json = Array.isArray(raw.resourceData) ? {} : (raw.resourceData as Json)
    const info = isObject(data) && isObject(data.resultInfo) ? data.resultInfo : {}
    const [code, subcode] = [info.code, info.subcode ?? info.subCode].map((value) =>
      /^\d+$/.test(String(value)) ? Number(value) : null,
    )
    if (code === null) {
      const received = info.code === undefined ? 'nothing' : JSON.stringify(shownAt('code', info.code))
      throw new NonConformance(`${subject} has no resultInfo with a code: expected a number, received ${received} (CC-67)`)
    }
    if (ending !== null && (code !== ending.code || subcode !== ending.subcode))
      throw new NonConformance(`${subject} says ${code}/${subcode}; documented: ${ending.code}/${ending.subcode}`)
    if (said !== null && said !== `${code}/${subcode}`)
      throw new NonConformance(`${subject} says ${code}/${subcode}, and said ${said} before (CC-67)`)
    said ??= `${code}/${subcode}`
  }
}

/** Asserts that at least one notification arrives and that the bot refuses none until the quiet period ends. */
export async function everyPostIsInOrder(session: Session): Promise<void> {
  await waitFor(session, 'a notification', () => true)
  await session.target.quiet()
  session.failOnRefusedPosts()
}

/** Asserts that the last roster that the other bot received has exactly these participants. */
export async function otherBotSees(session: Session, names: readonly string[], withinMs = session.withinMs): Promise<void> {
  const { another, setting } = session
  const own = session.asked.at(-1)?.expected.botIs === 'guest' ? setting.cast.guest?.id : setting.clientId
  const bots: Readonly<Record<string, string | undefined>> = { [THE_BOT]: own, [ANOTHER_BOT]: another.setting.clientId }
  const describe = (ids: readonly string[]) => ids.toSorted().join(', ')
  const expected = describe(names.map((name) => bots[name] ?? session.person(name).id))
  const actual = () =>
    lastOf(another.changes().filter(({ of }) => of === 'roster')).map(({ seen }) =>
      describe(seen.map(({ raw }) => identityOf(raw))),
    )
  await another.waitUntil(() => actual().includes(expected), withinMs)
  if (!actual().includes(expected))
    throw new NonConformance(
      `the other bot sees ${actual()[0] ?? 'no roster'} ${after(withinMs)}; expected: ${names.join(', ')} (${expected})`,
    )
}

function identityOf(participant: Json): string {
  const info = isObject(participant) && isObject(participant.info) ? participant.info : {}
  const set = isObject(info.identity) ? info.identity : {}
  // Other members of the set are not documented for a roster.
  return ['application', 'guest', 'user']
    .map((kind) => set[kind])
    .flatMap((one) => (isObject(one) ? [String(one.id)] : []))
    .join('+')
}

/** Waits for changes of the call that match. Returns all that have arrived. */
async function waitFor(session: Session, subject: string, matches: (change: Change) => boolean): Promise<readonly Change[]> {
  const found = () => session.ownChanges().filter(matches)
  await session.waitUntil(() => found().length > 0)
  if (found().length > 0) return found()
  const received = session.changes().map((change) => describeChange(change, session.callId(session.call)))
  throw new NonConformance(`${subject} is missing ${after(session.withinMs)}; received: ${received.join('; ') || 'nothing'}`)
}

async function waitForRows(session: Session, rows: readonly Row[], withinMs: number): Promise<Match> {
  await session.waitUntil(() => complete(matchOwn(session, rows)), withinMs)
  return matchOwn(session, rows)
}

function matchOwn(session: Session, rows: readonly Row[]): Match {
  return matchRows(rows, session.changes(), session.callId(session.call), session.target.ordered)
}

/** Asserts that a match has every row and nothing else, and that each notification is as documented. */
function assertMatch(
  session: Session,
  rows: readonly Row[],
  match: Match,
  when: string,
  call: AskedCall = session.call,
  prefix = '',
): void {
  if (!complete(match) || match.extra.length > 0)
    throw new NonConformance(prefix + describeSequence(rows, match, session.callId(call), when))
  for (const [at, changes] of match.rows.entries())
    for (const change of changes) compareChange(session, call, rows[at] as Row, change)
}

function compareChange(session: Session, call: AskedCall, row: Row, { raw, seen }: Change): void {
  const { expected } = call
  // The page documents neither operations nor tones, so they have no known drift.
  const of = row.of === 'call' || row.of === 'roster' ? row.of : 'other'
  const pattern = patternOf(session, expected, row)
  compare(session, call, of, `the notification "${describeRow(row)}"`, pattern, raw as unknown as Json)
  for (const { name, inLobby, raw: entry } of seen)
    compare(session, call, 'participant', `${name} on the roster`, expected.participant(name, inLobby), entry)
}

const PRINTED: readonly string[] = ['establishing', 'established']

/** The printed notification, if the page has one. The end of a call is documented on other pages, in less detail. */
function patternOf({ setting }: Session, expected: AskedCall['expected'], row: Row): Pattern {
  if (row.of === 'roster') return expected.change('roster')
  if (PRINTED.includes(row.state ?? '')) return expected.change(row.state as string)
  return {
    '@odata.type': '#microsoft.graph.commsNotification',
    changeType: row.change,
    ...addressed(expected.address('')),
    callbackUri: setting.callbackUri,
    resourceData: { '@odata.type': '#microsoft.graph.call', state: row.state, id: CALL_ID },
  }
}

function after(ms: number): string {
  return `after ${inSeconds(ms)}`
}
