// The bot's tokens for Graph: its own, by client credentials, and forged ones, each with one fault.
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { importJWK, SignJWT } from 'jose'
import { z } from 'zod'
import { CouldNotRun } from '../contract/failures'
import type { JsonObject } from '../contract/json'
import { Memory } from './memory'
import { jsonOrNull, type Send } from './wire'

interface Credentials {
  readonly clientId: string
  readonly tenantId: string
  readonly secret: string
}

interface TokenService {
  /** Root of the token service, without a slash at its end. */
  readonly authorityUrl: string
  readonly scope: string
}

const granted = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() })
const refused = z.looseObject({ error: z.string(), error_description: z.string().optional() })

/** A token that expires within this time is not used any more, in milliseconds. */
export const MARGIN_MS = 60_000

/** A token for Graph. */
export interface AccessToken {
  readonly token: string
  /** When it is not used any more, on this machine's clock, in milliseconds since the epoch. */
  readonly until: number
}

export const isInUse = ({ until }: AccessToken) => until > Date.now()

/**
 * Returns the bot's token, and requests a new one shortly before it expires.
 * @param memory tokens that were requested before, by what they were requested with
 */
export function tokenClient(
  send: Send,
  { authorityUrl, scope }: TokenService,
  { clientId, tenantId, secret }: Credentials,
  memory: Memory<AccessToken> = new Memory(),
): () => Promise<string> {
  const ask = async (): Promise<AccessToken> => {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope }
    const reply = await send('token', {
      method: 'POST',
      url: `${authorityUrl}/${tenantId}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
    })
    // Without a token nothing can be said about Graph.
    const body = jsonOrNull(reply.text)
    const answer = granted.safeParse(body)
    if (reply.status !== 200 || !answer.success) throw new CouldNotRun(describeRefusal(reply.status, body))
    return { token: answer.data.access_token, until: Date.now() + answer.data.expires_in * 1000 - MARGIN_MS }
  }
  const name = JSON.stringify([authorityUrl, scope, clientId, tenantId, secret])
  return async () => (await memory.recall(name, ask, isInUse)).token
}

function describeRefusal(status: number, body: unknown): string {
  const { success, data } = refused.safeParse(body)
  return `the token service gave no token: ${status}${success ? ` ${data.error}: ${data.error_description ?? ''}` : ' with an answer that is not OAuth'}`
}

export type Forgery = 'malformed' | 'tampered' | 'unsigned' | 'signed by another key'

/** @param token the bot's own, in three parts */
export async function forged(kind: Forgery, token: string): Promise<string> {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return FORGING[kind](header, payload, signature)
}

const FORGING: Readonly<Record<Forgery, (header: string, payload: string, signature: string) => string | Promise<string>>> = {
  malformed: (_, payload) => payload.slice(0, 40),
  // Adds a claim that was not signed.
  tampered: (header, payload, signature) => `${header}.${encoded({ ...decoded(payload), tampered: true })}.${signature}`,
  unsigned: (header, payload) => `${encoded({ ...decoded(header), alg: 'none' })}.${payload}.`,
  'signed by another key': async (header, payload) => {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    const { kid } = decoded(header)
    return new SignJWT({ ...decoded(payload) })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(typeof kid === 'string' ? { kid } : {}) })
      .sign(await importJWK(privateKey.export({ format: 'jwk' }), 'RS256'))
  },
}

function decoded(part: string): JsonObject {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
}

function encoded(part: JsonObject): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
