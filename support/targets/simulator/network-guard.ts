// The seal of simulator mode: while it is on, this thread reaches loopback and nothing else.

import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { isLoopback } from '../../contract/loopback'

type Call = (this: unknown, ...args: unknown[]) => unknown

/** One function through which packets leave, and what stands in for it while sealed. */
interface GuardedFunction {
  readonly owner: object
  readonly name: string
  readonly guard: (original: Call) => Call
}

/** The refusal: `message` is `sealed: HOST`, `code` is `ESEALED`. Clients such as fetch carry it as their error's `cause`. */
export class SealedError extends Error {
  override readonly name = 'SealedError'
  readonly code = 'ESEALED'
  constructor(
    /** The destination as the caller wrote it. */
    readonly host: string,
  ) {
    super(`sealed: ${host}`)
  }
}

/** Where a call of Socket.connect leads: a host, or null for a pipe. Follows the argument forms of Node's `net` (normalizeArgs). */
function destinationOfConnect(args: readonly unknown[]): string | null {
  // net.connect hands over its arguments normalised: one array of options and callback.
  const first = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as { path?: unknown; host?: unknown }
    return path ? null : String(host || 'localhost')
  }
  if (typeof first === 'string' && !(Number(first) >= 0)) return null
  return typeof args[1] === 'string' ? args[1] || 'localhost' : 'localhost'
}

/** The address of a call of dgram's send: `(message, port, address)` or `(message, offset, length, port, address)`; none means this machine. */
function destinationOfSend([, , third, fourth, fifth]: readonly unknown[]): string | null {
  const address = fifth || (fourth && typeof fourth !== 'function') ? fifth : third
  return typeof address === 'string' && address !== '' ? address : null
}

function callbackOf(args: readonly unknown[]): Call | undefined {
  return args.findLast((arg): arg is Call => typeof arg === 'function')
}

function guardConnect(original: Call): Call {
  return function connect(this: unknown, ...args) {
    const host = destinationOfConnect(args)
    if (!isSealed() || host === null || isLoopback(host)) return Reflect.apply(original, this, args)
    const socket = this as net.Socket
    // As after a real connect: http, tls and http2 attach their listeners before the next tick, and wait while `connecting`.
    Object.assign(socket, { connecting: true })
    process.nextTick(() => socket.destroy(new SealedError(host)))
    return socket
  }
}

const guardDatagram =
  (destination: (args: readonly unknown[]) => string | null) =>
  (original: Call): Call =>
    function datagram(this: unknown, ...args) {
      const host = destination(args)
      if (!isSealed() || host === null || isLoopback(host)) return Reflect.apply(original, this, args)
      const callback = callbackOf(args)
      const refusal = new SealedError(host)
      process.nextTick(() => (callback ? callback(refusal) : (this as dgram.Socket).emit('error', refusal)))
      return undefined
    }

const guardQuestion =
  (answersWith: 'callback' | 'promise', sendsNothing: (host: string) => boolean) =>
  (original: Call): Call =>
    function question(this: unknown, ...args) {
      const host = args[0]
      const callback = callbackOf(args)
      // A host that is no string, or a missing callback, is refused by Node itself before anything is sent.
      const refused = isSealed() && typeof host === 'string' && !sendsNothing(host) && (answersWith === 'promise' || callback)
      if (!refused) return Reflect.apply(original, this, args)
      const refusal = new SealedError(host)
      if (answersWith === 'promise') return Promise.reject(refusal)
      process.nextTick(() => callback?.(refusal))
      return undefined
    }

/** `lookup` answers literals itself, and Node calls it for every `listen` and `bind`; `localhost` comes from the hosts file. */
const lookedUpLocally = (host: string) => host === '' || net.isIP(host) !== 0 || isLoopback(host)
/** Resolvers ask a name server about every name, `localhost` too. */
const never = () => false

const resolverMethods = Object.getOwnPropertyNames(dns.Resolver.prototype).filter((name) => /^(resolve|reverse)/.test(name))

const guardedFunctions: readonly GuardedFunction[] = [
  { owner: net.Socket.prototype, name: 'connect', guard: guardConnect },
  { owner: dgram.Socket.prototype, name: 'send', guard: guardDatagram(destinationOfSend) },
  {
    owner: dgram.Socket.prototype,
    name: 'connect',
    guard: guardDatagram(([, address]) => (typeof address === 'string' && address !== '' ? address : null)),
  },
  ...(
    [
      [dns, 'callback'],
      [dns.promises, 'promise'],
    ] as const
  ).flatMap(([api, answersWith]): GuardedFunction[] => [
    { owner: api, name: 'lookup', guard: guardQuestion(answersWith, lookedUpLocally) },
    { owner: api, name: 'lookupService', guard: guardQuestion(answersWith, never) },
    ...[api, api.Resolver.prototype].flatMap((owner) =>
      resolverMethods.map((name) => ({ owner, name, guard: guardQuestion(answersWith, never) })),
    ),
  ]),
]

let seals = 0
let restore: (() => void)[] = []

function install({ owner, name, guard }: GuardedFunction): () => void {
  const original = Reflect.get(owner, name) as Call
  const guarded = guard(original)
  // util.promisify reads the names of lookup's answers from a symbol on the function.
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original))
  Reflect.set(owner, name, guarded)
  // Another patch of the same function stays in place; the guard beneath it then lets everything through.
  return () => Reflect.get(owner, name) === guarded && Reflect.set(owner, name, original)
}

/** Whether at least one seal is on. */
export function isSealed(): boolean {
  return seals > 0
}

/**
 * Seals this thread and returns what takes this seal off again (calling it twice is harmless). Seals nest: the last one off opens.
 *
 * While sealed, a TCP or TLS connection to another host than loopback is destroyed with a `SealedError` before any name is looked up,
 * whichever client asked for it (http, https, http2, fetch, undici): they all end in `net.Socket.prototype.connect`. Pipes and Unix
 * sockets pass. Datagrams, `dns.lookup` of names, and every question to a name server are refused with the same error.
 *
 * Not covered: worker threads and child processes, which have their own copies of these functions; the `lookup` option of a connection
 * to `localhost`, which is trusted; copies of dns functions that a module took before the seal (connecting is covered all the same).
 */
export function seal(): () => void {
  if (seals === 0) {
    restore = guardedFunctions.map(install)
    syncBuiltinESMExports()
  }
  seals += 1
  let on = true
  return () => {
    if (!on) return
    on = false
    seals -= 1
    if (seals > 0) return
    for (const one of restore) one()
    syncBuiltinESMExports()
  }
}
