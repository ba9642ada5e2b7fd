// The nock mount: puts a handler behind an origin for every fetch and http(s) client of this process. The only file that knows nock.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import timers from 'node:timers'
import type { Interceptor, ReplyFnContext, Scope } from 'nock'
import { install } from 'undici'
import { bytesRequest } from '../../net/bytes-request'
import { knownText } from '../../net/text-response'
import { fetchFailed, type Handler, type Routes } from './direct'

export type { Handler, Routes } from './direct'

export interface Mount {
  /** Takes this mount's own interceptors away and no others; calling it twice is harmless. */
  unmount(): void
  /** Registers again what `nock.cleanAll()` or `nock.removeInterceptor()` took away meanwhile; true when something was missing. */
  repair(): boolean
}

type Nock = typeof import('nock')

/**
 * nock takes its timers when it is loaded and waits two of zero length per exchange: about 3 ms, where immediates cost a fifth of that.
 * Waits that have a length stay timers.
 */
function withImmediates<T>(load: () => T): T {
  const wait = timers.setTimeout
  const hurried = (run: (...args: unknown[]) => void, milliseconds?: number, ...args: unknown[]) =>
    milliseconds ? wait(run, milliseconds, ...args) : setImmediate(run, ...args)
  timers.setTimeout = hurried as typeof wait
  try {
    return load()
  } finally {
    timers.setTimeout = wait
  }
}

/**
 * Loads nock over undici's fetch. nock patches the fetch that it finds and a later `install()` undoes that, so the order is: install, then
 * nock. Where this process has loaded nock before, it is lifted for the installation and laid on top again; its timers then stay slow.
 */
function loadNock(): Nock {
  const load = createRequire(__filename)
  const present = load.cache[load.resolve('nock')]?.exports as Nock | undefined
  const lifted = present?.isActive() === true
  if (lifted) present?.restore()
  install()
  const nock = present ?? withImmediates(() => load('nock') as Nock)
  if (lifted) nock.activate()
  return nock
}

const nock = loadNock()

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const
const bodilessMethods = new Set(['GET', 'HEAD'])
/** Host and port, as nock asks. The seal is the guard that counts; this lets nock pass on what goes to the bot's own listener. */
const loopback = /^(127(\.\d+){3}|localhost|\[?::1\]?)(:\d+)?$/i

/** The request that nock intercepted. Its router leaves the body's chunks on it as they were sent; the body that it hands on is text, or hex. */
type Intercepted = ReplyFnContext['req'] & { readonly requestBodyBuffers: readonly Buffer[] }

/** The request as its sender made it. Fetch knows no body of a GET or HEAD; one that was sent with them is dropped. */
function requestFrom(origin: string, path: string, sent: Intercepted, own: boolean): Request {
  const { method } = sent
  const headers = Object.entries(sent.getHeaders()).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): [string, string] => [name, String(value)]),
  )
  const bytes = Buffer.concat(sent.requestBodyBuffers)
  const body = bodilessMethods.has(method) || bytes.length === 0 ? null : bytes
  const url = new URL(`${origin}${path}`)
  return own ? bytesRequest(url, method, headers, body) : new Request(url, { method, headers, body })
}

/** nock's form of an answer: status, body, and names and values of headers in one flat list. */
type Answer = [status: number, body: Buffer, headers: string[]]

/** Asks the handler. What goes wrong there, in its answer's body too, is an error of the client's fetch and never an uncaught one. */
async function answerOf(handle: Handler, request: () => Request): Promise<Answer> {
  try {
    const response = await handle(request())
    const text = knownText(response)
    const body = text === null ? Buffer.from(await response.arrayBuffer()) : Buffer.from(text)
    return [response.status, body, [...response.headers].flat()]
  } catch (cause) {
    throw fetchFailed(cause)
  }
}

interface CatchAll {
  readonly scope: Scope
  readonly interceptors: readonly Interceptor[]
}

/** Any path of an origin, by any method, for as long as it is mounted. Optional, so that a user's `nock.isDone()` does not wait for it. */
function catchAll(origin: string, handle: Handler, own: boolean): CatchAll {
  const scope = nock(origin).persist()
  // nock parses a body that calls itself JSON before it asks us, and a bad one ends the process. These headers are nock's own copy;
  // the sender's stay in getHeaders().
  scope.on('request', (request: Intercepted) => {
    request.headers = {}
  })
  const interceptors = methods.map((method) => scope.intercept(/^/, method).optionally())
  for (const interceptor of interceptors) {
    interceptor.reply(function (this: ReplyFnContext, path: string) {
      // The interceptor is shared by all requests: `this.req` is this request's only until the first await.
      const sent = this.req as Intercepted
      return answerOf(handle, () => requestFrom(origin, path, sent, own))
    })
  }
  return { scope, interceptors }
}

function remove({ interceptors }: CatchAll): void {
  for (const interceptor of interceptors) nock.removeInterceptor(interceptor)
}

/** nock is one per process, and so is the record of the origins that are taken. */
const taken = new Set<string>()

function take(origins: readonly string[]): void {
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error(
        `"${origin}" is no origin: write scheme, host and, if it is not the scheme's own, port, as in https://graph.microsoft.com`,
      )
    }
    if (taken.has(origin))
      throw new Error(`${origin} is mounted already: unmount it first, or use the direct mount for a second one`)
  }
  if (taken.size === 0 && origins.length > 0) {
    nock.disableNetConnect()
    nock.enableNetConnect((host) => loopback.test(host))
  }
  for (const origin of origins) taken.add(origin)
}

function release(origins: readonly string[]): void {
  for (const origin of origins) taken.delete(origin)
  if (taken.size > 0) return
  nock.enableNetConnect()
  // An origin whose interceptors are gone would still be refused by nock; with nothing of anybody left, cleaning takes only that away.
  if (nock.activeMocks().length === 0) nock.cleanAll()
}

/** From now on, what `nock.cleanAll()` takes away of a mount is back before it returns. Returns what ends that. */
function outlastCleaning(mount: Mount): () => void {
  const clean = nock.cleanAll
  const cleanTheRest = () => {
    clean()
    mount.repair()
  }
  nock.cleanAll = cleanTheRest
  return () => {
    if (nock.cleanAll === cleanTheRest) nock.cleanAll = clean
  }
}

/** Every request that a copy of undici sends, Node's own included, is announced here. One that nock answered was never sent. */
const SENT = 'undici:request:create'

/** Warns once per origin of a request that leaves this process although its origin is mounted. Returns what ends that. */
function warnOfEscapes(origins: readonly string[]): () => void {
  const warned = new Set<string>()
  const look = (message: unknown) => {
    const { origin, method, path } = (message as { request: { origin: unknown; method: string; path: string } }).request
    const place = String(origin)
    if (!origins.includes(place) || warned.has(place)) return
    warned.add(place)
    const where = `${method} ${place}${path.split('?')[0]}`
    process.emitWarning(
      `${where} leaves this process: it was sent by the package undici, which a mount does not catch. Use the global fetch, http or https in the test, or serve the simulator with listen() and give the bot that address.`,
      { code: 'SIMULATOR_NOT_REACHED' },
    )
  }
  subscribe(SENT, look)
  return () => void unsubscribe(SENT, look)
}

export interface MountOptions {
  /** Whether it is still there after a `nock.cleanAll()`, which many test suites call after each test; false unless said. */
  readonly lasting?: boolean
  /** Whether the handlers are this project's, which take a request that is cheaper to make (`bytesRequest`); false unless said. */
  readonly own?: boolean
}

/**
 * Puts handlers behind origins. From then on its handler answers each fetch or http(s) request of this process to an
 * origin; while any mount is active nock refuses every other host but loopback, and afterwards it allows all (its own default, not what was
 * set before).
 *
 * The handler receives a Fetch Request with the sender's method, URL, headers and bytes. The client's abort rejects the client's call but
 * does not reach the handler. A handler that throws or rejects gives the client a network error (`fetchFailed`).
 *
 * Not seen by nock: `undici.request`, undici's own `fetch` import, its Agent and Pool, http2, net and tls. The seal refuses those; without it a
 * warning (SIMULATOR_NOT_REACHED) says of each origin that undici sends something to it.
 *
 * @throws Error when a key is no origin or an origin is mounted already; nothing is mounted then.
 */
export function mountOnNock(routes: Routes, { lasting = false, own = false }: MountOptions = {}): Mount {
  const origins = Object.keys(routes)
  take(origins)
  const registered = new Map(Object.entries(routes).map(([origin, handle]) => [origin, catchAll(origin, handle, own)]))
  const mount: Mount = {
    unmount() {
      if (registered.size === 0) return
      endLasting()
      endWarning()
      for (const registration of registered.values()) remove(registration)
      registered.clear()
      release(origins)
    },
    repair() {
      const broken = [...registered].filter(([, { scope }]) => scope.activeMocks().length < methods.length)
      for (const [origin, registration] of broken) {
        remove(registration)
        registered.set(origin, catchAll(origin, routes[origin] as Handler, own))
      }
      return broken.length > 0
    },
  }
  const endWarning = warnOfEscapes(origins)
  const endLasting = lasting ? outlastCleaning(mount) : () => {}
  return mount
}
