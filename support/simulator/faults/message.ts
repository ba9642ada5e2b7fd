// What a part of the simulator is used for at a moment: a request, a notification or something else, of which call and whose.
import { decodeJwt } from 'jose'
import type { Command } from '../core/commands'
import type { State } from '../core/state'
import type { RequestFacts } from '../runtime/journal'
import { type Notification, shownBy } from '../runtime/outbox'

export interface Message {
  /** `event`: what people do, and timers. */
  readonly kind: 'request' | 'notification' | 'event'
  /** Ids of the calls that it is about; none for a create. */
  readonly calls: readonly string[]
  /** Client ids of the apps whose it is, as far as that is told. */
  readonly apps: readonly string[]
  /** In words: "POST /beta/app/calls", "call updated, established". */
  readonly what: string
}

const CALL_IN_PATH = /\/calls\/([^/?"]+)/i

/** @param clientId of the app, where the body says it */
export function messageOfRequest(request: Request, clientId?: string | null): Message {
  const { pathname } = new URL(request.url)
  const callId = CALL_IN_PATH.exec(pathname)?.[1]
  const app = clientId ?? appNamedIn(request.headers.get('authorization'))
  return { kind: 'request', calls: listed(callId), apps: listed(app), what: `${request.method} ${pathname}` }
}

/** A request to the token service says in its body whose it is. */
export async function messageOfTokenRequest(request: Request): Promise<Message> {
  const form = new URLSearchParams(await request.clone().text())
  return messageOfRequest(request, form.get('client_id'))
}

/** A request of which nothing is at hand but its token. */
export function messageOfToken(authorization: string | null): Message {
  return { kind: 'request', calls: [], apps: listed(appNamedIn(authorization)), what: 'a request' }
}

export function messageOfNotification({ callId, audience, body }: Notification): Message {
  return { kind: 'notification', calls: [callId], apps: [audience], what: shownBy(body).shows ?? 'a notification' }
}

/** A post of which nothing is at hand but what it carries. */
export function messageOfPost(body: string): Message {
  return { kind: 'notification', calls: listed(CALL_IN_PATH.exec(body)?.[1]), apps: [], what: 'a notification' }
}

/** A command of the people or of a timer; one on a meeting is about every call in it. */
export function messageOfCommand(state: State, command: Command): Message {
  const calls =
    'callId' in command
      ? [state.calls.get(command.callId)]
      : 'meeting' in command
        ? [...state.calls.values()].filter(({ meeting }) => meeting === command.meeting)
        : []
  const known = calls.filter((call) => call !== undefined)
  return {
    kind: 'caller' in command ? 'request' : 'event',
    calls: 'callId' in command ? [command.callId] : known.map(({ id }) => id),
    apps: 'caller' in command ? [command.caller.appId] : known.map(({ appId }) => appId),
    what: command.kind === 'timer' ? `the timer ${command.timer}` : command.kind,
  }
}

/** Something of which nobody knows whose it is. */
export const NOTHING_KNOWN: Message = { kind: 'event', calls: [], apps: [], what: 'a timer' }

/** Which service a path of its own is told by in the journal. */
export type ServiceName = RequestFacts['service']

/** The app that a token names, whether or not it is valid: a fault may be about just that. */
function appNamedIn(authorization: string | null): string | undefined {
  try {
    const { appid, azp } = decodeJwt(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '')
    return [appid, azp].find((one) => typeof one === 'string') as string | undefined
  } catch {
    return undefined
  }
}

const listed = (one: string | null | undefined): readonly string[] => (one === null || one === undefined ? [] : [one])
