// The URL of a request, which several rooms look at: parsed once.

const parsed = new WeakMap<Request, URL>()

/** The URL of a request; do not change it. */
export function urlOf(request: Request): URL {
  const known = parsed.get(request)
  if (known !== undefined) return known
  const url = new URL(request.url)
  parsed.set(request, url)
  return url
}

/** Spares the parsing where a request is made of its URL. */
export function knowUrl(request: Request, url: URL): void {
  parsed.set(request, url)
}
