// Serves a simulator on a port of this machine: leads each request to its service by host or path, and lists the addresses for a bot.
import { isLoopback } from '../../contract/loopback'
import { listen } from '../../net/listener'
import { urlOf } from '../../net/request-url'
import type { Simulator } from '../assemble'
import { MAX_BODY_BYTES } from '../http/body'
import { OPENID_PATH } from '../http/discovery'
import { CALLS_ROOTS } from '../http/documented-requests'
import type { Handler } from '../http/graph'
import type { SeededSimulator } from '../seed'
import type { ServeOptions } from './options'

export interface Addresses {
  readonly http: string
  /** null where no TLS was asked for. */
  readonly https: string | null
  /** Where calls are created, below either address; the first is that of the page. */
  readonly callsPaths: readonly string[]
  /** Of the token service: https where there is that, since MSAL takes no other. */
  readonly authority: string
  /** Where a bot learns the keys that notifications are signed with. */
  readonly openIdConfiguration: string
  /** The certificate of the local authority, to be trusted by the bot; null without TLS. */
  readonly caFile: string | null
}

export interface Control {
  readonly url: string
  readonly token: string
}

/** What there is to say once the simulator has started. */
export interface Started {
  readonly world: SeededSimulator
  readonly addresses: Addresses
  readonly control: Control
  readonly options: ServeOptions
}

/** With the file that its settings were written to; null where none was asked for. */
export interface Announced extends Started {
  readonly envFile: string | null
}

export interface Serving {
  readonly port: number
  readonly addresses: Addresses
  /** Stops accepting, and gives requests under way so many milliseconds to end. */
  close(graceMs?: number): Promise<void>
}

export interface ServingOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly tls: boolean
  /** Notified of connections and requests that went wrong. */
  readonly onProblem: (text: string) => void
  /** Answers at `/` of every host but those of the real services. Default: Graph, which has nothing there. */
  readonly landing?: Handler
}

/** Every interface of this machine: `localhost` leads there, and the certificate is made out to it. */
const UNSPECIFIED: readonly string[] = ['0.0.0.0', '::']

/**
 * Graph, the token service and the keys of notifications on one port, distinguished by host or path; with TLS, https on the same port.
 * @throws Error with a `code` of Node's, such as EADDRINUSE, when the port cannot be had
 */
export async function serve(services: Simulator['services'], options: ServingOptions): Promise<Serving> {
  const { host, port, tls, onProblem, landing } = options
  // Loaded for TLS only: making certificates takes more of a start than everything else.
  const authority = tls
    ? await (require('../identity/authority') as typeof import('../identity/authority')).localAuthority()
    : null
  const listener = await listen({
    host,
    port,
    handle: front(services, landing),
    tls: authority?.tls ?? null,
    onProblem,
    limits: { bodyBytes: MAX_BODY_BYTES },
  })
  const place = `${isLoopback(host) || UNSPECIFIED.includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${listener.port}`
  const [http, https] = [`http://${place}`, authority === null ? null : `https://${place}`]
  return {
    port: listener.port,
    addresses: {
      http,
      https,
      callsPaths: CALLS_ROOTS,
      authority: https ?? http,
      openIdConfiguration: (https ?? http) + OPENID_PATH,
      caFile: authority?.caFile ?? null,
    },
    close: (graceMs = 0) => listener.close(graceMs),
  }
}

type Service = keyof Simulator['services']

/** The hosts of the real services, for bots in which they are fixed. */
const HOSTS: Readonly<Record<string, Service>> = {
  'graph.microsoft.com': 'graph',
  'login.microsoftonline.com': 'login',
  'api.aps.skype.com': 'openid',
}

/** The first row that fits counts. Paths of the token service begin with a tenant, which can be any one segment. */
const PATHS: readonly { readonly path: RegExp; readonly service: Service }[] = [
  { path: /^\/(beta|v1\.0)(\/|$)/i, service: 'graph' },
  { path: /^\/v1\/(\.well-known\/|keys$)/i, service: 'openid' },
  { path: /^\/(common|organizations|consumers)\//i, service: 'login' },
  { path: /^\/[^/]+\/(oauth2|discovery|federationmetadata)\//i, service: 'login' },
  { path: /^\/[^/]+\/((v2\.0\/)?adminconsent|saml2|wsfed)$/i, service: 'login' },
  { path: /^\/[^/]+\/(v2\.0\/)?\.well-known\/openid-configuration$/i, service: 'login' },
]

/** Leads each request to its service. What fits nowhere is Graph's, which knows how it refuses a path. */
export function front(services: Simulator['services'], landing: Handler = services.graph): Handler {
  return (request) => {
    const { hostname, pathname } = urlOf(request)
    const named = Object.hasOwn(HOSTS, hostname) ? HOSTS[hostname] : undefined
    if (named === undefined && pathname === '/') return landing(request)
    const asked = pathname.replace(/\/{2,}/g, '/')
    return services[named ?? PATHS.find(({ path }) => path.test(asked))?.service ?? 'graph'](request)
  }
}
