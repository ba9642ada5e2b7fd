// A received change as the judge reads it: of which call, of what, and what it shows.
import { isObject, type Json, type JsonObject } from '../contract/json'
import { type CommsNotification, resourceAddress } from '../contract/messages'
import { shownAt, shownString } from '../contract/shown'
import { ANOTHER_BOT, type Setting, THE_BOT } from './setting'

/** Somebody on a roster, by the name that tables use; a stranger by what the message says of them. */
export interface Seen {
  readonly name: string
  readonly inLobby: boolean
  readonly raw: JsonObject
}

export interface Change {
  readonly callId: string | null
  readonly of: 'call' | 'roster' | 'other'
  readonly change: CommsNotification['changeType']
  /** State of the call; null for anything else. */
  readonly state: string | null
  readonly seen: readonly Seen[]
  readonly raw: CommsNotification
}

export function readChange(raw: CommsNotification, setting: Setting): Change {
  const address = resourceAddress(raw.resource ?? raw.resourceUrl ?? '')
  const { resourceData } = raw
  const listed = Array.isArray(resourceData)
  const of = address === null || (address.of === 'roster') !== listed ? 'other' : address.of
  return {
    callId: address?.callId ?? null,
    of,
    change: raw.changeType,
    state: of === 'call' && !listed && typeof resourceData.state === 'string' ? resourceData.state : null,
    seen: of === 'roster' && listed ? resourceData.map((participant) => see(participant, setting)) : [],
    raw,
  }
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
  const strange = ['user', 'guest', 'application', 'phone'].find((kind) => id(kind) !== undefined)
  return strange === undefined ? 'somebody without an identity' : `${strange} ${shownId(id(strange))}`
}

function shownId(id: Json | undefined): string {
  return typeof id === 'string' ? shownString(id) : JSON.stringify(shownAt('id', id ?? null))
}

/** One line for a person: what a change showed. Words of the wire are told as they may be shown. */
export function told({ callId, of, change, state, seen }: Change, ownCallId: string | null): string {
  const foreign = callId === ownCallId ? '' : ` of another call (${shownString(callId ?? 'no call id')})`
  if (of === 'call') return `call ${change}, ${shownString(state ?? 'without a state')}${foreign}`
  if (of === 'roster') return `roster ${change}, ${rosterTold(seen)}${foreign}`
  return `something else ${change}${foreign}`
}

export function rosterTold(seen: readonly Pick<Seen, 'name' | 'inLobby'>[]): string {
  return seen.length === 0 ? 'nobody' : seen.map(({ name, inLobby }) => (inLobby ? `${name} in the lobby` : name)).join(' and ')
}
