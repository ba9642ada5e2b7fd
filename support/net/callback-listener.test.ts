// The callback listener on real sockets: which post reaches which scenario, what it refuses and reports, and that nothing sent to it ends it.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, test } from 'mocha'
import { HarnessError } from '../contract/failures'
import { type CallbackListener, openCallbackListener } from './callback-listener'
import type { Limits } from './listener'

let open: CallbackListener[] = []
afterEach(async () => {
  for (const listener of open) await listener.close()
  open = []
})

async function listener(limits: Partial<Limits> = {}, host = '127.0.0.1') {
  const opened = await openCallbackListener({ host, port: 0, limits })
  open.push(opened)
  const origin = `http://127.0.0.1:${opened.port}`
  return { ...opened, origin, post: (path: string, body = '{}') => fetch(origin + path, { method: 'POST', body }) }
}

/** Sends bytes as they are and gives what comes back until the other side ends the connection. */
function raw(port: number, ...parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part)
    })
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      answer += ` ${error.code}`
    })
    socket.on('close', () => resolve(answer))
  })
}

const accepted = async () => new Response(null, { status: 202 })

describe('a post', () => {
  test('reaches the scenario of its path: method, path, query, headers and body as they came', async () => {
    const { receive, post, origin } = await listener()
    const seen: unknown[] = []
    receive('/callbacks/one', async (request) => {
      seen.push([request.method, request.url, request.headers.get('authorization'), await request.text()])
      return new Response('kept', { status: 202, headers: { 'x-answer': 'yes' } })
    })
    receive('/callbacks/two', async () => assert.fail('not the path'))
    const headers = { authorization: 'Bearer a', host: 'elsewhere' }
    const response = await fetch(`${origin}/callbacks/one?a=/b`, { method: 'POST', headers, body: '{"ä":1}' })
    assert.deepEqual([response.status, response.headers.get('x-answer'), await response.text()], [202, 'yes', 'kept'])
    assert.deepEqual(seen, [['POST', `${origin}/callbacks/one?a=/b`, 'Bearer a', '{"ä":1}']])
    assert.equal((await post('/callbacks/one')).status, 202)
  })

  test('with a header twice keeps both, in any letter case', async () => {
    const { receive, port } = await listener()
    const seen: (string | null)[] = []
    receive('/a', async ({ headers }) => {
      seen.push(headers.get('authorization'))
      return new Response()
    })
    await raw(
      port,
      'POST /a HTTP/1.1\r\nHOST: b\r\nAUTHORIZATION: 1\r\nauthorization: 2\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    )
    assert.deepEqual(seen, ['1, 2'])
  })

  test('on a path that was never served is answered 404 and counted; a GET is not', async () => {
    const { receive, post, strays, origin } = await listener()
    receive('/live', accepted)
    for (const path of ['/', '/live/', '/LIVE', '//live', '/x/../live?a', '/%6cive']) {
      const target = path.replaceAll('..', '%2e%2e')
      assert.equal((await post(target)).status, path === '/x/../live?a' ? 202 : 404, path)
    }
    assert.equal(strays(), 5)
    assert.equal((await fetch(origin)).status, 404)
    assert.equal(strays(), 5)
  })

  test('on a path that has ended is answered 404 and does not count as a stray', async () => {
    const { receive, post, strays } = await listener()
    receive('/live', accepted)()
    assert.deepEqual([(await post('/live')).status, strays()], [404, 0])
    assert.deepEqual([(await post('/live/')).status, strays()], [404, 1])
    receive('/live', accepted)
    assert.deepEqual([(await post('/live')).status, strays()], [202, 1])
  })

  test('ends only what it began: a path that is served again stays', async () => {
    const { receive, post } = await listener()
    const end = receive('/live', accepted)
    assert.throws(() => receive('/live', accepted), HarnessError)
    end()
    receive('/live', accepted)
    end()
    assert.equal((await post('/live')).status, 202)
  })

  test('whose scenario fails is answered 500, and the error is handed over', async () => {
    const { receive, post } = await listener()
    const failures: unknown[] = []
    const fault = new Error('ours')
    receive('/live', () => Promise.reject(fault), { onFailure: (error) => void failures.push(error) })
    assert.equal((await post('/live')).status, 500)
    assert.deepEqual(failures, [fault])
    receive('/unwatched', () => Promise.reject(fault))
    assert.equal((await post('/unwatched')).status, 500)
  })
})

describe('what is refused on a live path is reported', () => {
  async function watched(limits: Partial<Limits> = {}) {
    const refused: (readonly [number, string])[] = []
    const opened = await listener(limits)
    let handled = 0
    const handle = async () => {
      handled++
      return new Response(null, { status: 202 })
    }
    opened.receive('/live', handle, { onRefused: (...refusal) => void refused.push(refusal) })
    return { ...opened, refused, handled: () => handled }
  }
  const head = (length: number) => `POST /live HTTP/1.1\r\nhost: b\r\ncontent-length: ${length}\r\n\r\n`

  test('a body beyond a megabyte, announced or not; one of a megabyte is taken', async () => {
    const { post, port, refused, handled } = await watched()
    assert.equal((await post('/live', 'x'.repeat(1_048_576))).status, 202)
    assert.match(await raw(port, head(1_048_577)), /^HTTP\/1\.1 413 .*connection: close/is)
    const chunk = Buffer.concat([Buffer.from('80000\r\n'), Buffer.alloc(0x80000, 120), Buffer.from('\r\n')])
    const chunked = 'POST /live HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\n'
    assert.match(await raw(port, chunked, chunk, chunk, chunk, chunk, chunk, '0\r\n\r\n'), /^HTTP\/1\.1 413 /)
    assert.equal((await post('/live', 'x'.repeat(5_000_000))).status, 413, 'also when it is sent whole')
    assert.deepEqual(
      refused.map(([status]) => status),
      [413, 413, 413],
    )
    assert.match(refused[0]?.[1] ?? '', /longer than 1048576 bytes/)
    assert.equal(handled(), 1)
  })

  test('a body that does not end, within a fraction of a second after the limit', async () => {
    const { port, refused, handled } = await watched({ headersMs: 200, requestMs: 300 })
    const begun = Date.now()
    assert.match(await raw(port, head(5), '{'), /^HTTP\/1\.1 408 /)
    assert.ok(Date.now() - begun < 2_000, `${Date.now() - begun} ms`)
    assert.deepEqual(refused, [[408, 'a post did not arrive completely in time']])
    assert.equal(handled(), 0)
  })

  test('a body that is not HTTP', async () => {
    const { port, refused } = await watched()
    const broken = 'POST /live HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'
    assert.match(await raw(port, broken), /^HTTP\/1\.1 400 /)
    assert.deepEqual(refused, [[400, 'a post is not valid HTTP']])
  })

  test('a method that Fetch does not know', async () => {
    const { port, refused } = await watched()
    assert.match(await raw(port, 'TRACE /live HTTP/1.1\r\nhost: b\r\n\r\n'), /^HTTP\/1\.1 400 /)
    assert.match(refused[0]?.[1] ?? '', /TRACE/)
  })

  test('but not a sender that goes away; the next one is served', async () => {
    const { port, post, refused } = await watched()
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(head(50), () => socket.destroy()))
      socket.on('close', () => resolve())
    })
    assert.equal((await post('/live')).status, 202)
    assert.deepEqual(refused, [])
  })
})

describe('nothing ends it', () => {
  // Which other bytes are malformed is tested at the listener beneath.
  const REQUESTS: Readonly<Record<string, readonly [sent: string, answered: RegExp]>> = {
    'a whole address as target': [
      'POST http://b/live HTTP/1.1\r\nhost: b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
      /^HTTP\/1\.1 404 /,
    ],
    'a tunnel': ['CONNECT b:443 HTTP/1.1\r\nhost: b\r\n\r\n', /^$|ECONNRESET/],
  }
  for (const [name, [sent, answered]] of Object.entries(REQUESTS)) {
    test(name, async () => {
      const { receive, port, post } = await listener({ headersMs: 200, requestMs: 400 })
      receive('/live', accepted)
      assert.match(await raw(port, sent), answered)
      assert.equal((await post('/live')).status, 202)
    })
  }
})

describe('the port', () => {
  test('that is taken, and an address of another machine, are reported with the variable and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const CASES = [
      [{ host: '127.0.0.1', port }, `BOT_CALLBACK_LISTEN: 127.0.0.1:${port} is taken by another program: `],
      [{ host: '192.0.2.1', port: 1 }, 'BOT_CALLBACK_LISTEN: 192.0.2.1:1 is not an address of this machine: '],
    ] as const
    for (const [options, says] of CASES) {
      await assert.rejects(openCallbackListener(options), (error: Error) => {
        assert.ok(error instanceof HarnessError)
        assert.ok(error.message.startsWith(says), error.message)
        return true
      })
    }
    await new Promise((resolve) => other.close(resolve))
  })

  test('is given back on closing, which ends a post under way', async () => {
    const { receive, close, post, port } = await listener()
    let begun = () => {}
    const underWay = new Promise<void>((resolve) => {
      begun = resolve
    })
    receive('/live', () => {
      begun()
      return new Promise(() => {})
    })
    const lost = assert.rejects(post('/live'))
    await underWay
    await close()
    await lost
    const again = await openCallbackListener({ host: '127.0.0.1', port })
    await again.close()
  })
})
