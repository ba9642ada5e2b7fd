// The bot's tokens for Graph, by client credentials; each is used until shortly before it expires.
import { z } from 'zod'
import { CouldNotRun } from '../contract/faults'
import { jsonOrNull, type Send } from './wire'

export interface Credentials {
  readonly clientId: string
  readonly tenantId: string
  readonly secret: string
}

export interface TokenService {
  /** Root of the token service, without a slash at its end. */
  readonly authorityUrl: string
  readonly scope: string
}

const granted = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() })
const refused = z.looseObject({ error: z.string(), error_description: z.string().optional() })

/** A token this close to its end is not used any more, in milliseconds. */
const MARGIN_MS = 60_000

export function tokenClient(
  send: Send,
  { authorityUrl, scope }: TokenService,
  { clientId, tenantId, secret }: Credentials,
): () => Promise<string> {
  let held: { readonly token: string; readonly until: number } | null = null
  return async () => {
    if (held !== null && held.until > Date.now()) return held.token
    const reply = await send('token', {
      method: 'POST',
      url: `${authorityUrl}/${tenantId}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        scope,
      }).toString(),
    })
    // Whatever it is: without a token nothing can be said about Graph.
    const body = jsonOrNull(reply.text)
    const answer = granted.safeParse(body)
    if (reply.status !== 200 || !answer.success) throw new CouldNotRun(refusal(reply.status, body))
    held = { token: answer.data.access_token, until: Date.now() + answer.data.expires_in * 1000 - MARGIN_MS }
    return held.token
  }
}

function refusal(status: number, body: unknown): string {
  const { success, data } = refused.safeParse(body)
  return `the token service gave no token: ${status}${success ? ` ${data.error}: ${data.error_description ?? ''}` : ' with an answer that is none of OAuth'}`
}
