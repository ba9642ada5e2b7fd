// The requirements of the page, and the capabilities that a target must have for some of them: reads fixtures/requirements.yaml.
import path from 'node:path'
import { z } from 'zod'
import { deepFreeze, distinct, PROJECT_ROOT, readFixture } from './fixture'

/** What a target can do beyond answering requests. Closed: a scenario that needs one the target lacks does not apply, and says why. */
export const CAPABILITIES = [
  'person-answers',
  'person-declines',
  'lobby-held',
  'lobby-open',
  'second-participant',
  'media-live',
  'app-sets',
  'delegated-token',
  'foreign-token',
  'conference-id',
  'unregistered-app',
] as const
export type Capability = (typeof CAPABILITIES)[number]

/** must: a target that differs does not conform. should: a difference is a warning. may: an allowed variation, never a failure. */
export const LEVELS = ['must', 'should', 'may'] as const

const capability = z.enum(CAPABILITIES)

const need = z
  .union([capability, z.strictObject({ capability, for: z.string().min(1) })])
  .transform((written): Need => (typeof written === 'string' ? { capability: written, for: null } : written))
export interface Need {
  readonly capability: Capability
  /** The part of the requirement that needs it; null: all of it. */
  readonly for: string | null
}

/** For example CC-30 of creating a call, with a prefix for each operation; a letter marks a part of a split requirement. */
export const REQUIREMENT_ID = /^[A-Z]{2}-\d{2}[a-z]?$/

const requirement = z.strictObject({
  id: z
    .string()
    .regex(
      REQUIREMENT_ID,
      'write two capitals, a hyphen and two digits, such as CC-30, with a letter after them for a split requirement',
    ),
  level: z.enum(LEVELS),
  /**
   * page: stated or printed there. elsewhere: documented by Microsoft on another page. observed: seen in public traffic or issues.
   * assumption: ours, held against the simulator only.
   */
  basis: z.array(z.enum(['page', 'elsewhere', 'observed', 'assumption'])).min(1),
  /** Group of related requirements, for reports. */
  section: z.string().min(1),
  statement: z.string().min(1),
  needs: z.array(need).default([]),
  /** The revisions that have it, by id; absent: all. */
  revisions: z.array(z.string().min(1)).min(1).optional(),
  /** Where it comes from or how it is judged, when the statement does not say. */
  note: z.string().min(1).optional(),
  /** Why no scenario exercises it; absent where some do. */
  unexercised: z.string().min(1).optional(),
})
export type Requirement = z.infer<typeof requirement>
export type RequirementBasis = Requirement['basis'][number]

const requirementsFile = z.strictObject({
  requirements: distinct(requirement, 'give each requirement an id of its own'),
})
export type RequirementsFile = z.infer<typeof requirementsFile>

const REQUIREMENTS_FILE = path.join(PROJECT_ROOT, 'fixtures/requirements.yaml')

/**
 * The requirements of every revision in the order of the file, deeply frozen.
 * @throws FixtureError for a file that is unreadable or does not have this shape, a repeated id and an unknown capability included
 */
export function loadRequirementsFile(file: string = REQUIREMENTS_FILE): RequirementsFile {
  return deepFreeze(readFixture(file, requirementsFile))
}

/** Whether a revision has a requirement. */
export function isIn({ revisions }: Pick<Requirement, 'revisions'>, revision: string): boolean {
  return revisions === undefined || revisions.includes(revision)
}

/** The tag of scenarios of what the pages of a revision do not say, though it has their requirements. */
export const notIn = (revision: string) => `@not-in:${revision}`

/** Cucumber's tag expression for the scenarios that a revision has: those of its requirements, but for what its pages do not say. */
export function tagsOfRevision(revision: string, requirements: readonly Requirement[]): string {
  const others = requirements.filter((one) => !isIn(one, revision)).map(({ id }) => `@${id}`)
  return `not (${[notIn(revision), ...others].join(' or ')})`
}

/** The requirements alone. @throws FixtureError as loadRequirementsFile */
export function loadRequirements(file: string = REQUIREMENTS_FILE): readonly Requirement[] {
  return loadRequirementsFile(file).requirements
}
