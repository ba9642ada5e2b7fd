// Deviations in what becomes of a call, and of others, when a bot fails as a receiver.
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks } from '../wrap/breaks'

/** How a delivery went: the status that the bot answered with, null when no answer came; and how long it took, in milliseconds. */
interface Outcome {
  readonly status: number | null
  readonly tookMs: number
}

const CALL_OF = /\/calls\/([^/"]+)/

/**
 * What follows once a delivery has gone amiss.
 * @param ends the calls of which it was end without a word
 * @param silences nothing more is posted of the call, or to anybody
 */
const punishing =
  (amiss: (outcome: Outcome) => boolean, how: { readonly ends?: boolean; readonly silences?: 'call' | 'all' }): Wrap =>
  ({ decide, deliver, post }, { now }) => {
    const failed = new Set<string>()
    const silent = (callId: string) => (how.silences === 'all' ? failed.size > 0 : failed.has(callId))
    return {
      decide: (state, command, env) =>
        decide(how.ends ? { ...state, calls: state.calls.deleteAll(failed) } : state, command, env),
      deliver: async (url, init) => {
        const callId = CALL_OF.exec(String(init.body))?.[1] ?? ''
        if (how.silences !== undefined && silent(callId)) throw new Error('nothing is posted there any more')
        const began = now()
        const status = (response: Response | null): void => {
          if (amiss({ status: response?.status ?? null, tookMs: now() - began })) failed.add(callId)
        }
        try {
          const response = await deliver(url, init)
          status(response)
          return response
        } catch (error) {
          status(null)
          throw error
        }
      },
      post: (notification) => {
        if (!(how.ends && failed.has(notification.callId))) post(notification)
      },
    }
  }

/** All posts in one queue: who takes time lets everybody wait. */
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

const error = ({ status }: Outcome) => status !== null && status >= 400

const unanswered = ({ status }: Outcome) => status === null

const GONE = /answered 404|is missing/

export const DELIVERIES: readonly Deviation[] = [
  breaks(
    'CC-52',
    'error-ends-the-call',
    'A bot that answers a notification with an error loses its call.',
    GONE,
    punishing(error, { ends: true }),
  ),
  breaks(
    'CC-52',
    'server-error-ends-the-call',
    'A bot that answers a notification with a 5xx loses its call.',
    GONE,
    punishing(({ status }) => (status ?? 0) >= 500, { ends: true }),
  ),
  breaks(
    'CC-52',
    'only-202-will-do',
    'A bot that answers a notification otherwise than with 202 loses its call.',
    GONE,
    punishing(({ status }) => status !== 202, { ends: true }),
  ),
  breaks(
    'CC-52',
    '202-in-order-punished',
    'A bot that answers a notification with 202 loses its call.',
    GONE,
    punishing(({ status }) => status === 202, { ends: true }),
  ),
  breaks(
    'CC-52',
    'late-answer-ends-the-call',
    'A bot that takes its time to answer a notification loses its call.',
    GONE,
    punishing(({ tookMs }) => tookMs >= 2_000, { ends: true }),
  ),
  breaks(
    'CC-52',
    'unreachable-bot-loses-its-call',
    'A bot that cannot be reached loses its call.',
    GONE,
    punishing(unanswered, { ends: true }),
  ),
  breaks(
    'CC-52',
    'error-silences',
    'A bot that has answered with an error is not notified any more.',
    /established" is missing/,
    punishing(error, { silences: 'call' }),
  ),
  breaks(
    'CC-52',
    'silence-silences',
    'A bot that has not answered is not notified any more.',
    /established" is missing/,
    punishing(unanswered, { silences: 'call' }),
  ),
  breaks(
    'CC-52',
    'one-bot-silences-all',
    'When one bot fails, no bot is notified any more.',
    /other bot sees/,
    punishing((outcome) => error(outcome) || unanswered(outcome), { silences: 'all' }),
  ),
  breaks('CC-52', 'one-queue-for-all', 'All bots wait for one that takes its time.', /other bot sees/, oneQueue),
]
