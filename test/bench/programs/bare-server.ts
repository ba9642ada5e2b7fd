// What a create costs at least: parses its body, posts a notification by undici, and answers when that was acknowledged. Nothing else.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { peerToPeer } from '../peer-to-peer'

const { created, establishing } = peerToPeer()
const answer = JSON.stringify(created)
const notification = JSON.stringify(establishing)

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk) => chunks.push(chunk))
  incoming.on('end', async () => {
    if (incoming.method === 'POST') {
      const { callbackUri } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { callbackUri: string }
      const headers = { 'content-type': 'application/json' }
      const { body } = await request(callbackUri, { method: 'POST', headers, body: notification })
      await body.dump()
    }
    outgoing.writeHead(201, { 'content-type': 'application/json' }).end(answer)
  })
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
