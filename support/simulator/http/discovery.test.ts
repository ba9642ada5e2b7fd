// Finding the token service: its OpenID configuration under each address, and the keys of its tokens.
import assert from 'node:assert/strict'
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { describe, test } from 'mocha'
import { type Simulated, simulated, TENANT } from '../../../test/kit/simulated-world'

const PLACES = ['https://login.microsoftonline.com', 'https://localhost:5050', 'http://127.0.0.1:5050'] as const

async function ask(run: Simulated, url: string, method = 'GET') {
  const response = await run.simulator.services.login(new Request(url, { method }))
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('the OpenID configuration of a tenant', () => {
  test('names everything under the address at which it was asked, with version and without', async () => {
    const run = await simulated()
    for (const place of PLACES) {
      for (const version of ['/v2.0', '']) {
        const { status, body } = await ask(run, `${place}/${TENANT}${version}/.well-known/openid-configuration`)
        assert.equal(status, 200)
        assert.deepEqual(
          [body.issuer, body.authorization_endpoint, body.token_endpoint, body.jwks_uri],
          [
            `${place}/${TENANT}/v2.0`,
            `${place}/${TENANT}/oauth2/v2.0/authorize`,
            `${place}/${TENANT}/oauth2/v2.0/token`,
            `${place}/${TENANT}/discovery/v2.0/keys`,
          ],
        )
      }
    }
  })

  test('leads to the keys that a token for Graph is checked with, and to none of notifications', async () => {
    const run = await simulated()
    const { body } = await ask(run, `${PLACES[1]}/${TENANT}/v2.0/.well-known/openid-configuration`)
    const keys = createRemoteJWKSet(new URL(String(body.jwks_uri)), {
      [customFetch]: (url: string) => run.simulator.services.login(new Request(url)),
    })
    const { payload } = await jwtVerify(await run.token(), keys, { currentDate: new Date(run.clock.now()) })
    assert.equal(payload.tid, TENANT)
    const published = (await ask(run, String(body.jwks_uri))).body.keys as Record<string, unknown>[]
    assert.deepEqual(
      published.map((key) => [key.kid, 'd' in key]),
      [[run.keys.token.kid, false]],
    )
  })

  test('is refused for an unknown tenant, as the token endpoint refuses it', async () => {
    const run = await simulated()
    for (const path of ['/v2.0/.well-known/openid-configuration', '/.well-known/openid-configuration', '/discovery/v2.0/keys']) {
      const { status, body } = await ask(run, `${PLACES[0]}/unknown${path}`)
      assert.deepEqual([status, body.error, body.error_codes], [400, 'invalid_request', [90002]])
      assert.equal(body.error_description, "AADSTS90002: Tenant 'unknown' not found.")
    }
  })

  test('is read only', async () => {
    const run = await simulated()
    assert.equal((await ask(run, `${PLACES[0]}/${TENANT}/v2.0/.well-known/openid-configuration`, 'POST')).status, 404)
  })
})
