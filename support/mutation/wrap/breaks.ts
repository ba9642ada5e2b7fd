// What deviations and twins are made of: reading and rewriting JSON, and the wrappings of what Graph is asked and answers.

import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Deviation, Wrap } from '../../simulator/wrapping'

/** A GUID that names nothing. */
export const NOBODY = '00000000-0000-4000-8000-000000000000'

/** A deviation in one row: the rule that it breaks, its name, what it does, and what a message must say that sees it. */
export function breaks(requirement: string, id: string, description: string, names: Deviation['names'], wrap: Wrap): Deviation {
  return { id, requirement, description, names, wrap }
}

/** Wrappings one around the other, the first innermost. */
export const together =
  (...wraps: readonly Wrap[]): Wrap =>
  (parts, world) => {
    let inner = parts
    for (const wrap of wraps) inner = { ...inner, ...wrap(inner, world) }
    return inner
  }

/** The object at a path of a value; an empty one where there is none. */
export const objectAt = (value: Json | undefined, ...path: readonly string[]): JsonObject => {
  const found = path.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), value)
  return isObject(found) ? found : {}
}

/** The same object without some of its members. */
export function without(value: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

/** A value with every object in it rewritten, the innermost first. */
export function deeply(value: Json, rewrite: (object: JsonObject) => JsonObject): Json {
  if (Array.isArray(value)) return value.map((one) => deeply(one, rewrite))
  if (!isObject(value)) return value
  return rewrite(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, deeply(member, rewrite)])))
}

type Answered = (response: Response, sent: string, request: Request) => Promise<Response> | Response

/** Every answer of Graph, whatever was asked for. */
export const answering =
  (rewrite: Answered): Wrap =>
  ({ graph }) => ({
    graph: async (request) => {
      const copy = request.clone()
      const sent = await copy.text()
      return rewrite(await graph(request), sent, copy)
    },
  })

/** Answers with one status. */
export const answeringWith = (status: number, rewrite: Answered): Wrap =>
  answering((response, sent, request) => (response.status === status ? rewrite(response, sent, request) : response))

/** The answer that a create is in order. */
export const created = (rewrite: Answered): Wrap => answeringWith(201, rewrite)

/** An answer again, with another status, other headers (null takes one out) or another body. */
export function otherwise(
  { status: was, headers: had, body }: Response,
  to: { readonly status?: number; readonly headers?: Readonly<Record<string, string | null>>; readonly body?: string | null },
): Response {
  const headers = new Headers(had)
  for (const [name, value] of Object.entries(to.headers ?? {})) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  return new Response(to.body === undefined ? body : to.body, { status: to.status ?? was, headers })
}

/** The new call in the answer to a create, rewritten; with the request that asked for it. */
export const newCall = (rewrite: (call: JsonObject, sent: JsonObject) => Json): Wrap =>
  created(async (response, sent) =>
    otherwise(response, { body: JSON.stringify(rewrite((await response.json()) as JsonObject, JSON.parse(sent) as JsonObject)) }),
  )

/** The new call with other members; undefined takes one out. */
export const newCallWith = (members: (call: JsonObject, sent: JsonObject) => Readonly<Record<string, Json | undefined>>): Wrap =>
  newCall((call, sent) => ({ ...call, ...members(call, sent) }) as JsonObject)

/** The error in every refusal, rewritten. */
export const refusedWith = (rewrite: (response: Response) => Response | Promise<Response>): Wrap =>
  answering((response) => (response.status >= 400 ? rewrite(response) : response))

/** Another request in place of the one that came; null leaves it. */
export const asked =
  (rewrite: (body: string, request: Request) => { readonly body: string; readonly type?: string } | null): Wrap =>
  ({ graph }) => ({
    graph: async (request) => {
      if (request.method !== 'POST') return graph(request)
      const next = rewrite(await request.clone().text(), request)
      if (next === null) return graph(request)
      const headers = new Headers(request.headers)
      headers.set('content-type', next.type ?? 'application/json')
      headers.delete('content-length')
      return graph(new Request(request.url, { method: 'POST', headers, body: next.body }))
    },
  })
