// Faults of the keys of notification tokens in whole runs: without them no call is made; others may come while a run goes on.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'mocha'
import { loadKeys } from '../../support/simulator/identity/keys'
import { publicJwk } from '../../support/simulator/identity/tokens'
import { exchanges, FaultRuns, told } from '../kit/faults-run'
import type { Fault, Front } from '../kit/faulty-front'

let runs: FaultRuns
before(async () => {
  runs = await FaultRuns.open()
})
after(() => runs.close())

const CONFIGURATION = /\.well-known/
const KEYS = /^GET \/v1\/keys$/

async function keysBehind(spoils: RegExp, by: Fault) {
  const front = await runs.front({ spoils, by })
  const { pathname } = new URL(runs.simulator.announced.openIdConfiguration)
  const result = await runs.run(await runs.settings({ BOT_NOTIFICATION_OPENID: front.origin + pathname }))
  return { ...told(result), result, fetched: fetchedAt(front) }
}
const fetchedAt = ({ came }: Front) => came.filter((one) => KEYS.test(one)).length

describe('no call is made', () => {
  const UNUSABLE: Readonly<Record<string, readonly [spoils: RegExp, by: Fault, says: RegExp]>> = {
    'when the configuration is out of reach': [
      CONFIGURATION,
      ({ drop }) => drop(),
      /OpenIdConfiguration: no answer: other side closed$/,
    ],
    'when the keys are out of reach': [KEYS, ({ drop }) => drop(), /\/v1\/keys: no answer: other side closed$/],
  }
  for (const [name, [spoils, by, says]] of Object.entries(UNUSABLE)) {
    test(name, async () => {
      const { code, outcome, reason, result } = await keysBehind(spoils, by)
      assert.deepEqual([code, outcome], [2, 'could-not-run'], reason)
      assert.match(reason, says)
      assert.equal(result.verdict?.cleanup.made, 0)
      assert.ok(!exchanges(result).some((name) => name.startsWith('create')))
    })
  }
})

test('keys that are exchanged right after they were fetched are fetched again, and all is judged', async () => {
  const keys = await loadKeys()
  let exchanged = false
  const { code, fetched, result } = await keysBehind(KEYS, async ({ forward, answer }) => {
    if (exchanged) return answer(await forward())
    exchanged = true
    answer({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ keys: [publicJwk(keys.token)] }) })
  })
  assert.deepEqual([code, fetched], [0, 2], result.out)
  assert.equal(exchanges(result).filter((name) => name.startsWith('keys')).length, 3)
})
