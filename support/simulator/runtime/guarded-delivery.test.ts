// Guarded deliveries: how they arrive, and what they say when a bot cannot be reached or answers nonsense.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { after, describe, test } from 'mocha'
import { getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici'
import { A_MOMENT_MS, bot, closers, failure, guarded, liar, POST } from '../../../test/kit/callback-bots'
import { PROJECT_ROOT } from '../../contract/fixture'
import { issueLeaf, makeAuthority } from '../identity/authority'
import { guardedDeliver } from './guarded-delivery'

after(() => Promise.all(closers.map((close) => close())))

describe('a delivery', () => {
  test('arrives as it was given, with its length, and the next takes the same connection', async () => {
    const { port, heard } = await bot()
    const deliver = guarded()
    for (let times = 0; times < 3; times++) {
      assert.equal((await deliver(`http://localhost:${port}/calls?a=b`, POST)).status, 202)
      await pause(A_MOMENT_MS)
    }
    const [first, second, third] = heard
    assert.deepEqual(first?.body, POST.body)
    const { host, ...headers } = first?.headers ?? {}
    assert.equal(host, `localhost:${port}`)
    assert.deepEqual(
      { ...headers, connection: '' },
      { 'content-type': 'application/json', authorization: 'Bearer x', 'content-length': '16', connection: '' },
    )
    assert.ok(second?.socket === first?.socket && third?.socket === first?.socket)
  })

  test('keeps its connection when the bot answers with a body, and returns the beginning of that body', async () => {
    const { port, heard } = await bot((response) =>
      response.writeHead(401, { 'content-type': 'text/plain' }).end('Invalid token'),
    )
    const deliver = guarded()
    for (let times = 0; times < 2; times++) {
      const answer = await deliver(`http://127.0.0.1:${port}/`, POST)
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [401, 'text/plain'])
      await answer.body?.cancel()
      await pause(A_MOMENT_MS)
    }
    assert.ok(heard[1]?.socket === heard[0]?.socket)
  })

  test('follows no redirect', async () => {
    const elsewhere = await bot()
    const { port } = await bot((response) => response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end())
    assert.equal((await guarded()(`http://127.0.0.1:${port}/`, POST)).status, 307)
    assert.deepEqual(elsewhere.heard, [])
  })

  test('uses no proxy of the environment and no dispatcher of the process', async () => {
    const { port, heard } = await bot()
    const before = getGlobalDispatcher()
    const mocks = new MockAgent()
    mocks.disableNetConnect()
    setGlobalDispatcher(mocks)
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
    try {
      for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : 'http://127.0.0.1:9'
      assert.equal((await guarded()(`http://127.0.0.1:${port}/`, POST)).status, 202)
      assert.equal(heard.length, 1)
    } finally {
      setGlobalDispatcher(before)
      for (const name of names) delete process.env[name]
    }
  })

  test('ends with the reason of its signal, also while the bot is silent', async () => {
    const { port } = await bot(() => {})
    const signal = AbortSignal.timeout(80)
    await assert.rejects(guarded()(`http://127.0.0.1:${port}/`, { ...POST, signal }), { name: 'TimeoutError' })
  })

  test('ends with the guard, and none begins afterwards', async () => {
    const { port, heard } = await bot(() => {})
    const { deliver, close } = guardedDeliver({ allowedHosts: [] })
    const under = failure(deliver(`http://127.0.0.1:${port}/`, POST))
    while (heard.length === 0) await new Promise(setImmediate)
    await close()
    await under
    assert.deepEqual((await failure(deliver(`http://127.0.0.1:${port}/`, POST))).words, 'the simulator has stopped')
  })
})

describe('a bot', () => {
  test('that does not listen is said to refuse', async () => {
    const { code, words } = await failure(guarded()('http://localhost:9/', POST))
    assert.deepEqual([code, words], ['ECONNREFUSED', 'connection refused: nothing listens there'])
  })

  for (const [what, answer, words] of [
    ['answers garbage', 'hello\r\n\r\n', /^what it answered is not HTTP$/],
    [
      'answers with another status than there is',
      'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n',
      /^the bot answered with status 999/,
    ],
    ['floods its headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}\r\n`, /^the headers of its answer are too long/],
    ['closes at once', '', /^it closed the connection without an answer$/],
    ['closes in its headers', 'HTTP/1.1 200 OK\r\nconten', /^it closed the connection without an answer$/],
  ] as const) {
    test(`that ${what} is described in words`, async () => {
      const port = await liar((socket) => socket.end(answer))
      assert.match((await failure(guarded()(`http://127.0.0.1:${port}/`, POST))).words, words)
    })
  }

  for (const [status, words] of [
    [202, ''],
    [400, 'begin'],
  ] as const) {
    for (const [what, send] of [
      ['closes in its body', (socket: Socket, text: string) => socket.end(text)],
      ['never ends its body', (socket: Socket, text: string) => socket.write(text)],
    ] as const) {
      test(`that answers ${status} and ${what} has answered all the same`, async () => {
        const port = await liar((socket) => send(socket, `HTTP/1.1 ${status} So\r\ncontent-length: 99\r\n\r\nbegin`))
        const response = await guarded()(`http://127.0.0.1:${port}/`, POST)
        assert.deepEqual([response.status, await response.text()], [status, words])
      })
    }
  }

  for (const [status, read] of [
    [200, 0],
    [400, 16 * 1024],
  ] as const) {
    test(`that answers ${status} without end is read for a little, then the connection ends`, async () => {
      let closed = () => {}
      const ends = new Promise<void>((resolve) => {
        closed = resolve
      })
      const port = await liar((socket) => {
        socket.write(`HTTP/1.1 ${status} So\r\ntransfer-encoding: chunked\r\n\r\n`)
        const more = setInterval(() => socket.write(`2000\r\n${'x'.repeat(0x2000)}\r\n`), 2)
        socket.once('close', () => {
          clearInterval(more)
          closed()
        })
      })
      assert.equal((await (await guarded()(`http://127.0.0.1:${port}/`, POST)).text()).length, read)
      await ends
    })
  }

  test('whose https is http is reported as that', async () => {
    const { port } = await bot()
    const { words } = await failure(guarded()(`https://127.0.0.1:${port}/`, POST))
    assert.equal(words, 'it does not speak TLS: is the callback an http address?')
  })
})

describe('a certificate', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'callback-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('that is not trusted fails the delivery in plain words; NODE_EXTRA_CA_CERTS is enough to trust it', async () => {
    const issuer = await makeAuthority()
    const server = https.createServer(await issueLeaf(issuer), (incoming, response) => {
      incoming.resume().on('end', () => response.writeHead(202).end())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    closers.push(() => server.close().closeAllConnections())
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`
    assert.match((await failure(guarded()(url, POST))).words, /^its certificate is not trusted: .*NODE_EXTRA_CA_CERTS/)

    const file = path.join(folder, 'ca.pem')
    writeFileSync(file, issuer.certificate)
    const script = `const { deliver, close } = require('./support/simulator/runtime/guarded-delivery').guardedDeliver({ allowedHosts: [] })
      deliver(process.argv[1], { method: 'POST', headers: {}, body: '{}' }).then(({ status }) => console.log(status)).finally(close)`
    const { stdout } = await promisify(execFile)(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', script, url], {
      cwd: PROJECT_ROOT,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: file },
    })
    assert.equal(stdout.trim(), '202')
  })
})
