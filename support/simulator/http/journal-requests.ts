// How a service answers its requests, and what its handler finds out about them on the way.

import { urlOf } from '../../net/request-url'
import type { RequestFacts } from '../runtime/journal'
import type { Entry } from '../runtime/journaled-request'

export type { Entry }

type Handler = (request: Request) => Promise<Response>

/** What a handler finds out about a request. */
interface Findings {
  readonly appId?: string
  readonly callId?: string
  readonly error?: string
  readonly diagnosis?: string
}

/** Findings by request, held no longer than the request itself. */
export class Notes {
  readonly #found = new WeakMap<Request, Findings>()

  add(request: Request, findings: Findings): void {
    this.#found.set(request, { ...this.#found.get(request), ...findings })
  }

  of(request: Request): Findings {
    return this.#found.get(request) ?? {}
  }
}

/** The same handler; every answer of it is recorded. What stands around it may change the answer before the bot has it: see JournaledRequest. */
export function recorded(
  service: RequestFacts['service'],
  notes: Notes,
  handle: Handler,
  record: (entry: Entry, request: Request) => void,
): Handler {
  return async (request) => {
    const response = await handle(request)
    const { appId = null, callId = null, error = null, diagnosis = null } = notes.of(request)
    const { method } = request
    const path = urlOf(request).pathname
    const { status } = response
    const text = `${method} ${path}: ${[status, error].filter((one) => one !== null).join(' ')}${diagnosis === null ? '' : `, ${diagnosis}`}`
    record({ callId, text, request: { service, method, path, status, error, appId, diagnosis } }, request)
    return response
  }
}
