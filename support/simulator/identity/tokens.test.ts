// Tokens and keys: the token endpoint, the token that comes with a notification, and the keys on disk.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { after, beforeEach, describe, test } from 'mocha'
import {
  BOT,
  DIRECTORY,
  NEW_YEAR,
  OTHER_TENANT,
  PERMISSIONS,
  request,
  SECOND_BOT,
  type Simulated,
  STRANGER,
  simulated,
  TENANT,
} from '../../../test/kit/simulated-world'
import { NEEDS_MODES, testUnless } from '../../../test/kit/unless'
import type { JsonObject } from '../../contract/json'
import type { Caller } from '../core/commands'
import type { Refusal } from '../core/errors'
import { OPENID_PATH } from '../http/discovery'
import { type Keys, loadKeys } from './keys'
import { appClaims, callerOf, KnownTokens, notificationSigner, publicJwk, signed } from './tokens'

const LOGIN = 'https://login.microsoftonline.com'
const SCOPE = 'https://graph.microsoft.com/.default'

type Form = Readonly<Record<string, string | undefined>>
const RIGHT: Form = { grant_type: 'client_credentials', client_id: BOT.clientId, client_secret: BOT.secret, scope: SCOPE }

async function login(run: Simulated, form: Form, tenant = TENANT, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(
    Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]])),
  )
  const response = await run.simulator.services.login(
    new Request(`${LOGIN}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body, headers }),
  )
  return { status: response.status, headers: response.headers, body: (await response.json()) as JsonObject }
}

describe('the token endpoint', () => {
  test('gives an app-only token with the permissions as roles, good for Graph only', async () => {
    const run = await simulated()
    const { status, headers, body } = await login(run, RIGHT)
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual([body.token_type, body.expires_in], ['Bearer', 3599])
    const token = String(body.access_token)
    const { aud, iss, appid, tid, roles, idtyp, iat, nbf, exp } = decodeJwt(token)
    assert.deepEqual(
      { aud, iss, appid, tid, roles, idtyp, iat, nbf, exp },
      {
        aud: 'https://graph.microsoft.com',
        iss: `https://sts.windows.net/${TENANT}/`,
        appid: BOT.clientId,
        tid: TENANT,
        roles: PERMISSIONS,
        idtyp: 'app',
        iat: NEW_YEAR / 1000,
        nbf: NEW_YEAR / 1000,
        exp: NEW_YEAR / 1000 + 3599,
      },
    )
    assert.equal((await run.create(request(1), { token })).status, 201)
  })

  const refused: readonly [what: string, changes: Form, status: number, error: string, number: number | null, tenant?: string][] =
    [
      ['no grant type', { grant_type: undefined }, 400, 'invalid_request', 900144],
      ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
      ['no client id', { client_id: undefined }, 400, 'invalid_request', 900144],
      ['an unknown tenant', {}, 400, 'invalid_request', 90002, 'common'],
      ['an unknown app', { client_id: 'unknown' }, 400, 'unauthorized_client', 700016],
      ['an app of another tenant', {}, 400, 'unauthorized_client', 700016, OTHER_TENANT],
      ['an app of another tenant in ours', { client_id: STRANGER.clientId }, 400, 'unauthorized_client', 700016],
      ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
      ['a wrong secret', { client_secret: SECOND_BOT.secret }, 401, 'invalid_client', 7000215],
      ['an assertion', { client_secret: undefined, client_assertion: 'x' }, 501, 'SimulatorNotImplemented', null],
      ['no scope', { scope: undefined }, 400, 'invalid_scope', 1002012],
      ['the scope of a user', { scope: 'https://graph.microsoft.com/Calls.Initiate.All' }, 400, 'invalid_scope', 1002012],
    ]
  for (const [what, changes, status, error, number, tenant] of refused) {
    test(`refuses ${what} with ${error}`, async () => {
      const run = await simulated()
      const answer = await login(run, { ...RIGHT, ...changes }, tenant)
      assert.deepEqual([answer.status, answer.body.error], [status, error])
      assert.deepEqual(answer.body.error_codes, number === null ? [] : [number])
      assert.match(String(answer.body.error_description), number === null ? /secret only/ : new RegExp(`^AADSTS${number}: \\S`))
      assert.equal(answer.body.timestamp, '2026-01-01 00:00:00Z')
      assert.ok(!('access_token' in answer.body))
      assert.ok(!JSON.stringify(answer.body).includes('simulated-'), 'no secret comes back')
    })
  }

  test('says what it wants when the secret is in the Authorization header, which it does not read', async () => {
    const run = await simulated()
    const basic = { authorization: `Basic ${btoa(`${BOT.clientId}:${BOT.secret}`)}` }
    const bare = await login(run, { ...RIGHT, client_id: undefined, client_secret: undefined }, TENANT, basic)
    assert.deepEqual([bare.status, bare.body.error], [400, 'invalid_request'])
    assert.match(String(bare.body.error_description), /request body must contain.*'client_id'/)
    const named = await login(run, { ...RIGHT, client_secret: undefined }, TENANT, basic)
    assert.deepEqual([named.status, named.body.error], [401, 'invalid_client'])
    assert.match(String(named.body.error_description), /request body must contain.*'client_secret'/)
  })

  test('is nowhere else and answers POST only', async () => {
    const run = await simulated()
    for (const [method, place] of [
      ['GET', `/${TENANT}/oauth2/v2.0/token`],
      ['POST', `/${TENANT}/oauth2/token`],
      ['POST', '/'],
    ] as const) {
      const response = await run.simulator.services.login(new Request(LOGIN + place, { method }))
      assert.deepEqual([response.status, ((await response.json()) as JsonObject).error], [404, 'not_found'])
    }
  })
})

async function openId(run: Simulated, address: string): Promise<JsonObject> {
  const response = await run.simulator.services.openid(new Request(address))
  assert.equal(response.status, 200)
  return (await response.json()) as JsonObject
}

const bearer = (run: Simulated, at: number) => String(run.inbox.at(at)?.headers.get('authorization')).replace('Bearer ', '')

describe('the token of a notification', () => {
  test('is verified with the keys that the OpenID configuration leads to, and is for the app and its tenant', async () => {
    const run = await simulated()
    await run.call(request(1))
    const configuration = await openId(run, `https://api.aps.skype.com${OPENID_PATH}`)
    assert.equal(configuration.issuer, 'https://api.botframework.com')
    assert.equal(new URL(String(configuration.jwks_uri)).origin, 'https://api.aps.skype.com')
    const keys = await openId(run, String(configuration.jwks_uri))
    const rules = { issuer: 'https://api.botframework.com', audience: BOT.clientId, currentDate: new Date(NEW_YEAR) }
    const keySet = createLocalJWKSet(keys as unknown as JSONWebKeySet)
    const { payload, protectedHeader } = await jwtVerify(bearer(run, 0), keySet, rules)
    assert.equal(protectedHeader.alg, 'RS256')
    assert.deepEqual([payload.tid, payload.nbf, payload.exp], [TENANT, NEW_YEAR / 1000, NEW_YEAR / 1000 + 3900])
    await assert.rejects(jwtVerify(bearer(run, 0), keySet, { ...rules, audience: SECOND_BOT.clientId }))
    await assert.rejects(jwtVerify(bearer(run, 0), createLocalJWKSet({ keys: [publicJwk(run.keys.token)] }), rules))
  })

  test('is kept for an app and a tenant, and made anew while it is still good for long', async () => {
    const run = await simulated()
    await run.call(request(1))
    await run.call(request(1))
    await run.call(request(1), SECOND_BOT)
    await run.call(request(1), STRANGER)
    assert.equal(bearer(run, 1), bearer(run, 0))
    assert.equal(new Set(run.inbox.map((_, at) => bearer(run, at))).size, 3)
    assert.deepEqual([decodeJwt(bearer(run, 2)).aud, decodeJwt(bearer(run, 3)).tid], [SECOND_BOT.clientId, OTHER_TENANT])
    await run.advance(1_950_000)
    await run.call(request(1))
    assert.notEqual(bearer(run, -1), bearer(run, 0))
    assert.equal(decodeJwt(bearer(run, -1)).nbf, NEW_YEAR / 1000 + 1950)
  })

  test('is another for another tenant of the same app', async () => {
    const sign = notificationSigner((await simulated()).keys, () => NEW_YEAR)
    const [here, there] = [
      await sign({ audience: 'app', tenantId: TENANT }),
      await sign({ audience: 'app', tenantId: OTHER_TENANT }),
    ]
    assert.deepEqual([decodeJwt(here).tid, decodeJwt(there).tid], [TENANT, OTHER_TENANT])
  })

  test('shows no private member of any key, with every member that a key may hold', async () => {
    const run = await simulated()
    const { keys } = (await openId(run, 'https://api.aps.skype.com/v1/keys')) as unknown as JSONWebKeySet
    assert.deepEqual(
      keys.map((key) => Object.keys(key).sort()),
      [['alg', 'e', 'kid', 'kty', 'n', 'use']],
    )
    const slipped = publicJwk({ ...run.keys.token, publicJwk: run.keys.token.privateJwk })
    assert.deepEqual(Object.keys(slipped).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })
})

describe('a token is signed and its signature checked once', () => {
  const claims = appClaims(BOT, NEW_YEAR / 1000)
  let known: KnownTokens
  beforeEach(() => {
    known = new KnownTokens()
  })
  const ask = (keys: Keys, token: string, nowMs = NEW_YEAR, directory = DIRECTORY) =>
    callerOf(`Bearer ${token}`, (one) => known.claimsOf(one, keys.token, nowMs), directory)
  const errorOf = (answer: Caller | Refusal) => ('error' in answer ? answer.error : null)

  test('equal claims give the same token; other claims and another key give another', async () => {
    const { token: key, notification } = (await simulated()).keys
    const { sign } = known
    // The same promise: nothing is signed for the second.
    assert.equal(sign({ ...claims }, key), sign({ ...claims }, key))
    assert.equal(await sign(claims, key), await signed(claims, key))
    const renamed = { ...key, kid: notification.kid }
    const others = [sign({ ...claims, appid: SECOND_BOT.clientId }, key), sign(claims, notification), sign(claims, renamed)]
    assert.equal(new Set(await Promise.all([sign(claims, key), ...others])).size, 4)
  })

  test('an accepted token is refused before and after its time, and accepted again within', async () => {
    const { keys } = await simulated()
    const token = await signed(claims, keys.token)
    const second = 1_000
    const refusal = async (at: number) => errorOf(await ask(keys, token, NEW_YEAR + at))
    assert.equal(await refusal(0), null)
    assert.equal(await refusal(-second), 'staleToken')
    assert.equal(await refusal(3_598 * second), null)
    assert.equal(await refusal(3_599 * second), 'staleToken')
    assert.equal(await refusal(0), null)
  })

  test('an accepted token does not cover one with other claims, an altered one, or another key', async () => {
    const { keys } = await simulated()
    const token = await signed(claims, keys.token)
    assert.equal(errorOf(await ask(keys, token)), null)
    const [header, , signature] = token.split('.')
    const richer = Buffer.from(JSON.stringify({ ...claims, roles: ['Calls.Everything'] })).toString('base64url')
    assert.equal(errorOf(await ask(keys, [header, richer, signature].join('.'))), 'badToken')
    assert.equal(errorOf(await ask({ ...keys, token: keys.notification }, token)), 'badToken')
  })

  test('whether the app is known is looked up at each use', async () => {
    const { keys } = await simulated()
    const token = await signed(claims, keys.token)
    assert.equal(errorOf(await ask(keys, token)), null)
    assert.equal(errorOf(await ask(keys, token, NEW_YEAR, { ...DIRECTORY, apps: [SECOND_BOT] })), 'badToken')
  })
})

describe('the keys on disk', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'simulator-keys-'))
  after(() => rmSync(folder, { recursive: true }))

  testUnless(NEEDS_MODES, 'are made once, readable by this user only, and made anew when the file is broken', async () => {
    const file = path.join(folder, 'deep/keys.json')
    const made = await loadKeys(file)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.notEqual(made.token.kid, made.notification.kid)
    assert.deepEqual(await loadKeys(file), made)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replaceAll('"d":', '"was-d":'), { mode: 0o644 })
    const again = await loadKeys(file)
    assert.notEqual(again.token.kid, made.token.kid)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.deepEqual(await loadKeys(file), again)
  })

  test('are made all the same where nothing can be kept', async () => {
    const file = path.join(folder, 'no-folder')
    writeFileSync(file, 'in the way')
    const keys = await loadKeys(path.join(file, 'keys.json'))
    assert.equal(typeof keys.token.privateJwk.d, 'string')
    assert.equal(readFileSync(file, 'utf8'), 'in the way')
  })
})
