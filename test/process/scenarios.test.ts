// The scenarios pass with any cast and with calls that live at once. That they catch deviations is shown by `npm run deviations`.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { after, before, describe, test } from 'mocha'
import { parse, stringify } from 'yaml'
import { exampleRequirements } from '../../support/contract/documented'
import { loadRequirements, loadRequirementsFile, tagsOfRevision } from '../../support/contract/requirements'
import { DEFAULT_CALLS_PATH, loadRevisions } from '../../support/contract/revisions'
import type { Verdict } from '../../support/contract/verdict'
import { foldVerdict } from '../../support/results/verdict'
import { EVERYTHING, loadSupportCode, runScenarios, type SupportCode } from '../../support/suite/cucumber'
import { DEFAULT_PARAMETERS, type WorldParameters } from '../../support/suite/world-parameters'
import { FULL_ONLY, testUnless } from '../kit/unless'

const DOCUMENTED = 'fixtures/world.yaml'
const SECOND = 'test/kit/second-cast.yaml'

/** The scenarios of the documented examples, by a short key. */
const EXAMPLES = {
  'CC-30': 'A call to a person, with media hosted by the service',
  'CC-31': 'A call to a person, with media hosted by the application',
  'CC-31 accepted': "A call to a person is accepted with the application's media, whether or not a media stack runs",
  'CC-32': 'Joining a scheduled meeting, with media hosted by the service',
  'CC-33': 'Joining a scheduled meeting, with media hosted by the application',
  'CC-33 accepted': "Joining a scheduled meeting is accepted with the application's media, whether or not a media stack runs",
  'CC-34': 'Joining a channel meeting',
  'CC-35': 'Joining a channel meeting as a guest who waits in the lobby',
} as const
type Key = keyof typeof EXAMPLES
const ALL = Object.keys(EXAMPLES) as Key[]

let support: SupportCode
before(async () => {
  support = await loadSupportCode()
})

/** The scenarios of the six examples alone. */
const OF_EXAMPLES = exampleRequirements(loadRevisions().slice(0, 1))
  .map((id) => `@${id}`)
  .join(' or ')

async function verdictWith(parameters: Partial<WorldParameters>, tags = OF_EXAMPLES): Promise<Verdict> {
  const { callsPath = DEFAULT_CALLS_PATH } = parameters
  const envelopes: Envelope[] = []
  await runScenarios({
    selection: { ...EVERYTHING, tags },
    parameters: { ...DEFAULT_PARAMETERS, mount: 'direct', ...parameters },
    support,
    onMessage: (envelope) => envelopes.push(envelope),
    onComplaint: (text) => console.error(text),
  })
  return foldVerdict({
    envelopes,
    ...loadRequirementsFile(),
    suite: { name: 'test', version: '0', commit: null },
    target: { kind: 'simulator', baseUrl: '', callsPath, profile: 'documented', deviation: parameters.deviation ?? null },
    selection: { tags: null, requirements: [], stages: [], names: [], shard: null, seed: null },
    strict: true,
    interrupted: false,
    crash: null,
  })
}

const examplesThat = ({ scenarios }: Verdict, outcome: string) =>
  ALL.filter((key) => scenarios.some((one) => one.name === EXAMPLES[key] && one.outcome === outcome))

const describeAll = ({ scenarios }: Verdict) =>
  scenarios.map(({ name, outcome, reason }) => `${outcome} ${name}: ${reason}`).join('\n')

async function allPass(parameters: Partial<WorldParameters>, calls: number) {
  const verdict = await verdictWith(parameters)
  assert.deepEqual(examplesThat(verdict, 'passed'), ALL, describeAll(verdict))
  assert.equal(verdict.outcome, 'conformant', describeAll(verdict))
  assert.ok(
    verdict.cleanup.made >= calls && verdict.cleanup.ended === verdict.cleanup.made,
    `${verdict.cleanup.made} made, ${verdict.cleanup.ended} ended`,
  )
}

for (const { id, callsPath } of loadRevisions().filter((one) => one.callsPath !== DEFAULT_CALLS_PATH))
  test(`every scenario of revision ${id} passes`, async () => {
    const casts = [id === 'v1.0' ? SECOND : DOCUMENTED]
    const verdict = await verdictWith({ callsPath, casts }, tagsOfRevision(id, loadRequirements()))
    assert.equal(verdict.outcome, 'conformant', describeAll(verdict))
    assert.deepEqual(
      verdict.scenarios.filter(({ outcome, drift }) => outcome !== 'passed' || drift.length > 0),
      [],
    )
    assert.ok(verdict.scenarios.length > 400 && verdict.requirements.some((one) => one.id === 'CC-81'))
    assert.equal(verdict.document.revision, id)
    // What the pages do not have is not missing.
    assert.deepEqual(
      verdict.requirements.filter(({ partial }) => partial),
      [],
    )
  })

// In every run those of v1.0 have that cast.
testUnless(FULL_ONLY, 'every scenario passes with a wholly different cast', async () => {
  const verdict = await verdictWith({ casts: [SECOND] }, tagsOfRevision('2019-11', loadRequirements()))
  const others = verdict.scenarios.filter(({ outcome }) => outcome !== 'passed')
  assert.deepEqual(others, [])
  assert.ok(verdict.scenarios.length > 250)
})

describe('the six examples pass', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'casts-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  /** The documented bot and people again, in other meetings and with another callback: a second call of the same bot. */
  function sameBotElsewhere(): string {
    const cast = parse(readFileSync(DOCUMENTED, 'utf8'))
    cast.bot.callbackUri = 'https://bot.contoso.com/another/callback'
    cast.meetings.scheduled.threadId = '19:meeting_another@thread.v2'
    cast.meetings.channel.messageId = '1533758867999'
    const file = join(folder, 'same-bot.yaml')
    writeFileSync(file, stringify(cast))
    return file
  }

  test('called directly', () => allPass({}, 8))
  test('intercepted by nock', () => allPass({ mount: 'nock' }, 8))
  test('with the calls of two casts interleaved', () => allPass({ casts: [DOCUMENTED, SECOND] }, 16))
  test('with two calls of one bot to one person interleaved', () => allPass({ casts: [DOCUMENTED, sameBotElsewhere()] }, 16))
})
