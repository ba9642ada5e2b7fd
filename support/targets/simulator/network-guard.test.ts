// Shows the seal refusing every client that a suite or a library under it may use, and letting loopback through.

import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { after, before, beforeEach, describe, it } from 'mocha'
import { clients, settled } from '../../../test/kit/network-clients'
import { isLoopback } from '../../contract/loopback'
import { isSealed, SealedError, seal } from './network-guard'

function* causes(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return
  yield error
  yield* causes(error.cause)
}

const failureOf = (work: Promise<unknown>): Promise<Error[]> =>
  work.then(
    () => assert.fail('nothing was refused'),
    (error) => [...causes(error)],
  )

async function assertSealed(work: Promise<unknown>, host: string) {
  const chain = await failureOf(work)
  const refusal = chain.find((error) => error instanceof SealedError)
  assert.ok(refusal, `expected the seal's refusal, got: ${chain.map(String).join(' <- ')}`)
  assert.equal(refusal.message, `sealed: ${host}`)
  assert.deepEqual([refusal.code, refusal.host], ['ESEALED', host])
}

/** What `dns.lookup` is asked for: it stands under the seal, so that a question which slips through is seen and goes nowhere. */
const asked: string[] = []
const lookup = dns.lookup

before(() => {
  const answer = (host: string, ...rest: unknown[]) => {
    asked.push(host)
    const callback = rest.at(-1) as (error: Error) => void
    process.nextTick(() => callback(new Error(`no name service here: ${host}`)))
  }
  dns.lookup = Object.assign(
    (...args: Parameters<typeof lookup>) => (isLoopback(args[0]) || net.isIP(args[0]) ? lookup(...args) : answer(...args)),
    lookup,
  ) as typeof lookup
})
after(() => Object.assign(dns, { lookup }))
beforeEach(() => asked.splice(0))

describe('the seal refuses', () => {
  let unseal = () => {}
  before(() => {
    unseal = seal()
  })
  after(() => unseal())

  // 192.0.2.0/24 and 2001:db8::/32 are for documentation, .invalid never resolves (RFC 5737, 3849, 2606).
  const elsewhere = ['graph.sealed.invalid', '192.0.2.1', '2001:db8::1']
  for (const [name, client] of Object.entries(clients)) {
    for (const host of elsewhere) {
      it(`${name} to ${host}`, async () => {
        await assertSealed(client(host, 443), host)
        assert.deepEqual(asked, [], 'a name was looked up')
      })
    }
  }

  it('a connection only after it was seen connecting, so that no client takes it for established', async () => {
    const socket = net.connect(443, 'a.invalid')
    assert.equal(socket.connecting, true)
    await assertSealed(settled(socket, 'connect'), 'a.invalid')
    assert.deepEqual([socket.connecting, socket.destroyed], [false, true])
  })

  it('a datagram, sent or connected, with or without a callback', async () => {
    const socket = dgram.createSocket('udp4')
    const sent = promisify((callback: (error: Error | null) => void) => socket.send('x', 9, '192.0.2.1', callback))
    const sliced = promisify((callback: (error: Error | null) => void) => socket.send('xyz', 0, 1, 9, 'a.invalid', callback))
    await assertSealed(sent(), '192.0.2.1')
    await assertSealed(sliced(), 'a.invalid')
    const emitted = once(socket, 'error')
    socket.send('x', 9, '3221225985')
    assert.equal((await emitted)[0].message, 'sealed: 3221225985')
    const connected = promisify((callback: (error?: Error) => void) => socket.connect(9, 'a.invalid', callback as () => void))
    await assertSealed(connected(), 'a.invalid')
    socket.close()
  })

  const questions: Readonly<Record<string, () => Promise<unknown>>> = {
    'dns.lookup': () => promisify(dns.lookup)('a.invalid'),
    'dns.promises.lookup': () => dns.promises.lookup('a.invalid', { all: true }),
    'dns.resolve4': () => promisify(dns.resolve4)('a.invalid'),
    'dns.resolve with a type': () => promisify(dns.resolve)('a.invalid', 'MX'),
    'dns.promises.resolveSrv': () => dns.promises.resolveSrv('a.invalid'),
    'dns.reverse': () => promisify(dns.reverse)('192.0.2.1'),
    'dns.lookupService': () => promisify(dns.lookupService)('192.0.2.1', 443),
    'a Resolver': () => promisify(dns.Resolver.prototype.resolveTxt).call(new dns.Resolver(), 'a.invalid'),
    'a Resolver of promises': () => new dns.promises.Resolver().resolve('a.invalid'),
    'a name server asked for localhost': () => dns.promises.resolve4('localhost'),
  }
  for (const [name, ask] of Object.entries(questions)) {
    it(name, async () => {
      const chain = await failureOf(ask())
      assert.ok(chain[0] instanceof SealedError, String(chain[0]))
      assert.deepEqual(asked, [])
    })
  }
})

describe('loopback is reached under the seal by', () => {
  const open = new Set<net.Socket>()
  let server: net.Server
  let port = 0
  let unseal = () => {}
  before(async () => {
    // Answers everything; a TLS or HTTP/2 client then fails, but with the protocol and not with the seal.
    server = net.createServer((socket) => {
      open.add(socket.on('error', () => {}))
      socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'))
    })
    unseal = seal()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    port = (server.address() as net.AddressInfo).port
  })
  after(() => {
    unseal()
    server.close()
    for (const socket of open) socket.destroy()
  })

  for (const [name, client] of Object.entries(clients)) {
    it(`${name}`, async () => {
      for (const host of ['127.0.0.1', 'localhost']) {
        const reached = once(server, 'connection')
        const refused = client(host, port).then(
          () => false,
          (error) => [...causes(error)].some((cause) => cause instanceof SealedError),
        )
        // Some clients never settle on such an answer; that they got here is what counts.
        const [socket] = (await Promise.race([
          reached,
          refused.then((sealed) => (sealed ? assert.fail('sealed') : reached)),
        ])) as [net.Socket]
        socket.destroy()
      }
    })
  }

  it('a connection without a host, a Unix socket, and a listener on a name', async () => {
    for (const form of [[port], [{ port }], [String(port)]] as unknown as [number][]) {
      const socket = net.connect(...form)
      await settled(socket, 'connect')
      socket.destroy()
    }
    const folder = mkdtempSync(join(tmpdir(), 'seal-'))
    const path = join(folder, 'pipe')
    const pipe = net.createServer((socket) => socket.end()).listen(path)
    await once(pipe, 'listening')
    await settled(net.connect(path), 'connect')
    await settled(net.connect({ path }), 'connect')
    pipe.close()
    rmSync(folder, { recursive: true })
    const named = http.createServer().listen(0, 'localhost')
    await once(named, 'listening')
    named.close()
  })

  it('a datagram', async () => {
    const receiver = dgram.createSocket('udp4').bind(0, '127.0.0.1')
    await once(receiver, 'listening')
    const sender = dgram.createSocket('udp4')
    for (const send of [
      () => sender.send('here', receiver.address().port, '127.0.0.1'),
      () => sender.send('here', receiver.address().port),
      () => sender.send('at here', 3, 4, receiver.address().port),
    ]) {
      const received = once(receiver, 'message')
      send()
      assert.equal(String((await received)[0]), 'here')
    }
    sender.close()
    receiver.close()
  })
})

describe('without the seal', () => {
  for (const [name, client] of Object.entries(clients)) {
    it(`${name} asks for the name, and the refusal is not the seal's`, async () => {
      const chain = await failureOf(client('graph.sealed.invalid', 443))
      assert.ok(!chain.some((error) => error instanceof SealedError))
      assert.ok(chain.some((error) => error.message === 'no name service here: graph.sealed.invalid'))
      assert.ok(asked.includes('graph.sealed.invalid'))
    })
  }
})

it('seals nest, opening twice is harmless, and the last one off leaves everything as it was', () => {
  const guarded = () => [net.Socket.prototype.connect, dgram.Socket.prototype.send, dns.lookup, dns.promises.resolve]
  const before = guarded()
  const first = seal()
  const second = seal()
  assert.ok(guarded().every((one, at) => one !== before[at]))
  first()
  first()
  assert.equal(isSealed(), true)
  second()
  assert.equal(isSealed(), false)
  assert.deepEqual(guarded(), before)
})

it('a patch laid over the seal stays, and the guard beneath it opens', async () => {
  const original = net.Socket.prototype.connect
  const unseal = seal()
  const sealed = net.Socket.prototype.connect
  const patch = function (this: net.Socket, ...args: Parameters<typeof sealed>) {
    return sealed.apply(this, args)
  } as typeof sealed
  net.Socket.prototype.connect = patch
  unseal()
  assert.equal(net.Socket.prototype.connect, patch)
  const chain = await failureOf(settled(net.connect(443, 'a.invalid'), 'connect'))
  assert.ok(!chain.some((error) => error instanceof SealedError))
  net.Socket.prototype.connect = original
})
