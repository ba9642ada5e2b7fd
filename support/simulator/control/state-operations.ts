// Operations on the state of the simulator: its calls, its journal, its status; moving its clock, and the reset.
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import { MANUAL } from '../people/scripts'
import { passageOf, VirtualClock } from '../runtime/clock'
import { ENTRY_KINDS, type JournalEntry } from '../runtime/journal'
import { callIdParam, showCall } from './names'
import { conflict, type Operation, operation } from './operation'

export const afterParam = z.number().int().nonnegative().optional()

/** How many entries one response holds: at most, and by default. */
const MOST_ENTRIES = 5_000
const ENTRIES = 500

/** An entry of the journal in JSON, with its moment as text. */
export function showEntry({ at, ...entry }: JournalEntry): JsonObject {
  return { ...(entry as unknown as JsonObject), at: new Date(at).toISOString() }
}

export const INSPECTION: readonly Operation[] = [
  operation({
    name: 'calls',
    description:
      'The calls that live, in the order in which they were made; on demand also the last that have ended since the reset.',
    params: z.strictObject({
      ended: z.boolean().default(false).describe('true to have those that have ended too, with how they did, or false'),
    }),
    run: async (seeded, { ended }) => {
      const { records } = seeded.simulator
      const show = (calls: ReturnType<typeof records.living>): Json => calls.map((call) => showCall(seeded, call))
      return { calls: show(records.living()), ...(ended ? { ended: show(records.ended()) } : {}) }
    },
  }),
  operation({
    name: 'journal',
    description: 'What happened, oldest first: requests of the bot, deliveries to it, what people did, what was discarded.',
    params: z.strictObject({
      after: afterParam.describe(
        'the number of an entry, for the entries after it; by default those since the last reset; 0: all entries',
      ),
      callId: callIdParam.optional(),
      kind: z
        .enum(ENTRY_KINDS)
        .optional()
        .describe(`one of ${ENTRY_KINDS.join(', ')}`),
      limit: z
        .number()
        .int()
        .positive()
        .max(MOST_ENTRIES)
        .default(ENTRIES)
        .describe(`how many entries at most, 1 to ${MOST_ENTRIES}; the oldest come first`),
    }),
    run: async ({ simulator }, { after = simulator.generation().beganAfter, callId, kind, limit }) => {
      const { journal } = simulator
      const matching = journal
        .entries()
        .filter(
          (entry) =>
            entry.sequence > after &&
            (callId === undefined || entry.callId === callId) &&
            (kind === undefined || entry.kind === kind),
        )
      const entries = matching.slice(0, limit)
      const more = matching.length > entries.length
      // What to ask for next: after the last entry shown, or after the last of the journal.
      const last = more ? (entries.at(-1)?.sequence ?? after) : journal.last
      return { entries: entries.map(showEntry), last, more, dropped: journal.dropped }
    },
  }),
  operation({
    name: 'status',
    description:
      'The status of the simulator: generation, deliveries under way, clock, people, and the last entry of the journal.',
    params: z.strictObject({}),
    run: async ({ simulator, clock, seed }) => {
      const { number, discarded } = simulator.generation()
      const { journal, records } = simulator
      const waiting = simulator.waiting()
      return {
        generation: number,
        discarded: { ...discarded },
        deliveries: { waiting, idle: waiting === 0 },
        clock: { now: new Date(clock.now()).toISOString(), mode: clock instanceof VirtualClock ? 'manual' : 'running' },
        people: seed.scripts.anybody.does === MANUAL.anybody.does ? 'manual' : 'auto',
        calls: { living: records.living().length, ended: records.ended().length },
        journal: { last: journal.last, dropped: journal.dropped },
      }
    },
  }),
]

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 }
/** A week. */
const LONGEST_MS = 168 * 3_600_000

/** How long a bot that does not answer may hold the clock up each time, in milliseconds of real time. */
const PATIENCE_MS = 12_000

const duration = z
  .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?(ms|s|min|h)$/)])
  .transform((given) => {
    if (typeof given === 'number') return given
    const [, amount, unit] = /^([\d.]+)([a-z]+)$/.exec(given) ?? []
    return Number(amount) * (UNITS[unit ?? ''] ?? 0)
  })
  .refine((ms) => ms <= LONGEST_MS)
  .describe('how far, as a number of milliseconds or as text with a unit (ms, s, min, h) such as "30s", at most "168h"')

export const TIME_OPERATIONS: readonly Operation[] = [
  operation({
    name: 'move-clock',
    description:
      'Lets time pass, timer by timer, each time after deliveries and requests have come to rest. Only where the clock is moved by hand.',
    params: z.strictObject({ by: duration }),
    run: async ({ simulator, clock }, { by }) => {
      if (!(clock instanceof VirtualClock))
        throw conflict(
          'The clock runs by itself; start the simulator with --speed manual to move it by hand, or with --speed 60 to have a minute pass in a second.',
        )
      const idle = async () => void (await Promise.race([simulator.idle(), sleep(PATIENCE_MS, undefined, { ref: false })]))
      await passageOf(clock, { idle, underWay: () => 0, count: () => simulator.journal.last }).advance(by)
      return { now: new Date(clock.now()).toISOString(), movedMs: by, waiting: simulator.waiting() }
    },
  }),
  operation({
    name: 'reset',
    description:
      'Begins anew: no call, people, meetings and faults as in the seed. Late timers and deliveries of before change nothing and are counted.',
    params: z.strictObject({}),
    run: async ({ simulator }) => {
      simulator.reset()
      const { number, discarded, beganAfter } = simulator.generation()
      return { generation: number, discarded: { ...discarded }, after: beganAfter }
    },
  }),
]
