// Whole runs in which Graph, the token service, the keys, a notification or the machine is faulty: outcome, reason, and no call is left.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import { after, before, describe, test } from 'mocha'
import { type Keys, loadKeys } from '../../support/simulator/identity/keys'
import { publicJwk } from '../../support/simulator/identity/tokens'
import { exchanges, FaultRuns, firstScenario, RINGS } from '../kit/faults-run'
import type { Fault, Passing } from '../kit/faulty-front'

let runs: FaultRuns
let keys: Keys
before(async () => {
  ;[runs, keys] = [await FaultRuns.open(), await loadKeys()]
})
after(() => runs.close())

const NO_CALL = { made: 0, ended: 0, left: [] }
const HUNG_UP = { made: 1, ended: 1, left: [] }
const CREATE = /^POST \/beta\/app\/calls$/

/** A run with a fault at each create, and how many creates there were. */
async function faultyGraph(by: Fault) {
  const front = await runs.front({ spoils: CREATE, by })
  const result = await runs.run(await runs.settings({ GRAPH_BASE_URL: front.origin }))
  const creates = front.came.filter((one) => CREATE.test(one)).length
  return { ...firstScenario(result), result, creates, cleanup: result.verdict?.cleanup }
}

const refusing =
  (status: number, headers: Record<string, string> = {}): Fault =>
  ({ answer }) =>
    answer({
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ error: { code: 'x', message: 'Not now.' } }),
    })

/** How the attempts of a create were answered, as the record has it. */
const attempts = (result: Parameters<typeof exchanges>[0]) => exchanges(result).filter((name) => name.startsWith('create'))

describe('a Graph that is busy', () => {
  test('once: the bot retries when Graph says, and the retry is evidence', async () => {
    const asked: number[] = []
    const { code, result, cleanup } = await faultyGraph(async (passing) => {
      asked.push(Date.now())
      if (asked.length === 1) return refusing(429, { 'retry-after': '0.4' })(passing)
      passing.answer(await passing.forward())
    })
    assert.deepEqual([code, asked.length], [0, 2], result.out)
    const [first = 0, second = 0] = asked
    assert.ok(second - first >= 390, `${second - first} ms`)
    assert.deepEqual(attempts(result), ['create: bot → Graph, 429', 'create: bot → Graph, 201'])
    assert.deepEqual(cleanup, HUNG_UP)
  })

  for (const [name, headers] of [
    ['and says how long', { 'retry-after': '0.1' }],
    ['and says nothing', {}],
  ] as const) {
    test(`to the end, ${name}: not judged, and no call may exist`, async () => {
      const { code, outcome, reason, creates, result, cleanup } = await faultyGraph(refusing(429, headers))
      assert.deepEqual([code, outcome, creates], [2, 'could-not-run', 4])
      assert.match(reason, /^POST \/beta\/app\/calls was answered 429: the target is too busy to be judged$/)
      assert.equal(attempts(result).length, 4)
      assert.deepEqual(cleanup, NO_CALL)
    })
  }

  test('with 503: not judged, not repeated, and a call may exist', async () => {
    const { code, outcome, reason, creates, result, cleanup } = await faultyGraph(refusing(503))
    assert.deepEqual([code, outcome, creates], [2, 'could-not-run', 1])
    assert.match(reason, /was answered 503: the target is too busy to be judged/)
    assert.deepEqual(cleanup?.left, ['a create without an answer: a call may exist'])
    assert.match(result.out, /LEFT: a create without an answer: a call may exist/)
  })
})

describe('a Graph that answers wrongly', () => {
  test('with 500: failed, and not repeated', async () => {
    const { code, outcome, reason, creates } = await faultyGraph(refusing(500))
    assert.deepEqual([code, outcome, creates], [1, 'failed', 1])
    assert.match(reason, /^POST \/beta\/app\/calls was answered 500; no 5xx is documented for it$/)
  })

  test('with a page in place of the call: failed, and the call that it made is hung up', async () => {
    const { code, outcome, reason, cleanup } = await faultyGraph(async ({ forward, answer }) => {
      const { status } = await forward()
      answer({ status, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' })
    })
    assert.deepEqual([code, outcome], [1, 'failed'])
    assert.match(reason, /answered 201 with a body that is not JSON \(text\/html, 20 bytes\); documented: application\/json/)
    assert.deepEqual(cleanup, HUNG_UP)
  })
})

describe('a Graph whose answer does not come: not judged, not repeated; the call is hung up when a notification names it', () => {
  const LOST: Readonly<Record<string, readonly [says: RegExp, by: (passing: Passing) => Promise<void>]>> = {
    'the connection breaks in mid-body': [/other side closed$/, async ({ forward, tear }) => tear(await forward())],
    'nothing comes': [/nothing came within 3 s$/, async ({ forward }) => void (await forward())],
  }
  for (const [name, [says, by]] of Object.entries(LOST)) {
    test(name, async () => {
      const { code, outcome, reason, creates, result, cleanup } = await faultyGraph(by)
      assert.deepEqual([code, outcome, creates], [2, 'could-not-run', 1])
      assert.match(reason, /^POST https:\/\/localhost:\d+\/beta\/app\/calls: no answer: /)
      assert.match(reason, says)
      assert.deepEqual(attempts(result), ['create: bot → Graph, no answer'])
      assert.deepEqual(cleanup, HUNG_UP)
    })
  }
})

describe('a run that cannot work stops by itself, and says so once', () => {
  const THREE = ['CC-30', 'CC-31', 'CC-32'].flatMap((id) => ['--requirement', id])
  // Far longer than the test may take: nothing is left to wait for.
  const limits = { unansweredCreateMs: 600_000 }

  async function stopped(otherwise: NodeJS.ProcessEnv) {
    const settings = await runs.settings(otherwise)
    const { code, out, verdict } = await runs.attempt(settings, THREE, limits)
    assert.equal(code, 2, out)
    assert.deepEqual(runs.journals(settings), [])
    assert.deepEqual(verdict?.cleanup, NO_CALL)
    const [first, ...others] = verdict?.scenarios ?? []
    assert.deepEqual(
      others.map(({ outcome, reason }) => [outcome, reason?.split(':')[0]]),
      others.map(() => ['could-not-run', 'not started']),
    )
    assert.equal(out.match(/not started/g)?.length, 1, out)
    return { out, reason: first?.reason ?? '', others: others.length }
  }

  test('Graph refuses connections: no call can have been made', async () => {
    const graph = await runs.front({})
    graph.close()
    const { out, reason, others } = await stopped({ GRAPH_BASE_URL: graph.origin })
    assert.match(reason, /^POST https:.*: no answer: .*ECONNREFUSED/)
    assert.match(
      out,
      new RegExp(`\\? ${others} scenarios were not started: Graph unreachable; "npm run doctor" says what to fix$`, 'm'),
    )
    assert.match(out, /^Incomplete: \d+ of \d+ must rules not judged \(Graph unreachable\), /m)
  })

  test('the token service refuses the secret', async () => {
    const { out, reason } = await stopped({ GRAPH_CLIENT_SECRET: 'not-the-secret' })
    assert.match(reason, /^the token service gave no token: 401 invalid_client/)
    assert.match(out, /not started: token refused; "npm run doctor"/)
  })

  test('the control API refuses its token, or is not there', async () => {
    const { out, reason } = await stopped({ GRAPH_PEOPLE_TOKEN: 'not-the-token' })
    assert.match(reason, /refuses GRAPH_PEOPLE_TOKEN: write the token that the simulator prints/)
    assert.match(out, /not started: control token refused/)
    const gone = await runs.front({ scheme: 'http' })
    gone.close()
    assert.match((await stopped({ GRAPH_PEOPLE: gone.origin })).out, /not started: control API unreachable/)
  })
})

test('a token service where nothing listens: not judged, and Graph receives nothing', async () => {
  const [graph, login] = [await runs.front({}), await runs.front({})]
  login.close()
  const settings = await runs.settings({ GRAPH_BASE_URL: graph.origin, GRAPH_AUTHORITY_URL: login.origin })
  const result = await runs.run(settings)
  const { code, outcome, reason } = firstScenario(result)
  assert.deepEqual([code, outcome, graph.came, result.verdict?.cleanup], [2, 'could-not-run', [], NO_CALL], reason)
  assert.match(reason, /^(GET|POST) https:.*: no answer: .*ECONNREFUSED/)
})

describe('the keys of notification tokens', () => {
  const KEYS = /^GET \/v1\/keys$/
  async function behind(spoils: RegExp, by: Fault) {
    const front = await runs.front({ spoils, by })
    const { pathname } = new URL(runs.simulator.announced.openIdConfiguration)
    const result = await runs.run(await runs.settings({ BOT_NOTIFICATION_OPENID: front.origin + pathname }))
    return { ...firstScenario(result), result, fetched: front.came.filter((one) => KEYS.test(one)).length }
  }

  for (const [name, spoils, says] of [
    ['configuration', /\.well-known/, /OpenIdConfiguration: no answer: other side closed$/],
    ['keys', KEYS, /\/v1\/keys: no answer: other side closed$/],
  ] as const) {
    test(`cannot be fetched (${name}): not judged, and no call is made`, async () => {
      const { code, outcome, reason, result } = await behind(spoils, ({ drop }) => drop())
      assert.deepEqual([code, outcome], [2, 'could-not-run'], reason)
      assert.match(reason, says)
      assert.deepEqual([result.verdict?.cleanup.made, attempts(result)], [0, []])
    })
  }

  test('change right after they were fetched: they are fetched again, and the run passes', async () => {
    let changed = false
    const { code, fetched, result } = await behind(KEYS, async ({ forward, answer }) => {
      if (changed) return answer(await forward())
      changed = true
      answer({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ keys: [publicJwk(keys.token)] }) })
    })
    assert.deepEqual([code, fetched], [0, 2], result.out)
    assert.equal(exchanges(result).filter((name) => name.startsWith('keys')).length, 3)
  })
})

describe('a notification that the bot must refuse: failed at once, with the reason', () => {
  const now = () => Math.floor(Date.now() / 1000)

  /** A token such as Graph's, with some claims replaced, signed by the true key or by another under its id. */
  async function token(claims: JWTPayload, by: 'the true key' | 'another key' = 'the true key'): Promise<string> {
    const { kid, privateJwk } = keys.notification
    const key = by === 'the true key' ? await importJWK(privateJwk as JWK, 'RS256') : (await generateKeyPair('RS256')).privateKey
    const aud = runs.simulator.announced.apps[0]?.clientId ?? ''
    const whole = { aud, iss: 'https://api.botframework.com', nbf: now() - 900, exp: now() + 900, ...claims }
    return new SignJWT(whole).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(key)
  }

  const carrying =
    (made: () => Promise<string>): Fault =>
    async ({ forward, answer, headers }) =>
      answer(await forward({ headers: { ...headers, authorization: `Bearer ${await made()}` } }))

  const REFUSED: Readonly<Record<string, readonly [says: RegExp, by: Fault]>> = {
    forged: [/401: CC-50: .*signature verification failed/, carrying(() => token({}, 'another key'))],
    expired: [/401: CC-50: .*"exp" claim timestamp check failed/, carrying(() => token({ exp: now() - 600 }))],
    'for another audience': [/401: CC-50: .*unexpected "aud" claim value/, carrying(() => token({ aud: 'another app' }))],
    oversized: [
      /413: a post is longer than 1048576 bytes/,
      async ({ forward, answer, body }) => answer(await forward({ body: body + ' '.repeat(1_048_576) })),
    ],
  }
  for (const [name, [says, by]] of Object.entries(REFUSED)) {
    test(name, async () => {
      const { code, outcome, reason } = firstScenario(
        await runs.run(await runs.settingsBehind({ spoils: /^POST \/calls\//, by })),
      )
      assert.deepEqual([code, outcome], [1, 'failed'])
      assert.match(reason, /^the bot refused a post with /)
      assert.match(reason, says)
    })
  }
})

describe('around a run', () => {
  test('a post that something before the bot holds back until the simulator is idle still fails "nothing else"', async () => {
    let heldBack = async () => {}
    const settings = await runs.settingsBehind({
      spoils: /^POST \/calls\//,
      by: async ({ forward, answer, body }) => {
        answer(await forward())
        const change = body.replace('"updated"', '"deleted"').replace('"established"', '"terminated"')
        if (change !== body) heldBack = async () => void (await forward({ body: change }))
      },
    })
    const people = await runs.front({
      scheme: 'http',
      behind: runs.simulator.announced.control.url,
      spoils: /./,
      by: async ({ forward, answer, headers, path }) => {
        answer(await forward({ headers: { ...headers, host: new URL(runs.simulator.announced.control.url).host } }))
        if (path === '/wait-for-idle') await heldBack()
      },
    })
    // The post is under way when the wait begins; the limit is far above what a busy machine needs for it.
    const { code, outcome, reason } = firstScenario(
      await runs.attempt({ ...settings, GRAPH_PEOPLE: people.origin }, RINGS, { idleQuietMs: 2_000 }),
    )
    assert.deepEqual([code, outcome], [1, 'failed'], reason)
    assert.match(reason, /unexpected notification: call deleted, terminated/)
  })

  test('a post to an address that no bot has is counted and reported, and fails no scenario', async () => {
    const settings = await runs.settings()
    const listener = `http://${settings.BOT_CALLBACK_LISTEN}`
    let posted = false
    const front = await runs.front({
      scheme: 'http',
      behind: listener,
      spoils: /^POST \/calls\//,
      by: async ({ forward, answer }) => {
        if (!posted) await fetch(`${listener}/calls/guessed`, { method: 'POST', body: '{}' })
        posted = true
        answer(await forward())
      },
    })
    const { code, verdict, out } = await runs.run({ ...settings, BOT_CALLBACK_URL: `${front.origin}/calls` })
    assert.deepEqual([code, verdict?.strayPosts], [0, 1], out)
    assert.match(out, /^Stray posts: {2}1, to addresses that no bot has: .*BOT_CALLBACK_URL/m)
  })

  test('the port of the callback is taken: nothing is sent, and the message names the variable and the remedy', async () => {
    const settings = await runs.settings()
    const [graph, login] = [await runs.front({}), await runs.front({})]
    const taken = createServer()
    const port = Number(settings.BOT_CALLBACK_LISTEN?.split(':')[1])
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve))
    const result = await runs.run({ ...settings, GRAPH_BASE_URL: graph.origin, GRAPH_AUTHORITY_URL: login.origin })
    await new Promise((resolve) => taken.close(resolve))
    const { code, outcome, reason } = firstScenario(result)
    assert.deepEqual([code, outcome, graph.came, login.came], [3, 'harness-error', [], []])
    assert.match(reason, /BOT_CALLBACK_LISTEN: 127\.0\.0\.1:\d+ is taken by another program: end that one, or write another port/)
  })

  test('Graph’s clock is an hour away: not judged, the message says which way, and the call is hung up', async () => {
    const graph = await runs.front({
      spoils: /./,
      by: async ({ forward, answer }) => {
        const answered = await forward()
        const date = new Date(Date.now() + 3_600_000).toUTCString()
        answer({ ...answered, headers: { ...answered.headers, date } })
      },
    })
    const result = await runs.run(await runs.settings({ GRAPH_BASE_URL: graph.origin }))
    const { code, outcome, reason } = firstScenario(result)
    assert.deepEqual([code, outcome], [2, 'could-not-run'])
    assert.match(reason, /^this machine's clock is 60 min behind Graph's: set it/)
    assert.deepEqual(result.verdict?.cleanup, HUNG_UP)
  })
})
