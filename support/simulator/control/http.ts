// The control API over HTTP: POST /OPERATION with JSON, with its token, from this machine, and never from a browser.
import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Handler } from '../http/graph'
import { harmlessText } from '../runtime/redact'
import type { SeededSimulator } from '../seed'
import { badRequest, ControlError, type Operation, operation, schemaOf } from './operation'
import { OPERATIONS, operate, operationNamed } from './operations'

interface ControlParts {
  readonly seeded: SeededSimulator
  /** What callers must send as bearer token. */
  readonly token: string
  /** Ends the program. Without it the operation shutdown is missing. */
  readonly onShutdown?: () => void
  /** The port of the listener, once it is known: a `Host` with another port is refused. */
  readonly port?: () => number | null
}

/** Longest body that is read, in bytes. */
const MAX_BODY_BYTES = 64 * 1024

/** Names of this machine that no name server can change. */
const LOCAL_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** Answers 200 with the result of the operation, else `{ error: { code, message } }` with the status of the error. */
export function controlHandler(parts: ControlParts): Handler {
  const { seeded, onShutdown } = parts
  const operations = onShutdown === undefined ? OPERATIONS : [...OPERATIONS, shutdown(onShutdown)]
  const app = new Hono()
  app.use(async ({ req }, next) => {
    authorize(req.raw, parts)
    await next()
  })
  app.get('/', ({ json }) => json({ operations: operations.map(described) }, 200, HEADERS))
  app.all('/', wrongMethod('GET'))
  app.get('/:name', ({ req, json }) => json(described(operationNamed(req.param('name'), operations)), 200, HEADERS))
  app.post('/:name', async ({ req, json }) => {
    const name = req.param('name')
    operationNamed(name, operations)
    return json(await operate(seeded, name, await readJson(req.raw), { operations, signal: req.raw.signal }), 200, HEADERS)
  })
  app.all('/:name', ({ req }) => {
    operationNamed(req.param('name'), operations)
    return wrongMethod('GET, POST')()
  })
  app.notFound(({ req }) => answer(unknown(req.path, operations)))
  app.onError((error) => answer(error instanceof ControlError ? error : failure(error)))
  return async (request) => app.fetch(request)
}

function unknown(path: string, operations: readonly Operation[]): ControlError {
  try {
    operationNamed(path.slice(1), operations)
  } catch (error) {
    if (error instanceof ControlError) return error
  }
  return new ControlError('unknown-operation', 'There is nothing at this path; write POST /OPERATION.')
}

const shutdown = (onShutdown: () => void): Operation =>
  operation({
    name: 'shutdown',
    description: 'Ends the simulator, as a signal would, once this is answered.',
    params: z.strictObject({}),
    run: async () => {
      setImmediate(onShutdown)
      return { ends: true }
    },
  })

function described(one: Operation) {
  return { name: one.name, description: one.description, params: schemaOf(one) }
}

const wrongMethod = (allow: string) => () => answer(new ControlError('wrong-method', `Only ${allow} is served here.`), { allow })

function answer(error: ControlError, headers: Record<string, string> = {}): Response {
  const { code, message, status } = error
  const challenge: Record<string, string> = code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}
  return Response.json({ error: { code, message } }, { status, headers: { ...HEADERS, ...challenge, ...headers } })
}

/** A failure of the simulator: the message without the place. */
function failure(error: Error): ControlError {
  return new ControlError('failed', `The simulator failed: ${harmlessText(error.message)}`)
}

/** @throws ControlError for a page of a browser, a name that leads here from elsewhere, or a caller without the token */
function authorize(request: Request, { token, port }: ControlParts): void {
  const { headers } = request
  if (headers.has('origin'))
    throw new ControlError('forbidden', 'A request with an Origin comes from a browser; call the control API from a program.')
  const hosts = [new URL(request.url).host, headers.get('host') ?? ''].filter((host) => host !== '')
  if (!hosts.every((host) => isHere(host, port?.() ?? null)))
    throw new ControlError(
      'forbidden',
      'The Host is not this machine; write localhost or 127.0.0.1 and the port of the control API.',
    )
  const sent = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (sent === undefined || !sameText(sent, token)) {
    const what = sent === undefined ? 'The bearer token is missing' : 'The bearer token is not that of this start'
    throw new ControlError('unauthorized', `${what}; send "Authorization: Bearer" and the control token that was printed.`)
  }
}

function isHere(host: string, port: number | null): boolean {
  const url = `http://${host}`
  if (!URL.canParse(url)) return false
  const { hostname, port: named } = new URL(url)
  return LOCAL_NAMES.includes(hostname) && (port === null || Number(named || 80) === port)
}

/** Takes the same time wherever the two differ: digests have one length. */
function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

/** Reads the body and ignores its Content-Type: curl says that it is a form. An empty body stands for no parameters. */
async function readJson(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > MAX_BODY_BYTES)
      throw new ControlError('too-large', `The body is longer than ${MAX_BODY_BYTES} bytes; send the parameters only.`)
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('The body is no JSON; write {} or the parameters in one object.')
  }
}
