// Faults of the token service in whole runs: nothing can be said about Graph, nothing is asked of it, and the reason names the cause.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'mocha'
import { FaultRuns, told } from '../kit/faults-run'
import type { Fault } from '../kit/faulty-front'

let runs: FaultRuns
before(async () => {
  runs = await FaultRuns.open()
})
after(() => runs.close())

const TOKEN = /^POST \/[^/]+\/oauth2\/v2\.0\/token$/

/** A run with a token service that fails so; neither a call nor a request for one may come of it. */
async function unjudged(settings: Record<string, string>): Promise<string> {
  const graph = await runs.front({})
  const result = await runs.run(await runs.settings({ GRAPH_BASE_URL: graph.origin, ...settings }))
  const { code, outcome, reason } = told(result)
  assert.deepEqual([code, outcome], [2, 'could-not-run'], reason)
  assert.deepEqual([graph.came, result.verdict?.cleanup], [[], { made: 0, ended: 0, left: [] }])
  return reason
}

async function spoilt(by: Fault): Promise<string> {
  const front = await runs.front({ spoils: TOKEN, by })
  return unjudged({ GRAPH_AUTHORITY_URL: front.origin })
}

describe('no token is had', () => {
  test('where nothing listens', async () => {
    const front = await runs.front({})
    front.close()
    assert.match(
      await unjudged({ GRAPH_AUTHORITY_URL: front.origin }),
      /^(GET|POST) https:\/\/localhost:\d+\/.*: no answer: .*ECONNREFUSED/,
    )
  })

  test('where the answer does not come', async () => {
    assert.match(await spoilt(() => {}), /^POST https:\/\/localhost:\d+\/.*\/token: no answer: nothing came within 1 s$/)
  })

  test('where another answer comes', async () => {
    const page: Fault = ({ answer }) => answer({ headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' })
    assert.match(
      await spoilt(page),
      /^the token service gave no token: 200 with an answer that is none of OAuth \(text\/html, 20 characters\)$/,
    )
  })

  test('with a wrong secret, which is told nowhere', async () => {
    const reason = await unjudged({ GRAPH_CLIENT_SECRET: 'not-the-secret' })
    assert.match(reason, /^the token service gave no token: 401 invalid_client \(AADSTS7000215\): check the secret/)
    assert.ok(!reason.includes('not-the-secret'))
  })
})
