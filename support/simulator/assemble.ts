// The simulator as a whole: state, core, wire, deliveries, identity and people, put together. Any number live in one process.
import type { BotCommand, Command, Effect, PeopleCommand } from './core/commands'
import { decide as decideByTheBook } from './core/decide'
import { type Call, emptyState, type State } from './core/state'
import { armed, type Faults } from './faults/arming'
import { openIdHandler } from './http/discovery'
import { graphHandler, type Handler } from './http/graph'
import { type Entry, Notes, recorded } from './http/journal-requests'
import { loginHandler } from './http/login'
import { appOf } from './identity/directory'
import {
  callerOf,
  type ForeignToken,
  foreignToken,
  issueToken,
  KnownTokens,
  notificationSigner,
  publicJwk,
} from './identity/tokens'
import type { SimulatorOptions } from './options'
import { told } from './people/journal-text'
import { MANUAL, type People, scriptedPeople } from './people/scripts'
import { CallRecords } from './runtime/call-records'
import { seededIds } from './runtime/clock'
import { Journal, Listeners } from './runtime/journal'
import { Outbox } from './runtime/outbox'
import type { Parts } from './wrapping'

export type { SimulatorOptions } from './options'

/** What became of an earlier generation: its late timers and deliveries, which changed nothing. */
export interface Discarded {
  readonly timers: number
  readonly deliveries: number
}

export type Ending = 'reset' | 'closed'

export interface Simulator {
  /** The three services that a bot talks to, each a Fetch handler. */
  readonly services: { readonly graph: Handler; readonly login: Handler; readonly openid: Handler }
  readonly people: People
  readonly journal: Journal
  /** What is armed to go wrong, until it is disarmed or the simulator begins anew. */
  readonly faults: Faults
  /** Does what a person does; the reason when it does not fit, else null. */
  perform(command: PeopleCommand): string | null
  /** The reason why a command of the people would not fit now, else null; nothing happens. */
  fits(command: PeopleCommand): string | null
  /**
   * A token that the simulated Graph must refuse, made for an app of the directory.
   * @throws Error when the directory has no such app
   */
  foreignToken(kind: ForeignToken, clientId: string): Promise<string>
  /** The calls that live now. */
  calls(): readonly Call[]
  /** The calls of this generation, those that have ended too, and word of each change. */
  readonly records: CallRecords
  /** Resolves once every notification was delivered or given up. */
  idle(): Promise<void>
  /** How many notifications are under way or wait. */
  waiting(): number
  /** How many calls have notifications that are under way or wait: one of each is under way. */
  queues(): number
  /** Begins anew, as it was made: no call, nobody anywhere but who was there from the beginning. Counts as the next generation. */
  reset(): void
  /** How many times it began anew, what was discarded of earlier generations, and the last entry of the journal before it began. */
  generation(): { readonly number: number; readonly discarded: Discarded; readonly beganAfter: number }
  /** Told when this generation ends or the simulator is closed, for those who wait for something in it. Returns what ends that. */
  whenItEnds(listener: (how: Ending) => void): () => void
  /** Ends everything: late timers change nothing and deliver nothing. How many notifications were never delivered. */
  close(): number
}

/** How long a bot may take to answer a notification, in milliseconds of real time (assumption). */
const DELIVERY_LIMIT_MS = 10_000

export function createSimulator(options: SimulatorOptions): Simulator {
  const { directory, keys, clock, deviation } = options
  const tokenNow = options.tokenNow ?? (() => clock.now())
  const known = options.knownTokens ?? new KnownTokens()
  const newId = seededIds(options.seed ?? 'simulator')
  const journal = new Journal()
  const verifierNow = options.verifierNow ?? Date.now
  const newOutbox = () =>
    new Outbox({
      deliver: (url, init) => parts.deliver(url, init),
      sign: (notification) => parts.sign(notification),
      journal,
      clock,
      timeLimitMs: DELIVERY_LIMIT_MS,
    })

  const record = (entry: Entry) => journal.write({ at: clock.now(), kind: 'request', ...entry })
  const records = new CallRecords()
  const endings = new Listeners<Ending>()

  let state: State = emptyState([])
  let generation = 0
  let generationBegan = 0
  let open = true
  let discarded: Discarded = { timers: 0, deliveries: 0 }

  /** Later, on the clock; nothing when the generation has ended by then. */
  const after = (ms: number, task: () => void) => {
    const own = generation
    clock.after(ms, () => {
      if (open && own === generation) task()
      else discarded = { ...discarded, timers: discarded.timers + 1 }
    })
  }

  const run = (command: Command) => {
    const before = state
    const { answer, effects, state: after } = parts.decide(before, command, { newId })
    state = after
    for (const effect of effects) carryOut(effect)
    const callId = 'callId' in command ? command.callId : answer.kind === 'created' ? String(answer.call.id) : ''
    records.note(before.calls.get(callId), after.calls.get(callId), effects, journal.last)
    return answer
  }

  const carryOut = (effect: Effect): void => {
    if (effect.kind === 'notify') parts.post(effect)
    else if (effect.kind === 'schedule') parts.after(effect.afterMs, () => run(effect.command))
    else people.notice(effect)
  }

  const perform = (command: PeopleCommand): string | null => {
    if (!open) return 'the simulator is closed'
    const answer = run(command)
    const reason = answer.kind === 'unfit' ? answer.reason : null
    journal.write({ at: clock.now(), kind: 'people', ...told(command, reason) })
    return reason
  }

  const people = scriptedPeople(options.people ?? MANUAL, (ms, task) => after(ms, task), perform)

  const byTheBook: Parts = {
    decide: decideByTheBook,
    authenticate: (authorization) => callerOf(authorization, (token) => known.claimsOf(token, keys.token, tokenNow()), directory),
    post: (notification) => outbox.post(notification),
    sign: notificationSigner(keys, verifierNow, known.sign),
    deliver: options.deliver ?? ((url, init) => fetch(url, init)),
    after,
    graph: graphHandler({
      authenticate: (authorization) => parts.authenticate(authorization),
      run: (command: BotCommand) => run(command),
      newId,
      now: tokenNow,
      record,
    }),
    login: loginHandler({
      directory,
      issue: (app) => issueToken(app, keys, tokenNow(), known.sign),
      keys: () => ({ keys: [publicJwk(keys.token)] }),
      newId,
      now: () => clock.now(),
      record,
    }),
    openid: recorded('keys', new Notes(), openIdHandler(keys), record),
  }
  const world = { directory, keys, now: () => clock.now(), verifierNow }
  const lasting: Parts = { ...byTheBook, ...deviation?.wrap(byTheBook, world) }
  const { parts, ...arming } = armed(lasting, { ...world, newId }, (draft) => journal.write(draft), options.faults)
  let outbox = newOutbox()

  /** Gives up what is on its way, and says so. How many notifications that is. */
  const discard = (how: string): number => {
    const deliveries = outbox.discard()
    const text = `${how}; ${deliveries} notification${deliveries === 1 ? '' : 's'} not delivered`
    journal.write({ at: clock.now(), kind: 'discarded', callId: null, text, discarded: { generation, deliveries } })
    return deliveries
  }

  const begin = () => {
    state = emptyState(directory.meetings, options.meetingsOnDemand ?? null)
    for (const { meeting, person } of options.present ?? []) run({ kind: 'join', meeting, person })
    arming.begin()
  }
  begin()

  return {
    services: {
      graph: (request) => parts.graph(request),
      login: (request) => parts.login(request),
      openid: (request) => parts.openid(request),
    },
    people,
    journal,
    faults: arming.faults,
    perform,
    fits: (command) => {
      // A fault is for what happens, and this only asks.
      const { answer } = lasting.decide(state, command, { newId: () => 'none' })
      return answer.kind === 'unfit' ? answer.reason : null
    },
    foreignToken: async (kind, clientId) => {
      const app = appOf(directory, clientId)
      if (app !== undefined) return foreignToken(kind, app, keys, tokenNow())
      throw new Error(`the directory has no app ${clientId}: name one of ${directory.apps.map((one) => one.clientId).join(', ')}`)
    },
    calls: () => [...state.calls.values()],
    records,
    idle: () => outbox.idle(),
    waiting: () => outbox.waiting,
    queues: () => outbox.queues,
    reset: () => {
      arming.end()
      const deliveries = discarded.deliveries + discard(`generation ${generation} ended by a reset`)
      discarded = { ...discarded, deliveries }
      outbox = newOutbox()
      generation++
      generationBegan = journal.last
      records.forget()
      people.reset()
      begin()
      endings.tell('reset')
    },
    generation: () => ({ number: generation, discarded, beganAfter: generationBegan }),
    whenItEnds: (listener) => endings.add(listener),
    close: () => {
      if (!open) return 0
      open = false
      arming.end()
      const deliveries = discard('the simulator was closed')
      endings.tell('closed')
      return deliveries
    },
  }
}
