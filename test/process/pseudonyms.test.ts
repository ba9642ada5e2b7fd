// Pseudonyms: one for each id throughout a run, another in another run; and a run that is kept under them, with the reports made again from it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'mocha'
import { report } from '../../support/cli/report'
import { loadCast } from '../../support/contract/cast'
import { createPseudonyms } from '../../support/results/redaction/pseudonyms'
import { noAllurePage } from '../kit/allure'
import { CommandRuns, EXAMPLES } from '../kit/command-runs'
import { leaksInFolder } from '../kit/leak-search'

const JOHN = '112f7296-5fa4-42ca-bae8-6a692b15d4b8'
const CALL = '57dab8b1-894c-409a-b240-bd8beae78896'
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-b[0-9a-f]{3}-[0-9a-f]{12}$/

describe('an id', () => {
  test('has one pseudonym, in any case and anywhere in a text, and it is a GUID', () => {
    const { replace } = createPseudonyms()
    const pseudonym = replace(JOHN)
    assert.match(pseudonym, GUID)
    assert.equal(replace(`{"id":"${JOHN}"} 8:orgid:${JOHN.toUpperCase()}`), `{"id":"${pseudonym}"} 8:orgid:${pseudonym}`)
    assert.notEqual(replace(CALL), pseudonym)
  })

  test('has another in another run', () => {
    assert.notEqual(createPseudonyms().replace(JOHN), createPseudonyms().replace(JOHN))
    const salt = Buffer.from('salt')
    assert.equal(createPseudonyms(salt).replace(JOHN), createPseudonyms(salt).replace(JOHN))
  })

  test('of a call that was spared, and of a request, stays', () => {
    const { spare, replace } = createPseudonyms()
    spare(CALL.toUpperCase())
    for (const text of [`/app/calls/${CALL}`, `request-id: ${JOHN}`, `"client-request-id": "${JOHN}"`, `"requestId": "${JOHN}"`])
      assert.equal(replace(text), text)
    assert.notEqual(replace(`"id": "${JOHN}"`), `"id": "${JOHN}"`)
  })

  test('without dashes, or that is no GUID, has one as well once it is known', () => {
    const { learn, replace } = createPseudonyms()
    for (const id of [JOHN, 'john@contoso.com', '']) learn(id)
    const bare = JOHN.replaceAll('-', '')
    assert.equal(replace(`<${bare}>`), `<${replace(JOHN).replaceAll('-', '')}>`)
    assert.match(replace('mail to john@contoso.com.'), /^mail to id-[0-9a-f]{8}\.$/)
    assert.equal(replace('xjohn@contoso.com'), 'xjohn@contoso.com')
  })

  test('that is a telephone number is another number', () => {
    const { replace } = createPseudonyms()
    assert.match(replace('from +14255550123 at 10:00+0000'), /^from \+999\d+ at 10:00\+0000$/)
  })
})

describe('a name', () => {
  test('of the cast is the one that the scenarios use; another name becomes a made-up one', () => {
    const { rename, replace } = createPseudonyms()
    for (const [name, otherwise] of [
      ['John Doe', 'John'],
      ['Calling Bot', 'Calling Bot'],
    ] as const)
      rename(name, otherwise)
    assert.equal(replace('Answer as John Doe, not as John Doering'), 'Answer as John, not as John Doering')
    const replaced = replace(
      '"displayName": "Jane Roe", "displayName": "Calling Bot", "displayName": "Jane Roe", "displayName": "John Doe"',
    )
    assert.match(
      replaced,
      /^"displayName": "(Person [0-9a-f]{8})", "displayName": "Calling Bot", "displayName": "\1", "displayName": "John"$/,
    )
  })
})

describe('--pseudonymise', () => {
  const runs = new CommandRuns({ features: EXAMPLES })
  after(() => runs.remove())
  const cast = loadCast()
  const personal = new Map(
    [...Object.values(cast.people), cast.guest, ...Object.values(cast.meetings).map(({ coordinates }) => coordinates.organizer)]
      .flatMap((one) => (one === null ? [] : [one.id, 'tenantId' in one ? one.tenantId : one.id]))
      .concat(cast.bot.clientId ?? [], cast.bot.tenantId ?? [])
      .map((id) => [id, id]),
  )

  test('leaves no id of the cast in any report, judges alike, and the reports can be made again', async () => {
    const args = [
      '--deviation',
      'established-missing',
      '--requirement',
      'CC-30',
      '--requirement',
      'CC-35',
      '--requirement',
      'CC-32',
    ]
    const [plain, replaced] = [await runs.conformance(args), await runs.conformance([...args, '--pseudonymise'])]
    assert.equal(replaced.code, plain.code, replaced.out + replaced.err)
    const outcomes = ({ verdict }: typeof plain) => verdict?.scenarios.map(({ name, outcome, reason }) => [name, outcome, reason])
    assert.deepEqual(outcomes(replaced), outcomes(plain))
    assert.notDeepEqual(leaksInFolder(plain.reports, personal), [])
    const nowhere = { out: () => {}, error: () => {}, allurePage: noAllurePage }
    assert.equal(await report(['--reports', replaced.reports], nowhere), 0)
    assert.deepEqual(leaksInFolder(replaced.reports, personal), [])
    const record = readFileSync(join(replaced.reports, 'messages.ndjson'), 'utf8')
    // John is called in a request, comes back in the answer, and is the same there.
    const called = [...record.matchAll(/\\"displayName\\": \\"John\\",\\n +\\"id\\": \\"([^\\]+)\\"/g)].map(([, id = '']) => id)
    assert.ok(called.length >= 4, String(called))
    assert.equal(new Set(called).size, 1)
    assert.match(called[0] ?? '', GUID)
  })
})
