// Load on a server of this machine, bounded in time, by autocannon.
import autocannon from 'autocannon'
import { isLoopback } from '../../support/contract/loopback'
import { ProcessFailed } from './processes'

interface Load {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly seconds: number
}

export const CONNECTIONS = 32

export interface Answers {
  readonly count: number
  readonly perSecond: number
  readonly p99Ms: number
}

/** POSTs over keep-alive connections. @throws ProcessFailed when an answer is not 2xx or none came: such a load measures nothing */
export async function load({ url, headers, body, seconds }: Load): Promise<Answers> {
  if (!isLoopback(new URL(url).hostname)) throw new Error(`${url} is not on this machine`)
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    connections: CONNECTIONS,
    duration: seconds,
    sampleInt: Math.min(1_000, seconds * 500),
  })
  const { non2xx, errors, timeouts, latency, duration } = result
  const count = result['2xx']
  if (non2xx + errors + timeouts > 0 || count === 0)
    throw new ProcessFailed(`${url}: ${count} answers were 2xx, ${non2xx} others, ${errors + timeouts} failed`)
  return { count, perSecond: count / duration, p99Ms: latency.p99 }
}
