// Rewrites what Graph receives and answers: requests, responses, and the new call in the response to a create.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Wrap } from '../../simulator/wrapping'

/** A GUID that the simulator never makes and no directory holds. */
export const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000'

/** Members to replace in an object; undefined removes one. */
export type Members = Readonly<Record<string, Json | undefined>>

/** Wraps one around the other, the first innermost. */
export const together =
  (...wraps: readonly Wrap[]): Wrap =>
  (parts, world) => {
    let inner = parts
    for (const wrap of wraps) inner = { ...inner, ...wrap(inner, world) }
    return inner
  }

/** Makes a wrap with a function that always returns the first value it was called with, separately for each simulator. */
export const keepingFirst =
  (make: (first: <Value>(value: Value) => Value) => Wrap): Wrap =>
  (parts, world) => {
    let kept: unknown
    return make((value) => {
      kept ??= value
      return kept as typeof value
    })(parts, world)
  }

/** The object at a path of a value; an empty one where the path leads to no object. */
export const objectAt = (value: Json | undefined, ...path: readonly string[]): JsonObject => {
  const found = path.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), value)
  return isObject(found) ? found : {}
}

/** Rewrites every object in a value, the innermost first. */
export function deeply(value: Json, rewrite: (object: JsonObject) => JsonObject): Json {
  if (Array.isArray(value)) return value.map((one) => deeply(one, rewrite))
  if (!isObject(value)) return value
  return rewrite(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, deeply(member, rewrite)])))
}

type RewriteResponse = (response: Response, sent: string, request: Request) => Promise<Response> | Response

/** Rewrites every response of Graph. */
export const responses =
  (rewrite: RewriteResponse): Wrap =>
  ({ graph }) => ({
    graph: async (request) => {
      const copy = request.clone()
      const sent = await copy.text()
      return rewrite(await graph(request), sent, copy)
    },
  })

/** Rewrites responses with one status. */
export const responsesWith = (status: number, rewrite: RewriteResponse): Wrap =>
  responses((response, sent, request) => (response.status === status ? rewrite(response, sent, request) : response))

export interface ResponseChange {
  readonly status?: number
  /** Headers to set; null removes one. */
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: string | Uint8Array<ArrayBuffer> | null
}

/** Copies a response with another status, other headers or another body. */
export function changed({ status: was, headers: had, body }: Response, to: ResponseChange): Response {
  const headers = new Headers(had)
  for (const [name, value] of Object.entries(to.headers ?? {})) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  return new Response(to.body === undefined ? body : to.body, { status: to.status ?? was, headers })
}

/** Changes every response to a create that is accepted. */
export const created = (to: ResponseChange): Wrap => responsesWith(201, (response) => changed(response, to))

/** Rewrites the JSON body of responses with one status. */
export const bodiesWith = (status: number, rewrite: (body: JsonObject, sent: string, request: Request) => Json): Wrap =>
  responsesWith(status, async (response, sent, request) =>
    changed(response, { body: JSON.stringify(rewrite((await response.json()) as JsonObject, sent, request)) }),
  )

/** Replaces members of the new call in the response to a create; `sent` is the body of the request. */
export const rewriteNewCall = (members: (call: JsonObject, sent: JsonObject) => Members): Wrap =>
  bodiesWith(201, (call, sent) => ({ ...call, ...members(call, JSON.parse(sent) as JsonObject) }) as JsonObject)

/** Rewrites one of the objects in the new call, where the call has it. */
export const insideCall = (name: string, rewrite: (object: JsonObject) => JsonObject): Wrap =>
  rewriteNewCall((call) => (isObject(call[name]) ? { [name]: rewrite(call[name]) } : {}))

/** Replaces the body of POST requests; null leaves a request as it is. */
export const requests =
  (rewrite: (body: string, type: string | null) => { readonly body: string; readonly type?: string } | null): Wrap =>
  ({ graph }) => ({
    graph: async (request) => {
      if (request.method !== 'POST') return graph(request)
      const next = rewrite(await request.clone().text(), request.headers.get('content-type'))
      if (next === null) return graph(request)
      const headers = new Headers(request.headers)
      headers.set('content-type', next.type ?? 'application/json')
      headers.delete('content-length')
      return graph(new Request(request.url, { method: 'POST', headers, body: next.body }))
    },
  })

/** Whether a call, or the request for one, is of a meeting. */
export const inMeeting = ({ meetingInfo }: JsonObject) => isObject(meetingInfo)

/** Whether a request joins as a guest. */
export const asGuest = ({ source }: JsonObject) => isObject(objectAt(source, 'identity').guest)

/** Whether a request asks for media that the application hosts. */
export const appHosted = (sent: JsonObject) =>
  objectAt(sent, 'mediaConfig')['@odata.type'] === '#microsoft.graph.appHostedMediaConfig'
