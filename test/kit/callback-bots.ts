// Bots that deliveries go to, honest and lying ones, on loopback; and what a delivery failed with.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { type GuardOptions, guardedDeliver } from '../../support/simulator/runtime/guarded-delivery'
import { describeFailure } from '../../support/simulator/runtime/outbox'

/** What is to be closed after the tests of a file. */
export const closers: (() => unknown)[] = []

export function guarded(options: Partial<GuardOptions> = {}) {
  const guard = guardedDeliver({ allowedHosts: [], ...options })
  closers.push(() => guard.close())
  return guard.deliver
}

export const POST = {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer x' },
  body: '{"value":["ü"]}',
}

/** After an answer undici lets its connection rest for a turn; what is sent sooner takes a second one. Milliseconds. */
export const A_MOMENT_MS = 10

export interface Bot {
  readonly port: number
  readonly heard: { readonly headers: http.IncomingHttpHeaders; readonly body: string; readonly socket: net.Socket }[]
}

export async function bot(
  answer: (response: http.ServerResponse) => void = (response) => response.writeHead(202).end(),
): Promise<Bot> {
  const heard: Bot['heard'] = []
  const server = http.createServer(async (incoming, response) => {
    const body = (await incoming.setEncoding('utf8').toArray()).join('')
    heard.push({ headers: incoming.headers, body, socket: incoming.socket })
    answer(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closers.push(() => server.close().closeAllConnections())
  return { port: (server.address() as AddressInfo).port, heard }
}

/** What listens without being HTTP. */
export async function liar(answer: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closers.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** The code and the words with which a delivery failed. */
export async function failure(sent: Promise<Response>): Promise<{ readonly code: string; readonly words: string }> {
  const error = await sent.then(
    (response) => assert.fail(`it was answered ${response.status}`),
    (reason) => reason,
  )
  assert.ok(error instanceof TypeError && error.cause instanceof Error, String(error))
  return { code: (error.cause as NodeJS.ErrnoException).code ?? '', words: describeFailure(error) }
}
