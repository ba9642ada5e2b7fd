// The control API over HTTP: POST /OPERATION with JSON, for whoever has its token, from this machine, and never from a browser.
import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Handler } from '../http/graph'
import { harmlessText } from '../runtime/redact'
import { badRequest, ControlFault } from './control-error'
import { type ControlledWorld, type Operation, operation, readParams, schemaOf } from './operation'
import { OPERATIONS, operationNamed } from './operations'

export interface ControlParts {
  readonly world: ControlledWorld
  /** What callers must send as bearer token. */
  readonly token: string
  /** Ends the program; without it there is no operation shutdown. */
  readonly onShutdown?: () => void
  /** The port that it listens at, once that is known: a `Host` with another is refused. */
  readonly port?: () => number | null
}

/** Longest body that is read, in bytes. */
const MAX_BODY_BYTES = 64 * 1024

/** Names of this machine that no name server can make into another's. */
const LOCAL_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** Answers 200 with what the operation gives, else `{ error: { code, message } }` with the status of the fault. */
export function controlHandler(parts: ControlParts): Handler {
  const { world, onShutdown } = parts
  const operations = onShutdown === undefined ? OPERATIONS : [...OPERATIONS, shutdown(onShutdown)]
  const app = new Hono()
  app.use(async ({ req }, next) => {
    refuseStrangers(req.raw, parts)
    await next()
  })
  app.get('/', ({ json }) => json({ operations: operations.map(described) }, 200, HEADERS))
  app.all('/', wrongMethod('GET'))
  app.get('/:name', ({ req, json }) => json(described(operationNamed(req.param('name'), operations)), 200, HEADERS))
  app.post('/:name', async ({ req, json }) => {
    const one = operationNamed(req.param('name'), operations)
    const params = readParams(one, await readJson(req.raw))
    return json(await one.run(world, params, req.raw.signal), 200, HEADERS)
  })
  app.all('/:name', ({ req }) => {
    operationNamed(req.param('name'), operations)
    return wrongMethod('GET, POST')()
  })
  app.notFound(({ req }) => answer(unknown(req.path, operations)))
  app.onError((error) => answer(error instanceof ControlFault ? error : failure(error)))
  return async (request) => app.fetch(request)
}

function unknown(path: string, operations: readonly Operation[]): ControlFault {
  try {
    operationNamed(path.slice(1), operations)
  } catch (error) {
    if (error instanceof ControlFault) return error
  }
  return new ControlFault('unknown-operation', 'There is nothing at this path.')
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

const wrongMethod = (allow: string) => () => answer(new ControlFault('wrong-method', `Only ${allow} is served here.`), { allow })

function answer(fault: ControlFault, headers: Record<string, string> = {}): Response {
  const { code, message, status } = fault
  const challenge: Record<string, string> = code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}
  return Response.json({ error: { code, message } }, { status, headers: { ...HEADERS, ...challenge, ...headers } })
}

/** Ours, and said so; what it was is told, never where. */
function failure(error: Error): ControlFault {
  return new ControlFault('failed', `The simulator failed: ${harmlessText(error.message)}`)
}

/** @throws ControlFault for a page of a browser, a name that leads here from elsewhere, or a caller without the token */
function refuseStrangers(request: Request, { token, port }: ControlParts): void {
  const { headers } = request
  if (headers.has('origin'))
    throw new ControlFault('forbidden', 'A request with an Origin comes from a browser; call the control API from a program.')
  const hosts = [new URL(request.url).host, headers.get('host') ?? ''].filter((host) => host !== '')
  if (!hosts.every((host) => isHere(host, port?.() ?? null)))
    throw new ControlFault(
      'forbidden',
      'The Host is not this machine; write localhost or 127.0.0.1 and the port of the control API.',
    )
  const sent = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (sent === undefined || !sameText(sent, token)) {
    const what = sent === undefined ? 'No bearer token came' : 'The bearer token is not that of this start'
    throw new ControlFault('unauthorized', `${what}; send "Authorization: Bearer" and the control token that was printed.`)
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

/** The body, whatever its Content-Type says: curl says it is a form. An empty one stands for no parameters. */
async function readJson(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > MAX_BODY_BYTES)
      throw new ControlFault('too-large', `The body is longer than ${MAX_BODY_BYTES} bytes; send the parameters only.`)
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
