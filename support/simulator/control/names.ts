// People, meetings and calls in the control API: by their names in the seed, or by their ids.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import type { Attendee } from '../core/commands'
import { meetingKey } from '../core/state'
import type { CallRecord } from '../runtime/call-records'
import { harmlessAddress } from '../runtime/redact'
import type { SeededSimulator } from '../seed'
import { badRequest } from './operation'

const text = z.string().min(1).max(500)

export const personParam = text.describe('the name of a person in the seed file, or a user id')
export const callIdParam = text.describe('the id of a call, as the operation calls lists it')

/** The two ways to say which meeting. */
export const meetingParams = {
  meeting: text.optional().describe('the name of a meeting in the seed file (or threadId in place of it)'),
  threadId: text.optional().describe('the thread id of a meeting, where it has no name'),
  messageId: text.optional().describe('the message id that goes with threadId; default "0"'),
}

interface MeetingNamed {
  readonly meeting?: string | undefined
  readonly threadId?: string | undefined
  readonly messageId?: string | undefined
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The user id of a person. What is no name must look like an id: a misspelt name would have no effect. */
export function personIdOf({ seed }: SeededSimulator, named: string): string {
  const person = seed.people.get(named)
  if (person !== undefined) return person.id
  if (GUID.test(named) || [...seed.people.values()].some(({ id }) => id === named)) return named
  throw badRequest(`person ${JSON.stringify(named)} is unknown; write ${listed([...seed.people.keys()])}, or a user id.`)
}

/** A person with the name that rosters show; a person who is not in the seed needs one. */
export function personOf(seeded: SeededSimulator, named: string, displayName: string | undefined): Attendee {
  const id = personIdOf(seeded, named)
  const known = [...seeded.seed.people.values()].find((person) => person.id === id)
  if (known !== undefined) return known
  if (displayName !== undefined) return { id, displayName, languageId: null }
  throw badRequest(`displayName is missing: ${id} is not in the seed file; write how the rosters show this person.`)
}

/** The key of the meeting; null when no meeting is named. */
export function meetingIfNamed({ seed }: SeededSimulator, named: MeetingNamed): string | null {
  const { meeting, threadId, messageId } = named
  if (meeting !== undefined && threadId !== undefined)
    throw badRequest('meeting and threadId exclude each other; write one of them.')
  if (threadId !== undefined) return meetingKey(threadId, messageId ?? '0')
  if (messageId !== undefined) throw badRequest('threadId is missing, which messageId needs; write the thread id of the meeting.')
  if (meeting === undefined) return null
  const key = seed.meetings.get(meeting)
  if (key !== undefined) return key
  const names = listed([...seed.meetings.keys()])
  throw badRequest(`meeting ${JSON.stringify(meeting)} is unknown; write ${names}, or threadId and messageId in place of it.`)
}

export function meetingOf(seeded: SeededSimulator, named: MeetingNamed): string {
  const key = meetingIfNamed(seeded, named)
  if (key !== null) return key
  throw badRequest('meeting is missing; write the name of a meeting in the seed file, or its threadId and messageId.')
}

const listed = (names: readonly string[]) => (names.length === 0 ? '(the seed file has none)' : `one of ${names.join(', ')}`)

/** The name of a person in the seed, or the id. */
export function nameOfPerson({ seed }: SeededSimulator, id: string): string {
  return [...seed.people].find(([, person]) => person.id === id)?.[0] ?? id
}

export function nameOfMeeting({ seed }: SeededSimulator, key: string): string {
  return [...seed.meetings].find(([, one]) => one === key)?.[0] ?? key
}

/** Whether a bot has called this person in this call. */
export function isCalled({ personId, invited }: CallRecord, person: string): boolean {
  return personId === person || invited.some(({ id }) => id === person)
}

/** A call in a response. */
export function showCall(seeded: SeededSimulator, call: CallRecord): JsonObject {
  const { id, form, state, phase, personId, invited, meeting, appId, tenantId, myParticipantId, callbackUri, end } = call
  const [threadId = '', messageId = ''] = meeting?.split(' ') ?? []
  const shown: Record<string, Json> = { callId: id, form, state, phase, appId, tenantId, participantId: myParticipantId }
  if (personId !== null) Object.assign(shown, { person: nameOfPerson(seeded, personId), personId })
  if (invited.length > 0)
    shown.people = invited.map((one) => ({ person: nameOfPerson(seeded, one.id), personId: one.id, now: one.now }))
  else if (meeting !== null) Object.assign(shown, { meeting: nameOfMeeting(seeded, meeting), threadId, messageId })
  return { ...shown, callback: harmlessAddress(callbackUri), ...(end === null ? {} : { end }) }
}

/** A call in a few words, for sentences: `ID (ringing John)`. */
export function describeCall(seeded: SeededSimulator, { id, phase, personId, invited, meeting }: CallRecord): string {
  const called = personId === null ? invited.map((one) => one.id) : [personId]
  const place = meeting === null ? '' : nameOfMeeting(seeded, meeting)
  const about = called.map((one) => nameOfPerson(seeded, one)).join(' and ') || place
  return `${id} (${[phase, about].filter(Boolean).join(' ')})`
}
