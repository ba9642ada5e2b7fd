// Issues and checks tokens: those of apps for Graph, valid and invalid ones, and those of notifications. Equal claims are signed once.

import { createLocalJWKSet, type JWK, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose'
import { JOSEError, JWSInvalid, JWTClaimValidationFailed, JWTExpired, JWTInvalid } from 'jose/errors'
import { BoundedCache } from '../../contract/bounded-cache'
import type { Caller } from '../core/commands'
import type { Refusal } from '../core/errors'
import type { Notification } from '../runtime/outbox'
import { type Account, type App, appOf, type Directory, knowsTenant } from './directory'
import type { Keys, SigningKey } from './keys'

/** Audience of a token for Graph. */
export const GRAPH_AUDIENCE = 'https://graph.microsoft.com'

/** Issuer of the notification tokens (documented: Teams page on call notifications). */
export const NOTIFICATION_ISSUER = 'https://api.botframework.com'

/** Lifetimes in seconds: about an hour as the token service says it, and that of the documented notification token. */
export const TOKEN_SECONDS = 3_599
const NOTIFICATION_SECONDS = 3_900

/** Seconds since the epoch, from milliseconds. */
export const seconds = (ms: number) => Math.floor(ms / 1000)

/** A token with these claims, signed with RS256 by this key, which jose imports once for each key object. */
export async function signed(claims: JWTPayload, key: SigningKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid }).sign(key.privateJwk as JWK)
}

/** Signs claims with a key. */
type Sign = (claims: JWTPayload, key: SigningKey) => Promise<string>

/** What an app's token says from this moment on (seconds): the permissions with consent are its `roles`. */
export function appClaims(app: App, now: number): JWTPayload {
  return {
    aud: GRAPH_AUDIENCE,
    iss: `https://sts.windows.net/${app.tenantId}/`,
    iat: now,
    nbf: now,
    exp: now + TOKEN_SECONDS,
    appid: app.clientId,
    app_displayname: app.displayName,
    idtyp: 'app',
    roles: [...app.permissions],
    tid: app.tenantId,
    ver: '1.0',
  }
}

/** An app-only token as the token service issues it. */
export function issueToken(app: App, keys: Keys, nowMs: number, sign: Sign = signed): Promise<string> {
  return sign(appClaims(app, seconds(nowMs)), keys.token)
}

/** A token of the app in the name of a person who signed in: `scp` in place of `roles` distinguishes it (documented: access tokens). */
export function issueDelegatedToken(app: App, { id, displayName }: Account, keys: Keys, nowMs: number): Promise<string> {
  const { roles: _, ...claims } = appClaims(app, seconds(nowMs))
  return signed({ ...claims, idtyp: 'user', oid: id, name: displayName, scp: 'User.Read' }, keys.token)
}

/**
 * Signs the tokens of notifications, one per app, tenant and half an hour: signing is the dearest part of a delivery.
 * Their times are on the verifier's clock, which is that of the bot.
 */
export function notificationSigner(
  keys: Keys,
  verifierNow: () => number,
  sign: Sign = signed,
): (to: Pick<Notification, 'audience' | 'tenantId'>) => Promise<string> {
  const made = new Map<string, { readonly until: number; readonly token: Promise<string> }>()
  return ({ audience, tenantId }) => {
    const now = seconds(verifierNow())
    const key = `${audience} ${tenantId}`
    const known = made.get(key)
    if (known !== undefined && known.until > now) return known.token
    const claims = { aud: audience, iss: NOTIFICATION_ISSUER, iat: now, nbf: now, exp: now + NOTIFICATION_SECONDS, tid: tenantId }
    const token = sign(claims, keys.notification)
    made.set(key, { until: now + NOTIFICATION_SECONDS / 2, token })
    return token
  }
}

/**
 * The application that a bearer token speaks for, or why it speaks for none.
 * @param claimsOf gives the claims of a token that is accepted now; rejects with an error of jose when it is not accepted
 */
export async function callerOf(
  authorization: string | null,
  claimsOf: (token: string) => Promise<JWTPayload>,
  directory: Directory,
): Promise<Caller | Refusal> {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) {
    return {
      error: 'noToken',
      detail: null,
      diagnosis:
        'no bearer token came: get one from the token endpoint and send "Authorization: Bearer ..."; a Graph client drops its token on hosts that it does not know',
    }
  }
  try {
    return callerFrom(await claimsOf(token), directory)
  } catch (error) {
    if (error instanceof JOSEError) return refusalOf(error)
    throw error
  }
}

function callerFrom(payload: JWTPayload, directory: Directory): Caller | Refusal {
  const { appid, tid, roles, scp, iss } = payload
  const app = appOf(directory, String(appid))
  if (app === undefined || !knowsTenant(directory, String(tid)) || iss !== `https://sts.windows.net/${tid}/`) {
    return {
      error: 'badToken',
      detail: null,
      diagnosis: `the token is of app ${appid} in tenant ${tid}, issued by ${iss}: none that this simulator knows`,
    }
  }
  return {
    appId: app.clientId,
    displayName: app.displayName,
    tenantId: String(tid),
    permissions: Array.isArray(roles) ? roles.map(String) : [],
    registered: app.registered,
    applicationInstances: app.applicationInstances,
    ...(scp !== undefined && roles === undefined ? { delegated: true } : {}),
  }
}

function refusalOf(error: JOSEError): Refusal {
  if (error instanceof JWTExpired || (error instanceof JWTClaimValidationFailed && error.claim === 'nbf')) {
    return { error: 'staleToken', detail: null, diagnosis: `the token is not valid now: ${error.message}` }
  }
  if (error instanceof JWSInvalid || error instanceof JWTInvalid) {
    return { error: 'malformedToken', detail: null, diagnosis: `what came is no token: ${error.message}` }
  }
  return { error: 'badToken', detail: null, diagnosis: `the token is refused: ${error.message}` }
}

/** A public key as it is published: no private member can slip in. */
export function publicJwk({ kid, publicJwk: { kty, n, e } }: SigningKey): JWK {
  return { kty: String(kty), use: 'sig', alg: 'RS256', kid, n: String(n), e: String(e) }
}

/** Tokens that are kept for each key: about as many as are in use at once. */
const KEPT = 200

interface OfKey {
  /** Tokens by the text of their claims. */
  readonly signed: BoundedCache<string, Promise<string>>
  /** Claims of accepted tokens, by the token. */
  readonly accepted: BoundedCache<string, JWTPayload>
  /** Imports the key once. */
  readonly keySet: JWTVerifyGetKey
}

/** Simulators that share one also share its tokens; what is kept for a key lives as long as the key object. */
export class KnownTokens {
  readonly #ofKeys = new WeakMap<SigningKey, OfKey>()

  /** A token with these claims, signed with RS256, which gives equal claims an equal token. */
  readonly sign = (claims: JWTPayload, key: SigningKey): Promise<string> => {
    const { signed: made } = this.#of(key)
    const text = JSON.stringify(claims)
    const known = made.get(text)
    if (known !== undefined) return known
    const token = signed(claims, key)
    made.set(text, token)
    token.catch(() => made.delete(text))
    return token
  }

  /**
   * The claims of a token for Graph. Its times are compared with `nowMs` at each use.
   * @throws JOSEError when the token is not accepted
   */
  async claimsOf(token: string, key: SigningKey, nowMs: number): Promise<JWTPayload> {
    const { accepted, keySet } = this.#of(key)
    const known = accepted.get(token)
    if (known !== undefined && isInForce(known, seconds(nowMs))) return known
    const { payload } = await jwtVerify(token, keySet, {
      algorithms: ['RS256'],
      audience: [GRAPH_AUDIENCE, `${GRAPH_AUDIENCE}/`],
      currentDate: new Date(nowMs),
      requiredClaims: ['appid', 'tid', 'exp'],
    })
    accepted.set(token, payload)
    return payload
  }

  #of(key: SigningKey): OfKey {
    const known = this.#ofKeys.get(key)
    if (known !== undefined) return known
    const made = {
      signed: new BoundedCache<string, Promise<string>>(KEPT),
      accepted: new BoundedCache<string, JWTPayload>(KEPT),
      keySet: createLocalJWKSet({ keys: [publicJwk(key)] }),
    }
    this.#ofKeys.set(key, made)
    return made
  }
}

function isInForce({ nbf = 0, exp = 0 }: JWTPayload, now: number): boolean {
  return nbf <= now && now < exp
}

export const FOREIGN_TOKENS = ['delegated', 'expired', 'notYetValid', 'otherAudience', 'otherTenant'] as const
export type ForeignToken = (typeof FOREIGN_TOKENS)[number]

const HOUR = 3_600
/** So that no test run is so long that a token gains a second fault, or loses its one; in seconds. */
const MONTH = 30 * 24 * HOUR

/** A tenant that no directory has: its id is made for this purpose. */
const ELSEWHERE = '0e15e3bc-4a5d-4f02-9d7e-5b1e6f3a7c28'

/** Another API of the same token service, as in the documentation of Azure. */
const OTHER_AUDIENCE = 'https://management.azure.com'

/** A user in whose name the bot acts; not a person of any world file. */
const A_USER = '7c9e2f51-6d0b-4a83-b1e7-2f8a5c3d9046'

/** What differs from the claims of an app's own token; undefined takes a claim out. Times in seconds. */
const FAULTS: Readonly<Record<ForeignToken, (claims: JWTPayload, now: number) => JWTPayload>> = {
  // All the permissions, but a user's: `scp` in place of `roles` distinguishes the two (documented: access tokens).
  delegated: ({ roles }) => ({
    roles: undefined,
    scp: Array.isArray(roles) ? roles.join(' ') : '',
    idtyp: 'user',
    oid: A_USER,
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
