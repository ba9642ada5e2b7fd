// Requests whose body is there as bytes: a handler reads it without the stream that a Request makes of it.
import { knowUrl } from './request-url'
import { bodyWasRead, standsFor } from './whole'

type Body = Uint8Array<ArrayBuffer> | null

/**
 * A Request with bytes as its body. It reads as one made by `new Request(url, { method, headers, body })`, which it becomes as soon as something
 * is asked of it that takes a stream or a signal. Making it takes a tenth of the time. Only `fetch` and `new Request` do not take it as a
 * Request: it is for handlers of this project, never for a user's.
 */
class BytesRequest {
  readonly method: string
  readonly headers: Headers
  readonly url: string
  readonly #body: Body
  #read = false
  #whole: Request | null = null

  constructor(url: string, method: string, headers: Headers, body: Body) {
    this.url = url
    this.method = method
    this.headers = headers
    this.#body = body
  }

  get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? this.#read
  }

  /** What the others are asked of. */
  get whole(): Request {
    if (this.#whole === null) {
      const { method, headers } = this
      this.#whole = new Request(this.url, { method, headers, body: this.#body })
      // A body that was read is read there, too.
      if (this.#read) void this.#whole.arrayBuffer()
    }
    return this.#whole
  }

  async text(): Promise<string> {
    const body = this.#taken()
    return body === undefined ? this.whole.text() : new TextDecoder().decode(body ?? undefined)
  }

  async json(): Promise<unknown> {
    return this.#whole === null ? JSON.parse(await this.text()) : this.whole.json()
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const body = this.#taken()
    if (body === undefined) return this.whole.arrayBuffer()
    return body === null ? new ArrayBuffer(0) : body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength)
  }

  /** The body for its one reader; undefined where the whole request has it. @throws TypeError when it was read before */
  #taken(): Body | undefined {
    if (this.#whole !== null) return undefined
    if (this.#body === null) return null
    if (this.#read) throw bodyWasRead()
    this.#read = true
    return this.#body
  }
}

standsFor(
  BytesRequest,
  Request,
  [
    ...(['body', 'cache', 'credentials', 'destination', 'integrity', 'keepalive', 'mode'] as const),
    ...(['redirect', 'referrer', 'referrerPolicy', 'signal'] as const),
    ...(['duplex', 'isHistoryNavigation', 'isReloadNavigation'] as unknown as (keyof Request)[]),
  ],
  ['blob', 'bytes', 'clone', 'formData'] as (keyof Request)[],
)

/**
 * A Request with these bytes as its body, for a handler of this project.
 * @param method as it is sent, in capitals
 * @param headers complete: none is added for the body
 * @throws TypeError as `new Request` for a header that none can be
 */
export function bytesRequest(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>> | readonly [string, string][],
  body: Body,
): Request {
  const request = new BytesRequest(url.href, method, new Headers(headers as Record<string, string>), body) as unknown as Request
  knowUrl(request, url)
  return request
}
