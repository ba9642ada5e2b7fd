// Faults that are armed and disarmed while a simulator runs: each wraps its parts when it is armed, and asks before it touches a message.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { JournalDraft } from '../runtime/journal'
import type { Notification } from '../runtime/outbox'
import type { Parts, World } from '../wrapping'
import type { Aim, Armed, Order } from './fault'
import { type Layer, layerOf } from './layer'
import {
  type Message,
  messageOfCommand,
  messageOfNotification,
  messageOfPost,
  messageOfRequest,
  messageOfToken,
  messageOfTokenRequest,
  NOTHING_KNOWN,
} from './message'

export interface Faults {
  /** From now on; several at once work together, the latest nearest to the bot. */
  arm(order: Order): Armed
  /** Those of a fault, the one with a number, or all. What they hold back goes on its way. Those that were armed. */
  disarm(which?: { readonly fault?: string | undefined; readonly number?: number | undefined }): readonly Armed[]
  list(): readonly Armed[]
}

export interface ArmedParts {
  readonly parts: Parts
  readonly faults: Faults
  /** Arms what is armed from the beginning. */
  begin(): void
  /** Ends all, and lets nothing go that they hold back. */
  end(): void
}

/** How many faults that have touched all they should stay in place for the messages that they have begun with. */
const SPENT_KEPT = 8

/** What is done now, for whoever asks on the way: the message, and no more. */
type Use<Name extends keyof Parts> = (...args: Parameters<Parts[Name]>) => ReturnType<Parts[Name]>

/**
 * The parts of a simulator by the book, or with a deviation for good, with room for faults. While none is armed a use of a part goes straight
 * to the book.
 * @param tell writes into the journal
 * @param always what is armed from the beginning, and again whenever the simulator begins anew
 */
export function armed(
  book: Parts,
  world: World & Pick<Aim, 'newId'>,
  tell: (entry: JournalDraft) => void,
  always: readonly Order[] = [],
): ArmedParts {
  const layers: Layer[] = []
  const under = new AsyncLocalStorage<Message>()
  /** A notification may be held back and posted in the midst of another. */
  const known = new WeakMap<Notification, Message>()
  let count = 0

  /** The use of a part below a layer: by the next layer that has it, else by the book. */
  const below = <Name extends keyof Parts>(name: Name, number: number, message: Message, ...args: Parameters<Parts[Name]>) => {
    const layer = layers.findLast((one) => one.number < number && one.working.parts[name] !== undefined)
    const use = (layer?.working.parts[name] ?? book[name]) as unknown as Use<Name>
    return under.run(message, () => use(...args))
  }
  const current = (kind: Message['kind']) => {
    const message = under.getStore()
    return message?.kind === kind ? message : undefined
  }
  const of = (notification: Notification) => {
    const message = known.get(notification) ?? current('notification') ?? messageOfNotification(notification)
    known.set(notification, message)
    return message
  }

  /** Parts whose uses go through the layers below a number. */
  const through = (number: number): Parts => ({
    decide: (state, command, env) => {
      const message = 'caller' in command ? current('request') : undefined
      return below('decide', number, message ?? messageOfCommand(state, command), state, command, env)
    },
    graph: async (request) => below('graph', number, current('request') ?? messageOfRequest(request), request),
    login: async (request) => below('login', number, current('request') ?? (await messageOfTokenRequest(request)), request),
    openid: async (request) => below('openid', number, current('request') ?? messageOfRequest(request), request),
    authenticate: (authorization) =>
      below('authenticate', number, current('request') ?? messageOfToken(authorization), authorization),
    post: (notification) => below('post', number, of(notification), notification),
    sign: (notification) => below('sign', number, of(notification), notification),
    deliver: (url, init) => below('deliver', number, current('notification') ?? messageOfPost(String(init.body)), url, init),
    after: (ms, task) => below('after', number, under.getStore() ?? NOTHING_KNOWN, ms, task),
  })

  const all = through(Number.POSITIVE_INFINITY)
  /** A request and a notification begin here, whatever they come about in the midst of: a bot in the same process asks while it is told. */
  const afresh = <Result>(use: () => Result): Result => under.exit(use)
  const straight = () => layers.length === 0
  const parts: Parts = {
    decide: (...args) => (straight() ? book : all).decide(...args),
    graph: (request) => (straight() ? book.graph(request) : afresh(() => all.graph(request))),
    login: (request) => (straight() ? book.login(request) : afresh(() => all.login(request))),
    openid: (request) => (straight() ? book.openid(request) : afresh(() => all.openid(request))),
    authenticate: (authorization) => (straight() ? book : all).authenticate(authorization),
    post: (notification) => (straight() ? book.post(notification) : afresh(() => all.post(notification))),
    sign: (notification) => (straight() ? book : all).sign(notification),
    deliver: (...args) => (straight() ? book : all).deliver(...args),
    after: (...args) => (straight() ? book : all).after(...args),
  }

  const living = () => layers.filter((layer) => layer.lives())
  const forgetSpent = () => {
    const spent = layers.filter((layer) => !layer.lives())
    for (const layer of spent.slice(0, -SPENT_KEPT)) layers.splice(layers.indexOf(layer), 1)
  }
  const say = (layer: Layer, did: 'armed' | 'disarmed', how: string) =>
    tell({
      at: world.now(),
      kind: 'fault',
      callId: layer.shown().callId,
      fault: layer.fault.id,
      text: `fault ${layer.told()} ${how}`,
      did,
    })

  const arm = (order: Order): Armed => {
    forgetSpent()
    const number = ++count
    const message = () => under.getStore() ?? NOTHING_KNOWN
    const layer = layerOf(order, { number, parts: through(number), world, tell, message })
    layers.push(layer)
    say(layer, 'armed', 'is armed')
    return layer.shown()
  }
  const remove = (those: readonly Layer[], lettingGo: boolean, how: string) => {
    for (const layer of those) {
      layers.splice(layers.indexOf(layer), 1)
      if (layer.lives()) say(layer, 'disarmed', how)
      layer.working.end?.(lettingGo)
    }
  }

  return {
    parts,
    faults: {
      arm,
      disarm: ({ fault, number } = {}) => {
        const those = living().filter(
          (one) => (fault === undefined || one.fault.id === fault) && (number === undefined || one.number === number),
        )
        const shown = those.map((one) => one.shown())
        remove(those, true, 'is disarmed')
        return shown
      },
      list: () => living().map((layer) => layer.shown()),
    },
    begin: () => {
      for (const order of always) arm(order)
    },
    end: () => remove([...layers], false, 'is over'),
  }
}
