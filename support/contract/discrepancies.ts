// Where the documentation contradicts itself (fixtures/errata.yaml), and where today's service contradicts it (fixtures/drift.yaml).
import path from 'node:path'
import { z } from 'zod'
import { deepFreeze, distinct, PROJECT_ROOT, readFixture } from './fixture'

const text = z.string().min(1)
const erratumId = z.string().regex(/^E-\d{2}$/, 'write E- and two digits')

const erratum = z.strictObject({
  id: erratumId,
  /** The example, page or subject in which the discrepancy lies. */
  where: text,
  discrepancy: text,
  /** Sources that show it. */
  evidence: text,
  /** What the simulator does and the suite accepts. Where it differs from a requirement, the requirement holds. */
  ruling: text,
  /** Whether a scenario may hold the ruling against any target, or against the simulator only. */
  asserted: z.enum(['everywhere', 'simulator']),
  /** The discrepancy lies within the page "Create call" itself. */
  inSeed: z.boolean().default(false),
})
export type Erratum = z.infer<typeof erratum>

const drift = z.strictObject({
  id: z.string().regex(/^D-\d{2}$/, 'write D- and two digits'),
  /** What the page prints, and what comes instead. */
  what: text,
  /** What in a message shows it. A message that differs in another way is a failure. */
  shows: text,
  /** Who saw it or says so. */
  source: text,
  /** Of the oldest source: a month, or a day where it is known (ISO 8601). */
  date: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/, 'write year and month, and the day if known'),
  /** Ids of the errata that belong to it. */
  errata: z.array(erratumId).default([]),
})
export type Drift = z.infer<typeof drift>

const errataFile = z.strictObject({ errata: distinct(erratum, 'give each erratum a number of its own') })
const driftFile = z.strictObject({ drift: distinct(drift, 'give each drift a number of its own') })

/** The errata in the order of the file, deeply frozen. @throws FixtureError as readFixture, also for a repeated number */
export function loadErrata(file: string = path.join(PROJECT_ROOT, 'fixtures/errata.yaml')): readonly Erratum[] {
  return deepFreeze(readFixture(file, errataFile).errata)
}

/** The known drift in the order of the file, deeply frozen. @throws FixtureError as readFixture, also for a repeated number */
export function loadDrift(file: string = path.join(PROJECT_ROOT, 'fixtures/drift.yaml')): readonly Drift[] {
  return deepFreeze(readFixture(file, driftFile).drift)
}
