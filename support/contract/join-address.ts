// Reads the join address of a Teams meeting, in every shape that Teams has handed out since 2019.
import { distance } from 'fastest-levenshtein'
import type { CauseAndRemedy } from './fixture'
import { type AddressShape, COPY, type Coordinates, type LookUp, type MeetingId, SHAPES } from './join-address-shapes'
import { WRAPPERS } from './join-address-wrappers'

/**
 * What a join address says. `address` is the address itself: without its wrappers, and without what mail programs add. `cause` is the end of a
 * sentence whose subject is the address.
 *
 * `coordinates`: what `chatInfo` and `organizerMeetingInfo` of a call need. `meeting-id`: the service resolves it, as
 * `joinMeetingIdMeetingInfo`; the tenant of the meeting is not in the address. `look-up`: only a look-up leads to the meeting. `invalid`: no
 * join address; `resembles` is the most similar shape.
 */
export type JoinAddress =
  | ({ readonly address: string } & (Coordinates | MeetingId | LookUp))
  | ({ readonly kind: 'invalid'; readonly resembles: string } & CauseAndRemedy)

/** The most wrappers around one address: three are usual, Safe Links around the launcher around the web client. */
const MOST_WRAPPERS = 5

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '')

/** The segments after the beginning of the shape's path; undefined where the path begins otherwise. Letter case does not matter. */
function after({ path }: AddressShape, segments: readonly string[]): readonly string[] | undefined {
  const { length } = segmentsOf(path)
  return segments.slice(0, length).join('/').toLowerCase() === path ? segments.slice(length) : undefined
}

/** From 0, the same path, to 1. */
function difference({ path }: AddressShape, segments: readonly string[]): number {
  const beginning = segments.slice(0, segmentsOf(path).length).join('/').toLowerCase()
  return distance(beginning, path) / Math.max(beginning.length, path.length)
}

/** The shape whose path is most similar; where two are equally similar, the earlier one. */
function mostSimilar(segments: readonly string[]): AddressShape {
  const named = SHAPES.filter(({ path }) => path !== '')
  return named.reduce((best, shape) => (difference(shape, segments) < difference(best, segments) ? shape : best), SHAPES[0])
}

/** Removes what mail programs add around an address: blanks, angle brackets, and the escapes of HTML. */
function bare(text: string): string {
  const trimmed = text.trim()
  const opened = trimmed.startsWith('<') ? trimmed.slice(1) : trimmed
  const closed = opened.endsWith('>') ? opened.slice(0, -1) : opened
  return closed.trim().replaceAll('&amp;', '&')
}

/** Reads an address of any shape; never throws. */
export function readJoinAddress(text: string): JoinAddress {
  return readInside(bare(text), [])
}

function readInside(address: string, wrappers: readonly string[]): JoinAddress {
  const invalid = ({ form }: AddressShape, cause: string, remedy = COPY): JoinAddress => {
    const inside = wrappers.length === 0 ? '' : `wraps (${wrappers.join(', ')}) an address that `
    return { kind: 'invalid', resembles: form, cause: `${inside}is like ${form}, but ${cause}`, remedy }
  }
  if (!URL.canParse(address)) return withoutScheme(address, invalid)
  const url = new URL(address)
  const wrapper = WRAPPERS.find(({ wraps }) => wraps(url))
  if (wrapper !== undefined) {
    const inner = wrapper.inner(url)
    if (inner === null) return invalid(SHAPES[0], `has no address inside (${wrapper.form})`)
    if (wrappers.length === MOST_WRAPPERS) return invalid(SHAPES[0], `is wrapped more than ${MOST_WRAPPERS} times`)
    return readInside(bare(inner), [...wrappers, wrapper.name])
  }
  const segments = segmentsOf(url.pathname)
  if (!['https:', 'http:'].includes(url.protocol)) return invalid(mostSimilar(segments), 'is not a web address')
  const shape = SHAPES.find((one) => one.hosts.includes(url.host) && after(one, segments) !== undefined)
  if (shape !== undefined) {
    const read = shape.read(url, after(shape, segments) ?? [])
    return read.kind === 'misfit' ? invalid(shape, read.cause, read.remedy) : { ...read, address }
  }
  const similar = mostSimilar(segments)
  if (similar.hosts.includes(url.host)) return invalid(similar, `its path does not begin with /${similar.path}/`)
  const remedy = `${COPY}; if it leads to a meeting, open it in a browser and take the address that appears there`
  return invalid(similar, `its host is not ${similar.hosts.join(' or ')}`, remedy)
}

function withoutScheme(text: string, invalid: (shape: AddressShape, cause: string, remedy?: string) => JoinAddress): JoinAddress {
  const address = `https://${text}`
  if (!URL.canParse(address)) return invalid(SHAPES[0], 'is not a web address')
  const url = new URL(address)
  const similar = mostSimilar(segmentsOf(url.pathname))
  return similar.hosts.includes(url.host)
    ? invalid(similar, 'https:// is missing', 'begin it with https://')
    : invalid(similar, 'is not a web address')
}
