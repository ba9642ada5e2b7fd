// One address for all that a bot talks to: which service a request is for, by the host it names or else by its path.
import type { Simulator } from '../assemble'
import type { Handler } from '../http/graph'

type Service = keyof Simulator['services']

/** The hosts of the real services, for bots in which they are fixed. */
const HOSTS: Readonly<Record<string, Service>> = {
  'graph.microsoft.com': 'graph',
  'login.microsoftonline.com': 'login',
  'api.aps.skype.com': 'openid',
}

/** The first that fits; the token service's paths begin with a tenant, of which nothing is known here but that it is one segment. */
const PATHS: readonly { readonly path: RegExp; readonly service: Service }[] = [
  { path: /^\/(beta|v1\.0)(\/|$)/i, service: 'graph' },
  { path: /^\/v1\//i, service: 'openid' },
  { path: /^\/(common|organizations|consumers)\//i, service: 'login' },
  { path: /^\/[^/]+\/(oauth2|discovery)\//i, service: 'login' },
  { path: /^\/[^/]+\/(v2\.0\/)?\.well-known\/openid-configuration$/i, service: 'login' },
]

/** Leads each request to its service. What fits nowhere is Graph's, which knows how it refuses a path. */
export function front(services: Simulator['services']): Handler {
  return (request) => {
    const { hostname, pathname } = new URL(request.url)
    const named = Object.hasOwn(HOSTS, hostname) ? HOSTS[hostname] : undefined
    return services[named ?? PATHS.find(({ path }) => path.test(pathname))?.service ?? 'graph'](request)
  }
}
