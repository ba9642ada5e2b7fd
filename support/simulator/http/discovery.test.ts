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
  test('names everything under the address at which it was asked, in both versions', async () => {
    const run = await simulated()
    for (const place of PLACES) {
      for (const [version, issuer, oauth, keys] of [
        ['/v2.0', `${place}/${TENANT}/v2.0`, 'oauth2/v2.0', `${TENANT}/discovery/v2.0/keys`],
        ['', `https://sts.windows.net/${TENANT}/`, 'oauth2', 'common/discovery/keys'],
      ] as const) {
        const { status, body } = await ask(run, `${place}/${TENANT}${version}/.well-known/openid-configuration`)
        assert.equal(status, 200)
        assert.deepEqual(
          [body.issuer, body.authorization_endpoint, body.token_endpoint, body.jwks_uri],
          [issuer, `${place}/${TENANT}/${oauth}/authorize`, `${place}/${TENANT}/${oauth}/token`, `${place}/${keys}`],
        )
        assert.equal((await ask(run, String(body.jwks_uri))).status, 200)
      }
    }
  })

  test('is found by instance discovery, as ADAL and MSAL ask before the first token', async () => {
    const run = await simulated()
    const discover = (place: string, authority: string) =>
      ask(run, `${place}/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(authority)}`)
    for (const place of PLACES) {
      const { host } = new URL(place)
      for (const [path, version] of [
        ['oauth2/authorize', ''],
        ['oauth2/v2.0/authorize', '/v2.0'],
      ] as const) {
        const { status, body } = await discover(place, `${place}/${TENANT}/${path}`)
        assert.equal(status, 200)
        const configuration = String(body.tenant_discovery_endpoint)
        assert.equal(configuration, `${place}/${TENANT}${version}/.well-known/openid-configuration`)
        assert.equal((await ask(run, configuration)).status, 200)
        const clouds = body.metadata as { aliases: string[]; preferred_network: string }[]
        assert.deepEqual(clouds.find(({ aliases }) => aliases.includes(host))?.preferred_network, host)
      }
      const unknown = await discover(place, 'https://elsewhere.test/x/oauth2/authorize')
      assert.deepEqual([unknown.status, unknown.body.error, unknown.body.error_codes], [400, 'invalid_instance', [50049]])
    }
    assert.match(run.journal(), /AADSTS50049|Unknown or invalid instance\. Remedy: configure that this address is an authority/)
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

  test('of notifications is where the journal says, when a bot asks elsewhere', async () => {
    const run = await simulated()
    const response = await run.simulator.services.openid(new Request('https://api.aps.skype.com/v2/keys'))
    assert.equal(response.status, 404)
    assert.match(run.journal(), /GET \/v2\/keys: 404 not_found, nothing is here: the configuration is at GET \/v1\//)
  })
})
