// Asserts what Graph answers: to a create, with a new call or a refusal, and to later requests about a call.
import type { DataTable } from '@cucumber/cucumber'
import type { CreateRequest } from '../bot/graph-client'
import { ambiguities } from '../bot/json-text'
import { jsonOrNull, type Reply } from '../bot/wire'
import type { Documented } from '../contract/documented'
import type { Purpose } from '../contract/exchange'
import { HarnessError, NonConformance } from '../contract/failures'
import { isObject, type Json } from '../contract/json'
import { codeOf, errorBody } from '../contract/messages'
import { shownText } from '../contract/shown'
import { CALL_ID, expectedOperation, inRevision, MY_PARTICIPANT_ID } from '../judge/expected'
import { contradictionsInCall, describeContradictions, knownFrom } from '../judge/known'
import { anyOf, anythingBut, describeDifferences, differences } from '../judge/pattern'
import { compare, compareLocation, lookingSame, withoutDrift } from './comparison'
import type { AskedCall, Session } from './session'
import { claimsOf } from './vocabulary/requests'
import { propertiesOf } from './vocabulary/tables'

/** @param errata those that the sentence names: exactly those that the comparison relies on */
export function answeredAsDocumented(session: Session, printed: boolean, example: number, errata: readonly string[]): void {
  const call = sent(session, example)
  const { expected, reply } = call
  if (session.library.asInFeatures && expected.printed !== printed)
    throw new HarnessError(
      `the page ${expected.printed ? 'prints' : 'does not print'} a response for example ${example}, but the sentence says otherwise`,
    )
  citeErrata(session, expected.responseErrata, errata)
  const subject = `the answer to example ${example}`
  assertCreated(subject, reply)
  compare(session, call, 'answer', subject, expected.response, reply.json())
  assertLocation(session, subject)
}

/**
 * Records the errata that a comparison relies on. The sentence must name the same ones; under another revision than that of the features, it
 * may name more.
 */
export function citeErrata(session: Session, relied: readonly string[], cited: readonly string[]): void {
  const missing = relied.some((erratum) => !cited.includes(erratum))
  const tooMany = session.library.asInFeatures && cited.length > relied.length
  if (missing || tooMany)
    throw new HarnessError(
      `the sentence cites ${cited.join(', ') || 'no erratum'}, but the comparison relies on ${relied.join(', ') || 'none'}`,
    )
  for (const erratum of relied) session.errata.add(erratum)
}

export function sent({ call }: Session, example: number): AskedCall {
  if (call.example !== example) throw new HarnessError(`example ${example} was not sent in this scenario`)
  return call
}

/** Asserts 201, JSON and an id. The rest of the response has requirements and sentences of its own. */
export function createsTheCall(session: Session): void {
  const subject = 'the answer to the request'
  assertCreated(subject, session.call.reply)
  compare(session, session.call, 'answer', subject, { id: CALL_ID }, session.call.reply.json())
}

/** Asserts that the response to the last request has a body that is JSON. The status may be any. */
export function answersInJson({ lastReply: reply }: Session): void {
  reply.json()
  assertJson('the answer', reply)
}

export function saysWhereTheCallIs(session: Session): void {
  assertCreated('the answer', session.call.reply)
  assertLocation(session, 'the answer')
}

export function newCallHas(session: Session, table: DataTable): void {
  const { call } = session
  assertCreated('the answer', call.reply)
  const properties = propertiesOf(table, session)
  const pattern = session.library.asInFeatures ? properties : inRevision(properties, call.expected.printedCall)
  if (pattern === null)
    throw new HarnessError('the pages of this revision print none of the properties: tag the scenario @not-in')
  compare(session, call, 'answer', 'the new call', pattern, call.reply.json())
}

/** Asserts that the new call has none of the values that the request set and that only Graph makes. */
export function nothingClaimedComesBack(session: Session): void {
  const { call } = session
  assertCreated('the answer', call.reply)
  const claims = Object.entries(claimsOf(call.expected.request)).map(([name, claim]) => [name, anythingBut(claim)])
  if (claims.length === 0) throw new HarnessError('the request sets nothing that only Graph makes')
  const unclaimed = Object.fromEntries(claims)
  compare(session, call, 'answer', 'the new call', unclaimed, call.reply.json())
  const given = session.replyAboutCall
  if (given?.status === 200) compare(session, call, 'answer', 'the call that Graph gives', unclaimed, given.json())
}

/** Asserts that the new call has every member printed in the response of an example, with any value. */
export function newCallHasEveryMember(session: Session, example: number): void {
  const { reply } = session.call
  assertCreated('the answer', reply)
  const body = reply.json()
  const missing = session.printedMembers(example).filter((name) => !isObject(body) || !Object.hasOwn(body, name))
  if (missing.length > 0)
    throw new NonConformance(`the new call lacks ${missing.join(', ')}; documented: all the properties are returned (CC-21)`)
}

/** Asserts that all requests of the scenario created calls with different ids. */
export function eachUnderItsOwnId({ asked }: Session): void {
  for (const { reply } of asked) assertCreated('the answer', reply)
  for (const [made, what] of [
    [CALL_ID, 'id'],
    [MY_PARTICIPANT_ID, 'myParticipantId'],
  ] as const) {
    const ids = asked.map(({ bindings }) => bindings.get(made.name))
    if (ids.includes(undefined)) throw new NonConformance(`an answer gives the new call no ${what} (CC-25)`)
    const repeated = ids.find((id, at) => ids.indexOf(id) !== at)
    if (repeated !== undefined)
      throw new NonConformance(`${ids.length} calls were created, and two have the ${what} ${repeated} (CC-25)`)
  }
}

/** @param expected null: no public source says which status and code are right */
export function refuses(
  { lastReply: reply }: Session,
  expected: { readonly status: number; readonly code: string } | null,
): void {
  if (expected === null) {
    if (reply.status < 400) throw new NonConformance(`Graph answered ${reply.status}; expected: refused`)
    assertJson('the refusal', reply)
    return
  }
  const { status, code } = expected
  if (reply.status !== status)
    throw new NonConformance(`Graph answered ${reply.status}${describeError(reply)}; expected: refused with ${status} ${code}`)
  const body = reply.json()
  const { data } = errorBody.safeParse(body)
  if (data === undefined) {
    const error = { code, message: anyOf('text'), ...(innerErrorOf(body) === undefined ? {} : { innerError: {} }) }
    const found = describeDifferences('the body of the refusal', differences({ error }, body, new Map()))
    throw new NonConformance(`Graph refused with ${status}, but with a body that is not a complete error; ${found}`)
  }
  const refused = codeOf(data)
  if (refused !== code)
    throw new NonConformance(`Graph refused with ${shownText(refused)}${lookingSame(code, refused)}; expected: ${code}`)
  assertJson('the refusal', reply)
}

function innerErrorOf(body: Json): Json | undefined {
  return isObject(body) && isObject(body.error) ? body.error.innerError : undefined
}

/** Source: observed in every 401 of Graph. */
export function saysHowToAuthenticate({ call: { reply } }: Session): void {
  const header = reply.headers.get('www-authenticate') ?? 'none'
  if (!/^Bearer\b/i.test(header))
    throw new NonConformance(
      `the refusal has WWW-Authenticate ${shownText(header)}; expected: Bearer, with the address of the token service`,
    )
}

/** Asserts code, message, and an inner error with request id and date. Source: page on errors; messages of 2019. */
export function writesErrorsAsGraph(session: Session): void {
  const { call } = session
  const inner = { 'request-id': anyOf('text'), date: anyOf('text') }
  const error = { error: { code: anyOf('text'), message: anyOf('text'), innerError: inner } }
  compare(session, call, 'other', 'the body of the refusal', error, call.reply.json())
  assertJson('the refusal', call.reply)
}

/** Asserts that the refusal has no Location and that the target has no new call, where it lists its calls. */
export async function noCallIsCreated(session: Session): Promise<void> {
  const location = session.call.reply.headers.get('location')
  if (location !== null) throw new NonConformance(`the request was refused, but the answer has Location ${shownText(location)}`)
  const living = await session.newCalls()
  if (living !== null && living.length > session.made)
    throw new NonConformance(`the request was refused, but a new call exists: ${living.join(', ')}`)
}

/** Asserts that a GET of a call is answered with its id, this state, and nothing that contradicts its creation. */
export async function callIsThere(
  session: Session,
  state: string,
  which: (session: Session) => AskedCall = ({ call }) => call,
): Promise<void> {
  const { setting } = session
  const call = which(session)
  const reply = await session.bot.graph.get(idOf(session, call))
  session.replyAboutCall = reply
  if (reply.status !== 200) throw new NonConformance(`the GET of the call was answered ${reply.status}; expected: 200 (CC-29)`)
  const subject = 'the call that Graph gives'
  const [given, answered] = [reply.json(), call.reply.json()]
  compare(session, call, 'answer', subject, { id: CALL_ID, state }, given)
  const found =
    isObject(given) && isObject(answered)
      ? contradictionsInCall(
          knownFrom(answered, call.expected.request, setting.clientId),
          { ...answered, '@odata.context': session.library.contextOfGet },
          session.ownChanges(call),
          given,
        )
      : []
  const left = withoutDrift(session, call.expected, 'answer', found, given)
  if (left.length > 0) throw new NonConformance(`${describeContradictions(subject, left)} (CC-29)`)
  assertJson(subject, reply)
}

export async function callIsGone(session: Session): Promise<void> {
  assertNotFound('the call has ended', await session.bot.graph.get(idOf(session)), 'CC-29')
}

/** A request about a call. The authorization is as in CreateRequest. */
export interface Attempt extends Pick<CreateRequest, 'authorization'> {
  readonly method: 'get' | 'delete'
}

/** A call and the bot that requested it. */
export interface OwnedCall {
  readonly owner: Session
  readonly call: AskedCall
}

/** Sends a request about a call of this or the other bot, with this bot's token or none. */
export async function requestCall(
  session: Session,
  { method, authorization }: Attempt,
  which: (session: Session) => OwnedCall,
): Promise<void> {
  const { owner, call } = which(session)
  session.replyAboutCall = await session.bot.graph[method](idOf(owner, call), authorization)
}

export function unknownCall({ replyAboutCall }: Session): void {
  if (replyAboutCall === null) throw new HarnessError('the bot has sent no request about the call of the other bot')
  assertNotFound('the call of another bot', replyAboutCall, 'CC-29b')
}

export async function hangUp(session: Session): Promise<void> {
  const reply = await session.bot.graph.delete(idOf(session))
  if (reply.status !== 204)
    throw new NonConformance(`the DELETE of the call was answered ${reply.status}; documented: 204 No Content (CC-29)`)
  assertJson('the answer to the DELETE', reply)
}

/**
 * The id of a call, the last one by default.
 * @throws NonConformance when no call was created, or neither its response nor a notification has its id
 */
export function idOf(session: Session, call = session.call): string {
  const id = session.callId(call)
  if (id !== null) return id
  assertCreated('the answer to the request', call.reply)
  throw new NonConformance('the answer gives the new call no id, and no notification names one (CC-25)')
}

/** Purposes of requests to Graph. The token service has rules of its own. */
const TO_GRAPH: readonly Purpose[] = ['create', 'get', 'delete', 'operation', 'look-up']

/** Asserts that all readers take every response and notification of the scenario so far in the same way. */
export function unambiguousJson({ bot }: Session): void {
  for (const { purpose, request, response } of bot.exchanges) {
    const answer = TO_GRAPH.includes(purpose) && 'body' in response ? response.body : null
    const body = purpose === 'notification' ? request.body : answer
    const found = body === null || jsonOrNull(body) === null ? [] : ambiguities(body)
    const subject = purpose === 'notification' ? 'a notification' : `the answer to the ${purpose}`
    if (found.length > 0) throw new NonConformance(`readers take ${subject} differently: ${found.join('; ')} (CC-54b)`)
  }
}

function assertCreated(subject: string, reply: Reply): void {
  if (reply.status !== 201)
    throw new NonConformance(`${subject} has status ${reply.status}; documented: 201 Created (CC-02)${describeError(reply)}`)
  assertJson(subject, reply)
}

/** Asserts that a response is JSON, if it has a body. Every response whose status is asserted comes by here. */
export function assertJson(subject: string, reply: Reply): void {
  if (reply.text === '') return
  reply.json()
  const type = reply.headers.get('content-type') ?? 'none'
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new NonConformance(`${subject} has content type ${shownText(type)}; documented: application/json (CC-04)`)
}

function assertLocation(session: Session, subject: string): void {
  const { baseUrl, callsPath } = session.target.graph
  compareLocation(session, session.call, subject, `${baseUrl}${callsPath}/${session.call.bindings.get(CALL_ID.name)}`)
}

/** Asserts 404 with the code of "Call not found" (observed). */
function assertNotFound(subject: string, reply: Reply, requirement: string): void {
  const { status, text } = reply
  const body = status === 404 ? jsonOrNull(text) : null
  const code = isObject(body) && isObject(body.error) ? body.error.code : undefined
  if (code === '8522') {
    assertJson(subject, reply)
    return
  }
  const named = typeof code === 'string' ? ` ${shownText(code)}${lookingSame('8522', code)}` : ''
  const [fault] = status === 404 && named === '' ? differences({ error: { code: '8522' } }, body, new Map()) : []
  const member = fault === undefined ? '' : `; ${fault.path || 'the body'}: expected ${fault.expected}, received ${fault.actual}`
  throw new NonConformance(`${subject}: Graph answers ${status}${named}; expected: 404 8522 (${requirement})${member}`)
}

/** Code and message of an error of Graph. Nothing else of a response may be quoted. */
function describeError(reply: Reply): string {
  const { data } = errorBody.safeParse(jsonOrNull(reply.text))
  return data === undefined ? '' : `: ${shownText(data.error.code)}, ${shownText(data.error.message)}`
}

/** The bot requests an operation on its call. */
export async function requestOperation(session: Session, operation: Documented): Promise<void> {
  await session.operate(operation, idOf(session))
}

/** Asserts that Graph completed the last operation with the printed response. */
export function completesTheOperation(session: Session): void {
  const { operation } = session
  const printed = operation?.example.response ?? null
  if (operation === null || printed === null)
    throw new HarnessError('the bot has requested no operation, or the page prints no response for it')
  const { example, request, reply } = operation
  const subject = 'the answer to the operation'
  if (reply.status !== printed.status)
    throw new NonConformance(`${subject} has status ${reply.status}; documented: ${printed.status}${describeError(reply)}`)
  compare(session, session.call, 'other', subject, expectedOperation(example, request), reply.json())
  assertJson(subject, reply)
}
