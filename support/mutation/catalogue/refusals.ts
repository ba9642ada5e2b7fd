// Deviations in how a bad token is refused: the wrong words, or a call that is created all the same.

import type { Caller } from '../../simulator/core/commands'
import type { Deviation, World, Wrap } from '../../simulator/wrapping'
import { answeringWith, breaks, otherwise, refusedWith } from '../wrap/breaks'
import { firstOf, IN_FORCE, tokenIn } from '../wrap/callers'

/** No header of a client: it stands for a request that was refused and is carried out all the same. */
const CARRIED_OUT = 'carried-out-all-the-same'

type Picks = (authorization: string | null, world: World) => boolean

const missing: Picks = (authorization) => authorization === null

/** A token that says of itself that it is not in force here: by time, audience or tenant. */
const stale: Picks = (authorization, world) => {
  const token = tokenIn(authorization)
  return token?.algorithm === 'RS256' && !Object.values(IN_FORCE).every((holds) => holds(token, world))
}

/** What is no token of the issuer's, whatever it says. */
const bad: Picks = (authorization, world) => authorization !== null && !stale(authorization, world)

/** A create is refused for want of a token, and made in the name of the first app. */
const refusedAndCreated =
  (picks: Picks): Wrap =>
  ({ graph, authenticate }, world) => ({
    authenticate: async (authorization) =>
      authorization === CARRIED_OUT ? (firstOf(world.directory) as Caller) : authenticate(authorization),
    graph: async (request) => {
      const again = new Request(request.clone(), { headers: { 'content-type': 'application/json', authorization: CARRIED_OUT } })
      const response = await graph(request)
      if (response.status === 401 && request.method === 'POST' && picks(request.headers.get('authorization'), world))
        await graph(again)
      return response
    },
  })

/** The 401 to what is picked, otherwise. */
const unauthorised =
  (picks: Picks, to: Parameters<typeof otherwise>[1]): Wrap =>
  (parts, world) =>
    answeringWith(401, (response, _, { headers }) =>
      picks(headers.get('authorization'), world) ? otherwise(response, to) : response,
    )(parts, world)

const another = (code: string) =>
  JSON.stringify({ error: { code, message: 'No.', innerError: { 'request-id': 'none', date: '2019-11-05T00:00:00' } } })

const CREATED = /a new call exists/

export const REFUSALS: readonly Deviation[] = [
  breaks(
    'CC-05',
    'token-missing-and-created',
    'A request without a token is refused, and the call is created all the same.',
    CREATED,
    refusedAndCreated(missing),
  ),
  breaks(
    'CC-05',
    'token-missing-403',
    'A request without a token is answered 403.',
    /answered 403/,
    unauthorised(missing, { status: 403 }),
  ),
  breaks(
    'CC-15',
    'bad-token-and-created',
    'A request with a bad token is refused, and the call is created all the same.',
    CREATED,
    refusedAndCreated(bad),
  ),
  breaks(
    'CC-15',
    'bad-token-500',
    'A token that cannot be read is answered 500.',
    /answered 500/,
    unauthorised(bad, { status: 500 }),
  ),
  breaks(
    'CC-15',
    'bad-token-under-another-code',
    'A bad token is refused with another code.',
    /refused with Unauthorized/,
    unauthorised(bad, { body: another('Unauthorized') }),
  ),
  breaks(
    'CC-15',
    'challenge-missing',
    'The 401 does not say how to authenticate.',
    /WWW-Authenticate/,
    unauthorised(() => true, { headers: { 'www-authenticate': null } }),
  ),
  breaks(
    'CC-15',
    'challenge-basic',
    'The 401 asks for a name and a password.',
    /WWW-Authenticate Basic/,
    unauthorised(() => true, { headers: { 'www-authenticate': 'Basic realm=""' } }),
  ),
  breaks(
    'CC-15',
    'error-without-inner',
    'The body of a refusal has no inner error.',
    /innerError/,
    refusedWith(async (response) => {
      const { error } = (await response.json()) as { error: { code: string; message: string } }
      return otherwise(response, { body: JSON.stringify({ error: { code: error.code, message: error.message } }) })
    }),
  ),
  breaks(
    'CC-15',
    'error-as-text',
    'A refusal for want of a good token is written as plain text.',
    /not JSON/,
    answeringWith(401, (response) => otherwise(response, { body: 'Unauthorized', headers: { 'content-type': 'text/plain' } })),
  ),
  breaks(
    'CC-16',
    'stale-token-403',
    'A token that is not in force is answered 403.',
    /answered 403/,
    unauthorised(stale, { status: 403 }),
  ),
  breaks(
    'CC-16',
    'foreign-token-and-created',
    'A request with a token that is not in force is refused, and the call is created all the same.',
    CREATED,
    refusedAndCreated(stale),
  ),
]
