// The file of known differences: the content of a valid one, and the place and remedy of each invalid entry, all at once.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'mocha'
import { EXPECTABLE, loadBaseline } from './baseline'
import { FixtureError, PROJECT_ROOT } from './fixture'
import { loadRequirements } from './requirements'
import { ENTRY_STATUSES } from './verdict'

const folder = mkdtempSync(path.join(tmpdir(), 'baseline-'))
after(() => rmSync(folder, { recursive: true }))

const guide = readFileSync(path.join(PROJECT_ROOT, 'docs/acceptance.md'), 'utf8')

const KNOWN: Parameters<typeof loadBaseline>[1] = {
  requirements: ['CC-01', 'CC-22b'],
  scenarios: ['Joining a meeting'],
  today: '2030-05-01',
}
const GOOD = {
  requirement: 'CC-01',
  expected: 'failed',
  reason: 'It differs.',
  link: 'https://bugs.test/1',
  expires: '2030-05-01',
}

function written(content: unknown, name = 'known.yaml'): string {
  const file = path.join(folder, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

/** The problems of a file, as places and sentences. */
function problemsOf(content: unknown, known = KNOWN): (readonly [place: string, sentence: string])[] {
  const file = written(content)
  try {
    loadBaseline(file, known)
  } catch (error) {
    assert.ok(error instanceof FixtureError, String(error))
    return error.problems.map(({ path: place, cause, remedy }) => [place, `${cause}; ${remedy}`])
  }
  return []
}

describe('a good file', () => {
  test('by requirement and by scenario, with the day unquoted, gives both members for each entry', () => {
    const text = `entries:
  - { requirement: CC-01, expected: could-not-run, reason: No such lobby., link: "https://bugs.test/1?id=2#c3", expires: 2030-05-01 }
  - { scenario: Joining a meeting, expected: warning, reason: Known., link: "http://bugs.test", expires: "2031-12-31" }
`
    assert.deepEqual(loadBaseline(written(text), KNOWN), {
      file: 'known.yaml',
      entries: [
        {
          requirement: 'CC-01',
          scenario: null,
          expected: 'could-not-run',
          reason: 'No such lobby.',
          link: 'https://bugs.test/1?id=2#c3',
          expires: '2030-05-01',
        },
        {
          requirement: null,
          scenario: 'Joining a meeting',
          expected: 'warning',
          reason: 'Known.',
          link: 'http://bugs.test',
          expires: '2031-12-31',
        },
      ],
    })
  })

  test('may be JSON, and may list nothing', () => {
    assert.deepEqual(loadBaseline(written({ entries: [] }, 'known.json'), KNOWN), { file: 'known.json', entries: [] })
  })

  test('is named without its place on the machine', () => {
    assert.equal(path.isAbsolute(loadBaseline(written({ entries: [GOOD] }), KNOWN).file), false)
    const inside = path.join(PROJECT_ROOT, 'reports', `baseline-${process.pid}.json`)
    writeFileSync(inside, '{"entries":[]}')
    try {
      assert.equal(loadBaseline(inside, KNOWN).file, `reports/baseline-${process.pid}.json`)
    } finally {
      rmSync(inside)
    }
  })

  test('may name any scenario where the names cannot be read', () => {
    const entry = { ...GOOD, requirement: undefined, scenario: 'Somewhere' }
    assert.deepEqual(problemsOf({ entries: [entry] }, { ...KNOWN, scenarios: null }), [])
    assert.equal(problemsOf({ entries: [entry] }).length, 1)
  })
})

describe('a bad entry', () => {
  const BAD: readonly (readonly [name: string, entry: unknown, place: string, sentence: RegExp])[] = [
    [
      'of an unknown requirement',
      { requirement: 'CC-99' },
      '.requirement',
      /^is no requirement \("CC-99"\); write an id of fixtures/,
    ],
    [
      'of an unknown scenario',
      { requirement: undefined, scenario: 'Joining' },
      '.scenario',
      /^is no scenario's name \("Joining"\); copy the name/,
    ],
    ['by both', { scenario: 'Joining a meeting' }, '', /names a requirement and a scenario; keep one/],
    ['by neither', { requirement: undefined }, '', /neither a requirement nor a scenario; write one of them/],
    [
      'of an unknown outcome',
      { expected: 'flaky' },
      '.expected',
      /"flaky"; write one of failed, could-not-run, not-applicable, warning/,
    ],
    ['that expects a pass', { expected: 'passed' }, '.expected', /write one of failed/],
    ['that expects a harness-error', { expected: 'harness-error' }, '.expected', /write one of failed/],
    ['without an outcome', { expected: undefined }, '.expected', /is missing; write one of failed/],
    ['without a reason', { reason: undefined }, '.reason', /is missing/],
    ['with a blank reason', { reason: ' ' }, '.reason', /is blank; say in a sentence/],
    ['without a link', { link: undefined }, '.link', /is missing/],
    ['with a link to nowhere', { link: 'ticket 7' }, '.link', /is no web address; .*https:/],
    ['with a link to a file', { link: 'file:///etc/hosts' }, '.link', /is no web address/],
    ['with a password in its link', { link: 'https://me:secret@bugs.test/1' }, '.link', /without a user name/],
    ['without a day', { expires: undefined }, '.expires', /is missing/],
    ['with a day that no calendar has', { expires: '2031-02-29' }, '.expires', /is no date; .*2030-12-31/],
    ['with a time', { expires: '2031-02-28T00:00' }, '.expires', /is no date/],
    [
      'that expired yesterday',
      { expires: '2030-04-30' },
      '.expires',
      /^is past \(2030-04-30\); look whether .* or remove the entry/,
    ],
    ['with an unknown member', { expect: 'failed' }, '.expect', /is not known here; remove it or correct/],
  ]
  for (const [name, change, place, sentence] of BAD) {
    test(name, () => {
      const problems = problemsOf({
        entries: [
          { ...GOOD, requirement: 'CC-22b' },
          { ...GOOD, ...(change as object) },
        ],
      })
      assert.deepEqual(
        problems.map(([at]) => at),
        [`entries[1]${place}`],
      )
      assert.match(problems[0]?.[1] ?? '', sentence)
      assert.doesNotMatch(problems[0]?.[1] ?? '', /secret/)
    })
  }

  test('that repeats one: by requirement and by scenario', () => {
    const byScenario = { ...GOOD, requirement: undefined, scenario: 'Joining a meeting' }
    const problems = problemsOf({ entries: [GOOD, byScenario, { ...GOOD, expected: 'warning' }, byScenario] })
    assert.deepEqual(problems, [
      ['entries[2].requirement', 'repeats "CC-01"; keep one entry for it'],
      ['entries[3].scenario', 'repeats "Joining a meeting"; keep one entry for it'],
    ])
  })

  test('hides no other: all are reported at once', () => {
    const entries = [
      GOOD,
      { ...GOOD, expected: 'flaky', expires: '2020-01-01' },
      7,
      { requirement: 'CC-99', scenario: '', color: 1 },
    ]
    assert.deepEqual(
      problemsOf({ entries }).map(([place]) => place),
      [
        ...['entries[1].expected', 'entries[1].expires', 'entries[2]', 'entries[3].requirement', 'entries[3].scenario'],
        ...[
          'entries[3].expected',
          'entries[3].reason',
          'entries[3].link',
          'entries[3].expires',
          'entries[3].color',
          'entries[3]',
        ],
        'entries[1].requirement',
      ],
    )
  })
})

test('the example of the guide is a good file', () => {
  const [, example = ''] = /```yaml\n(entries:[\s\S]*?)```/.exec(guide) ?? []
  const names = readdirSync(path.join(PROJECT_ROOT, 'features'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.feature'))
    .flatMap((name) => readFileSync(path.join(PROJECT_ROOT, 'features', name), 'utf8').split('\n'))
    .flatMap((line) => /^\s*Scenario: (.*)/.exec(line)?.[1] ?? [])
  const requirements = loadRequirements().map(({ id }) => id)
  const { entries } = loadBaseline(written(example), { requirements, scenarios: names, today: '2026-01-01' })
  assert.deepEqual(
    entries.map(({ requirement, scenario }) => requirement ?? scenario),
    ['CC-35', 'Joining a channel meeting'],
  )
  for (const outcome of EXPECTABLE) assert.ok(guide.includes(`\`${outcome}\``), outcome)
  for (const status of ENTRY_STATUSES) assert.ok(guide.includes(`\`${status}\``), status)
})

test('an invalid file is reported', () => {
  assert.throws(() => loadBaseline(path.join(folder, 'none.yaml'), KNOWN), /none\.yaml: the file does not exist; create it/)
  assert.match(problemsOf('entries: [').at(0)?.[1] ?? '', /is not well-formed/)
  assert.match(problemsOf('').at(0)?.[1] ?? '', /write a group of named values/)
  assert.match(problemsOf([GOOD]).at(0)?.[1] ?? '', /write a group of named values/)
  assert.deepEqual(
    problemsOf('known: []')
      .map(([place]) => place)
      .sort(),
    ['entries', 'known'],
  )
})
