// What a target is to the suite: where Graph answers, how it is reached, how time passes there, and how people are made to act.
import type { CallLog } from '../bot/bot'
import type { GraphService } from '../bot/graph-client'
import type { Wait } from '../bot/retry'
import type { Fetch, Send } from '../bot/wire'
import type { Cast, Meeting, Person } from '../contract/cast'

export interface Target {
  readonly kind: 'simulator' | 'tenant'
  /** Whether notifications arrive in the order in which things happened; a tenant never promises that. */
  readonly ordered: boolean
  readonly fetch: Fetch
  readonly graph: GraphService
  /** OpenID configuration of the notification tokens. */
  readonly openIdUrl: string
  readonly people: TargetPeople
  /** Where calls are written down before they are made, so that none is left behind. */
  readonly calls: CallLog
  /** Lets time pass before a busy Graph is asked again; null where nobody is busy. */
  readonly wait: Wait | null
  /** The bot's registration that a cast speaks of, and the address that Graph posts to. */
  bot(cast: Cast): Registration
  /** Serves posts to an address until the target is closed. */
  receive(callbackUri: string, handle: (request: Request) => Promise<Response>, watch: PostWatch): void
  /** Lets time pass until something holds, at most so many milliseconds of the target's time; whether it came to hold. */
  until(holds: () => boolean, withinMs: number): Promise<boolean>
  /** Lets the quiet period pass in which nothing more may come. */
  quiet(): Promise<void>
  close(): Promise<void>
}

/** What becomes of posts that never got to the bot, or that it could not answer. */
export interface PostWatch {
  /** The target's own listener refused it: status and reason. */
  onRefused(status: number, reason: string): void
  /** The bot could not check or answer it; the fault is not the sender's. */
  onFailure(error: unknown): void
}

export interface Registration {
  readonly clientId: string
  readonly tenantId: string
  readonly callbackUri: string
  /** Audiences that a notification token may have. */
  readonly audiences: readonly string[]
  /** The bot's tokens for Graph, got through `send`. */
  tokens(send: Send): () => Promise<string>
}

/** What people do, said before they do it: a target arranges it, in a script or by asking the operator. */
export interface TargetPeople {
  /** Picks up whenever called. */
  answersWhenCalled(person: Person): Promise<void>
  /** Is in the meeting from now on. */
  joins(meeting: Meeting, person: Person): Promise<void>
  /** Lets in whoever waits in the meeting's lobby. */
  admitsGuests(meeting: Meeting, person: Person): Promise<void>
}

/** How long nothing must come before "nothing else" holds, in milliseconds of the target's time. */
export const QUIET_MS = 3_000
