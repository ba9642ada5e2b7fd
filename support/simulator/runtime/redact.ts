// Makes what others sent fit to be shown: no control characters, nothing that looks like a token or secret, and not too much.

/** What stands in place of something that is not shown. */
const HIDDEN = '(hidden)'

/** What only its owner should see: tokens, credentials with their scheme, secrets of this simulator. */
const TOKENS = /\beyJ[\w-]{5,}(?:\.[\w-]*)*|\b(?:Bearer|Basic) +[\w.~+/=-]{6,}|\bsimulated-[\w-]+/gi

/** A run of characters that only a key or an opaque token has; longer than a GUID. */
const LONG_RUN = /[\w+=~-]{40,}/g

/** Members of a message whose text is a credential or the application's own. */
const PRIVATE_MEMBER = /token|secret|password|blob/i

// Also what reverses or hides text on a terminal: the bidirectional controls, the joiners and the byte order mark.
const CONTROLS = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu

/** Text for the journal: on one line, without tokens, at most so many characters. */
export function harmlessText(text: string, longest = 1_000): string {
  const shown = text.replace(CONTROLS, ' ').replace(TOKENS, HIDDEN)
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown
}

/** Text from an unknown sender: as `harmlessText`, and without long runs that could be a key. */
export function strangersWords(text: string, longest: number): string {
  return harmlessText(text.replace(TOKENS, HIDDEN).replace(LONG_RUN, HIDDEN), longest).trim()
}

/** An address without what may be a key in it: user, query and fragment. */
export function harmlessAddress(address: string): string {
  if (!URL.canParse(address)) return '(no address)'
  const { protocol, host, pathname, search } = new URL(address)
  return harmlessText(`${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`)
}

/**
 * What JSON may hold that is not harmless: other characters than printable ASCII, escapes other than of a quotation mark, the
 * beginnings of tokens, members with a credential, an address with more than a path, long text. Nearly every entry has none of it, and
 * one look for all of it at once halves what an entry costs (measured).
 */
const SUSPICIOUS =
  /[^ -~]|\\[^"]|eyJ|(?:Bearer|Basic) |simulated-|(?:token|secret|password|blob)[^"]*":"|"callbackUri":"[^"]*[?#@]|"[^"]{1001}/i

/** A value as JSON in which every text is harmless. */
export function harmlessJson(value: object): string {
  const plain = JSON.stringify(value)
  return SUSPICIOUS.test(plain) ? JSON.stringify(value, harmlessMember) : plain
}

function harmlessMember(member: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (member === 'callbackUri') return harmlessAddress(value)
  return PRIVATE_MEMBER.test(member) ? HIDDEN : harmlessText(value)
}
