// The bot's registrations on a tenant: the credential and the tokens of each, and the journal of its calls, so that none is left behind.
import { randomUUID } from 'node:crypto'
import type { BotMemory, CallLog } from '../../bot/bot'
import { type GraphClient, graphClient, saysOver } from '../../bot/graph-client'
import { openWire, type Send } from '../../bot/wire'
import type { AppRegistration, TokenKind } from '../../contract/cast'
import type { Fetch } from '../../contract/exchange'
import { CouldNotRun, HarnessError, NonConformance, NotApplicable } from '../../contract/failures'
import type { Registration } from '../target'
import { type CallJournal, callsFolder, type Leftover, leftovers, openCallJournal, settleLeftover } from './call-journal'
import type { Configuration, Environment } from './config/configuration'
import { msalTokens, TOKEN_REFUSED } from './msal-tokens'

interface Registrations {
  /** @param app null for the bot's own */
  registration(app: AppRegistration | null, callbackUri: string): Registration
  /** A token that must not work. @throws NotApplicable when the cast declares none of this kind */
  foreignToken(kind: TokenKind): string
  /**
   * Hangs up the calls of killed runs, of every registration. Reports a call that can never be ended once; one that could not be ended now
   * stays for the next run.
   */
  endLeftovers(fetch: Fetch, report: (line: string) => void, limitMs: number): Promise<void>
  /** Closes the journals at the end of a run, when its record has every call. */
  close(): void
}

/** Learns what must never be shown, before any text about it can be written. */
export interface Confidant {
  /** A secret by the name that will stand in its place. */
  readonly conceal: (name: string, secret: string) => void
  /** The id of a call, which may be shown also where ids are replaced. */
  readonly spareCall: (callId: string) => void
}

interface Identity {
  readonly clientId: string
  readonly displayName: string | null
  readonly audiences: readonly string[]
  readonly credential: Configuration['credential']
}

/** @param memory what the bots of the run remember */
export function openRegistrations(
  configuration: Configuration,
  environment: Environment,
  confidant: Confidant,
  memory: BotMemory,
): Registrations {
  const { graph, authorityUrl, scope, tenantId, clientId, credential, cast, audiences } = configuration
  const run = randomUUID()
  const folder = callsFolder(environment)
  const journals = new Map<string, CallJournal>()
  /** Requests for calls without a known id or end, and the registration of each. */
  const unresolved = new Map<string, string>()
  let made = 0

  const identityOf = (app: AppRegistration | null): Identity =>
    app === null
      ? { clientId, displayName: cast.bot.displayName, audiences, credential }
      : {
          clientId: app.clientId,
          displayName: null,
          audiences: [app.clientId],
          // That it is set was checked when the configuration was read.
          credential: { kind: 'secret', secret: environment[app.secretEnv] ?? '' },
        }

  const journalOf = (id: string): CallJournal => {
    const open =
      journals.get(id) ??
      openCallJournal({ run, baseUrl: graph.baseUrl, callsPath: graph.callsPath, tenantId, clientId: id }, folder)
    journals.set(id, open)
    return open
  }

  const callsOf = (id: string): CallLog => ({
    intend: (callbackUri, token) => {
      if (made >= cast.limits.maxCalls) {
        throw new CouldNotRun(`limits.maxCalls of the cast allows ${cast.limits.maxCalls} calls, and they have been made`)
      }
      made++
      const request = journalOf(id).intend(new URL(callbackUri).pathname, token)
      unresolved.set(request, id)
      return request
    },
    learned: (request, callId) => {
      unresolved.delete(request)
      confidant.spareCall(callId)
      journalOf(id).learned(request, callId)
    },
    settled: (request, how) => {
      unresolved.delete(request)
      if (how === 'refused') made--
      journalOf(id).settled(request, how)
    },
  })

  const tokensOf = (identity: Identity, send: Send, known?: BotMemory['tokens']) =>
    msalTokens(send, { authorityUrl, scope, tenantId, ...identity }, known)

  /** The token of a registration, which its scenarios share. */
  const shared = (identity: Identity, send: Send) => {
    const get = tokensOf(identity, send, memory.tokens)
    return () =>
      get().catch((error: unknown) => {
        // Other registrations of the cast serve few scenarios; without them the rest of the run goes on.
        const own = identity.clientId === clientId
        if (own || !(error instanceof CouldNotRun) || error.lasting !== TOKEN_REFUSED) throw error
        throw new CouldNotRun(error.message)
      })
  }

  return {
    registration: (app, callbackUri) => {
      const identity = identityOf(app)
      return {
        clientId: identity.clientId,
        tenantId,
        displayName: identity.displayName,
        callbackUri,
        audiences: identity.audiences,
        calls: callsOf(identity.clientId),
        tokens: (send) => shared(identity, send),
      }
    },
    foreignToken: (kind) => {
      const named = cast.tokens[kind]
      const token = named === undefined ? undefined : environment[named.env]
      if (token === undefined) throw new NotApplicable(`the cast declares no token of the kind ${kind}`)
      return token
    },
    endLeftovers: async (fetch, report, limitMs) => {
      for (const app of [null, ...Object.values(cast.apps)]) {
        const identity = identityOf(app)
        const send = openWire({ fetch, signal: new AbortController().signal, keep: () => {}, timeLimitMs: limitMs })
        const token = tokensOf(identity, send)
        const { calls } = leftovers({ baseUrl: graph.baseUrl, tenantId, clientId: identity.clientId }, folder)
        const client = (callsPath: string) => graphClient(send, { baseUrl: graph.baseUrl, callsPath }, token)
        for (const { outcome, text } of await endLeftovers(calls, client))
          report(outcome === 'failed' ? `${text}: the next run tries again.` : `${text}.`)
      }
    },
    close: () => {
      // The verdict has reported these; nothing else can be done about them.
      for (const [request, id] of unresolved) journalOf(id).settled(request, 'reported')
      for (const journal of journals.values()) journal.close()
    },
  }
}

/** A call of an earlier run after the attempt to end it. */
interface EndedLeftover {
  /** `unknown`: the call may exist, but its id was never learned, or it was made in the name of another application. */
  readonly outcome: 'ended' | 'failed' | 'unknown'
  /** A sentence without its full stop. */
  readonly text: string
}

/** Hangs up calls of earlier runs, each under the path at which it was made, and notes in the journal which have ended or were reported. */
export async function endLeftovers(
  calls: readonly Leftover[],
  client: (callsPath: string) => Pick<GraphClient, 'delete'>,
  settle: (call: Leftover, how: 'ended' | 'reported') => void = settleLeftover,
): Promise<readonly EndedLeftover[]> {
  const ended: EndedLeftover[] = []
  for (const call of calls) {
    const { callId, callsPath, at, token } = call
    const failure = callId === null ? null : await hangUp(client(callsPath), callId, token)
    if (failure === null || failure === NOT_OURS) settle(call, callId === null || failure === NOT_OURS ? 'reported' : 'ended')
    const name = `Call ${callId}, left by an earlier run at ${at},`
    if (callId === null) ended.push({ outcome: 'unknown', text: describeUnknown(at) })
    else if (failure === NOT_OURS) ended.push({ outcome: 'unknown', text: `${name} may still exist: ${NOT_OURS}` })
    else if (failure === null) ended.push({ outcome: 'ended', text: `${name} was hung up` })
    else ended.push({ outcome: 'failed', text: `${name} could not be hung up (${failure})` })
  }
  return ended
}

export function describeUnknown(at: string): string {
  return `A call asked for at ${at} may exist and cannot be ended by us: the run was killed before it learned the id`
}

const NOT_OURS = "it was created without this app's token, and Graph does not find it among the calls of this app"

/** Null when the call is over; otherwise why it may not be. */
async function hangUp(graph: Pick<GraphClient, 'delete'>, callId: string, token: Leftover['token']): Promise<string | null> {
  try {
    const reply = await graph.delete(callId)
    if (token === 'other' && reply.status !== 204 && saysOver(reply)) return NOT_OURS
    return saysOver(reply) ? null : `answered ${reply.status}`
  } catch (error) {
    // Requests of this run will meet the same, and are judged by it.
    if (error instanceof CouldNotRun || error instanceof NonConformance || error instanceof HarnessError) return error.message
    throw error
  }
}
