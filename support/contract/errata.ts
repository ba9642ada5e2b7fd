// Where the documentation contradicts itself or the service, and what is held to be right: reads fixtures/errata.yaml.
import path from 'node:path'
import { z } from 'zod'
import { deepFreeze, PROJECT_ROOT, readFixture, repeated, reportFault } from './fixture'

export interface Erratum {
  readonly id: string
  /** The example, page or subject in which the discrepancy lies. */
  readonly where: string
  readonly discrepancy: string
  /** Sources that show it. */
  readonly evidence: string
  /** What the simulator does and the suite accepts. Where it differs from a requirement, the requirement holds. */
  readonly ruling: string
  /** Whether a scenario may hold the ruling against any target, or against the simulator only. */
  readonly asserted: 'everywhere' | 'simulator'
  /** The discrepancy lies within the page "Create call" itself. */
  readonly inSeed: boolean
}

const ERRATA_FILE = path.join(PROJECT_ROOT, 'fixtures/errata.yaml')

const errataFile = z.strictObject({
  errata: z
    .array(
      z.strictObject({
        id: z.string().regex(/^E-\d{2}$/, 'write E- and two digits'),
        where: z.string().min(1),
        discrepancy: z.string().min(1),
        evidence: z.string().min(1),
        ruling: z.string().min(1),
        asserted: z.enum(['everywhere', 'simulator']),
        inSeed: z.boolean().default(false),
      }),
    )
    .min(1)
    .superRefine((errata, context) => {
      for (const at of repeated(errata, ({ id }) => id))
        reportFault(context, [at, 'id'], { cause: `repeats ${errata[at]?.id}`, remedy: 'give each erratum a number of its own' })
    }),
})

/**
 * The errata in the order of the file, deeply frozen.
 * @throws FixtureError for a file that is unreadable or does not have this shape, a repeated number included
 */
export function loadErrata(file: string = ERRATA_FILE): readonly Erratum[] {
  return deepFreeze(readFixture(file, errataFile).errata)
}
