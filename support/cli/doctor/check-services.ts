// What a check of the doctor finds, and the checks of the services: Graph, the clocks, and the keys of notification tokens.
import { z } from 'zod'
import { aheadOf, MOST_SKEW_SECONDS } from '../../bot/clock-skew'
import { jsonOrNull } from '../../bot/wire'
import type { Fetch } from '../../contract/exchange'
import type { Fault } from '../../contract/fixture'
import { limited } from '../../net/time-limits'
import { CALLS_PATHS } from '../../targets/tenant/config/configuration'

/** `warning`: a run will do, but somebody should know. `mend`: a run would fail. */
export type State = 'ok' | 'warning' | 'mend' | 'not checked'

/** One line: what is so, or what is wrong and what to do. */
export interface Finding {
  readonly state: State
  readonly says: string
}

/** What a check found, and what later checks need of it: null where it was not had. */
export interface Checked<Found = never> {
  readonly findings: readonly Finding[]
  readonly found: Found | null
}

export const ok = (says: string): Finding => ({ state: 'ok', says })
export const warning = ({ cause, remedy }: Fault): Finding => ({ state: 'warning', says: `${cause}; ${remedy}` })
export const mend = ({ cause, remedy }: Fault): Finding => ({ state: 'mend', says: `${cause}; ${remedy}` })

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Milliseconds since the epoch, on this machine's clock. */
  readonly sentAt: number
  readonly receivedAt: number
}

/** How long a service may take, in milliseconds. */
const ANSWER_LIMIT_MS = 10_000

/** Why there was no answer, by the code of the error; the first that fits is told. Addresses are left out: one may be that of a proxy. */
const LOST: readonly { readonly code: RegExp; readonly fault: Fault }[] = [
  {
    code: /^(ENOTFOUND|EAI_AGAIN)$/,
    fault: { cause: 'its name does not resolve', remedy: 'correct the name, or see to the DNS' },
  },
  { code: /^ECONNREFUSED$/, fault: { cause: 'nothing listens there', remedy: 'start it, or correct host and port' } },
  {
    code: /TIMEOUT|ETIMEDOUT/i,
    fault: { cause: 'it did not answer in time', remedy: 'see whether a firewall or a proxy (HTTPS_PROXY) stands between' },
  },
  {
    code: /CERT|ISSUER|LEAF/,
    fault: {
      cause: 'its certificate is not trusted',
      remedy: 'write the PEM file of its authority to GRAPH_CA_FILE, if it is yours',
    },
  },
  {
    code: /^PROXY_407$/,
    fault: { cause: 'the proxy wants credentials', remedy: 'write them to HTTPS_PROXY, as http://user:password@host:port' },
  },
  {
    code: /^PROXY_/,
    fault: { cause: 'the proxy does not let it through', remedy: 'have the host allowed, or put it in NO_PROXY' },
  },
  { code: /SSL|EPROTO/, fault: { cause: 'it speaks no TLS there', remedy: 'correct scheme and port' } },
]

/** The answer to a request, or why there was none. Redirects are not followed. */
export async function ask(fetch: Fetch, url: string, init: RequestInit, now: () => number): Promise<Answer | Fault> {
  const sentAt = now()
  try {
    return await limited(ANSWER_LIMIT_MS, new AbortController().signal, async (signal) => {
      const response = await fetch(url, { ...init, redirect: 'manual', signal })
      const receivedAt = now()
      return { status: response.status, headers: response.headers, text: await response.text(), sentAt, receivedAt }
    })
  } catch (error) {
    const code = codeOf(error)
    const known = LOST.find((lost) => lost.code.test(code))?.fault
    return (
      known ?? { cause: `no answer was had (${code})`, remedy: 'see whether it is up, and what HTTPS_PROXY and NO_PROXY say' }
    )
  }
}

/** A proxy's answer to the request for a tunnel, which undici tells in words alone. */
const PROXY_WORDS = /^Proxy response \((\d{3})\)/

function codeOf(error: unknown): string {
  const { name, message, code, cause } = error as Error & { code?: unknown; cause?: unknown }
  if (cause instanceof Error) return codeOf(cause)
  const status = PROXY_WORDS.exec(message)?.[1]
  if (status !== undefined) return `PROXY_${status}`
  // A DOMException has a number for a code.
  return typeof code === 'string' && /^\w+$/.test(code) ? code : name
}

export const isAnswer = (answer: Answer | Fault): answer is Answer => 'status' in answer

/** What a status means for a create without a token and without a body, where 401 is right. */
const WITHOUT_TOKEN: readonly { readonly holds: (status: number) => boolean; readonly fault: Fault }[] = [
  {
    holds: (status) => status >= 200 && status < 300,
    fault: {
      cause: 'a request without a token was accepted and may have made a call',
      remedy: 'run nothing against it: it is no Graph, or one that lets everybody call',
    },
  },
  {
    holds: (status) => status >= 300 && status < 400,
    fault: { cause: 'it leads elsewhere', remedy: 'write the root of the service itself to GRAPH_BASE_URL' },
  },
  {
    holds: (status) => status === 400 || status === 404,
    fault: { cause: 'it does not have this path', remedy: 'correct GRAPH_BASE_URL or GRAPH_CALLS_PATH' },
  },
  { holds: (status) => status === 429 || status === 503, fault: { cause: 'it is too busy', remedy: 'try again later' } },
]

/**
 * Whether Graph can be reached, and which of the calls paths answer. Asked without a token and without a body, so that nothing can come of it;
 * documented for that is 401 (CC-05).
 */
export async function checkGraph(
  { baseUrl, callsPath }: { readonly baseUrl: string; readonly callsPath: string },
  fetch: Fetch,
  now: () => number,
): Promise<Checked<Answer>> {
  const probe = (path: string) => ask(fetch, baseUrl + path, { method: 'POST' }, now)
  const answer = await probe(callsPath)
  if (!isAnswer(answer)) return { findings: [mend({ ...answer, cause: `${baseUrl}: ${answer.cause}` })], found: null }
  const accepted = answer.status >= 200 && answer.status < 300
  const others = accepted
    ? []
    : await answering(
        CALLS_PATHS.filter((path) => path !== callsPath),
        probe,
      )
  const told = `POST ${baseUrl}${callsPath} without a token was answered ${answer.status}`
  if (answer.status === 401) {
    const beside =
      others.length === 0 ? 'no other calls path was' : `so ${others.length === 1 ? 'was' : 'were'} ${others.join(' and ')}`
    return { findings: [ok(`${told}, as it should be; ${beside}`)], found: answer }
  }
  const known = WITHOUT_TOKEN.find(({ holds }) => holds(answer.status))?.fault
  const { cause, remedy } = known ?? { cause: '401 is right', remedy: 'see what stands between here and Graph' }
  const instead = others.length === 0 ? remedy : `write ${others.join(' or ')} to GRAPH_CALLS_PATH, which answers as it should`
  return { findings: [mend({ cause: `${told}: ${cause}`, remedy: instead })], found: answer }
}

async function answering(paths: readonly string[], probe: (path: string) => Promise<Answer | Fault>): Promise<string[]> {
  const answers = await Promise.all(paths.map(async (path) => ({ path, answer: await probe(path) })))
  return answers.flatMap(({ path, answer }) => (isAnswer(answer) && answer.status === 401 ? [path] : []))
}

/** From how many seconds on a difference of the clocks is told, and from how many on tokens are refused. */
const SKEW = { warning: 60, mend: MOST_SKEW_SECONDS } as const

/** Compares the clocks by the Date header of an answer, against the middle of sending and receiving. */
export async function checkClock({ headers, sentAt, receivedAt }: Answer): Promise<Checked> {
  const ahead = aheadOf(headers, (sentAt + receivedAt) / 2)
  if (ahead === null)
    return found(
      warning({ cause: 'the answer of Graph has no Date to compare with', remedy: 'see that this clock is synchronised' }),
    )
  const seconds = Math.round(ahead / 1000)
  const away = Math.abs(seconds)
  const cause = `this clock is ${away} s ${seconds > 0 ? 'ahead of' : 'behind'} that of Graph`
  const remedy = 'synchronise it (NTP): tokens are refused by their times'
  if (away > SKEW.mend) return found(mend({ cause, remedy }))
  return found(away > SKEW.warning ? warning({ cause, remedy }) : ok(`within ${Math.max(away, 1)} s of Graph's`))
}

const openIdConfiguration = z.looseObject({ jwks_uri: z.url({ protocol: /^https$/ }) })
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional() })) })

/** Whether the keys can be fetched that notification tokens are checked with (CC-50). */
export async function checkKeys(openIdUrl: string, fetch: Fetch, now: () => number): Promise<Checked> {
  const document = await read(openIdUrl, openIdConfiguration, 'names no https address of keys (jwks_uri)')
  if ('cause' in document) return found(mend(document))
  const { jwks_uri } = document.value
  const set = await read(jwks_uri, keySet, 'holds no set of keys')
  if ('cause' in set) return found(mend(set))
  const usable = set.value.keys.filter(({ kty, kid }) => kty === 'RSA' && kid !== undefined).length
  if (usable > 0) return found(ok(`${usable} at ${jwks_uri}`))
  return found(mend({ cause: `${jwks_uri} holds no RSA key with an id`, remedy: 'correct BOT_NOTIFICATION_OPENID' }))

  async function read<Value>(url: string, schema: z.ZodType<Value>, misfit: string): Promise<{ value: Value } | Fault> {
    const answer = await ask(fetch, url, { headers: { accept: 'application/json' } }, now)
    if (!isAnswer(answer)) return { ...answer, cause: `${url}: ${answer.cause}` }
    const remedy = 'correct BOT_NOTIFICATION_OPENID, or try again later'
    if (answer.status !== 200) return { cause: `${url} was answered ${answer.status}`, remedy }
    const { data } = schema.safeParse(jsonOrNull(answer.text))
    return data === undefined ? { cause: `${url} ${misfit}`, remedy } : { value: data }
  }
}

export function found(...findings: readonly Finding[]): Checked {
  return { findings, found: null }
}
