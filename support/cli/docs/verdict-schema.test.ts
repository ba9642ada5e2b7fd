// The published schema is that of the code, and it refuses what is no verdict. `test/kit/command-runs.ts` holds every run against it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'mocha'
import { againstPublishedSchema } from '../../../test/kit/published-schema'
import { verdictOf } from '../../../test/kit/verdict-run'
import { PROJECT_ROOT } from '../../contract/fixture'
import { SCHEMA_FILE, verdictJsonSchema } from './verdict-schema'

test('the committed schema is what the code says now', () => {
  assert.ok(
    readFileSync(join(PROJECT_ROOT, SCHEMA_FILE), 'utf8') === verdictJsonSchema(),
    `${SCHEMA_FILE} is out of date; \`npm run schema\` makes it again`,
  )
})

test('the published schema accepts verdicts, and refuses a missing, a wrong and an unknown member', () => {
  const verdict = verdictOf([{ tags: ['CC-01'] }])
  againstPublishedSchema(verdict)
  const { outcome: _, ...missing } = verdict
  for (const wrong of [missing, { ...verdict, outcome: 'fine' }, { ...verdict, further: 1 }])
    assert.throws(() => againstPublishedSchema(wrong))
})
