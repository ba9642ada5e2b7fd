// Tokens through Microsoft's library, over real https: each credential, what a refusal says, and that no message holds a secret.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { decodeJwt, importX509, jwtVerify } from 'jose'
import { describe, test } from 'mocha'
import { authority, freePort, httpsServer, scratch, selfSigned } from '../../../test/kit/loopback-https'
import { BOT, simulated, TENANT } from '../../../test/kit/simulated-world'
import { openWire } from '../../bot/wire'
import type { Exchange, Fetch } from '../../contract/exchange'
import { CouldNotRun, HarnessError, Interrupted } from '../../contract/failures'
import { openNetwork } from '../../net/network'
import type { Credential } from './config/configuration'
import { msalTokens } from './msal-tokens'

const CANARY = 'canary-of-the-credential'
const SECRET: Credential = { kind: 'secret', secret: CANARY }
const TOKEN_PATH = `/${TENANT}/oauth2/v2.0/token`
const CONFIGURATION_PATH = `/${TENANT}/v2.0/.well-known/openid-configuration`

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON; null: nothing is ever sent. */
  readonly body: object | string | null
}

const granted = (otherwise: object = {}): Answer => ({
  body: { token_type: 'Bearer', expires_in: 3599, access_token: 'a token', ...otherwise },
})

/** A token service of the test's own: it answers token requests one after the other, the last again and again. */
async function tokenService(answers: readonly Answer[], configuration: (origin: string) => object = configurationOf) {
  const forms: URLSearchParams[] = []
  const paths: string[] = []
  const answer = (response: ServerResponse, { status = 200, headers = {}, body }: Answer) => {
    if (body === null) return
    const json = typeof body === 'object'
    response.writeHead(status, { 'content-type': json ? 'application/json' : 'text/html', ...headers })
    response.end(json ? JSON.stringify(body) : body)
  }
  const origin = await httpsServer(async (request: IncomingMessage, response) => {
    const path = request.url?.split('?')[0] ?? ''
    paths.push(`${request.method} ${path}`)
    if (path === CONFIGURATION_PATH) return answer(response, { body: configuration(`https://${request.headers.host}`) })
    let form = ''
    for await (const chunk of request) form += chunk
    forms.push(new URLSearchParams(form))
    answer(response, answers[Math.min(forms.length, answers.length) - 1] as Answer)
  })
  return { origin, forms, paths }
}

function configurationOf(origin: string) {
  const root = `${origin}/${TENANT}`
  return {
    issuer: `${root}/v2.0`,
    authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
    token_endpoint: `${root}/oauth2/v2.0/token`,
    jwks_uri: `${root}/discovery/v2.0/keys`,
  }
}

interface Asking {
  readonly credential?: Credential
  readonly scope?: string
  readonly timeLimitMs?: number
  readonly signal?: AbortSignal
  readonly fetch?: Fetch
  readonly tenantId?: string
}

async function asking(authorityUrl: string, otherwise: Asking = {}) {
  const { credential = SECRET, scope = 'https://graph.microsoft.com/.default', tenantId = TENANT } = otherwise
  const { caFile } = await authority()
  const limits = { connectTimeoutMs: 2_000, headersTimeoutMs: 10_000, bodyTimeoutMs: 10_000 }
  const exchanges: Exchange[] = []
  const send = openWire({
    fetch: otherwise.fetch ?? openNetwork({ caFile, environment: {}, ...limits }).fetch,
    signal: otherwise.signal ?? new AbortController().signal,
    keep: (one) => void exchanges.push(one),
    timeLimitMs: otherwise.timeLimitMs ?? 4_000,
  })
  return { token: msalTokens(send, { authorityUrl, scope, tenantId, clientId: BOT.clientId, credential }), exchanges }
}

/** Rejects as could-not-run with such a message, which holds no secret. */
async function refuses(token: () => Promise<string>, says: RegExp, secrets: readonly string[] = [CANARY]): Promise<void> {
  await assert.rejects(token(), (error: Error) => {
    assert.ok(error instanceof CouldNotRun, `${error.name}: ${error.stack}`)
    assert.match(error.message, says)
    for (const secret of secrets)
      assert.ok(!`${error.stack} ${JSON.stringify(error)} ${error.cause}`.includes(secret), error.stack)
    return true
  })
}

describe('the simulated token service', () => {
  const simulator = async () => {
    const { simulator } = await simulated()
    return httpsServer(getRequestListener(simulator.services.login))
  }

  test('gives a token for a secret; configuration and request are evidence', async () => {
    const { token, exchanges } = await asking(await simulator(), { credential: { kind: 'secret', secret: BOT.secret } })
    assert.equal(decodeJwt(await token()).appid, BOT.clientId)
    assert.deepEqual(
      exchanges.map(({ purpose, request }) => [purpose, request.method, new URL(request.url).pathname]),
      [
        ['token', 'GET', CONFIGURATION_PATH],
        ['token', 'POST', TOKEN_PATH],
      ],
    )
    for (const { request } of exchanges)
      assert.deepEqual(
        Object.keys(request.headers),
        Object.keys(request.headers).map((name) => name.toLowerCase()),
      )
  })

  test('refuses a wrong secret, app, tenant and scope, each with its number and what to do', async () => {
    const origin = await simulator()
    const credential = { kind: 'secret', secret: BOT.secret } as const
    await refuses((await asking(origin)).token, /401 invalid_client \(AADSTS7000215\): check the secret/)
    await refuses(
      (await asking(origin, { credential, scope: 'https://graph.microsoft.com/other' })).token,
      /invalid_scope \(AADSTS1002012\): check GRAPH_SCOPE/,
    )
    const stranger = await asking(origin, { credential, tenantId: '00000000-0000-0000-0000-000000000001' })
    await refuses(stranger.token, /400 invalid_request \(AADSTS90002\): check GRAPH_TENANT_ID/)
  })
})

describe('what proves who the bot is', () => {
  test('a certificate signs an assertion of PS256 for this very endpoint', async () => {
    const { certificate, privateKey } = await selfSigned()
    const { origin, forms } = await tokenService([granted()])
    const thumbprintSha256 = new X509Certificate(certificate).fingerprint256
    const { token } = await asking(origin, { credential: { kind: 'certificate', file: 'bot.pem', privateKey, thumbprintSha256 } })
    assert.equal(await token(), 'a token')
    const form = forms[0] as URLSearchParams
    assert.equal(form.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const { payload, protectedHeader } = await jwtVerify(
      form.get('client_assertion') ?? '',
      await importX509(certificate, 'PS256'),
      {
        algorithms: ['PS256'],
        issuer: BOT.clientId,
        subject: BOT.clientId,
        audience: origin + TOKEN_PATH,
        // The library rounds to the nearest second, which may be the next one.
        clockTolerance: 1,
      },
    )
    assert.ok(Number(payload.exp) > Date.now() / 1000)
    assert.equal(protectedHeader['x5t#S256'], Buffer.from(thumbprintSha256.replaceAll(':', ''), 'hex').toString('base64url'))
  })

  test('a key that cannot sign so is named by its file, and nothing is sent', async () => {
    const { origin, paths } = await tokenService([granted()])
    const { privateKey } = await selfSigned('ec')
    for (const key of [privateKey, CANARY]) {
      const credential = { kind: 'certificate', file: 'bot.pem', privateKey: key, thumbprintSha256: 'ab'.repeat(32) } as const
      const secrets = [CANARY, privateKey.slice(40, 80)]
      await refuses((await asking(origin, { credential })).token, /^GRAPH_CLIENT_CERTIFICATE: bot\.pem has no RSA key/, secrets)
    }
    assert.deepEqual(paths, [])
  })

  test('an assertion of another issuer is read from its file whenever it is needed', async () => {
    const file = join(scratch(), 'assertion')
    const { origin, forms } = await tokenService([granted({ expires_in: 30 })])
    const { token } = await asking(origin, { credential: { kind: 'federated', file } })
    await refuses(token, /^GRAPH_FEDERATED_TOKEN_FILE: .*assertion cannot be read \(ENOENT\)/)
    writeFileSync(file, '\n')
    await refuses(token, /^GRAPH_FEDERATED_TOKEN_FILE: .*assertion is empty/)
    for (const assertion of ['first.one.x', 'second.one.x']) {
      writeFileSync(file, `${assertion}\n`)
      assert.equal(await token(), 'a token')
    }
    assert.deepEqual(
      forms.map((form) => form.get('client_assertion')),
      ['first.one.x', 'second.one.x'],
    )
  })

  test('the simulator does not take this credential: ours, not the target’s', async () => {
    const hole = { error: 'SimulatorNotImplemented', error_description: 'a secret only', error_codes: [] }
    const { origin } = await tokenService([{ status: 501, body: hole }])
    await assert.rejects((await asking(origin)).token(), HarnessError)
  })
})

describe('a token', () => {
  test('is used until a minute before its end', async () => {
    const { origin, forms } = await tokenService([granted({ expires_in: '3599' }), granted()])
    const { token } = await asking(origin)
    assert.deepEqual([await token(), await token()], ['a token', 'a token'])
    assert.equal(forms.length, 1)
    const short = await tokenService([granted({ expires_in: 59 })])
    const hasty = await asking(short.origin)
    await hasty.token()
    await hasty.token()
    assert.equal(short.forms.length, 2)
  })

  test('of the built-in service needs no discovery, and no other service is asked', async () => {
    const asked: string[] = []
    const fetch: Fetch = async (url) => {
      asked.push(new URL(url).origin + new URL(url).pathname)
      return new Response(JSON.stringify(granted().body), { headers: { 'content-type': 'application/json' } })
    }
    process.env.MSAL_FORCE_REGION = 'westus'
    try {
      assert.equal(await (await asking('https://login.microsoftonline.com', { fetch })).token(), 'a token')
    } finally {
      delete process.env.MSAL_FORCE_REGION
    }
    assert.deepEqual(asked, [`https://login.microsoftonline.com${TOKEN_PATH}`])
  })

  test('that was throttled once is asked for again, not refused from memory', async () => {
    const busy = {
      status: 429,
      headers: { 'retry-after': '60' },
      body: { error: 'temporarily_unavailable', error_codes: [90055] },
    }
    const { origin, forms } = await tokenService([busy, granted()])
    const { token } = await asking(origin)
    await refuses(token, /429 temporarily_unavailable \(AADSTS90055\)/)
    assert.equal(await token(), 'a token')
    assert.equal(forms.length, 2)
  })
})

describe('what is no token', () => {
  const repeated = { error: 'invalid_client', error_description: `AADSTS7000215: Invalid client secret '${CANARY}' provided.` }
  const ANSWERS: Readonly<Record<string, readonly [answer: Answer, says: RegExp]>> = {
    'a refusal that repeats the secret': [
      { status: 401, body: repeated },
      /401 invalid_client \(AADSTS7000215\): check the secret/,
    ],
    'a refusal without a number': [
      { status: 400, body: { error: 'invalid_grant', error_description: CANARY } },
      /400 invalid_grant$/,
    ],
    'an unknown error code': [{ status: 400, body: { error: `${CANARY} ${CANARY}` } }, /400 with an answer that is not OAuth/],
    'a page': [{ body: `<html>${CANARY}` }, /200 with an answer that is not OAuth \(text\/html, \d+ characters\)/],
    'a failure': [{ status: 500, body: { error: 'server_error' } }, /500 server_error/],
    'a failure without words': [{ status: 500, body: '' }, /500 with an answer that is not OAuth/],
    'an empty object': [{ body: {} }, /gave no token/],
    'an empty token': [granted({ access_token: '' }), /gave no token: its answer has an empty one/],
    'a list': [{ body: [] }, /not OAuth/],
    'a token with a status of refusal': [{ status: 400, ...granted() }, /400 with an answer that is not OAuth/],
    'a move to elsewhere': [{ status: 307, headers: { location: 'https://elsewhere.invalid/' }, body: '' }, /307 with an answer/],
  }
  for (const [name, [answer, says]] of Object.entries(ANSWERS)) {
    test(`${name}: could not run, without a secret`, async () => {
      const { origin } = await tokenService([answer])
      await refuses((await asking(origin)).token, says)
    })
  }

  test('silence could not run, and the cause is kept', async () => {
    const { origin } = await tokenService([{ body: null }])
    const { token, exchanges } = await asking(origin, { timeLimitMs: 200 })
    await refuses(token, /^POST .*\/oauth2\/v2\.0\/token: no answer: nothing came within 0\.2 s$/)
    assert.deepEqual(exchanges.at(-1)?.response, { failure: 'nothing came within 0.2 s' })
  })

  test('a closed port and an unknown certificate could not run, and the cause is kept', async () => {
    await refuses((await asking(`https://localhost:${await freePort()}`)).token, /no answer: .*ECONNREFUSED/)
    const { origin } = await tokenService([granted()])
    const limits = { connectTimeoutMs: 2_000, headersTimeoutMs: 2_000, bodyTimeoutMs: 2_000 }
    const untrusting = openNetwork({ caFile: null, environment: {}, ...limits })
    await refuses((await asking(origin, { fetch: untrusting.fetch })).token, /no answer: .*(verify|certificate)/)
  })

  test('an interruption stays one', async () => {
    const controller = new AbortController()
    const { origin } = await tokenService([{ body: null }])
    const { token } = await asking(origin, { signal: controller.signal })
    setTimeout(() => controller.abort(new Interrupted('stopped')), 100)
    await assert.rejects(token(), Interrupted)
  })
})

describe('a configuration of the token service', () => {
  test('that leads elsewhere gets no credential', async () => {
    const thief = await tokenService([granted()])
    const { origin } = await tokenService([granted()], (own) => ({
      ...configurationOf(own),
      token_endpoint: thief.origin + TOKEN_PATH,
    }))
    await refuses((await asking(origin)).token, new RegExp(`leads to ${thief.origin}, .*: no credential is sent there`))
    assert.deepEqual(thief.paths, [])
  })

  test('that lacks an address, or is of another issuer, is named', async () => {
    for (const otherwise of [{ token_endpoint: undefined }, { issuer: 'https://elsewhere.invalid/v2.0' }]) {
      const { origin, forms } = await tokenService([granted()], (own) => ({ ...configurationOf(own), ...otherwise }))
      await refuses((await asking(origin)).token, /OpenID configuration lacks an address or names another issuer/)
      assert.equal(forms.length, 0)
    }
  })
})
