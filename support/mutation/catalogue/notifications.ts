// Deviations in notifications: how and where Graph posts them, which calls they are of, and what happens when the bot fails.
import type { Json, JsonObject } from '../../contract/json'
import type { Wrap } from '../../simulator/wrapping'
import {
  deliveries,
  isRoster,
  ofAnotherCall,
  post,
  postFor,
  postIf,
  postState,
  postWithHistory,
  stateOf,
  withData,
  withEntry,
} from '../wrap/notifications'
import { asGuest, inMeeting, keepingFirst, UNKNOWN_ID } from '../wrap/responses'
import { deviationsFrom, either, MISSING, missing, NO_NOTIFICATION, unexpected } from './rows'

const header = (name: string, value: string): Wrap => deliveries(({ headers }) => ({ headers: { ...headers, [name]: value } }))

/** Rewrites the Authorization header of posts; null removes it. */
const authorization = (rewrite: (was: string, at: number) => string | null): Wrap =>
  deliveries(({ headers: { authorization: was = '', ...headers } }, at) => {
    const next = rewrite(was, at)
    return { headers: next === null ? headers : { ...headers, authorization: next } }
  })

/** Posts the notifications of every call to every callback. */
const toEveryCallback: Wrap = (parts) => {
  const known = new Set<string>()
  return {
    post: (notification) => {
      known.add(notification.callbackUri)
      for (const callbackUri of known) parts.post({ ...notification, callbackUri })
    },
  }
}

/** Posts a change of something below the call after established. */
const changeBelow = (path: string, resourceData: Json): Wrap =>
  postState('established', (notification) => [
    notification,
    withEntry(notification, { resource: `/app/calls/${notification.callId}${path}`, resourceData }),
  ])

/** How a post went: the status of the bot, null when it did not answer; and the time that it took, in milliseconds. */
interface Delivered {
  readonly status: number | null
  readonly tookMs: number
}

/** Ends a call, or stops notifying it or all calls, once a post of the call has failed. */
const afterFailure =
  (failed: (delivered: Delivered) => boolean, how: 'ends the call' | 'silences the call' | 'silences all'): Wrap =>
  ({ decide, deliver, post: next }, { now }) => {
    const calls = new Set<string>()
    const ends = how === 'ends the call'
    const isSilent = (callId: string) => (how === 'silences all' ? calls.size > 0 : calls.has(callId))
    return {
      decide: (state, command, env) => decide(ends ? { ...state, calls: state.calls.deleteAll(calls) } : state, command, env),
      deliver: async (url, init) => {
        const callId = /\/calls\/([^/"]+)/.exec(String(init.body))?.[1] ?? ''
        if (!ends && isSilent(callId)) throw new Error('a deviation drops this post')
        const began = now()
        let status: number | null = null
        try {
          const response = await deliver(url, init)
          status = response.status
          return response
        } finally {
          if (failed({ status, tookMs: now() - began })) calls.add(callId)
        }
      },
      post: (notification) => {
        if (!(ends && calls.has(notification.callId))) next(notification)
      },
    }
  }

/** Delivers all posts one after the other. */
const oneQueue: Wrap = ({ deliver }) => {
  let last: Promise<unknown> = Promise.resolve()
  return {
    deliver: (url, init) => {
      const next = last.then(() => deliver(url, init))
      last = next.catch(() => {})
      return next
    },
  }
}

const isError = ({ status }: Delivered) => status !== null && status >= 400

const isUnanswered = ({ status }: Delivered) => status === null

/** Gives the notifications of a state the id of another call, and leaves their path. */
const idWhen = (state: string, picks: (sent: JsonObject) => boolean = () => true): Wrap =>
  postFor((one, sent) => (stateOf(one) === state && picks(sent) ? withData(one, { id: UNKNOWN_ID }) : one))

const toSeveral = ({ targets }: JsonObject) => Array.isArray(targets) && targets.length > 1

const OTHER_ID = /resourceData\.id: documented/

const PATH = /resource: documented|of another call/

const WITHOUT_TOKEN = /without a bearer token/

const CALL_ENDED = either(MISSING, /answered 404/)

const NOT_ESTABLISHED = missing('established')

export const NOTIFICATIONS = deviationsFrom({
  'CC-40': {
    'posted-as-text': ['Notifications are posted as plain text.', /came as text\/plain/, header('content-type', 'text/plain')],
    'posted-as-form': [
      'Notifications are posted as a form.',
      /came as application\/x-www-form-urlencoded/,
      header('content-type', 'application/x-www-form-urlencoded'),
    ],
    'put-in-place-of-post': ['Notifications are put.', /came as PUT/, deliveries(() => ({ method: 'PUT' }))],
    'posted-with-trailing-comma': [
      'Notifications have a comma after the last member.',
      /not JSON/,
      deliveries(({ body }) => ({ body: body.replace(/}$/, ',}') })),
    ],
    'posted-cut-off': ['Notifications are cut off.', /not JSON/, deliveries(({ body }) => ({ body: body.slice(0, -20) }))],
    'posted-to-the-host': [
      'Notifications are posted without the path of the callback.',
      NO_NOTIFICATION,
      deliveries(({ url }) => ({ url: `${new URL(url).origin}/` })),
    ],
    'posted-below': [
      'Notifications are posted to a path below the callback.',
      NO_NOTIFICATION,
      deliveries(({ url }) => ({ url: `${url}/notifications` })),
    ],
    'posted-nowhere': ['Notifications are not posted.', NO_NOTIFICATION, post(() => () => null)],
    'posted-to-the-first-callback': [
      'Notifications of every call go to the callback of the first.',
      either(MISSING, /refused a post/),
      keepingFirst((first) => post(() => (notification) => ({ ...notification, callbackUri: first(notification.callbackUri) }))),
    ],
    'posted-to-every-callback': [
      'Notifications of every call go to every bot.',
      /refused a post|of another call/,
      toEveryCallback,
    ],
    'token-missing': ['Notifications have no token.', WITHOUT_TOKEN, authorization(() => null)],
    'token-under-another-scheme': [
      'The token of a notification has the scheme Basic.',
      WITHOUT_TOKEN,
      authorization((was) => was.replace('Bearer', 'Basic')),
    ],
    'token-without-scheme': [
      'The token of a notification has no scheme.',
      WITHOUT_TOKEN,
      authorization((was) => was.replace('Bearer ', '')),
    ],
  },
  'CC-42': {
    'notified-of-the-first-call': [
      'Notifications of every call have the id of the first.',
      either(MISSING, /of another call/),
      keepingFirst((first) => post(() => (notification) => ofAnotherCall(notification, first(notification.callId)))),
    ],
    'end-with-the-id-of-another-call': ['The end of a call has the id of another call.', OTHER_ID, idWhen('terminated')],
    'terminating-with-the-id-of-another-call': [
      'Terminating is notified with the id of another call.',
      OTHER_ID,
      idWhen('terminating'),
    ],
    'end-without-id': [
      'The end of a call has no id.',
      /drift D-02/,
      postState('terminated', (one) => withData(one, { id: undefined })),
    ],
    'end-under-another-call': [
      'The end of a call is notified under the path of another call.',
      either(missing('terminated'), /of another call/),
      postState('terminated', (one) => withEntry(one, { resource: `/app/calls/${UNKNOWN_ID}` })),
    ],
    'terminating-under-another-call': [
      'Terminating is notified under the path and with the id of another call.',
      PATH,
      postState('terminating', (one) => ofAnotherCall(one, UNKNOWN_ID)),
    ],
    'end-of-a-meeting-with-the-id-of-another-call': [
      'The end of a call in a meeting has the id of another call.',
      OTHER_ID,
      idWhen('terminated', inMeeting),
    ],
    'end-of-a-guest-with-the-id-of-another-call': [
      "The end of a guest's call has the id of another call.",
      OTHER_ID,
      idWhen('terminated', asGuest),
    ],
    'end-of-several-with-the-id-of-another-call': [
      'The end of a call to several people has the id of another call.',
      OTHER_ID,
      idWhen('terminated', toSeveral),
    ],
    'established-of-several-with-the-id-of-another-call': [
      'That a call to several people is established has the id of another call.',
      OTHER_ID,
      idWhen('established', toSeveral),
    ],
    'end-with-the-id-of-the-first-call': [
      'The end of every call has the id of the first.',
      OTHER_ID,
      keepingFirst((first) =>
        post(() => (one) => {
          const id = first(one.callId)
          return stateOf(one) === 'terminated' ? withData(one, { id }) : one
        }),
      ),
    ],
    'unestablished-end-with-the-id-of-another-call': [
      'The end of a call that was never established has the id of another call.',
      OTHER_ID,
      postWithHistory((one, before) =>
        stateOf(one) === 'terminated' && !before.some((earlier) => stateOf(earlier) === 'established')
          ? withData(one, { id: UNKNOWN_ID })
          : one,
      ),
    ],
    'roster-under-another-call': [
      'The roster is notified under the path of another call.',
      PATH,
      postIf(isRoster, (one) => ofAnotherCall(one, UNKNOWN_ID)),
    ],
  },
  'CC-44': {
    'roster-of-a-call': ['A call to a person has a roster.', unexpected('roster updated.*'), changeBelow('/participants', [])],
    'operation-of-a-call': [
      'Graph notifies an operation that the bot did not ask for.',
      unexpected('operation updated.*'),
      changeBelow(`/operations/${UNKNOWN_ID}`, {
        '@odata.type': '#microsoft.graph.commsOperation',
        status: 'completed',
        id: UNKNOWN_ID,
      }),
    ],
    'media-of-a-call': [
      'Graph notifies the audio of a call as a resource of its own.',
      unexpected('notification updated, resource .*audioRoutingGroups'),
      changeBelow('/audioRoutingGroups', [{ '@odata.type': '#microsoft.graph.audioRoutingGroup', id: UNKNOWN_ID }]),
    ],
  },
  'CC-50': {
    'token-once': [
      'Only the first notification has a token.',
      WITHOUT_TOKEN,
      authorization((was, at) => (at === 0 ? was : null)),
    ],
  },
  'CC-52': {
    'error-ends-the-call': ['A bot that answers an error loses its call.', CALL_ENDED, afterFailure(isError, 'ends the call')],
    'server-error-ends-the-call': [
      'A bot that answers a 5xx loses its call.',
      CALL_ENDED,
      afterFailure(({ status }) => (status ?? 0) >= 500, 'ends the call'),
    ],
    'only-202-will-do': [
      'A bot that does not answer 202 loses its call.',
      CALL_ENDED,
      afterFailure(({ status }) => status !== 202, 'ends the call'),
    ],
    '202-in-order-punished': [
      'A bot that answers 202 loses its call.',
      CALL_ENDED,
      afterFailure(({ status }) => status === 202, 'ends the call'),
    ],
    'late-answer-ends-the-call': [
      'A bot that answers late loses its call.',
      CALL_ENDED,
      afterFailure(({ tookMs }) => tookMs >= 2_000, 'ends the call'),
    ],
    'unreachable-bot-loses-its-call': [
      'A bot that cannot be reached loses its call.',
      CALL_ENDED,
      afterFailure(isUnanswered, 'ends the call'),
    ],
    'error-silences': [
      'A bot that answers an error is not notified again.',
      NOT_ESTABLISHED,
      afterFailure(isError, 'silences the call'),
    ],
    'silence-silences': [
      'A bot that does not answer is not notified again.',
      NOT_ESTABLISHED,
      afterFailure(isUnanswered, 'silences the call'),
    ],
    'one-bot-silences-all': [
      'When one bot fails, no bot is notified again.',
      /other bot sees/,
      afterFailure((delivered) => isError(delivered) || isUnanswered(delivered), 'silences all'),
    ],
    'one-queue-for-all': ['All bots wait for a slow bot.', /other bot sees/, oneQueue],
  },
})
