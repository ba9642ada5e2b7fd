// Deviations in how the token of a notification is carried: not at all, or otherwise than as a bearer token.
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks } from '../wrap/breaks'
import { carried } from '../wrap/posting'

/** The Authorization header, or without one (null). */
const authorization = (rewrite: (was: string, at: number) => string | null): Wrap =>
  carried(() => {
    let at = 0
    return (parcel) => {
      const { authorization: was = '', ...headers } = parcel.headers
      const next = rewrite(was, at++)
      return { ...parcel, headers: { ...headers, ...(next === null ? {} : { authorization: next }) } }
    }
  })

const WITHOUT = /without a bearer token/

export const CARRIED: readonly Deviation[] = [
  breaks(
    'CC-40',
    'token-missing',
    'Notifications come without a token.',
    WITHOUT,
    authorization(() => null),
  ),
  breaks(
    'CC-40',
    'token-under-another-scheme',
    'The token of a notification does not come as a bearer token.',
    WITHOUT,
    authorization((was) => was.replace('Bearer', 'Basic')),
  ),
  breaks(
    'CC-40',
    'token-without-scheme',
    'The token of a notification comes without the word Bearer.',
    WITHOUT,
    authorization((was) => was.replace('Bearer ', '')),
  ),
  breaks(
    'CC-50',
    'token-once',
    'Only the first notification comes with a token.',
    WITHOUT,
    authorization((was, at) => (at === 0 ? was : null)),
  ),
]
