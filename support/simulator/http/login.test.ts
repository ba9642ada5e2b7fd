// The token service: both versions of the endpoint, assertions, people who sign in, and what every other path is answered.
import assert from 'node:assert/strict'
import { decodeJwt, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, test } from 'mocha'
import {
  BOT,
  CALLS,
  DIRECTORY,
  JOHN,
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
import type { JsonObject } from '../../contract/json'
import type { JournalEntry } from '../runtime/journal'

const LOGIN = 'https://login.microsoftonline.com'
const SCOPE = 'https://graph.microsoft.com/.default'

type Form = Readonly<Record<string, string | undefined>>
const RIGHT: Form = { grant_type: 'client_credentials', client_id: BOT.clientId, client_secret: BOT.secret, scope: SCOPE }

async function login(
  run: Simulated,
  form: Form,
  tenant = TENANT,
  headers: Record<string, string> = {},
  endpoint = 'oauth2/v2.0/token',
) {
  const body = new URLSearchParams(
    Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]])),
  )
  const response = await run.simulator.services.login(
    new Request(`${LOGIN}/${tenant}/${endpoint}`, { method: 'POST', body, headers }),
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
      ['an authorization code', { grant_type: 'authorization_code' }, 501, 'SimulatorNotImplemented', null],
      ['a device code', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }, 501, 'SimulatorNotImplemented', null],
      ['another grant type', { grant_type: 'other' }, 400, 'unsupported_grant_type', 70003],
      ['no client id', { client_id: undefined }, 400, 'invalid_request', 900144],
      ['an unknown tenant', {}, 400, 'invalid_request', 90002, 'common'],
      ['an unknown app', { client_id: 'unknown' }, 400, 'unauthorized_client', 700016],
      ['an app of another tenant', {}, 400, 'unauthorized_client', 700016, OTHER_TENANT],
      ['an app of another tenant in ours', { client_id: STRANGER.clientId }, 400, 'unauthorized_client', 700016],
      ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
      ['a wrong secret', { client_secret: SECOND_BOT.secret }, 401, 'invalid_client', 7000215],
      ['no scope', { scope: undefined }, 400, 'invalid_scope', 1002012],
      ['the scope of a user', { scope: 'https://graph.microsoft.com/Calls.Initiate.All' }, 400, 'invalid_scope', 1002012],
    ]
  for (const [what, changes, status, error, number, tenant] of refused) {
    test(`refuses ${what} with ${error}`, async () => {
      const run = await simulated()
      const answer = await login(run, { ...RIGHT, ...changes }, tenant)
      assert.deepEqual([answer.status, answer.body.error], [status, error])
      assert.deepEqual(answer.body.error_codes, number === null ? [] : [number])
      assert.match(
        String(answer.body.error_description),
        number === null ? /does not play the grant type/ : new RegExp(`^AADSTS${number}: \\S`),
      )
      assert.equal(answer.body.timestamp, '2026-01-01 00:00:00Z')
      assert.ok(!('access_token' in answer.body))
      assert.ok(!JSON.stringify(answer.body).includes('simulated-'), 'no secret comes back')
    })
  }

  test('takes id and secret from the Authorization header, and a wrong secret there is a wrong secret', async () => {
    const run = await simulated()
    const basic = (secret: string) => ({ authorization: `Basic ${btoa(`${BOT.clientId}:${encodeURIComponent(secret)}`)}` })
    const bare = { ...RIGHT, client_id: undefined, client_secret: undefined }
    assert.equal((await login(run, bare, TENANT, basic(BOT.secret))).status, 200)
    assert.equal((await login(run, { ...RIGHT, client_secret: undefined }, TENANT, basic(BOT.secret))).status, 200)
    const wrong = await login(run, bare, TENANT, basic('guess'))
    assert.deepEqual([wrong.status, wrong.body.error_codes], [401, [7000215]])
    const another = await login(
      run,
      { ...RIGHT, client_id: SECOND_BOT.clientId, client_secret: undefined },
      TENANT,
      basic(BOT.secret),
    )
    assert.deepEqual([another.status, another.body.error_codes], [401, [7000218]])
  })

  const elsewhere: readonly [method: string, place: string, status: number, error: string, remedy: RegExp][] = [
    [
      'GET',
      `/${TENANT}/oauth2/v2.0/token`,
      400,
      'invalid_request',
      /The endpoint only accepts POST requests\. Received a GET request\. Remedy: ask for/,
    ],
    ['PUT', `/${TENANT}/oauth2/token`, 400, 'invalid_request', /Received a PUT request/],
    ['POST', '/', 404, 'not_found', /Remedy: ask for a token at POST \/TENANT\/oauth2\/v2\.0\/token \(scope\)/],
    ['POST', `//${TENANT}/oauth2/token`, 404, 'not_found', /Remedy: write one slash in place of two/],
    ['POST', `/${TENANT}/oauth2/v3.0/token`, 404, 'not_found', /Remedy: ask for/],
    [
      'GET',
      `/${TENANT}/oauth2/v2.0/authorize?client_id=x`,
      501,
      'SimulatorNotImplemented',
      /where people sign in\. Remedy: get a/,
    ],
    ['POST', `/${TENANT}/oauth2/devicecode`, 501, 'SimulatorNotImplemented', /where people sign in/],
    ['GET', '/unknown/v2.0/.well-known/openid-configuration', 400, 'invalid_request', /Remedy: the tenant is the first segment/],
  ]
  for (const [method, place, status, error, remedy] of elsewhere) {
    test(`answers ${method} ${place} in its own form, and the journal has the remedy`, async () => {
      const run = await simulated()
      const response = await run.simulator.services.login(new Request(LOGIN + place, { method }))
      const body = (await response.json()) as JsonObject
      assert.deepEqual([response.status, body.error], [status, error])
      assert.deepEqual(Object.keys(body), [
        'error',
        'error_description',
        'error_codes',
        'timestamp',
        'trace_id',
        'correlation_id',
      ])
      const { text, request: facts } = run.simulator.journal.entries().at(-1) as JournalEntry & {
        request?: { diagnosis: string }
      }
      assert.match(text, remedy)
      assert.ok(facts?.diagnosis)
    })
  }
})

describe('the token endpoint of version 1', () => {
  const V1: Form = { ...RIGHT, scope: undefined, resource: 'https://graph.microsoft.com' }
  const ask = (run: Simulated, form: Form) => login(run, form, TENANT, {}, 'oauth2/token')

  for (const resource of [
    'https://graph.microsoft.com',
    'https://graph.microsoft.com/',
    '00000003-0000-0000-c000-000000000000',
  ]) {
    test(`gives a token for the resource ${resource}, with which a call is created`, async () => {
      const run = await simulated()
      const { status, body } = await ask(run, { ...V1, resource })
      const { access_token: token, ...others } = body
      assert.equal(status, 200)
      assert.deepEqual(others, {
        token_type: 'Bearer',
        expires_in: '3599',
        ext_expires_in: '3599',
        expires_on: String(NEW_YEAR / 1000 + 3599),
        not_before: String(NEW_YEAR / 1000),
        resource,
      })
      assert.equal((await run.create(request(1), { token: String(token) })).status, 201)
    })
  }

  test('wants a resource that is Graph, and version 2 wants none', async () => {
    const run = await simulated()
    for (const [answer, status, error, number, remedy] of [
      [await ask(run, { ...V1, resource: undefined }), 400, 'invalid_request', 900144, /send resource=https:\/\/graph/],
      [await ask(run, RIGHT), 400, 'invalid_request', 900144, /scope is for version 2/],
      [await ask(run, { ...V1, resource: 'https://api.test' }), 400, 'invalid_resource', 500011, /send resource=https:\/\/graph/],
      [await login(run, { ...RIGHT, ...V1 }), 400, 'invalid_request', 901002, /or the resource to POST \/TENANT\/oauth2\/token/],
    ] as const) {
      assert.deepEqual([answer.status, answer.body.error, answer.body.error_codes], [status, error, [number]])
      assert.match(run.journal(), remedy)
    }
  })
})

describe('a client assertion', () => {
  const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  const NOW = NEW_YEAR / 1000
  const good = { iss: BOT.clientId, sub: BOT.clientId, aud: `${LOGIN}/${TENANT}/oauth2/v2.0/token`, nbf: NOW, exp: NOW + 600 }
  const assertion = async (claims: object, alg = 'PS256') => {
    const { privateKey } = await generateKeyPair(alg)
    return new SignJWT({ ...claims }).setProtectedHeader({ alg }).sign(privateKey)
  }
  const proof = (client_assertion: string, type: string | undefined = TYPE) => ({
    ...RIGHT,
    client_secret: undefined,
    client_assertion_type: type,
    client_assertion,
  })

  test('that the app issued itself is taken at both versions of the endpoint', async () => {
    const run = await simulated()
    assert.equal((await login(run, proof(await assertion(good)))).status, 200)
    const v1 = { ...good, aud: `http://simulator:5050/${TENANT}/oauth2/token` }
    const form = { ...proof(await assertion(v1, 'RS256')), scope: undefined, resource: 'https://graph.microsoft.com' }
    assert.equal((await login(run, form, TENANT, {}, 'oauth2/token')).status, 200)
  })

  const refused: readonly [what: string, claims: object, number: number][] = [
    ['of another app', { iss: SECOND_BOT.clientId }, 700021],
    ['about another app', { sub: SECOND_BOT.clientId }, 700021],
    ['for another tenant', { aud: `${LOGIN}/${OTHER_TENANT}/oauth2/v2.0/token` }, 700023],
    ['for nothing', { aud: undefined }, 700023],
    ['that has expired', { exp: NOW - 301 }, 700024],
    ['without an end', { exp: undefined }, 700024],
    ['of the future', { nbf: NOW + 301 }, 700024],
  ]
  for (const [what, claims, number] of refused) {
    test(`${what} is refused with AADSTS${number}`, async () => {
      const run = await simulated()
      const { status, body } = await login(run, proof(await assertion({ ...good, ...claims })))
      assert.deepEqual([status, body.error, body.error_codes], [401, 'invalid_client', [number]])
      assert.match(run.journal(), /Remedy: \S/)
    })
  }

  test('that is no signed JWT, has no type, or is that of another issuer is refused', async () => {
    const run = await simulated()
    assert.deepEqual((await login(run, proof('x'))).body.error_codes, [50027])
    assert.deepEqual((await login(run, proof(new UnsecuredJWT(good).encode()))).body.error_codes, [50027])
    assert.deepEqual((await login(run, proof(await assertion(good), 'other'))).body.error_codes, [900144])
    const federated = await login(run, proof(await assertion({ ...good, iss: 'https://issuer.test' })))
    assert.deepEqual([federated.status, federated.body.error], [501, 'SimulatorNotImplemented'])
    assert.match(String(federated.body.error_description), /does not play federated credentials/)
  })
})

describe('a person who signs in', () => {
  const PEOPLE = { ...DIRECTORY, people: [JOHN] }
  const form = { ...RIGHT, grant_type: 'password', username: 'John', password: `simulated-${JOHN.id}` }

  for (const [username, scope] of [
    ['John', 'https://graph.microsoft.com/.default'],
    [JOHN.id, 'User.Read openid'],
  ] as const)
    test(`gets a delegated token, with which Graph creates no call: ${username}`, async () => {
      const run = await simulated({ directory: PEOPLE })
      const { status, body } = await login(run, { ...form, username, scope })
      assert.equal(status, 200)
      const token = String(body.access_token)
      const { oid, scp, roles, appid } = decodeJwt(token)
      assert.deepEqual([oid, typeof scp, roles, appid], [JOHN.id, 'string', undefined, BOT.clientId])
      const { error } = (await run.create(request(1), { token })).body as { error: JsonObject }
      const inner = { errorCode: '7500', message: 'Unsupported AAD Identity.', instanceAnnotations: [] }
      assert.deepEqual([error.code, JSON.parse(String(error.message))], ['UnknownError', inner])
      assert.match(
        run.journal(),
        /403 UnknownError, code 7500, which stands as JSON text .* is a person's \(scp, no roles\).* grant_type=client_credentials/,
      )
      for (const method of ['GET', 'DELETE']) assert.equal((await run.ask(method, `${CALLS}/x`, { token })).status, 403)
    })

  test('must be one of the world, with the password of a simulated person', async () => {
    const run = await simulated({ directory: PEOPLE })
    for (const [changes, number] of [
      [{ username: undefined }, 900144],
      [{ password: undefined }, 900144],
      [{ scope: undefined }, 900144],
      [{ username: 'Jim' }, 50034],
      [{ password: 'guess' }, 50126],
      [{ client_secret: undefined }, 7000218],
    ] as const)
      assert.deepEqual((await login(run, { ...form, ...changes })).body.error_codes, [number])
    assert.deepEqual((await login(await simulated(), form)).body.error_codes, [50034])
  })
})
