// Every way by which a suite, or a library under it, may open a connection: the clients that the seal has to refuse.

import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import * as undici from 'undici'

/** Resolves when the client has had an answer, rejects with its error. */
export type Client = (host: string, port: number) => Promise<unknown>

export function settled(emitter: NodeJS.EventEmitter, good: string): Promise<unknown> {
  return new Promise((resolve, reject) => emitter.once(good, resolve).on('error', reject))
}

const bracketed = (host: string) => (net.isIPv6(host) ? `[${host}]` : host)
const address = (scheme: string, host: string, port: number) => `${scheme}://${bracketed(host)}:${port}`
const anyCertificate = { rejectUnauthorized: false }

export const clients: Readonly<Record<string, Client>> = {
  'fetch of Node': (host, port) => fetch(address('http', host, port)),
  'fetch of Node, https': (host, port) => fetch(address('https', host, port)),
  'fetch of undici': (host, port) => undici.fetch(address('http', host, port)),
  'request of undici': (host, port) => undici.request(address('http', host, port)),
  'Agent of undici': (host, port) =>
    new undici.Agent().request({ origin: address('https', host, port), path: '/', method: 'GET' }),
  'Pool of undici': (host, port) => new undici.Pool(address('http', host, port)).request({ path: '/', method: 'GET' }),
  'Client of undici, HTTP/2 allowed': (host, port) =>
    new undici.Client(address('https', host, port), { allowH2: true }).request({ path: '/', method: 'GET' }),
  'http.get': (host, port) => settled(http.get({ host, port }), 'response'),
  'https.get': (host, port) => settled(https.get({ host, port, ...anyCertificate }), 'response'),
  'net.connect with options': (host, port) => settled(net.connect({ host, port }), 'connect'),
  'net.connect with port and host': (host, port) => settled(net.connect(port, host), 'connect'),
  'net.connect, written to at once': (host, port) => {
    const socket = net.connect(port, host)
    socket.write('x')
    return settled(socket, 'data')
  },
  'Socket.connect with options': (host, port) => settled(new net.Socket().connect({ host, port }), 'connect'),
  'Socket.connect with port and host': (host, port) => settled(new net.Socket().connect(port, host), 'connect'),
  'tls.connect with options': (host, port) => settled(tls.connect({ host, port, ...anyCertificate }), 'secureConnect'),
  'tls.connect with port and host': (host, port) => settled(tls.connect(port, host, anyCertificate), 'secureConnect'),
  'TLSSocket over a socket': (host, port) => {
    const socket = new net.Socket()
    const secure = new tls.TLSSocket(socket)
    socket.once('error', (error) => secure.destroy(error))
    socket.connect(port, host)
    return settled(secure, 'secure')
  },
  'http2.connect': (host, port) => settled(http2.connect(address('http', host, port)), 'remoteSettings'),
  'http2.connect, https': (host, port) => settled(http2.connect(address('https', host, port)), 'remoteSettings'),
}
