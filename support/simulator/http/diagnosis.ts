// Explains to the author of a bot why a request was refused: the claims of the token, and what to do.
import { decodeJwt, type JWTPayload } from 'jose'
import type { Caller } from '../core/commands'
import { ERRORS, type ErrorName, type Refusal } from '../core/errors'
import { GRAPH_AUDIENCE, NOTIFICATION_ISSUER } from '../identity/tokens'
import { strangersWords } from '../runtime/redact'

const GET_ONE = "get one from this simulator's token service, POST /TENANT/oauth2/v2.0/token"

/** Longest claim that is quoted, in characters: the token may hold anything. */
const QUOTED = 120

/** Where a Graph client keeps its token. */
const GRAPH_HOSTS = /^graph\.microsoft\.com$/i

interface Circumstances {
  readonly headers: Headers
  /** Host of the request, as the client wrote it. */
  readonly host: string
  /** The app of the token, where it was accepted. */
  readonly caller: Caller | null
  /** On the simulator's clock, in milliseconds. */
  readonly now: number
}

type Explain = (refusal: Refusal, circumstances: Circumstances) => string

/** Errors that the headers of the request explain better than the place that refused it. */
const EXPLANATIONS: { readonly [Name in ErrorName]?: Explain } = {
  noToken: (_, { headers, host }) => withoutToken(headers, host),
  malformedToken: (_, { headers }) => {
    const parts = bearer(headers).split('.').length
    return parts === 3
      ? `what came as a token has three parts, and they cannot be read: ${GET_ONE}, and send it unchanged`
      : `what came as a token has ${parts} part${parts === 1 ? '' : 's'} in place of three: ${GET_ONE}, and send its access_token whole`
  },
  staleToken: (refusal, { headers, now }) => staleness(claimsOf(headers) ?? {}, now) ?? refusal.diagnosis,
  badToken: (refusal, { headers }) => {
    const claims = claimsOf(headers)
    return claims === null ? refusal.diagnosis : (foreign(claims) ?? `${refusal.diagnosis}; ${saysOfItself(claims)}`)
  },
  insufficientPermissions: lacking,
  lookUpForbidden: lacking,
  notRegistered: inside,
  delegatedToken: inside,
}

/** The diagnosis of a refusal, with what the circumstances add. Nothing in a token is trusted, and no part of it is quoted but its claims. */
export function explained(refusal: Refusal, circumstances: Circumstances): string {
  return EXPLANATIONS[refusal.error]?.(refusal, circumstances) ?? refusal.diagnosis
}

const sdkOf = (headers: Headers): string | null => {
  const names = `${headers.get('sdkversion') ?? ''} ${headers.get('user-agent') ?? ''}`
  const name = /\b(graph-[\w.-]+\/[\w.-]+|kiota[\w./-]*|azsdk-[\w./-]+)/i.exec(names)?.[1]
  return name === undefined ? null : strangersWords(name, 60)
}

function withoutToken(headers: Headers, host: string): string {
  const authorization = headers.get('authorization')
  if (authorization !== null) {
    return /^bearer\b/i.test(authorization)
      ? `the Authorization header has no single token after "Bearer": ${GET_ONE}`
      : `the Authorization header does not begin with "Bearer ": ${GET_ONE}, and send "Authorization: Bearer" with it`
  }
  const { hostname } = new URL(`http://${host}`)
  if (GRAPH_HOSTS.test(hostname)) return `no Authorization header came: ${GET_ONE}, and send "Authorization: Bearer" with it`
  const allow = `configure that ${hostname} is Graph too (JavaScript: customHosts with "${hostname}", without the port, and an https address; others: the allowed hosts of the authentication provider)`
  const sdk = sdkOf(headers)
  return sdk === null
    ? `no Authorization header came: ${GET_ONE}, and send "Authorization: Bearer" with it; if this was a Graph client, it drops its token on hosts that it does not know: ${allow}`
    : `the Graph client ${sdk} came without its token, which it drops on hosts that it does not know: ${allow}`
}

function bearer(headers: Headers): string {
  return /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? ''
}

function claimsOf(headers: Headers): JWTPayload | null {
  try {
    return decodeJwt(bearer(headers))
  } catch {
    return null
  }
}

const said = (claim: unknown): string =>
  typeof claim === 'string' || typeof claim === 'number' ? strangersWords(String(claim), QUOTED) : 'none'

const saysOfItself = ({ iss, aud, appid, azp }: JWTPayload): string =>
  `it says that it was issued by ${said(iss)} for audience ${said(aud)} to app ${said(appid ?? azp)}`

/** Null when the claims are those of this simulator's own tokens. */
function foreign(claims: JWTPayload): string | null {
  const { iss, aud } = claims
  if (iss === NOTIFICATION_ISSUER) return `the token is that of a notification, which a bot checks and never sends: ${GET_ONE}`
  if (![GRAPH_AUDIENCE, `${GRAPH_AUDIENCE}/`].includes(String(aud)))
    return `the token was issued by ${said(iss)} for audience ${said(aud)}: ${GET_ONE}, with the scope ${GRAPH_AUDIENCE}/.default`
  if (!/^https:\/\/sts\.windows\.net\/[\w-]+\/$/.test(String(iss)))
    return `the token was issued by ${said(iss)} for audience ${said(aud)}: ${GET_ONE}`
  return null
}

function staleness({ exp, nbf }: JWTPayload, now: number): string | null {
  const seconds = now / 1000
  if (typeof exp === 'number' && exp <= seconds)
    return `the token has expired at ${moment(exp)}, ${span(seconds - exp)} ago on the simulator's clock: ${GET_ONE}, and a new one before its expires_in is over`
  if (typeof nbf === 'number' && nbf > seconds)
    return `the token is not valid before ${moment(nbf)}, in ${span(nbf - seconds)} on the simulator's clock: ${GET_ONE}`
  return null
}

/** A time in a token may be any number. */
function moment(seconds: number): string {
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) ? 'no time that exists' : time.toISOString().replace('.000Z', 'Z')
}

function span(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

/** The code that the gateway hides, and why. */
function inside({ error, diagnosis }: Refusal): string {
  return `code ${ERRORS[error].code}, which stands as JSON text in the message, as the gateway sends it: ${diagnosis}`
}

function lacking({ diagnosis }: Refusal, { caller, headers }: Circumstances): string {
  return `${diagnosis}; ${grantedTo(caller, claimsOf(headers))}`
}

function grantedTo(caller: Caller | null, claims: JWTPayload | null): string {
  if (claims !== null && 'scp' in claims && !('roles' in claims))
    return `its token is a user's (scp, no roles), and no delegated permission works for calls: ${GET_ONE}, with grant_type=client_credentials`
  const names = (caller?.permissions ?? []).map((permission) => strangersWords(permission, 60))
  return names.length === 0 ? 'its token has no permission at all' : `its token has ${names.slice(0, 12).join(', ')}`
}
