// The listener as clients of every kind meet it: both schemes on one port, the address they used, and an end for all that is malformed or slow.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'
import { after, describe, test } from 'mocha'
import { issueLeaf, makeAuthority } from '../identity/certificates'
import { type Limits, type Listener, listen } from './listener'

const LIMITS: Limits = { bodyBytes: 64 * 1024, headersMs: 600, requestMs: 600, lingerMs: 200 }

const open: Listener[] = []
after(() => Promise.all(open.map((one) => one.close(0))))

interface Told {
  readonly listener: Listener
  readonly problems: string[]
}

async function listening(
  handle: (request: Request) => Promise<Response> = async ({ url, method }) => Response.json({ url, method }),
  tlsPair: { key: string; cert: string } | null = null,
): Promise<Told> {
  const problems: string[] = []
  const onProblem = (text: string) => problems.push(text)
  const listener = await listen({ host: '127.0.0.1', port: 0, handle, tls: tlsPair, onProblem, limits: LIMITS })
  open.push(listener)
  return { listener, problems }
}

/** Whoever is not let go within this time is held, in milliseconds. */
const HELD_MS = 5_000

/** What a raw client reads until the connection ends. */
async function said(port: number, text: string | Buffer, { end = false } = {}): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('error', () => {})
  let heard = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    heard += chunk
  })
  socket.write(text)
  if (end) socket.end()
  await once(socket, 'close', { signal: AbortSignal.timeout(HELD_MS) }).finally(() => socket.destroy())
  return heard
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))

describe('the address of a request', () => {
  test('has the host and the scheme that the client used', async () => {
    const authority = await makeAuthority()
    const { listener } = await listening(undefined, await issueLeaf(authority))
    const ask = (scheme: typeof http | typeof https, host: string) =>
      new Promise((resolve, reject) => {
        const options = {
          port: listener.port,
          host: '127.0.0.1',
          servername: 'localhost',
          ca: authority.certificate,
          path: '/beta/app/calls?a=b',
          headers: { host },
          agent: false as const,
        }
        scheme
          .get(options, async (response) => {
            const chunks: Buffer[] = []
            for await (const chunk of response) chunks.push(chunk)
            resolve(JSON.parse(Buffer.concat(chunks).toString()).url)
          })
          .on('error', reject)
      })
    assert.equal(await ask(http, `localhost:${listener.port}`), `http://localhost:${listener.port}/beta/app/calls?a=b`)
    assert.equal(await ask(https, `localhost:${listener.port}`), `https://localhost:${listener.port}/beta/app/calls?a=b`)
    assert.equal(await ask(https, 'graph.microsoft.com'), 'https://graph.microsoft.com/beta/app/calls?a=b')
  })

  test('is made up for HTTP/1.0, which need not name a host', async () => {
    const { listener } = await listening()
    const answer = await said(listener.port, 'GET /x HTTP/1.0\r\n\r\n')
    assert.equal(bodyOf(answer).url, `http://localhost:${listener.port}/x`)
  })

  for (const [what, request] of [
    ['no host', 'GET / HTTP/1.1\r\n'],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b<c>\r\n'],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: localhost/evil?\r\n'],
    ['a host with credentials', 'GET / HTTP/1.1\r\nHost: user@localhost\r\n'],
    ['a host that is a bracket', 'GET / HTTP/1.1\r\nHost: [\r\n'],
    ['a port out of range', 'GET / HTTP/1.1\r\nHost: localhost:99999999\r\n'],
    ['a target without a path', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n'],
    ['a target that is no address', 'GET http://[ HTTP/1.1\r\nHost: localhost\r\n'],
  ] as const) {
    test(`of ${what} is answered 400`, async () => {
      const { listener, problems } = await listening()
      const answer = await said(listener.port, `${request}Connection: close\r\n\r\n`)
      assert.equal(statusOf(answer), 400, answer)
      assert.deepEqual(problems, [])
      assert.equal((await fetch(`http://127.0.0.1:${listener.port}/`)).status, 200)
    })
  }
})

describe('what is no request', () => {
  for (const [what, bytes, status] of [
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 400],
    ['a method that there is not', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n', 400],
    ['a header with a line break', 'GET / HTTP/1.1\r\nHost: a\r\nb\rc: d\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a chunk of no size', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n', 400],
    ['a version that there is not', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', 400],
    ['HTTP/2 without an agreement', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['bytes of chance', Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 97) % 256)), 400],
    ['one header too long', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 431],
    ['a flood of headers', `GET / HTTP/1.1\r\nHost: a\r\n${'x: y\r\n'.repeat(20_000)}\r\n`, 431],
  ] as const) {
    test(`${what}: ${status}`, async () => {
      const { listener, problems } = await listening()
      assert.equal(statusOf(await said(listener.port, bytes)), status)
      assert.match(problems.join('\n'), new RegExp(`^a client was answered ${status}: \\S.*$`), 'is told once, in one line')
      assert.equal((await fetch(`http://127.0.0.1:${listener.port}/`)).status, 200)
    })
  }

  test('after a good request does not cost that one its answer', async () => {
    const { listener } = await listening()
    const answer = await said(listener.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n')
    assert.equal(statusOf(answer), 200, answer)
  })

  test('https where only http is served is said aloud', async () => {
    const { listener, problems } = await listening()
    const socket = tls.connect({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'error')
    assert.deepEqual(problems, ['a client spoke https where only http is served: start with --tls'])
  })

  test('a client that does not trust the authority is told so, by the listener', async () => {
    const { listener, problems } = await listening(undefined, await issueLeaf(await makeAuthority()))
    await assert.rejects(fetch(`https://127.0.0.1:${listener.port}/`))
    await pause(50)
    assert.match(problems.join('\n'), /^a TLS handshake failed: .*CA file$/)
    const raw = net.connect(listener.port, '127.0.0.1')
    raw.write(Buffer.from('1603010004ffffffff', 'hex'))
    await once(raw.resume(), 'close')
    await pause(20)
    assert.match(problems[1] ?? '', /^a TLS handshake failed: \S/)
    assert.equal((await fetch(`http://127.0.0.1:${listener.port}/`)).status, 200)
  })
})

describe('what is slow', () => {
  for (const [what, bytes] of [
    ['headers', 'GET / HTTP/1.1\r\nHost: a\r\nx'],
    ['a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'],
    ['a body in chunks', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ] as const) {
    test(`${what}: 408, and its handler never runs`, async () => {
      let ran = 0
      const { listener } = await listening(async () => {
        ran++
        return new Response()
      })
      const began = performance.now()
      assert.equal(statusOf(await said(listener.port, bytes)), 408)
      assert.ok(performance.now() - began < 3_000)
      assert.equal(ran, 0)
    })
  }

  test('a client that drips is ended all the same', async () => {
    const { listener } = await listening()
    const socket = net.connect(listener.port, '127.0.0.1').on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n')
    const drip = setInterval(() => socket.write('x: y\r\n'), 50)
    const began = performance.now()
    await once(socket.resume(), 'close', { signal: AbortSignal.timeout(HELD_MS) }).finally(() => clearInterval(drip))
    socket.destroy()
    assert.ok(performance.now() - began < 3_000)
  })

  test('a client that says nothing at all, and one that stops in the handshake, are let go', async () => {
    const { listener } = await listening(undefined, await issueLeaf(await makeAuthority()))
    const began = performance.now()
    await Promise.all([said(listener.port, ''), said(listener.port, Buffer.from([0x16, 3, 1]))])
    assert.ok(performance.now() - began < 3_000)
  })

  test('a client that only closes its side hears the answer', async () => {
    const { listener } = await listening(async () => {
      await pause(50)
      return new Response('yes')
    })
    assert.equal(await said(listener.port, '', { end: true }), '')
    const answer = await said(listener.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    assert.match(answer, /yes$/)
  })
})
