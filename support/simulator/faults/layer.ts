// One fault at work in a simulator: which messages it may touch, how many are left, and what it says of each.
import type { JournalDraft } from '../runtime/journal'
import type { Parts, World } from '../wrapping'
import type { Aim, Armed, Fault, Order, Scope, Working } from './fault'
import type { Message } from './message'

export interface Layer {
  readonly number: number
  readonly fault: Fault
  readonly working: Working
  /** Whether it may touch another message, or holds something back. */
  lives(): boolean
  shown(): Armed
  /** In words: "throttle (retryAfter 5), for 3 messages of app ...". */
  told(): string
}

interface Place {
  readonly number: number
  /** Those that it wraps. */
  readonly parts: Parts
  readonly world: World & Pick<Aim, 'newId'>
  readonly tell: (entry: JournalDraft) => void
  /** The message under way. */
  readonly message: () => Message
}

export function layerOf({ fault, values, messages, scope }: Order, { number, parts, world, tell, message }: Place): Layer {
  let left = messages
  let touched = 0
  /** How often each message is claimed at the moment: one may go through several parts, one in the midst of the other. */
  const claims = new Map<Message, number>()
  const counted = new WeakSet<Message>()

  const inScope = () => {
    const { calls, apps } = message()
    return (scope.callId === null || calls.includes(scope.callId)) && (scope.appId === null || apps.includes(scope.appId))
  }
  const touch = (entry: JournalDraft) => {
    const now = message()
    const claimed = claims.delete(now)
    if (!counted.has(now)) touched++
    counted.add(now)
    tell(entry)
    if (claimed && left === 0 && claims.size === 0) say(`fault ${fault.id} is spent: it has touched ${amount(messages)}`, 'spent')
  }
  const entry = (text: string, did: 'touched' | 'spent', callId: string | null): JournalDraft => ({
    at: world.now(),
    kind: 'fault',
    callId,
    fault: fault.id,
    text,
    did,
  })
  const say = (text: string, did: 'spent') => tell(entry(text, did, scope.callId))
  const callIdNow = () => message().calls[0] ?? null

  const aim: Aim = {
    ...world,
    message,
    inScope,
    claim: () => {
      const now = message()
      if (counted.has(now)) return true
      const before = claims.get(now) ?? 0
      if (before === 0) {
        if (left === 0 || !inScope()) return false
        if (left !== null) left--
      }
      claims.set(now, before + 1)
      return true
    },
    giveBack: () => {
      const now = message()
      const before = claims.get(now) ?? 0
      if (before > 1) claims.set(now, before - 1)
      else if (claims.delete(now) && left !== null) left++
    },
    did: (text) => touch(entry(`fault ${fault.id}: ${message().what} ${text}`, 'touched', callIdNow())),
    answered: (told) =>
      touch({ at: world.now(), kind: 'request', callId: callIdNow(), fault: fault.id, ...told } as JournalDraft),
  }
  const working = fault.work(parts, aim, values)
  const given = Object.fromEntries(Object.keys(fault.parameters).map((name) => [name, values[name as keyof typeof values]]))

  return {
    number,
    fault,
    working,
    lives: () => left !== 0 || claims.size > 0 || working.busy?.() === true,
    shown: () => ({ number, fault: fault.id, parameters: given, ...scope, left, touched }),
    told: () => told(fault.id, given, messages, scope),
  }
}

const amount = (messages: number | null) => `${messages} message${messages === 1 ? '' : 's'}`

function told(id: string, parameters: object, messages: number | null, { callId, appId }: Scope): string {
  const values = Object.entries(parameters).map(([name, value]) => `${name} ${value}`)
  const parts = [
    values.length === 0 ? id : `${id} (${values.join(', ')})`,
    messages === null ? 'until it is disarmed' : `for ${amount(messages)}`,
    ...(callId === null ? [] : [`of call ${callId}`]),
    ...(appId === null ? [] : [`of app ${appId}`]),
  ]
  return parts.join(' ')
}
