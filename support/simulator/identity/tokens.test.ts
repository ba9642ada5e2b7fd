// Tokens and keys: the token that comes with a notification, what is kept of tokens, and the keys on disk.
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
