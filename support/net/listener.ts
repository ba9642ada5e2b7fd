// Serves a Fetch handler on a port: HTTP, and HTTPS on the same port with a certificate. Limits bodies and times, and answers malformed requests itself.
import { createServer as createPlain, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, createServer as createDoor, type Socket } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { knownText } from './text-response'

/** What a client may send, and how long it may take for it, in milliseconds. */
export interface Limits {
  /** Longest body that a handler gets. Of a longer one it gets one byte more, or nothing if Content-Length announced it. */
  readonly bodyBytes: number
  /** From the first byte of a connection, or of a request, to the end of its headers. */
  readonly headersMs: number
  /** To the end of the request. */
  readonly requestMs: number
  /** How long a refused client may go on writing, so that it reads the response before the connection ends. */
  readonly lingerMs: number
}

const TIMES = { headersMs: 10_000, requestMs: 30_000, lingerMs: 500 }

/** Longer than the minute after which common clients close an idle connection: no client posts into a closing one. */
const KEEP_ALIVE_MS = 65_000

/** How often limits are checked, in milliseconds; with Node's default of 30 s they would have no effect. */
const CHECKING_MS = 200

/** First byte of a TLS handshake (RFC 8446, section 5.1); no HTTP request begins with it. */
const TLS_HANDSHAKE = 0x16

/** What a handler can learn about a request in addition to the request itself. */
interface Received {
  /** The request target exactly as it was sent: no dots resolved, nothing decoded. */
  readonly target: string
  /** Whether the body is longer than the limit: only its beginning is there. */
  readonly tooLong: boolean
}

/** A request that the listener answered itself because its body is late or malformed. */
interface Malformed {
  readonly status: number
  readonly target: string
}

interface ListenOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly handle: (request: Request, received: Received) => Promise<Response>
  /** PEM; null for http only. */
  readonly tls?: { readonly key: string; readonly cert: string } | null
  /** Reports in one sentence what went wrong with a client that the handler did not see. */
  readonly onProblem: (text: string, malformed: Malformed | null) => void
  readonly limits: Partial<Limits> & Pick<Limits, 'bodyBytes'>
}

export interface Listener {
  readonly port: number
  /** Stops accepting connections. Requests in progress have `graceMs` milliseconds, then every connection ends. */
  close(graceMs: number): Promise<void>
}

/** Thrown by a handler to break off the connection without a response. In process it is the cause of fetch's TypeError, in undici's words. */
export class BrokenOff extends Error {
  override readonly name = 'SocketError'
  readonly code = 'UND_ERR_SOCKET'

  constructor() {
    super('other side closed')
  }
}

/** The status of a malformed request by the parser's code; 400 for any other code. */
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/** The parser's code when the client ends the connection within a request: it went away, and sent nothing malformed. */
const TRUNCATED = 'HPE_INVALID_EOF_STATE'

/** Why a handshake failed, and what to set. */
const HANDSHAKES: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the client does not trust the certificate authority: give it the CA file',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'the client does not trust the certificate: give it the CA file',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the client does not accept the certificate: give it the CA file',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'the client did not finish it in time',
  ECONNRESET: 'the client closed the connection; if it does not trust the certificate authority, give it the CA file',
}

/**
 * Listens. The URL of a request has the scheme and the host that the client used.
 * @throws Error with Node's `code`, such as EADDRINUSE, when the port is not available
 */
export async function listen({ host, port, handle, tls = null, onProblem, limits }: ListenOptions): Promise<Listener> {
  const bounds = { ...TIMES, ...limits }
  const sockets = new Set<Socket>()
  const silent = new Set<Socket>()
  const tooLong = new WeakSet<IncomingMessage>()
  const outgoingOf = new WeakMap<object, ServerResponse>()
  const refused = new WeakSet<object>()
  let closing = false

  const answer = getRequestListener(
    async (request, { incoming, outgoing }) => {
      const message = incoming as IncomingMessage
      const received = { target: message.url ?? '', tooLong: tooLong.has(message) }
      const response = await handle(request, received).catch((error: unknown) => {
        if (!(error instanceof BrokenOff)) throw error
        message.socket.destroy()
        // The type wants a response; without the socket it goes nowhere.
        return new Response(null, { status: 500 })
      })
      if (received.tooLong) return lingering(response, message, bounds.lingerMs)
      const text = knownText(response)
      if (text === null) return breakingOff(response, message.socket)
      sendText(response, text, outgoing as ServerResponse, message.method === 'HEAD')
      return RESPONSE_ALREADY_SENT
    },
    {
      overrideGlobalObjects: false,
      autoCleanupIncoming: false,
      errorHandler: (error) => {
        const text = error instanceof Error ? error.message : String(error)
        if (error instanceof RequestError) return fault(400, `The request cannot be read: ${text}`)
        onProblem(`a request was answered 500: ${text}`, null)
        return fault(500, 'The request could not be answered.')
      },
    },
  )

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket, headers } = incoming
    outgoingOf.set(socket, outgoing)
    outgoing.once('finish', () => {
      if (outgoingOf.get(socket) === outgoing) outgoingOf.delete(socket)
      if (closing) socket.destroySoon()
    })
    // Only HTTP/1.0 may leave it out; Node refuses other requests without it.
    headers.host ||= `localhost:${socket.localPort}`
    const body = await bodyWithin(bounds.bodyBytes, incoming)
    if (body === null) return
    if (body.tooLong) {
      tooLong.add(incoming)
      outgoing.shouldKeepAlive = false
    }
    if (closing) outgoing.shouldKeepAlive = false
    await answer(Object.assign(incoming, { rawBody: body.bytes }), outgoing)
  }

  const refuse = (error: NodeJS.ErrnoException, socket: Socket) => {
    if (refused.has(socket)) return
    const code = error.code ?? ''
    const under = outgoingOf.get(socket)
    if (!socket.writable || code === 'ECONNRESET' || code === 'EPIPE' || (under?.headersSent && !under.req.complete)) {
      socket.destroy()
      return
    }
    refused.add(socket)
    // The malformed bytes follow a complete request: that one is answered, and nothing more is read.
    if (under?.req.complete) {
      under.once('finish', () => socket.destroySoon())
      return
    }
    const status = STATUS_OF[code] ?? 400
    const why = status === 408 ? 'its request did not arrive in time' : error.message
    onProblem(
      `a client was answered ${status}: ${why}`,
      under === undefined || code === TRUNCATED ? null : { status, target: under.req.url ?? '' },
    )
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
    setTimeout(() => socket.destroy(), bounds.lingerMs).unref()
  }

  const options = {
    headersTimeout: bounds.headersMs,
    requestTimeout: bounds.requestMs,
    connectionsCheckingInterval: CHECKING_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  }
  const plain = createPlain(options)
  const secure = tls === null ? null : createSecure({ ...options, ...tls, handshakeTimeout: bounds.headersMs })
  secure?.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    onProblem(`a TLS handshake failed: ${HANDSHAKES[error.code ?? ''] ?? error.message}`, null)
    socket.destroy()
  })
  const servers = secure === null ? [plain] : [plain, secure]
  for (const server of servers) {
    server.on('request', serve)
    server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const announced = Number(incoming.headers['content-length'] ?? 0)
      if (announced <= bounds.bodyBytes) outgoing.writeContinue()
      void serve(incoming, outgoing)
    })
    server.on('clientError', (error, socket) => refuse(error, socket as Socket))
  }

  const door = createDoor({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const leave = () => socket.destroy()
    sockets.add(socket)
    silent.add(socket)
    socket.on('error', leave)
    socket.once('close', () => {
      sockets.delete(socket)
      silent.delete(socket)
    })
    socket.once('end', leave)
    socket.setTimeout(bounds.headersMs, leave)
    socket.once('data', (first: Buffer) => {
      silent.delete(socket)
      socket.removeListener('end', leave)
      socket.removeListener('timeout', leave)
      socket.setTimeout(0)
      const server = first[0] === TLS_HANDSHAKE ? secure : plain
      if (server === null) {
        onProblem('a client spoke https where only http is served: start with --tls', null)
        socket.destroy()
        return
      }
      // Node serves half-open connections over HTTP only. Over HTTPS a handshake that the client gave up would stay open.
      socket.allowHalfOpen = server === plain
      socket.pause()
      socket.unshift(first)
      server.emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  })

  await new Promise<void>((resolve, reject) => {
    door.once('error', reject)
    door.listen({ host, port, backlog: 1_024 }, () => {
      door.removeListener('error', reject)
      resolve()
    })
  })
  door.on('error', (error) => onProblem(`a connection could not be accepted: ${error.message}`, null))
  // Neither server listens itself, and Node checks their limits only after this event.
  for (const server of servers) server.emit('listening')

  return {
    port: (door.address() as AddressInfo).port,
    close: async (graceMs) => {
      closing = true
      const ended = new Promise<void>((resolve) => {
        door.close(() => resolve())
      })
      for (const socket of silent) socket.destroy()
      for (const server of servers) server.close()
      const end = setTimeout(() => {
        for (const server of servers) server.closeAllConnections()
        for (const socket of sockets) socket.destroy()
      }, graceMs)
      await ended
      clearTimeout(end)
    },
  }
}

/** The listener's own response to a request that did not reach a service. */
function fault(status: number, message: string): Response {
  return Response.json({ error: { code: status === 400 ? 'BadRequest' : 'InternalServerError', message } }, { status })
}

/** Sends a response whose body is known, head and body in one write. */
function sendText({ status, headers }: Response, text: string, outgoing: ServerResponse, headOnly: boolean): void {
  const fields: Record<string, string | string[]> = Object.fromEntries(headers)
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) fields['set-cookie'] = cookies
  if (status !== 204 && status !== 304) fields['content-length'] ??= String(Buffer.byteLength(text))
  outgoing.writeHead(status, fields).end(headOnly ? undefined : text)
}

interface Body {
  readonly bytes: Buffer
  readonly tooLong: boolean
}

/** Reads a body. Of one that is too long the rest is read and discarded. Null when the connection ended before the body was complete. */
function bodyWithin(limit: number, incoming: IncomingMessage): Promise<Body | null> {
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

/** The same response; a body that fails with BrokenOff ends the connection, where the library would print the error and append it to the body. */
function breakingOff(response: Response, socket: Socket): Response {
  if (response.body === null) return response
  const reader = response.body.getReader()
  const body = new ReadableStream({
    pull: async (stream) => {
      try {
        const { done, value } = await reader.read()
        if (done) stream.close()
        else stream.enqueue(value)
      } catch (error) {
        if (!(error instanceof BrokenOff)) throw error
        socket.destroy()
        stream.close()
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new Response(body, response)
}

/**
 * The same response, sent at once but ended only when the client has stopped sending or after `ms` milliseconds: closing the connection on a
 * client that still writes would lose the response.
 */
async function lingering(response: Response, incoming: IncomingMessage, ms: number): Promise<Response> {
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
          // The client closed the connection, and that closed the stream.
        }
      }
      const timer = setTimeout(end, ms)
      if (incoming.readableEnded || incoming.destroyed) end()
      else incoming.once('end', end).once('close', end)
    },
  })
  return new Response(body, { status: response.status, headers })
}
