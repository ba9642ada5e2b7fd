// `npm run schema`: writes docs/verdict.schema.json, the published JSON schema of reports/verdict.json.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PROJECT_ROOT } from '../../contract/fixture'
import { verdictSchema } from '../../contract/verdict'

export const SCHEMA_FILE = 'docs/verdict.schema.json'

/** The schema as text, the same for the same verdict. */
export function verdictJsonSchema(): string {
  const title = 'Verdict of a conformance run (reports/verdict.json)'
  return `${JSON.stringify({ title, ...z.toJSONSchema(verdictSchema) }, null, 2)}\n`
}

if (require.main === module) {
  writeFileSync(join(PROJECT_ROOT, SCHEMA_FILE), verdictJsonSchema())
  console.log(`${SCHEMA_FILE} is written.`)
}
