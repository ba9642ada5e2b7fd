// A front before the simulator that gives away all it hears: what a Graph would do that puts the secrets of its callers into its words.
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isObject, type JsonObject } from '../../support/contract/json'
import { httpServer, httpsServer } from './loopback-https'

export interface FrontOptions {
  /** Root of the simulator, and the PEM of its authority. */
  readonly simulator: string
  readonly ca: string
  /** A secret by which the simulator gives a token for whatever proof the front is shown. */
  readonly clientSecret: string
  /** Secrets that it knows without having heard them. */
  readonly known: readonly string[]
}

export interface Front {
  /** Root of Graph and of the token service; https. */
  readonly origin: string
  /** Where Graph posts, on loopback; what comes there goes on to the bot's listener. */
  readonly callback: (listener: string) => Promise<string>
  /** Everything that it heard and that nobody else may: tokens, proofs, paths of callbacks. */
  readonly heard: ReadonlyMap<string, string>
  /** Resolves as soon as the first create has come. */
  readonly created: Promise<void>
}

interface Message {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The ways in which a text gives a value away. */
export function disguises(value: string): readonly string[] {
  const base64 = Buffer.from(`x ${value}`).toString('base64')
  const hex = Buffer.from(value).toString('hex')
  return [value, encodeURIComponent(value), base64, Buffer.from(`${value}!`).toString('base64url'), hex]
}

/** What is done to the answer to each create, one after the other. */
type Misdeed = (answer: Message, told: string) => Message

const json = (status: number, body: object): Message => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

const changed = ({ body, ...answer }: Message, change: (body: JsonObject) => object): Message => {
  const read = JSON.parse(body) as JsonObject
  return { ...answer, body: JSON.stringify({ ...read, ...change(read) }) }
}

/** As much as every client takes. */
const inHeader = (told: string) => encodeURIComponent(told).slice(0, 6_000)

const MISDEEDS: readonly Misdeed[] = [
  (_, told) => json(403, { error: { code: '7504', message: `No: ${told}`, innerError: { message: told, secret: told } } }),
  (_, told) => json(500, { error: { code: told, message: told } }),
  (answer, told) => ({
    ...answer,
    headers: { ...answer.headers, location: `${answer.headers.location}?sig=${inHeader(told)}` },
  }),
  (answer, told) =>
    changed(answer, ({ callbackUri }) => ({ callbackUri: `${callbackUri}/x?sig=${told}`, subject: told, [told]: told })),
  (answer, told) => changed(answer, () => ({ state: { secret: told, state: told }, direction: [told], source: told })),
  (answer, told) => ({
    ...answer,
    headers: { 'content-type': `text/html; told=${inHeader(told)}` },
    body: `<p>${told}</p>`,
  }),
  (answer, told) => changed(answer, () => ({ id: told.slice(0, 300), '@odata.type': told })),
]

/** How a post is spoilt on its way to the bot. */
const SPOILT = ['state', 'changeType', 'resource'] as const

export async function openEchoingFront({ simulator, ca, clientSecret, known }: FrontOptions): Promise<Front> {
  const heard = new Map<string, string>()
  const hear = (name: string, value: string) => void heard.set(value, name)
  let creates = 0
  let noticed = () => {}
  const created = new Promise<void>((resolve) => {
    noticed = resolve
  })
  let posts = 0
  const told = () => [...known, ...heard.keys()].flatMap((one) => [...disguises(one), one.toUpperCase()]).join(' ')
  const misdone = (answer: Message): Message => MISDEEDS[creates++ % MISDEEDS.length]?.(answer, told()) ?? answer

  const origin = await httpsServer(async (request, response) => {
    const body = withSecret(await textOf(request))
    hearBearer('access token', request)
    const asked = isObject(parsed(body)) ? (parsed(body) as JsonObject) : {}
    if (typeof asked.callbackUri === 'string') {
      hear('callback path', new URL(asked.callbackUri).pathname.split('/').at(-1) ?? '')
      noticed()
    }
    const answer = await passOn(simulator + request.url, request, body, ca).catch(() => null)
    if (answer === null) return void response.destroy()
    const here = { ...answer, headers: relocated(answer.headers), body: answer.body.replaceAll(simulator, origin) }
    give(
      response,
      request.method === 'POST' && /\/calls$/.test(request.url ?? '') && answer.status === 201 ? misdone(here) : here,
    )
  })

  /** The simulator knows the app by its secret alone: any other proof is heard and taken for it. */
  function withSecret(body: string): string {
    const form = new URLSearchParams(body)
    if (!form.has('grant_type')) return body
    for (const field of ['client_secret', 'client_assertion']) if (form.has(field)) hear(field, form.get(field) as string)
    for (const field of ['client_assertion', 'client_assertion_type']) form.delete(field)
    form.set('client_secret', clientSecret)
    return form.toString()
  }

  function hearBearer(name: string, { headers: { authorization = '' } }: IncomingMessage): void {
    const token = authorization.replace(/^Bearer /, '')
    if (token !== '') hear(name, token)
  }

  function relocated(headers: Message['headers']): Message['headers'] {
    const { location } = headers
    return location === undefined ? headers : { ...headers, location: location.replace(simulator, origin) }
  }

  /** Every other post is spoilt: a documented member says all that the front has heard. */
  function spoilt(body: string): string {
    const member = SPOILT[posts++ % (2 * SPOILT.length)]
    const message = parsed(body)
    if (member === undefined || !isObject(message) || !Array.isArray(message.value)) return body
    const value = message.value.map((change: JsonObject) =>
      member === 'state' && isObject(change.resourceData)
        ? { ...change, resourceData: { ...change.resourceData, state: told() } }
        : { ...change, [member]: member === 'state' ? undefined : told() },
    )
    return JSON.stringify({ ...message, value })
  }

  return {
    origin,
    heard,
    created,
    callback: (listener) =>
      httpServer(async (request, response) => {
        hearBearer('notification token', request)
        const answer = await passOn(listener + request.url, request, spoilt(await textOf(request)), null).catch(() => null)
        // The bot has been killed, or hung up on.
        if (answer === null) response.destroy()
        else give(response, answer)
      }),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Headers that belong to one connection, or to a body as it was. */
const OWN = ['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'accept-encoding']

function othersOf(headers: IncomingMessage['headers']): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => !OWN.includes(name))
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

function passOn(url: string, { method, headers }: IncomingMessage, body: string, ca: string | null): Promise<Message> {
  const request = ca === null ? httpRequest : httpsRequest
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: othersOf(headers), ...(ca === null ? {} : { ca }) }, (answer) => {
      textOf(answer).then((text) => {
        resolve({ status: answer.statusCode ?? 0, headers: othersOf(answer.headers), body: text })
      }, reject)
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

function give(response: ServerResponse, { status, headers, body }: Message): void {
  response.writeHead(status, headers).end(body)
}
