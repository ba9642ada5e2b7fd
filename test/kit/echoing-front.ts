// A front before the simulator that repeats every secret it receives, as a Graph would that puts its callers' secrets into its answers.
import { isObject, type JsonObject } from '../../support/contract/json'
import { type Answer, openFront } from './faulty-front'

export interface FrontOptions {
  /** Root of the simulator. */
  readonly simulator: string
  /** The secret with which the simulator gives a token, for any credential that the front receives. */
  readonly clientSecret: string
  /** Secrets that it knows without having received them. */
  readonly known: readonly string[]
}

export interface EchoingFront {
  /** Root of Graph and of the token service; https. */
  readonly origin: string
  /** Where Graph posts, on loopback; the front passes posts on to the bot's listener. */
  readonly callback: (listener: string) => Promise<string>
  /** The secrets that it received: tokens, credentials, paths of callbacks. */
  readonly heard: ReadonlyMap<string, string>
  /** Resolves as soon as the first create has come. */
  readonly created: Promise<void>
}

/** The ways in which a text gives a value away. */
export function disguises(value: string): readonly string[] {
  const base64 = Buffer.from(`x ${value}`).toString('base64')
  const hex = Buffer.from(value).toString('hex')
  return [value, encodeURIComponent(value), base64, Buffer.from(`${value}!`).toString('base64url'), hex]
}

/** What is done to the answer to each create, one after the other. */
type AnswerChange = (answer: Answer, leak: string) => Answer

const json = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

const changed = ({ body, ...answer }: Answer, change: (body: JsonObject) => object): Answer => {
  const read = JSON.parse(body) as JsonObject
  return { ...answer, body: JSON.stringify({ ...read, ...change(read) }) }
}

/** As much as every client takes. */
const inHeader = (leak: string) => encodeURIComponent(leak).slice(0, 6_000)

const ANSWER_CHANGES: readonly AnswerChange[] = [
  (_, leak) => json(403, { error: { code: '7504', message: `No: ${leak}`, innerError: { message: leak, secret: leak } } }),
  (_, leak) => json(500, { error: { code: leak, message: leak } }),
  (answer, leak) => ({
    ...answer,
    headers: { ...answer.headers, location: `${answer.headers.location}?sig=${inHeader(leak)}` },
  }),
  (answer, leak) =>
    changed(answer, ({ callbackUri }) => ({ callbackUri: `${callbackUri}/x?sig=${leak}`, subject: leak, [leak]: leak })),
  (answer, leak) => changed(answer, () => ({ state: { secret: leak, state: leak }, direction: [leak], source: leak })),
  (answer, leak) => ({
    ...answer,
    headers: { 'content-type': `text/html; leak=${inHeader(leak)}` },
    body: `<p>${leak}</p>`,
  }),
  (answer, leak) => changed(answer, () => ({ id: leak.slice(0, 300), '@odata.type': leak })),
]

/** Members of a notification that the front changes on the way to the bot. */
const SPOILT = ['state', 'changeType', 'resource'] as const

export async function openEchoingFront({ simulator, clientSecret, known }: FrontOptions): Promise<EchoingFront> {
  const heard = new Map<string, string>()
  const hear = (name: string, value: string) => void heard.set(value, name)
  let creates = 0
  let posts = 0
  let notify = () => {}
  const created = new Promise<void>((resolve) => {
    notify = resolve
  })
  const leaks = () => [...known, ...heard.keys()].flatMap((one) => [...disguises(one), one.toUpperCase()]).join(' ')

  /** The simulator knows the app by its secret alone, which replaces any other credential. */
  const withSecret = (body: string): string => {
    const form = new URLSearchParams(body)
    if (!form.has('grant_type')) return body
    for (const field of ['client_secret', 'client_assertion']) if (form.has(field)) hear(field, form.get(field) as string)
    for (const field of ['client_assertion', 'client_assertion_type']) form.delete(field)
    form.set('client_secret', clientSecret)
    return form.toString()
  }

  const hearBearer = (name: string, { authorization = '' }: Readonly<Record<string, string>>) => {
    const token = authorization.replace(/^Bearer /, '')
    if (token !== '') hear(name, token)
  }

  /** Every other post is spoilt: a documented member holds every secret that the front knows. */
  const spoilt = (body: string): string => {
    const member = SPOILT[posts++ % (2 * SPOILT.length)]
    const message = parsed(body)
    if (member === undefined || !isObject(message) || !Array.isArray(message.value)) return body
    const value = message.value.map((change: JsonObject) =>
      member === 'state' && isObject(change.resourceData)
        ? { ...change, resourceData: { ...change.resourceData, state: leaks() } }
        : { ...change, [member]: member === 'state' ? undefined : leaks() },
    )
    return JSON.stringify({ ...message, value })
  }

  const { origin } = await openFront({
    behind: simulator,
    scheme: 'https',
    spoils: /./,
    by: async ({ method, path, headers, body, forward, answer }) => {
      hearBearer('access token', headers)
      const asked = parsed(body)
      if (isObject(asked) && typeof asked.callbackUri === 'string') {
        hear('callback path', new URL(asked.callbackUri).pathname.split('/').at(-1) ?? '')
        notify()
      }
      const honest = await forward({ body: withSecret(body) })
      const isCreate = method === 'POST' && /\/calls$/.test(path) && honest.status === 201
      answer(isCreate ? (ANSWER_CHANGES[creates++ % ANSWER_CHANGES.length]?.(honest, leaks()) ?? honest) : honest)
    },
  })
  const callback = async (listener: string) => {
    const front = await openFront({
      behind: listener,
      scheme: 'http',
      spoils: /./,
      by: async ({ headers, body, forward, answer }) => {
        hearBearer('notification token', headers)
        answer(await forward({ body: spoilt(body) }))
      },
    })
    return front.origin
  }
  return { origin, heard, created, callback }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
