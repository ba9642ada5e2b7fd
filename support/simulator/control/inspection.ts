// What can be seen of the simulator: its calls, its journal, how it stands. Nothing is changed by looking.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import { MANUAL } from '../people/scripts'
import { VirtualClock } from '../runtime/clock'
import { ENTRY_KINDS, type JournalEntry } from '../runtime/journal'
import { callIdParam, callShown } from './names'
import { type Operation, operation } from './operation'

export const afterParam = z.number().int().nonnegative().optional()

/** How many entries one answer holds at most, and unless said. */
const MOST_ENTRIES = 5_000
const ENTRIES = 500

/** An entry as answers show it: the moment as text, as everything else in JSON. */
export function entryShown({ at, ...entry }: JournalEntry): JsonObject {
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
    run: async (world, { ended }) => {
      const { records } = world.simulator
      const show = (calls: ReturnType<typeof records.living>): Json => calls.map((call) => callShown(world, call))
      return { calls: show(records.living()), ...(ended ? { ended: show(records.ended()) } : {}) }
    },
  }),
  operation({
    name: 'journal',
    description: 'What happened, oldest first: requests of the bot, deliveries to it, what people did, what was discarded.',
    params: z.strictObject({
      after: afterParam.describe(
        'the number of an entry: only what came after it; unless said, since the last reset; 0: all there is',
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
      const fitting = journal
        .entries()
        .filter(
          (entry) =>
            entry.sequence > after &&
            (callId === undefined || entry.callId === callId) &&
            (kind === undefined || entry.kind === kind),
        )
      const entries = fitting.slice(0, limit)
      const more = fitting.length > entries.length
      // What to ask for next: after the last entry shown, or after the last there is.
      const last = more ? (entries.at(-1)?.sequence ?? after) : journal.last
      return { entries: entries.map(entryShown), last, more, dropped: journal.dropped }
    },
  }),
  operation({
    name: 'status',
    description:
      'How the simulator stands: generation, deliveries on their way, clock, people, and the last entry of the journal.',
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
