// The simulated token service: tokens by both versions of the endpoint, the documents that lead to it, and a sentence about every other path.
import { type Context, Hono } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import type { JSONWebKeySet } from 'jose'
import { type Account, type App, appOf, type Directory, knowsTenant } from '../identity/directory'
import { GRAPH_AUDIENCE, seconds, TOKEN_SECONDS } from '../identity/tokens'
import { serveDiscovery } from './discovery'
import type { Handler } from './graph'
import { type Entry, Notes, recorded } from './journal-requests'
import { diagnosisOf, faultBody, noSuchPath, notPlayed, type OAuthFault, wrongMethod } from './oauth-faults'
import { type EndpointVersion, readTokenRequest } from './token-requests'

interface LoginParts {
  readonly directory: Directory
  /** A token of the app itself, or of the app in the name of a person. */
  issue(app: App, person: Account | null): Promise<string>
  /** The public keys of the tokens that it issues. */
  keys(): JSONWebKeySet
  newId(): string
  now(): number
  /** The moment by which the times of tokens are set, in milliseconds. */
  tokenNow(): number
  /** Records in the journal how a request was answered, and why it was refused. */
  record(entry: Entry, request: Request): void
}

/** Documented: pages on the endpoint of version 1 (`resource`) and of version 2 (`scope`). */
const TOKEN_ENDPOINTS: Readonly<Record<string, EndpointVersion>> = {
  '/:tenant/oauth2/v2.0/token': 2,
  '/:tenant/oauth2/token': 1,
}

/** What the real token service has for people who sign in (documented: its OpenID configuration, and the page on admin consent). */
const FOR_PEOPLE = [
  ...['authorize', 'devicecode', 'logout'].flatMap((name) => [`/:tenant/oauth2/v2.0/${name}`, `/:tenant/oauth2/${name}`]),
  ...['/:tenant/adminconsent', '/:tenant/v2.0/adminconsent', '/:tenant/saml2', '/:tenant/wsfed', '/common/userrealm/*'],
  '/:tenant/federationmetadata/*',
] as const

export function loginHandler(parts: LoginParts): Handler {
  const { directory, newId, now, tokenNow } = parts
  // Each simulator has its own, of a few requests: a router that needs no preparation is the fastest.
  const app = new Hono({ router: new TrieRouter() })
  const notes = new Notes()
  const refuse = ({ req, json }: Context, fault: OAuthFault) => {
    notes.add(req.raw, { error: fault.error, diagnosis: diagnosisOf(fault) })
    return json(faultBody(fault, newId, now()), fault.status)
  }

  for (const [path, version] of Object.entries(TOKEN_ENDPOINTS)) {
    app.post(path, async (context) => {
      const { req, json } = context
      const form = withBasic(new URLSearchParams(await req.text()), req.header('authorization'))
      const clientId = appOf(directory, form.get('client_id') ?? '')?.clientId
      if (clientId !== undefined) notes.add(req.raw, { appId: clientId })
      const read = readTokenRequest(directory, { version, tenant: req.param('tenant') ?? '', form, now: tokenNow() })
      if ('error' in read) return refuse(context, read)
      const token = await parts.issue(read.app, read.person)
      const body = version === 2 ? answerOf2(token) : answerOf1(token, form, seconds(tokenNow()))
      return json(body, 200, { 'cache-control': 'no-store' })
    })
    app.all(path, (context) => refuse(context, wrongMethod(context.req.method)))
  }
  serveDiscovery(app, { knowsTenant: (tenant) => knowsTenant(directory, tenant), keys: parts.keys, refuse })
  for (const path of FOR_PEOPLE)
    app.all(path, (context) =>
      refuse(context, notPlayed(`${context.req.path}, where people sign in`, 'get a token with grant_type=client_credentials')),
    )
  app.notFound((context) => refuse(context, noSuchPath(context.req.method, context.req.path)))
  return recorded('login', notes, async (request) => app.fetch(request), parts.record)
}

function answerOf2(token: string): object {
  return { token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token: token }
}

/** Numbers are texts, and times are given too (documented: page on client credentials of version 1). */
function answerOf1(token: string, form: URLSearchParams, now: number): object {
  return {
    token_type: 'Bearer',
    expires_in: String(TOKEN_SECONDS),
    ext_expires_in: String(TOKEN_SECONDS),
    expires_on: String(now + TOKEN_SECONDS),
    not_before: String(now),
    resource: form.get('resource') ?? GRAPH_AUDIENCE,
    access_token: token,
  }
}

/** The form with id and secret of the Authorization header, where it has none itself (documented: client_secret_basic of the configuration). */
function withBasic(form: URLSearchParams, authorization = ''): URLSearchParams {
  const [, encoded = ''] = /^Basic +(\S+)$/i.exec(authorization) ?? []
  const [id, secret] = new URLSearchParams(
    Buffer.from(encoded, 'base64').toString().replace(':', '&secret=').replace(/^/, 'id='),
  ).values()
  if (id === undefined || secret === undefined) return form
  if (!form.has('client_id')) form.set('client_id', id)
  if (form.get('client_id') === id && !form.has('client_assertion') && !form.has('client_secret'))
    form.set('client_secret', secret)
  return form
}
