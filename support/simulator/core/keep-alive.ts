// keepAlive: the timer that ends a call which the bot does not keep alive, and the request that restarts it.
import { type Decision, done, type Effect, still } from './commands'
import { happen } from './events'
import type { Call, State } from './state'

/** The end of a call that is not kept alive from now on; nothing where calls live without. */
export function keepAliveTimer({ id: callId, keepAlive }: Call): Effect[] {
  if (keepAlive === null) return []
  const command = { kind: 'timer', timer: 'keep-alive', callId, time: keepAlive.times } as const
  return [{ kind: 'schedule', afterMs: keepAlive.withinMs, command }]
}

/** The bot keeps its call alive: the time begins anew. */
export function keptAlive(state: State, call: Call): Decision {
  if (call.keepAlive === null) return still(state, { kind: 'alive' })
  const next: Call = { ...call, keepAlive: { ...call.keepAlive, times: call.keepAlive.times + 1 } }
  return { state: { ...state, calls: state.calls.set(call.id, next) }, answer: { kind: 'alive' }, effects: keepAliveTimer(next) }
}

/** A timer has run out. @param time how often the call had been kept alive when the timer began */
export function keepAliveOver(state: State, call: Call, time: number | undefined): Decision {
  return call.keepAlive?.times === time ? happen(state, call, 'keep-alive-missed') : done(state, [])
}
