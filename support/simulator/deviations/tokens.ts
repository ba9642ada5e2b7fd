// Deviations in what Graph makes of a token: each check left out by itself, refusals that are none, and tokens that are mixed up.
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWTPayload } from 'jose'
import type { Caller } from '../core/commands'
import { type App, appOf, type Directory, knowsTenant } from '../identity/directory'
import { GRAPH_AUDIENCE, publicJwk } from '../identity/tokens'
import type { Deviation, World, Wrap } from './deviation'
import { answeringWith, breaks, otherwise, refusedWith } from './wrapping'

interface Token {
  readonly text: string
  readonly algorithm: string
  readonly claims: JWTPayload
}

type Check = (token: Token, world: World) => boolean | Promise<boolean>

const seconds = ({ now }: World) => now() / 1000

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
  audience: ({ claims }) => claims.aud === GRAPH_AUDIENCE,
  expiry: ({ claims }, world) => Number(claims.exp) > seconds(world),
  beginning: ({ claims }, world) => Number(claims.nbf) <= seconds(world),
  tenant: ({ claims }, { directory }) => knowsTenant(directory, String(claims.tid)),
}

const BEARER = /^Bearer +(\S+)$/i

function read(text: string): Token | null {
  try {
    return { text, algorithm: String(decodeProtectedHeader(text).alg), claims: decodeJwt(text) }
  } catch {
    return null
  }
}

function speaksFor(app: App, { tid, roles }: JWTPayload = { tid: app.tenantId, roles: [...app.permissions] }): Caller {
  const { clientId, displayName, registered } = app
  const permissions = Array.isArray(roles) ? roles.map(String) : []
  return { appId: clientId, displayName, tenantId: String(tid), permissions, registered }
}

/** Whom a header is believed to speak for where the book says nobody; null: it stays refused. */
const believing =
  (whom: (authorization: string | null, world: World) => Promise<Caller | null> | Caller | null): Wrap =>
  ({ authenticate }, world) => ({
    authenticate: async (authorization) => {
      const known = await authenticate(authorization)
      return 'appId' in known ? known : ((await whom(authorization, world)) ?? known)
    },
  })

/** Every check but some. */
const unchecked = (...skipped: readonly string[]): Wrap =>
  believing(async (authorization, world) => {
    const token = read(BEARER.exec(authorization ?? '')?.[1] ?? '')
    if (token === null) return null
    for (const [name, holds] of Object.entries(CHECKS)) if (!skipped.includes(name) && !(await holds(token, world))) return null
    const app = appOf(world.directory, String(token.claims.appid))
    return app === undefined ? null : speaksFor(app, token.claims)
  })

const firstOf = ({ apps }: Directory): Caller | null => (apps[0] === undefined ? null : speaksFor(apps[0]))

/** The same header under the scheme that Graph wants. */
const anyScheme: Wrap = ({ authenticate }) => ({
  authenticate: (authorization) => authenticate(authorization?.replace(/^\S+/, 'Bearer') ?? null),
})

/** No header of a client: it stands for a request that was refused and is carried out all the same. */
const CARRIED_OUT = 'carried-out-all-the-same'

/** A create is refused for want of a token, and made in the name of the first app. */
const refusedAndCreated =
  (picks: (authorization: string | null) => boolean): Wrap =>
  ({ graph, authenticate }, world) => ({
    authenticate: async (authorization) =>
      authorization === CARRIED_OUT ? (firstOf(world.directory) as Caller) : authenticate(authorization),
    graph: async (request) => {
      const again = new Request(request.clone(), { headers: { 'content-type': 'application/json', authorization: CARRIED_OUT } })
      const response = await graph(request)
      if (response.status === 401 && request.method === 'POST' && picks(request.headers.get('authorization'))) await graph(again)
      return response
    },
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
      const claims = read(BEARER.exec(authorization ?? '')?.[1] ?? '')?.claims
      const app = appOf(directory, String(claims?.appid))
      if (!('appId' in known) || claims?.scp === undefined || app === undefined) return known
      return { ...known, permissions: permissions(claims, directory, app) }
    },
  })

const unauthorised = (to: Parameters<typeof otherwise>[1]) => answeringWith(401, (response) => otherwise(response, to))
const another = (code: string) =>
  JSON.stringify({ error: { code, message: 'No.', innerError: { 'request-id': 'none', date: '2019-11-05T00:00:00' } } })

const REFUSED = /expected: refused/
const CREATED = /a call lives all the same/

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
    'token-missing-and-created',
    'A request without a token is refused, and the call is created all the same.',
    CREATED,
    refusedAndCreated((authorization) => authorization === null),
  ),
  breaks(
    'CC-05',
    'token-of-the-last-caller',
    'A request without a token is taken for the app that called last.',
    REFUSED,
    lastCallerStays,
  ),
  breaks(
    'CC-05',
    'token-missing-403',
    'A request without a token is answered 403.',
    /answered 403/,
    unauthorised({ status: 403 }),
  ),

  breaks('CC-15', 'scheme-ignored', 'A token under another scheme than Bearer is accepted.', REFUSED, anyScheme),
  breaks(
    'CC-15',
    'malformed-accepted',
    'What is no token is taken for that of the first app.',
    REFUSED,
    believing((authorization, { directory }) =>
      BEARER.test(authorization ?? '') && read(BEARER.exec(authorization ?? '')?.[1] ?? '') === null ? firstOf(directory) : null,
    ),
  ),
  breaks('CC-15', 'signature-unchecked', 'The signature of a token is not checked.', REFUSED, unchecked('signature')),
  breaks(
    'CC-15',
    'unsigned-accepted',
    'A token that says of itself that it needs no signature is believed.',
    REFUSED,
    believing(async (authorization, { directory }) => {
      const token = read(BEARER.exec(authorization ?? '')?.[1] ?? '')
      const app = appOf(directory, String(token?.claims.appid))
      return token?.algorithm === 'none' && app !== undefined ? speaksFor(app, token.claims) : null
    }),
  ),
  breaks(
    'CC-15',
    'bad-token-and-created',
    'A request with a bad token is refused, and the call is created all the same.',
    CREATED,
    refusedAndCreated((authorization) => authorization !== null),
  ),
  breaks('CC-15', 'bad-token-500', 'A token that cannot be read is answered 500.', /answered 500/, unauthorised({ status: 500 })),
  breaks(
    'CC-15',
    'bad-token-under-another-code',
    'A bad token is refused with another code.',
    /refused with Unauthorized/,
    unauthorised({ body: another('Unauthorized') }),
  ),
  breaks(
    'CC-15',
    'challenge-missing',
    'The 401 does not say how to authenticate.',
    /WWW-Authenticate/,
    unauthorised({ headers: { 'www-authenticate': null } }),
  ),
  breaks(
    'CC-15',
    'challenge-basic',
    'The 401 asks for a name and a password.',
    /WWW-Authenticate Basic/,
    unauthorised({ headers: { 'www-authenticate': 'Basic realm=""' } }),
  ),
  breaks(
    'CC-15',
    'error-without-inner',
    'The body of a refusal has no inner error.',
    /innerError/,
    refusedWith(async (response) => {
      const { error } = (await response.json()) as { error: { code: string; message: string } }
      return otherwise(response, { body: JSON.stringify({ error: { code: error.code, message: error.message } }) })
    }),
  ),
  breaks(
    'CC-15',
    'error-as-text',
    'A refusal is written as plain text.',
    /no JSON/,
    refusedWith((response) => otherwise(response, { body: 'Unauthorized', headers: { 'content-type': 'text/plain' } })),
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
    'CC-16',
    'stale-token-403',
    'A token that is not in force is answered 403.',
    /answered 403/,
    unauthorised({ status: 403 }),
  ),
  breaks(
    'CC-16',
    'foreign-token-and-created',
    'A request with a token that is not in force is refused, and the call is created all the same.',
    CREATED,
    refusedAndCreated((authorization) => authorization !== null),
  ),

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
