// Refusals: tokens that are not accepted, requests without a permission, and the order of the checks. The permission sets are in permissions.feature.
import assert from 'node:assert/strict'
import { importJWK, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { describe, test } from 'mocha'
import {
  BOT,
  CALLS,
  DIRECTORY,
  NEW_YEAR,
  OTHER_TENANT,
  PERMISSIONS,
  refusedWithout,
  registration,
  request,
  simulated,
  TENANT,
} from '../../../test/kit/simulated-world'
import type { Json, JsonObject } from '../../contract/json'
import type { App } from '../identity/directory'
import type { Keys, SigningKey } from '../identity/keys'

const NOW = NEW_YEAR / 1000
const CLAIMS: JWTPayload = {
  aud: 'https://graph.microsoft.com',
  iss: `https://sts.windows.net/${TENANT}/`,
  nbf: NOW,
  exp: NOW + 3599,
  appid: BOT.clientId,
  tid: TENANT,
  roles: [...PERMISSIONS],
}

async function sign(claims: JWTPayload, key: SigningKey, kid = key.kid, alg = 'RS256'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT', kid }).sign(await importJWK(key.privateJwk as JWK, alg))
}

const asBearer = (token: string) => `Bearer ${token}`

/** What is sent as Authorization, or the changed claims of a token, and the message that answers it. */
const TOKENS: readonly [
  what: string,
  header: ((keys: Keys) => Promise<string> | string | null) | JWTPayload,
  message?: RegExp,
][] = [
  ['none', () => null, /empty/],
  ['an empty header', () => '', /empty/],
  ['a scheme without a token', () => 'Bearer', /empty/],
  ['a secret in Basic', () => `Basic ${btoa('a:b')}`, /empty/],
  ['a token without its scheme', (keys) => sign(CLAIMS, keys.token), /empty/],
  ['a word', () => 'Bearer hello', /parsing failed/],
  ['three words', () => 'Bearer a.b.c', /parsing failed/],
  ['a token of no algorithm', () => asBearer(new UnsecuredJWT(CLAIMS).encode()), /validation failure|parsing failed/],
  ['a token of HS256 with the public key as secret', hmac],
  ['a token with its claims changed', tampered],
  ['a token of another key under this key id', async (keys) => asBearer(await sign(CLAIMS, keys.notification, keys.token.kid))],
  ['a token of a key that is not known', async (keys) => asBearer(await sign(CLAIMS, keys.notification))],
  ['a token that never expires', { exp: undefined }],
  ['a token of an unknown app', { appid: 'unknown' }],
  ['a token of no app', { appid: undefined }],
  ['a token of an unknown tenant', { tid: 'x', iss: 'https://sts.windows.net/x/' }],
  ['a token whose issuer is of another tenant', { iss: `https://sts.windows.net/${OTHER_TENANT}/` }],
]

async function hmac({ token }: Keys): Promise<string> {
  const secret = new TextEncoder().encode(String(token.publicJwk.n))
  return asBearer(await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: token.kid }).sign(secret))
}

async function tampered(keys: Keys): Promise<string> {
  const [head, , signature] = (await sign({ ...CLAIMS, roles: [] }, keys.token)).split('.')
  return asBearer(`${head}.${Buffer.from(JSON.stringify(CLAIMS)).toString('base64url')}.${signature}`)
}

describe('a token', () => {
  test('of these claims is good: what the refused ones are changed from', async () => {
    const run = await simulated()
    for (const claims of [CLAIMS, { ...CLAIMS, aud: 'https://graph.microsoft.com/' }, { ...CLAIMS, exp: NOW + 1 }])
      assert.equal((await run.create(request(1), { token: await sign(claims, run.keys.token) })).status, 201)
    const headers = { authorization: `bearer ${await run.token()}` }
    assert.equal((await run.create(request(1), { token: null, headers })).status, 201, 'the scheme in any letter case')
  })

  for (const [what, header, message = /validation failure/] of TOKENS) {
    test(`refused: ${what}`, async () => {
      const run = await simulated()
      const authorization =
        typeof header === 'function' ? await header(run.keys) : asBearer(await sign({ ...CLAIMS, ...header }, run.keys.token))
      const headers: Record<string, string> = authorization === null ? {} : { authorization }
      const answer = await run.create(request(1), { token: null, headers })
      await refusedWithout(run, answer, 401, 'InvalidAuthenticationToken')
      assert.match(String((answer.body.error as JsonObject).message), message)
      for (const method of ['GET', 'DELETE'])
        assert.equal((await run.ask(method, `${CALLS}/x`, { token: null, headers })).status, 401)
    })
  }

  test('goes stale as the clock of the simulator moves', async () => {
    const run = await simulated()
    const token = await run.token()
    await run.advance(3_599_000 - 1)
    assert.equal((await run.create(request(1), { token })).status, 201)
    await run.advance(1)
    assert.equal((await run.create(request(1), { token })).status, 401)
  })
})

const SERVICE = request(1).mediaConfig as Json
const having = (permissions: readonly string[], more: Partial<App> = {}) => {
  const app = registration(7, { permissions, ...more })
  return { app, directory: { ...DIRECTORY, apps: [...DIRECTORY.apps, app] } }
}

async function asked(body: JsonObject, permissions: readonly string[], more: Partial<App> = {}) {
  const { app, directory } = having(permissions, more)
  const run = await simulated({ directory })
  return { run, answer: await run.create(body, { token: await run.token(app) }) }
}

describe('permissions', () => {
  test('a request without a form needs some permission for calling before its content is looked at', async () => {
    const formless = request(1, { targets: [] })
    const none = await asked(formless, ['constructor'])
    await refusedWithout(none.run, none.answer, 403, '7504')
    const some = await asked(formless, ['Calls.AccessMedia.All'])
    await refusedWithout(some.run, some.answer, 400, 'BadRequest')
  })
})

describe('the order of the checks', () => {
  const json = { 'content-type': 'application/json' }
  const foreign = (changes: Record<string, Json | undefined>) => {
    const meetingInfo = JSON.parse(JSON.stringify(request(3).meetingInfo).replaceAll(TENANT, OTHER_TENANT)) as JsonObject
    return request(3, { meetingInfo, ...changes })
  }
  const everything = foreign({ mediaConfig: undefined, callbackUri: undefined })

  test('each fault hides those after it: token, JSON, registration, permission, tenant, content', async () => {
    const { app, directory } = having([], { registered: false })
    const run = await simulated({ directory })
    const code = async (body: string, token: string | null) => {
      const { status, body: answer } = await run.ask('POST', CALLS, { token, headers: json, body })
      return [status, (answer.error as JsonObject).code]
    }
    assert.deepEqual(await code('{', null), [401, 'InvalidAuthenticationToken'])
    assert.deepEqual(await code('{', await run.token(app)), [400, 'BadRequest'])
    assert.deepEqual(await code(JSON.stringify(everything), await run.token(app)), [403, 'UnknownError'])
    const poor = await asked(everything, ['Calls.Initiate.All'])
    await refusedWithout(poor.run, poor.answer, 403, '7504')
    const elsewhere = await asked(everything, PERMISSIONS)
    await refusedWithout(elsewhere.run, elsewhere.answer, 403, '7505')
    const own = await asked(request(3, { mediaConfig: undefined, callbackUri: undefined }), PERMISSIONS)
    await refusedWithout(own.run, own.answer, 400, '8523')
    assert.equal((await asked(request(3, { mediaConfig: SERVICE }), PERMISSIONS)).answer.status, 201)
  })
})
