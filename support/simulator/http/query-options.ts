// The query options of OData on a request to Graph: `$select` is honoured, and every other one is refused. None is ignored.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Answer } from '../core/commands'
import { type Refusal, unplayed } from '../core/errors'
import { LATER_PAGES, NEW_CALL } from '../core/new-call'
import { ONLINE_MEETING } from '../core/online-meetings'

/** Documented: page on query parameters of 2019, and OData 4.0, part 2, section 5.1. */
const SYSTEM_OPTIONS: readonly string[] = [
  'select',
  ...['expand', 'filter', 'orderby', 'top', 'skip', 'count', 'search', 'skiptoken', 'deltatoken', 'apply', 'compute', 'levels'],
]

/** What a query selects of the answer; null where all of it is wanted. */
type Selection = readonly string[] | null

/**
 * Reads the query of a request: the members that it selects, or why it is refused. A name without `$` is a custom option, which OData leaves to
 * the service, unless it is that of a system option: Graph takes those without `$` too (documented for beta; an assumption for v1.0).
 */
export function readQuery(method: string, query: URLSearchParams): { readonly select: Selection } | Refusal {
  let select: Selection = null
  for (const [written, value] of query) {
    const name = written.replace(/^\$/, '').toLowerCase()
    if (name === 'format' && /^(json|application\/json\b.*)$/i.test(value)) continue
    if (!SYSTEM_OPTIONS.includes(name) && name !== 'format') {
      if (!written.startsWith('$')) continue
      const diagnosis = `${written} is no query option of OData: leave it out`
      return { error: 'strangeQueryOption', detail: `'${written}' is not supported.`, diagnosis }
    }
    const isRead = method === 'GET' || method === 'HEAD'
    if (!isRead) return unplayed(`the query option ${written} of a ${method}`, 'Send it with GET: OData has it nowhere else.')
    if (name !== 'select') return unplayed(`the query option ${written}`, 'Leave it out, and pick from the whole answer.')
    if (value.includes('/')) return unplayed('the query option $select with a path', 'Select the whole member.')
    select = value.split(',').map((one) => one.trim())
  }
  return { select }
}

/** The properties of each type that a GET answers with, for names that are in no answer now (documented: metadata of November 2019). */
const PROPERTIES = {
  // Those of later pages are in the answers of the roots that have them.
  call: NEW_CALL.filter(({ source }) => source !== LATER_PAGES).map(({ name }) => name),
  participant: ['id', 'info', 'recordingInfo', 'mediaStreams', 'metadata', 'isMuted', 'isInLobby'],
  contentSharingSession: ['id'],
  onlineMeeting: ONLINE_MEETING.map(({ name }) => name),
} as const

/** An answer with the selected members, or the refusal of one that its type does not have. */
export function selected(answer: Answer, select: Selection): Answer | Refusal {
  if (select === null || select.includes('*')) return answer
  switch (answer.kind) {
    case 'call':
      return refuseNames('call', select, Object.keys(answer.call)) ?? { ...answer, call: project(answer.call, select) }
    case 'participants':
      return refuseNames('participant', select) ?? { ...answer, list: projectList(answer.list, select) }
    case 'content-sharing-sessions':
      return refuseNames('contentSharingSession', select) ?? { ...answer, list: projectList(answer.list, select) }
    case 'content-sharing-session':
      return refuseNames('contentSharingSession', select) ?? { ...answer, session: project(answer.session, select) }
    case 'participant': {
      const { participant } = answer
      return (
        refuseNames('participant', select) ?? {
          ...answer,
          participant: isObject(participant) ? project(participant, select) : participant,
        }
      )
    }
    case 'online-meeting':
      return refuseNames('onlineMeeting', select) ?? { ...answer, meeting: project(answer.meeting, select) }
    default:
      return answer
  }
}

function refuseNames(type: keyof typeof PROPERTIES, select: readonly string[], answered: readonly string[] = []): Refusal | null {
  const known: readonly string[] = [...new Set([...PROPERTIES[type], ...answered])]
  const unknown = select.find((name) => name.startsWith('@') || !known.includes(name))
  if (unknown === undefined) return null
  return {
    error: 'noSuchProperty',
    detail: `named '${unknown}' on type 'microsoft.graph.${type}'.`,
    diagnosis: `$select names "${unknown}", which is no member of a ${type}: select some of ${known.filter((name) => !name.startsWith('@')).join(', ')}`,
  }
}

/** A list whose objects keep the selected members. */
function projectList({ value, ...around }: JsonObject, select: readonly string[]): JsonObject {
  const chosen = Array.isArray(value) ? value.map((one: Json) => (isObject(one) ? project(one, select) : one)) : []
  return { value: chosen, ...project(around, select) }
}

/** Annotations stay, and the context names what was selected (OData 4.0, part 1, section 10.7). */
function project(value: JsonObject, select: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name.startsWith('@') || select.includes(name))
      .map(([name, member]): [string, Json] =>
        name === '@odata.context' && typeof member === 'string'
          ? [name, member.replace(/(\/\$entity)?$/, (entity) => `(${select.join(',')})${entity}`)]
          : [name, member],
      ),
  )
}
