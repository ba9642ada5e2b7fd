// The doctor as a command, against a Graph over TLS in this process: calls of a killed run are listed, hung up, and then forgotten.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { UnsecuredJWT } from 'jose'
import { after, before, describe, test } from 'mocha'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { appSecrets } from '../kit/app-secrets'
import { CommandProcesses } from '../kit/command-processes'
import { ALL, CLIENT, TENANT } from '../kit/doctor-surroundings'
import { authority, freePort, httpsServer } from '../kit/loopback-https'

const processes = new CommandProcesses()
const { folder } = processes
const journals = join(folder, 'state/graph-calls-conformance/calls')
const CANARY = 'canary-c1d2'
const TOKEN = new UnsecuredJWT({ tid: TENANT, appid: CLIENT, roles: ALL, jti: CANARY }).encode()
const asked: string[] = []

/** What is answered with 200, by path; anything else but a DELETE is 401. */
const ANSWERS: Readonly<Record<string, (origin: string) => unknown>> = {
  [`/${TENANT}/v2.0/.well-known/openid-configuration`]: (origin) => ({
    issuer: `${origin}/${TENANT}/v2.0`,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/keys`,
  }),
  '/token': () => ({ token_type: 'Bearer', expires_in: 3600, access_token: TOKEN }),
  '/openid': (origin) => ({ jwks_uri: `${origin}/keys?sig=${CANARY}` }),
  '/keys': () => ({ keys: [{ kty: 'RSA', kid: '1' }] }),
}

function answer({ method, url = '', headers: { host, authorization } }: IncomingMessage, response: ServerResponse): void {
  const body = ANSWERS[url.split('?')[0] as string]?.(`https://${host}`)
  if (method === 'DELETE') asked.push(`${url} ${authorization}`)
  if (body === undefined) response.writeHead(method === 'DELETE' ? 204 : 401).end()
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

let environment: Record<string, string> = {}

async function command(...args: string[]) {
  const { code, out, err } = await processes.start('doctor', args, environment).result
  return { code, said: out + err }
}

/** The journal of a run whose process is gone: one call whose id is known, one whose id is not. */
function leave(baseUrl: string): void {
  const run = {
    run: 'r',
    pid: 2 ** 22 + 1,
    pidStart: '1',
    baseUrl,
    callsPath: '/v1.0/communications/calls',
    tenantId: TENANT,
    clientId: CLIENT,
  }
  const entries = [
    { ...run, callbackPath: `/${CANARY}`, requestId: 'a', at: '2026-01-01T10:00:00.000Z' },
    { requestId: 'a', callId: 'call/1' },
    { ...run, callbackPath: `/${CANARY}`, requestId: 'b', at: '2026-01-01T11:00:00.000Z' },
  ]
  mkdirSync(journals, { recursive: true })
  const name = `${run.pid}-00000000-0000-4000-8000-000000000000.ndjson`
  writeFileSync(join(journals, name), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
}

describe('npm run doctor', () => {
  after(() => processes.remove())
  before(async () => {
    const baseUrl = await httpsServer(answer)
    const port = await freePort()
    environment = {
      XDG_STATE_HOME: join(folder, 'state'),
      GRAPH_BASE_URL: baseUrl,
      GRAPH_AUTHORITY_URL: baseUrl,
      BOT_NOTIFICATION_OPENID: `${baseUrl}/openid`,
      GRAPH_CA_FILE: (await authority()).caFile,
      GRAPH_TENANT_ID: TENANT,
      GRAPH_CLIENT_ID: CLIENT,
      GRAPH_CAST: join(PROJECT_ROOT, 'fixtures/world.yaml'),
      ...appSecrets(),
      BOT_CALLBACK_URL: `http://127.0.0.1:${port}/in`,
      BOT_CALLBACK_LISTEN: `127.0.0.1:${port}`,
    }
    writeFileSync(join(folder, '.env'), `GRAPH_CLIENT_SECRET=${CANARY}\n`)
    leave(baseUrl)
  })

  test('lists what is left, and changes nothing', async () => {
    const { code, said } = await command()
    assert.equal(code, 1, said)
    assert.match(said, /earlier runs +fix: 1 call of earlier runs, since 2026-01-01T10:00:00\.000Z, may still be there/)
    assert.match(said, /earlier runs +warning: A call asked for at 2026-01-01T11.* cannot be ended by us/)
    assert.deepEqual([asked, readdirSync(journals).length], [[], 1])
    assert.doesNotMatch(said, new RegExp(CANARY))
  })

  test('hangs up what is left with the token, where it was made, by its id as one segment, and then forgets it', async () => {
    const { code, said } = await command('--clean-up')
    assert.equal(code, 0, said)
    assert.match(said, /callback +ok: .*\/in leads to 127/)
    assert.match(said, /earlier runs +ok: Call call\/1, .* was hung up/)
    assert.deepEqual([asked, readdirSync(journals)], [[`/v1.0/communications/calls/call%2F1 Bearer ${TOKEN}`], []])
    assert.doesNotMatch(said, new RegExp(`${CANARY}|\\u001b|Warning`))
  })
})
