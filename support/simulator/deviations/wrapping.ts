// What deviations and twins are made of: wrappings of one part each, which rewrite what goes through it.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { BotCommand, Command } from '../core/commands'
import { type Decision, type Env, still } from '../core/decision'
import type { ErrorName } from '../core/errors'
import type { State } from '../core/state'
import type { Notification } from '../runtime/outbox'
import type { Deviation, Wrap } from './deviation'

/** A deviation in one row: the rule that it breaks, its name, what it does, and what a message must say that sees it. */
export function breaks(requirement: string, id: string, description: string, names: Deviation['names'], wrap: Wrap): Deviation {
  return { id, requirement, description, names, wrap }
}

/** Wrappings one around the other, the first innermost. */
export const together =
  (...wraps: readonly Wrap[]): Wrap =>
  (parts, world) =>
    wraps.reduce((inner, wrap) => ({ ...inner, ...wrap(inner, world) }), parts)

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

// Answers of Graph.

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

// Requests, before Graph reads them.

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

// What the core decides.

type Deciding = (
  decision: Decision,
  command: Command,
  again: (command: Command, state?: State) => Decision,
  state: State,
) => Decision

/** What the core has decided, reconsidered; `again` asks it for something else, from the state before unless said otherwise. */
export const deciding =
  (reconsider: Deciding): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) =>
      reconsider(decide(state, command, env), command, (other, from = state) => decide(from, other, env), state),
  })

/** Another command in place of the one that came, or the same. */
export const commanded =
  (rewrite: (command: Command, state: State, env: Env) => Command): Wrap =>
  ({ decide }) => ({ decide: (state, command, env) => decide(state, rewrite(command, state, env), env) })

/** Commands that come to nothing: whoever gives one is told that it was done. */
export const ignoring =
  (ignored: (command: Command, state: State) => boolean): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) => (ignored(command, state) ? still(state, { kind: 'done' }) : decide(state, command, env)),
  })

export type Create = Extract<BotCommand, { kind: 'create' }>

/** A create that the core refuses with one of these errors, and what becomes of it when it is put otherwise (null: it stays refused). */
export const forgiving = (errors: readonly ErrorName[], mend: (create: Create) => Create | null): Wrap =>
  deciding((decision, command, again) => {
    if (command.kind !== 'create' || !refusedFor(decision, errors)) return decision
    const mended = mend(command)
    return mended === null ? decision : again(mended)
  })

/** As `forgiving`, and yet the answer is the refusal. */
export const refusingInWords = (errors: readonly ErrorName[], mend: (create: Create) => Create): Wrap =>
  deciding((decision, command, again) =>
    command.kind === 'create' && refusedFor(decision, errors) ? { ...again(mend(command)), answer: decision.answer } : decision,
  )

export function refusedFor({ answer }: Decision, errors: readonly ErrorName[]): boolean {
  return answer.kind === 'refused' && errors.includes(answer.refusal.error)
}

// Notifications, before they are queued.

/** The one change that a post of the simulator carries. */
export const changeOf = ({ body }: Notification): JsonObject => (body.value as Json[])[0] as JsonObject

export const dataOf = (notification: Notification): JsonObject => objectAt(changeOf(notification), 'resourceData')

/** State of the call that a notification tells; undefined when it is of a roster. */
export const stateOf = (notification: Notification): Json | undefined => dataOf(notification).state

export const isRoster = (notification: Notification): boolean => Array.isArray(changeOf(notification).resourceData)

export function withChange(notification: Notification, members: Readonly<Record<string, Json | undefined>>): Notification {
  const change = { ...changeOf(notification), ...members } as JsonObject
  return { ...notification, body: { ...notification.body, value: [change] } }
}

export function withData(notification: Notification, members: Readonly<Record<string, Json | undefined>>): Notification {
  return withChange(notification, { resourceData: { ...dataOf(notification), ...members } as JsonObject })
}

/** A notification that says of another call what was to be said of its own. */
export function ofAnotherCall(notification: Notification, id: string): Notification {
  const { resource } = changeOf(notification)
  const path = String(resource).replace(notification.callId, id)
  return isRoster(notification)
    ? withChange(notification, { resource: path })
    : withChange(withData(notification, { id }), { resource: path })
}

/** A notification whose roster is rewritten; any other comes back as it is. */
export function withRoster(
  notification: Notification,
  rewrite: (participants: readonly JsonObject[]) => readonly JsonObject[],
): Notification {
  if (!isRoster(notification)) return notification
  return withChange(notification, { resourceData: rewrite(changeOf(notification).resourceData as JsonObject[]) })
}

type Post = (notification: Notification) => Notification | readonly Notification[] | null

/** What is posted in place of each notification; `make` is asked once per simulator, so that what it remembers is that simulator's own. */
export const posting =
  (make: () => Post): Wrap =>
  ({ post }) => {
    const rewrite = make()
    return {
      post: (notification) => {
        for (const one of [rewrite(notification) ?? []].flat()) post(one)
      },
    }
  }

/** Notifications that a predicate picks, rewritten one by one; null loses one. */
export const posted = (picks: (notification: Notification) => boolean, rewrite: Post): Wrap =>
  posting(() => (notification) => (picks(notification) ? rewrite(notification) : notification))

/** Those that tell a state of the call. */
export const postedState = (state: string, rewrite: Post): Wrap =>
  posted((notification) => stateOf(notification) === state, rewrite)

/** What is posted in place of each notification, with the request that its call was created by. */
export const postingOf =
  (rewrite: (notification: Notification, sent: JsonObject) => Notification | readonly Notification[] | null): Wrap =>
  ({ decide, post }) => {
    const requests = new Map<string, JsonObject>()
    return {
      decide: (state, command, env) => {
        const decision = decide(state, command, env)
        const { answer } = decision
        if (command.kind === 'create' && answer.kind === 'created') requests.set(String(answer.call.id), command.body)
        return decision
      },
      post: (notification) => {
        for (const one of [rewrite(notification, requests.get(notification.callId) ?? {}) ?? []].flat()) post(one)
      },
    }
  }

/** The participants of every roster. */
export const roster = (rewrite: (participants: readonly JsonObject[], to: Notification) => readonly JsonObject[]): Wrap =>
  posting(() => (notification) => withRoster(notification, (participants) => rewrite(participants, notification)))

// The carriage of posts.

/** What goes over the wire to the bot. */
export interface Parcel {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Another parcel in place of each. */
export const carried =
  (make: () => (parcel: Parcel) => Parcel): Wrap =>
  ({ deliver }) => {
    const rewrite = make()
    return {
      deliver: (to, { method, headers, body, ...init }) => {
        const own = Object.fromEntries(new Headers(headers))
        const { url, ...parcel } = rewrite({ url: to, method: String(method), headers: own, body: String(body) })
        return deliver(url, { ...init, ...parcel })
      },
    }
  }
