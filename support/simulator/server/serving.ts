// A simulator's services on a port of this machine, and the addresses under which a bot finds them.
import type { Simulator } from '../assemble'
import { OPENID_PATH } from '../http/openid'
import { CALLS_ROOTS } from '../http/routes'
import type { SeededSimulator } from '../seeded-simulator'
import { front } from './dispatch'
import { listen } from './listener'
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
  /** Told of connections and requests that went wrong. */
  readonly onProblem: (text: string) => void
}

/** Addresses that stand for this machine as a whole, or for itself alone: `localhost` leads there, and the certificate is made out to it. */
const LOCALHOST = /^(localhost|127(\.\d{1,3}){3}|::1|0\.0\.0\.0|::)$/i
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i

/** Whether only this machine reaches what listens there. */
export function staysHere(host: string): boolean {
  return LOOPBACK.test(host)
}

/**
 * Graph, the token service and the keys of notifications on one port, told apart by host or path; with TLS, https on the same port.
 * @throws Error with a `code` of Node's, such as EADDRINUSE, when the port cannot be had
 */
export async function serve(services: Simulator['services'], { host, port, tls, onProblem }: ServingOptions): Promise<Serving> {
  // Loaded for TLS only: making certificates takes more of a start than everything else.
  const authority = tls
    ? await (require('../identity/authority') as typeof import('../identity/authority')).localAuthority()
    : null
  const listener = await listen({ host, port, handle: front(services), tls: authority?.tls ?? null, onProblem })
  const place = `${LOCALHOST.test(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${listener.port}`
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
