// Faults of notifications in whole runs: what the bot must refuse fails the scenario with the reason, and is never called missing.
import assert from 'node:assert/strict'
import { generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import { after, before, describe, test } from 'mocha'
import { type Keys, loadKeys } from '../../support/simulator/identity/keys'
import { FaultRuns, told } from '../kit/faults-run'
import type { Fault } from '../kit/faulty-front'

let runs: FaultRuns
let keys: Keys
before(async () => {
  ;[runs, keys] = [await FaultRuns.open(), await loadKeys()]
})
after(() => runs.close())

const NOTIFICATION = /^POST \/calls\//
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

async function spoilt(by: Fault) {
  const result = await runs.run(await runs.settingsBehind({ spoils: NOTIFICATION, by }))
  return { ...told(result), result }
}

describe('a notification on the path of a scenario', () => {
  const REFUSED: Readonly<Record<string, readonly [says: RegExp, by: Fault]>> = {
    forged: [
      /^the bot refused a post with 401: CC-50: the token of a notification is refused: signature verification failed/,
      carrying(() => token({}, 'another key')),
    ],
    expired: [
      /^the bot refused a post with 401: CC-50: .*"exp" claim timestamp check failed/,
      carrying(() => token({ exp: now() - 600 })),
    ],
    'for another audience': [
      /^the bot refused a post with 401: CC-50: .*unexpected "aud" claim value/,
      carrying(() => token({ aud: 'somebody else' })),
    ],
    oversized: [
      /^the bot refused a post with 413: a post is longer than 1048576 bytes/,
      async ({ forward, answer, body }) => answer(await forward({ body: body + ' '.repeat(1_048_576) })),
    ],
  }
  for (const [name, [says, by]] of Object.entries(REFUSED)) {
    test(`${name}: failed at once, with the reason`, async () => {
      const { code, outcome, reason } = await spoilt(by)
      assert.deepEqual([code, outcome], [1, 'failed'])
      assert.match(reason, says)
    })
  }
})

test('a post to an address that nobody was given is counted and told, and judged by no scenario', async () => {
  const settings = await runs.settings()
  const listener = `http://${settings.BOT_CALLBACK_LISTEN}`
  let posted = false
  const front = await runs.front({
    scheme: 'http',
    behind: listener,
    spoils: NOTIFICATION,
    by: async ({ forward, answer }) => {
      if (!posted) await fetch(`${listener}/calls/guessed`, { method: 'POST', body: '{}' })
      posted = true
      answer(await forward())
    },
  })
  const { code, verdict, out } = await runs.run({ ...settings, BOT_CALLBACK_URL: `${front.origin}/calls` })
  assert.deepEqual([code, verdict?.strayPosts], [0, 1], out)
  assert.match(out, /^Stray posts: {2}1, to addresses that nobody was given: .*BOT_CALLBACK_URL/m)
})
