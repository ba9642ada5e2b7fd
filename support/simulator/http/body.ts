// Reading a request's body as a JSON object, with the limits that keep a hostile one from doing harm.
import { isObject, type JsonObject } from '../../contract/json'
import type { Refusal } from '../core/errors'

/** Longest body that is read, in bytes: the limit of Graph's gateway in general (assumption for calls). */
export const MAX_BODY_BYTES = 4 * 1024 * 1024

/** Deepest nesting that is read; OData services limit it, the figure is an assumption. */
const MAX_DEPTH = 100

/** The body, wrapped so that no member which a client sends makes it look like a refusal. */
export async function readJsonObject(request: Request): Promise<{ readonly body: JsonObject } | Refusal> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    return notJson(
      type === undefined
        ? 'the request has no Content-Type: send application/json'
        : `the Content-Type is ${type}: send application/json`,
    )
  }
  const bytes = await readBytes(request)
  if (bytes === null) {
    return { error: 'bodyTooLarge', detail: null, diagnosis: `the body is longer than ${MAX_BODY_BYTES} bytes` }
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Before the parser sees it: four million open brackets keep that busy for seconds, and everybody else waiting.
    if (isDeeper(text, MAX_DEPTH)) return notJson(`the body is nested deeper than ${MAX_DEPTH} levels`)
    const value: unknown = JSON.parse(text)
    return isObject(value) ? { body: value } : notJson('the body is JSON, but no object')
  } catch (error) {
    return notJson(`the body is no JSON: ${withoutQuotation((error as Error).message)}`)
  }
}

function notJson(diagnosis: string): Refusal {
  return { error: 'notJson', detail: null, diagnosis }
}

/** A parser's message up to where it quotes the body: the journal holds no part of a body. */
function withoutQuotation(message: string): string {
  return message.split(/,? (?:\.\.\.)?"/)[0] as string
}

/** Null as soon as the body proves too long; the rest is not read. */
async function readBytes(request: Request): Promise<Uint8Array | null> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > MAX_BODY_BYTES) return null
  // As a whole where its length is known, which takes no stream.
  if (announced > 0) return new Uint8Array(await request.arrayBuffer())
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'"\\[]{}'].map((one) => one.charCodeAt(0))

/** Whether more lists and objects are open at once than so many, anywhere in a text that may be no JSON. What is in quotes does not count. */
function isDeeper(text: string, limit: number): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (quoted) {
      if (code === BACKSLASH) at++
      else quoted = code !== QUOTE
    } else if (code === QUOTE) quoted = true
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > limit) return true
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--
  }
  return false
}
