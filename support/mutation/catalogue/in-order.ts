// Deviations that refuse what is in order: what must come through when its faults are refused.

import type { Deviation, Wrap } from '../../simulator/wrapping'
import { asked, breaks } from '../wrap/breaks'
import { tokenIn } from '../wrap/callers'
import { commanded, refuseCreate } from '../wrap/deciding'
import { GRANTED } from '../wrap/granting'

/** Headers that are picked count as that of a token which is none. */
const distrusting =
  (picks: (authorization: string) => boolean): Wrap =>
  ({ authenticate }) => ({
    authenticate: (authorization) =>
      authenticate(authorization !== null && picks(authorization) ? 'Bearer distrusted' : authorization),
  })

const claimsOf = (authorization: string) => tokenIn(authorization)?.claims

const unauthorised = /status 401; documented: 201/

const bad = /status 400; documented: 201/

/** Every id says it: whoever sends a request that is in order sees these, whatever it is about. */
export const IN_ORDER: readonly Deviation[] = [
  breaks(
    'CC-05',
    'bearer-in-order-refused',
    'The scheme of a token must be written in small letters.',
    unauthorised,
    distrusting((authorization) => authorization.startsWith('Bearer ')),
  ),
  breaks(
    'CC-06',
    'application-in-order-refused',
    'Only a token that speaks for a user is accepted.',
    unauthorised,
    distrusting((authorization) => claimsOf(authorization)?.scp === undefined),
  ),
  breaks(
    'CC-15',
    'signature-in-order-refused',
    'Signatures are checked with a key that the issuer does not sign with any more.',
    unauthorised,
    distrusting((authorization) => claimsOf(authorization) !== undefined),
  ),
  breaks(
    'CC-16',
    'audience-in-order-refused',
    'A token must be made out to Graph with a slash at the end.',
    unauthorised,
    distrusting((authorization) => !String(claimsOf(authorization)?.aud).endsWith('/')),
  ),
  breaks(
    'CC-17',
    'registration-in-order-refused',
    'No bot is found to be registered for calling.',
    GRANTED,
    commanded((command) =>
      command.kind === 'create' ? { ...command, caller: { ...command.caller, registered: false } } : command,
    ),
  ),
  breaks(
    'CC-14',
    'object-in-order-refused',
    'A call is wanted inside of a list, and by itself refused.',
    bad,
    asked((body) => ({ body: `[${body}]` })),
  ),
  breaks(
    'CC-36',
    'json-in-order-refused',
    'A body must have the comma after its last member that the page prints.',
    bad,
    asked((body) => (/,\s*}\s*$/.test(body) ? null : { body: body.slice(0, -1) })),
  ),
  breaks(
    'CC-18',
    'media-config-in-order-refused',
    'The mediaConfig of a request is looked for where none is.',
    bad,
    refuseCreate(({ mediaConfig }) => mediaConfig !== undefined, 'missingMediaConfig'),
  ),
]
