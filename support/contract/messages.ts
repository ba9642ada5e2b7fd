// The shapes of the messages that a bot reads. Loose: members beyond the printed ones are lawful everywhere.
import { z } from 'zod'
import type { Json } from './json'

const json: z.ZodType<Json> = z.json()

/** A roster: the participants as a notification carries them, and a look-up under `value`. */
export const roster = z.array(z.record(z.string(), json))

/** One change inside a post. Which of `resource` and `resourceUrl` comes is the comparison's business, not the shape's. */
export const commsNotification = z.looseObject({
  '@odata.type': z.literal('#microsoft.graph.commsNotification'),
  changeType: z.enum(['created', 'updated', 'deleted']),
  resource: z.string().optional(),
  resourceUrl: z.string().optional(),
  callbackUri: z.string().optional(),
  resourceData: z.union([z.record(z.string(), json), roster]),
})
export type CommsNotification = z.infer<typeof commsNotification>

/** The body of one post to the callback. */
export const commsNotifications = z.looseObject({
  '@odata.type': z.literal('#microsoft.graph.commsNotifications'),
  value: z.array(commsNotification).min(1),
})

/** An error as Graph answers it. */
export const errorBody = z.looseObject({
  error: z.looseObject({ code: z.string(), message: z.string(), innerError: z.record(z.string(), json).optional() }),
})

/** Codes that the gateway is known to hide: it answers UnknownError, with the real code as JSON text in the message (observed). */
const HIDDEN: readonly string[] = ['7500', '7503']

const hidden = z.looseObject({ errorCode: z.string().refine((code) => HIDDEN.includes(code)) })

/** The code of an error: its own, or the one that the gateway hides in the message. */
export function codeOf({ error: { code, message } }: z.infer<typeof errorBody>): string {
  if (code !== 'UnknownError') return code
  try {
    return hidden.safeParse(JSON.parse(message)).data?.errorCode ?? code
  } catch {
    return code
  }
}

/** Where a resource path points: the call, and whether it is the call itself, its roster, an operation or something else of it. */
export interface ResourceAddress {
  readonly callId: string
  readonly of: 'call' | 'roster' | 'operation' | 'other'
  /** Id of the operation; null for anything else. */
  readonly operationId: string | null
}

/** Reads `/app/calls/{id}` and what hangs below it, under any of the roots; null when it is no address of a call. */
export function resourceAddress(resource: string): ResourceAddress | null {
  const [, id, rest] = /^\/?(?:app|communications)\/calls\/([^/?#]+)(\/[^?#]*)?$/i.exec(resource) ?? []
  if (id === undefined) return null
  const operationId = /^\/operations\/([^/]+)$/i.exec(rest ?? '')?.[1] ?? null
  const of = rest === undefined ? 'call' : rest.toLowerCase() === '/participants' ? 'roster' : operationId ? 'operation' : 'other'
  return { callId: id, of, operationId }
}

/** The code with which the simulator answers a request that it does not implement. Graph has no such code. */
export const SIMULATOR_NOT_IMPLEMENTED = 'SimulatorNotImplemented'
