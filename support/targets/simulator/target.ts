// The target that plays Graph itself: a simulator of its own for every scenario, on nock or called directly, in virtual time.
import { NO_LOG, newMemory } from '../../bot/bot'
import { tokenClient } from '../../bot/tokens'
import type { AppRegistration, Cast } from '../../contract/cast'
import { HarnessError } from '../../contract/failures'
import { DEFAULT_PROFILE, type Profile } from '../../contract/profiles'
import { armed } from '../../mutation'
import { assembleSimulator } from '../../simulator/assemble'
import type { PeopleCommand } from '../../simulator/core/commands'
import { OPENID_PATH } from '../../simulator/http/discovery'
import { botApp, directoryOf, keyOf, registeredApp } from '../../simulator/identity/directory'
import { type Keys, loadKeys } from '../../simulator/identity/keys'
import { KnownTokens } from '../../simulator/identity/tokens'
import { mountDirect } from '../../simulator/mounts/direct'
import { VirtualClock } from '../../simulator/runtime/clock'
import { notSuchACall, QUIET_MS, type Target, type TargetPeople } from '../target'
import { troubledDelivery } from './failing-bot'

interface SimulatorTargetOptions {
  /** Every cast that the scenario speaks of. */
  readonly casts: readonly Cast[]
  /** Under which the bot creates its calls. */
  readonly callsPath: string
  /** `nock`: real clients, intercepted. `direct`: the handlers are called, without nock. */
  readonly mount: 'nock' | 'direct'
  /** Id of a deviation or an allowed variation of the catalogue; null for a simulator without one. */
  readonly deviation: string | null
  /** Ends every wait when the run is interrupted. */
  readonly signal: AbortSignal
  readonly seed: string
  /** Default: `documented`. */
  readonly profile?: Profile
}

/** The hosts that a bot of 2019 talks to. */
export const GRAPH = 'https://graph.microsoft.com'
const LOGIN = 'https://login.microsoftonline.com'
const OPENID = 'https://api.aps.skype.com'

export { ASSUMPTIONS, type Assumption } from '../../simulator/assumptions'
export { type DocumentedRequest, REQUESTS } from '../../simulator/http/documented-requests'

type Handler = (request: Request) => Promise<Response>

/** Made or read once per process. */
let keys: Promise<Keys> | null = null
const knownTokens = new KnownTokens()
const memory = newMemory()

/** A deviation in one of these can change tokens or keys, or what is made of them: its bots remember nothing of other scenarios. */
const IDENTITY = ['login', 'openid', 'authenticate', 'sign'] as const

export async function openSimulatorTarget(options: SimulatorTargetOptions): Promise<Target> {
  const { casts, callsPath, mount, deviation, signal, seed, profile = DEFAULT_PROFILE } = options
  const armament = deviation === null ? undefined : armed(deviation)
  if (deviation !== null && armament === undefined) throw new HarnessError(`there is no deviation "${deviation}"`)
  keys ??= loadKeys()
  const clock = new VirtualClock(Date.now())
  const callbacks = new Map<string, Handler>()
  const routes: Record<string, Handler> = {}
  const mounted: Mounted = mount === 'nock' ? onNock(routes) : { fetch: mountDirect(routes), close: () => {} }
  const delivery = troubledDelivery(mounted.fetch, clock)
  const simulator = assembleSimulator({
    directory: directoryOf(casts),
    keys: await keys,
    knownTokens,
    clock,
    deliver: delivery.deliver,
    seed,
    profile,
    // Remembered tokens are in force in each scenario, however far its clock has moved.
    tokenNow: Date.now,
    ...(armament === undefined ? {} : { deviation: armament }),
  })

  const ownMemory = IDENTITY.some((part) => simulator.wrapped.has(part)) ? newMemory() : memory
  const answerPost: Handler = async (request) =>
    (await callbacks.get(request.url)?.(request)) ?? new Response(null, { status: 404 })
  Object.assign(routes, {
    [GRAPH]: simulator.services.graph,
    [LOGIN]: simulator.services.login,
    [OPENID]: simulator.services.openid,
  })
  for (const cast of casts) routes[new URL(callbackOf(cast)).origin] = answerPost
  mounted.open?.()

  const perform = (command: PeopleCommand) => {
    const reason = simulator.perform(command)
    if (reason !== null) throw new HarnessError(reason)
  }
  const toCall = (kind: 'hang-up' | 'remove', callId: string) => {
    const reason = simulator.perform({ kind, callId })
    if (reason !== null) throw notSuchACall(kind, reason)
  }
  const people: TargetPeople = {
    whenCalled: async ({ id }, does) => simulator.people.whenCalled(id, does),
    whenAGuestWaits: async (meeting, does) => simulator.people.whenAGuestWaits(keyOf(meeting), does),
    inMeeting: async (at, verb, person) => {
      const meeting = keyOf(at)
      if (verb === 'join') perform({ kind: 'join', meeting, person: { ...person, languageId: person.languageId ?? null } })
      else perform({ kind: verb, meeting, personId: person.id })
    },
    hangsUp: async (_, callId) => toCall('hang-up', callId),
    removes: async (_meeting, _by, callId) => toCall('remove', callId),
  }

  const until = async (holds: () => boolean, withinMs: number): Promise<boolean> => {
    const deadline = clock.now() + withinMs
    for (;;) {
      signal.throwIfAborted()
      await delivery.settled(simulator.idle(), simulator.queues)
      if (holds()) return true
      if (clock.now() >= deadline) return false
      clock.moveTo(Math.min(clock.nextDue() ?? deadline, deadline))
    }
  }

  return {
    kind: 'simulator',
    ordered: armament?.ordered ?? true,
    fetch: mounted.fetch,
    graph: { baseUrl: GRAPH, callsPath },
    openIdUrl: OPENID + OPENID_PATH,
    memory: ownMemory,
    people,
    wait: null,
    bot: (cast, app) => {
      const { clientId, tenantId, displayName, secret } = app === null ? botApp(cast) : registeredApp(cast, app)
      return {
        clientId,
        tenantId,
        displayName,
        callbackUri: callbackOf(cast, app),
        audiences: [clientId],
        calls: NO_LOG,
        tokens: (send) =>
          tokenClient(
            send,
            { authorityUrl: LOGIN, scope: `${GRAPH}/.default` },
            { clientId, tenantId, secret },
            ownMemory.tokens,
          ),
      }
    },
    foreignToken: (cast, kind) => simulator.foreignToken(kind, botApp(cast).clientId),
    receive: (callbackUri, handle) => void callbacks.set(new URL(callbackUri).href, handle),
    trouble: (callbackUri, trouble) => delivery.trouble(callbackUri, trouble),
    until,
    livingCalls: async () => simulator.calls().map(({ id }) => id),
    quiet: async () => void (await until(() => false, QUIET_MS)),
    close: async () => {
      delivery.end()
      await simulator.idle()
      simulator.close()
      mounted.close()
    },
  }
}

/** Each registration has an address of its own, under that of the cast. */
function callbackOf({ bot }: Cast, app: AppRegistration | null = null): string {
  if (bot.callbackUri === null) throw new Error('the cast of a simulator run needs bot.callbackUri')
  if (app === null) return bot.callbackUri
  const own = new URL(bot.callbackUri)
  own.pathname += `/${app.clientId}`
  return own.href
}

interface Mounted {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Starts serving, once the routes are known. */
  readonly open?: () => void
  readonly close: () => void
}

/** Loaded only when asked for: nock changes how this process reaches the network. */
function onNock(routes: Record<string, Handler>): Mounted {
  const { mountOnNock } = require('../../simulator/mounts/nock') as typeof import('../../simulator/mounts/nock')
  let mount: { unmount(): void } | null = null
  return {
    fetch: (url, init) => fetch(url, init),
    open: () => {
      mount = mountOnNock(routes, { own: true })
    },
    close: () => mount?.unmount(),
  }
}
