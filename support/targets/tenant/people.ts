// How people are made to act where they are real, or where a simulator in another process plays them.
import { z } from 'zod'
import type { Meeting, Person } from '../../contract/cast'
import type { Fetch } from '../../contract/exchange'
import { CouldNotRun, HarnessError } from '../../contract/failures'
import {
  type MeetingVerb,
  OPERATOR_WAITS,
  type SCRIPT_OPERATIONS,
  VERBS,
  type Verb,
  WHEN_A_GUEST_WAITS,
  WHEN_CALLED,
} from '../../contract/people-verbs'
import { notSuchACall, type TargetPeople } from '../target'

/** What a person is asked to do, now or when it is their turn. */
interface PersonRequest {
  readonly verb: Verb | keyof typeof OPERATOR_WAITS
  readonly person: Person | null
  readonly meeting?: Meeting
}

const peopleBy = (act: (request: PersonRequest) => Promise<void>): TargetPeople => ({
  whenCalled: (person, does) => act({ verb: WHEN_CALLED[does] ?? 'silent', person }),
  whenAGuestWaits: (meeting, does, person) => act({ verb: WHEN_A_GUEST_WAITS[does] ?? 'leaves-in-lobby', person, meeting }),
  inMeeting: (meeting, verb, person) => act({ verb, person, meeting }),
  hangsUp: (person) => act({ verb: 'hang-up', person }),
  removes: (meeting, person) => act({ verb: 'remove', person, meeting }),
})

/**
 * An operator acts: one line says what to do and within which time, and the run goes on as soon as a notification shows it.
 * @param print prints a line for the operator
 */
export const attended = (print: (line: string) => void, withinSeconds: number): TargetPeople =>
  peopleBy(async ({ verb, person, meeting }) => {
    const place = `the meeting with thread ${meeting?.coordinates.threadId}`
    const line = verb in OPERATOR_WAITS ? OPERATOR_WAITS[verb as keyof typeof OPERATOR_WAITS] : VERBS[verb as Verb].operator
    print(`${line.replace('{person}', person?.displayName ?? 'a person').replace('{meeting}', place)} within ${withinSeconds} s.`)
  })

/** What needs no operator: to do nothing, and to be in a meeting by declaration. */
const WITHOUT_OPERATOR: readonly PersonRequest['verb'][] = ['silent', 'leaves-in-lobby', 'join']

export const UNATTENDED = peopleBy(async ({ verb, person }) => {
  if (WITHOUT_OPERATOR.includes(verb)) return
  throw new CouldNotRun(
    `there is no operator to ${verb.replace('-', ' ')} as ${person?.displayName ?? 'a person'}: set GRAPH_PEOPLE to attended, or to the control URL of a simulator`,
  )
})

const refusal = z.looseObject({ error: z.looseObject({ message: z.string() }) })
const living = z.looseObject({ calls: z.array(z.looseObject({ callId: z.string() })) })

const reasonOf = (body: unknown) => refusal.safeParse(body).data?.error.message ?? 'no reason given'

export interface ControlledPeople extends TargetPeople {
  /** Resolves once the simulator has delivered everything. */
  idle(): Promise<void>
  livingCalls(): Promise<readonly string[]>
  /**
   * Undoes what people were asked for, last first, so that the next scenario finds everybody where they were and as they were: what they did
   * in meetings, and what they do by themselves.
   */
  undo(): Promise<void>
}

/** The verb that undoes each verb. */
const UNDO: Readonly<Record<MeetingVerb, MeetingVerb>> = { join: 'leave', leave: 'join', mute: 'unmute', unmute: 'mute' }

/** The status for a verb that is done already, and changes nothing. */
const DONE_ALREADY = 409

/** The status for a caller without the token of this start. */
const TOKEN_WRONG = 401

/** The control API of a simulator plays the people: the same verbs, over HTTP. */
export function controlled(fetch: Fetch, url: string, token: string): ControlledPeople {
  const perform = async (operation: string, params: object): Promise<{ readonly done: boolean; readonly body: unknown }> => {
    let response: Response
    try {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      response = await fetch(`${url}/${operation}`, { method: 'POST', headers, body: JSON.stringify(params) })
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error }
      const says = `the control API at ${new URL(url).host} did not answer: ${cause?.message ?? message}`
      throw new CouldNotRun(says, 'control API unreachable')
    }
    const body: unknown = await response.json().catch(() => null)
    if (response.ok) return { done: true, body }
    if (response.status === DONE_ALREADY) return { done: false, body }
    if (response.status === TOKEN_WRONG) {
      const says = `the control API at ${new URL(url).host} refuses GRAPH_PEOPLE_TOKEN: write the token that the simulator prints`
      throw new CouldNotRun(says, 'control token refused')
    }
    throw new HarnessError(`the control API refused "${operation}" with ${response.status}: ${reasonOf(body)}`)
  }
  const must = async (operation: string, params: object): Promise<unknown> => {
    const { done, body } = await perform(operation, params)
    if (done) return body
    throw new HarnessError(`"${operation}" does not fit now: ${reasonOf(body)}`)
  }
  const toCall = async (verb: Verb, callId: string): Promise<void> => {
    const { done, body } = await perform(verb, { callId })
    if (!done) throw notSuchACall(verb, reasonOf(body))
  }
  const where = ({ coordinates: { threadId, messageId } }: Meeting) => ({ threadId, messageId })
  const inMeeting = (meeting: Meeting, verb: MeetingVerb, { id, displayName }: Person) =>
    perform(verb, { ...where(meeting), person: id, ...(verb === 'join' ? { displayName } : {}) })
  /** Also undone if the answer is lost: the control API may have done it. */
  const script = async (operation: keyof typeof SCRIPT_OPERATIONS, whose: object, does: string) => {
    undoing.push(() => must(operation, { ...whose, does: null }))
    await must(operation, { ...whose, does })
  }
  const undoing: (() => Promise<unknown>)[] = []
  return {
    whenCalled: ({ id }, does) => script('when-called', { person: id }, does),
    whenAGuestWaits: (meeting, does) => script('when-a-guest-waits', where(meeting), does),
    inMeeting: async (meeting, verb, person) => {
      if ((await inMeeting(meeting, verb, person)).done) undoing.push(() => inMeeting(meeting, UNDO[verb], person))
    },
    hangsUp: (_, callId) => toCall('hang-up', callId),
    removes: (_meeting, _by, callId) => toCall('remove', callId),
    idle: async () => void (await must('wait-for-idle', {})),
    livingCalls: async () => {
      const { data } = living.safeParse(await must('calls', {}))
      if (data === undefined) throw new HarnessError('the control API lists calls in an unknown shape')
      return data.calls.map(({ callId }) => callId)
    },
    undo: async () => {
      for (let undo = undoing.pop(); undo !== undefined; undo = undoing.pop()) await undo()
    },
  }
}
