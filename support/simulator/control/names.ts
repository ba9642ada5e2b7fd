// People, meetings and calls as the control API takes and shows them: by the names of the seed where there are any, else by id.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import type { Person } from '../core/commands'
import { meetingKey } from '../core/state'
import type { CallRecord } from '../runtime/call-records'
import { harmlessAddress } from '../runtime/redact'
import { badRequest } from './control-error'
import type { ControlledWorld } from './operation'

const text = z.string().min(1).max(500)

export const personParam = text.describe('the name of a person in the seed file, or a user id')
export const callIdParam = text.describe('the id of a call, as the operation calls lists it')

/** The two ways to say which meeting. */
export const meetingParams = {
  meeting: text.optional().describe('the name of a meeting in the seed file (or threadId in place of it)'),
  threadId: text.optional().describe('the thread id of a meeting, where it has no name'),
  messageId: text.optional().describe('the message id that goes with threadId; "0" unless said'),
}

interface MeetingNamed {
  readonly meeting?: string | undefined
  readonly threadId?: string | undefined
  readonly messageId?: string | undefined
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The user id behind a name or id. One that is no name must look like an id: a misspelt name would do nothing at all. */
export function personIdOf({ seed }: ControlledWorld, named: string): string {
  const person = seed.people.get(named)
  if (person !== undefined) return person.id
  if (GUID.test(named) || [...seed.people.values()].some(({ id }) => id === named)) return named
  throw badRequest(`person: nobody is called ${JSON.stringify(named)}; write ${listed([...seed.people.keys()])}, or a user id.`)
}

/** Somebody with a name to show on rosters, who may be unknown to the seed if the name is given. */
export function personOf(world: ControlledWorld, named: string, displayName: string | undefined): Person {
  const id = personIdOf(world, named)
  const known = [...world.seed.people.values()].find((person) => person.id === id)
  if (known !== undefined) return known
  if (displayName !== undefined) return { id, displayName, languageId: null }
  throw badRequest(`displayName is missing: ${id} is not in the seed file; write how the rosters show this person.`)
}

/** The key of the meeting that is meant; null when none is named. */
export function meetingIfNamed({ seed }: ControlledWorld, named: MeetingNamed): string | null {
  const { meeting, threadId, messageId } = named
  if (meeting !== undefined && threadId !== undefined) throw badRequest('meeting and threadId are both there; write one of them.')
  if (threadId !== undefined) return meetingKey(threadId, messageId ?? '0')
  if (messageId !== undefined) throw badRequest('threadId is missing beside messageId; write the thread id of the meeting.')
  if (meeting === undefined) return null
  const key = seed.meetings.get(meeting)
  if (key !== undefined) return key
  const names = listed([...seed.meetings.keys()])
  throw badRequest(
    `meeting: none is called ${JSON.stringify(meeting)}; write ${names}, or threadId and messageId in place of it.`,
  )
}

export function meetingOf(world: ControlledWorld, named: MeetingNamed): string {
  const key = meetingIfNamed(world, named)
  if (key !== null) return key
  throw badRequest('meeting is missing; write the name of a meeting in the seed file, or its threadId and messageId.')
}

const listed = (names: readonly string[]) => (names.length === 0 ? '(the seed file has none)' : `one of ${names.join(', ')}`)

/** The name of the seed for a person, or the id. */
export function personShown({ seed }: ControlledWorld, id: string): string {
  return [...seed.people].find(([, person]) => person.id === id)?.[0] ?? id
}

export function meetingShown({ seed }: ControlledWorld, key: string): string {
  return [...seed.meetings].find(([, one]) => one === key)?.[0] ?? key
}

/** Whether a bot has called this person in this call. */
export function isCalled({ personId, invited }: CallRecord, person: string): boolean {
  return personId === person || invited.some(({ id }) => id === person)
}

/** A call as answers show it. */
export function callShown(world: ControlledWorld, call: CallRecord): JsonObject {
  const { id, form, state, phase, personId, invited, meeting, appId, tenantId, myParticipantId, callbackUri, end } = call
  const [threadId = '', messageId = ''] = meeting?.split(' ') ?? []
  const shown: Record<string, Json> = { callId: id, form, state, phase, appId, tenantId, participantId: myParticipantId }
  if (personId !== null) Object.assign(shown, { person: personShown(world, personId), personId })
  if (invited.length > 0) Object.assign(shown, { people: invited.map((one) => somebodyShown(world, one)) })
  else if (meeting !== null) Object.assign(shown, { meeting: meetingShown(world, meeting), threadId, messageId })
  return { ...shown, callback: harmlessAddress(callbackUri), ...(end === null ? {} : { end }) }
}

function somebodyShown(world: ControlledWorld, { id, now }: CallRecord['invited'][number]): JsonObject {
  return { person: personShown(world, id), personId: id, now }
}

/** A call in a few words, for sentences: `call ID (ringing John)`. */
export function callTold(world: ControlledWorld, { id, phase, personId, invited, meeting }: CallRecord): string {
  const called = personId === null ? invited.map((one) => one.id) : [personId]
  const whom = called.length > 0 ? called.map((one) => personShown(world, one)).join(' and ') : null
  const where = meeting === null ? '' : meetingShown(world, meeting)
  return `${id} (${[phase, whom ?? where].filter(Boolean).join(' ')})`
}
