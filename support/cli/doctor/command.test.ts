// The command as a whole: which checks it makes, in which order, which it leaves out and why, and what it never prints.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnsecuredJWT } from 'jose'
import { after, describe, test } from 'mocha'
import { appSecrets } from '../../../test/kit/app-secrets'
import { ALL, CLIENT, listening, now, type real, TENANT } from '../../../test/kit/doctor-surroundings'
import { httpServer } from '../../../test/kit/loopback-https'
import { CouldNotRun, HarnessError } from '../../contract/failures'
import { FixtureError } from '../../contract/fixture'
import { doctor } from './command'

describe('the examination', () => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  after(() => rmSync(folder, { recursive: true }))

  interface World {
    readonly environment?: Record<string, string | undefined>
    readonly changes?: Partial<Parameters<typeof doctor>[1]>
    readonly args?: readonly string[]
  }

  /** Runs the doctor where everything is right, but for the changes. */
  async function examined({ environment = {}, changes = {}, args = [] }: World = {}) {
    const { url, listener } = await listening()
    const baseUrl = await httpServer((request, response) => {
      response.writeHead(request.method === 'DELETE' ? 204 : 401).end()
    })
    const said: string[] = []
    let closed = 0
    const bearer = new UnsecuredJWT({ tid: TENANT, appid: CLIENT, roles: ALL }).encode()
    const openid: typeof real = async (address) =>
      new Response(JSON.stringify({ jwks_uri: 'https://id.example/keys', keys: [{ kty: 'RSA', kid: '1' }] }), {
        headers: { address },
      })
    const code = await doctor(args, {
      folder,
      environment: {
        GRAPH_BASE_URL: baseUrl,
        GRAPH_TENANT_ID: TENANT,
        GRAPH_CLIENT_ID: CLIENT,
        GRAPH_CLIENT_SECRET: 'canary-secret',
        GRAPH_CAST: 'fixtures/world.yaml',
        ...appSecrets(),
        BOT_CALLBACK_URL: url,
        BOT_NOTIFICATION_OPENID: 'https://id.example/config',
        GRAPH_PEOPLE: 'attended',
        ...environment,
      },
      print: (line) => said.push(line),
      colours: false,
      now,
      lookup: async () => ['127.0.0.1'],
      openNetwork: () => ({
        fetch: (address, init) => (address.startsWith('https://id.example') ? openid(address, init) : fetch(address, init)),
        close: async () => void closed++,
      }),
      tokens: () => async () => bearer,
      openListener: async () => ({ ...listener, close: async () => void closed++ }),
      earlierRuns: () => ({
        calls: [
          {
            file: '1-a.ndjson',
            requestId: 'r',
            callId: 'c/1',
            callsPath: '/v1.0/communications/calls',
            callbackPath: '/canary',
            token: 'own',
            at: '2026-01-01T10:00:00.000Z',
          },
        ],
        unreadable: [],
        settle: () => {},
      }),
      ...changes,
    })
    return { code, said, closed, bearer }
  }

  const states = (said: readonly string[]) =>
    said
      .slice(0, -1)
      .map((line) => line.replace(/^(. .{14}) ([\w ]+): .*$/, (_, name: string, state: string) => `${name.trim()}=${state}`))

  test('all is right: a line for each check, exit 0, and everything closed', async () => {
    const { code, said, closed } = await examined({ args: ['--clean-up'] })
    assert.deepEqual(states(said), [
      '✓ configuration=ok',
      '✓ cast=ok',
      '✓ credential=ok',
      '✓ permissions=ok',
      '✓ Graph=ok',
      '✓ clock=ok',
      '✓ keys=ok',
      '✓ listener=ok',
      '✓ callback=ok',
      '✓ people=ok',
      '✓ earlier runs=ok',
    ])
    assert.match(said.at(-1) as string, /Ready/)
    assert.deepEqual([code, closed], [0, 2])
  })

  test('an unusable configuration: a line for each problem, and no other check', async () => {
    const { code, said, closed } = await examined({ environment: { GRAPH_TENANT_ID: undefined, GRAPH_CALLS_PATH: '/x' } })
    assert.deepEqual([code, closed], [1, 0])
    assert.match(said[0] as string, /configuration +fix: GRAPH_CALLS_PATH/)
    assert.match(said[1] as string, /configuration +fix: GRAPH_TENANT_ID/)
    assert.equal(said.length, 3, said.join('\n'))
    assert.equal(said[2], '\nNot ready: 2 of 2 lines say what to do first. 10 checks need that first and could not be made.')
  })

  test('what depends on something that failed says so', async () => {
    const refused = () => Promise.reject(new CouldNotRun('the token service gave no token'))
    const { code, said } = await examined({ changes: { tokens: () => refused }, args: ['--clean-up'] })
    assert.equal(code, 1)
    assert.match(said.join('\n'), /credential +fix: the token service gave no token\n✓ Graph/)
    assert.match(
      said.join('\n'),
      /earlier runs +fix: 1 call .*not hung up, because there is no token .*--clean-up once there is one/,
    )
    assert.match(said.at(-1) as string, /2 of 10 lines say what to do first\. 1 check needs that first and could not be made\.$/)

    const silent = await examined({ environment: { GRAPH_BASE_URL: 'http://127.0.0.1:1' } })
    assert.doesNotMatch(silent.said.join('\n'), /clock/)
    assert.match(silent.said.at(-1) as string, /1 check needs that first/)

    const taken = () => Promise.reject(new HarnessError('BOT_CALLBACK_LISTEN: taken'))
    const deaf = await examined({ changes: { openListener: taken }, args: ['--clean-up'] })
    assert.match(deaf.said.join('\n'), /listener +fix: BOT_CALLBACK_LISTEN: taken\n✓ people/)
    assert.deepEqual([deaf.code, deaf.closed], [1, 1])
  })

  test('a warning alone does not stop a run', async () => {
    const { code, said } = await examined({ environment: { GRAPH_PEOPLE: 'unattended' }, args: ['--clean-up'] })
    assert.deepEqual([code, said.filter((line) => line.startsWith('!')).length], [0, 2])
  })

  test('a file of the project that cannot be used is named with what to do, before the checks and in one', async () => {
    const broken = new FixtureError([{ file: 'fixtures/a.yaml', path: 'b', cause: 'is missing', remedy: 'write it' }])
    const fails = () => {
      throw broken
    }
    const before = await examined({ changes: { openNetwork: fails } })
    assert.deepEqual([before.code, before.said], [1, ['fixtures/a.yaml: b is missing; write it.']])
    const within = await examined({ changes: { tokens: () => async () => fails() } })
    assert.match(within.said.join('\n'), /credential +fix: fixtures\/a\.yaml: b is missing; write it\.\n/)
    assert.equal(within.code, 1)
  })

  test('of an unforeseen error only the kind is shown, and the other checks go on', async () => {
    const strange = () => Promise.reject(Object.assign(new RangeError('canary'), { code: 'ERR_ODD' }))
    const { said, code } = await examined({ changes: { tokens: () => strange } })
    assert.match(said.join('\n'), /credential +fix: the check itself failed \(RangeError ERR_ODD\)/)
    assert.match(said.join('\n'), /✓ callback/)
    assert.equal(code, 1)
  })

  test('no secret, token or proxy password is printed', async () => {
    const environment = {
      HTTPS_PROXY: 'http://canary:canary@127.0.0.1:1',
      GRAPH_PEOPLE: 'http://127.0.0.1:1',
      GRAPH_PEOPLE_TOKEN: 'canary',
    }
    const { said, bearer } = await examined({ environment, args: ['--clean-up'] })
    assert.doesNotMatch(said.join('\n'), /canary/)
    assert.ok(!said.join('\n').includes(bearer))
  })

  test('the variables of .env count', async () => {
    writeFileSync(join(folder, '.env'), 'GRAPH_CALLS_PATH=/from/the/file\n')
    const { said } = await examined()
    rmSync(join(folder, '.env'))
    assert.match(said[0] as string, /GRAPH_CALLS_PATH is /)
  })

  test('options: help, and an unknown one', async () => {
    const help = await examined({ args: ['--help'] })
    assert.equal(help.code, 0)
    assert.match(help.said.join('\n'), /--clean-up/)
    const wrong = await examined({ args: ['--cleanup'] })
    assert.deepEqual([wrong.code, wrong.said.length], [1, 1])
    assert.match(wrong.said[0] as string, /--cleanup.*--help/)
  })

  test('colours are for terminals', async () => {
    const { said } = await examined({ changes: { colours: true } })
    assert.ok(said[0]?.includes('\u001b['))
    assert.ok(!(await examined()).said.join('').includes('\u001b['))
  })
})
