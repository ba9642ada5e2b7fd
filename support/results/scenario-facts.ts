// What a scenario leaves for the verdict besides its steps: an attachment of the record that says more than pass or fail.
import { z } from 'zod'

/** File name by which the attachment is known in the record. */
export const FACTS_FILE = 'facts.json'

export const factsSchema = z.object({
  /** Why the scenario was not begun, and what that makes of it; null when it was. */
  skipped: z.object({ outcome: z.enum(['not-applicable', 'could-not-run']), reason: z.string() }).nullable(),
  /** Errata that its comparisons relied on. */
  errata: z.array(z.string()),
  /** Numbers of the drift (fixtures/drift.yaml) without which a comparison of it would not have held. */
  drift: z.array(z.string()).default([]),
  cleanup: z.object({
    made: z.number(),
    ended: z.number(),
    left: z.array(z.string()),
    uncertain: z.array(z.string()).default([]),
  }),
  /** How many posts came to addresses that nobody was given, since the scenario before ended. */
  strayPosts: z.number().default(0),
})
export type Facts = z.infer<typeof factsSchema>
