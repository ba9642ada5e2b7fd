// What people do, as operations: one for each verb that the steps know, and the two that say what they will do by themselves.
import { z } from 'zod'
import { WHEN_A_GUEST_WAITS, WHEN_CALLED } from '../../contract/cast'
import type { Json, JsonObject } from '../../contract/json'
import type { PeopleCommand } from '../core/commands'
import { type CallVerb, type MeetingVerb, VERBS } from '../people/verbs'
import type { CallRecord } from '../runtime/call-records'
import { unfit } from './control-error'
import {
  callIdParam,
  callShown,
  callTold,
  isCalled,
  meetingIfNamed,
  meetingOf,
  meetingParams,
  meetingShown,
  personIdOf,
  personOf,
  personParam,
  personShown,
} from './names'
import { type ControlledWorld, type Operation, operation } from './operation'

const onCall = ({ name, description }: CallVerb): Operation =>
  operation({
    name,
    description: `${description} Without a callId: in the one call that it fits.`,
    params: z.strictObject({
      callId: callIdParam.optional(),
      person: personParam
        .optional()
        .describe(
          'whom the bot has called, by name of the seed file or user id; where it has called several, who of them does it',
        ),
      ...meetingParams,
    }),
    run: async (world, { callId, person, ...meeting }) => {
      const personId = person === undefined ? null : personIdOf(world, person)
      const key = meetingIfNamed(world, meeting)
      const id = callId ?? theOnlyCall(world, name, personId, key)
      const after = world.simulator.journal.last
      done(world.simulator.perform({ kind: name, callId: id, ...someone(personId) }))
      return { ...shown(world, id), after }
    },
  })

/** The one living call that a verb fits, of a person or in a meeting where one is named. @throws ControlFault that lists them otherwise */
function theOnlyCall(world: ControlledWorld, verb: CallVerb['name'], personId: string | null, meeting: string | null): string {
  const { simulator } = world
  const living = simulator.records
    .living()
    .filter((call) => (personId === null || isCalled(call, personId)) && (meeting === null || call.meeting === meeting))
  const fitting = living.filter(({ id }) => simulator.fits({ kind: verb, callId: id, ...someone(personId) }) === null)
  const [only, ...others] = fitting
  if (only !== undefined && others.length === 0) return only.id
  if (only !== undefined) throw unfit(`${verb} fits ${fitting.length} calls; write callId: ${several(world, fitting)}.`)
  const there = living.length === 0 ? 'no such call lives' : `living: ${several(world, living)}`
  throw unfit(`${verb} fits no call now; ${there}.`)
}

const someone = (personId: string | null) => (personId === null ? {} : { personId })

const several = (world: ControlledWorld, calls: readonly CallRecord[]) => {
  const told = calls.slice(0, 20).map((call) => callTold(world, call))
  return [...told, ...(calls.length > told.length ? [`${calls.length - told.length} more`] : [])].join(', ')
}

function shown(world: ControlledWorld, callId: string): JsonObject {
  const { records } = world.simulator
  const record = [...records.living(), ...records.ended()].find(({ id }) => id === callId)
  return record === undefined ? { callId } : callShown(world, record)
}

function done(reason: string | null): void {
  if (reason !== null) throw unfit(`${reason}.`)
}

const inMeeting = ({ name, description }: MeetingVerb): Operation =>
  operation({
    name,
    description,
    params: z.strictObject({
      person: personParam,
      ...meetingParams,
      ...(name === 'join'
        ? { displayName: z.string().min(1).optional().describe('how rosters show somebody who is not in the seed file') }
        : {}),
    }),
    run: async (world, { person, ...given }) => {
      const meeting = meetingOf(world, given)
      const { displayName } = given as { displayName?: string }
      const somebody = name === 'join' ? personOf(world, person, displayName) : null
      const personId = somebody?.id ?? personIdOf(world, person)
      const command: PeopleCommand =
        name === 'join' && somebody !== null
          ? { kind: 'join', meeting, person: somebody }
          : { kind: name as Exclude<MeetingVerb['name'], 'join'>, meeting, personId }
      const after = world.simulator.journal.last
      done(world.simulator.perform(command))
      return { person: personShown(world, personId), meeting: meetingShown(world, meeting), after } satisfies Json
    },
  })

const milliseconds = z.number().int().nonnegative().max(86_400_000)

const SCRIPTS: readonly Operation[] = [
  operation({
    name: 'when-called',
    description: 'What a person does from now on when a bot calls, until the next reset.',
    params: z.strictObject({
      person: personParam,
      does: z.enum(WHEN_CALLED).describe(`one of ${WHEN_CALLED.join(', ')}`),
      afterMs: milliseconds.optional().describe('how long that takes, in milliseconds of the simulator (2000 unless said)'),
      hangsUpAfterMs: milliseconds
        .nullable()
        .optional()
        .describe('how long after that the person hangs up, in milliseconds; null: never'),
    }),
    run: async (world, { person, does, ...timing }) => {
      world.simulator.people.whenCalled(personIdOf(world, person), does, given(timing))
      return { person: personShown(world, personIdOf(world, person)), does }
    },
  }),
  operation({
    name: 'when-a-guest-waits',
    description: 'What the people in a meeting do from now on when a guest waits in its lobby, until the next reset.',
    params: z.strictObject({
      ...meetingParams,
      does: z.enum(WHEN_A_GUEST_WAITS).describe(`one of ${WHEN_A_GUEST_WAITS.join(', ')}`),
      afterMs: milliseconds.optional().describe('how long that takes, in milliseconds of the simulator (2000 unless said)'),
    }),
    run: async (world, { does, afterMs, ...named }) => {
      const meeting = meetingOf(world, named)
      world.simulator.people.whenAGuestWaits(meeting, does, given({ afterMs }))
      return { meeting: meetingShown(world, meeting), does }
    },
  }),
]

/** Without members that were not written: they would take the place of what holds otherwise. */
function given<Timing extends object>(timing: Timing): { [Name in keyof Timing]?: Exclude<Timing[Name], undefined> } {
  return Object.fromEntries(Object.entries(timing).filter(([, value]) => value !== undefined)) as typeof timing
}

export const PEOPLE_OPERATIONS: readonly Operation[] = [
  ...VERBS.map((verb) => (verb.on === 'call' ? onCall(verb) : inMeeting(verb))),
  ...SCRIPTS,
]
