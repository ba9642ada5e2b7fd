// Recognises differences that are known drift of today's service (fixtures/drift.yaml), with one row for each form of a drift.
import { isObject, type Json, type JsonObject } from '../contract/json'
import { resourceAddress } from '../contract/messages'
import type { Difference } from './pattern'

/**
 * What was compared, and where paths begin: the body of the answer to a create; its Location (with an empty path); one entry of a
 * notification, of a call or of its roster; one participant on that roster.
 */
export type Compared = 'answer' | 'location' | 'call' | 'roster' | 'participant'

interface Sorted {
  /** Numbers of the drift that was found, each once, in order. */
  readonly drift: readonly string[]
  /** Differences that no drift explains. */
  readonly left: readonly Difference[]
}

interface Occasion {
  readonly actual: Json
  /** The message, and the data of a notification; empty if they are not objects. */
  readonly message: JsonObject
  readonly data: JsonObject
  readonly sent: Json
  readonly difference: Difference
  /** Whether a member of the message is the address of the subject. */
  isAddress(name: 'resource' | 'resourceUrl'): boolean
}

type Row = readonly [drift: string, of: readonly Compared[], path: RegExp, shows: (occasion: Occasion) => boolean]

const entry = ['call', 'roster'] as const
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

const ROWS: readonly Row[] = [
  ['D-01', entry, /^resource$/, ({ message, isAddress }) => message.resource === undefined && isAddress('resourceUrl')],
  [
    'D-02',
    ['call'],
    /^resourceData\.id$/,
    ({ data, isAddress }) => !Object.hasOwn(data, 'id') && (isAddress('resource') || isAddress('resourceUrl')),
  ],
  ['D-03', entry, /^callbackUri$/, ({ message }) => message.callbackUri === undefined],
  ['D-04', ['call'], /^resourceData\.tenantId$/, ({ data }) => !Object.hasOwn(data, 'tenantId') && data.state === 'established'],
  ['D-05', ['location'], /^$/, ({ actual, difference }) => sameCallElsewhere(actual, difference.expected)],
  [
    'D-05',
    ['answer'],
    /^@odata\.context$/,
    ({ message: { '@odata.context': context } }) => typeof context === 'string' && CONTEXTS.test(context),
  ],
  [
    'D-05',
    entry,
    /^resource$/,
    ({ message, isAddress }) => /^\/communications\//.test(String(message.resource)) && isAddress('resource'),
  ],
  [
    'D-06',
    ['answer'],
    /^tenantId$/,
    ({ message: { tenantId }, sent }) => typeof tenantId === 'string' && objectOf(sent).tenantId === tenantId,
  ],
  [
    'D-07',
    ['call'],
    /^resourceData\.direction$/,
    ({ data }) => !Object.hasOwn(data, 'direction') && data.state === 'established' && isObject(data.mediaState),
  ],
  [
    'D-08',
    ['participant'],
    /^info\.identity\.application\.displayName$/,
    ({ message }) => {
      const { id, displayName } = objectOf(objectOf(objectOf(message.info).identity).application)
      return typeof id === 'string' && displayName === `28:${id}`
    },
  ],
  [
    'D-09',
    ['answer'],
    /^targets\[\d+\]\.@odata\.type$/,
    ({ message: { targets }, difference: { path } }) => {
      const target = Array.isArray(targets) ? targets[Number(/\d+/.exec(path)?.[0])] : undefined
      return objectOf(target)['@odata.type'] === '#microsoft.graph.invitationParticipantInfo'
    },
  ],
]

/** Numbers of the recognised drift. */
export const RECOGNISED: ReadonlySet<string> = new Set(ROWS.map(([drift]) => drift))

/** The type of a call's body under the known roots and versions of calls. */
const CONTEXTS = /^https:\/\/graph\.microsoft\.com\/(beta|v1\.0)\/\$metadata#(app|communications)\/calls\/\$entity$/

const CALL_ADDRESS = /^(?<origin>https?:\/\/.+?)\/(?:beta|v1\.0)\/(?:app|communications)\/calls\/(?<id>[^/?#]+)$/

/** Whether an address differs from the documented one only in version and root. */
function sameCallElsewhere(address: Json, documented: string): boolean {
  const [received, printed] = [CALL_ADDRESS.exec(String(address))?.groups, CALL_ADDRESS.exec(documented)?.groups]
  return received !== undefined && received.origin === printed?.origin && received.id === printed?.id
}

/**
 * Sorts the differences of one comparison into known drift and the rest.
 * @param actual the received message
 * @param sent the body of the request, for values that an answer takes from it
 */
export function sortDrift(of: Compared, differences: readonly Difference[], actual: Json, sent: Json = null): Sorted {
  const message = objectOf(actual)
  const isAddress = (name: 'resource' | 'resourceUrl') => {
    const text = message[name]
    return typeof text === 'string' && resourceAddress(text)?.of === of
  }
  const known = differences.map((difference) => {
    const occasion = { actual, message, data: objectOf(message.resourceData), sent, difference, isAddress }
    return ROWS.find(([, subjects, path, shows]) => subjects.includes(of) && path.test(difference.path) && shows(occasion))?.[0]
  })
  return {
    drift: [...new Set(known.filter((drift) => drift !== undefined))].sort(),
    left: differences.filter((_, at) => known[at] === undefined),
  }
}
