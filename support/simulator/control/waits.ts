// The waits: for a call, for a notification, and until nothing is under way. A test in any language needs no sleep.
import { z } from 'zod'
import { FORMS } from '../core/forms'
import { CALL_STATE } from '../core/life-cycle'
import type { CallRecord } from '../runtime/call-records'
import { VirtualClock } from '../runtime/clock'
import type { JournalEntry } from '../runtime/journal'
import type { SeededSimulator } from '../seed'
import {
  callIdParam,
  describeCall,
  isCalled,
  meetingIfNamed,
  meetingParams,
  nameOfMeeting,
  personIdOf,
  personParam,
  showCall,
} from './names'
import { ControlError, conflict, type Operation, operation } from './operation'
import { afterParam, showEntry } from './state-operations'

/** Of real time, in milliseconds: a wait is a request that a test holds open. */
const DEFAULT_MS = 30_000
const LONGEST_MS = 120_000

/** How many of the other events the error of a timeout lists. */
const LISTED = 8

const timeoutParam = z
  .number()
  .int()
  .nonnegative()
  .max(LONGEST_MS)
  .default(DEFAULT_MS)
  .describe(`how long to wait at most, in milliseconds of real time: 0 to ${LONGEST_MS}`)

interface Wait<Event, Result> {
  readonly seeded: SeededSimulator
  /** What is expected, as the end of "Timed out after 500 ms waiting for ...". */
  readonly what: string
  /** Earlier events, oldest first: what came before the wait counts too. */
  readonly already: readonly Event[]
  readonly subscribe: (listener: (event: Event) => void) => () => void
  /** The result of the wait when the event matches, else null; an error when a match cannot come any more. */
  readonly match: (event: Event) => Result | ControlError | null
  /** The event in a few words, for the error of a timeout; null: leave it out. */
  readonly describe: (event: Event) => string | null
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/**
 * The first event that matches, of the earlier ones and those to come.
 * @throws ControlError `timed-out` with the other events, `conflict` when the simulator is reset or closed
 */
function waitFor<Event, Result>(wait: Wait<Event, Result>): Promise<Result> {
  const { seeded, what, already, subscribe, match, describe, timeoutMs, signal } = wait
  for (const event of already) {
    const found = match(event)
    if (found instanceof ControlError) return Promise.reject(found)
    if (found !== null) return Promise.resolve(found)
  }
  return new Promise((resolve, reject) => {
    const began = seeded.clock.now()
    const others: string[] = []
    const endings: (() => void)[] = []
    const end = (settle: () => void) => {
      for (const one of endings) one()
      settle()
    }
    const timedOut = () => {
      const came = others.length === 0 ? 'nothing came meanwhile' : `meanwhile came: ${others.join('; ')}`
      const still = seeded.clock instanceof VirtualClock && seeded.clock.now() === began
      const hint = still ? ' The clock did not move: it is moved with move-clock.' : ''
      return new ControlError('timed-out', `Timed out after ${timeoutMs} ms waiting for ${what}; ${came}.${hint}`)
    }
    const fail = (error: ControlError) => end(() => reject(error))
    const timer = setTimeout(() => fail(timedOut()), timeoutMs)
    const gone = () => fail(conflict('The caller has gone.'))
    signal?.addEventListener('abort', gone, { once: true })
    endings.push(
      subscribe((event) => {
        const found = match(event)
        if (found instanceof ControlError) return fail(found)
        if (found !== null) return end(() => resolve(found))
        const text = describe(event)
        if (text !== null) others.push(text)
        if (others.length > LISTED) others.shift()
      }),
      seeded.simulator.whenItEnds((how) => fail(conflict(`The simulator was ${how} while waiting for ${what}; begin again.`))),
      () => clearTimeout(timer),
      () => signal?.removeEventListener('abort', gone),
    )
  })
}

const FORM_NAMES = FORMS.map(({ name }) => name)

/** Graph's states, and the finer ones of `establishing`. */
const STATES = [...new Set(Object.values(CALL_STATE)), 'ringing', 'joining', 'in-lobby'] as const

const callWait = z.strictObject({
  callId: callIdParam.optional(),
  form: z
    .enum(FORM_NAMES)
    .optional()
    .describe(`one of ${FORM_NAMES.join(', ')}`),
  person: personParam.optional().describe('the person called by the bot, by name of the seed file or user id'),
  ...meetingParams,
  state: z
    .enum(STATES)
    .optional()
    .describe(`one of ${STATES.join(', ')}; by default any but terminated`),
  after: afterParam.describe('the number of a journal entry: only calls made after it, those that have ended too'),
  timeoutMs: timeoutParam,
})

/** What is expected, in words, and the test of a call. */
function expectedCall(seeded: SeededSimulator, wait: z.output<typeof callWait>) {
  const { callId, form, person, state, after } = wait
  const personId = person === undefined ? null : personIdOf(seeded, person)
  const meeting = meetingIfNamed(seeded, wait)
  const words = [
    callId === undefined ? 'a call' : `call ${callId}`,
    ...(form === undefined ? [] : [`of form ${form}`]),
    ...(person === undefined ? [] : [`to ${person}`]),
    ...(meeting === null ? [] : [`in ${nameOfMeeting(seeded, meeting)}`]),
    ...(state === undefined ? [] : [`that is ${state}`]),
  ]
  const match = (call: CallRecord): CallRecord | ControlError | null => {
    const meant =
      (callId === undefined || call.id === callId) &&
      (form === undefined || call.form === form) &&
      (personId === null || isCalled(call, personId)) &&
      (meeting === null || call.meeting === meeting) &&
      (after === undefined || call.madeAfter >= after)
    if (!meant) return null
    if (state === undefined || call.state === state || call.phase === state) return call
    const over = callId !== undefined && call.phase === 'ended'
    return over ? conflict(`Call ${callId} has ended: it will never be ${state}.`) : null
  }
  return { what: words.join(' '), match }
}

const notificationWait = z.strictObject({
  callId: callIdParam.optional(),
  of: z.enum(['call', 'roster', 'content-sharing']).optional().describe('one of call, roster, content-sharing'),
  state: z
    .enum(['establishing', 'established', 'terminating', 'terminated'])
    .optional()
    .describe('one of establishing, established, terminating, terminated'),
  changeType: z.enum(['created', 'updated', 'deleted']).optional().describe('one of created, updated, deleted'),
  outcome: z
    .enum(['delivered', 'any'])
    .default('delivered')
    .describe('one of delivered (the bot answered 2xx), any (also refused and failed)'),
  after: afterParam.describe(
    'the number of a journal entry: only notifications delivered after it; by default those since the last reset',
  ),
  timeoutMs: timeoutParam,
})

function expectedNotification({ callId, of, state, changeType, outcome }: z.output<typeof notificationWait>) {
  const words = [
    'a notification',
    ...(of === undefined ? [] : [`of the ${of.replace('-', ' ')}`]),
    ...(callId === undefined ? [] : [`for ${callId}`]),
    ...(changeType === undefined ? [] : [`that is ${changeType}`]),
    ...(state === undefined ? [] : [`with state ${state}`]),
    ...(outcome === 'any' ? [] : ['that the bot accepts']),
  ]
  const match = (entry: JournalEntry) => {
    const delivery = entry.kind === 'delivery' ? entry.delivery : undefined
    const matches =
      delivery !== undefined &&
      (callId === undefined || entry.callId === callId) &&
      (of === undefined || delivery.of === of) &&
      (state === undefined || delivery.state === state) &&
      (changeType === undefined || delivery.changeType === changeType) &&
      (outcome === 'any' || delivery.outcome === 'delivered')
    return matches ? entry : null
  }
  return { what: words.join(' '), match }
}

export const WAITS: readonly Operation[] = [
  operation({
    name: 'wait-for-call',
    description: 'Waits for a call that matches, and shows it; one that matches already ends the wait at once, the latest first.',
    params: callWait,
    run: async (seeded, params, signal) => {
      const { records } = seeded.simulator
      const { after, state, callId, timeoutMs } = params
      const endedToo = after !== undefined || callId !== undefined || state === 'terminated'
      const call = await waitFor({
        seeded,
        ...expectedCall(seeded, params),
        already: [...(endedToo ? records.ended() : []), ...records.living()].reverse(),
        subscribe: (listener) => records.subscribe(listener),
        describe: (record) => `call ${describeCall(seeded, record)}`,
        timeoutMs,
        signal,
      })
      return showCall(seeded, call)
    },
  }),
  operation({
    name: 'wait-for-notification',
    description: 'Waits for a notification and shows it as the journal does; one that has come already ends the wait at once.',
    params: notificationWait,
    run: async (seeded, params, signal) => {
      const { journal, generation } = seeded.simulator
      const after = params.after ?? generation().beganAfter
      const entry = await waitFor({
        seeded,
        ...expectedNotification(params),
        already: journal.entries().filter(({ sequence }) => sequence > after),
        subscribe: (listener) => journal.subscribe(listener),
        describe: ({ kind, text }) => (kind === 'people' ? null : text),
        timeoutMs: params.timeoutMs,
        signal,
      })
      return showEntry(entry)
    },
  }),
  operation({
    name: 'wait-for-idle',
    description: 'Waits until every notification was delivered or given up; timers and people may still bring more.',
    params: z.strictObject({ timeoutMs: timeoutParam }),
    run: async (seeded, { timeoutMs }, signal) => {
      const { simulator } = seeded
      await waitFor({
        seeded,
        what: 'the last delivery',
        already: simulator.waiting() === 0 ? [true] : [],
        subscribe: (listener) => {
          simulator.idle().then(() => listener(true))
          return () => {}
        },
        match: (idle) => (idle ? true : null),
        describe: () => null,
        timeoutMs,
        signal,
      })
      return { waiting: simulator.waiting() }
    },
  }),
]
