// The bot's requests to Graph: create, get and delete a call, and look up an online meeting.
import { CouldNotRun, NonConformance } from '../contract/failures'
import { isObject, type JsonObject } from '../contract/json'
import { retrying, type Wait } from './retry'
import { jsonOrNull, type Reply, type Send } from './wire'

export interface GraphService {
  /** Root of Graph, without a slash at its end. */
  readonly baseUrl: string
  /** For example `/beta/app/calls`. */
  readonly callsPath: string
}

/** A create, with its mistakes, if any, as the scenario wants them. */
export interface CreateRequest {
  readonly body: string
  /** Null: no Content-Type is sent. */
  readonly contentType: string | null
  /** Whole value of the Authorization header; null: none is sent; left out: the bot's own token. */
  readonly authorization?: string | null
}

export interface GraphClient {
  /** Returns any response. The others throw as `judged` does. */
  create(request: CreateRequest): Promise<Reply>
  /** @param authorization as in CreateRequest */
  get(callId: string, authorization?: string | null): Promise<Reply>
  /** @param authorization as in CreateRequest */
  delete(callId: string, authorization?: string | null): Promise<Reply>
  /** Requests an operation on a call, such as `mute`. @param path the segments below the call */
  operate(callId: string, path: string, body: JsonObject): Promise<Reply>
  /** Gets the online meeting with a conference id. Source: page "Get onlineMeeting" of 2019. */
  lookUp(conferenceId: string): Promise<Reply>
}

/** @param wait waits before a retry; null: every request is sent once */
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
    purpose: 'create' | 'get' | 'delete' | 'operation' | 'look-up',
    method: string,
    url: string,
    sent: { readonly authorization?: string | null | undefined } & Partial<Pick<CreateRequest, 'body' | 'contentType'>> = {},
  ) => {
    const { body = null, contentType = null } = sent
    const authorization = sent.authorization === undefined ? await own() : sent.authorization
    const headers = {
      ...(authorization === null ? {} : { authorization }),
      accept: 'application/json',
      ...(contentType === null ? {} : { 'content-type': contentType }),
    }
    return send(purpose, { method, url, headers, body })
  }
  return {
    create: (create) => request('create', 'POST', root, create),
    get: async (callId, authorization) =>
      judged(`GET ${callsPath}`, await request('get', 'GET', `${root}/${segment(callId)}`, { authorization })),
    delete: async (callId, authorization) =>
      judged(`DELETE ${callsPath}`, await request('delete', 'DELETE', `${root}/${segment(callId)}`, { authorization })),
    operate: async (callId, path, body) =>
      judged(
        `POST ${callsPath}/{id}/${path}`,
        await request('operation', 'POST', `${root}/${segment(callId)}/${path}`, {
          body: JSON.stringify(body),
          contentType: 'application/json',
        }),
      ),
    lookUp: async (conferenceId) =>
      judged(
        'GET /onlineMeetings',
        await request('look-up', 'GET', `${meetingsRoot(baseUrl, callsPath)}/${segment(conferenceId)}`),
      ),
  }
}

/** The path of online meetings, for example `/beta/app/onlineMeetings`. */
function meetingsRoot(baseUrl: string, callsPath: string): string {
  return `${baseUrl}${callsPath.replace(/calls$/, 'onlineMeetings')}`
}

/**
 * Returns a response that can be judged.
 * @throws CouldNotRun after 429 and 503, which say nothing about the rules
 * @throws NonConformance after any other 5xx, which is wrong for every request
 */
export function judged(request: string, reply: Reply): Reply {
  const { status } = reply
  if (status === 429 || status === 503)
    throw new CouldNotRun(`${request} was answered ${status}: the target is too busy to be judged`)
  if (status >= 500) throw new NonConformance(`${request} was answered ${status}; no 5xx is documented for it`)
  return reply
}

/** The code of "Call not found". */
const GONE = '8522'

/**
 * Whether the response to a delete says that the call has ended, now or before. "Call not found" says so only to the application that made
 * the call: to any other it is the answer for a call that lives (fixtures/requirements.yaml, CC-29b).
 */
export function saysOver({ status, text }: Reply): boolean {
  const body = jsonOrNull(text)
  return status === 204 || (status === 404 && isObject(body) && isObject(body.error) && body.error.code === GONE)
}

/** Encodes an id from a message as one path segment, so that it leads nowhere else. */
function segment(id: string): string {
  if (id === '.' || id === '..' || id === '') throw new NonConformance(`"${id}" is not the id of a call`)
  return encodeURIComponent(id)
}
