// The operations on the world as a whole: moving its clock, and beginning anew.
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { passageOf } from '../advance-time'
import { VirtualClock } from '../runtime/clock'
import { unfit } from './control-error'
import { type Operation, operation } from './operation'

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

export const WORLD_OPERATIONS: readonly Operation[] = [
  operation({
    name: 'move-clock',
    description:
      'Lets time pass, timer by timer, each time after deliveries and requests have come to rest. Only where the clock is moved by hand.',
    params: z.strictObject({ by: duration }),
    run: async ({ simulator, clock }, { by }) => {
      if (!(clock instanceof VirtualClock))
        throw unfit(
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
