// HTTP, and HTTPS where there is a certificate, on one port, in front of a Fetch handler: whatever a client sends, it ends in an answer.
import { createServer as createPlain, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, createServer as createDoor, type Socket } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import { MAX_BODY_BYTES } from '../http/body'
import { BrokenOff } from '../http/broken-off'
import { bodyWithin, lingering } from './body-limit'

/** What a client may take or send. */
export interface Limits {
  /** Longest body that a handler gets, in bytes; of a longer one it gets a byte more, or none where the length was said before. */
  readonly bodyBytes: number
  /** From the first byte of a connection, or of a request, until its headers are there, in milliseconds. */
  readonly headersMs: number
  /** Until the whole request is there, in milliseconds. */
  readonly requestMs: number
  /** How long a refused client is listened to, so that it reads the answer before the connection ends, in milliseconds. */
  readonly lingerMs: number
}

const LIMITS: Limits = { bodyBytes: MAX_BODY_BYTES, headersMs: 10_000, requestMs: 30_000, lingerMs: 500 }

/** Longer than the minute after which common clients give up an idle connection themselves: none posts into a closing one. */
const KEEP_ALIVE_MS = 65_000

/** How often limits are looked at, in milliseconds; Node's own default of 30 s would make them meaningless. */
const CHECKING_MS = 200

/** First byte of a TLS handshake (RFC 8446, section 5.1); no HTTP request begins with it. */
const TLS_HANDSHAKE = 0x16

export interface ListenOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  readonly handle: (request: Request) => Promise<Response>
  /** PEM; null for http alone. */
  readonly tls: { readonly key: string; readonly cert: string } | null
  /** Told in a sentence what went wrong with a client that no handler saw. */
  readonly onProblem: (text: string) => void
  readonly limits?: Partial<Limits>
}

export interface Listener {
  readonly port: number
  /** Accepts nobody from now on; requests under way have `graceMs` milliseconds, then every connection ends. */
  close(graceMs: number): Promise<void>
}

/** What a request that is no HTTP is answered with, by the parser's code; 400 where none stands here. */
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/** Why a handshake failed, in words that lead to what must be set. */
const HANDSHAKES: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the client does not trust the certificate authority: give it the CA file',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'the client does not trust the certificate: give it the CA file',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the client does not accept the certificate: give it the CA file',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'the client did not finish it in time',
  ECONNRESET: 'it went away: perhaps it does not trust the certificate authority, then give it the CA file',
}

/**
 * Listens. The URL of a request has the scheme and the host that the client used.
 * @throws Error with Node's `code`, as EADDRINUSE, when the port cannot be had
 */
export async function listen({ host, port, handle, tls, onProblem, limits }: ListenOptions): Promise<Listener> {
  const bounds = { ...LIMITS, ...limits }
  const sockets = new Set<Socket>()
  const silent = new Set<Socket>()
  const tooLong = new WeakSet<IncomingMessage>()
  const outgoingOf = new WeakMap<object, ServerResponse>()
  const refused = new WeakSet<object>()
  let closing = false

  const answer = getRequestListener(
    async (request, { incoming }) => {
      const message = incoming as IncomingMessage
      const response = await handle(request).catch((error: unknown) => {
        if (!(error instanceof BrokenOff)) throw error
        message.socket.destroy()
        // Something must be given back; with the socket gone nobody gets it.
        return new Response(null, { status: 500 })
      })
      return tooLong.has(message) ? lingering(response, message, bounds.lingerMs) : response
    },
    {
      overrideGlobalObjects: false,
      autoCleanupIncoming: false,
      errorHandler: (error) => {
        const text = error instanceof Error ? error.message : String(error)
        if (error instanceof RequestError) return fault(400, `The request cannot be read: ${text}`)
        onProblem(`a request was answered 500: ${text}`)
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
    // Only HTTP/1.0 may leave it out; Node refuses the rest.
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
    // What is wrong came after a whole request: that one is answered, and nothing further is read.
    if (under?.req.complete) {
      under.once('finish', () => socket.destroySoon())
      return
    }
    const status = STATUS_OF[code] ?? 400
    onProblem(`a client was answered ${status}: ${status === 408 ? 'its request did not arrive in time' : error.message}`)
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
    onProblem(`a TLS handshake failed: ${HANDSHAKES[error.code ?? ''] ?? error.message}`)
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
        onProblem('a client spoke https where only http is served: start with --tls')
        socket.destroy()
        return
      }
      // Node serves half-open connections over HTTP, and none over HTTPS: a handshake that the client gave up would stay.
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
  door.on('error', (error) => onProblem(`a connection could not be accepted: ${error.message}`))
  // Neither of the two listens itself, and Node begins to watch their limits only when they say that they do.
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

/** Of the listener itself: what never reached a service. */
function fault(status: number, message: string): Response {
  return Response.json({ error: { code: status === 400 ? 'BadRequest' : 'InternalServerError', message } }, { status })
}
