// Rewriting who is on a roster, and as what.
import type { Json, JsonObject } from '../../contract/json'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Wrap } from '../../simulator/wrapping'
import { objectAt, without } from './breaks'
import { changeOf, isRoster, posting, roster } from './posting'

/** Each participant of every roster, rewritten. */
export const participants = (rewrite: (participant: JsonObject, to: Notification) => JsonObject): Wrap =>
  roster((all, to) => all.map((one) => rewrite(one, to)))

/** Each participant with these values. */
export const having = (members: Readonly<Record<string, Json>>): Wrap => participants((one) => ({ ...one, ...members }))

/** Each participant without some of its members. */
export const lacking = (...names: string[]): Wrap => participants((one) => without(one, ...names))

/** The application or the guest among the participants with another identity in its place. */
export const identity = (picks: 'application' | 'guest', rewrite: (own: JsonObject) => Readonly<Record<string, Json>>): Wrap =>
  participants((one) => {
    const set = objectAt(one, 'info', 'identity')
    if (set[picks] === undefined) return one
    return { ...one, info: { ...objectAt(one, 'info'), identity: { ...without(set, picks), ...rewrite(objectAt(set, picks)) } } }
  })

/** Whether a participant is no user. */
export const isBot = (one: JsonObject) => objectAt(one, 'info', 'identity').user === undefined

/** Whether a participant is shown in the lobby. */
export const waits = ({ isInLobby }: JsonObject) => isInLobby === true

/** Every roster, with that which came before it for the same call. */
export const afterAnother = (rewrite: (notification: Notification, before: Notification) => Notification | null): Wrap =>
  posting(() => {
    const last = new Map<string, Notification>()
    return (notification) => {
      if (!isRoster(notification)) return notification
      const before = last.get(notification.callId)
      last.set(notification.callId, notification)
      return before === undefined ? notification : rewrite(notification, before)
    }
  })

/** The participants of a roster. */
export const of = (notification: Notification) => changeOf(notification).resourceData as JsonObject[]
