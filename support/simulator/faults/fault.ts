// What a fault is that can be armed while a simulator runs: what it takes, what it may know, and how it counts what it touches.
import { z } from 'zod'
import type { JsonObject } from '../../contract/json'
import type { Basis } from '../core/provenance'
import type { JournalDraft } from '../runtime/journal'
import type { Parts, World } from '../wrapping'
import { SERVER_ERRORS } from './delivery-problems'
import type { Message } from './message'

const LONGEST_S = 86_400
const oneOf = (values: readonly (string | number)[]) => `one of ${values.join(', ')}`
const milliseconds = z
  .number()
  .nonnegative()
  .max(LONGEST_S * 1000)
const STATUSES = Object.keys(SERVER_ERRORS).map(Number)
export const SERVICES = ['graph', 'login', 'keys'] as const

/** All parameters that faults have. Each description reads after "write": it is the remedy when something else was written. */
export const PARAMETERS = {
  retryAfter: z
    .number()
    .nonnegative()
    .max(LONGEST_S)
    .describe('how many seconds a bot is told to wait, a number from 0 to 86400'),
  status: z
    .number()
    .refine((status) => STATUSES.includes(status))
    .describe(`the status of the answer: ${oneOf(STATUSES)}`),
  ms: milliseconds.describe("how late, in milliseconds of the simulator's clock, a number from 0 to 86400000"),
  heldMs: milliseconds.describe(
    "how long it waits for the next of its call at most, in milliseconds of the simulator's clock, a number from 0 to 86400000",
  ),
  service: z.enum(SERVICES).describe(`which service does so: ${oneOf(SERVICES)}`),
  carriedOut: z.boolean().describe('true, and what was asked for is done all the same, or false'),
} as const

export type Values = { readonly [Name in keyof typeof PARAMETERS]: z.output<(typeof PARAMETERS)[Name]> }

/** What a fault knows of its simulator and of how it was armed. All that is asked here is asked about the message under way. */
export interface Aim extends World {
  readonly newId: () => string
  readonly message: () => Message
  /** Whether the message is of the call and of the app that the fault was armed for. */
  readonly inScope: () => boolean
  /** Whether it may touch the message: in scope, and not so many before. Counts it, until it is given back. */
  readonly claim: () => boolean
  /** It has left the message as it was, and may touch another in its place. */
  readonly giveBack: () => void
  /** Says in the journal what it did to the message, in words that follow the fault's name. */
  readonly did: (text: string) => void
  /** Says in the journal that it has answered a request in the service's place. */
  readonly answered: (entry: Pick<JournalDraft & { kind: 'request' }, 'text' | 'request'>) => void
}

/** A fault at work: the parts in place of those that it was given. */
export interface Working {
  readonly parts: Partial<Parts>
  /** Whether something of it is left to be done, although it has touched as many messages as it should. */
  readonly busy?: () => boolean
  /** It is over. @param lettingGo whether what it holds back goes on its way; otherwise it is dropped */
  readonly end?: (lettingGo: boolean) => void
}

export interface Fault {
  readonly id: string
  /** `robustness`: nobody breaks a rule. `deviation`: one of the page's rules is broken. `twin`: the page allows it, and prints otherwise. */
  readonly kind: 'robustness' | 'deviation' | 'twin'
  /** One sentence. */
  readonly description: string
  /** What one of "the next n messages" is. */
  readonly touches: 'requests' | 'notifications' | 'whatever it changes'
  /** The parameters that it takes, each with its value where none is written. */
  readonly parameters: Partial<Values>
  /** How sure it is that the real Graph does so; null where a rule is broken, or the page allows it. */
  readonly basis: Basis | null
  /** Where that is known from; or the rule that is broken, or the words that allow it. */
  readonly source: string
  /** Asked once for each arming, so that what it remembers begins there. */
  readonly work: (parts: Parts, aim: Aim, values: Values) => Working
}

/** What a fault is limited to; null where it is not. */
export interface Scope {
  readonly callId: string | null
  readonly appId: string | null
}

/** A fault with what it shall touch. */
export interface Order {
  readonly fault: Fault
  readonly values: Values
  /** How many messages it touches; null: every one until it is disarmed. */
  readonly messages: number | null
  readonly scope: Scope
}

/** A fault that is armed now. */
export interface Armed {
  /** Counts every arming of a simulator from 1. */
  readonly number: number
  readonly fault: string
  readonly parameters: JsonObject
  readonly callId: string | null
  readonly appId: string | null
  /** How many messages it may still touch; null: no end. */
  readonly left: number | null
  /** How many it has touched. */
  readonly touched: number
}

/** As the control API and the seed show it. */
export function faultShown({ id, kind, description, touches, parameters, basis, source }: Fault): JsonObject {
  return { fault: id, kind, description, touches, parameters: { ...parameters }, basis, source }
}
