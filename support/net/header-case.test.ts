// Headers on the wire, in capitals and in any order: an answer to the bot and a post to it mean the same. In process nobody writes them so.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'mocha'
import { httpServer } from '../../test/kit/loopback-https'
import { openWire } from '../bot/wire'
import { openListener } from './listener'
import { openNetwork } from './network'

test('of an answer', async () => {
  const url = await httpServer((_, response) => {
    response.writeHead(201, ['X-OTHER', 'a', 'LOCATION', '/b', 'CONTENT-TYPE', 'application/json']).end('{}')
  })
  const limits = { connectTimeoutMs: 300, headersTimeoutMs: 300, bodyTimeoutMs: 300 }
  const { fetch, close } = openNetwork({ caFile: null, environment: {}, ...limits })
  const send = openWire({ fetch, signal: new AbortController().signal, keep: () => {}, timeLimitMs: 4_000 })
  const { headers } = await send('other', { method: 'GET', url, headers: {}, body: null })
  assert.deepEqual([headers.get('location'), headers.get('content-type')], ['/b', 'application/json'])
  await close()
})

test('of a post', async () => {
  const { port, receive, close } = await openListener({ host: '127.0.0.1', port: 0 })
  const seen: unknown[] = []
  receive('/a', async (request) => {
    seen.push([request.headers.get('authorization'), request.headers.get('content-type'), await request.text()])
    return new Response(null, { status: 202 })
  })
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const lines = ['CONTENT-LENGTH: 2', 'CONTENT-TYPE: application/json', 'AUTHORIZATION: Bearer a', 'CONNECTION: close', 'HOST: b']
  socket.write(`POST /a HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n{}`)
  assert.match(await text(socket), /^HTTP\/1\.1 202 /)
  assert.deepEqual(seen, [['Bearer a', 'application/json', '{}']])
  await close()
})
