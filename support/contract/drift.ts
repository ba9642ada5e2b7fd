// Where today's service is known to contradict the page: reads fixtures/drift.yaml.
import path from 'node:path'
import { z } from 'zod'
import { deepFreeze, PROJECT_ROOT, readFixture, repeated, reportFault } from './fixture'

export interface Drift {
  readonly id: string
  /** What the page prints, and what comes instead. */
  readonly what: string
  /** What in a message shows it; whatever falls short of that is a failure. */
  readonly shows: string
  /** Who saw it or says so. */
  readonly source: string
  /** Of the oldest source: a month, or a day where it is known (ISO 8601). */
  readonly date: string
  /** Numbers of the contradictions between documents that belong to it. */
  readonly errata: readonly string[]
}

const DRIFT_FILE = path.join(PROJECT_ROOT, 'fixtures/drift.yaml')

const driftFile = z.strictObject({
  drift: z
    .array(
      z.strictObject({
        id: z.string().regex(/^D-\d{2}$/, 'write D- and two digits'),
        what: z.string().min(1),
        shows: z.string().min(1),
        source: z.string().min(1),
        date: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/, 'write year and month, and the day if known'),
        errata: z.array(z.string().regex(/^E-\d{2}$/, 'write E- and two digits')).default([]),
      }),
    )
    .min(1)
    .superRefine((drift, context) => {
      for (const at of repeated(drift, ({ id }) => id))
        reportFault(context, [at, 'id'], { cause: `repeats ${drift[at]?.id}`, remedy: 'give each drift a number of its own' })
    }),
})

/**
 * The known drift in the order of the file, deeply frozen.
 * @throws FixtureError for a file that is unreadable or does not have this shape, a repeated number included
 */
export function loadDrift(file: string = DRIFT_FILE): readonly Drift[] {
  return deepFreeze(readFixture(file, driftFile).drift)
}
