// Tokens that no issuer made: what the bot's own token becomes in careless or hostile hands. Each has one fault.

import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { importJWK, SignJWT } from 'jose'
import type { JsonObject } from '../contract/json'

export const FORGERIES = ['malformed', 'tampered', 'unsigned', 'signed by another key'] as const
export type Forgery = (typeof FORGERIES)[number]

/** @param token the bot's own, in three parts */
export async function forged(kind: Forgery, token: string): Promise<string> {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return FORGING[kind](header, payload, signature)
}

const FORGING: Readonly<Record<Forgery, (header: string, payload: string, signature: string) => string | Promise<string>>> = {
  malformed: (_, payload) => payload.slice(0, 40),
  // A claim more than was signed: everything else is as the issuer wrote it.
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
