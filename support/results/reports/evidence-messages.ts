// Reads the evidence of a scenario back into messages, and names each by what it is: "roster updated: John, the bot in the lobby".
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { contentOf, type ScenarioRecord } from '../read-messages'

/** A part of an exchange, as the evidence shows it. */
export interface EvidencePart {
  /** Method and address, or status. */
  readonly line: string
  readonly headers: readonly string[]
  /** Pretty-printed where it is JSON; '' for none. */
  readonly body: string
}

export interface EvidenceMessage {
  /** What it is, in the words of a reviewer. */
  readonly name: string
  /** The name of the evidence in the record. */
  readonly fileName: string
  /** As in `Purpose`. */
  readonly purpose: string
  readonly from: 'bot' | 'graph'
  readonly request: EvidencePart
  readonly response: EvidencePart
  /** What its notifications say, one for each entry of the post; empty for other messages. */
  readonly changes: readonly string[]
  /** Milliseconds since the epoch; null where the record does not say. */
  readonly at: number | null
}

/** File name of the evidence of one exchange: `3 create: bot → Graph, 201`. */
const NAME = /^\d+ ([\w-]+): (bot|Graph) → /

/** A message in one line, such as "Graph to the bot: roster updated: John, the bot in the lobby, 202 Accepted". */
export function describeMessage({ name, purpose, response }: EvidenceMessage): string {
  const who = purpose === 'notification' ? 'Graph to the bot: ' : 'the bot '
  return `${who}${name}, ${response.line || 'no answer'}`
}

/** The exchanges of a scenario, in order. */
export function evidenceOf({ steps, facts }: ScenarioRecord): readonly EvidenceMessage[] {
  const attached = steps.flatMap(({ attachments }) => attachments)
  return attached
    .flatMap((attachment) => {
      const [, purpose, from] = NAME.exec(attachment.fileName ?? '') ?? []
      return purpose === undefined ? [] : [{ purpose, from: from === 'bot' ? ('bot' as const) : ('graph' as const), attachment }]
    })
    .map(({ purpose, from, attachment }, index) => {
      const { request, response } = partsOf(contentOf(attachment).toString())
      const body = parsed(request.body)
      const changes = purpose === 'notification' ? changesIn(body) : []
      const name = changes.length > 0 ? changes.join('; ') : nameOf(purpose, request, body)
      return {
        name,
        fileName: attachment.fileName ?? '',
        purpose,
        from,
        request,
        response,
        changes,
        at: facts?.exchangedAt[index] || null,
      }
    })
}

function partsOf(text: string): { request: EvidencePart; response: EvidencePart } {
  const end = text.search(/^← /m)
  const [asked, answered] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end)]
  return { request: partOf(asked), response: partOf(answered) }
}

function partOf(text: string): EvidencePart {
  const [head = '', ...rest] = text.trim().split('\n\n')
  const [line = '', ...headers] = head.split('\n')
  return { line: line.replace(/^[→←] /, ''), headers, body: rest.join('\n\n') }
}

function parsed(body: string): Json {
  try {
    return JSON.parse(body) as Json
  } catch {
    return null
  }
}

/** The part of a name that the purpose gives; the rest follows from address and body. */
const PURPOSES: Readonly<Record<string, string>> = {
  token: 'asks for a token',
  keys: 'fetches the keys of notification tokens',
  get: 'reads the call',
  delete: 'ends the call',
  'look-up': 'looks up the meeting',
  notification: 'a post that is no notification',
  other: 'another request',
}

function nameOf(purpose: string, { line }: EvidencePart, body: Json): string {
  if (purpose === 'create') return nameOfCreate(body)
  if (purpose === 'operation') return `requests the operation ${/\/([^/?]+)(?:\?.*)?$/.exec(line)?.[1] ?? ''}`.trim()
  return PURPOSES[purpose] ?? purpose
}

function nameOfCreate(body: Json): string {
  if (!isObject(body)) return 'sends a request that is no call'
  const people = Array.isArray(body.targets) ? body.targets.map((target) => identityOf(target as Json).name) : []
  if (people.length > 0) return `calls ${people.join(' and ')}`
  if (!isObject(body.chatInfo) && !isObject(body.meetingInfo)) return 'requests a call'
  const source = isObject(body.source) ? identityOf(body.source) : null
  return source?.kind === 'guest' ? 'joins a meeting as a guest' : 'joins a meeting'
}

function changesIn(body: Json): readonly string[] {
  const entries = isObject(body) && Array.isArray(body.value) ? body.value : []
  return entries.flatMap((entry) => (isObject(entry as Json) ? [nameOfChange(entry as JsonObject)] : []))
}

function nameOfChange({ changeType, resource, resourceUrl, resourceData }: JsonObject): string {
  const change = String(changeType ?? 'changed')
  const address = String(resource ?? resourceUrl ?? '')
  if (Array.isArray(resourceData) || /\/participants$/.test(address)) {
    const seen = (Array.isArray(resourceData) ? resourceData : []).map((participant) => participantOf(participant as Json))
    return `roster ${change}: ${seen.length === 0 ? 'no participants' : seen.join(', ')}`
  }
  const data = isObject(resourceData) ? resourceData : {}
  if (/\/operations\//.test(address)) return `operation ${change}: ${String(data.status ?? 'without a status')}`
  if (isObject(data.toneInfo)) return `tone ${change}: ${String(data.toneInfo.tone)}`
  return `call ${change}: ${String(data.state ?? 'without a state')}`
}

function participantOf(participant: Json): string {
  if (!isObject(participant)) return 'an unreadable participant'
  const { kind, name } = identityOf(isObject(participant.info) ? participant.info : {})
  const shown = kind === 'user' ? name : kind === null ? 'a participant without an identity' : 'the bot'
  return participant.isInLobby === true ? `${shown} in the lobby` : shown
}

/** The first identity of a set, as a bot has an application beside the guest that it joined as. */
function identityOf(info: Json): { readonly kind: string | null; readonly name: string } {
  const set = isObject(info) && isObject(info.identity) ? info.identity : {}
  const kind = ['user', 'guest', 'application', ...Object.keys(set)].find((one) => isObject(set[one])) ?? null
  const identity = kind === null ? {} : (set[kind] as JsonObject)
  const name = identity.displayName ?? identity.id
  return { kind, name: typeof name === 'string' ? name : 'a person' }
}
