// One request on its way to its service and back: what the service, a deviation and armed faults made of it, as one entry of the journal.
import { AsyncLocalStorage } from 'node:async_hooks'
import { isObject } from '../../contract/json'
import { urlOf } from '../../net/request-url'
import { knownText } from '../../net/text-response'
import type { JournalDraft, RequestFacts } from './journal'

/** A request and its answer as the journal shows them: `POST /beta/app/calls: 403 7504, app ... lacks ...`. */
export type Entry = Pick<JournalDraft, 'callId' | 'text' | 'fault'> & { readonly request: RequestFacts }

/** Status and error code of an answer. */
type Answered = Pick<RequestFacts, 'status' | 'error'>

/** What an armed fault did to a request. */
interface Effect extends Pick<RequestFacts, 'appId'> {
  readonly fault: string
  readonly why: string
  readonly callId: string | null
  /** Code of the error that the fault answers with; undefined where it leaves that as it is. */
  readonly error?: string | null
}

/** The requests under way. */
const UNDER_WAY = new WeakMap<Request, JournaledRequest>()

/** The request that the present code serves, where a deviation may hand on a copy of it. It makes every promise of the process dearer. */
const COPIED = new AsyncLocalStorage<JournaledRequest>()

/** Keeps what a service recorded until its request is answered; false where no request is under way, or where it was answered before. */
export function keepServed(entry: Entry, request: Request): boolean {
  return (UNDER_WAY.get(request) ?? COPIED.getStore())?.keep(entry) ?? false
}

export class JournaledRequest {
  readonly #effects: Effect[] = []
  readonly #afterwards: (() => void)[] = []
  #served: Entry | null = null
  #seen: Answered | null = null
  #over = false

  /**
   * Lets a request be answered, and records the answer that the bot receives. It is `copied` where the handler may serve a copy of it.
   * @throws the error of the handler, after it was recorded that there is no answer
   */
  static async of(
    {
      service,
      request,
      record,
      copied,
    }: Pick<RequestFacts, 'service'> & { readonly request: Request; readonly copied: boolean; record(entry: Entry): void },
    handle: (journaled: JournaledRequest) => Promise<Response>,
  ): Promise<Response> {
    const journaled = new JournaledRequest()
    const ends = (status: number | null) => {
      journaled.#over = true
      record(journaled.#entry(service, request, status))
      for (const task of journaled.#afterwards) task()
    }
    try {
      UNDER_WAY.set(request, journaled)
      const response = await (copied ? COPIED.run(journaled, () => handle(journaled)) : handle(journaled))
      ends(response.status)
      return response
    } catch (error) {
      ends(null)
      throw error
    }
  }

  keep(entry: Entry): boolean {
    if (this.#over) return false
    this.#served = entry
    return true
  }

  /** Looks at the answer of the service as a deviation leaves it. */
  async see(response: Response): Promise<Response> {
    this.#seen = {
      status: response.status,
      error: response.ok ? null : errorCode(knownText(response) ?? (await response.clone().text())),
    }
    return response
  }

  /** An armed fault has changed or taken the place of the answer. */
  affected(effect: Effect): void {
    this.#effects.push(effect)
  }

  /** Runs a task once the answer is recorded. */
  afterwards(task: () => void): void {
    this.#afterwards.push(task)
  }

  #entry(service: RequestFacts['service'], request: Request, status: number | null): Entry {
    const { method } = request
    const path = urlOf(request).pathname
    const last = this.#effects.at(-1)
    const known = this.#served?.request ?? last
    const { error: replaced = this.#seen?.error ?? null } = this.#effects.findLast((one) => one.error !== undefined) ?? {}
    const error = status === null ? null : replaced
    const reasons = [this.#reason(), ...this.#effects.map(({ fault, why }) => `fault ${fault}: ${why}`)]
    const diagnosis = reasons.filter((one) => one !== null).join('; ') || null
    const answer = [status ?? 'no answer', error].filter((one) => one !== null).join(' ')
    return {
      callId: this.#served?.callId ?? last?.callId ?? null,
      text: `${method} ${path}: ${answer}${diagnosis === null ? '' : `, ${diagnosis}`}`,
      ...(last === undefined ? {} : { fault: last.fault }),
      request: { service, method, path, status, error, appId: known?.appId ?? null, diagnosis },
    }
  }

  /** Why the service answered so, or what it answered before a deviation changed that. */
  #reason(): string | null {
    const served = this.#served?.request
    const seen = this.#seen
    if (seen === null) return null
    if (served === undefined) return 'a deviation answers in place of the service'
    if (served.status === seen.status && served.error === seen.error) return served.diagnosis
    return `a deviation changes the answer of the service, ${[served.status, served.error].filter((one) => one !== null).join(' ')}`
  }
}

/** The code of an error body of Graph or of the token service; null where there is no such body. */
function errorCode(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text)
    const error = isObject(body as never) ? (body as { error?: unknown }).error : undefined
    const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : error
    return typeof code === 'string' ? code : null
  } catch {
    return null
  }
}
