// docs/printed-messages.md is what the simulator does now, and every difference from a printed message has an erratum.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { before, describe, test } from 'mocha'
import { loadErrata } from '../../support/contract/discrepancies'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { type Compared, comparedMessages, erratumOf, PRINTED_FILE, printedPage } from './printed-messages'

describe('the documented messages of later pages', () => {
  let all: readonly Compared[] = []
  before(async () => {
    all = await comparedMessages()
  })

  test('are answered and posted as printed, but for errata', () => {
    const known = new Set(loadErrata().map(({ id }) => id))
    const unexplained = all.flatMap(({ revision, number, heading, message, differences }) =>
      differences
        .filter((one) => !known.has(erratumOf(one, { heading }) ?? ''))
        .map(({ at, printed, played }) => `${revision} ${number} ${message}: ${at}: printed ${printed}, played ${played}`),
    )
    assert.deepEqual(unexplained, [])
    assert.ok(all.length > 40 && all.some(({ differences }) => differences.length === 0), `${all.length} messages`)
  })

  test('stand in the table of the documentation as they are now', () => {
    const written = readFileSync(path.join(PROJECT_ROOT, PRINTED_FILE), 'utf8')
    assert.equal(written, printedPage(all), `${PRINTED_FILE} is out of date; \`npm run fidelity\` makes it again`)
  })
})
