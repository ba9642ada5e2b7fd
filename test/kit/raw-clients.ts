// Clients that know only bytes: one that writes a text to a socket, and one that writes a whole body before it reads.
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'

/** A connection that is open for longer is held, in milliseconds. */
export const HELD_MS = 5_000

/** What a raw client reads until the connection ends. */
export async function said(port: number, text: string | Buffer, { end = false } = {}): Promise<string> {
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

export const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
export const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))

interface Heard {
  readonly status: number | undefined
  readonly connection: string | undefined
  readonly text: string
}

/** One post, of a client that writes everything that it has before it reads. */
export function post(port: number, body: Buffer, headers: http.OutgoingHttpHeaders): Promise<Heard> {
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
