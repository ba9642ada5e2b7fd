// Bodies over the limit, requests given up, many at once, and how a listener ends.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { after, describe, test } from 'mocha'
import { testUnless } from '../../../test/kit/unless'
import { type Limits, type Listener, listen } from './listener'

const LIMITS: Limits = { bodyBytes: 64 * 1024, headersMs: 2_000, requestMs: 2_000, lingerMs: 300 }

const open: Listener[] = []
after(() => Promise.all(open.map((one) => one.close(0))))

const NO_PYTHON =
  spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not on this machine: nothing is said about such a client'

type Handle = (request: Request) => Promise<Response>

async function listening(handle: Handle, problems: string[] = []): Promise<Listener> {
  const onProblem = (text: string) => problems.push(text)
  const listener = await listen({ host: '127.0.0.1', port: 0, handle, tls: null, onProblem, limits: LIMITS })
  open.push(listener)
  return listener
}

/** Answers with the length of the body, 413 when it is over the limit: as the services do. */
const measures: Handle = async (request) => {
  if (Number(request.headers.get('content-length') ?? 0) > LIMITS.bodyBytes) return new Response('said too long', { status: 413 })
  const { byteLength } = await request.arrayBuffer()
  return byteLength > LIMITS.bodyBytes ? new Response('grew too long', { status: 413 }) : new Response(String(byteLength))
}

interface Heard {
  readonly status: number | undefined
  readonly connection: string | undefined
  readonly text: string
}

/** One post, of a client that writes everything that it has before it reads. */
function post(port: number, body: Buffer, headers: http.OutgoingHttpHeaders): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', method: 'POST', headers, agent: false }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      const { statusCode, headers } = response
      resolve({ status: statusCode, connection: headers.connection, text: Buffer.concat(chunks).toString() })
    })
    request.on('error', reject)
    for (let at = 0; at < body.length; at += 16_384) request.write(body.subarray(at, at + 16_384))
    request.end()
  })
}

describe('a body', () => {
  const long = Buffer.alloc(6 * 1024 * 1024, 'x')

  test('of exactly the limit arrives whole, said before or in chunks', async () => {
    const { port } = await listening(measures)
    const body = long.subarray(0, LIMITS.bodyBytes)
    for (const headers of [{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }])
      assert.deepEqual(await post(port, body, headers), { status: 200, connection: 'close', text: String(LIMITS.bodyBytes) })
  })

  test('over the limit is answered while the client still writes, and the connection ends', async () => {
    const { port } = await listening(measures)
    const said = await post(port, long, { 'content-length': long.length, connection: 'keep-alive' })
    assert.deepEqual(said, { status: 413, connection: 'close', text: 'said too long' })
    const grew = await post(port, long, { 'transfer-encoding': 'chunked', connection: 'keep-alive' })
    assert.deepEqual(grew, { status: 413, connection: 'close', text: 'grew too long' })
  })

  testUnless(
    NO_PYTHON,
    'over the limit is answered also to a client that reads only once it has written everything',
    async () => {
      const { port } = await listening(measures)
      const script = `import http.client, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
connection.request('POST', '/', body=b'x' * 6291456)
print(connection.getresponse().status)`
      assert.equal((await promisify(execFile)('python3', ['-c', script, String(port)])).stdout.trim(), '413')
    },
  )

  test('over the limit is not asked for where the client asks first', async () => {
    const { port } = await listening(measures)
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
    const { port } = await listening(measures)
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
    const listener = await listening(async () => {
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

  test('before the answer is seen by the handler as an abort, and costs nobody else', async () => {
    const aborted: string[] = []
    const { port } = await listening(async (request) => {
      if (request.url.endsWith('/quick')) return new Response('quick')
      await once(request.signal, 'abort')
      aborted.push(String(request.signal.reason))
      throw new Error('nobody is there')
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

test('a handler that fails is answered 500 without its words, and told', async () => {
  const problems: string[] = []
  const { port } = await listening(async () => {
    throw new Error('a secret detail')
  }, problems)
  const response = await fetch(`http://127.0.0.1:${port}/`)
  assert.equal(response.status, 500)
  assert.doesNotMatch(await response.text(), /secret/)
  assert.deepEqual(problems, ['a request was answered 500: a secret detail'])
})

test('five hundred connections at once are all answered', async () => {
  const { port } = await listening(async (request) => {
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
  test('lets a request under way finish, ends idle and silent connections, and accepts nobody', async () => {
    const listener = await listening(async () => {
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
    const listener = await listening(() => new Promise(() => {}))
    const under = assert.rejects(fetch(`http://127.0.0.1:${listener.port}/`))
    await pause(50)
    const began = performance.now()
    await listener.close(100)
    assert.ok(performance.now() - began < 600)
    await under
  })

  test('of a taken port is an error with its code', async () => {
    const { port } = await listening(measures)
    const options = { host: '127.0.0.1', port, handle: measures, tls: null, onProblem: () => {} }
    await assert.rejects(listen(options), { code: 'EADDRINUSE' })
  })
})
