// Reads and validates the baseline of a target: known differences, why they exist, where they are followed up and until when.
import path from 'node:path'
import { z } from 'zod'
import { PROJECT_ROOT, readFixture, repeated, reportProblem, withSlashes } from './fixture'
import { isObject } from './json'

/** Outcomes that a baseline may list. A harness-error is the suite's own fault and is never expected of a target. */
export const EXPECTABLE = ['failed', 'could-not-run', 'not-applicable', 'warning'] as const

export const knownDifference = z.object({
  /** Id of the requirement whose scenarios differ; null when the entry is by scenario. */
  requirement: z.string().nullable(),
  /** Name of the scenario that differs, every example of an outline that bears it included; null when the entry is by requirement. */
  scenario: z.string().nullable(),
  expected: z.enum(EXPECTABLE),
  /** A sentence for the reviewer. */
  reason: z.string(),
  /** Where the difference is followed up. */
  link: z.string(),
  /** Last day on which the entry holds, year-month-day in UTC. */
  expires: z.string(),
})
export type KnownDifference = z.infer<typeof knownDifference>

export const baselineSchema = z.object({
  /** Name of the file: relative to the project where it lies inside, without its folder elsewhere. */
  file: z.string(),
  entries: z.array(knownDifference),
})
export type Baseline = z.infer<typeof baselineSchema>

/** What a baseline is checked against. */
interface Known {
  /** Ids of all requirements. */
  readonly requirements: readonly string[]
  /** Names of all scenarios; null when they cannot be read, and then no name is invalid. */
  readonly scenarios: readonly string[] | null
  /** The day of the run, year-month-day in UTC. */
  readonly today: string
}

/**
 * The known differences in a YAML or JSON file.
 * @throws FixtureError with all problems at once: an unreadable file or one of another shape, and entries by neither requirement nor
 *   scenario or by both, unknown, repeated or expired
 */
export function loadBaseline(file: string, known: Known): Baseline {
  const { entries } = readFixture(file, baselineFile(known))
  const relative = path.relative(PROJECT_ROOT, path.resolve(file))
  const outside = relative.startsWith('..') || path.isAbsolute(relative)
  return { file: outside ? path.basename(file) : withSlashes(relative), entries }
}

// Zod skips the check of a list or a group when something inside has another shape. Here every problem is reported at once.
const ALWAYS = { when: () => true }

function baselineFile({ requirements, scenarios, today }: Known) {
  const quoted = (what: string) => (value: string) => `is no ${what} (${JSON.stringify(value)})`
  const entry = z
    .strictObject({
      requirement: checked(
        (id) => requirements.includes(id),
        quoted('requirement'),
        'write an id of fixtures/requirements.yaml, for example CC-30',
      ).optional(),
      scenario: checked(
        (name) => scenarios === null || scenarios.includes(name),
        quoted("scenario's name"),
        'copy the name from the feature or from verdict.json',
      ).optional(),
      expected: z.enum(EXPECTABLE),
      reason: checked((text) => /\S/.test(text), 'is blank', 'say in a sentence how the target differs'),
      link: checked(
        isPublishable,
        'is no web address',
        'write where it is followed up, beginning with https:// and without a user name',
      ),
      expires: checked(
        (day) => !isDay(day) || day >= today,
        (day) => `is past (${day})`,
        'look whether the target still differs, then write a later day or remove the entry',
        checked(isDay, 'is no date', 'write the last day on which it holds, such as "2030-12-31"'),
      ),
    })
    .superRefine((written: unknown, context) => {
      if (!isObject(written)) return
      const { requirement, scenario } = written
      if (requirement === undefined && scenario === undefined)
        reportProblem(context, [], {
          cause: 'names neither a requirement nor a scenario',
          remedy: 'write one of them, for example requirement: CC-30',
        })
      if (requirement !== undefined && scenario !== undefined)
        reportProblem(context, [], {
          cause: 'names a requirement and a scenario',
          remedy: 'keep one of them, or make two entries',
        })
    }, ALWAYS)
    .transform(({ requirement = null, scenario = null, ...others }): KnownDifference => ({ requirement, scenario, ...others }))
  return z.strictObject({
    entries: z.array(entry).superRefine((entries: unknown, context) => {
      if (!Array.isArray(entries)) return
      for (const by of ['requirement', 'scenario'] as const) {
        const named = [...entries.entries()].flatMap(([at, written]) => {
          const name = isObject(written) ? written[by] : null
          return typeof name === 'string' ? [{ at, name }] : []
        })
        for (const which of repeated(named, ({ name }) => name))
          reportProblem(context, [named[which]?.at ?? 0, by], {
            cause: `repeats ${JSON.stringify(named[which]?.name)}`,
            remedy: 'keep one entry for it',
          })
      }
    }, ALWAYS),
  })
}

function checked(
  holds: (value: string) => boolean,
  cause: string | ((value: string) => string),
  remedy: string,
  text = z.string(),
): z.ZodString {
  return text.superRefine((value, context) => {
    if (!holds(value)) reportProblem(context, [], { cause: typeof cause === 'string' ? cause : cause(value), remedy })
  })
}

/** The address goes into reports: it must not carry credentials. */
function isPublishable(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return ['http:', 'https:'].includes(protocol) && username === '' && password === ''
}

const isDay = (text: string) => z.iso.date().safeParse(text).success
