// How people are made to act where they are real, or where a simulator in another process plays them.
import { z } from 'zod'
import type { Meeting, Person } from '../../contract/cast'
import type { Fetch } from '../../contract/exchange'
import { CouldNotRun, HarnessError } from '../../contract/faults'
import { type MeetingDeed, notSuchACall, type TargetPeople, type WhenAGuestWaits, type WhenCalled } from '../target'

type Line = (name: string, place: string) => string

/** What an operator is asked to do, without the time that there is for it. */
const CALLED: Readonly<Record<WhenCalled, Line>> = {
  answers: (name) => `Answer the call on ${name}'s client`,
  declines: (name) => `Decline the call on ${name}'s client`,
  silent: (name) => `Let the call on ${name}'s client ring`,
}
const LOBBY: Readonly<Record<WhenAGuestWaits, Line>> = {
  admits: (name, place) => `As ${name}, admit the guest from the lobby of ${place}`,
  refuses: (name, place) => `As ${name}, turn the guest away from the lobby of ${place}`,
  'leaves-in-lobby': (_, place) => `Let the guest wait in the lobby of ${place}`,
}
const DEEDS: Readonly<Record<MeetingDeed, Line>> = {
  join: (name, place) => `Join ${place} as ${name}`,
  leave: (name, place) => `Leave ${place} as ${name}`,
  mute: (name, place) => `Mute ${name}'s microphone in ${place}`,
  unmute: (name, place) => `Unmute ${name}'s microphone in ${place}`,
}

/**
 * Somebody sits at the terminal: one line says what to do and until when, and the run goes on the moment a notification shows it.
 * @param tell prints a line for the operator
 */
export function attended(tell: (line: string) => void, withinSeconds: number): TargetPeople {
  const ask = async (line: string) => tell(`${line} within ${withinSeconds} s.`)
  return {
    whenCalled: ({ displayName }, does) => ask(CALLED[does](displayName, '')),
    whenAGuestWaits: (meeting, does, by) => ask(LOBBY[does](by?.displayName ?? '', placeOf(meeting))),
    inMeeting: (meeting, deed, { displayName }) => ask(DEEDS[deed](displayName, placeOf(meeting))),
    hangsUp: ({ displayName }) => ask(`Hang up on ${displayName}'s client`),
    removes: (meeting, { displayName }) => ask(`As ${displayName}, remove the bot from ${placeOf(meeting)}`),
  }
}

function placeOf({ coordinates }: Meeting): string {
  return `the meeting with thread ${coordinates.threadId}`
}

/** Nobody acts: nobody picks up, admits or hangs up. Who is in a meeting by declaration is there; whoever shall do nothing does nothing. */
export const UNATTENDED: TargetPeople = {
  whenCalled: async (person, does) => {
    if (does !== 'silent') throw nobody(does === 'answers' ? 'answer' : 'decline', person)
  },
  whenAGuestWaits: async (_, does, by) => {
    if (does !== 'leaves-in-lobby') throw nobody(does === 'admits' ? 'admit guests' : 'refuse guests', by)
  },
  inMeeting: async (_, deed, person) => {
    if (deed !== 'join') throw nobody(`${deed} in a meeting`, person)
  },
  hangsUp: async (person) => {
    throw nobody('hang up', person)
  },
  removes: async (_, by) => {
    throw nobody('remove the bot', by)
  },
}

function nobody(to: string, as: Person | null): CouldNotRun {
  return new CouldNotRun(
    `nobody is there to ${to} as ${as?.displayName ?? 'anybody'}: set GRAPH_PEOPLE to attended, or to the control URL of a simulator`,
  )
}

const fault = z.looseObject({ error: z.looseObject({ message: z.string() }) })
const living = z.looseObject({ calls: z.array(z.looseObject({ callId: z.string() })) })

const reasonOf = (body: unknown) => fault.safeParse(body).data?.error.message ?? 'no reason given'

export interface ControlledPeople extends TargetPeople {
  /** Resolves once the simulator has delivered everything. */
  idle(): Promise<void>
  livingCalls(): Promise<readonly string[]>
  /** Undoes what people were made to do in meetings, last first, so that the next scenario meets everybody where they were. */
  undo(): Promise<void>
}

/** What takes each deed back. */
const BACK: Readonly<Record<MeetingDeed, MeetingDeed>> = { join: 'leave', leave: 'join', mute: 'unmute', unmute: 'mute' }

/** A deed that is done already is answered 409, and changes nothing. */
const DONE_ALREADY = 409

/** A simulator's control API plays them: the same verbs, over HTTP. */
export function controlled(fetch: Fetch, url: string, token: string): ControlledPeople {
  const perform = async (operation: string, params: object): Promise<{ readonly done: boolean; readonly body: unknown }> => {
    let response: Response
    try {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      response = await fetch(`${url}/${operation}`, { method: 'POST', headers, body: JSON.stringify(params) })
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error }
      throw new CouldNotRun(`the control API at ${new URL(url).host} did not answer: ${cause?.message ?? message}`)
    }
    const body: unknown = await response.json().catch(() => null)
    if (response.ok) return { done: true, body }
    if (response.status === DONE_ALREADY) return { done: false, body }
    const reason = reasonOf(body)
    throw new HarnessError(`the control API refused "${operation}" with ${response.status}: ${reason}`)
  }
  const must = async (operation: string, params: object): Promise<unknown> => {
    const { done, body } = await perform(operation, params)
    if (done) return body
    const reason = reasonOf(body)
    throw new HarnessError(`"${operation}" does not fit now: ${reason}`)
  }
  const toCall = async (operation: string, callId: string): Promise<void> => {
    const { done, body } = await perform(operation, { callId })
    if (!done) throw notSuchACall(operation, reasonOf(body))
  }
  const where = ({ coordinates: { threadId, messageId } }: Meeting) => ({ threadId, messageId })
  const inMeeting = (deed: MeetingDeed, meeting: Meeting, { id, displayName }: Person) =>
    perform(deed, { ...where(meeting), person: id, ...(deed === 'join' ? { displayName } : {}) })
  let deeds: { readonly meeting: Meeting; readonly deed: MeetingDeed; readonly person: Person }[] = []
  return {
    whenCalled: async ({ id }, does) => void (await must('when-called', { person: id, does })),
    whenAGuestWaits: async (meeting, does) => void (await must('when-a-guest-waits', { ...where(meeting), does })),
    inMeeting: async (meeting, deed, person) => {
      const { done } = await inMeeting(deed, meeting, person)
      if (done) deeds.push({ meeting, deed, person })
    },
    hangsUp: async (_, callId) => toCall('hang-up', callId),
    removes: async (_meeting, _by, callId) => toCall('remove', callId),
    idle: async () => void (await must('wait-for-idle', {})),
    livingCalls: async () => {
      const { data } = living.safeParse(await must('calls', {}))
      if (data === undefined) throw new HarnessError('the control API tells of calls in another shape than ours')
      return data.calls.map(({ callId }) => callId)
    },
    undo: async () => {
      for (const { meeting, deed, person } of deeds.reverse()) await inMeeting(BACK[deed], meeting, person)
      deeds = []
    },
  }
}
