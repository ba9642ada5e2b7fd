// Holds a verdict against the published JSON schema, docs/verdict.schema.json.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PROJECT_ROOT } from '../../support/contract/fixture'

let schema: z.ZodType | null = null

/** @throws when the value does not have the published shape */
export function againstPublishedSchema(value: unknown): void {
  schema ??= z.fromJSONSchema(JSON.parse(readFileSync(join(PROJECT_ROOT, 'docs/verdict.schema.json'), 'utf8'))) as z.ZodType
  schema.parse(value)
}
