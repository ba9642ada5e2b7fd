// Responses whose body is a text: the listener sends it at once, where reading it back out of a Response takes a stream.

const texts = new WeakMap<Response, string>()

/** A Response with a text as its body. */
export function textResponse(text: string, init: ResponseInit): Response {
  const response = new Response(text, init)
  texts.set(response, text)
  return response
}

/** The whole body of a response, where that is known without reading it: empty without a body; null where it must be read. */
export function knownText(response: Response): string | null {
  return response.body === null ? '' : (texts.get(response) ?? null)
}
