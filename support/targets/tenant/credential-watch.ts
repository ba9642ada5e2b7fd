// What a target learns while it runs and nobody may read: the credentials that it sends, and those that it is sent.
import type { Fetch } from '../../contract/exchange'

/** Told what must never be shown, before any text about it can be written. */
export interface Confidant {
  /** A secret by the name that will stand in its place. */
  readonly conceal: (name: string, secret: string) => void
  /** The id of a call, which may be shown also where ids are replaced. */
  readonly spareCall: (callId: string) => void
}

/** What in the form of a token request proves who asks. */
const PROOFS: Readonly<Record<string, string>> = { client_secret: 'client secret', client_assertion: 'assertion' }

/** A fetch that tells every credential before it is sent: a token that was got is a secret when it is first used. */
export function telling(fetch: Fetch, { conceal }: Confidant): Fetch {
  return (url, init) => {
    concealBearer('access token', new Headers(init.headers), conceal)
    if (typeof init.body === 'string') {
      const form = new URLSearchParams(init.body)
      for (const [field, name] of Object.entries(PROOFS)) for (const proof of form.getAll(field)) conceal(name, proof)
    }
    return fetch(url, init)
  }
}

export function concealBearer(name: string, headers: Headers, conceal: Confidant['conceal']): void {
  const [, token] = /^\w+\s+(\S+)/.exec(headers.get('authorization') ?? '') ?? []
  if (token !== undefined) conceal(name, token)
}
