// The body of a request, read before its handler runs, within a limit; and an answer to one that is over it, which the client still reads.
import type { IncomingMessage } from 'node:http'

export interface Body {
  readonly bytes: Buffer
  readonly tooLong: boolean
}

/**
 * Reads a body. Of one that is too long the first `limit` + 1 bytes, or none where its Content-Length said so before; the rest is read and
 * thrown away. Null when the client went away, or was sent away, before it was complete.
 */
export function bodyWithin(limit: number, incoming: IncomingMessage): Promise<Body | null> {
  const { headers } = incoming
  const announced = Number(headers['content-length'] ?? 0)
  if (announced === 0 && headers['transfer-encoding'] === undefined) {
    return Promise.resolve({ bytes: Buffer.alloc(0), tooLong: false })
  }
  if (announced > limit) {
    incoming.resume()
    incoming.on('error', () => {})
    return Promise.resolve({ bytes: Buffer.alloc(0), tooLong: true })
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    incoming.on('data', (chunk: Buffer) => {
      if (length > limit) return
      length += chunk.byteLength
      chunks.push(chunk)
      if (length > limit) resolve({ bytes: Buffer.concat(chunks).subarray(0, limit + 1), tooLong: true })
    })
    incoming.on('end', () => resolve({ bytes: Buffer.concat(chunks), tooLong: false }))
    incoming.on('error', () => {})
    incoming.on('close', () => resolve(null))
  })
}

/**
 * The same answer, sent whole at once, but ended only when the client has stopped sending or `ms` milliseconds have passed: a connection
 * that is closed on a client that still writes loses the answer.
 */
export async function lingering(response: Response, incoming: IncomingMessage, ms: number): Promise<Response> {
  if (response.body === null) return response
  const bytes = new Uint8Array(await response.arrayBuffer())
  const headers = new Headers(response.headers)
  headers.set('content-length', String(bytes.byteLength))
  const body = new ReadableStream({
    start: (stream) => {
      stream.enqueue(bytes)
      const end = () => {
        clearTimeout(timer)
        incoming.removeListener('end', end)
        incoming.removeListener('close', end)
        try {
          stream.close()
        } catch {
          // The client is gone, and the stream with it.
        }
      }
      const timer = setTimeout(end, ms)
      if (incoming.readableEnded || incoming.destroyed) end()
      else incoming.once('end', end).once('close', end)
    },
  })
  return new Response(body, { status: response.status, headers })
}
