// Deviations in what counts as a body: what is no JSON object, and is taken for one.
import { isObject, type Json } from '../../contract/json'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { answeringWith, asked, breaks, NOBODY, otherwise } from '../wrap/breaks'
import { CALLBACK, SERVICE_HOSTED, target } from '../wrap/filling'

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** A body that is no JSON object, taken for one; undefined: it stays what it is. */
const taken = (reading: (text: string, type: string | null) => Json | undefined) =>
  asked((text, { headers }) => {
    const type = headers.get('content-type')
    if (isObject(parsed(text)) && type?.startsWith('application/json')) return null
    const body = reading(text, type)
    return body === undefined ? null : { body: JSON.stringify(body) }
  })

/** The body read as a tolerant parser does: with commas too many. */
function tolerantly(text: string): Json | undefined {
  return parsed(text.replace(/,(\s*[}\]])/g, '$1'))
}

/** Text outside of which brackets are counted. */
const STRING = /"(?:[^"\\]|\\.)*"/g

/** A body that ends in the middle, up to its last whole member, with every bracket closed that was opened. */
function mended(text: string): Json | undefined {
  const whole = text.slice(0, text.lastIndexOf(','))
  const open: string[] = []
  for (const bracket of whole.replace(STRING, '').match(/[[\]{}]/g) ?? [])
    if (bracket === '{' || bracket === '[') open.unshift(bracket === '{' ? '}' : ']')
    else open.shift()
  return parsed(whole + open.join(''))
}

/** What was cut off, supplied. */
const completed = (text: string): Json | undefined => {
  const call = text.startsWith('{') && !endsInComma(text) ? mended(text) : undefined
  return isObject(call) ? { mediaConfig: SERVICE_HOSTED, ...call } : undefined
}

/** A comma after the last member, as the page prints it. */
const COMMA = /,\s*\}\s*$/

const endsInComma = (text: string) => COMMA.test(text)

/** No JSON object, the comma apart. */
const isNone = (text: string, type: string | null) =>
  !endsInComma(text) && !(isObject(parsed(text)) && type?.startsWith('application/json'))

/** The refusal of a body that is picked, otherwise. */
const bad = (
  picks: (text: string, type: string | null) => boolean,
  to: { readonly status?: number; readonly code?: string },
): Wrap =>
  answeringWith(400, async (response, sent, { headers }) => {
    if (!picks(sent, headers.get('content-type'))) return response
    const body = (await response.json()) as { error: { code: string } }
    return otherwise(response, { ...to, body: JSON.stringify({ error: { ...body.error, code: to.code ?? body.error.code } }) })
  })

const REFUSED = /Graph answered 201; expected: refused/

export const BODIES: readonly Deviation[] = [
  breaks(
    'CC-14',
    'untyped-accepted',
    'A body without a content type is read as JSON.',
    REFUSED,
    taken((text, type) => (type === null || type === 'text/plain;charset=UTF-8' ? parsed(text) : undefined)),
  ),
  breaks(
    'CC-14',
    'any-type-accepted',
    'A body is read as JSON whatever its content type.',
    REFUSED,
    taken((text) => parsed(text)),
  ),
  breaks(
    'CC-14',
    'list-accepted',
    'Of a list the first entry is taken for the call.',
    REFUSED,
    taken((text) => [parsed(text)].flat()[0] ?? undefined),
  ),
  breaks(
    'CC-14',
    'text-accepted',
    'A text that holds JSON is taken for the call.',
    REFUSED,
    taken((text) => (typeof parsed(text) === 'string' ? parsed(parsed(text) as string) : undefined)),
  ),
  breaks(
    'CC-14',
    'cut-off-accepted',
    'Of a body that ends in the middle, what is there is taken for the call.',
    REFUSED,
    taken(completed),
  ),
  breaks('CC-14', 'not-json-500', 'A body that is no JSON is answered 500.', /answered 500/, bad(isNone, { status: 500 })),
  breaks('CC-14', 'not-json-415', 'A body that is no JSON is answered 415.', /answered 415/, bad(isNone, { status: 415 })),
  breaks(
    'CC-14',
    'not-json-under-another-code',
    'A body that is no JSON is refused with another code.',
    /refused with InvalidBody/,
    bad(isNone, { code: 'InvalidBody' }),
  ),
  breaks(
    'CC-14',
    'null-accepted',
    'For null a call is made of nothing.',
    REFUSED,
    taken((text) =>
      text === 'null'
        ? { callbackUri: CALLBACK, requestedModalities: ['audio'], mediaConfig: SERVICE_HOSTED, targets: target({ id: NOBODY }) }
        : undefined,
    ),
  ),
  breaks(
    'CC-14',
    'empty-accepted',
    'For an empty body a call is made of nothing.',
    REFUSED,
    taken((text) =>
      text === ''
        ? { callbackUri: CALLBACK, requestedModalities: ['audio'], mediaConfig: SERVICE_HOSTED, targets: target({ id: NOBODY }) }
        : undefined,
    ),
  ),
  breaks(
    'CC-36',
    'trailing-comma-accepted',
    'A comma after the last member does not matter.',
    REFUSED,
    taken((text, type) => (endsInComma(text) && type?.startsWith('application/json') ? tolerantly(text) : undefined)),
  ),
  breaks(
    'CC-36',
    'trailing-comma-500',
    'A comma after the last member is answered 500.',
    /answered 500/,
    bad(endsInComma, { status: 500 }),
  ),
]
