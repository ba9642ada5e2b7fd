// docs/fidelity.md is what its generator makes of the project as it stands, and the page leaves nothing out.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'mocha'
import { PROJECT_ROOT } from '../../contract/fixture'
import { FIDELITY_COMMAND, FIDELITY_FILE, type FidelityParts, fidelityPage, fidelityParts } from './fidelity'

let parts: FidelityParts
let page: string
before(async () => {
  parts = await fidelityParts()
  page = fidelityPage(parts)
})

test('the committed page is what the project says now', () => {
  const committed = readFileSync(join(PROJECT_ROOT, FIDELITY_FILE), 'utf8')
  const [lines, now] = [committed.split('\n'), page.split('\n')]
  const at = now.findIndex((line, index) => line !== lines[index])
  assert.ok(
    committed === page,
    `${FIDELITY_FILE} is out of date from line ${at + 1} on; \`${FIDELITY_COMMAND}\` makes it again.\n  now:       ${now[at]}\n  committed: ${lines[at]}`,
  )
})

/** What stands under a heading, up to the next one of its level. */
function under(heading: string): string {
  const level = heading.indexOf(' ')
  const [, text] = page.split(`\n${heading}\n`)
  return text?.split(new RegExp(`^#{1,${level}} `, 'm'))[0] ?? assert.fail(`there is no "${heading}"`)
}

describe('the page has', () => {
  test('every rule with its level, what it rests on, its statement and what it needs', () => {
    for (const { id, level, basis, needs } of parts.requirements.requirements) {
      const text = under(`#### ${id}`)
      assert.ok(text.trim().startsWith(`*${level}*, ${basis.join(', ')}. `), id)
      for (const { capability } of needs) assert.match(text, new RegExp(`^Needs .*\\*${capability}\\*`, 'm'), id)
    }
  })

  test('every scenario under each of its rules, with the number of its examples', () => {
    const { scenarios } = parts.specification
    for (const { writtenName, uri, tags } of scenarios) {
      for (const tag of tags.filter((one) => /^@CC-/.test(one))) {
        const examples = scenarios.filter((one) => one.writtenName === writtenName && one.uri === uri && one.tags.includes(tag))
        const row = `| ${writtenName.replaceAll('<', '\\<')} | ${examples.length}`
        assert.ok(under(`#### ${tag.slice(1)}`).includes(row), `${tag}: ${row}`)
      }
    }
  })

  test('why a rule has no scenario', () => assert.match(under('#### CC-51'), /^No scenario: It is what a target may do/m))

  test('which scenarios, or how many of their examples, are assumption', () => {
    assert.match(under('#### CC-08'), /\| 6, 2 of them assumption \| makes no call \| app-sets \|/)
    assert.match(under('#### CC-65'), /waits too long ends \| 1, assumption \|/)
  })

  test('every erratum with its ruling, every drift, every assumption, a row each', () => {
    const rows = (heading: string) =>
      under(heading)
        .match(/^\| .*$/gm)
        ?.slice(1) ?? []
    const first = (heading: string) => rows(heading).map((row) => row.split(' | ')[0]?.slice(2))
    const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id)
    assert.deepEqual(first('## Errata'), ids(parts.errata))
    assert.deepEqual(first('## Drift'), ids(parts.drift))
    assert.equal(rows('## Assumptions of the simulator').length, parts.assumptions.length)
    assert.equal(rows('## Requests to the simulator').length, parts.requests.length)
    assert.match(rows('## Errata')[0] ?? '', /\| A call has one id, and all its messages carry it\. \| everywhere \|$/)
  })

  test('numbers that add up', () => {
    const scenarios = [...under('## In numbers').matchAll(/^\| \w+ \| \d+ \| \d+ \| (\d+) \|/gm)].map(([, count]) =>
      Number(count),
    )
    assert.equal(
      scenarios.reduce((sum, count) => sum + count, 0),
      parts.specification.scenarios.length,
    )
  })
})

describe('the page changes with', () => {
  const changed = (other: Partial<FidelityParts>) => assert.notEqual(fidelityPage({ ...parts, ...other }), page)
  test('a rule', () =>
    changed({ requirements: { ...parts.requirements, requirements: parts.requirements.requirements.slice(1) } }))
  test('a scenario', () =>
    changed({ specification: { ...parts.specification, scenarios: parts.specification.scenarios.slice(1) } }))
  test('an erratum', () => changed({ errata: parts.errata.slice(1) }))
  test('a drift', () => changed({ drift: parts.drift.slice(1) }))
  test('an assumption', () => changed({ assumptions: parts.assumptions.slice(1) }))
  test('a request', () => changed({ requests: parts.requests.slice(1) }))

  test('nothing else: a cell shows what is written in it', () => {
    const what = 'a <b> | *c* in `d | <e>`'
    const row = fidelityPage({ ...parts, assumptions: [{ what, basis: 'assumption', source: 'x' }] })
      .split('\n')
      .at(-2)
    assert.equal(row, '| a \\<b> \\| \\*c\\* in `d \\| <e>` | assumption | x |')
  })
})
