// A bot that takes every post with 202, and hands its path and text on.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port of this machine. Resolves with its address. */
export async function receiver(take: (path: string, text: string) => void): Promise<{ server: Server; address: string }> {
  const server = createServer((incoming, outgoing) => {
    let text = ''
    incoming.setEncoding('utf8')
    incoming.on('data', (chunk) => {
      text += chunk
    })
    incoming.on('end', () => {
      take(incoming.url ?? '', text)
      outgoing.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
