// Builds records of runs by hand, as cucumber's messages, and folds their verdicts.
import {
  AttachmentContentEncoding,
  type Envelope,
  type Pickle,
  TestStepResultStatus as Status,
  type TestCase,
} from '@cucumber/messages'
import type { KnownDifference } from '../../support/contract/baseline'
import type { Requirement } from '../../support/contract/requirements'
import { type Verdict, verdictSchema } from '../../support/contract/verdict'
import { FACTS_FILE, type Facts } from '../../support/results/read-messages'
import { foldVerdict, type VerdictInput } from '../../support/results/verdict'

export interface Step {
  readonly status?: Status
  /** Kind of the error of a failed step; null for an error without a kind. */
  readonly error?: string | null
  readonly message?: string
  readonly hook?: boolean
}

export interface Scenario {
  readonly name?: string
  readonly tags?: readonly string[]
  readonly steps?: readonly Step[]
  /** How it ended; `not-selected`: read, but not to be run; `waiting`: to be run, and not begun. */
  readonly end?: 'finished' | 'under-way' | 'waiting' | 'not-selected'
  readonly facts?: Partial<Facts>
  /** Earlier attempts, whose steps failed. */
  readonly retried?: number
}

export const PASSED: Step = { status: Status.PASSED }
export const failed = (error: string | null, message = 'what went wrong'): Step => ({ status: Status.FAILED, error, message })

const at = (ms: number) => ({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 })

function result({ status = Status.PASSED, error, message }: Step) {
  const exception = error === undefined || error === null ? {} : { exception: { type: error, message: message ?? '' } }
  return { duration: at(0), status, ...(message === undefined ? {} : { message: `${message}\n    at a place` }), ...exception }
}

function scenarioMessages(
  { name, tags = [], steps = [PASSED], end = 'finished', facts, retried = 0 }: Scenario,
  number: number,
): Envelope[] {
  const id = `scenario-${number}`
  const pickle = {
    id,
    uri: 'features/by-hand.feature',
    name: name ?? id,
    language: 'en',
    astNodeIds: [`${id}-node`],
    location: { line: number + 1, column: 3 },
    tags: tags.map((tag) => ({ name: `@${tag}`, astNodeId: '' })),
    steps: steps.flatMap(({ hook }, step) => (hook ? [] : [{ id: `${id}-${step}`, text: `sentence ${step}`, astNodeIds: [] }])),
  } as Pickle
  const testCase: TestCase = {
    id: `${id}-case`,
    pickleId: id,
    testSteps: steps.map(({ hook }, step) => ({
      id: `${id}-step-${step}`,
      ...(hook ? { hookId: 'hook' } : { pickleStepId: `${id}-${step}`, stepDefinitionIds: [] }),
    })),
  }
  const attempt = (attempt: number, last: boolean): Envelope[] => {
    const startedId = `${id}-attempt-${attempt}`
    const shown = last ? steps : steps.map(() => failed('NonConformance', 'an earlier attempt'))
    return [
      { testCaseStarted: { id: startedId, attempt, testCaseId: testCase.id, timestamp: at(number * 1000) } },
      ...shown.map((step, index) => ({
        testStepFinished: {
          testCaseStartedId: startedId,
          testStepId: `${id}-step-${index}`,
          testStepResult: result(step),
          timestamp: at(number * 1000),
        },
      })),
      ...(facts === undefined || !last ? [] : [factsMessage(startedId, `${id}-step-${steps.length - 1}`, facts)]),
      ...(last && end === 'under-way'
        ? []
        : [{ testCaseFinished: { testCaseStartedId: startedId, timestamp: at(number * 1000 + 250), willBeRetried: !last } }]),
    ]
  }
  if (end === 'not-selected') return [{ pickle }]
  if (end === 'waiting') return [{ pickle }, { testCase }]
  return [{ pickle }, { testCase }, ...Array.from({ length: retried + 1 }, (_, each) => attempt(each, each === retried)).flat()]
}

function factsMessage(testCaseStartedId: string, testStepId: string, facts: Partial<Facts>): Envelope {
  const cleanup = { made: 0, ended: 0, left: [], uncertain: [] }
  const earlier = { keys: [], tokens: [] }
  const whole: Facts = { skipped: null, errata: [], drift: [], cleanup, exchangedAt: [], earlier, strayPosts: 0, ...facts }
  const body = Buffer.from(JSON.stringify(whole)).toString('base64')
  const contentEncoding = AttachmentContentEncoding.BASE64
  return {
    attachment: { body, contentEncoding, mediaType: 'application/json', fileName: FACTS_FILE, testCaseStartedId, testStepId },
  }
}

/** The messages of a run with these scenarios, between its start and its end. */
export function record(scenarios: readonly Scenario[], others: readonly Envelope[] = []): Envelope[] {
  return [
    { hook: { id: 'hook', name: 'Open the target', sourceReference: {} } },
    { testRunStarted: { timestamp: at(0) } },
    ...scenarios.flatMap(scenarioMessages),
    ...others,
    { testRunFinished: { timestamp: at(9_000), success: true } },
  ]
}

const requirement = (id: string, level: Requirement['level']): Requirement => {
  return { id, level, basis: ['page', 'elsewhere'], section: 'Rules', statement: 'A rule.', needs: [] }
}
export const REQUIREMENTS = [
  requirement('CC-01', 'must'),
  requirement('CC-02', 'must'),
  requirement('CC-03', 'must'),
  requirement('CC-15', 'should'),
  requirement('CC-22b', 'should'),
  { ...requirement('CC-40', 'may'), unexercised: 'it cannot be requested' },
]

const TARGETS = {
  tenant: {
    kind: 'tenant',
    baseUrl: 'https://graph.microsoft.com',
    callsPath: '/beta/app/calls',
    profile: null,
    deviation: null,
  },
  simulator: {
    kind: 'simulator',
    baseUrl: 'https://graph.microsoft.com',
    callsPath: '/beta/app/calls',
    profile: 'documented',
    deviation: null,
  },
} as const

/** The verdict of a run, by default on a tenant and strict. Checks that it has the published shape. */
export function verdictOf(
  scenarios: readonly Scenario[],
  {
    on = 'tenant',
    others = [],
    ...input
  }: Partial<VerdictInput> & { on?: keyof typeof TARGETS; others?: readonly Envelope[] } = {},
): Verdict {
  const verdict = foldVerdict({
    envelopes: record(scenarios, others),
    requirements: REQUIREMENTS,
    suite: { name: 'suite', version: '1.2.3', commit: null },
    target: TARGETS[on],
    selection: { tags: null, requirements: [], stages: [], names: [], shard: null, seed: null },
    strict: true,
    interrupted: false,
    crash: null,
    ...input,
  })
  return verdictSchema.strict().parse(verdict)
}

export type Input = Parameters<typeof verdictOf>[1]
export type Expected = KnownDifference['expected']

/** Scenarios by how they end. */
export const SCENARIOS = {
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
  left: { facts: { cleanup: { made: 2, ended: 1, left: ['call 1'], uncertain: [] } } },
} satisfies Record<string, Scenario>

/** A scenario in a few words: how it ends, and its tags; its name is both. */
export function scenario(text: string): Scenario {
  const [kind, ...tags] = text.split(' ')
  return { ...SCENARIOS[kind as keyof typeof SCENARIOS], name: text, tags }
}

/** An entry in a few words: CC-nn or the name of a scenario, and what is expected of it. */
export function entry(of: string, expected: Expected): KnownDifference {
  const by = of.startsWith('CC-') ? { requirement: of, scenario: null } : { requirement: null, scenario: of }
  return { ...by, expected, reason: 'It is known.', link: `https://bugs.test/${of.replaceAll(' ', '-')}`, expires: '2030-12-31' }
}

/** The verdict of these scenarios with these entries. */
export const run = (scenarios: readonly string[], entries: readonly KnownDifference[], input?: Input) =>
  verdictOf(scenarios.map(scenario), { ...input, baseline: { file: 'known.yaml', entries: [...entries] } })
