// What people do, as operations: one for each verb of the contract, and the two that say how people act from now on.
import { z } from 'zod'
import type { JsonObject } from '../../contract/json'
import {
  type CallVerb,
  type MeetingVerb,
  namesOf,
  SCRIPT_OPERATIONS,
  VERBS,
  WHEN_A_GUEST_WAITS,
  WHEN_CALLED,
} from '../../contract/people-verbs'
import type { CallRecord } from '../runtime/call-records'
import type { SeededSimulator } from '../seed'
import {
  callIdParam,
  describeCall,
  isCalled,
  meetingIfNamed,
  meetingOf,
  meetingParams,
  nameOfMeeting,
  nameOfPerson,
  personIdOf,
  personOf,
  personParam,
  showCall,
} from './names'
import { conflict, type Operation, operation } from './operation'

const onCall = (name: CallVerb): Operation =>
  operation({
    name,
    description: `${VERBS[name].description} Without a callId: in the one call that it fits.`,
    params: z.strictObject({
      callId: callIdParam.optional(),
      person: personParam
        .optional()
        .describe('the person called by the bot, by name of the seed file or user id; of several, the one who acts'),
      ...meetingParams,
    }),
    run: async (seeded, { callId, person, ...meeting }) => {
      const personId = person === undefined ? null : personIdOf(seeded, person)
      const key = meetingIfNamed(seeded, meeting)
      const id = callId ?? theOnlyCall(seeded, name, personId, key)
      const after = seeded.simulator.journal.last
      requireDone(seeded.simulator.perform({ kind: name, callId: id, ...actor(personId) }))
      const { records } = seeded.simulator
      const record = [...records.living(), ...records.ended()].find((one) => one.id === id)
      return { ...(record === undefined ? { callId: id } : showCall(seeded, record)), after }
    },
  })

/** The only living call that a verb fits, of this person or in this meeting. @throws ControlError that lists the calls otherwise */
function theOnlyCall(seeded: SeededSimulator, verb: CallVerb, personId: string | null, meeting: string | null): string {
  const { simulator } = seeded
  const living = simulator.records
    .living()
    .filter((call) => (personId === null || isCalled(call, personId)) && (meeting === null || call.meeting === meeting))
  const fitting = living.filter(({ id }) => simulator.fits({ kind: verb, callId: id, ...actor(personId) }) === null)
  const [only, ...others] = fitting
  if (only !== undefined && others.length === 0) return only.id
  if (only !== undefined) throw conflict(`${verb} fits ${fitting.length} calls; write callId: ${listCalls(seeded, fitting)}.`)
  throw conflict(
    `${verb} fits no call now; ${living.length === 0 ? 'no such call lives' : `living: ${listCalls(seeded, living)}`}.`,
  )
}

const actor = (personId: string | null) => (personId === null ? {} : { personId })

const LISTED = 20

function listCalls(seeded: SeededSimulator, calls: readonly CallRecord[]): string {
  const more = calls.length - LISTED
  return [...calls.slice(0, LISTED).map((call) => describeCall(seeded, call)), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

function requireDone(reason: string | null): void {
  if (reason !== null) throw conflict(`${reason}.`)
}

const inMeeting = (name: MeetingVerb): Operation =>
  operation({
    name,
    description: VERBS[name].description,
    params: z.strictObject({
      person: personParam,
      ...meetingParams,
      ...(name === 'join' && {
        displayName: z.string().min(1).optional().describe('how rosters show a person who is not in the seed file'),
      }),
    }),
    run: async (seeded, { person: named, ...given }) => {
      const meeting = meetingOf(seeded, given)
      const { displayName } = given as { displayName?: string }
      const after = seeded.simulator.journal.last
      const personId = personIdOf(seeded, named)
      const command =
        name === 'join'
          ? ({ kind: name, meeting, person: personOf(seeded, named, displayName) } as const)
          : ({ kind: name, meeting, personId } as const)
      requireDone(seeded.simulator.perform(command))
      return { person: nameOfPerson(seeded, personId), meeting: nameOfMeeting(seeded, meeting), after }
    },
  })

const milliseconds = z.number().int().nonnegative().max(86_400_000)
const afterMs = milliseconds.optional().describe('how long that takes, in milliseconds of the simulator (default 2000)')

/** What people do from now on; null ends what was said before. */
const doesParam = <Name extends string>(names: [Name, ...Name[]]) =>
  z
    .enum(names)
    .nullable()
    .describe(`one of ${names.join(', ')}, or null: again as after a reset`)

/** Leaves out undefined members, which would otherwise replace a default. */
function given<Timing extends object>(timing: Timing): { [Name in keyof Timing]?: Exclude<Timing[Name], undefined> } {
  return Object.fromEntries(Object.entries(timing).filter(([, value]) => value !== undefined)) as typeof timing
}

const SCRIPTS: readonly Operation[] = [
  operation({
    name: 'when-called',
    description: SCRIPT_OPERATIONS['when-called'],
    params: z.strictObject({
      person: personParam,
      does: doesParam(namesOf(WHEN_CALLED)),
      afterMs,
      hangsUpAfterMs: milliseconds
        .nullable()
        .optional()
        .describe('how long after that the person hangs up, in milliseconds; null: never'),
    }),
    run: async (seeded, { person, does, ...timing }) => {
      seeded.simulator.people.whenCalled(personIdOf(seeded, person), does, given(timing))
      return { person: nameOfPerson(seeded, personIdOf(seeded, person)), does }
    },
  }),
  operation({
    name: 'when-a-guest-waits',
    description: SCRIPT_OPERATIONS['when-a-guest-waits'],
    params: z.strictObject({ ...meetingParams, does: doesParam(namesOf(WHEN_A_GUEST_WAITS)), afterMs }),
    run: async (seeded, { does, afterMs: after, ...named }): Promise<JsonObject> => {
      const meeting = meetingOf(seeded, named)
      seeded.simulator.people.whenAGuestWaits(meeting, does, given({ afterMs: after }))
      return { meeting: nameOfMeeting(seeded, meeting), does }
    },
  }),
]

const isOnCall = (name: CallVerb | MeetingVerb): name is CallVerb => VERBS[name].on === 'call'

export const PEOPLE_OPERATIONS: readonly Operation[] = [
  ...namesOf(VERBS).map((name) => (isOnCall(name) ? onCall(name) : inMeeting(name))),
  ...SCRIPTS,
]
