// Runs with a baseline in a few words: how each scenario ends, and what is listed.

import { TestStepResultStatus as Status } from '@cucumber/messages'
import type { KnownDifference } from '../../support/contract/baseline'
import { failed, type Scenario, verdictOf } from './verdict-run'

export type Input = Parameters<typeof verdictOf>[1]
export type Expected = KnownDifference['expected']

const OF = {
  passed: {},
  failed: { steps: [failed('NonConformance', 'status 200')] },
  gone: { steps: [failed('CouldNotRun', 'unreachable')] },
  ours: { steps: [failed('TypeError', 'oops')] },
  lacking: {
    steps: [{ status: Status.SKIPPED }],
    facts: { skipped: { outcome: 'not-applicable', reason: 'no lobby' } },
  },
  elsewhere: { end: 'not-selected' },
  waiting: { end: 'waiting' },
  left: { facts: { cleanup: { made: 1, ended: 0, left: ['call 1'], uncertain: [] } } },
} satisfies Record<string, Scenario>

/** A scenario in a few words: how it ends, and its tags; its name is both. */
export function scenario(told: string): Scenario {
  const [kind, ...tags] = told.split(' ')
  return { ...OF[kind as keyof typeof OF], name: told, tags }
}

/** An entry in a few words: CC-nn or the name of a scenario, and what is expected of it. */
export function entry(of: string, expected: Expected): KnownDifference {
  const by = of.startsWith('CC-') ? { requirement: of, scenario: null } : { requirement: null, scenario: of }
  return { ...by, expected, reason: 'It is known.', link: `https://bugs.test/${of.replaceAll(' ', '-')}`, expires: '2030-12-31' }
}

/** The verdict of these scenarios with these entries. */
export const run = (scenarios: readonly string[], entries: readonly KnownDifference[], input?: Input) =>
  verdictOf(scenarios.map(scenario), { ...input, baseline: { file: 'known.yaml', entries: [...entries] } })
