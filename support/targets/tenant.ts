// The target that is a real Graph, or any base URL: real sockets, real time, and people who are asked to act.
import { randomBytes, randomUUID } from 'node:crypto'
import type { CallLog } from '../bot/bot'
import { leftovers, openCallJournal, settleLeftover } from '../bot/call-journal'
import { graphClient, saysOver } from '../bot/graph-client'
import { openListener } from '../bot/listener'
import { msalTokens } from '../bot/msal-tokens'
import { openNetwork } from '../bot/network'
import { realWait } from '../bot/retry'
import { type Fetch, openWire } from '../bot/wire'
import { CouldNotRun } from '../contract/faults'
import { type Confidant, concealBearer, telling } from './confidence'
import type { Configuration } from './configuration'
import { attended, type ControlledPeople, controlled, UNATTENDED } from './people'
import { QUIET_MS, type Target, type TargetPeople } from './target'

/** What a run holds open from its first scenario to its last. */
export interface Tenant {
  /** A target for one scenario: an unguessable callback of its own, the rest shared. */
  target(): Target
  close(): Promise<void>
}

export interface TenantOptions {
  readonly configuration: Configuration
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Ends every wait when the run is interrupted. */
  readonly signal: AbortSignal
  /** Prints a line for the operator. */
  readonly tell: (line: string) => void
  readonly confidant: Confidant
}

/** Limits of the network, in milliseconds. */
const CONNECT_MS = 10_000
const ANSWER_MS = 30_000

/** Bytes of randomness in the path of a scenario's callback: nobody can guess where to post. */
const SECRET_BYTES = 18

export async function openTenant({ configuration, environment, signal, tell, confidant }: TenantOptions): Promise<Tenant> {
  const { graph, authorityUrl, scope, tenantId, clientId, credential, cast, caFile, callback, openIdUrl, audiences } =
    configuration
  const network = openNetwork({
    caFile,
    environment,
    connectTimeoutMs: CONNECT_MS,
    headersTimeoutMs: ANSWER_MS,
    bodyTimeoutMs: ANSWER_MS,
  })
  const fetch = telling(network.fetch, confidant)
  const listener = await openListener({ host: callback.host, port: callback.port })
  const journal = openCallJournal({ run: randomUUID(), baseUrl: graph.baseUrl, callsPath: graph.callsPath, tenantId, clientId })
  const people = peopleOf(configuration, fetch, tell)
  let made = 0
  await endLeftovers(configuration, fetch, tell)

  const calls: CallLog = {
    intend: (callbackUri) => {
      if (made >= cast.limits.maxCalls) {
        throw new CouldNotRun(`limits.maxCalls of the cast allows ${cast.limits.maxCalls} calls, and they have been made`)
      }
      made++
      return journal.intend(new URL(callbackUri).pathname)
    },
    learned: (request, callId) => {
      confidant.spareCall(callId)
      journal.learned(request, callId)
    },
    settled: (request, how) => journal.settled(request, how),
  }

  const target = (): Target => {
    const path = randomBytes(SECRET_BYTES).toString('base64url')
    confidant.conceal('callback path', path)
    const callbackUri = `${callback.url}/${path}`
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
      people,
      calls,
      // Hanging up waits too, also when the run was interrupted.
      wait: realWait(new AbortController().signal),
      bot: () => ({
        clientId,
        tenantId,
        callbackUri,
        audiences,
        tokens: (send) => msalTokens(send, { authorityUrl, scope, tenantId, clientId, credential }),
      }),
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
      until,
      quiet: async () => {
        if ('idle' in people) await (people as ControlledPeople).idle()
        else await until(() => false, QUIET_MS)
      },
      close: async () => {
        for (const stop of stops) stop()
      },
    }
  }

  return {
    target,
    close: async () => {
      await listener.close()
      await network.close()
      journal.close()
    },
  }
}

/** Hangs up what an earlier run left that was killed; what cannot be ended is said once. */
async function endLeftovers(configuration: Configuration, fetch: Fetch, tell: (line: string) => void): Promise<void> {
  const { graph, authorityUrl, scope, tenantId, clientId, credential } = configuration
  const send = openWire({ fetch, signal: new AbortController().signal, keep: () => {}, timeLimitMs: ANSWER_MS })
  const tokens = msalTokens(send, { authorityUrl, scope, tenantId, clientId, credential })
  for (const leftover of leftovers({ baseUrl: graph.baseUrl, tenantId, clientId }).calls) {
    const { callId, callsPath, at } = leftover
    if (callId === null) {
      tell(`An earlier run was killed while it asked for a call at ${at}: it may exist, and cannot be ended by us.`)
      settleLeftover(leftover, 'told')
      continue
    }
    const reply = await graphClient(send, { baseUrl: graph.baseUrl, callsPath }, tokens).delete(callId)
    const over = saysOver(reply)
    if (over) settleLeftover(leftover, 'ended')
    tell(
      over
        ? `Call ${callId}, left by an earlier run at ${at}, was hung up.`
        : `Call ${callId}, left by an earlier run at ${at}, could not be hung up (${reply.status}).`,
    )
  }
}

function peopleOf({ people, cast }: Configuration, fetch: Target['fetch'], tell: (line: string) => void): TargetPeople {
  if (people.kind === 'attended') return attended(tell, cast.limits.answerWithinSeconds)
  return people.kind === 'control' ? controlled(fetch, people.url, people.token) : UNATTENDED
}
