// The bot's requests to Graph: create, get and delete a call.
import { CouldNotRun, NonConformance } from '../contract/faults'
import { isObject, type Json } from '../contract/json'
import { retrying, type Wait } from './retry'
import { jsonOrNull, type Reply, type Send } from './wire'

export interface GraphService {
  /** Root of Graph, without a slash at its end. */
  readonly baseUrl: string
  /** For example `/beta/app/calls`. */
  readonly callsPath: string
}

export interface GraphClient {
  /** With the bot's own token, another, or none (null). Any answer that comes; `judged` says which of them tell something about the target. */
  create(call: Json, token?: string | null): Promise<Reply>
  /** Like the next, an answer that is judged already. */
  get(callId: string): Promise<Reply>
  delete(callId: string): Promise<Reply>
}

/** `wait` lets time pass between a busy answer and the next attempt; null: every request is sent once. */
export function graphClient(
  sendOnce: Send,
  { baseUrl, callsPath }: GraphService,
  token: () => Promise<string>,
  wait: Wait | null = null,
): GraphClient {
  const root = baseUrl + callsPath
  const send = wait === null ? sendOnce : retrying(sendOnce, wait)
  const request = async (
    purpose: 'create' | 'get' | 'delete',
    method: string,
    url: string,
    body: string | null,
    shown?: string | null,
  ) => {
    const bearer = shown === undefined ? await token() : shown
    const headers = {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      accept: 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    }
    return send(purpose, { method, url, headers, body })
  }
  return {
    create: (call, shown) => request('create', 'POST', root, JSON.stringify(call), shown),
    get: async (callId) => judged(`GET ${callsPath}`, await request('get', 'GET', `${root}/${segment(callId)}`, null)),
    delete: async (callId) =>
      judged(`DELETE ${callsPath}`, await request('delete', 'DELETE', `${root}/${segment(callId)}`, null)),
  }
}

/** The reply, unless it is none that can be judged: 429 and 503 say nothing about the rules; any other 5xx is a fault of the target, whatever was asked. */
export function judged(told: string, reply: Reply): Reply {
  const { status } = reply
  if (status === 429 || status === 503)
    throw new CouldNotRun(`${told} was answered ${status}: the target is too busy to be judged`)
  if (status >= 500) throw new NonConformance(`${told} was answered ${status}; no 5xx is documented for it`)
  return reply
}

/** The code of "Call not found": a call that is gone needs no hanging up. */
const GONE = '8522'

/** Whether the answer to a delete says that the call is over: deleted now, or gone before. */
export function saysOver({ status, text }: Reply): boolean {
  const body = jsonOrNull(text)
  return status === 204 || (status === 404 && isObject(body) && isObject(body.error) && body.error.code === GONE)
}

/** An id from the wire as one path segment: whatever it holds, it leads nowhere else. */
function segment(id: string): string {
  if (id === '.' || id === '..' || id === '') throw new NonConformance(`"${id}" is no id of a call`)
  return encodeURIComponent(id)
}
