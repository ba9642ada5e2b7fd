// The listener as clients of every kind meet it: both schemes on one port, the address they used, and an end for all that is malformed or slow.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'
import { promisify } from 'node:util'
import { after, describe, test } from 'mocha'
import { bodyOf, HELD_MS, post, said, statusOf } from '../../test/kit/raw-clients'
import { testUnless } from '../../test/kit/unless'
import { issueLeaf, makeAuthority } from '../simulator/identity/authority'
import { BrokenOff, type Limits, type Listener, listen } from './listener'

const LIMITS: Limits = { bodyBytes: 64 * 1024, headersMs: 600, requestMs: 600, lingerMs: 200 }
/** Of tests in which the machine may be slow, but nothing has to time out. */
const PATIENT: Limits = { ...LIMITS, headersMs: 2_000, requestMs: 2_000, lingerMs: 300 }
/** For a client in a process of its own, which a busy machine may not run for seconds. */
const PATIENT_WITH_PROCESSES: Limits = { ...LIMITS, headersMs: 60_000, requestMs: 60_000, lingerMs: 20_000 }

const open: Listener[] = []
after(() => Promise.all(open.map((one) => one.close(0))))

interface Opened {
  readonly listener: Listener
  readonly problems: string[]
}

type Handle = (request: Request) => Promise<Response>

async function listening(
  handle: Handle = async ({ url, method }) => Response.json({ url, method }),
  tlsPair: { key: string; cert: string } | null = null,
  limits = LIMITS,
): Promise<Opened> {
  const problems: string[] = []
  const onProblem = (text: string) => problems.push(text)
  const listener = await listen({ host: '127.0.0.1', port: 0, handle, tls: tlsPair, onProblem, limits })
  open.push(listener)
  return { listener, problems }
}

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
    ['an invalid host', 'GET / HTTP/1.1\r\nHost: a b<c>\r\n'],
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

describe('a body that breaks off', () => {
  test('ends the connection after what came, and nothing is printed or appended', async () => {
    const printed: unknown[] = []
    const print = console.error
    console.error = (...values: unknown[]) => printed.push(values)
    try {
      const halves = async function* () {
        yield Buffer.from('{"half":')
        await pause(20) // until the listener has sent it
        throw new BrokenOff()
      }
      const { listener, problems } = await listening(
        async () =>
          new Response(ReadableStream.from(halves()), {
            headers: { 'content-length': '100', 'content-type': 'application/json' },
          }),
      )
      const answer = await said(listener.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      assert.equal(statusOf(answer), 200, answer)
      assert.equal(answer.slice(answer.indexOf('\r\n\r\n') + 4), '{"half":')
      assert.deepEqual([printed, problems], [[], []])
    } finally {
      console.error = print
    }
  })
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
      assert.match(problems.join('\n'), new RegExp(`^a client was answered ${status}: \\S.*$`), 'is reported once, in one line')
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

  test('the listener reports a client that does not trust the authority', async () => {
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

const patient = async (handle: Handle, limits = PATIENT) => (await listening(handle, null, limits)).listener

const NO_PYTHON =
  spawnSync('python3', ['--version']).status === 0
    ? false
    : 'python3 is not on this machine: no client reads only after it has written'

/** Answers with the length of the body, 413 when it is over the limit: as the services do. */
const measures: Handle = async (request) => {
  if (Number(request.headers.get('content-length') ?? 0) > LIMITS.bodyBytes) return new Response('said too long', { status: 413 })
  const { byteLength } = await request.arrayBuffer()
  return byteLength > LIMITS.bodyBytes ? new Response('grew too long', { status: 413 }) : new Response(String(byteLength))
}

describe('a body', () => {
  const long = Buffer.alloc(6 * 1024 * 1024, 'x')

  test('of exactly the limit arrives whole, said before or in chunks', async () => {
    const { port } = await patient(measures)
    const body = long.subarray(0, LIMITS.bodyBytes)
    for (const headers of [{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }])
      assert.deepEqual(await post(port, body, headers), { status: 200, connection: 'close', text: String(LIMITS.bodyBytes) })
  })

  test('over the limit is answered while the client still writes, and the connection ends', async () => {
    const { port } = await patient(measures)
    const said = await post(port, long, { 'content-length': long.length, connection: 'keep-alive' })
    assert.deepEqual(said, { status: 413, connection: 'close', text: 'said too long' })
    const grew = await post(port, long, { 'transfer-encoding': 'chunked', connection: 'keep-alive' })
    assert.deepEqual(grew, { status: 413, connection: 'close', text: 'grew too long' })
  })

  testUnless(
    NO_PYTHON,
    'over the limit is answered also to a client that reads only once it has written everything',
    async () => {
      const { port } = await patient(measures, PATIENT_WITH_PROCESSES)
      const script = `import http.client, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
connection.request('POST', '/', body=b'x' * 6291456)
print(connection.getresponse().status)`
      assert.equal((await promisify(execFile)('python3', ['-c', script, String(port)])).stdout.trim(), '413')
    },
  )

  test('over the limit is not asked for where the client asks first', async () => {
    const { port } = await patient(measures)
    for (const [length, expected] of [
      [LIMITS.bodyBytes + 1, /^HTTP\/1\.1 413 /],
      [3, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /],
    ] as const) {
      const socket = net.connect(port, '127.0.0.1').setEncoding('latin1')
      let heard = ''
      socket.on('data', (chunk) => {
        heard += chunk
        if (heard.includes('100 Continue')) socket.write('abc')
      })
      socket.write(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`)
      await once(socket, 'close')
      assert.match(heard, expected)
    }
  })

  test('that never ends is listened to for a moment only', async () => {
    const { port } = await patient(measures)
    const socket = net.connect(port, '127.0.0.1').on('error', () => {})
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const flood = setInterval(() => socket.write(chunk), 5)
    const began = performance.now()
    await once(socket.resume(), 'close')
    clearInterval(flood)
    assert.ok(performance.now() - began < 1_500)
  })
})

describe('a client that goes away', () => {
  test('in the middle of its body leaves nothing: the handler never runs', async () => {
    let ran = 0
    const listener = await patient(async () => {
      ran++
      return new Response()
    })
    const socket = net.connect(listener.port, '127.0.0.1').on('error', () => {})
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    await pause(30)
    socket.resetAndDestroy()
    await pause(30)
    assert.equal(ran, 0)
    const began = performance.now()
    await listener.close(1_000)
    assert.ok(performance.now() - began < 500)
  })

  test('before the answer is seen by the handler as an abort, and affects no other client', async () => {
    const aborted: string[] = []
    const { port } = await patient(async (request) => {
      if (request.url.endsWith('/quick')) return new Response('quick')
      await once(request.signal, 'abort')
      aborted.push(String(request.signal.reason))
      throw new Error('the client has gone')
    })
    const stop = new AbortController()
    const slow = fetch(`http://127.0.0.1:${port}/slow`, { signal: stop.signal })
    await pause(30)
    stop.abort()
    await assert.rejects(slow)
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/quick`)).text(), 'quick')
    await pause(30)
    assert.equal(aborted.length, 1)
  })
})

test('a handler that fails is answered 500 without its words, and reported', async () => {
  const { listener, problems } = await listening(async () => {
    throw new Error('a secret detail')
  })
  const response = await fetch(`http://127.0.0.1:${listener.port}/`)
  assert.equal(response.status, 500)
  assert.doesNotMatch(await response.text(), /secret/)
  assert.deepEqual(problems, ['a request was answered 500: a secret detail'])
})

test('five hundred connections at once are all answered', async () => {
  const { port } = await patient(async (request) => {
    await pause(20)
    return new Response(await request.text())
  })
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, at) => post(port, Buffer.from(`body ${at}`), { 'transfer-encoding': 'chunked' })),
  )
  assert.deepEqual(
    answers.filter(({ status, text }, at) => status !== 200 || text !== `body ${at}`),
    [],
  )
})

describe('the end', () => {
  test('lets a request under way finish, ends idle and silent connections, and accepts no other', async () => {
    const listener = await patient(async () => {
      await pause(150)
      return new Response('finished')
    })
    const agent = new http.Agent({ keepAlive: true })
    const address = `http://127.0.0.1:${listener.port}/`
    await new Promise((resolve) => http.get(address, { agent }, (response) => response.resume().on('end', resolve)))
    const silent = net.connect(listener.port, '127.0.0.1')
    await once(silent, 'connect')
    const under = fetch(address).then((response) => response.text())
    await pause(50)
    const began = performance.now()
    await listener.close(2_000)
    assert.ok(performance.now() - began < 1_000, 'what is idle is not waited for')
    assert.equal(await under, 'finished')
    await assert.rejects(fetch(address))
    agent.destroy()
  })

  test('ends what does not finish within the grace', async () => {
    const listener = await patient(() => new Promise(() => {}))
    const under = assert.rejects(fetch(`http://127.0.0.1:${listener.port}/`))
    await pause(50)
    const began = performance.now()
    await listener.close(100)
    assert.ok(performance.now() - began < 600)
    await under
  })

  test('of a taken port is an error with its code', async () => {
    const { port } = await patient(measures)
    const options = { host: '127.0.0.1', port, handle: measures, onProblem: () => {}, limits: LIMITS }
    await assert.rejects(listen(options), { code: 'EADDRINUSE' })
  })
})
