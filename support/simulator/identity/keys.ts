// The simulator's signing keys: RSA as Graph's, made on this machine when first needed and kept for the next run, never shipped.
import { createHash, generateKeyPair } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { JWK } from 'jose'
import { z } from 'zod'
import { makeFolder } from '../../contract/folders'

/** One key pair as JSON Web Keys with their id. */
export interface SigningKey {
  readonly kid: string
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/** The key of the token service, and that of the calling platform, which signs notifications. */
export interface Keys {
  readonly token: SigningKey
  readonly notification: SigningKey
}

const jwk = z.looseObject({ kty: z.literal('RSA'), n: z.string(), e: z.string() })
const signingKey = z.object({ kid: z.string(), privateJwk: jwk.extend({ d: z.string() }), publicJwk: jwk })
const keysSchema = z.object({ token: signingKey, notification: signingKey })

/** Where the keys are kept: `XDG_CACHE_HOME` or `.cache` in the home directory. */
export function keysFile(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'graph-calls-conformance', 'keys.json')
}

/**
 * Reads the keys or makes them (about 0.4 s, once). A file that cannot be read is made anew; a folder that cannot be
 * written costs the time again next run and nothing else.
 */
export async function loadKeys(file = keysFile()): Promise<Keys> {
  try {
    return keysSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) as Keys
  } catch {
    const [token, notification] = await Promise.all([makeKey(), makeKey()])
    const keys: Keys = { token, notification }
    keep(file, keys)
    return keys
  }
}

async function makeKey(): Promise<SigningKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const publicJwk = pair.publicKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(String(publicJwk.n)).digest('base64url').slice(0, 27)
  return { kid, privateJwk: pair.privateKey.export({ format: 'jwk' }), publicJwk }
}

/** Written beside and renamed, so that two workers that start at once each read a whole file. */
function keep(file: string, keys: Keys): void {
  try {
    makeFolder(join(file, '..'), 0o700)
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, JSON.stringify(keys), { mode: 0o600 })
    chmodSync(draft, 0o600)
    renameSync(draft, file)
  } catch {
    // A cache only: without it the next run makes keys again.
  }
}
