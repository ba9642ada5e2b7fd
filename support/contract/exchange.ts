// One request and its answer, as the bot sent or received them: the raw material of the evidence.

/** What an exchange is about. Reports show token, key and unknown exchanges without their bodies. */
export type Purpose = 'token' | 'keys' | 'create' | 'get' | 'delete' | 'operation' | 'look-up' | 'notification' | 'other'

export interface ExchangeRequest {
  readonly method: string
  readonly url: string
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface ExchangeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface Exchange {
  /** When it had ended, on the clock of this machine, in milliseconds since the epoch. */
  readonly at?: number
  readonly purpose: Purpose
  /** Who sent the request. */
  readonly from: 'bot' | 'graph'
  readonly request: ExchangeRequest
  /** The response, or in plain words why it is missing. */
  readonly response: ExchangeResponse | { readonly failure: string }
}

/** `fetch` as the suite uses it: on a tenant over the network, in process over the mount. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Answers a request, as a Fetch handler does. */
export type Handler = (request: Request) => Promise<Response>
