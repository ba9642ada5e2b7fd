// The faults that are armed in a simulator: passes every message through them, within their limits, and reports what they did.
import type { JsonObject } from '../../contract/json'
import type { Command } from '../core/commands'
import type { Call } from '../core/state'
import type { CallRecord, CallRecords } from '../runtime/call-records'
import type { FaultDid, Journal } from '../runtime/journal'
import type { JournaledRequest } from '../runtime/journaled-request'
import { type Deliver, type Notification, noteSent } from '../runtime/outbox'
import { type Aim, describeRequest, type IncomingRequest, type Order, type Working } from './fault'

/** A fault that is armed now. */
export interface Armed {
  /** Counts every arming of a simulator from 1. */
  readonly number: number
  readonly fault: string
  readonly parameters: JsonObject
  readonly callId: string | null
  readonly appId: string | null
  /** How many messages it may still touch; null: no limit. */
  readonly left: number | null
  /** How many it has touched. */
  readonly touched: number
}

export interface Faults {
  /** Starts a fault. Several work together; the one armed last is nearest to the bot. */
  arm(order: Order): Armed
  /** Ends the faults with this id, the one with this number, or all, and delivers what they hold back. Returns the ended ones. */
  disarm(which?: { readonly fault?: string | undefined; readonly number?: number | undefined }): readonly Armed[]
  list(): readonly Armed[]
}

interface Surroundings extends Pick<Aim, 'keys' | 'now' | 'verifierNow' | 'newId' | 'after' | 'endCall'> {
  readonly journal: Journal
  readonly records: CallRecords
}

interface Layer {
  readonly number: number
  readonly order: Order
  readonly working: Working
  left: number | null
  touched: number
  /** How many of the touched messages are in the journal. */
  reported: number
}

export class ArmedFaults implements Faults {
  readonly #surroundings: Surroundings
  #layers: readonly Layer[] = []
  #count = 0

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  arm(order: Order): Armed {
    if (this.#count === 0) this.#followCalls()
    const number = ++this.#count
    const layer: Layer = {
      number,
      order,
      working: order.fault.work(
        this.#aimOf(order, () => layer),
        order.values,
      ),
      left: order.messages,
      touched: 0,
      reported: 0,
    }
    this.#layers = [...this.#layers.filter(lives), layer]
    this.#write(order, 'armed', `${describeOrder(order)} is armed`)
    for (const record of this.#living()) layer.working.call?.(record)
    return shown(layer)
  }

  disarm({ fault, number }: Parameters<Faults['disarm']>[0] = {}): readonly Armed[] {
    const meant = (one: Layer) =>
      (fault === undefined || one.order.fault.id === fault) && (number === undefined || one.number === number)
    return this.#remove(
      this.#layers.filter((one) => lives(one) && meant(one)),
      true,
      'is disarmed',
    )
  }

  list(): readonly Armed[] {
    return this.#layers.filter(lives).map(shown)
  }

  /** Ends all faults, and drops what they hold back. */
  end(): void {
    this.#remove(this.#layers, false, 'is over')
  }

  /** A request passes the faults on its way to its handler, the one armed last first. */
  async request(
    service: IncomingRequest['service'],
    request: Request,
    journaled: JournaledRequest,
    handle: (request: Request) => Promise<Response>,
  ): Promise<Response> {
    if (this.#layers.length === 0) return handle(request)
    const incoming = await describeRequest(service, request, journaled)
    const pass = (below: number): Promise<Response> => {
      const layer = this.#layers.findLast(({ number, working }) => number < below && working.request !== undefined)
      return layer?.working.request?.(incoming, () => pass(layer.number)) ?? handle(request)
    }
    return pass(Number.POSITIVE_INFINITY)
  }

  /** A command passes the faults on its way to the core, the one armed first first. */
  command(command: Command, callOf: (callId: string) => Call | undefined): Command {
    return this.#layers.reduce((one, { working }) => working.command?.(one, callOf) ?? one, command)
  }

  /** A notification passes the faults before it is queued, the one armed first first. */
  post(notification: Notification, queue: (notification: Notification) => void): void {
    const pass = (one: Notification, above: number): void => {
      const layer = this.#layers.find(({ number, working }) => number > above && working.notification !== undefined)
      if (layer === undefined) queue(one)
      else {
        const { id } = layer.order.fault
        layer.working.notification?.(one, (next) => pass(next === one ? one : { ...next, fault: id }, layer.number))
      }
    }
    pass(notification, 0)
  }

  /** A post of a queued notification passes the faults on its way to the bot, the one armed first first. */
  carry(notification: Notification, url: string, init: RequestInit, deliver: Deliver): Promise<Response> {
    const pass = (one: RequestInit, above: number): Promise<Response> => {
      const layer = this.#layers.find(({ number, working }) => number > above && working.post !== undefined)
      if (layer === undefined) return deliver(url, one)
      const send = (next: RequestInit) => {
        if (next !== one) noteSent(next, { fault: layer.order.fault.id })
        return pass(next, layer.number)
      }
      return layer.working.post?.({ notification, url, init: one }, send) ?? deliver(url, one)
    }
    return pass(init, 0)
  }

  /** From the first fault on: without one, nothing is made of a change of a call. */
  #followCalls(): void {
    this.#surroundings.records.subscribe((record) => {
      for (const { working } of this.#layers) working.call?.(record)
    })
  }

  #living(): readonly CallRecord[] {
    return this.#surroundings.records.living()
  }

  #aimOf({ fault, scope }: Order, layer: () => Layer): Aim {
    const { journal, records: _, ...surroundings } = this.#surroundings
    const { now } = surroundings
    const report = (own: Layer) => {
      own.reported++
      if (own.reported === own.order.messages)
        this.#write(own.order, 'spent', `${fault.id} is spent: it has touched ${amount(own.reported)}`)
    }
    const affected = ({ journaled, callId, appId }: IncomingRequest, why: string, error?: string | null) =>
      journaled.affected({ fault: fault.id, why, callId, appId, ...(error === undefined ? {} : { error }) })
    const inScope: Aim['inScope'] = ({ callId, appId }) =>
      (scope.callId === null || callId === scope.callId) && (scope.appId === null || appId === scope.appId)
    return {
      ...surroundings,
      inScope,
      claim: (message) => {
        const own = layer()
        if (own.left === 0 || !inScope(message)) return false
        if (own.left !== null) own.left--
        own.touched++
        return true
      },
      did: (message, did, error) => {
        if ('journaled' in message) affected(message, did, error)
        const text = `fault ${fault.id}: ${message.what} ${did}`
        journal.write({ at: now(), kind: 'fault', callId: message.callId, fault: fault.id, text, did: 'touched' })
        report(layer())
      },
      answered: (incoming, error, why, counted = true) => {
        affected(incoming, why, error)
        if (counted) incoming.journaled.afterwards(() => report(layer()))
      },
    }
  }

  #remove(layers: readonly Layer[], release: boolean, how: string): readonly Armed[] {
    this.#layers = this.#layers.filter((one) => !layers.includes(one))
    return layers.map((layer) => {
      if (lives(layer)) this.#write(layer.order, 'disarmed', `${describeOrder(layer.order)} ${how}`)
      const armed = shown(layer)
      layer.working.end?.(release)
      return armed
    })
  }

  #write({ fault, scope }: Order, did: FaultDid, text: string): void {
    const { journal, now } = this.#surroundings
    journal.write({ at: now(), kind: 'fault', callId: scope.callId, fault: fault.id, text: `fault ${text}`, did })
  }
}

/** Whether a fault may touch another message, or holds something back. */
const lives = ({ left, working }: Layer) => left !== 0 || working.busy?.() === true

function shown({ number, order: { fault, values, scope }, left, touched }: Layer): Armed {
  return { number, fault: fault.id, parameters: parametersOf(fault, values), ...scope, left, touched }
}

const parametersOf = (fault: Order['fault'], values: Order['values']): JsonObject =>
  Object.fromEntries(Object.keys(fault.parameters).map((name) => [name, values[name as keyof typeof values]]))

const amount = (messages: number | null) => `${messages} message${messages === 1 ? '' : 's'}`

/** "throttle (retryAfter 5) for 3 messages of app ..." */
function describeOrder({ fault, values, messages, scope: { callId, appId } }: Order): string {
  const parameters = Object.entries(parametersOf(fault, values)).map(([name, value]) => `${name} ${value}`)
  return [
    parameters.length === 0 ? fault.id : `${fault.id} (${parameters.join(', ')})`,
    messages === null ? 'until it is disarmed' : `for ${amount(messages)}`,
    ...(callId === null ? [] : [`of call ${callId}`]),
    ...(appId === null ? [] : [`of app ${appId}`]),
  ].join(' ')
}
