// Whom a token speaks for, and believing one that the book does not believe.
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import type { Caller } from '../../simulator/core/commands'
import { type App, type Directory, knowsTenant } from '../../simulator/identity/directory'
import { GRAPH_AUDIENCE } from '../../simulator/identity/tokens'
import type { World, Wrap } from '../../simulator/wrapping'

/** An Authorization header with one token in it. */
export const BEARER = /^Bearer +(\S+)$/i

/** A token as it says of itself, unchecked. */
export interface Token {
  readonly text: string
  readonly algorithm: string
  readonly claims: JWTPayload
}

/** What a text says as a token; null when it is none. */
function read(text: string): Token | null {
  try {
    return { text, algorithm: String(decodeProtectedHeader(text).alg), claims: decodeJwt(text) }
  } catch {
    return null
  }
}

/** The token that an Authorization header has, as it says of itself; null when it has none. */
export const tokenIn = (authorization: string | null): Token | null => read(BEARER.exec(authorization ?? '')?.[1] ?? '')

/** What makes a token of the issuer's one that is in force here, one thing at a time. */
export const IN_FORCE: Readonly<Record<string, (token: Token, world: World) => boolean>> = {
  audience: ({ claims }) => claims.aud === GRAPH_AUDIENCE,
  expiry: ({ claims }, { now }) => Number(claims.exp) > now() / 1000,
  beginning: ({ claims }, { now }) => Number(claims.nbf) <= now() / 1000,
  tenant: ({ claims }, { directory }) => knowsTenant(directory, String(claims.tid)),
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
