// A front that tests put before a service on loopback: it passes everything on, except for what a fault spoils.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import {
  createServer as createPlain,
  type IncomingMessage,
  type RequestListener,
  request as requestPlain,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecure, request as requestSecure } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { localAuthority } from '../../support/simulator/identity/authority'

export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Answer extends Message {
  readonly status: number
}

/** A request that came to the front, and what can be done with it. */
export interface Passing extends Message {
  readonly method: string
  readonly path: string
  /** Asks the service, with what came or with something else in its place. */
  forward(instead?: Partial<Message>): Promise<Answer>
  answer(answer: Partial<Answer>): void
  /** Breaks the connection after the head of an answer and the first half of its body. */
  tear(answer: Answer): void
  /** Breaks the connection without an answer. */
  drop(): void
}

/** Answers a request in place of the service. */
export type Fault = (passing: Passing) => void | Promise<void>

export interface FrontOptions {
  /** Origin of the service behind it. */
  readonly behind: string
  readonly scheme: 'http' | 'https'
  /** `METHOD /path` of the requests that are spoilt. */
  readonly spoils?: RegExp
  readonly by?: Fault
}

export interface Front {
  readonly origin: string
  /** `METHOD /path` of all that came, in order. */
  readonly came: readonly string[]
  /** Resolves when a connection is there, before anything is read from it. */
  readonly connected: Promise<void>
  close(): void
}

/** Opens a front on any free port. Over https it has a certificate of the simulators' local authority; it reaches the service by its own scheme. */
export async function openFront({ behind, scheme, spoils = /(?!)/, by = () => {} }: FrontOptions): Promise<Front> {
  const authority = await localAuthority()
  const came: string[] = []
  const serve: RequestListener = async (incoming, outgoing) => {
    const line = `${incoming.method} ${incoming.url?.split('?', 1)[0]}`
    came.push(line)
    const passing = await passingOf(incoming, outgoing, behind, authority.caFile)
    try {
      if (spoils.test(line)) await by(passing)
      else passing.answer(await passing.forward())
    } catch {
      // The service or the caller has gone.
      outgoing.destroy()
    }
  }
  const server = scheme === 'https' ? createSecure(authority.tls, serve) : createPlain(serve)
  const connected = new Promise<void>((resolve) => server.once('connection', () => resolve()))
  server.on('connection', (socket: Socket) => socket.unref())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return {
    origin: `${scheme}://localhost:${(server.address() as AddressInfo).port}`,
    came,
    connected,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function passingOf(incoming: IncomingMessage, outgoing: ServerResponse, behind: string, caFile: string): Promise<Passing> {
  const { method = '', url: path = '' } = incoming
  const came: Message = { headers: joined(incoming.headers), body: await bodyOf(incoming) }
  return {
    method,
    path,
    ...came,
    forward: (instead = {}) => ask(behind + path, method, { ...came, ...instead }, caFile),
    answer: ({ status = 200, headers = {}, body = '' }) => void outgoing.writeHead(status, own(headers, body)).end(body),
    tear: ({ status, headers, body }) => {
      outgoing.writeHead(status, own(headers, body))
      outgoing.write(body.slice(0, body.length / 2), () => outgoing.destroy())
    },
    drop: () => outgoing.destroy(),
  }
}

/** The service is asked under the name of the front, so that the addresses in its answers lead back here. */
async function ask(url: string, method: string, { headers, body }: Message, caFile: string): Promise<Answer> {
  const { protocol, hostname, port, pathname, search } = new URL(url)
  const options = { hostname, port, path: pathname + search, method, headers: own(headers, body), agent: false }
  const request =
    protocol === 'https:' ? requestSecure({ ...options, ca: readFileSync(caFile), servername: hostname }) : requestPlain(options)
  request.end(body)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  return { status: answer.statusCode ?? 0, headers: joined(answer.headers), body: await bodyOf(answer) }
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function joined(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** Headers for a body that may not be the one that they came with. */
function own(
  { connection, 'transfer-encoding': _, 'content-length': __, ...headers }: Readonly<Record<string, string>>,
  body: string,
) {
  return { ...headers, ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }) }
}
