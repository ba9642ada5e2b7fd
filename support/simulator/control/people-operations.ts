// What people do, as operations: one for each verb of the contract, and the two that say how people act from now on.
import { z } from 'zod'
import type { JsonObject } from '../../contract/json'
import {
  type CallVerb,
  type MeetingVerb,
  namesOf,
  SCRIPT_OPERATIONS,
  type SharingVerb,
  VERBS,
  type Verb,
  WHEN_A_GUEST_WAITS,
  WHEN_CALLED,
} from '../../contract/people-verbs'
import type { PeopleCommand } from '../core/commands'
import type { SeededSimulator } from '../seed'
import { meetingIfNamed, meetingOf, meetingParams, nameOfMeeting, nameOfPerson, personIdOf, personOf, personParam } from './names'
import { badRequest, type Operation, operation } from './operation'
import { actOnCall, requireDone, whichCallParams } from './which-call'

const onCall = (name: CallVerb): Operation =>
  operation({
    name,
    description: `${VERBS[name].description} Without a callId: in the one call that it fits.`,
    params: z.strictObject(whichCallParams),
    run: async (seeded, { person, ...which }) => {
      const personId = person === undefined ? null : personIdOf(seeded, person)
      const command = (callId: string) => ({ kind: name, callId, ...(personId === null ? {} : { personId }) })
      return actOnCall(seeded, { ...which, personId }, name, command, (one) => seeded.simulator.perform(one))
    },
  })

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
      const personId = personIdOf(seeded, named)
      return actInMeeting(
        seeded,
        { personId, meeting },
        name === 'join'
          ? ({ kind: name, meeting, person: personOf(seeded, named, displayName) } as const)
          : ({ kind: name, meeting, personId } as const),
      )
    },
  })

function actInMeeting(
  seeded: SeededSimulator,
  { personId, meeting }: { readonly personId: string; readonly meeting: string },
  command: PeopleCommand,
): JsonObject {
  const after = seeded.simulator.journal.last
  requireDone(seeded.simulator.perform(command))
  return { person: nameOfPerson(seeded, personId), meeting: nameOfMeeting(seeded, meeting), after }
}

const sharing = (name: SharingVerb): Operation =>
  operation({
    name,
    description: `${VERBS[name].description} In the meeting that is named, or in a call: without a callId in the one that it fits.`,
    params: z.strictObject({
      ...whichCallParams,
      person: personParam
        .optional()
        .describe('who shares, by name of the seed file or user id; in a call without it the only person who can'),
    }),
    run: async (seeded, { person, ...which }) => {
      const personId = person === undefined ? null : personIdOf(seeded, person)
      const meeting = which.callId === undefined ? meetingIfNamed(seeded, which) : null
      if (meeting !== null) {
        if (personId === null) throw badRequest('person is missing; write who in the meeting shares, by name or user id.')
        return actInMeeting(seeded, { personId, meeting }, { kind: name, meeting, personId })
      }
      const command = (callId: string) => ({ kind: name, callId, ...(personId === null ? {} : { personId }) })
      return actOnCall(seeded, { ...which, personId }, name, command, (one) => seeded.simulator.perform(one))
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

const isOn =
  <Name extends Verb>(where: (typeof VERBS)[Name]['on']) =>
  (name: Verb): name is Name =>
    VERBS[name].on === where
const isOnCall = isOn<CallVerb>('call')
const isOnEither = isOn<SharingVerb>('call or meeting')

export const PEOPLE_OPERATIONS: readonly Operation[] = [
  ...namesOf(VERBS).map((name) => (isOnCall(name) ? onCall(name) : isOnEither(name) ? sharing(name) : inMeeting(name))),
  ...SCRIPTS,
]
