// The doctor's look at the callback: can its port be listened on, and does the public address lead there.
import { BlockList, isIP } from 'node:net'
import type { Fetch } from '../../contract/exchange'
import { HarnessError } from '../../contract/faults'
import { ask, type Checked, found, isAnswer, mend, ok, warning } from './check-services'

/** The listener of the bot, as far as it is needed here. */
export interface Listener {
  /** Serves a path until the function that it returns is called. */
  receive(path: string, handle: (request: Request) => Promise<Response>): () => void
  /** How many posts came for paths that nobody serves. */
  strays(): number
  close(): Promise<void>
}

/** Opens the listener; what keeps it from opening is told. */
export async function checkListener(open: () => Promise<Listener>, place: string): Promise<Checked<Listener>> {
  try {
    return { findings: [ok(`can be listened on: ${place}`)], found: await open() }
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    return { findings: [{ state: 'mend', says: error.message }], found: null }
  }
}

export interface CallbackParts {
  /** The public address, without a slash at its end. */
  readonly url: string
  /** `host:port` of the listener. */
  readonly place: string
  readonly listener: Listener
  readonly fetch: Fetch
  readonly lookup: (host: string) => Promise<readonly string[]>
  readonly now: () => number
  /** Whether Graph is elsewhere, so that addresses of this network do not lead it here. */
  readonly graphElsewhere: boolean
  /** Unguessable. */
  readonly nonce: string
}

const ELSEWHERE = 'as far as can be told from inside'
const FORWARD = 'let the tunnel or proxy forward every path unchanged to'

/** Sends a post to the public address, and sees whether it comes out at the listener. */
export async function checkCallback(parts: CallbackParts): Promise<Checked> {
  const { url, place, listener, nonce, graphElsewhere } = parts
  const { hostname, pathname } = new URL(url)
  const addresses = await resolved(hostname, parts.lookup)
  if (addresses.length === 0)
    return found(
      mend({
        cause: `the name of ${url} does not resolve`,
        remedy: 'correct BOT_CALLBACK_URL, or start the tunnel that makes the name',
      }),
    )

  const strays = listener.strays()
  let arrived = false
  const stop = listener.receive(`${pathname.replace(/\/$/, '')}/${nonce}`, async () => {
    arrived = true
    return new Response(nonce, { status: 200 })
  })
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  const answer = await ask(parts.fetch, `${url}/${nonce}`, post, parts.now).finally(stop)

  if (arrived && isAnswer(answer) && answer.status === 200 && answer.text === nonce) {
    const inside = graphElsewhere && addresses.every((address) => isPrivate(address))
    if (!inside) return found(ok(`${url} leads to ${place}, ${ELSEWHERE}`))
    const cause = `${url} leads to ${place}, but its name resolves to addresses of a private network only`
    return found(warning({ cause, remedy: 'see that Graph gets a public address for it' }))
  }
  if (arrived)
    return found(
      mend({ cause: `posts to ${url} arrive, but the answer does not come back`, remedy: `${FORWARD} ${place}, answers too` }),
    )
  if (listener.strays() > strays)
    return found(mend({ cause: `posts to ${url} arrive under another path`, remedy: `${FORWARD} ${place}` }))
  if (!isAnswer(answer)) {
    const trust = answer.remedy.includes('GRAPH_CA_FILE') && graphElsewhere
    const remedy = trust ? 'give it a certificate of a public authority: Graph knows no other' : answer.remedy
    return found(mend({ cause: `${url}: ${answer.cause}`, remedy }))
  }
  const cause = `${url} was answered ${answer.status} by something else than the listener`
  return found(mend({ cause, remedy: `${FORWARD} ${place}` }))
}

async function resolved(hostname: string, lookup: CallbackParts['lookup']): Promise<readonly string[]> {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return [host]
  // A name that does not resolve is the finding, whatever the resolver's reason.
  return lookup(host).catch(() => [])
}

/** Addresses that are no one's on the internet (RFC 1918, 4193, 6598; link-local and loopback). */
const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6')

const isPrivate = (address: string) => PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
