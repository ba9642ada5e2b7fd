// Recognises differences that are known drift of today's service (fixtures/drift.yaml), with one row for each form of a drift.
import { isObject, type Json, type JsonObject } from '../contract/json'
import { resourceAddress } from '../contract/messages'
import type { Difference } from './pattern'

/**
 * What was compared, and where paths begin: the body of the answer to a create; its Location (with an empty path); one entry of a
 * notification, of a call or of its roster; one participant on that roster.
 */
export type Compared = 'answer' | 'location' | 'call' | 'roster' | 'participant'

export interface Sorted {
  /** Numbers of the drift that was found, each once, in order. */
  readonly drift: readonly string[]
  /** Differences that no drift explains. */
  readonly left: readonly Difference[]
}

interface Occasion {
  readonly of: Compared
  readonly message: Json
  readonly sent: Json
  readonly difference: Difference
}

interface Row {
  readonly drift: string
  readonly of: readonly Compared[]
  readonly path: RegExp
  shows(occasion: Occasion): boolean
}

const entry = ['call', 'roster'] as const
const member = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined)
const data = ({ message }: Occasion): JsonObject => {
  const found = member(message, 'resourceData')
  return isObject(found) ? found : {}
}

/** Whether a member of the message is the address of the subject. */
const isAddress = (name: 'resource' | 'resourceUrl', { of, message }: Occasion): boolean => {
  const text = member(message, name)
  return typeof text === 'string' && resourceAddress(text)?.of === of
}

const ROWS: readonly Row[] = [
  {
    drift: 'D-01',
    of: entry,
    path: /^resource$/,
    shows: (occasion) => member(occasion.message, 'resource') === undefined && isAddress('resourceUrl', occasion),
  },
  {
    drift: 'D-02',
    of: ['call'],
    path: /^resourceData\.id$/,
    shows: (occasion) =>
      !Object.hasOwn(data(occasion), 'id') && (isAddress('resource', occasion) || isAddress('resourceUrl', occasion)),
  },
  { drift: 'D-03', of: entry, path: /^callbackUri$/, shows: ({ message }) => member(message, 'callbackUri') === undefined },
  {
    drift: 'D-04',
    of: ['call'],
    path: /^resourceData\.tenantId$/,
    shows: (occasion) => !Object.hasOwn(data(occasion), 'tenantId') && data(occasion).state === 'established',
  },
  {
    drift: 'D-05',
    of: ['location'],
    path: /^$/,
    shows: ({ message, difference }) => sameCallElsewhere(message, difference.expected),
  },
  {
    drift: 'D-05',
    of: ['answer'],
    path: /^@odata\.context$/,
    shows: ({ message }) => {
      const context = member(message, '@odata.context')
      return typeof context === 'string' && CONTEXTS.test(context)
    },
  },
  {
    drift: 'D-05',
    of: entry,
    path: /^resource$/,
    shows: (occasion) =>
      /^\/communications\//.test(String(member(occasion.message, 'resource'))) && isAddress('resource', occasion),
  },
  {
    drift: 'D-06',
    of: ['answer'],
    path: /^tenantId$/,
    shows: ({ message, sent }) =>
      typeof member(sent, 'tenantId') === 'string' && member(sent, 'tenantId') === member(message, 'tenantId'),
  },
  {
    drift: 'D-07',
    of: ['call'],
    path: /^resourceData\.direction$/,
    shows: (occasion) => {
      const { state, mediaState, ...others } = data(occasion)
      return !Object.hasOwn(others, 'direction') && state === 'established' && isObject(mediaState)
    },
  },
  {
    drift: 'D-08',
    of: ['participant'],
    path: /^info\.identity\.application\.displayName$/,
    shows: ({ message }) => {
      const application = member(member(member(message, 'info'), 'identity'), 'application')
      const id = member(application, 'id')
      return typeof id === 'string' && member(application, 'displayName') === `28:${id}`
    },
  },
  {
    drift: 'D-09',
    of: ['answer'],
    path: /^targets\[\d+\]\.@odata\.type$/,
    shows: ({ message, difference: { path } }) => {
      const targets = member(message, 'targets')
      const target = Array.isArray(targets) ? targets[Number(/\d+/.exec(path)?.[0])] : undefined
      return member(target, '@odata.type') === '#microsoft.graph.invitationParticipantInfo'
    },
  },
]

/** Numbers of the recognised drift. */
export const RECOGNISED: ReadonlySet<string> = new Set(ROWS.map(({ drift }) => drift))

/** The type of a call's body under the known roots and versions of calls. */
const CONTEXTS = /^https:\/\/graph\.microsoft\.com\/(beta|v1\.0)\/\$metadata#(app|communications)\/calls\/\$entity$/

const CALL_ADDRESS = /^(?<origin>https?:\/\/.+?)\/(?:beta|v1\.0)\/(?:app|communications)\/calls\/(?<id>[^/?#]+)$/

/** Whether an address differs from the documented one only in version and root. */
function sameCallElsewhere(address: Json, documented: string): boolean {
  const [came, printed] = [CALL_ADDRESS.exec(String(address))?.groups, CALL_ADDRESS.exec(documented)?.groups]
  return came !== undefined && came.origin === printed?.origin && came.id === printed?.id
}

/**
 * Sorts the differences of one comparison into known drift and the rest.
 * @param actual the received message
 * @param sent the body of the request, for values that an answer takes from it
 */
export function sortDrift(of: Compared, differences: readonly Difference[], actual: Json, sent: Json = null): Sorted {
  const known = differences.map((difference) => {
    const occasion = { of, message: actual, sent, difference }
    return ROWS.find((row) => row.of.includes(of) && row.path.test(difference.path) && row.shows(occasion))?.drift
  })
  return {
    drift: [...new Set(known.filter((drift) => drift !== undefined))].sort(),
    left: differences.filter((_, at) => known[at] === undefined),
  }
}
