// The waits: for a call, for a notification, and until nothing is on its way. A test in any language needs no sleep.
import { z } from 'zod'
import { FORMS } from '../core/forms'
import { CALL_STATE } from '../core/life-cycle'
import type { CallRecord } from '../runtime/call-records'
import type { JournalEntry } from '../runtime/journal'
import { type ControlFault, unfit } from './control-error'
import { afterParam, entryShown } from './inspection'
import {
  callIdParam,
  callShown,
  callTold,
  isCalled,
  meetingIfNamed,
  meetingParams,
  meetingShown,
  personIdOf,
  personParam,
} from './names'
import { type ControlledWorld, type Operation, operation } from './operation'
import { timeoutParam, waitFor } from './wait-for'

const FORM_NAMES = FORMS.filter(({ modelled }) => modelled).map(({ name }) => name)

/** Graph's words, and the finer ones for what is establishing. */
const STATES = [...new Set(Object.values(CALL_STATE)), 'ringing', 'joining', 'in-lobby'] as const

const callWait = z.strictObject({
  callId: callIdParam.optional(),
  form: z
    .enum(FORM_NAMES)
    .optional()
    .describe(`one of ${FORM_NAMES.join(', ')}`),
  person: personParam.optional().describe('whom the bot calls, by name of the seed file or user id'),
  ...meetingParams,
  state: z
    .enum(STATES)
    .optional()
    .describe(`one of ${STATES.join(', ')}; any but terminated unless said`),
  after: afterParam.describe('the number of a journal entry: only calls made after it, those that have ended too'),
  timeoutMs: timeoutParam,
})

type CallWait = z.output<typeof callWait>

/** What is waited for, in words, and the test of a call. */
function wantedCall(world: ControlledWorld, wait: CallWait) {
  const { callId, form, person, state, after } = wait
  const personId = person === undefined ? null : personIdOf(world, person)
  const meeting = meetingIfNamed(world, wait)
  const words = [
    callId === undefined ? 'a call' : `call ${callId}`,
    ...(form === undefined ? [] : [`of form ${form}`]),
    ...(person === undefined ? [] : [`to ${person}`]),
    ...(meeting === null ? [] : [`in ${meetingShown(world, meeting)}`]),
    ...(state === undefined ? [] : [`that is ${state}`]),
  ]
  const meant = (call: CallRecord) =>
    (callId === undefined || call.id === callId) &&
    (form === undefined || call.form === form) &&
    (personId === null || isCalled(call, personId)) &&
    (meeting === null || call.meeting === meeting) &&
    (after === undefined || call.madeAfter >= after)
  const stands = (call: CallRecord) => state === undefined || call.state === state || call.phase === state
  const match = (call: CallRecord): CallRecord | ControlFault | null => {
    if (!meant(call)) return null
    if (stands(call)) return call
    const over = callId !== undefined && call.phase === 'ended'
    return over ? unfit(`Call ${callId} has ended: it will never be ${state}.`) : null
  }
  return { what: words.join(' '), match }
}

const notificationWait = z.strictObject({
  callId: callIdParam.optional(),
  of: z.enum(['call', 'roster']).optional().describe('one of call, roster'),
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
    'the number of a journal entry: only what was delivered after it; unless said, since the last reset',
  ),
  timeoutMs: timeoutParam,
})

type NotificationWait = z.output<typeof notificationWait>

function wantedNotification({ callId, of, state, changeType, outcome }: NotificationWait) {
  const words = [
    'a notification',
    ...(of === undefined ? [] : [`of the ${of}`]),
    ...(callId === undefined ? [] : [`for ${callId}`]),
    ...(changeType === undefined ? [] : [`that is ${changeType}`]),
    ...(state === undefined ? [] : [`with state ${state}`]),
    ...(outcome === 'any' ? [] : ['that the bot takes']),
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
    description: 'Waits for a call that is so, and shows it; one that is so already ends the wait at once, the latest first.',
    params: callWait,
    run: async (world, params, signal) => {
      const { records } = world.simulator
      const { after, state, callId, timeoutMs } = params
      const endedToo = after !== undefined || callId !== undefined || state === 'terminated'
      const already = [...(endedToo ? records.ended() : []), ...records.living()].reverse()
      const call = await waitFor({
        world,
        ...wantedCall(world, params),
        already,
        subscribe: (listener) => records.subscribe(listener),
        tell: (record) => `call ${callTold(world, record)}`,
        timeoutMs,
        signal,
      })
      return callShown(world, call)
    },
  }),
  operation({
    name: 'wait-for-notification',
    description: 'Waits for a notification and shows it as the journal does; one that has come already ends the wait at once.',
    params: notificationWait,
    run: async (world, params, signal) => {
      const { journal, generation } = world.simulator
      const after = params.after ?? generation().beganAfter
      const entry = await waitFor({
        world,
        ...wantedNotification(params),
        already: journal.entries().filter(({ sequence }) => sequence > after),
        subscribe: (listener) => journal.subscribe(listener),
        tell: ({ kind, text }) => (kind === 'people' ? null : text),
        timeoutMs: params.timeoutMs,
        signal,
      })
      return entryShown(entry)
    },
  }),
  operation({
    name: 'wait-for-idle',
    description: 'Waits until every notification was delivered or given up; timers and people may still bring more.',
    params: z.strictObject({ timeoutMs: timeoutParam }),
    run: async (world, { timeoutMs }, signal) => {
      const { simulator } = world
      await waitFor({
        world,
        what: 'the last delivery',
        already: simulator.waiting() === 0 ? [true] : [],
        subscribe: (listener) => {
          simulator.idle().then(() => listener(true))
          return () => {}
        },
        match: (idle) => (idle ? true : null),
        tell: () => null,
        timeoutMs,
        signal,
      })
      return { waiting: simulator.waiting() }
    },
  }),
]
