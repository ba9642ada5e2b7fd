// A batch of trials in this process: where each stops, and what a trial reports when its scenarios cannot run.
import assert from 'node:assert/strict'
import { before, describe, test } from 'mocha'
import { loadRequirementsFile } from '../contract/requirements'
import { armable } from '../mutation'
import { loadSupportCode } from '../suite/cucumber'
import { trialOf, type Written, writtenScenarios } from './plan'
import { type Catches, type Trial, Trials } from './trial'

const BROKEN = armable().deviations.find(({ id }) => id === 'location-missing') ?? assert.fail()
const LAWFUL = armable().variations.find(({ requirement }) => requirement === null) ?? assert.fail()

let scenarios: readonly Written[]
let trialsThat: (catches: Catches) => Trials
before(async () => {
  const support = await loadSupportCode()
  scenarios = await writtenScenarios(support)
  trialsThat = (catches) => new Trials(support, loadRequirementsFile(), catches)
})

test('the features say what each scenario can come to', () => {
  const makes = (id: string) => [
    ...new Set(scenarios.filter(({ requirements }) => requirements.includes(id)).map((one) => one.makes.join())),
  ]
  assert.deepEqual([makes('CC-30'), makes('CC-35'), makes('MU-01')], [['calls'], ['joins'], ['joins']])
  // Refusals, and calls to several people.
  assert.deepEqual(makes('CC-12'), ['', 'calls'])
  const [both] = scenarios.filter(({ name }) => name === 'Ending the first of two calls leaves the second one')
  assert.deepEqual(both?.makes, ['calls', 'joins'])
})

describe('a batch of trials', () => {
  const broken = (): Trial => trialOf(BROKEN, scenarios, false)

  test('stops each trial at the first scenario that catches it', async () => {
    const asked: string[] = []
    const trials = trialsThat((id, { outcome }) => {
      asked.push(id)
      return outcome === 'failed'
    })
    const [first, second] = await trials.run([broken(), { ...broken(), id: LAWFUL.id }])
    assert.deepEqual([first?.scenarios.map(({ outcome }) => outcome), first?.crash], [['failed'], null])
    assert.ok((second?.scenarios.length ?? 0) > 1)
    assert.deepEqual(
      second?.scenarios.map(({ outcome }) => outcome),
      broken().places.map(() => 'passed'),
    )
    assert.equal(asked.filter((id) => id === BROKEN.id).length, 1)
  })

  test('goes on after a scenario that fails for another reason, in the order of the trial', async () => {
    const [result] = await trialsThat(() => false).run([broken()])
    assert.deepEqual(
      result?.scenarios.map(({ uri, line }) => `${uri}:${line}`),
      broken().places,
    )
    assert.ok(result?.scenarios.every(({ outcome }) => outcome === 'failed'))
  })

  test('runs all scenarios of a trial that does not stop', async () => {
    const [result] = await trialsThat(() => true).run([{ ...broken(), untilCaught: false }])
    assert.equal(result?.scenarios.length, broken().places.length)
  })

  test('fails every trial of a run with a missing scenario', async () => {
    const [first = ''] = broken().places
    const missing = `${first}999`
    const [result, other] = await trialsThat(() => true).run([{ ...broken(), places: [missing] }, broken()])
    assert.match(result?.crash ?? '', new RegExp(`no scenario stands at ${missing}`))
    assert.match(other?.crash ?? '', /no scenario stands at/)
  })

  test('reports an unknown deviation', async () => {
    const [result] = await trialsThat(() => false).run([{ ...broken(), id: 'moon' }])
    assert.equal(result?.scenarios[0]?.outcome, 'harness-error')
    assert.match(result?.scenarios[0]?.reason ?? '', /there is no deviation "moon"/)
  })
})
