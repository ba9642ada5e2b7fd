// What becomes of calls after the answer: none came into being, it is there, it is gone.
import type { Reply } from '../bot/wire'
import { HarnessError, NonConformance } from '../contract/faults'
import { isObject, type Json } from '../contract/json'
import { shownText } from '../contract/shown'
import { CALL_ID } from '../judge/expected'
import { created } from './answers'
import { compare } from './comparison'
import type { AskedCall, Session } from './session'

/** Of the calls at the target none is new, as far as it tells; the answer names none. What is notified says the rest. */
export async function noCallIsCreated(session: Session): Promise<void> {
  const { reply } = session.call
  const location = reply.headers.get('location')
  if (location !== null) throw new NonConformance(`the request was refused, and the answer has Location ${shownText(location)}`)
  const living = await session.newCalls()
  if (living !== null && living.length > session.made)
    throw new NonConformance(`the request was refused, and a call lives all the same: ${living.join(', ')}`)
}

/** Graph gives the call under its address: the same id, and the state that is told. */
export async function callIsThere(session: Session, state: string): Promise<void> {
  const { call } = session
  const reply = await session.bot.get(idOf(session, call))
  if (reply.status !== 200) throw new NonConformance(`the call was asked for and answered ${reply.status}; expected: 200 (CC-29)`)
  compare(session, call, 'answer', 'the call that Graph gives', { id: CALL_ID, state }, reply.json())
}

/** The code of a call that is not found (observed). */
const CALL_NOT_FOUND = '8522'

/** The code of a 404; null for any other answer. */
function notFoundCode(reply: Reply): Json {
  const body = reply.status === 404 ? reply.json() : null
  return isObject(body) && isObject(body.error) ? (body.error.code ?? null) : null
}

/** A status, and the code of the error that came with it, if one did. */
const told = (status: number, code: unknown) => (code ? `${status} ${code}` : String(status))

/** The call is gone: 404 with the code of a call that is not found (observed). */
export async function callIsGone(session: Session): Promise<void> {
  const reply = await session.bot.get(idOf(session, session.call))
  const code = notFoundCode(reply)
  if (code !== CALL_NOT_FOUND)
    throw new NonConformance(`the call has ended, and Graph answers ${told(reply.status, code)}; expected: 404 8522 (CC-29)`)
}

/** What Graph answered to a bot that meddled with the call of another. */
const meddling = new WeakMap<Session, Reply>()

/** The bot asks for the call of another bot under its id. */
export async function askForTheOthersCall(session: Session): Promise<void> {
  const { another } = session
  meddling.set(session, await session.bot.get(idOf(another, another.call)))
}

/** The bot deletes the call of another bot. */
export async function hangUpOnTheOther(session: Session): Promise<void> {
  const { another } = session
  meddling.set(session, await session.bot.delete(idOf(another, another.call)))
}

/** To whoever has not made it a call does not exist. */
export function unknownCall(session: Session): void {
  const reply = meddling.get(session)
  if (reply === undefined) throw new HarnessError('the bot has not asked for the call of another')
  const code = notFoundCode(reply)
  if (code !== CALL_NOT_FOUND)
    throw new NonConformance(`the call of another bot: Graph answers ${told(reply.status, code)}; expected: 404 8522 (CC-29b)`)
}

/** The bot ends its call. */
export async function hangUp(session: Session): Promise<Reply> {
  const reply = await session.bot.delete(idOf(session, session.call))
  if (reply.status !== 204)
    throw new NonConformance(`the call was deleted and answered ${reply.status}; documented: 204 No Content (CC-29)`)
  return reply
}

/**
 * The id of a call that there must be.
 * @throws NonConformance when no call was created, or the answer gave the new one no id and nothing notified names it
 */
export function idOf(session: Session, call: AskedCall): string {
  const id = session.callId(call)
  if (id !== null) return id
  created('the answer to the request', call.reply)
  throw new NonConformance('the answer gives the new call no id, and no notification names one (CC-25)')
}
