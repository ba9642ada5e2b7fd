// The simulator as a whole: state, core, HTTP handlers, deliveries, identity, people and faults. Any number live in one process.
import { DEFAULT_PROFILE, type Profile } from '../contract/profiles'
import type { Attendee, Command, Effect, PeopleCommand, ServiceCommand } from './core/commands'
import { decide } from './core/decide'
import type { ResultInfo } from './core/ends'
import { type Admission, type Call, emptyState } from './core/state'
import { ArmedFaults, type Faults } from './faults/armed-faults'
import type { Order } from './faults/fault'
import { openIdHandler } from './http/discovery'
import { graphHandler, type Handler } from './http/graph'
import { type Entry, Notes, recorded } from './http/journal-requests'
import { loginHandler } from './http/login'
import { revisionsOf } from './http/observed'
import { writtenNotifications } from './http/revisions'
import { appOf, type Directory } from './identity/directory'
import type { Keys } from './identity/keys'
import {
  callerOf,
  type ForeignToken,
  foreignToken,
  issueDelegatedToken,
  issueToken,
  KnownTokens,
  notificationSigner,
  publicJwk,
} from './identity/tokens'
import { describeCommand, MANUAL, type People, type PeopleScripts, scriptedPeople } from './people/scripts'
import { CallRecords } from './runtime/call-records'
import { CallTimers } from './runtime/call-timers'
import { type Clock, seededIds } from './runtime/clock'
import { Journal, Listeners, type RequestFacts } from './runtime/journal'
import { JournaledRequest, keepServed } from './runtime/journaled-request'
import { type Deliver, noteSent, Outbox } from './runtime/outbox'
import type { Armament, Parts } from './wrapping'

interface AssemblyOptions {
  readonly directory: Directory
  readonly keys: Keys
  /** Tokens that are signed or checked already, for simulators that share their keys. Default: none. */
  readonly knownTokens?: KnownTokens
  readonly clock: Clock
  /** How notifications travel. Default: the global fetch. */
  readonly deliver?: Deliver
  /** Hosts that callbacks may name with http, as this machine. Default: none. */
  readonly allowedHosts?: readonly string[]
  /** What ids are made from: the same seed makes the same ids. */
  readonly seed?: string
  /** Breaks a rule, or differs where the page allows it. */
  readonly deviation?: Armament
  /** What is armed from the beginning and after each reset. Default: nothing. */
  readonly faults?: readonly Order[]
  /** The moment on the bot's clock, for the times of notification tokens. Default: real time. */
  readonly verifierNow?: () => number
  /**
   * The moment for the times of tokens for Graph and the `Date` of its answers. Default: the simulator's clock. A bot that keeps tokens by its
   * own clock needs real time here wherever the simulator's runs fast or is moved.
   */
  readonly tokenNow?: () => number
  /** How people behave by themselves. Default: they do nothing. */
  readonly people?: PeopleScripts
  /** Who is in which meeting from the beginning. */
  readonly present?: readonly { readonly meeting: string; readonly person: Attendee }[]
  /** What a meeting that the directory does not know does with guests once it is joined. Default: null, it does not exist. */
  readonly meetingsOnDemand?: Admission | null
  /** Whether messages have the known drift of today's wire. Default: `documented`, they are as the pages print them. */
  readonly profile?: Profile
}

/** Late timers and deliveries of earlier generations, which changed nothing. */
interface Discarded {
  readonly timers: number
  readonly deliveries: number
}

type Ending = 'reset' | 'closed'

export interface Simulator {
  /** The three services that a bot talks to, each a Fetch handler. */
  readonly services: { readonly graph: Handler; readonly login: Handler; readonly openid: Handler }
  /** The parts that the deviation stands in for. */
  readonly wrapped: ReadonlySet<string>
  readonly people: People
  readonly journal: Journal
  readonly faults: Faults
  /** Does what a person does. Returns the reason when it does not fit, else null. */
  perform(command: PeopleCommand): string | null
  /** Ends a call in the name of the service. Returns the reason when it does not fit, else null. */
  endCall(callId: string, end: ResultInfo): string | null
  /** The reason why a command of the people or the service would not fit now, else null. Changes nothing. */
  fits(command: PeopleCommand | ServiceCommand): string | null
  /**
   * A token that the simulated Graph must refuse, made for an app of the directory.
   * @throws Error when the directory has no such app
   */
  foreignToken(kind: ForeignToken, clientId: string): Promise<string>
  /** The calls that live now. */
  calls(): readonly Call[]
  /** The calls of this generation, the ended ones included. */
  readonly records: CallRecords
  /** Resolves once every notification was delivered or given up. */
  idle(): Promise<void>
  /** How many notifications are under way or wait. */
  waiting(): number
  /** How many calls have notifications that are under way or wait: one of each is under way. */
  queues(): number
  /** Begins anew, as it was made, as the next generation. */
  reset(): void
  /** The number of resets, what was discarded of earlier generations, and the last journal entry before this generation. */
  generation(): { readonly number: number; readonly discarded: Discarded; readonly beganAfter: number }
  /** Calls the listener when this generation ends or the simulator is closed. Returns what unsubscribes. */
  whenItEnds(listener: (how: Ending) => void): () => void
  /** Ends everything: late timers change nothing and deliver nothing. Returns how many notifications were never delivered. */
  close(): number
}

/** How long a bot may take to answer a notification, in milliseconds of real time (assumption). */
const DELIVERY_LIMIT_MS = 10_000

export function assembleSimulator(options: AssemblyOptions): Simulator {
  const { directory, keys, clock, tokenNow = () => clock.now(), verifierNow = Date.now } = options
  const { knownTokens: known = new KnownTokens(), present = [], meetingsOnDemand = null, allowedHosts = [] } = options
  const revisions = revisionsOf(options.profile ?? DEFAULT_PROFILE)
  const now = () => clock.now()
  const newId = seededIds(options.seed ?? 'simulator')
  const journal = new Journal()
  const records = new CallRecords()
  const timers = new CallTimers()
  const endings = new Listeners<Ending>()

  // What changes: the state of the service, and the generation that it belongs to.
  let state = emptyState([])
  let outbox: Outbox
  let open = true
  let generation = 0
  let generationBegan = 0
  let discarded: Discarded = { timers: 0, deliveries: 0 }

  /** Runs a task later, on the clock; not when the generation has ended by then. */
  const after = (ms: number, task: () => void) => {
    const own = generation
    return clock.after(ms, () => {
      if (open && own === generation) task()
      else discarded = { ...discarded, timers: discarded.timers + 1 }
    })
  }

  // The parts that need no other part. A deviation may wrap each of them, and `graph` and `post` below.
  const write = (entry: Entry) => journal.write({ at: now(), kind: 'request', ...entry })
  const record = (entry: Entry, request: Request) => void (keepServed(entry, request) || write(entry))
  const send: Deliver = options.deliver ?? ((url, init) => fetch(url, init))
  const openIdNotes = new Notes()
  const independent = {
    decide,
    after,
    authenticate: (authorization) => callerOf(authorization, (token) => known.claimsOf(token, keys.token, tokenNow()), directory),
    sign: notificationSigner(keys, verifierNow, known.sign),
    deliver: (url, init) => {
      noteSent(init, { url, body: String(init.body) })
      return send(url, init)
    },
    login: loginHandler({
      directory,
      issue: (app, person) =>
        person === null ? issueToken(app, keys, tokenNow(), known.sign) : issueDelegatedToken(app, person, keys, tokenNow()),
      keys: () => ({ keys: [publicJwk(keys.token)] }),
      newId,
      now,
      tokenNow,
      record,
    }),
    openid: recorded('keys', openIdNotes, openIdHandler(keys, openIdNotes), record),
  } satisfies Partial<Parts>

  // `graph` and `post` use other parts, wrapped ones where a deviation wraps them: through `parts`, which is complete after the next statement.
  const parts: { -readonly [Name in keyof Parts]: Parts[Name] } = {
    ...independent,
    post: (notification) => outbox.post(notification),
    graph: graphHandler({
      authenticate: (authorization) => parts.authenticate(authorization),
      run: (command) => run(command),
      newId,
      now: tokenNow,
      revisions,
      record,
    }),
  }
  const wrapped = options.deviation?.wrap({ ...parts }, { directory, keys, now, tokenNow, verifierNow }) ?? {}
  Object.assign(parts, wrapped)

  // Faults stand between the parts and the bot.
  const faults = new ArmedFaults({
    keys,
    now,
    verifierNow,
    newId,
    after,
    journal,
    records,
    endCall: (callId, end) => void attempt({ kind: 'end', callId, end }),
  })
  const openOutbox = () =>
    new Outbox({
      deliver: (url, init, notification) => faults.carry(notification, url, init, parts.deliver),
      sign: (notification) => parts.sign(notification),
      journal,
      clock,
      timeLimitMs: DELIVERY_LIMIT_MS,
    })

  /** One command through the core: the next state, and its effects. */
  function run(asked: Command) {
    const before = state
    const command = faults.command(asked, (callId) => before.calls.get(callId))
    const { answer, effects, state: next } = parts.decide(before, command, { newId, allowedHosts })
    state = next
    for (const effect of effects) carryOut(effect, (id) => next.calls.get(id) ?? before.calls.get(id))
    for (const effect of effects) {
      const id = effect.kind === 'schedule' ? effect.command.callId : effect.callId
      if (!next.calls.has(id)) timers.end(id)
    }
    const callId = 'callId' in command ? command.callId : answer.kind === 'created' ? String(answer.call.id) : ''
    records.note(before.calls.get(callId), next.calls.get(callId), effects, journal.last)
    return answer
  }

  function carryOut(effect: Effect, callOf: (id: string) => Call | undefined): void {
    if (effect.kind === 'notify')
      for (const notification of writtenNotifications(effect, callOf(effect.callId), revisions))
        faults.post(notification, parts.post)
    else if (effect.kind === 'schedule')
      timers.set(
        effect.command,
        parts.after(effect.afterMs, () => run(effect.command)),
      )
    else people.notice(effect)
  }

  /** A command that only fits some states. Returns the reason when it does not fit, else null. */
  function attempt(command: PeopleCommand | ServiceCommand): string | null {
    if (!open) return 'the simulator is closed'
    const answer = run(command)
    return answer.kind === 'unfit' ? answer.reason : null
  }

  function endCall(callId: string, end: ResultInfo): string | null {
    const reason = attempt({ kind: 'end', callId, end })
    const text = `the service ends call ${callId} with ${end.code}/${end.subcode}${reason === null ? '' : `: ${reason}`}`
    journal.write({ at: now(), kind: 'service', callId, text })
    return reason
  }

  function perform(command: PeopleCommand): string | null {
    const reason = attempt(command)
    journal.write({ at: now(), kind: 'people', ...describeCommand(command, reason) })
    return reason
  }

  /** A service as the bot reaches it: behind the faults, with every answer in the journal as the bot receives it. */
  const served =
    (service: RequestFacts['service'], name: 'graph' | 'login' | 'openid'): Handler =>
    (request) =>
      JournaledRequest.of({ service, request, record: write, copied: name in wrapped }, (journaled) =>
        faults.request(service, request, journaled, async (one) => journaled.see(await parts[name](one))),
      )

  const people = scriptedPeople(options.people ?? MANUAL, after, perform)

  /** Gives up the deliveries under way, with an entry in the journal. Returns how many these are. */
  const discard = (how: string): number => {
    faults.end()
    const deliveries = outbox.discard()
    const text = `${how}; ${deliveries} notification${deliveries === 1 ? '' : 's'} not delivered`
    journal.write({ at: now(), kind: 'discarded', callId: null, text, discarded: { generation, deliveries } })
    return deliveries
  }

  const begin = () => {
    outbox = openOutbox()
    state = emptyState(directory.meetings, meetingsOnDemand)
    for (const { meeting, person } of present) run({ kind: 'join', meeting, person })
    for (const order of options.faults ?? []) faults.arm(order)
  }
  begin()

  return {
    services: {
      graph: served('graph', 'graph'),
      login: served('login', 'login'),
      openid: served('keys', 'openid'),
    },
    people,
    wrapped: new Set(Object.keys(wrapped)),
    journal,
    faults,
    perform,
    endCall,
    fits: (command) => {
      const { answer } = parts.decide(state, command, { newId: () => 'none' })
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
      const deliveries = discarded.deliveries + discard(`generation ${generation} ended by a reset`)
      discarded = { ...discarded, deliveries }
      generation++
      generationBegan = journal.last
      records.forget()
      timers.forget()
      people.reset()
      begin()
      endings.notify('reset')
    },
    generation: () => ({ number: generation, discarded, beganAfter: generationBegan }),
    whenItEnds: (listener) => endings.add(listener),
    close: () => {
      if (!open) return 0
      open = false
      const deliveries = discard('the simulator was closed')
      endings.notify('closed')
      return deliveries
    },
  }
}
