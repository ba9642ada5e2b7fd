// The target that is a real Graph, or any base URL: real sockets, real time, and people who are asked to act.
import { randomBytes } from 'node:crypto'
import { newMemory } from '../../bot/bot'
import { realWait } from '../../bot/retry'
import type { Fetch } from '../../contract/exchange'
import { NotApplicable } from '../../contract/failures'
import { type CallbackListener, openCallbackListener } from '../../net/callback-listener'
import { type Network, openNetwork } from '../../net/network'
import type { TimeLimits } from '../../net/time-limits'
import type { Target, TargetPeople } from '../target'
import type { Configuration, Environment } from './config/configuration'
import { attended, type ControlledPeople, controlled, UNATTENDED } from './people'
import { type Confidant, openRegistrations } from './registrations'

/** What a run holds open from its first scenario to its last. */
export interface Tenant {
  /** A target for one scenario: an unguessable callback of its own, the rest shared. */
  target(): Target
  close(): Promise<void>
}

interface TenantOptions {
  readonly configuration: Configuration
  readonly environment: Environment
  /** Ends every wait when the run is interrupted. */
  readonly signal: AbortSignal
  readonly limits: TimeLimits
  /** Prints a line for the operator. */
  readonly notifyOperator: (line: string) => void
  readonly confidant: Confidant
}

/** Bytes of randomness in the path of a scenario's callback: the address cannot be guessed. */
const SECRET_BYTES = 18

export async function openTenant(options: TenantOptions): Promise<Tenant> {
  const { configuration, environment, signal, limits, notifyOperator, confidant } = options
  const { graph, caFile, callback, openIdUrl } = configuration
  const network = openNetwork({
    caFile,
    environment,
    connectTimeoutMs: limits.connectMs,
    headersTimeoutMs: limits.answerMs,
    bodyTimeoutMs: limits.answerMs,
  })
  const fetch = concealing(network.fetch, confidant)
  const listener = await listening(configuration, network)
  const memory = newMemory()
  const registrations = openRegistrations(configuration, environment, confidant, memory)
  const people = peopleOf(configuration, fetch, notifyOperator)
  let reportedStrays = 0
  const close = async () => {
    await listener.close()
    await network.close()
    registrations.close()
  }
  await registrations.endLeftovers(fetch, notifyOperator, limits.answerMs).catch(async (error: unknown) => {
    await close()
    throw error
  })

  const target = (): Target => {
    const newCallback = () => {
      const path = randomBytes(SECRET_BYTES).toString('base64url')
      confidant.conceal('callback path', path)
      return `${callback.url}/${path}`
    }
    const stops: (() => void)[] = []
    let wake = () => {}
    const until = async (holds: () => boolean, withinMs: number): Promise<boolean> => {
      const deadline = Date.now() + withinMs
      for (;;) {
        signal.throwIfAborted()
        if (holds()) return true
        const left = deadline - Date.now()
        if (left <= 0) return false
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
          signal.addEventListener('abort', wake, { once: true })
        })
        signal.removeEventListener('abort', wake)
      }
    }
    return {
      kind: 'tenant',
      ordered: false,
      fetch,
      graph,
      openIdUrl,
      memory,
      people: people.acting,
      limits,
      wait: realWait,
      now: Date.now,
      strayPosts: () => {
        const before = reportedStrays
        reportedStrays = listener.strays()
        return reportedStrays - before
      },
      bot: (_, app) => registrations.registration(app, newCallback()),
      foreignToken: async (_, kind) => registrations.foreignToken(kind),
      receive: (address, handle, watch) => {
        const answer = async (request: Request) => {
          concealBearer('notification token', request.headers, confidant.conceal)
          const response = await handle(request)
          wake()
          return response
        }
        const onRefused = (status: number, reason: string) => {
          watch.onRefused(status, reason)
          wake()
        }
        const onFailure = (error: unknown) => {
          watch.onFailure(error)
          wake()
        }
        stops.push(listener.receive(new URL(address).pathname, answer, { onRefused, onFailure }))
      },
      trouble: () => {
        throw new NotApplicable('what Graph does with a bot in trouble is an assumption, which is not held against a tenant')
      },
      until,
      quiet: async () => {
        await people.control?.idle()
        await until(() => false, people.control === null ? limits.quietMs : limits.idleQuietMs)
      },
      livingCalls: async () => people.control?.livingCalls() ?? null,
      close: async () => {
        for (const stop of stops) stop()
        await people.control?.undo()
      },
    }
  }

  return { target, close }
}

/** A taken port ends the run before anything is sent. */
async function listening({ callback: { host, port } }: Configuration, network: Network): Promise<CallbackListener> {
  try {
    return await openCallbackListener({ host, port })
  } catch (error) {
    await network.close()
    throw error
  }
}

interface PeopleOfTenant {
  readonly acting: TargetPeople
  /** Where a simulator plays them, it also knows when all is delivered and which calls live. */
  readonly control: ControlledPeople | null
}

function peopleOf(
  { people, cast }: Configuration,
  fetch: Target['fetch'],
  notifyOperator: (line: string) => void,
): PeopleOfTenant {
  if (people.kind === 'attended') return { acting: attended(notifyOperator, cast.limits.answerWithinSeconds), control: null }
  if (people.kind === 'unattended') return { acting: UNATTENDED, control: null }
  const control = controlled(fetch, people.url, people.token)
  return { acting: control, control }
}

/** Fields of a token request that hold a credential. */
const PROOFS: Readonly<Record<string, string>> = { client_secret: 'client secret', client_assertion: 'assertion' }

/** A fetch that conceals every credential before it is sent: a token becomes a secret when it is first used. */
function concealing(fetch: Fetch, { conceal }: Confidant): Fetch {
  return (url, init) => {
    concealBearer('access token', new Headers(init.headers), conceal)
    if (typeof init.body === 'string') {
      const form = new URLSearchParams(init.body)
      for (const [field, name] of Object.entries(PROOFS)) for (const proof of form.getAll(field)) conceal(name, proof)
    }
    return fetch(url, init)
  }
}

function concealBearer(name: string, headers: Headers, conceal: Confidant['conceal']): void {
  const [, token] = /^\w+\s+(\S+)/.exec(headers.get('authorization') ?? '') ?? []
  if (token !== undefined) conceal(name, token)
}
