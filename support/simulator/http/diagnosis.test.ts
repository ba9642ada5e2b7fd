// Why a request was refused, as the journal says: which permission was missing, where a token came from, what became of it.
import assert from 'node:assert/strict'
import { importJWK, type JWK, SignJWT } from 'jose'
import { describe, test } from 'mocha'
import { BOT, CALLS, NEW_YEAR, registration, request, type Simulated, simulated, TENANT } from '../../../test/kit/simulated-world'
import type { JournalEntry } from '../runtime/journal'

const last = (run: Simulated): JournalEntry => run.simulator.journal.entries().at(-1) ?? assert.fail('the journal is empty')

const seconds = NEW_YEAR / 1000

describe('why a token was refused', () => {
  const AUD = 'https://graph.microsoft.com'
  const OURS = {
    aud: AUD,
    iss: `https://sts.windows.net/${TENANT}/`,
    appid: BOT.clientId,
    tid: TENANT,
    nbf: seconds,
    exp: seconds + 60,
  }
  const diagnoses: readonly [what: string, claims: object, diagnosis: RegExp][] = [
    [
      'it is of a real tenant',
      { ...OURS, iss: 'https://login.microsoftonline.com/contoso/v2.0', aud: 'api://bot' },
      /was issued by https:\/\/login\.microsoftonline\.com\/contoso\/v2\.0 for audience api:\/\/bot: get one from this simulator's token service.*scope https:\/\/graph\.microsoft\.com\/\.default/,
    ],
    [
      'it is of another issuer for Graph',
      { ...OURS, iss: 'https://localhost:9/t' },
      /was issued by https:\/\/localhost:9\/t for audience https:\/\/graph\.microsoft\.com: get one/,
    ],
    ['it is that of a notification', { ...OURS, iss: 'https://api.botframework.com' }, /is that of a notification/],
    ['its app is unknown', { ...OURS, appid: 'unknown' }, /is of app unknown in tenant .* none that this simulator knows/],
    [
      'it has expired',
      { ...OURS, nbf: seconds - 900, exp: seconds - 300 },
      /has expired at 2025-12-31T23:55:00Z, 5 min ago on the simulator's clock: get one/,
    ],
    [
      'it is not valid yet',
      { ...OURS, nbf: seconds + 30 },
      /is not valid before 2026-01-01T00:00:30Z, in 30 s on the simulator's clock/,
    ],
  ]
  for (const [what, claims, diagnosis] of diagnoses) {
    test(`because ${what}`, async () => {
      const run = await simulated()
      const key = await importJWK(run.keys.token.privateJwk as JWK, 'RS256')
      const token = await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: run.keys.token.kid }).sign(key)
      assert.equal((await run.ask('GET', `${CALLS}/x`, { token })).status, 401)
      assert.match(last(run).text, diagnosis)
    })
  }

  test('because it was changed on its way, or signed with another key', async () => {
    const run = await simulated()
    const [head, body] = (await run.token()).split('.')
    await run.ask('GET', `${CALLS}/x`, { token: `${head}.${body}.${'A'.repeat(342)}` })
    assert.match(
      last(run).text,
      /signature verification failed; it says that it was issued by https:\/\/sts\.windows\.net\/.* for audience https:\/\/graph\.microsoft\.com to app 2891555a/,
    )
  })

  const none: readonly [what: string, headers: Record<string, string>, origin: string, diagnosis: RegExp][] = [
    [
      'a Graph client dropped it',
      { sdkversion: 'graph-js/3.0.7 (featureUsage=7)' },
      'https://localhost:5050',
      /the Graph client graph-js\/3\.0\.7 came without its token, which it drops on hosts that it does not know: configure that localhost is Graph too/,
    ],
    [
      'perhaps a Graph client dropped it',
      {},
      'https://localhost:5050',
      /no Authorization header came: get one .* if this was a Graph client, .*customHosts with "localhost", without the port/,
    ],
    ['none was sent to Graph', {}, 'https://graph.microsoft.com', /no Authorization header came: get one[^;]*$/],
    ['it came in another scheme', { authorization: 'Basic eDp5' }, 'https://localhost', /does not begin with "Bearer "/],
    ['there are two', { authorization: 'Bearer a b' }, 'https://localhost', /no single token after "Bearer"/],
    ['it is one part of a token', { authorization: 'Bearer abc' }, 'https://localhost', /has 1 part in place of three/],
    ['it is opaque', { authorization: 'Bearer a.b.c' }, 'https://localhost', /has three parts, and they cannot be read/],
  ]
  for (const [what, headers, origin, diagnosis] of none) {
    test(`because ${what}`, async () => {
      const run = await simulated()
      await run.ask('GET', `${CALLS}/x`, { token: null, headers, origin })
      assert.match(last(run).text, diagnosis)
    })
  }

  test('because the app lacks a permission: which one, and which it has', async () => {
    const app = registration(5, { permissions: ['Calls.AccessMedia.All', 'User.Read.All'] })
    const bare = registration(6, { permissions: [] })
    const run = await simulated({ directory: { apps: [app, bare], meetings: [] } })
    await run.create(request(1), { token: await run.token(app) })
    assert.match(
      last(run).text,
      /403 7504, app .* lacks Calls\.Initiate\.All, needed for a peer-to-peer call: grant it.*; its token has Calls\.AccessMedia\.All, User\.Read\.All$/,
    )
    await run.create(request(1), { token: await run.token(bare) })
    assert.match(last(run).text, /its token has no permission at all$/)
  })
})
