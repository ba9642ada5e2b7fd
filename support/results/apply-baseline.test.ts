// A run compared with its baseline: what is expected, what is stale, and what an entry must never hide.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { type Expected, entry, type Input, run, scenario, verdictOf } from '../../test/kit/verdict-run'
import type { RunOutcome } from '../contract/verdict'

type Case = readonly [
  name: string,
  /** Separated by semicolons: how a scenario ends, and its tags; that is its name as well. */
  scenarios: string,
  /** Separated by semicolons: requirement or name of a scenario, and the outcome that is listed. */
  listed: string,
  outcome: RunOutcome,
  /** Status of each entry. */
  statuses: string,
  /** Why each unexpected scenario is unexpected. */
  unexpected: string,
]

const split = (text: string) => text.split(';').flatMap((part) => part.trim() || [])

function compare([, scenarios, listed, outcome, statuses, unexpected]: Case, input?: Input): void {
  const entries = split(listed).map((one) => entry(one.replace(/ = .*/, ''), one.replace(/.* = /, '') as Expected))
  const verdict = run(split(scenarios), entries, input)
  const compared = verdict.baseline ?? assert.fail('no baseline')
  assert.deepEqual(
    {
      outcome: verdict.outcome,
      statuses: compared.entries.map(({ status }) => status),
      unexpected: compared.unexpected.map(({ why }) => why),
      asExpected: compared.asExpected,
    },
    { outcome, statuses: split(statuses), unexpected: split(unexpected), asExpected: outcome === 'as-expected' },
  )
  const without = verdictOf(split(scenarios).map(scenario), input)
  assert.equal(compared.outcomeWithout, without.outcome)
  assert.deepEqual([verdict.scenarios, verdict.requirements], [without.scenarios, without.requirements])
}

function describeCases(title: string, cases: readonly Case[], input?: Input): void {
  describe(title, () => {
    for (const one of cases) test(`${one[0]}: ${one[3]}`, () => compare(one, input))
  })
}

const OURS = 'a harness-error is the fault of the suite and never expected of a target'
const UNLISTED = 'no entry covers it'

describeCases('only the listed differences', [
  ['a failure, by requirement', 'failed CC-01; passed CC-02', 'CC-01 = failed', 'as-expected', 'met', ''],
  ['a failure, by scenario', 'failed CC-01; passed CC-02', 'failed CC-01 = failed', 'as-expected', 'met', ''],
  ['a gap', 'gone CC-01; passed CC-02', 'CC-01 = could-not-run', 'as-expected', 'met', ''],
  ['what the target cannot do', 'lacking CC-01; passed CC-02', 'CC-01 = not-applicable', 'as-expected', 'met', ''],
  ['all scenarios of a requirement', 'failed CC-01; failed joins CC-01', 'CC-01 = failed', 'as-expected', 'met', ''],
  ['one of the scenarios of a requirement', 'failed CC-01; passed CC-01', 'CC-01 = failed', 'as-expected', 'met', ''],
  ['every example that bears a name', 'failed CC-01; failed CC-01', 'failed CC-01 = failed', 'as-expected', 'met', ''],
  ['two requirements of a scenario', 'failed CC-01 CC-02', 'CC-01 = failed; CC-02 = failed', 'as-expected', 'met; met', ''],
  ['a scenario without requirements', 'failed joins', 'failed joins = failed', 'as-expected', 'met', ''],
  ['and what the target cannot do', 'failed CC-01; lacking CC-02', 'CC-01 = failed', 'as-expected', 'met', ''],
  ['none', 'passed CC-01', '', 'conformant', '', ''],
])

describeCases('an entry never hides', [
  ['a failure of another requirement', 'failed CC-01; failed CC-02', 'CC-01 = failed', 'non-conformant', 'met', UNLISTED],
  ['a gap of another requirement', 'failed CC-01; gone CC-02', 'CC-01 = failed', 'incomplete', 'met', UNLISTED],
  ['another scenario', 'failed CC-01; failed joins CC-01', 'failed CC-01 = failed', 'non-conformant', 'met', UNLISTED],
  [
    'a second requirement of its scenario',
    'failed CC-01 CC-02',
    'CC-01 = failed',
    'non-conformant',
    'met',
    'CC-02, which it shows as well, is not listed',
  ],
  [
    'a second requirement that is listed otherwise',
    'failed CC-01 CC-02',
    'CC-01 = failed; CC-02 = could-not-run',
    'non-conformant',
    'met; stale',
    'listed as could-not-run',
  ],
  ['a gap, where a failure is listed', 'gone CC-01', 'CC-01 = failed', 'incomplete', 'undecided', 'listed as failed'],
  [
    'a failure, where a gap is listed',
    'failed CC-01',
    'CC-01 = could-not-run',
    'non-conformant',
    'stale',
    'listed as could-not-run',
  ],
  ['a failure, where a warning is listed', 'failed CC-15', 'CC-15 = warning', 'non-conformant', 'stale', 'listed as warning'],
  ['a harness error elsewhere', 'failed CC-01; ours CC-02', 'CC-01 = failed', 'harness-error', 'met', OURS],
  ['a harness error', 'ours CC-01', 'CC-01 = failed', 'harness-error', 'undecided', OURS],
  ['a call that is left', 'failed CC-01; left CC-02', 'CC-01 = failed', 'incomplete', 'met', ''],
  ['anything, where it lists nothing', 'failed CC-01', '', 'non-conformant', '', UNLISTED],
])

describeCases('an entry by name is the more exact one', [
  [
    'than that of its requirement',
    'failed CC-01; gone CC-01',
    'CC-01 = failed; gone CC-01 = could-not-run',
    'as-expected',
    'met; met',
    '',
  ],
  [
    'also where the scenario differs as its requirement does',
    'failed CC-01; failed joins CC-01',
    'CC-01 = failed; failed joins CC-01 = could-not-run',
    'non-conformant',
    'met; stale',
    'listed as could-not-run',
  ],
  ['and can leave that one nothing', 'failed CC-01', 'CC-01 = failed; failed CC-01 = failed', 'non-conformant', 'stale; met', ''],
])

describeCases('a stale entry fails', [
  ['where everything passed', 'passed CC-01; passed CC-02', 'CC-01 = failed', 'non-conformant', 'stale', ''],
  ['beside one that is met', 'failed CC-01; passed CC-02', 'CC-01 = failed; CC-02 = failed', 'non-conformant', 'met; stale', ''],
  ['by name', 'failed CC-01; passed CC-02', 'passed CC-02 = failed', 'non-conformant', 'stale', UNLISTED],
  ['beside a gap', 'passed CC-01; gone CC-02', 'CC-01 = failed', 'non-conformant', 'stale', UNLISTED],
  ['of a requirement without a scenario', 'passed CC-01', 'CC-03 = failed', 'non-conformant', 'stale', ''],
  ['where the target can do it now', 'passed CC-01', 'CC-01 = not-applicable', 'non-conformant', 'stale', ''],
])

describeCases('what was not selected, or not judged, is not stale', [
  ['what the target cannot do', 'lacking CC-01; passed CC-02', 'CC-01 = failed', 'conformant', 'undecided', ''],
  ['all of it', 'elsewhere CC-01; passed CC-02', 'CC-01 = failed', 'conformant', 'not-selected', ''],
  ['by name', 'elsewhere CC-01; passed CC-02', 'elsewhere CC-01 = failed', 'conformant', 'not-selected', ''],
  ['some of it, and the rest passed', 'elsewhere CC-01; passed CC-01', 'CC-01 = failed', 'conformant', 'undecided', ''],
  ['some of it, and the rest differs', 'elsewhere CC-01; failed CC-01', 'CC-01 = failed', 'as-expected', 'met', ''],
  ['and nothing was', 'elsewhere CC-01', 'CC-01 = failed', 'incomplete', 'not-selected', ''],
])

describeCases(
  'an interrupted run is never as expected',
  [
    ['with what is listed seen', 'failed CC-01; waiting CC-02', 'CC-01 = failed', 'incomplete', 'met', UNLISTED],
    ['nor where its gap is listed', 'waiting CC-02', 'CC-02 = could-not-run', 'incomplete', 'met', ''],
    ['and says of nothing that it is stale', 'waiting CC-01', 'CC-01 = failed', 'incomplete', 'undecided', 'listed as failed'],
    ['though everything was run', 'failed CC-01', 'CC-01 = failed', 'incomplete', 'met', ''],
  ],
  { interrupted: true },
)

describeCases(
  'where the run is not strict',
  [
    ['a listed warning', 'failed CC-15; passed CC-02', 'CC-15 = warning', 'as-expected', 'met', ''],
    ['an unlisted warning hinders nothing', 'failed CC-01; failed CC-15', 'CC-01 = failed', 'as-expected', 'met', ''],
    ['a warning is no failure', 'failed CC-15', 'CC-15 = failed', 'non-conformant', 'stale', ''],
  ],
  { strict: false },
)

describeCases(
  'on the simulator',
  [
    ['a listed failure', 'failed CC-01; passed CC-02', 'CC-01 = failed', 'as-expected', 'met', ''],
    ['nothing may be lacking', 'lacking CC-01', 'CC-01 = not-applicable', 'harness-error', 'met', ''],
    ['nothing may be lacking, listed or not', 'lacking CC-01', '', 'harness-error', '', UNLISTED],
    ['no gap is expected', 'gone CC-01', 'CC-01 = could-not-run', 'harness-error', 'met', ''],
  ],
  { on: 'simulator' },
)

describeCases(
  'a run that broke down',
  [['is ours, with any list', 'failed CC-01', 'CC-01 = failed', 'harness-error', 'met', '']],
  { crash: 'cucumber gave up' },
)
