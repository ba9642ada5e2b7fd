// Deviations in what Graph makes of a token: each check left out by itself, and tokens that are mixed up.

import { compactVerify, importJWK, type JWTPayload } from 'jose'
import type { Caller } from '../../simulator/core/commands'
import { type App, appOf, type Directory } from '../../simulator/identity/directory'
import { publicJwk } from '../../simulator/identity/tokens'
import type { Deviation, World, Wrap } from '../../simulator/wrapping'
import { breaks } from '../wrap/breaks'
import { BEARER, believing, firstOf, IN_FORCE, speaksFor, type Token, tokenIn } from '../wrap/callers'

type Check = (token: Token, world: World) => boolean | Promise<boolean>

/** What Graph checks of a token, one thing at a time. */
const CHECKS: Readonly<Record<string, Check>> = {
  algorithm: ({ algorithm }) => algorithm === 'RS256',
  signature: async ({ text }, { keys }) => {
    const key = await importJWK(publicJwk(keys.token), 'RS256')
    return compactVerify(text, key).then(
      () => true,
      () => false,
    )
  },
  ...IN_FORCE,
}

/** Every check but some. */
const unchecked = (...skipped: readonly string[]): Wrap =>
  believing(async (authorization, world) => {
    const token = tokenIn(authorization)
    if (token === null) return null
    for (const [name, holds] of Object.entries(CHECKS)) if (!skipped.includes(name) && !(await holds(token, world))) return null
    const app = appOf(world.directory, String(token.claims.appid))
    return app === undefined ? null : speaksFor(app, token.claims)
  })

/** The same header under the scheme that Graph wants. */
const anyScheme: Wrap = ({ authenticate }) => ({
  authenticate: (authorization) => authenticate(authorization?.replace(/^\S+/, 'Bearer') ?? null),
})

/** Nobody shows a token after somebody has. */
const lastCallerStays: Wrap = ({ authenticate }) => {
  let last: Caller | null = null
  return {
    authenticate: async (authorization) => {
      const known = await authenticate(authorization)
      if ('appId' in known) last = known
      return authorization === null && last !== null ? last : known
    },
  }
}

const delegated =
  (permissions: (claims: JWTPayload, directory: Directory, app: App) => readonly string[]): Wrap =>
  ({ authenticate }, { directory }) => ({
    authenticate: async (authorization) => {
      const known = await authenticate(authorization)
      const claims = tokenIn(authorization)?.claims
      const app = appOf(directory, String(claims?.appid))
      if (!('appId' in known) || claims?.scp === undefined || app === undefined) return known
      return { ...known, permissions: permissions(claims, directory, app) }
    },
  })

const REFUSED = /expected: refused/

export const TOKENS: readonly Deviation[] = [
  breaks(
    'CC-05',
    'token-not-needed',
    'A request without a token is taken for the first app.',
    REFUSED,
    believing((authorization, { directory }) => (authorization === null ? firstOf(directory) : null)),
  ),
  breaks(
    'CC-05',
    'token-of-the-last-caller',
    'A request without a token is taken for the app that called last.',
    REFUSED,
    lastCallerStays,
  ),
  breaks('CC-15', 'scheme-ignored', 'The scheme that a token comes under does not matter.', REFUSED, anyScheme),
  breaks(
    'CC-15',
    'malformed-accepted',
    'What is no token is taken for that of the first app.',
    REFUSED,
    believing((authorization, { directory }) =>
      BEARER.test(authorization ?? '') && tokenIn(authorization) === null ? firstOf(directory) : null,
    ),
  ),
  breaks('CC-15', 'signature-unchecked', 'The signature of a token is not checked.', REFUSED, unchecked('signature')),
  breaks(
    'CC-15',
    'unsigned-accepted',
    'A token that says of itself that it needs no signature is believed.',
    REFUSED,
    believing(async (authorization, { directory }) => {
      const token = tokenIn(authorization)
      const app = appOf(directory, String(token?.claims.appid))
      return token?.algorithm === 'none' && app !== undefined ? speaksFor(app, token.claims) : null
    }),
  ),
  breaks('CC-16', 'expired-accepted', 'A token that has expired is accepted.', REFUSED, unchecked('expiry')),
  breaks('CC-16', 'early-accepted', 'A token that is not valid yet is accepted.', REFUSED, unchecked('beginning')),
  breaks('CC-16', 'other-audience-accepted', 'A token for another audience is accepted.', REFUSED, unchecked('audience')),
  breaks('CC-16', 'other-tenant-accepted', 'A token of a tenant that nobody knows is accepted.', REFUSED, unchecked('tenant')),
  breaks('CC-16', 'signature-measured', 'Of the signature only the length is looked at.', REFUSED, (parts, world) => {
    const lenient = unchecked('signature')(parts, world).authenticate ?? parts.authenticate
    return {
      authenticate: (authorization) =>
        authorization?.split('.')[2]?.length === 342 ? lenient(authorization) : parts.authenticate(authorization),
    }
  }),
  breaks(
    'CC-06',
    'delegated-accepted',
    'What a user has consented to counts as if it were granted to the application.',
    REFUSED,
    delegated(({ scp }) => String(scp).split(' ')),
  ),
  breaks(
    'CC-06',
    'delegated-as-application',
    'Permissions are looked up by the application, whatever the token is.',
    REFUSED,
    delegated((_, __, { permissions }) => permissions),
  ),
  breaks(
    'CC-06',
    'delegated-guest-accepted',
    'A delegated token may join as a guest.',
    REFUSED,
    delegated(() => ['Calls.JoinGroupCallAsGuest.All']),
  ),
  breaks(
    'CC-06',
    'delegated-join-accepted',
    'A delegated token may join a meeting.',
    REFUSED,
    delegated(() => ['Calls.JoinGroupCall.All']),
  ),
]
