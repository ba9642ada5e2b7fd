// Rewrites notifications: what the simulator posts, the rosters in it, and what goes over the wire to the bot.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Wrap } from '../../simulator/wrapping'
import { type Members, objectAt } from './responses'

/** The one entry of a notification of the simulator. */
const entryOf = ({ body }: Pick<Notification, 'body'>): JsonObject => (body.value as Json[])[0] as JsonObject

/** The resourceData of a notification; empty for a roster. */
export const dataOf = (notification: Notification): JsonObject => objectAt(entryOf(notification), 'resourceData')

/** The state of the call in a notification; undefined for a roster. */
export const stateOf = (notification: Notification): Json | undefined => dataOf(notification).state

export const isRoster = (notification: Pick<Notification, 'body'>): boolean => Array.isArray(entryOf(notification).resourceData)

/** The participants in a roster. */
export const participantsOf = (notification: Pick<Notification, 'body'>) => entryOf(notification).resourceData as JsonObject[]

/** Copies a notification with other members in its entry. */
export function withEntry(notification: Notification, members: Members): Notification {
  const entry = { ...entryOf(notification), ...members } as JsonObject
  return { ...notification, body: { ...notification.body, value: [entry] } }
}

/** Copies a notification with other members in its resourceData. */
export function withData(notification: Notification, members: Members): Notification {
  return withEntry(notification, { resourceData: { ...dataOf(notification), ...members } as JsonObject })
}

/** Copies a notification with the id of another call in its resource and its resourceData. */
export function ofAnotherCall(notification: Notification, id: string): Notification {
  const entry = entryOf(notification)
  const name = entry.resource === undefined ? 'resourceUrl' : 'resource'
  const address = String(entry[name]).replace(notification.callId, id)
  return withEntry(isRoster(notification) ? notification : withData(notification, { id }), { [name]: address })
}

type RewriteRoster = (participants: readonly JsonObject[], notification: Notification) => readonly JsonObject[]

/** Rewrites the participants of a roster; any other notification comes back unchanged. */
export function withRoster(notification: Notification, rewrite: RewriteRoster): Notification {
  if (!isRoster(notification)) return notification
  return withEntry(notification, { resourceData: rewrite(participantsOf(notification), notification) })
}

/** What is posted in place of a notification; null drops it. */
type Posted = Notification | readonly Notification[] | null

/** Replaces notifications one by one; calls `make` once for each simulator, so that simulators share no memory. */
export const post =
  (make: () => (notification: Notification) => Posted): Wrap =>
  (parts) => {
    const rewrite = make()
    return {
      post: (notification) => {
        for (const one of [rewrite(notification) ?? []].flat()) parts.post(one)
      },
    }
  }

/** Replaces the notifications that a condition picks. */
export const postIf = (picks: (notification: Notification) => boolean, rewrite: (notification: Notification) => Posted): Wrap =>
  post(() => (notification) => (picks(notification) ? rewrite(notification) : notification))

/** Replaces the notifications of one state of the call. */
export const postState = (state: string, rewrite: (notification: Notification) => Posted): Wrap =>
  postIf((notification) => stateOf(notification) === state, rewrite)

/** Drops the notifications of one state of the call. */
export const dropState = (state: string): Wrap => postState(state, () => null)

/** Posts another notification after that of one state of the call. */
export const postAfter = (state: string, more: (notification: Notification) => Notification): Wrap =>
  postState(state, (notification) => [notification, more(notification)])

/** The request that created a call, and the new call as it was answered. */
interface Creation {
  readonly sent: JsonObject
  readonly call: JsonObject
}

/** Replaces notifications by the creation of their call. */
export const postOfCall =
  (rewrite: (notification: Notification, creation: Creation) => Posted): Wrap =>
  (parts) => {
    const creations = new Map<string, Creation>()
    return {
      decide: (state, command, env) => {
        const decision = parts.decide(state, command, env)
        const { answer } = decision
        if (command.kind === 'create' && answer.kind === 'created')
          creations.set(String(answer.call.id), { sent: command.body, call: answer.call })
        return decision
      },
      post: (notification) => {
        const creation = creations.get(notification.callId) ?? { sent: {}, call: {} }
        for (const one of [rewrite(notification, creation) ?? []].flat()) parts.post(one)
      },
    }
  }

/** Replaces notifications by the request that created their call. */
export const postFor = (rewrite: (notification: Notification, sent: JsonObject) => Posted): Wrap =>
  postOfCall((notification, { sent }) => rewrite(notification, sent))

/** Replaces notifications by the earlier notifications of the same call. */
export const postWithHistory = (rewrite: (notification: Notification, before: readonly Notification[]) => Posted): Wrap =>
  post(() => {
    const posted = new Map<string, readonly Notification[]>()
    return (notification) => {
      const before = posted.get(notification.callId) ?? []
      posted.set(notification.callId, [...before, notification])
      return rewrite(notification, before)
    }
  })

/** Replaces rosters that follow another roster of the same call. */
export const postLaterRosters = (rewrite: (notification: Notification, before: Notification) => Posted): Wrap =>
  postWithHistory((notification, before) => {
    const last = before.findLast(isRoster)
    return isRoster(notification) && last !== undefined ? rewrite(notification, last) : notification
  })

/** Holds back the notification of a state until the next of the same call has been posted. */
export const swapWithNext = (state: string, picks: (sent: JsonObject) => boolean = () => true): Wrap => {
  return (parts, world) => {
    const held = new Map<string, Notification>()
    return postFor((notification, sent) => {
      const first = held.get(notification.callId)
      held.delete(notification.callId)
      if (first !== undefined) return [notification, first]
      if (stateOf(notification) !== state || !picks(sent)) return notification
      held.set(notification.callId, notification)
      return null
    })(parts, world)
  }
}

/** Rewrites the participants of every roster. */
export const rosters = (rewrite: RewriteRoster): Wrap => post(() => (notification) => withRoster(notification, rewrite))

export const isGuest = ({ info }: JsonObject) => isObject(objectAt(info, 'identity').guest)

/** Whether a participant is an application or a guest. */
export const isBot = ({ info }: JsonObject) => objectAt(info, 'identity').user === undefined

export const isInLobby = (participant: JsonObject) => participant.isInLobby === true

/** A post on its way to the bot. */
interface Delivery {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Changes what goes over the wire to the bot; `at` counts the posts of the simulator from 0. */
export const deliveries =
  (
    change: (
      delivery: Delivery,
      at: number,
    ) => Partial<Omit<Delivery, 'body'>> & { readonly body?: string | Uint8Array<ArrayBuffer> },
  ): Wrap =>
  ({ deliver }) => {
    let at = 0
    return {
      deliver: (to, { method, headers, body, ...init }) => {
        const own = { url: to, method: String(method), headers: Object.fromEntries(new Headers(headers)), body: String(body) }
        const { url, ...delivery } = { ...own, ...change(own, at++) }
        return deliver(url, { ...init, ...delivery })
      },
    }
  }
