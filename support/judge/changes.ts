// Reads a received notification as the judge compares it: its call, its subject, and what it shows.
import { isObject, type Json, type JsonObject } from '../contract/json'
import { type CommsNotification, type ResourceAddress, resourceAddress } from '../contract/messages'
import { describeType, shownAt, shownString } from '../contract/shown'
import { ANOTHER_BOT, type Setting, THE_BOT } from './setting'

/** A participant on a roster, by the name that tables use; an unknown one by the identity in the message. */
export interface Seen {
  readonly name: string
  readonly inLobby: boolean
  readonly raw: JsonObject
}

export interface Change {
  readonly callId: string | null
  /** A tone is posted as a change of the call and does not change its state. */
  readonly of: 'call' | 'roster' | 'operation' | 'tone' | 'other'
  readonly change: CommsNotification['changeType']
  /** State of the call, status of an operation, the tone; null for anything else. */
  readonly state: string | null
  /** Id of the operation, or sequence number of the tone: the same value again is a repeat. Null for anything else. */
  readonly which: string | null
  readonly seen: readonly Seen[]
  /** Whether it came in a repeated delivery: such a change may say something that is no longer true. */
  readonly repeated: boolean
  readonly raw: CommsNotification
}

export function readChange(raw: CommsNotification, setting: Setting, repeated = false): Change {
  const address = resourceAddress(raw.resource ?? raw.resourceUrl ?? '')
  const { resourceData } = raw
  const { of, state, which } = Array.isArray(resourceData) ? ofList(address) : ofObject(address, resourceData)
  return {
    callId: address?.callId ?? null,
    of,
    change: raw.changeType,
    state,
    which,
    seen: of === 'roster' ? (resourceData as readonly JsonObject[]).map((participant) => see(participant, setting)) : [],
    repeated,
    raw,
  }
}

type Content = Pick<Change, 'of' | 'state' | 'which'>

const OTHER: Content = { of: 'other', state: null, which: null }

function ofList(address: ResourceAddress | null): Content {
  return address?.of === 'roster' ? { ...OTHER, of: 'roster' } : OTHER
}

function ofObject(address: ResourceAddress | null, { state, status, toneInfo }: JsonObject): Content {
  if (address?.of === 'operation')
    return typeof status === 'string' ? { of: 'operation', state: status, which: address.operationId } : OTHER
  if (address?.of !== 'call') return OTHER
  if (isObject(toneInfo) && typeof toneInfo.tone === 'string')
    return { of: 'tone', state: toneInfo.tone, which: String(toneInfo.sequenceId) }
  return { of: 'call', state: typeof state === 'string' ? state : null, which: null }
}

function see(participant: JsonObject, setting: Setting): Seen {
  return { name: nameOf(participant, setting), inLobby: participant.isInLobby === true, raw: participant }
}

function nameOf({ info }: JsonObject, { cast, clientId, another }: Setting): string {
  const set = isObject(info) && isObject(info.identity) ? info.identity : {}
  const id = (kind: string): Json | undefined => (isObject(set[kind]) ? set[kind].id : undefined)
  if (id('application') === clientId || (cast.guest !== null && id('guest') === cast.guest.id)) return THE_BOT
  if (another !== null && id('application') === another) return ANOTHER_BOT
  const known = Object.entries(cast.people).find(([, person]) => person.id === id('user'))
  if (known !== undefined) return known[0]
  const unknown = ['user', 'guest', 'application', ...Object.keys(set)].find((kind) => id(kind) !== undefined)
  return unknown === undefined ? 'a participant without an identity' : `${unknown} ${shownId(id(unknown))}`
}

export function shownId(id: Json | undefined): string {
  return typeof id === 'string' ? shownString(id) : JSON.stringify(shownAt('id', id ?? null))
}

/** Describes a change in one line. Values from the wire are redacted (`shownString`). */
export function describeChange({ callId, of, change, state, seen, repeated, raw }: Change, ownCallId: string | null): string {
  const call = callId === ownCallId ? '' : ` of another call (${shownString(callId ?? 'no call id')})`
  const ending = `${call}${repeated ? ', delivered again' : ''}`
  if (of === 'other') return `${describeOther(raw)}${ending}`
  if (of === 'roster') return `roster ${change}, ${describeRoster(seen)}${ending}`
  return `${of} ${change}, ${state === null ? describeNoState(raw) : shownString(state)}${ending}`
}

/** What kind of resourceData each subject has. */
const DATA: Readonly<Record<string, string>> = { call: 'an object', roster: 'a list', operation: 'an object' }

/** Names the member that keeps a notification from being read as a change of a call, its roster or an operation. */
function describeOther({ changeType, resource, resourceUrl, resourceData }: CommsNotification): string {
  const name = resource === undefined && resourceUrl !== undefined ? 'resourceUrl' : 'resource'
  const text = resource ?? resourceUrl
  const address = resourceAddress(text ?? '')
  if (text === undefined) return `notification ${changeType} without resource; expected: the address of a call`
  const expected = DATA[address?.of ?? '']
  if (expected === undefined)
    return `notification ${changeType}, ${name} ${shownString(text)}; expected: a call, its participants or one of its operations`
  const actual = describeType(resourceData as Json)
  if (actual !== expected) return `${address?.of} ${changeType}, resourceData is ${actual}; expected: ${expected}`
  return `${address?.of} ${changeType}, resourceData.status is ${describeValue('status', (resourceData as JsonObject).status)}; expected: a text`
}

function describeNoState({ resourceData }: CommsNotification): string {
  const { state } = resourceData as JsonObject
  return state === undefined ? 'without a state' : `resourceData.state is ${describeValue('state', state)}; expected: a text`
}

function describeValue(name: string, value: Json | undefined): string {
  const type = describeType(value)
  if (value === undefined || value === null) return type
  return typeof value === 'object' ? type : `${JSON.stringify(shownAt(name, value))}, ${type}`
}

export function describeRoster(seen: readonly (Pick<Seen, 'name' | 'inLobby'> & Partial<Seen>)[]): string {
  return seen.length === 0 ? 'no participants' : seen.map(describeSeen).join(' and ')
}

/** A flag of another type is not read as true or false. */
function describeSeen({ name, inLobby, raw }: Pick<Seen, 'name' | 'inLobby'> & Partial<Seen>): string {
  const flag = raw?.isInLobby
  if (flag === undefined || typeof flag === 'boolean') return inLobby ? `${name} in the lobby` : name
  return `${name} (isInLobby is ${describeValue('isInLobby', flag)}; expected: a boolean)`
}
