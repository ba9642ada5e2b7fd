// Faults of notifications: lost, repeated, late, in another order, in one post, or with another body.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { assumption, documented, observed } from '../core/provenance'
import type { Notification } from '../runtime/outbox'
import { describeNotification, type FaultRows, fill, type Values, type Work } from './fault'

/** A value without the member at a path; undefined when it has no such member. */
export function withoutMember(value: Json | undefined, path: string): Json | undefined {
  const [name = '', ...rest] = path.split('/')
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  const entries = Object.entries(value)
  if (rest.length > 0) {
    const member = withoutMember((value as JsonObject)[name], rest.join('/'))
    if (member === undefined) return undefined
    const changed = entries.map(([key, one]) => [key, key === name ? member : one] as const)
    return Array.isArray(value) ? changed.map(([, one]) => one) : Object.fromEntries(changed)
  }
  const left = entries.filter(([key]) => key !== name)
  return Array.isArray(value) ? left.map(([, one]) => one) : Object.fromEntries(left)
}

type Send = (notification: Notification) => void

/** Sends something else in place of a notification, now or later. */
const sending =
  (
    send: (notification: Notification, next: Send, values: Values, after: (ms: number, task: () => void) => void) => void,
    did: string,
  ): Work =>
  (aim, values) => ({
    notification: (notification, next) => {
      const message = describeNotification(notification)
      if (!aim.claim(message)) return next(notification)
      aim.did(message, fill(did, values))
      send(notification, next, values, aim.after)
    },
  })

/** Rewrites what a notification reports, its `value[0]`. @param rewrite undefined for a notification that it does not apply to */
const rewriting =
  (rewrite: (change: JsonObject, values: Values) => Json | undefined, did: string): Work =>
  (aim, values) => ({
    notification: (notification, next) => {
      const { body } = notification
      const [change, ...others] = body.value as readonly JsonObject[]
      const rewritten = change === undefined ? undefined : rewrite(change, values)
      const message = describeNotification(notification)
      if (rewritten === undefined || !aim.claim(message)) return next(notification)
      aim.did(message, fill(did, values))
      next({ ...notification, body: { ...body, value: [rewritten, ...others] } })
    },
  })

/** Holds a notification back until the next of its call comes, at most for `heldMs`, and sends what becomes of the two. */
const holding =
  (join: (first: Notification, next: Notification) => readonly Notification[], words: string): Work =>
  (aim, { heldMs }) => {
    const held = new Map<string, { readonly first: Notification; readonly next: Send }>()
    const release = (callId: string) => {
      const own = held.get(callId)
      held.delete(callId)
      own?.next(own.first)
    }
    return {
      notification: (notification, next) => {
        const { callId } = notification
        const own = held.get(callId)
        if (own !== undefined) {
          held.delete(callId)
          for (const one of join(own.first, notification)) next(one)
          return
        }
        const message = describeNotification(notification)
        if (!aim.claim(message)) return next(notification)
        const holds = { first: notification, next }
        held.set(callId, holds)
        aim.did(message, `waits for the next of its call, ${heldMs} ms at most, ${words}`)
        aim.after(heldMs, () => {
          if (held.get(callId) === holds) release(callId)
        })
      },
      busy: () => held.size > 0,
      end: (deliver) => {
        if (deliver) for (const callId of [...held.keys()]) release(callId)
        held.clear()
      },
    }
  }

function pack(first: Notification, next: Notification): readonly Notification[] {
  const value = [first, next].flatMap(({ body }) => body.value as JsonObject[])
  return [{ ...next, body: { ...next.body, value } }]
}

/** A call id that no call has. */
const UNKNOWN_CALL = '00000000-0000-4000-8000-000000000000'
const ofUnknownCall = (notification: Notification): Notification => ({
  ...notification,
  body: JSON.parse(JSON.stringify(notification.body).replaceAll(notification.callId, UNKNOWN_CALL)) as JsonObject,
})

const ofCall = (rewrite: (data: JsonObject) => JsonObject) => (change: JsonObject) =>
  isObject(change.resourceData) ? { ...change, resourceData: rewrite(change.resourceData) } : undefined

const notJson: Work = (aim) => ({
  post: async ({ notification, init }, next) => {
    const message = describeNotification(notification)
    if (!aim.claim(message)) return next(init)
    aim.did(message, 'comes with the first half of its body')
    const body = String(init.body)
    return next({ ...init, body: body.slice(0, body.length >> 1) })
  },
})

export const NOTIFICATION_FAULTS: FaultRows = {
  'notification-lost': {
    description: 'A notification is never posted.',
    ...observed('microsoft-graph-comms-samples issue 824, of rosters'),
    work: sending(() => {}, 'is not posted'),
  },
  'notification-doubled': {
    description: 'A notification is posted twice, one after the other.',
    ...assumption('no page excludes it, and clients are expected to bear it (CC-51)'),
    work: sending((notification, next) => {
      next(notification)
      next(notification)
    }, 'is posted twice'),
  },
  'notification-repeated': {
    description: 'A notification is posted, and once more later, when it may no longer be true.',
    parameters: { ms: 5_000 },
    ...assumption('no page excludes it, and clients are expected to bear it (CC-51)'),
    work: sending((notification, next, { ms }, after) => {
      next(notification)
      after(ms, () => next(notification))
    }, 'is posted again {ms} ms later'),
  },
  'notifications-reordered': {
    description: 'A notification comes after the next of its call.',
    parameters: { heldMs: 5_000 },
    ...documented('notes of pages of 2023, of establishing and established (E-66); of others it is an assumption'),
    work: holding((first, next) => [next, first], 'and is posted after it'),
  },
  'notification-delayed': {
    description: 'A notification comes late, perhaps after later ones.',
    parameters: { ms: 3_000 },
    ...observed('microsoft-graph-comms-samples issue 824, of rosters'),
    work: sending((notification, next, { ms }, after) => after(ms, () => next(notification)), 'is posted {ms} ms late'),
  },
  'notifications-packed': {
    description: 'A notification comes in one post with the next of its call.',
    parameters: { heldMs: 5_000 },
    ...documented('resource page commsNotification, 2019: value is an array; that it is used so is an assumption'),
    work: holding(pack, 'to be posted with it'),
  },
  'notification-of-unknown-call': {
    description: 'A notification is followed by the same one of a call that does not exist.',
    ...assumption('what a bot sees that was started anew while its calls went on'),
    work: sending((notification, next) => {
      next(notification)
      next(ofUnknownCall(notification))
    }, 'is followed by one of an unknown call'),
  },
  'notification-empty': {
    description: 'A notification is posted with an empty list of changes.',
    ...assumption('resource page commsNotifications, 2019: value is an array, and no page gives its least length'),
    work: sending(
      (notification, next) => next({ ...notification, body: { ...notification.body, value: [] } }),
      'is posted without a change',
    ),
  },
  'notification-member-missing': {
    description: 'A notification lacks a member of your choice.',
    parameters: { member: 'resourceData/state' },
    ...assumption('pages and real notifications differ in their members; which may be missing is not said'),
    work: rewriting((change, { member }) => withoutMember(change, member), 'is posted without {member}'),
  },
  'notification-member-unknown': {
    description: 'A notification of a call has a member that no page names.',
    ...documented('metadata of 2019 and today: the type of a call is open'),
    work: rewriting(
      ofCall((data) => ({ ...data, simulatedFutureMember: 'added by the fault' })),
      'is posted with an unknown member',
    ),
  },
  'notification-state-unknown': {
    description: 'A notification has the state unknownFutureValue.',
    ...documented('metadata of 2019: the sentinel of enumerations that grow; that it is sent is an assumption'),
    work: rewriting(
      ofCall((data) => ({ ...data, state: 'unknownFutureValue' })),
      'is posted with an unknown state',
    ),
  },
  'notification-not-json': {
    description: 'A notification comes with half of its body, which is no JSON.',
    ...assumption('any connection can end so'),
    work: notJson,
  },
}
