// What a fault is: a row with its sentence, parameters and source, and what it does to messages while it is armed.
import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { Command } from '../core/commands'
import type { ResultInfo } from '../core/ends'
import { ERRORS, type ErrorName } from '../core/errors'
import type { Sourced } from '../core/provenance'
import type { Call } from '../core/state'
import type { Keys } from '../identity/keys'
import type { CallRecord } from '../runtime/call-records'
import type { RequestFacts } from '../runtime/journal'
import type { JournaledRequest } from '../runtime/journaled-request'
import { type Notification, shownBy } from '../runtime/outbox'

const LONGEST_S = 86_400
const oneOf = (values: readonly (string | number)[]) => `one of ${values.join(', ')}`
const upTo = (greatest: number) => z.number().nonnegative().max(greatest)
const text = z.string().min(1).max(200)

const SERVICES = ['graph', 'login', 'keys'] as const satisfies readonly RequestFacts['service'][]
const STATUSES = [500, 502, 503, 504]
const STATES = ['establishing', 'established'] as const
const REFUSALS = [
  'invalidRequest',
  'missingMediaConfig',
  'notRegistered',
  'insufficientPermissions',
  'tenantMismatch',
  'callNotEstablished',
  'actionNotValid',
  'conflict',
] as const satisfies readonly ErrorName[]

/** The parameters of all faults. Each description follows "write": it is the remedy for an invalid value. */
export const PARAMETERS = {
  // Retry-After has whole seconds (RFC 9110, 10.2.3).
  retryAfter: upTo(LONGEST_S)
    .int()
    .nullable()
    .describe('how many seconds the bot must wait, a whole number from 0 to 86400; null: without the header'),
  status: z
    .number()
    .refine((status) => STATUSES.includes(status))
    .describe(`the status of the response: ${oneOf(STATUSES)}`),
  service: z.enum(SERVICES).describe(`which service does so: ${oneOf(SERVICES)}`),
  carriedOut: z.boolean().describe('true: the service carries out the request all the same; or false'),
  ms: upTo(LONGEST_S * 1000).describe("how late, in milliseconds of the simulator's clock, a number from 0 to 86400000"),
  heldMs: upTo(LONGEST_S * 1000).describe(
    "how long it waits for the next of its call, in milliseconds of the simulator's clock, a number from 0 to 86400000",
  ),
  refusal: z
    .enum(REFUSALS)
    .describe(`why: ${oneOf(REFUSALS.map((name) => `${name} (${ERRORS[name].status} ${ERRORS[name].code})`))}`),
  member: text.describe('the path of the member, with / between names, as in resourceData/state'),
  code: z.int().min(0).max(999).describe('the code of resultInfo, a whole number from 0 to 999'),
  subcode: z.int().min(0).max(9_999_999).describe('the subcode of resultInfo, a whole number from 0 to 9999999'),
  message: text.nullable().describe('the message of resultInfo, up to 200 characters; null: the one that goes with the codes'),
  state: z.enum(STATES).describe(`in which state of the call: ${oneOf(STATES)}`),
} as const

export type Values = { readonly [Name in keyof typeof PARAMETERS]: z.output<(typeof PARAMETERS)[Name]> }

/** What a fault touches: which call and which app it belongs to, null where unknown, and in words: "call updated, established". */
interface Message {
  readonly callId: string | null
  readonly appId: string | null
  readonly what: string
}

export interface IncomingRequest extends Message {
  readonly service: RequestFacts['service']
  readonly request: Request
  readonly journaled: JournaledRequest
}

/** One post of a notification to the bot. */
interface Post {
  readonly notification: Notification
  readonly url: string
  readonly init: RequestInit
}

/** What a fault may use of its simulator, and how it counts and reports what it touches. */
export interface Aim {
  readonly keys: Keys
  readonly now: () => number
  /** The moment on the bot's clock. */
  readonly verifierNow: () => number
  readonly newId: () => string
  readonly after: (ms: number, task: () => void) => void
  /** The service ends a call; one that has ended stays as it is. */
  readonly endCall: (callId: string, end: ResultInfo) => void
  /** Whether the message belongs to the call and the app that the fault is limited to. */
  inScope(message: Message): boolean
  /** Whether the fault may touch the message: in scope, and within the number of messages. Counts it. */
  claim(message: Message): boolean
  /**
   * Writes into the journal what the fault did to a claimed message; the text follows the message's words.
   * @param error code of the error that the fault answers a request with; undefined where it leaves that as it is
   */
  did(message: Message | IncomingRequest, text: string, error?: string | null): void
  /**
   * Says that the fault answers a request in place of the service. The journal shows it with the request.
   * @param counted false for a request that the fault has not claimed; default true
   */
  answered(incoming: IncomingRequest, error: string | null, why: string, counted?: boolean): void
}

/** A fault at work. Each function takes the place of the next one, which it may call. */
export interface Working {
  readonly request?: (incoming: IncomingRequest, next: () => Promise<Response>) => Promise<Response>
  readonly notification?: (notification: Notification, next: (notification: Notification) => void) => void
  readonly post?: (post: Post, next: (init: RequestInit) => Promise<Response>) => Promise<Response>
  /** What the core decides in place of a command, which is itself where the fault has no part in it. */
  readonly command?: (command: Command, callOf: (callId: string) => Call | undefined) => Command
  /** Sees each call that lives when the fault is armed, and each change of a call from then on. */
  readonly call?: (record: CallRecord) => void
  /** Whether something is left to do after the last message was touched. */
  readonly busy?: () => boolean
  /** The fault ends. @param release whether it delivers what it holds back; otherwise it drops that */
  readonly end?: (release: boolean) => void
}

/** Called once for each arming, so that a fault remembers nothing of an earlier one. */
export type Work = (aim: Aim, values: Values) => Working

interface FaultRow extends Sourced {
  /** One sentence. */
  readonly description: string
  /** The parameters that it takes, with their default values. */
  readonly parameters?: Partial<Values>
  readonly work: Work
}

export interface Fault extends Required<FaultRow> {
  readonly id: string
  /** What the limit `messages` counts. */
  readonly touches: 'requests' | 'notifications' | 'calls'
}

export type FaultRows = Readonly<Record<string, FaultRow>>

/** A text with values in place of their names in braces. */
export const fill = (text: string, values: Values) =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name as keyof Values]))

/** A fault with its values and its limits; null: no limit. */
export interface Order {
  readonly fault: Fault
  readonly values: Values
  readonly messages: number | null
  readonly scope: { readonly callId: string | null; readonly appId: string | null }
}

const CALL_IN_PATH = /\/calls\/([^/?]+)/i

/** A request to the token service names its app in the body; other requests name it in their token, valid or not. */
export async function describeRequest(
  service: IncomingRequest['service'],
  request: Request,
  journaled: JournaledRequest,
): Promise<IncomingRequest> {
  const { pathname } = new URL(request.url)
  const appId =
    service === 'login' && request.method === 'POST'
      ? new URLSearchParams(await request.clone().text()).get('client_id')
      : appOfToken(request.headers.get('authorization'))
  return {
    service,
    request,
    journaled,
    callId: CALL_IN_PATH.exec(pathname)?.[1] ?? null,
    appId,
    what: `${request.method} ${pathname}`,
  }
}

export function describeNotification({ callId, audience, body }: Notification): Message {
  return { callId, appId: audience, what: shownBy(body).shows ?? 'a notification' }
}

function appOfToken(authorization: string | null): string | null {
  try {
    const { appid, azp } = decodeJwt(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '')
    return ([appid, azp].find((one) => typeof one === 'string') as string | undefined) ?? null
  } catch {
    return null
  }
}
