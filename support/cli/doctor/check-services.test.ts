// What the doctor finds at Graph, on the clocks and at the keys of notification tokens.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { failing, lines, now, one, PATH, real, serve, tunnelRefusing } from '../../../test/kit/doctor-surroundings'
import { openNetwork } from '../../net/network'
import { type Answer, checkClock, checkGraph, checkKeys } from './check-services'

const LATER = ['/beta/communications/calls', '/v1.0/communications/calls']

describe('Graph', () => {
  /** A Graph whose paths answer so; every other 404. What it was asked is kept. */
  async function graph(answers: Record<string, number>, headers: Record<string, string> = {}) {
    const asked: string[] = []
    const baseUrl = await serve((request, response) => {
      let size = 0
      request.on('data', (chunk: Buffer) => {
        size += chunk.length
      })
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${size} ${request.headers.authorization ?? 'no token'}`)
        response.writeHead(answers[request.url ?? ''] ?? 404, headers).end()
      })
    })
    return { baseUrl, asked, check: () => checkGraph({ baseUrl, callsPath: PATH }, real, now) }
  }

  test('answers 401, and which other paths do', async () => {
    const alone = await graph({ [PATH]: 401 })
    one(await alone.check(), /^ok: POST .*\/beta\/app\/calls .* 401, as it should be; no other/)
    const both = await graph({ [PATH]: 401, [LATER[1] as string]: 401 })
    one(await both.check(), /; so was \/v1\.0\/communications\/calls$/)
  })

  test('is asked without a token and without a body', async () => {
    const { check, asked } = await graph({ [PATH]: 401 })
    await check()
    assert.deepEqual(asked.sort(), [PATH, ...LATER].map((path) => `POST ${path} 0 no token`).sort())
  })

  test('has moved: the path that answers is named', async () => {
    const { check } = await graph({ [PATH]: 404, [LATER[0] as string]: 401 })
    one(await check(), /^mend: .* does not have this path; write \/beta\/communications\/calls to GRAPH_CALLS_PATH/)
  })

  test('accepts everybody: nothing more is asked of it', async () => {
    const { check, asked } = await graph({ [PATH]: 201 })
    one(await check(), /^mend: .*may have made a call; run nothing against it/)
    assert.equal(asked.length, 1)
  })

  for (const [status, says] of [
    [302, /leads elsewhere; .*GRAPH_BASE_URL/],
    [400, /does not have this path; .*GRAPH_BASE_URL/],
    [429, /too busy; try again later/],
    [503, /too busy/],
    [500, /401 is right; see what stands between/],
    [403, /401 is right/],
  ] as const)
    test(`answers ${status}`, async () => one(await (await graph({ [PATH]: status })).check(), /^mend: /, says))

  test('does not answer, and an address is never repeated from an error', async () => {
    const check = (fetch: typeof real) => checkGraph({ baseUrl: 'http://127.0.0.1:1', callsPath: PATH }, fetch, now)
    one(await check(real), /^mend: http:\/\/127\.0\.0\.1:1: .+; .+$/)
    for (const [code, says] of [
      ['ENOTFOUND', /name does not resolve/],
      ['ECONNREFUSED', /nothing listens/],
      ['UND_ERR_CONNECT_TIMEOUT', /in time; .*HTTPS_PROXY/],
      ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted; .*GRAPH_CA_FILE/],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted/],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/],
      ['ERR_SSL_WRONG_VERSION_NUMBER', /no TLS/],
      ['ECONNRESET', /no answer was had \(ECONNRESET\)/],
    ] as const) {
      const checked = await check(failing(code))
      one(checked, /^mend: /, says)
      assert.equal(checked.found, null)
      assert.doesNotMatch(lines(checked).join(), /canary/)
    }
  })

  test('is behind a proxy that refuses', async () => {
    const through = async (baseUrl: string, proxy: string) => {
      const environment = { HTTPS_PROXY: proxy.replace('//', '//canary:canary@') }
      const limits = { connectTimeoutMs: 2_000, headersTimeoutMs: 2_000, bodyTimeoutMs: 2_000 }
      const network = openNetwork({ caFile: null, environment, ...limits })
      const checked = await checkGraph({ baseUrl, callsPath: PATH }, network.fetch, now)
      await network.close()
      assert.doesNotMatch(lines(checked).join(), /canary/)
      return checked
    }
    const https = 'https://graph.contoso.com'
    one(await through(https, await tunnelRefusing(407)), /^mend: .*proxy wants credentials; .*HTTPS_PROXY/)
    one(await through(https, await tunnelRefusing(403)), /^mend: .*does not let it through; .*NO_PROXY/)
  })
})

describe('the clock', () => {
  const answer = (ahead: number, date = true): Answer => {
    const at = Date.parse('2026-01-01T00:00:00Z')
    const headers = new Headers(date ? { date: new Date(at).toUTCString() } : {})
    return { status: 401, headers, text: '', sentAt: at + ahead * 1000 - 500, receivedAt: at + ahead * 1000 + 500 }
  }
  for (const [ahead, says] of [
    [0, /^ok: within 1 s/],
    [60, /^ok: within 60 s/],
    [-60, /^ok/],
    [61, /^warning: .*61 s ahead of.*; synchronise/],
    [-61, /^warning: .*61 s behind/],
    [300, /^warning/],
    [301, /^mend: .*301 s ahead/],
    [-3600, /^mend: .*3600 s behind/],
  ] as const)
    test(`${ahead} s ahead`, async () => one(await checkClock(answer(ahead)), says))
  test('without a Date to compare with', async () => one(await checkClock(answer(0, false)), /^warning: .*no Date/))
})

describe('the keys of notification tokens', () => {
  const document = (jwks_uri: unknown) => JSON.stringify({ jwks_uri })
  const keys = (...list: unknown[]) => JSON.stringify({ keys: list })
  const GOOD = { kty: 'RSA', kid: '1' }
  const check = (bodies: Record<string, string | number>) =>
    checkKeys(
      'https://id.example/config',
      async (url) => {
        const body = bodies[new URL(url).pathname] ?? 404
        return typeof body === 'number' ? new Response('', { status: body }) : new Response(body)
      },
      now,
    )
  const CASES: readonly (readonly [Record<string, string | number>, RegExp])[] = [
    [{ '/config': document('https://id.example/keys'), '/keys': keys(GOOD, { kty: 'EC', kid: '2' }) }, /^ok: 1 at https:/],
    [{}, /^mend: .*config was answered 404; correct BOT_NOTIFICATION_OPENID/],
    [{ '/config': '<html>' }, /^mend: .*names no https address of keys/],
    [{ '/config': document('http://id.example/keys') }, /^mend: .*names no https address/],
    [{ '/config': document('https://id.example/keys'), '/keys': 503 }, /^mend: .*keys was answered 503/],
    [{ '/config': document('https://id.example/keys'), '/keys': '{}' }, /^mend: .*holds no set of keys/],
    [{ '/config': document('https://id.example/keys'), '/keys': keys({ kty: 'RSA' }) }, /^mend: .*no RSA key with an id/],
  ]
  for (const [bodies, says] of CASES) test(String(says), async () => one(await check(bodies), says))
})
