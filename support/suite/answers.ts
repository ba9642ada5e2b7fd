// What Graph answers to a create, held against the documented messages: the new call, or the refusal that belongs to the reason.
import type { DataTable } from '@cucumber/cucumber'
import { jsonOrNull, type Reply } from '../bot/wire'
import type { ExampleNumber } from '../contract/documented'
import { HarnessError, NonConformance } from '../contract/faults'
import { isObject } from '../contract/json'
import { errorBody } from '../contract/messages'
import { shownText } from '../contract/shown'
import { CALL_ID, MY_PARTICIPANT_ID } from '../judge/expected'
import { AnyOf, AnythingBut } from '../judge/pattern'
import { compare, compareLocation } from './comparison'
import type { AskedCall, Session } from './session'
import { propertiesOf } from './vocabulary/property-table'
import { claimsOf } from './vocabulary/request-changes'

/** The answer to the documented request is the documented one. Errata are those that the scenario says it relies on. */
export function answeredAsDocumented(
  session: Session,
  example: ExampleNumber,
  printed: boolean,
  errata: readonly string[],
): void {
  const call = sent(session, example)
  const { expected, reply } = call
  if (expected.printed !== printed)
    throw new HarnessError(
      `the page ${expected.printed ? 'prints' : 'does not print'} a response for example ${example}: the sentence says otherwise`,
    )
  cite(session, expected.responseErrata, errata)
  const subject = `the answer to example ${example}`
  created(subject, reply)
  compare(session, call, 'answer', subject, expected.response, reply.json())
  isJson(subject, reply)
  hasLocation(session, call, subject)
}

/** The errata that a sentence names must be those that its comparison relies on, neither more nor fewer. */
export function cite(session: Session, relied: readonly string[], cited: readonly string[]): void {
  if (relied.join() !== [...cited].sort().join()) {
    throw new HarnessError(
      `the sentence cites ${cited.join(', ') || 'no erratum'}, the comparison relies on ${relied.join(', ') || 'none'}`,
    )
  }
  for (const erratum of relied) session.errata.add(erratum)
}

export function sent({ call }: Session, example: ExampleNumber): AskedCall {
  if (call.example !== example) throw new HarnessError(`example ${example} was not sent in this scenario`)
  return call
}

/** A call comes into being: 201, and the id of it. What else it must be has rules of its own, which others do not fail by. */
export function createsTheCall(session: Session): void {
  const { call } = session
  const subject = 'the answer to the request'
  created(subject, call.reply)
  compare(session, call, 'answer', subject, { id: CALL_ID }, call.reply.json())
}

export function answersInJson({ call: { reply } }: Session): void {
  created('the answer', reply)
  reply.json()
  isJson('the answer', reply)
}

export function saysWhereTheCallIs(session: Session): void {
  created('the answer', session.call.reply)
  hasLocation(session, session.call, 'the answer')
}

/** The new call has what a table says. */
export function newCallHas(session: Session, table: DataTable): void {
  const { call, setting } = session
  created('the answer', call.reply)
  compare(session, call, 'answer', 'the new call', propertiesOf(table, { setting, expected: call.expected }), call.reply.json())
}

/** Of what the request claimed, though only Graph makes it, nothing is in the new call. */
export function nothingClaimedComesBack(session: Session): void {
  const { call } = session
  created('the answer', call.reply)
  const claims = Object.entries(claimsOf(call.expected.request)).map(([name, claim]) => [name, new AnythingBut(claim)])
  if (claims.length === 0) throw new HarnessError('the request claims nothing that only Graph makes')
  compare(session, call, 'answer', 'the new call', Object.fromEntries(claims), call.reply.json())
}

/** Every member that is printed in the response of an example stands in the new call, set or not. */
export function newCallHasEveryMember(session: Session, members: readonly string[]): void {
  const { reply } = session.call
  created('the answer', reply)
  const body = reply.json()
  const missing = members.filter((name) => !isObject(body) || !Object.hasOwn(body, name))
  if (missing.length > 0)
    throw new NonConformance(`the new call lacks ${missing.join(', ')}; documented: all the properties are returned (CC-21)`)
}

/** Each of the calls that were asked for came into being under an id of its own. */
export function eachUnderItsOwnId({ asked }: Session): void {
  for (const { reply } of asked) created('the answer', reply)
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

/** The request is refused with the status and the code that belong to the reason. */
export function refuses({ call: { reply } }: Session, status: number, code: string): void {
  if (reply.status !== status)
    throw new NonConformance(`Graph answered ${reply.status}${why(reply)}; expected: refused with ${status} ${code}`)
  const { data } = errorBody.safeParse(reply.json())
  if (data?.error.code !== code)
    throw new NonConformance(
      `Graph refused with ${data === undefined ? 'a body that is no error' : shownText(data.error.code)}; expected: ${code}`,
    )
}

/** It is refused; which status and code belong to the reason is not public. */
export function refusesSomehow({ call: { reply } }: Session): void {
  if (reply.status < 400) throw new NonConformance(`Graph answered ${reply.status}; expected: refused`)
}

/** Observed of every 401 of Graph. */
export function saysHowToAuthenticate({ call: { reply } }: Session): void {
  const told = reply.headers.get('www-authenticate') ?? 'none'
  if (!/^Bearer\b/i.test(told))
    throw new NonConformance(`the refusal has WWW-Authenticate ${shownText(told)}; expected: Bearer, with where a token is had`)
}

/** The body of an error: code, message, and an inner error with request id and date. Source: page on errors; the wire of 2019. */
export function writesErrorsAsGraph(session: Session): void {
  const { call } = session
  const inner = { 'request-id': new AnyOf('text'), date: new AnyOf('text') }
  const error = { error: { code: new AnyOf('text'), message: new AnyOf('text'), innerError: inner } }
  compare(session, call, 'other', 'the body of the refusal', error, call.reply.json())
  isJson('the refusal', call.reply)
}

/** @throws NonConformance when an answer is another than the 201 that says that a call was created */
export function created(subject: string, reply: Reply): void {
  if (reply.status !== 201)
    throw new NonConformance(`${subject} has status ${reply.status}; documented: 201 Created (CC-02)${why(reply)}`)
}

function isJson(subject: string, { headers }: Reply): void {
  const type = headers.get('content-type') ?? 'none'
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new NonConformance(`${subject} has content type ${shownText(type)}; documented: application/json (CC-04)`)
}

function hasLocation(session: Session, call: AskedCall, subject: string): void {
  const { baseUrl, callsPath } = session.target.graph
  compareLocation(session, call, subject, `${baseUrl}${callsPath}/${call.bindings.get(CALL_ID.name)}`)
}

/** Code and words of an error of Graph; nothing else of an answer belongs in a message. */
function why(reply: Reply): string {
  const { data } = errorBody.safeParse(jsonOrNull(reply.text))
  return data === undefined ? '' : `: ${shownText(data.error.code)}, ${shownText(data.error.message)}`
}
