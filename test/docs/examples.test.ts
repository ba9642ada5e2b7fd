// The example bots, as they are in the repository: each carries a call from beginning to end, and refuses notifications without a valid token.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { after, before, describe } from 'mocha'
import type { Announced } from '../kit/simulator-process'
import { type Program, type Standalone, serveSimulator, startProgram } from '../kit/standalone'
import { testUnless } from '../kit/unless'

const BOTS = [
  { name: 'Node', command: process.execPath, file: 'examples/node-bot.mjs', trust: 'NODE_EXTRA_CA_CERTS' },
  { name: 'Python', command: 'python3', file: 'examples/python-bot.py', trust: 'SSL_CERT_FILE' },
] as const
type Bot = (typeof BOTS)[number]

const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'])
const missing = (bot: Bot) => (bot.name === 'Python' && python.status !== 0 ? 'there is no Python 3.9 on this machine' : false)

/** The states of a call as a bot prints them; the response to the create may come anywhere among them. */
const STATES = ['establishing', 'established', 'terminating', 'terminated: 0/0 The call was ended by the application.'].map(
  (state) => `the call is ${state}`,
)

const statesIn = (lines: readonly string[]) => lines.filter((line) => line.startsWith('the call is '))

let simulator: Standalone
before(async () => {
  simulator = await serveSimulator('--tls')
})
after(async () => {
  assert.equal(await simulator?.stop(), 0)
})

function started(bot: Bot, otherwise: NodeJS.ProcessEnv = {}): Program {
  return startProgram(bot.command, [bot.file], { ...places(simulator.announced, 'http'), BOT_CALLBACK_PORT: '0', ...otherwise })
}

function places(announced: Announced, scheme: 'http' | 'https'): NodeJS.ProcessEnv {
  const root = announced[scheme] ?? assert.fail(`no ${scheme} address`)
  const [app] = announced.apps
  return {
    GRAPH_BASE_URL: root,
    GRAPH_AUTHORITY_URL: root,
    BOT_NOTIFICATION_OPENID: `${root}/v1/.well-known/OpenIdConfiguration`,
    GRAPH_TENANT_ID: app?.tenantId,
    GRAPH_CLIENT_ID: app?.clientId,
    GRAPH_CLIENT_SECRET: app?.secret,
  }
}

describe('a bot calls John, hears him answer and hangs up', () => {
  for (const bot of BOTS) {
    for (const scheme of ['http', 'https'] as const) {
      testUnless(missing(bot), `${bot.name}, over ${scheme}`, async () => {
        const trust = scheme === 'https' ? { [bot.trust]: simulator.announced.caFile ?? '' } : {}
        const { ended, lines } = started(bot, { ...places(simulator.announced, scheme), ...trust })
        assert.equal(await ended, 0, lines().join('\n'))
        assert.deepEqual(statesIn(lines()), STATES)
        assert.match(lines()[0] ?? '', /^listening at http:\/\/127\.0\.0\.1:\d+\//)
        assert.equal(lines().filter((line) => /^call [0-9a-f-]{36} was created$/.test(line)).length, 1)
      })
    }

    testUnless(missing(bot), `${bot.name} does not trust an unknown https certificate`, async () => {
      const { ended, lines } = started(bot, { ...places(simulator.announced, 'https'), [bot.trust]: '' })
      assert.notEqual(await ended, 0)
      assert.match(lines().join('\n'), /CERTIFICATE_VERIFY_FAILED|UNABLE_TO_VERIFY_LEAF|SELF_SIGNED|unable to get local issuer/)
    })
  }
})

describe('a bot copes with', () => {
  for (const bot of BOTS) {
    testUnless(missing(bot), `a throttled Graph: ${bot.name} waits as long as it is asked to`, async () => {
      await simulator.control('reset')
      await simulator.control('arm', { fault: 'throttle', retryAfter: 1, messages: 1 })
      const { ended, lines } = started(bot)
      assert.equal(await ended, 0, lines().join('\n'))
      assert.ok(lines().includes('throttled: waiting 1 s'), lines().join('\n'))
      assert.deepEqual(statesIn(lines()), STATES)
      await simulator.control('reset')
    })

    testUnless(missing(bot), `a port that is taken: ${bot.name} says so in one sentence`, async () => {
      const other = createServer()
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      const { port } = other.address() as AddressInfo
      const { ended, lines } = started(bot, { BOT_CALLBACK_PORT: String(port) })
      assert.equal(await ended, 1)
      other.close()
      assert.equal(lines().join('\n').trim().split('\n').length, 1, lines().join('\n'))
      assert.match(lines().join('\n'), new RegExp(`^port ${port} is taken, .* set BOT_CALLBACK_PORT to another port`))
    })
  }
})

/** A platform of the test's own: its key is published under the name of the simulator's, and under one of its own. */
async function otherPlatform(announced: Announced) {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const strange = await generateKeyPair('RS256')
  const read = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>
  const { jwks_uri } = await read(announced.openIdConfiguration.replace(/^https:\/\/[^/]+/, announced.http))
  const [theirs] = (await read(String(jwks_uri))).keys as JWK[]
  const key = await exportJWK(publicKey)
  const published: JWK[] = ['published', theirs?.kid].map((name) => ({ ...key, kid: name, alg: 'RS256', use: 'sig' }))
  const server = createServer(({ url }, response) => {
    const { port } = server.address() as AddressInfo
    const configuration = { issuer: 'https://api.botframework.com', jwks_uri: `http://127.0.0.1:${port}/keys` }
    response.end(JSON.stringify(url === '/keys' ? { keys: published } : configuration))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const signed = (claims: JWTPayload, by = privateKey, name = 'published') =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: name }).sign(by)
  const confused = (claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'published' }).sign(Buffer.from(String(key.n), 'base64url'))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { address: `http://127.0.0.1:${port}/`, signed, confused, strange: strange.privateKey, close }
}

describe('a bot refuses notifications without a valid token of the platform', () => {
  const platforms: { close(): void }[] = []
  after(() => platforms.forEach((platform) => void platform.close()))

  for (const bot of BOTS) {
    testUnless(missing(bot), bot.name, async () => {
      const platform = await otherPlatform(simulator.announced)
      platforms.push(platform)
      const program = started(bot, { BOT_NOTIFICATION_OPENID: platform.address })
      const callback = (await program.line(/^listening at /)).split(' ').at(-1) as string

      // The simulator's own posts: its key has the name of a published one and is another.
      await program.line(/^refused a post: its token is not signed with the key that it names$/)

      const now = Math.floor(Date.now() / 1000)
      const aud = simulator.announced.apps[0]?.clientId
      const right = { aud, iss: 'https://api.botframework.com', nbf: now, exp: now + 60 }
      const good = await platform.signed(right)
      const [head, , signature] = good.split('.')
      const tampered = `${head}.${Buffer.from(JSON.stringify({ ...right, tid: 'x' })).toString('base64url')}.${signature}`
      const forged: readonly (readonly [what: string, token: string | null])[] = [
        ['no token', null],
        ['no token at all', 'nonsense'],
        ['of no published key', await platform.signed(right, platform.strange, 'unheard-of')],
        ['signed with another key', await platform.signed(right, platform.strange)],
        ['tampered with', tampered],
        ['for another bot', await platform.signed({ ...right, aud: 'another bot' })],
        ['from another issuer', await platform.signed({ ...right, iss: 'https://sts.windows.net/x/' })],
        ['expired', await platform.signed({ ...right, exp: now - 1 })],
        ['of tomorrow', await platform.signed({ ...right, nbf: now + 86_400, exp: now + 90_000 })],
        ['unsigned', new UnsecuredJWT(right).encode()],
        ['signed with the public key as a secret', await platform.confused(right)],
      ]
      for (const [what, token] of forged) assert.equal(await post(callback, 'terminated', token), 401, what)
      assert.equal(await post(callback, 'terminated', good), 202)
      assert.equal(await program.ended, 0)
      assert.deepEqual(statesIn(program.lines()), ['the call is terminated'])
    })
  }
})

async function post(callback: string, state: string, token: string | null): Promise<number> {
  const body = JSON.stringify({ value: [{ changeType: 'deleted', resource: '/app/calls/x', resourceData: { state } }] })
  const headers = new Headers({ 'content-type': 'application/json' })
  if (token !== null) headers.set('authorization', `Bearer ${token}`)
  return (await fetch(callback, { method: 'POST', headers, body })).status
}
