// The bot's requests to Graph: create, get and delete a call.
import { CouldNotRun, NonConformance } from '../contract/faults'
import { isObject } from '../contract/json'
import { retrying, type Wait } from './retry'
import { jsonOrNull, type Reply, type Send } from './wire'

export interface GraphService {
  /** Root of Graph, without a slash at its end. */
  readonly baseUrl: string
  /** For example `/beta/app/calls`. */
  readonly callsPath: string
}

/** A create as it goes over the wire; whatever is wrong with it is meant to be. */
export interface CreateRequest {
  readonly body: string
  /** Null: none is sent. */
  readonly contentType: string | null
  /** Whole value of the Authorization header, or none (null); left out: the bot's own token. */
  readonly authorization?: string | null
}

export interface GraphClient {
  /** Any answer that comes; `judged` says which of them tell something about the target. */
  create(request: CreateRequest): Promise<Reply>
  /** Like the next, an answer that is judged already. */
  get(callId: string): Promise<Reply>
  delete(callId: string): Promise<Reply>
  /** The online meeting under a conference id; any answer that comes. Source: page "Get onlineMeeting" of 2019. */
  lookUp(conferenceId: string): Promise<Reply>
}

/** `wait` lets time pass between a busy answer and the next attempt; null: every request is sent once. */
export function graphClient(
  sendOnce: Send,
  { baseUrl, callsPath }: GraphService,
  token: () => Promise<string>,
  wait: Wait | null = null,
  firstWaitMs?: number,
): GraphClient {
  const root = baseUrl + callsPath
  const send = wait === null ? sendOnce : retrying(sendOnce, wait, firstWaitMs)
  const own = async () => `Bearer ${await token()}`
  const request = async (
    purpose: 'create' | 'get' | 'delete' | 'look-up',
    method: string,
    url: string,
    create?: CreateRequest,
  ) => {
    const authorization = create?.authorization === undefined ? await own() : create.authorization
    const headers = {
      ...(authorization === null ? {} : { authorization }),
      accept: 'application/json',
      ...(create === undefined || create.contentType === null ? {} : { 'content-type': create.contentType }),
    }
    return send(purpose, { method, url, headers, body: create?.body ?? null })
  }
  return {
    create: (create) => request('create', 'POST', root, create),
    get: async (callId) => judged(`GET ${callsPath}`, await request('get', 'GET', `${root}/${segment(callId)}`)),
    delete: async (callId) => judged(`DELETE ${callsPath}`, await request('delete', 'DELETE', `${root}/${segment(callId)}`)),
    lookUp: async (conferenceId) =>
      judged(
        'GET /onlineMeetings',
        await request('look-up', 'GET', `${meetingsRoot(baseUrl, callsPath)}/${segment(conferenceId)}`),
      ),
  }
}

/** Online meetings live beside the calls: `/beta/app/onlineMeetings`. */
function meetingsRoot(baseUrl: string, callsPath: string): string {
  return `${baseUrl}${callsPath.replace(/calls$/, 'onlineMeetings')}`
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
  if (id === '.' || id === '..' || id === '') throw new NonConformance(`"${id}" is not the id of a call`)
  return encodeURIComponent(id)
}
