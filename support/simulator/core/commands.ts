// Describes what goes into the core and what comes out: commands, answers, effects and decisions.
import type { Json, JsonObject } from '../../contract/json'
import type { ResultInfo } from './ends'
import type { Refusal } from './errors'
import type { FormName, State } from './state'

/** The application behind a verified token. */
export interface Caller {
  readonly appId: string
  readonly displayName: string
  readonly tenantId: string
  /** The roles of the token, as granted. */
  readonly permissions: readonly string[]
  /** Whether the bot is registered for calling. */
  readonly registered: boolean
  /** Application instances of the bot; none unless said. */
  readonly applicationInstances?: readonly string[] | undefined
  /** Whether the token is that of a person who signed in; false unless said. */
  readonly delegated?: boolean
}

/** What the pages of one root let a request have, and those of others do not. */
export interface Admits {
  /** Forms of a call that only some pages have. */
  readonly laterForms: boolean
  /** Application-hosted media without a blob. */
  readonly mediaWithoutBlob: boolean
  /** `callOptions`; where it is false the property is unknown, and ignored. */
  readonly callOptions: boolean
  /** A call ends when so many milliseconds pass without keepAlive; null: it lives without. */
  readonly keepAliveWithinMs: number | null
}

/** A request of the bot, after its token was verified and its body read as a JSON object. */
export type BotCommand =
  | {
      readonly kind: 'create'
      readonly caller: Caller
      readonly body: JsonObject
      readonly root: string
      /** What the pages of the root let a request have. */
      readonly admits: Admits
    }
  | { readonly kind: 'get' | 'delete' | 'keep-alive'; readonly caller: Caller; readonly callId: string }
  | { readonly kind: 'participants' | 'content-sharing-sessions'; readonly caller: Caller; readonly callId: string }
  | { readonly kind: 'content-sharing-session'; readonly caller: Caller; readonly callId: string; readonly sessionId: string }
  | {
      /** An operation of the table in call-operations.ts. */
      readonly kind: 'operation'
      readonly name: string
      readonly caller: Caller
      readonly callId: string
      readonly body: JsonObject
    }
  | { readonly kind: 'online-meeting'; readonly caller: Caller; readonly conferenceId: string }
  | { readonly kind: 'participant'; readonly caller: Caller; readonly callId: string; readonly participantId: string }

/** Done to one call of a bot: each verb is an event of its life. */
export interface CallDeed {
  readonly kind: 'answer' | 'decline' | 'busy' | 'hang-up' | 'admit' | 'refuse' | 'remove'
  readonly callId: string
  /** Who acts where several were called; if missing, the only person who can. */
  readonly personId?: string
}

type SharingVerb = 'share' | 'stop-sharing'

/** Content sharing: in a call, or in a meeting, whichever bots are in it. */
export type SharingDeed =
  | {
      readonly kind: SharingVerb
      readonly callId: string
      /** If missing, the only person who can. */
      readonly personId?: string
    }
  | { readonly kind: SharingVerb; readonly meeting: string; readonly personId: string }

/** What people in the call do. A meeting is named by its key (`meetingKey`), a person by user id. */
export type PeopleCommand =
  | CallDeed
  | SharingDeed
  | { readonly kind: 'join'; readonly meeting: string; readonly person: Attendee }
  | { readonly kind: 'leave'; readonly meeting: string; readonly personId: string }
  | { readonly kind: 'mute' | 'unmute'; readonly meeting: string; readonly personId: string }

/** A timer that has run out; one that no longer fits the call changes nothing. */
export interface TimerCommand {
  readonly kind: 'timer'
  readonly timer: TimerName
  readonly callId: string
  /**
   * Of `alone`: the meeting's `timesAlone` then; of `keep-alive`: how often the call had been kept alive. After a later time it no longer
   * fits.
   */
  readonly time?: number
}

type TimerName = 'let-in' | 'ringing' | 'lobby' | 'alone' | 'keep-alive'

/** The service ends a call by itself. */
export interface ServiceCommand {
  readonly kind: 'end'
  readonly callId: string
  readonly end: ResultInfo
}

export type Command = BotCommand | PeopleCommand | TimerCommand | ServiceCommand

export interface Attendee {
  readonly id: string
  readonly displayName: string
  readonly languageId: string | null
}

export type Answer =
  | { readonly kind: 'created'; readonly location: string; readonly call: JsonObject; readonly form: FormName }
  | { readonly kind: 'call'; readonly call: JsonObject; readonly form: FormName }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'alive' }
  /** An operation on a call, completed at once. */
  | { readonly kind: 'operation'; readonly operation: JsonObject }
  /** The participants as `value`. */
  | { readonly kind: 'participants'; readonly list: JsonObject }
  | { readonly kind: 'participant'; readonly participant: Json }
  /** The sessions as `value`. */
  | { readonly kind: 'content-sharing-sessions'; readonly list: JsonObject }
  | { readonly kind: 'content-sharing-session'; readonly session: JsonObject }
  | { readonly kind: 'online-meeting'; readonly meeting: JsonObject }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'done' }
  /** A command of the people or the service that does not fit the state of the call or meeting, in plain words. */
  | { readonly kind: 'unfit'; readonly reason: string }

export type Effect =
  | {
      readonly kind: 'notify'
      readonly callId: string
      /** Where the call was created: the revision of that root says how the notification is written. */
      readonly root: string
      readonly callbackUri: string
      /** The app that the notification's token is made out to, and the tenant of the call. */
      readonly audience: string
      readonly tenantId: string
      readonly body: JsonObject
    }
  | { readonly kind: 'schedule'; readonly afterMs: number; readonly command: TimerCommand }
  /** A person's client rings, a guest waits in a lobby, a person has answered: for the scripts of the people. */
  | { readonly kind: 'rings'; readonly callId: string; readonly personId: string }
  | { readonly kind: 'waits'; readonly callId: string; readonly meeting: string }
  | { readonly kind: 'talks'; readonly callId: string; readonly personId: string }

/** What the core is given in addition to state and command. */
export interface Env {
  /** A fresh GUID in lower case. */
  newId(): string
  /** Hosts that callbacks may name with http, as loopback: those that the user allowed. None unless given. */
  readonly allowedHosts?: readonly string[]
}

export interface Decision {
  readonly state: State
  readonly answer: Answer
  readonly effects: readonly Effect[]
}

export type Decide = (state: State, command: Command, env: Env) => Decision

/** Nothing changes. */
export const still = (state: State, answer: Answer): Decision => ({ state, answer, effects: [] })

/** A command of the people or the service that does not fit: nothing changes. */
export const unfit = (state: State, reason: string): Decision => still(state, { kind: 'unfit', reason })

export const noSuchCall = (callId: string) => `there is no call ${callId}: it has ended, or never was`

export const done = (state: State, effects: readonly Effect[]): Decision => ({ state, answer: { kind: 'done' }, effects })
