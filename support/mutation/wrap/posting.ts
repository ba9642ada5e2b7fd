// Wrappings of notifications: what is posted in place of each, and what goes over the wire.

import type { Json, JsonObject } from '../../contract/json'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Wrap } from '../../simulator/wrapping'
import { objectAt } from './breaks'

/** The one change that a post of the simulator carries. */
export const changeOf = ({ body }: Notification): JsonObject => (body.value as Json[])[0] as JsonObject

/** What the entry of a post holds; nothing where that is a list. */
export const dataOf = (notification: Notification): JsonObject => objectAt(changeOf(notification), 'resourceData')

/** State of the call that a notification tells; undefined when it is of a roster. */
export const stateOf = (notification: Notification): Json | undefined => dataOf(notification).state

/** Whether a post is of a roster. */
export const isRoster = (notification: Notification): boolean => Array.isArray(changeOf(notification).resourceData)

/** A notification with other members in its entry; undefined takes one out. */
export function withChange(notification: Notification, members: Readonly<Record<string, Json | undefined>>): Notification {
  const change = { ...changeOf(notification), ...members } as JsonObject
  return { ...notification, body: { ...notification.body, value: [change] } }
}

/** A notification with other members in what its entry holds; undefined takes one out. */
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

/** The participants that a notification of the roster shows. */
export const rosterOf = (notification: Notification) => changeOf(notification).resourceData as JsonObject[]

/** Whether a participant is a guest. */
export const isGuest = ({ info }: JsonObject) => Object.keys(objectAt(info, 'identity', 'guest')).length > 0

/** A notification whose roster is rewritten; any other comes back as it is. */
export function withRoster(
  notification: Notification,
  rewrite: (participants: readonly JsonObject[]) => readonly JsonObject[],
): Notification {
  if (!isRoster(notification)) return notification
  return withChange(notification, { resourceData: rewrite(rosterOf(notification)) })
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

/** That a call is in a state is never posted. */
export const lost = (state: string): Wrap => postedState(state, () => null)

/** More is posted before and after the notification of a state. */
export const also = (
  state: string,
  before: (notification: Notification) => readonly Notification[],
  after: (notification: Notification) => readonly Notification[] = () => [],
): Wrap => postedState(state, (notification) => [...before(notification), notification, ...after(notification)])

/** The same notification, telling another state. */
export const saying = (notification: Notification, state: string): Notification => withData(notification, { state })

/** Posts of each call, told what has been posted of it before. */
export const remembering = (
  post: (notification: Notification, before: readonly Notification[]) => readonly Notification[],
): Wrap =>
  posting(() => {
    const posts = new Map<string, readonly Notification[]>()
    return (notification) => {
      const before = posts.get(notification.callId) ?? []
      posts.set(notification.callId, [...before, notification])
      return post(notification, before)
    }
  })
