// Decides which hosts are this machine, and whether two names are of one host. Proxies, plain http, the network guard, deliveries and addresses in files all ask here.
import { isIP } from 'node:net'

const IPV4 = /^127(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/
const ZONE = /%[\da-z.:-]+$/

/**
 * Whether a host can only be this machine: 127.0.0.0/8, ::1, their mapped form (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3), or the
 * name `localhost` (RFC 6761, section 6.3). IPv6 may stand in brackets, as in a URL. Other spellings do not count, because a resolver decides
 * what they mean: 127.1 and 2130706433 (a URL writes them out), `localhost.`, and names below .localhost.
 */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (bare === 'localhost' || IPV4.test(bare)) return true
  const literal = `http://[${bare.replace(ZONE, '')}]`
  return (
    bare.includes(':') && URL.canParse(literal) && /^\[::(1|ffff:7f[\da-f]{2}:[\da-f]{1,4})\]$/.test(new URL(literal).hostname)
  )
}

/** Whether an address (URL) leads to this machine and nowhere else. */
export function onLoopback(address: string): boolean {
  return isLoopback(new URL(address).hostname)
}

/** A host as URLs have it: lower case, numbers as an address, IPv6 in brackets, no dot at the end. */
export function canonicalHost(host: string): string {
  const bare = isIP(host) === 6 ? `[${host}]` : host
  const written = URL.canParse(`http://${bare}`) ? new URL(`http://${bare}`).hostname : bare.toLowerCase()
  return written.replace(/\.$/, '')
}
