// The scenarios themselves: they pass with any cast and with calls that live at once, and see each deviation where they should.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Envelope } from '@cucumber/messages'
import { parse, stringify } from 'yaml'
import { loadRequirementsFile } from '../support/contract/requirements'
import type { Verdict } from '../support/contract/verdict'
import { BY_THE_BOOK, type WorldParameters } from '../support/run/parameters'
import { EVERYTHING, loadSupportCode, runScenarios, type SupportCode } from '../support/run/scenarios'
import { foldVerdict } from '../support/run/verdict'

const DOCUMENTED = 'fixtures/cast.yaml'
const SECOND = 'test/fixtures/second-cast.yaml'
const EXAMPLES = ['CC-30', 'CC-31', 'CC-32', 'CC-33', 'CC-34', 'CC-35']

let support: SupportCode
before(async () => {
  support = await loadSupportCode()
})

async function verdictWith(parameters: Partial<WorldParameters>): Promise<Verdict> {
  const envelopes: Envelope[] = []
  await runScenarios({
    selection: EVERYTHING,
    parameters: { ...BY_THE_BOOK, mount: 'direct', ...parameters },
    support,
    onMessage: (envelope) => envelopes.push(envelope),
    onComplaint: (text) => console.error(text),
  })
  return foldVerdict({
    envelopes,
    ...loadRequirementsFile(),
    suite: { name: 'test', version: '0', commit: null },
    target: { kind: 'simulator', baseUrl: '', callsPath: '', profile: 'documented', deviation: parameters.deviation ?? null },
    selection: { tags: null, requirements: [], stages: [], shard: null, seed: null },
    strict: true,
    interrupted: false,
    crash: null,
  })
}

const requirementsOf = ({ scenarios }: Verdict, outcome: string) =>
  scenarios
    .filter((one) => one.outcome === outcome && one.requirements.some((id) => EXAMPLES.includes(id)))
    .flatMap(({ requirements }) => requirements)

const told = ({ scenarios }: Verdict) => scenarios.map(({ name, outcome, reason }) => `${outcome} ${name}: ${reason}`).join('\n')

async function allPass(parameters: Partial<WorldParameters>, calls: number) {
  const verdict = await verdictWith(parameters)
  assert.deepEqual(requirementsOf(verdict, 'passed'), EXAMPLES, told(verdict))
  assert.ok(
    verdict.cleanup.made >= calls && verdict.cleanup.ended === verdict.cleanup.made,
    `${verdict.cleanup.made} made, ${verdict.cleanup.ended} ended`,
  )
}

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

  test('called directly', () => allPass({}, 6))
  test('intercepted by nock', () => allPass({ mount: 'nock' }, 6))
  test('with a wholly different cast', () => allPass({ casts: [SECOND] }, 6))
  test('with the calls of two casts interleaved', () => allPass({ casts: [DOCUMENTED, SECOND] }, 12))
  test('with two calls of one bot to one person interleaved', () => allPass({ casts: [DOCUMENTED, sameBotElsewhere()] }, 12))
})

describe('a deviation is seen by exactly the scenarios that should see it', () => {
  const meetings = ['CC-32', 'CC-33', 'CC-34', 'CC-35']
  const SEEN_BY: readonly { readonly id: string; readonly by: readonly string[]; readonly naming: RegExp }[] = [
    { id: 'location-missing', by: EXAMPLES, naming: /the answer to example \d has no Location; documented: https:.*CC-03/ },
    { id: 'roster-row-missing', by: meetings, naming: /"roster updated, John and the bot" did not come/ },
    { id: 'established-missing', by: EXAMPLES, naming: /"call updated, established" did not come/ },
    { id: 'lobby-flag-stuck', by: ['CC-35'], naming: /"roster updated, John and the bot in the lobby" came besides/ },
    { id: 'answer-not-json', by: EXAMPLES, naming: /answered 201 with a body that is no JSON \(text\/html/ },
    { id: 'create-fails', by: EXAMPLES, naming: /POST \/beta\/app\/calls was answered 500/ },
  ]
  for (const { id, by, naming } of SEEN_BY) {
    test(id, async () => {
      const verdict = await verdictWith({ deviation: id })
      assert.deepEqual(requirementsOf(verdict, 'failed'), by, told(verdict))
      assert.equal(verdict.outcome, 'non-conformant')
      for (const { outcome, reason } of verdict.scenarios) if (outcome === 'failed') assert.match(reason ?? '', naming)
    })
  }
})
