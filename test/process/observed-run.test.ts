// The whole suite against the observed profile of the simulator, under each root: known drift is all that differs.
import assert from 'node:assert/strict'
import type { Envelope } from '@cucumber/messages'
import { describe } from 'mocha'
import { heldTo, readOptions } from '../../support/cli/options'
import { loadDrift } from '../../support/contract/discrepancies'
import { loadRequirementsFile } from '../../support/contract/requirements'
import { callsPaths, revisionOf } from '../../support/contract/revisions'
import { foldVerdict } from '../../support/results/verdict'
import { NOT_SHOWN } from '../../support/simulator/http/observed'
import { loadSupportCode, runScenarios } from '../../support/suite/cucumber'
import { FULL_ONLY, testUnless } from '../kit/unless'

const file = loadRequirementsFile()

/** Drift from the page of 2019 that the pages of a later revision print themselves. */
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  'beta-2023': ['D-09'],
  'v1.0': ['D-04', 'D-09'],
}

describe('with the observed profile every scenario passes, and the drift is found', () => {
  for (const callsPath of callsPaths()) {
    testUnless(FULL_ONLY, `under ${callsPath}`, async () => {
      const { id } = revisionOf(callsPath)
      const args = ['--profile', 'observed', '--calls-path', callsPath]
      const options = readOptions(args, file.requirements, () => {}) ?? assert.fail()
      assert.equal(options.strict, false)
      const { selection, parameters } = heldTo(options, revisionOf(callsPath), file.requirements)
      const envelopes: Envelope[] = []
      await runScenarios({
        selection,
        parameters: { ...parameters, mount: 'direct', evidence: false },
        support: await loadSupportCode(),
        onMessage: (envelope) => envelopes.push(envelope),
        onComplaint: (text) => console.error(text),
      })
      const verdict = (strict: boolean) =>
        foldVerdict({
          envelopes,
          ...file,
          suite: { name: 'test', version: '0', commit: null },
          target: { kind: 'simulator', baseUrl: '', callsPath, profile: parameters.profile, deviation: null },
          selection: { tags: null, requirements: [], stages: [], names: [], shard: null, seed: null },
          strict,
          interrupted: false,
          crash: null,
        })
      const { outcome, scenarios } = verdict(false)
      assert.deepEqual(
        scenarios.filter((one) => one.outcome !== 'passed' || one.warnings.length > 0).map(({ name, reason }) => [name, reason]),
        [],
      )
      assert.equal(outcome, 'conformant')
      const absent = [...NOT_SHOWN.map(({ drift }) => drift), ...(PRINTED[id] ?? [])]
      const shown = loadDrift().filter((drift) => !absent.includes(drift.id))
      assert.deepEqual(
        [...new Set(scenarios.flatMap(({ drift }) => drift))].sort(),
        shown.map((drift) => drift.id),
      )
      assert.equal(verdict(true).outcome, 'non-conformant')
    })
  }
})
