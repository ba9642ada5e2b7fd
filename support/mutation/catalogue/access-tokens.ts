// Deviations in how Graph checks the token of a request: checks that it skips, callers that it confuses, and wrong refusals.
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWTPayload } from 'jose'
import type { Caller } from '../../simulator/core/commands'
import { type App, appOf, type Directory, knowsTenant } from '../../simulator/identity/directory'
import { GRAPH_AUDIENCE, publicJwk } from '../../simulator/identity/tokens'
import type { World, Wrap } from '../../simulator/wrapping'
import { changed, type ResponseChange, responses, responsesWith } from '../wrap/responses'
import { CREATED, deviationsFrom, refusedWith } from './rows'

/** An Authorization header with one token in it. */
const BEARER = /^Bearer +(\S+)$/i

/** What a token claims, unchecked. */
interface Token {
  readonly text: string
  readonly algorithm: string
  readonly claims: JWTPayload
}

/** Reads the token in an Authorization header; null when it holds none. */
function tokenIn(authorization: string | null): Token | null {
  const text = BEARER.exec(authorization ?? '')?.[1] ?? ''
  try {
    return { text, algorithm: String(decodeProtectedHeader(text).alg), claims: decodeJwt(text) }
  } catch {
    return null
  }
}

type Check = (token: Token, world: World) => boolean | Promise<boolean>

/** The checks that a token of the right issuer must pass. */
const VALIDITY: Readonly<Record<string, (token: Token, world: World) => boolean>> = {
  audience: ({ claims }) => claims.aud === GRAPH_AUDIENCE,
  expiry: ({ claims }, { tokenNow }) => Number(claims.exp) > tokenNow() / 1000,
  beginning: ({ claims }, { tokenNow }) => Number(claims.nbf) <= tokenNow() / 1000,
  tenant: ({ claims }, { directory }) => knowsTenant(directory, String(claims.tid)),
}

/** All checks of a token. */
const CHECKS: Readonly<Record<string, Check>> = {
  algorithm: ({ algorithm }) => algorithm === 'RS256',
  signature: async ({ text }, { keys }) => {
    const key = await importJWK(publicJwk(keys.token), 'RS256')
    return compactVerify(text, key).then(
      () => true,
      () => false,
    )
  },
  ...VALIDITY,
}

/** The caller that a token of an app identifies. */
function callerOf(app: App, { tid, roles }: JWTPayload = { tid: app.tenantId, roles: [...app.permissions] }): Caller {
  const { clientId, displayName, registered } = app
  const permissions = Array.isArray(roles) ? roles.map(String) : []
  return { appId: clientId, displayName, tenantId: String(tid), permissions, registered }
}

const firstAppOf = ({ apps }: Directory): Caller | null => (apps[0] === undefined ? null : callerOf(apps[0]))

/** Accepts headers that the simulator refuses; null leaves one refused. */
const acceptToken =
  (read: (authorization: string | null, world: World) => Promise<Caller | null> | Caller | null): Wrap =>
  ({ authenticate }, world) => ({
    authenticate: async (authorization) => {
      const known = await authenticate(authorization)
      return 'appId' in known ? known : ((await read(authorization, world)) ?? known)
    },
  })

/** Skips one check of a token. */
const skip = (skipped: string): Wrap =>
  acceptToken(async (authorization, world) => {
    const token = tokenIn(authorization)
    if (token === null) return null
    for (const [name, passes] of Object.entries(CHECKS)) if (name !== skipped && !(await passes(token, world))) return null
    const app = appOf(world.directory, String(token.claims.appid))
    return app === undefined ? null : callerOf(app, token.claims)
  })

/** Gives a delegated token permissions. */
const delegated =
  (permissions: (claims: JWTPayload, app: App) => readonly string[]): Wrap =>
  ({ authenticate }, { directory }) => ({
    authenticate: async (authorization) => {
      const known = await authenticate(authorization)
      const claims = tokenIn(authorization)?.claims
      const app = appOf(directory, String(claims?.appid))
      if (!('appId' in known) || claims?.scp === undefined || app === undefined) return known
      return { ...known, permissions: permissions(claims, app), delegated: false }
    },
  })

/** Authenticates a request without a token as the app that called last. */
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

/** Refuses valid tokens by their header or their claims. */
const refuseToken =
  (picks: (authorization: string, claims: JWTPayload | undefined) => boolean): Wrap =>
  ({ authenticate }) => ({
    authenticate: (authorization) =>
      authenticate(
        authorization !== null && picks(authorization, tokenIn(authorization)?.claims) ? 'Bearer refused' : authorization,
      ),
  })

type Picks = (authorization: string | null, world: World) => boolean

const isMissing: Picks = (authorization) => authorization === null

/** A token of the right issuer that is expired, not yet valid, or for another audience or tenant. */
const isNotValid: Picks = (authorization, world) => {
  const token = tokenIn(authorization)
  return token?.algorithm === 'RS256' && !Object.values(VALIDITY).every((passes) => passes(token, world))
}

/** Any other text in place of a token. */
const isBad: Picks = (authorization, world) => authorization !== null && !isNotValid(authorization, world)

/** An Authorization header that no client sends: it marks the request that the deviation repeats. */
const REPEATED = 'repeated-as-the-first-app'

/** Refuses a create with 401 and creates the call for the first app. */
const refuseAndCreate =
  (picks: Picks): Wrap =>
  ({ graph, authenticate }, world) => ({
    authenticate: async (authorization) =>
      authorization === REPEATED ? (firstAppOf(world.directory) as Caller) : authenticate(authorization),
    graph: async (request) => {
      const again = new Request(request.clone(), { headers: { 'content-type': 'application/json', authorization: REPEATED } })
      const response = await graph(request)
      if (response.status === 401 && request.method === 'POST' && picks(request.headers.get('authorization'), world))
        await graph(again)
      return response
    },
  })

/** Changes the 401 to some requests. */
const unauthorised =
  (to: ResponseChange, picks: Picks = () => true): Wrap =>
  (parts, world) =>
    responsesWith(401, (response, _, { headers }) =>
      picks(headers.get('authorization'), world) ? changed(response, to) : response,
    )(parts, world)

const ANOTHER_CODE = JSON.stringify({
  error: { code: 'Unauthorized', message: 'No.', innerError: { 'request-id': 'none', date: '2019-11-05T00:00:00' } },
})

/** Any refusal of the request. */
const ANY_REFUSAL = /expected: refused/

export const ACCESS_TOKENS = deviationsFrom({
  'CC-05': {
    'token-not-needed': [
      'A request without a token counts as one of the first app.',
      ANY_REFUSAL,
      acceptToken((authorization, { directory }) => (authorization === null ? firstAppOf(directory) : null)),
    ],
    'token-of-the-last-caller': ['A request without a token counts as one of the last caller.', ANY_REFUSAL, lastCallerStays],
    'token-missing-and-created': [
      'Graph refuses a request without a token and creates the call.',
      CREATED,
      refuseAndCreate(isMissing),
    ],
    'token-missing-403': [
      'Graph answers 403 to a request without a token.',
      /answered 403/,
      unauthorised({ status: 403 }, isMissing),
    ],
    'bearer-in-order-refused': [
      'Graph wants the scheme of a token in small letters.',
      refusedWith(401),
      refuseToken((authorization) => authorization.startsWith('Bearer ')),
    ],
  },
  'CC-06': {
    'delegated-accepted': [
      'Delegated permissions count as application permissions.',
      ANY_REFUSAL,
      delegated(({ scp }) => String(scp).split(' ')),
    ],
    'delegated-as-application': [
      'A delegated token has the permissions of the application.',
      ANY_REFUSAL,
      delegated((_, { permissions }) => permissions),
    ],
    'delegated-guest-accepted': [
      'A delegated token may join as a guest.',
      ANY_REFUSAL,
      delegated(() => ['Calls.JoinGroupCallAsGuest.All']),
    ],
    'delegated-join-accepted': [
      'A delegated token may join a meeting.',
      ANY_REFUSAL,
      delegated(() => ['Calls.JoinGroupCall.All']),
    ],
    'application-in-order-refused': [
      'Graph accepts delegated tokens only.',
      refusedWith(401),
      refuseToken((_, claims) => claims?.scp === undefined),
    ],
  },
  'CC-15': {
    'scheme-ignored': [
      'Graph ignores the scheme of a token.',
      ANY_REFUSAL,
      ({ authenticate }) => ({ authenticate: (authorization) => authenticate(authorization?.replace(/^\S+/, 'Bearer') ?? null) }),
    ],
    'malformed-accepted': [
      'A malformed token counts as one of the first app.',
      ANY_REFUSAL,
      acceptToken((authorization, { directory }) =>
        BEARER.test(authorization ?? '') && tokenIn(authorization) === null ? firstAppOf(directory) : null,
      ),
    ],
    'signature-unchecked': ['Graph does not check the signature of a token.', ANY_REFUSAL, skip('signature')],
    'unsigned-accepted': [
      'Graph accepts a token with the algorithm none.',
      ANY_REFUSAL,
      acceptToken((authorization, { directory }) => {
        const token = tokenIn(authorization)
        const app = appOf(directory, String(token?.claims.appid))
        return token?.algorithm === 'none' && app !== undefined ? callerOf(app, token.claims) : null
      }),
    ],
    'bad-token-and-created': ['Graph refuses a request with a bad token and creates the call.', CREATED, refuseAndCreate(isBad)],
    'bad-token-500': ['Graph answers 500 to a bad token.', /answered 500/, unauthorised({ status: 500 }, isBad)],
    'bad-token-under-another-code': [
      'Graph refuses a bad token with another code.',
      /refused with Unauthorized/,
      unauthorised({ body: ANOTHER_CODE }, isBad),
    ],
    'challenge-missing': [
      'The 401 does not say how to authenticate.',
      /WWW-Authenticate/,
      unauthorised({ headers: { 'www-authenticate': null } }),
    ],
    'challenge-basic': [
      'The 401 asks for a name and a password.',
      /WWW-Authenticate Basic/,
      unauthorised({ headers: { 'www-authenticate': 'Basic realm=""' } }),
    ],
    'error-without-inner': [
      'The body of a refusal has no inner error.',
      /innerError/,
      responses(async (response) => {
        if (response.status < 400) return response
        const { error } = (await response.json()) as { error: { code: string; message: string } }
        return changed(response, { body: JSON.stringify({ error: { code: error.code, message: error.message } }) })
      }),
    ],
    'error-as-text': [
      'The body of a 401 is plain text.',
      /not JSON/,
      unauthorised({ body: 'Unauthorized', headers: { 'content-type': 'text/plain' } }),
    ],
    'signature-in-order-refused': [
      'Graph checks signatures with a retired key.',
      refusedWith(401),
      refuseToken((_, claims) => claims !== undefined),
    ],
  },
  'CC-16': {
    'expired-accepted': ['Graph accepts a token that has expired.', ANY_REFUSAL, skip('expiry')],
    'early-accepted': ['Graph accepts a token that is not valid yet.', ANY_REFUSAL, skip('beginning')],
    'other-audience-accepted': ['Graph accepts a token for another audience.', ANY_REFUSAL, skip('audience')],
    'other-tenant-accepted': ['Graph accepts a token of an unknown tenant.', ANY_REFUSAL, skip('tenant')],
    'signature-measured': [
      'Graph checks only the length of the signature of a token.',
      ANY_REFUSAL,
      (parts, world) => {
        const lenient = skip('signature')(parts, world).authenticate ?? parts.authenticate
        return {
          authenticate: (authorization) =>
            authorization?.split('.')[2]?.length === 342 ? lenient(authorization) : parts.authenticate(authorization),
        }
      },
    ],
    'stale-token-403': [
      'Graph answers 403 to a token that is not valid.',
      /answered 403/,
      unauthorised({ status: 403 }, isNotValid),
    ],
    'foreign-token-and-created': [
      'Graph refuses a request with a token that is not valid and creates the call.',
      CREATED,
      refuseAndCreate(isNotValid),
    ],
    'audience-in-order-refused': [
      'Graph wants its audience with a slash at the end.',
      refusedWith(401),
      refuseToken((_, claims) => !String(claims?.aud).endsWith('/')),
    ],
  },
})
