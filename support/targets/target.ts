// What a target is to the suite: where Graph answers, how it is reached, how time passes there, and how people are made to act.
import type { BotMemory, CallLog } from '../bot/bot'
import type { GraphService } from '../bot/graph-client'
import type { Wait } from '../bot/retry'
import type { Send } from '../bot/wire'
import type { AppRegistration, Cast, Meeting, Person, TokenKind } from '../contract/cast'
import type { Fetch } from '../contract/exchange'
import { NonConformance } from '../contract/failures'
import type { MeetingVerb, WhenAGuestWaits, WhenCalled } from '../contract/people-verbs'
import { TIME_LIMITS, type TimeLimits } from '../net/time-limits'

export interface Target {
  readonly kind: 'simulator' | 'tenant'
  /** Whether notifications arrive in the order in which things happened; a tenant never promises that. */
  readonly ordered: boolean
  readonly fetch: Fetch
  readonly graph: GraphService
  /** OpenID configuration of the notification tokens. */
  readonly openIdUrl: string
  /** What its bots remember, of earlier scenarios too. */
  readonly memory: BotMemory
  readonly people: TargetPeople
  /** How long the bot waits for the network; left out where it does not wait. */
  readonly limits?: TimeLimits
  /** Lets time pass before a request to a busy Graph is repeated, until a signal ends it; null where Graph is never busy. */
  readonly wait: ((signal: AbortSignal) => Wait) | null
  /** This machine's clock, in milliseconds since the epoch; left out where the target's time is its own. */
  readonly now?: () => number
  /** How many posts came to unknown addresses since the last call; left out where that cannot happen. */
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
  /** From now on the bot at an address fails as a receiver. @throws NotApplicable on a tenant */
  trouble(callbackUri: string, trouble: Trouble): void
  /** Lets time pass until a condition holds, at most this many milliseconds of the target's time. Resolves with whether it holds. */
  until(holds: () => boolean, withinMs: number): Promise<boolean>
  /** Lets the quiet period pass, in which nothing more may come. */
  quiet(): Promise<void>
  /** Ids of all calls that live at the target; null where the target does not list them. */
  livingCalls(): Promise<readonly string[] | null>
  close(): Promise<void>
}

/** How a bot can fail as a receiver: it answers late (milliseconds of the target's time), never answers, or is not there. */
export type Trouble =
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unreachable' }

/** Notified of posts that did not reach the bot, or that it could not answer. */
interface PostWatch {
  /** The target's own listener refused it: status and reason. */
  onRefused(status: number, reason: string): void
  /** The bot could not check or answer it; the fault is not the sender's. */
  onFailure(error: unknown): void
}

export interface Registration {
  readonly clientId: string
  readonly tenantId: string
  /** Name of the application; null where the cast does not name it. */
  readonly displayName: string | null
  readonly callbackUri: string
  /** Audiences that a notification token may have. */
  readonly audiences: readonly string[]
  /** Where its calls are written down before they are made, so that none is left behind. */
  readonly calls: CallLog
  /** The bot's tokens for Graph, got through `send`. */
  tokens(send: Send): () => Promise<string>
}

/** What people do: a target arranges it in a script, over a control API, or by asking an operator. */
export interface TargetPeople {
  /** What a person does whenever a bot calls, from now on. */
  whenCalled(person: Person, does: WhenCalled): Promise<void>
  /** What a person in the meeting does whenever a guest waits in its lobby, from now on. @param by null: no person is named */
  whenAGuestWaits(meeting: Meeting, does: WhenAGuestWaits, by: Person | null): Promise<void>
  /** A person who is in the meeting already and shall join stays there. */
  inMeeting(meeting: Meeting, verb: MeetingVerb, person: Person): Promise<void>
  /** The person called by the bot ends the call. */
  hangsUp(person: Person, callId: string): Promise<void>
  /** A person takes the bot out of the meeting. */
  removes(meeting: Meeting, by: Person, callId: string): Promise<void>
}

/** How long no notification must come before "nothing else" holds, in milliseconds of the target's time. */
export const QUIET_MS = TIME_LIMITS.quietMs

/**
 * What people do to a call does not fit it: the target knows the call in another state than the bot was notified of.
 * @param verb for example `hang-up`
 * @param reason what the call is instead
 */
export function notSuchACall(verb: string, reason: string): NonConformance {
  return new NonConformance(`"${verb}" does not fit the call, which is not what the bot was notified of: ${reason}`)
}
