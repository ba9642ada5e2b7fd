// Whom a token speaks for, and believing one that the book does not believe.
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import type { Caller } from '../core/commands'
import type { App, Directory } from '../identity/directory'
import type { World, Wrap } from './deviation'

/** An Authorization header with one token in it. */
export const BEARER = /^Bearer +(\S+)$/i

/** A token as it says of itself, unchecked. */
export interface Token {
  readonly text: string
  readonly algorithm: string
  readonly claims: JWTPayload
}

/** What a text says as a token; null when it is none. */
export function read(text: string): Token | null {
  try {
    return { text, algorithm: String(decodeProtectedHeader(text).alg), claims: decodeJwt(text) }
  } catch {
    return null
  }
}

/** The caller that a token of an app speaks for: what the claims say, or as the app is granted. */
export function speaksFor(app: App, { tid, roles }: JWTPayload = { tid: app.tenantId, roles: [...app.permissions] }): Caller {
  const { clientId, displayName, registered } = app
  const permissions = Array.isArray(roles) ? roles.map(String) : []
  return { appId: clientId, displayName, tenantId: String(tid), permissions, registered }
}

/** Whom a header is believed to speak for where the book says nobody; null: it stays refused. */
export const believing =
  (whom: (authorization: string | null, world: World) => Promise<Caller | null> | Caller | null): Wrap =>
  ({ authenticate }, world) => ({
    authenticate: async (authorization) => {
      const known = await authenticate(authorization)
      return 'appId' in known ? known : ((await whom(authorization, world)) ?? known)
    },
  })

/** The first app of the directory as a caller; null where there is none. */
export const firstOf = ({ apps }: Directory): Caller | null => (apps[0] === undefined ? null : speaksFor(apps[0]))
