// The bot's network: which certificates it trusts, which proxies it uses, how long it waits, and that nothing else in the process uses it.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, createServer as createSocketServer, type Socket } from 'node:net'
import { join } from 'node:path'
import tls from 'node:tls'
import { describe, test } from 'mocha'
import { getGlobalDispatcher } from 'undici'
import { authority, BEYOND, httpServer, httpsServer, listening, scratch, selfSigned } from '../../test/kit/loopback-https'
import { testUnless } from '../../test/kit/unless'
import { openWire } from '../bot/wire'
import type { Exchange } from '../contract/exchange'
import { CouldNotRun, HarnessError } from '../contract/failures'
import { type NetworkOptions, openNetwork } from './network'

const PASSWORD = 'canary-proxy-password'

/** A network with the test's authority, no proxy and short limits, unless said otherwise. */
async function network(otherwise: Partial<NetworkOptions> = {}) {
  const { caFile } = await authority()
  const limits = { connectTimeoutMs: 300, headersTimeoutMs: 300, bodyTimeoutMs: 300 }
  const opened = openNetwork({ caFile, environment: {}, ...limits, ...otherwise })
  const exchanges: Exchange[] = []
  const signal = new AbortController().signal
  const send = openWire({ fetch: opened.fetch, signal, keep: (one) => void exchanges.push(one), timeLimitMs: 4_000 })
  const get = async (url: string) => (await send('other', { method: 'GET', url, headers: {}, body: null })).text
  return { ...opened, send, get, exchanges }
}

const hello = () => httpsServer((_, response) => response.end('hello'))

/** The same under a name that only a proxy knows. */
const helloBeyond = async () => (await hello()).replace('localhost', BEYOND)

/** The same at an address that leads to this machine and is not on loopback, so that only the settings keep a proxy out. */
const helloHere = async () => (await httpServer((_, response) => response.end('hello'))).replace('127.0.0.1', '0.0.0.0')

describe('trust', () => {
  test('an authority of GRAPH_CA_FILE is trusted, by its name and its address', async () => {
    const [origin, { get }] = [await hello(), await network()]
    assert.equal(await get(origin), 'hello')
    assert.equal(await get(origin.replace('localhost', '127.0.0.1')), 'hello')
  })

  test('without the file it is not, nor by the rest of the process', async () => {
    const [origin, { get }] = [await hello(), await network({ caFile: null })]
    await assert.rejects(get(origin), /no answer: unable to verify|self.signed|issuer/i)
    await network()
    await assert.rejects(fetch(origin))
  })

  test('a certificate for another name is refused', async () => {
    const { port } = new URL(await hello())
    const { get } = await network()
    await assert.rejects(get(`https://[::ffff:127.0.0.1]:${port}/`), /no answer: .*altnames/)
  })

  testUnless(
    'getCACertificates' in tls && 'this Node reads NODE_EXTRA_CA_CERTS at its start',
    'the roots of the machine stay, with those of NODE_EXTRA_CA_CERTS',
    async () => {
      const other = join(scratch(), 'other.pem')
      const { caFile } = await authority()
      const origin = await hello()
      writeFileSync(other, (await selfSigned('ec')).certificate)
      const { get } = await network({ caFile: other, environment: { NODE_EXTRA_CA_CERTS: caFile } })
      assert.equal(await get(origin), 'hello')
      const without = await network({ caFile: other, environment: { NODE_EXTRA_CA_CERTS: join(scratch(), 'missing') } })
      await assert.rejects(without.get(origin))
    },
  )

  const FILES: Readonly<Record<string, readonly [content: string | null, says: RegExp]>> = {
    'is missing': [null, /cannot be read \(ENOENT\)/],
    'holds no certificate': ['hello', /holds no certificate/],
    'holds an invalid one': [
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /invalid certificate \(number 1\)/,
    ],
  }
  for (const [name, [content, says]] of Object.entries(FILES)) {
    test(`a file that ${name} is named, with what to write`, async () => {
      const caFile = join(scratch(), 'ca.pem')
      if (content !== null) writeFileSync(caFile, content)
      await assert.rejects(network({ caFile }), (error: Error) => {
        assert.ok(error instanceof HarnessError)
        assert.match(error.message, says)
        assert.match(error.message, /^GRAPH_CA_FILE: .*ca\.pem .*write the path of a PEM file/)
        return true
      })
    })
  }
})

/** A proxy that opens tunnels and notes what it was asked for; or one that refuses, or says nothing. */
async function proxy(manner: 'tunnels' | 'refuses' | 'is silent' = 'tunnels', scheme: 'http' | 'https' = 'http') {
  const { leaf } = await authority()
  const asked: (readonly [target: string | undefined, authorization: string | undefined])[] = []
  const server = scheme === 'http' ? createServer() : createHttpsServer({ key: leaf.privateKey, cert: leaf.certificate })
  server.on('connect', (request, client: Socket, head) => {
    asked.push([request.url, request.headers['proxy-authorization']])
    client.on('error', () => client.destroy())
    if (manner === 'is silent') return
    if (manner === 'refuses') return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
    const { hostname, port } = new URL(`http://${request.url}`)
    const onward = connect(Number(port), hostname === BEYOND ? '127.0.0.1' : hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.write(head)
      onward.pipe(client).pipe(onward)
    })
    onward.unref().on('error', () => client.destroy())
  })
  const port = await listening(server)
  return { asked, address: `${scheme}://bot:${PASSWORD}@127.0.0.1:${port}` }
}

describe('proxies', () => {
  test('HTTPS_PROXY is taken with its password, and trust holds through it', async () => {
    const { asked, address } = await proxy()
    const [origin, { get, exchanges }] = [await helloBeyond(), await network({ environment: { HTTPS_PROXY: address } })]
    assert.equal(await get(origin), 'hello')
    const basic = `Basic ${Buffer.from(`bot:${PASSWORD}`).toString('base64')}`
    assert.deepEqual(asked, [[new URL(origin).host, basic]])
    assert.ok(!JSON.stringify(exchanges).includes(PASSWORD))
  })

  test('one that is reached over https itself is trusted by the same authorities', async () => {
    const { asked, address } = await proxy('tunnels', 'https')
    const { get } = await network({ environment: { HTTPS_PROXY: address } })
    assert.equal(await get(await helloBeyond()), 'hello')
    assert.equal(asked.length, 1)
  })

  test('small letters win, and NO_PROXY spares a host', async () => {
    const [used, unused] = [await proxy(), await proxy()]
    const origin = await helloBeyond()
    const both = await network({ environment: { https_proxy: used.address, HTTPS_PROXY: unused.address } })
    await both.get(origin)
    const spared = await network({ environment: { HTTP_PROXY: unused.address, NO_PROXY: '0.0.0.0' } })
    assert.equal(await spared.get(await helloHere()), 'hello')
    assert.deepEqual([used.asked.length, unused.asked.length], [1, 0])
  })

  test('what is on loopback is reached without one, however it is written and with any NO_PROXY', async () => {
    const { asked, address } = await proxy()
    const { port } = new URL(await hello())
    const plain = await httpServer((_, response) => response.end('hello'))
    for (const NO_PROXY of [undefined, '', 'elsewhere.test']) {
      const { get } = await network({ environment: { HTTPS_PROXY: address, HTTP_PROXY: address, NO_PROXY } })
      for (const url of [`https://LOCALHOST:${port}/`, `https://127.0.0.1:${port}/`, plain]) assert.equal(await get(url), 'hello')
      // Nothing answers there, or not under this name; a proxy would have been asked first.
      for (const host of ['127.9.9.9', '[::ffff:7f00:1]']) await assert.rejects(get(`https://${host}:${port}/`), CouldNotRun)
    }
    assert.deepEqual(asked, [])
  })

  test('those of the process are none of ours', async () => {
    const { asked, address } = await proxy()
    process.env.HTTP_PROXY = address
    try {
      const { get } = await network()
      assert.equal(await get(await helloHere()), 'hello')
    } finally {
      delete process.env.HTTP_PROXY
    }
    assert.deepEqual(asked, [])
  })

  test('one that refuses, and one that says nothing, could not run; the password is in no word of it', async () => {
    const origin = await helloBeyond()
    for (const [manner, says] of [
      ['refuses', /407/],
      ['is silent', /no answer: \w/],
    ] as const) {
      const { address } = await proxy(manner)
      const { get, exchanges } = await network({ environment: { HTTPS_PROXY: address } })
      const begun = Date.now()
      await assert.rejects(get(origin), (error: Error) => {
        assert.ok(error instanceof CouldNotRun)
        assert.match(error.message, says)
        assert.ok(!`${error.stack}${JSON.stringify(exchanges)}`.includes(PASSWORD))
        return true
      })
      assert.ok(Date.now() - begun < 3_000, `${manner}: ${Date.now() - begun} ms`)
    }
  })

  test('an invalid address is named by its variable alone', async () => {
    for (const [name, written] of [
      ['HTTPS_PROXY', `bot:${PASSWORD}@proxy:8080`],
      ['https_proxy', `http://bot:${PASSWORD}@:99999`],
      ['HTTP_PROXY', `socks5://bot:${PASSWORD}@proxy:1080`],
      ['HTTPS_PROXY', `http://bot:${PASSWORD}%zz@proxy:8080`],
    ] as const)
      await assert.rejects(network({ environment: { [name]: written } }), (error: Error) => {
        assert.ok(error instanceof HarnessError)
        assert.match(error.message, new RegExp(`^${name} is no address of a proxy`))
        assert.ok(!JSON.stringify([error.stack, { ...error }]).includes(PASSWORD))
        return true
      })
  })
})

describe('time limits', () => {
  const LIMITS: Readonly<Record<string, () => Promise<string>>> = {
    'a head that does not come': () => httpServer(() => {}),
    'a body that stops': () => httpServer((_, response) => void response.writeHead(200, { 'content-length': 9 }).write('{')),
    'a handshake that does not come': async () => `https://localhost:${await listening(createSocketServer(() => {}))}`,
  }
  for (const [name, serve] of Object.entries(LIMITS)) {
    test(`${name} could not run`, async () => {
      const { get } = await network()
      const begun = Date.now()
      await assert.rejects(get(await serve()), (error: Error) => {
        assert.ok(error instanceof CouldNotRun)
        assert.match(error.message, /no answer: .*timeout/i)
        return true
      })
      assert.ok(Date.now() - begun < 3_000, `${Date.now() - begun} ms`)
    })
  }
})

describe('a network is its own', () => {
  test('nothing global changes, and nothing is warned of', async () => {
    const before = [globalThis.fetch, globalThis.Response, getGlobalDispatcher()]
    const warnings: Error[] = []
    const warned = (warning: Error) => void warnings.push(warning)
    process.on('warning', warned)
    const { get } = await network({ environment: { HTTPS_PROXY: (await proxy()).address } })
    await get(await helloBeyond())
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', warned)
    assert.deepEqual([globalThis.fetch, globalThis.Response, getGlobalDispatcher()], before)
    assert.deepEqual(warnings, [])
  })

  test('closing ends a request under way, and lets none begin', async () => {
    const { get, close } = await network({ headersTimeoutMs: 60_000 })
    let asked = () => {}
    const underWay = new Promise<void>((resolve) => {
      asked = resolve
    })
    const silent = await httpServer(() => asked())
    const request = assert.rejects(get(silent), CouldNotRun)
    await underWay
    const begun = Date.now()
    await Promise.all([close(), request])
    assert.ok(Date.now() - begun < 2_000, `${Date.now() - begun} ms`)
    await assert.rejects(get(silent), CouldNotRun)
  })
})

test('headers of a response mean the same in any case and order', async () => {
  const url = await httpServer((_, response) => {
    response.writeHead(201, ['X-OTHER', 'a', 'LOCATION', '/b', 'CONTENT-TYPE', 'application/json']).end('{}')
  })
  const { send } = await network()
  const { headers } = await send('other', { method: 'GET', url, headers: {}, body: null })
  assert.deepEqual([headers.get('location'), headers.get('content-type')], ['/b', 'application/json'])
})
