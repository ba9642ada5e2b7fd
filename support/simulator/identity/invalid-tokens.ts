// Tokens that Graph must not accept though its own key signed them: each has one fault, and is otherwise as the token service issues it.
import type { JWTPayload } from 'jose'
import type { App } from './directory'
import type { Keys } from './keys'
import { appClaims, signed } from './tokens'

export const FOREIGN_TOKENS = ['delegated', 'expired', 'notYetValid', 'otherAudience', 'otherTenant'] as const
export type ForeignToken = (typeof FOREIGN_TOKENS)[number]

const HOUR = 3_600
/** So that no test run is so long that a token gains a second fault, or loses its one; in seconds. */
const MONTH = 30 * 24 * HOUR

/** A tenant that no directory has: its id is made for this purpose. */
const ELSEWHERE = '0e15e3bc-4a5d-4f02-9d7e-5b1e6f3a7c28'

/** Another API of the same token service, as in the documentation of Azure. */
const OTHER_AUDIENCE = 'https://management.azure.com'

/** A user in whose name the bot acts; nobody of the cast. */
const SOMEBODY = '7c9e2f51-6d0b-4a83-b1e7-2f8a5c3d9046'

/** What differs from the claims of an app's own token; undefined takes a claim out. Times in seconds. */
const FAULTS: Readonly<Record<ForeignToken, (claims: JWTPayload, now: number) => JWTPayload>> = {
  // All the permissions, but a user's: `scp` in place of `roles` is what tells the two apart (documented: access tokens).
  delegated: ({ roles }) => ({
    roles: undefined,
    scp: Array.isArray(roles) ? roles.join(' ') : '',
    idtyp: 'user',
    oid: SOMEBODY,
  }),
  expired: (_, now) => ({ iat: now - 2 * HOUR, nbf: now - 2 * HOUR, exp: now - HOUR }),
  notYetValid: (_, now) => ({ iat: now + MONTH, nbf: now + MONTH, exp: now + 2 * MONTH }),
  otherAudience: () => ({ aud: OTHER_AUDIENCE }),
  otherTenant: () => ({ iss: `https://sts.windows.net/${ELSEWHERE}/`, tid: ELSEWHERE }),
}

/**
 * A token with one fault, properly signed. Apart from those whose fault is their time it is valid for a month.
 * @param nowMs moment on the clock by which Graph checks tokens
 */
export function foreignToken(kind: ForeignToken, app: App, keys: Keys, nowMs: number): Promise<string> {
  const now = Math.floor(nowMs / 1000)
  const claims = { ...appClaims(app, now), exp: now + MONTH }
  return signed({ ...claims, ...FAULTS[kind](claims, now) }, keys.token)
}
