// What a target is to the suite: where Graph answers, how it is reached, how time passes there, and how people are made to act.
import type { CallLog } from '../bot/bot'
import type { GraphService } from '../bot/graph-client'
import type { Wait } from '../bot/retry'
import type { Send } from '../bot/wire'
import type { AppRegistration, Cast, Meeting, Person, TokenKind } from '../contract/cast'
import type { Fetch } from '../contract/exchange'
import { NonConformance } from '../contract/faults'
import { TIME_LIMITS, type TimeLimits } from '../net/time-limits'

export interface Target {
  readonly kind: 'simulator' | 'tenant'
  /** Whether notifications arrive in the order in which things happened; a tenant never promises that. */
  readonly ordered: boolean
  readonly fetch: Fetch
  readonly graph: GraphService
  /** OpenID configuration of the notification tokens. */
  readonly openIdUrl: string
  readonly people: TargetPeople
  /** How long the bot waits for the network; left out where there is none. */
  readonly limits?: TimeLimits
  /** Lets time pass before a busy Graph is asked again, until a signal ends it; null where nobody is busy. */
  readonly wait: ((signal: AbortSignal) => Wait) | null
  /** This machine's clock, in milliseconds since the epoch; left out where the target's time is its own. */
  readonly now?: () => number
  /** How many posts came to addresses that nobody was given since this was last asked; left out where there can be none. */
  readonly strayPosts?: () => number
  /**
   * A registration of the cast: the bot's own, or one with another permission set; each has an address of its own that Graph posts to.
   * @param app null for the bot's own
   */
  bot(cast: Cast, app: AppRegistration | null): Registration
  /** A token that must not work. @throws NotApplicable when the cast declares none of this kind */
  foreignToken(cast: Cast, kind: TokenKind): Promise<string>
  /** Serves posts to an address until the target is closed. */
  receive(callbackUri: string, handle: (request: Request) => Promise<Response>, watch: PostWatch): void
  /** From now on posts to an address meet a bot in trouble. @throws NotApplicable on a tenant, of which nothing is known here */
  trouble(callbackUri: string, trouble: Trouble): void
  /** Lets time pass until something holds, at most so many milliseconds of the target's time; whether it came to hold. */
  until(holds: () => boolean, withinMs: number): Promise<boolean>
  /** Lets the quiet period pass in which nothing more may come. */
  quiet(): Promise<void>
  /** Ids of all calls that live at the target; null where it does not tell. */
  livingCalls(): Promise<readonly string[] | null>
  close(): Promise<void>
}

/** How a bot can fail as a receiver: it takes so long to answer (milliseconds of the target's time), never does, or is not there. */
export type Trouble =
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unreachable' }

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
  /** Name of the application; null where the cast does not tell it. */
  readonly displayName: string | null
  readonly callbackUri: string
  /** Audiences that a notification token may have. */
  readonly audiences: readonly string[]
  /** Where its calls are written down before they are made, so that none is left behind. */
  readonly calls: CallLog
  /** The bot's tokens for Graph, got through `send`. */
  tokens(send: Send): () => Promise<string>
}

/** What somebody does whenever a bot calls, from now on. */
export type WhenCalled = 'answers' | 'declines' | 'silent'

/** What somebody in a meeting does whenever a guest waits in its lobby, from now on. */
export type WhenAGuestWaits = 'admits' | 'refuses' | 'leaves-in-lobby'

/** What somebody does in a meeting, now. */
export type MeetingDeed = 'join' | 'leave' | 'mute' | 'unmute'

/** What people do: a target arranges it in a script, over a control API, or by asking an operator. */
export interface TargetPeople {
  whenCalled(person: Person, does: WhenCalled): Promise<void>
  /** @param by whose part it is; null: nobody's */
  whenAGuestWaits(meeting: Meeting, does: WhenAGuestWaits, by: Person | null): Promise<void>
  /** Somebody who is in the meeting already and shall join stays there. */
  inMeeting(meeting: Meeting, deed: MeetingDeed, person: Person): Promise<void>
  /** The person whom the bot has called ends the call. */
  hangsUp(person: Person, callId: string): Promise<void>
  /** Somebody takes the bot out of the meeting. */
  removes(meeting: Meeting, by: Person, callId: string): Promise<void>
}

/** How long nothing must come before "nothing else" holds, in milliseconds of the target's time. */
export const QUIET_MS = TIME_LIMITS.quietMs

/**
 * What people do to a call does not fit it: whoever plays them knows the call in another state than the bot was notified of.
 * @param verb what they wanted to do, for example `hang-up`
 * @param reason what the call is instead
 */
export function notSuchACall(verb: string, reason: string): NonConformance {
  return new NonConformance(`"${verb}" does not fit the call, which is not what the bot was notified of: ${reason}`)
}
