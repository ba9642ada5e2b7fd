// Deviations in how a meeting is found: the look-up of an online meeting, and the coordinates of a join.
import { type JsonObject, without } from '../../contract/json'
import type { State } from '../../simulator/core/state'
import type { World, Wrap } from '../../simulator/wrapping'
import {
  accept,
  type Create,
  commands,
  decisions,
  refuseAndCreate,
  refuseCreate,
  replaceError,
  states,
  withBody,
} from '../wrap/core'
import { bodiesWith, deeply, inMeeting, type Members, objectAt, UNKNOWN_ID } from '../wrap/responses'
import { ACCEPTED, CREATED, deviationsFrom, missing, NO_ROSTER, unexpected } from './rows'

/** Moves the meeting of a join into the tenant of its caller. */
const inOwnTenant = (create: Create): Create =>
  withBody(create, {
    meetingInfo: deeply(create.body.meetingInfo ?? null, (one) =>
      one.tenantId === undefined ? one : { ...one, tenantId: create.caller.tenantId },
    ),
  })

/** Replaces members of an online meeting that is looked up. */
const lookUp =
  (members: (meeting: JsonObject, world: World) => Members): Wrap =>
  (parts, world) =>
    bodiesWith(200, (meeting, _, { url }) =>
      url.includes('/onlineMeetings/') ? ({ ...meeting, ...members(meeting, world) } as JsonObject) : meeting,
    )(parts, world)

const hasNamelessOrganizer = (body: JsonObject) =>
  inMeeting(body) && objectAt(body.meetingInfo, 'organizer', 'user').displayName === undefined

/** Whether a call joins a meeting that does not exist. */
const joinsNothing = ({ calls, meetings }: State, callId: string): boolean => {
  const meeting = calls.get(callId)?.meeting ?? null
  return meeting !== null && !meetings.has(meeting)
}

export const MEETING_LOOKUP = deviationsFrom({
  'CC-70': {
    'look-up-refused': [
      'A look-up finds no online meeting.',
      /look-up of the online meeting was answered 404/,
      ({ graph }) => ({
        graph: (request) =>
          graph(request.url.includes('/onlineMeetings/') ? new Request(request.url.replace(/[^/]+$/, '0'), request) : request),
      }),
    ],
    'look-up-without-thread': [
      'A look-up returns no thread.',
      /look-up of the online meeting.*chatInfo\/threadId/,
      lookUp(({ chatInfo }) => ({ chatInfo: without(objectAt(chatInfo), 'threadId') })),
    ],
    'look-up-of-no-tenant': [
      'A look-up returns an unknown tenant.',
      /status 403/,
      lookUp(({ participants }) => ({
        participants: deeply(participants ?? null, (one) =>
          one.tenantId === undefined ? one : { ...one, tenantId: UNKNOWN_ID },
        ),
      })),
    ],
    'look-up-without-organizer': [
      'A look-up returns no organizer.',
      /look-up of the online meeting.*organizer/,
      lookUp(() => ({ participants: { organizer: null, attendees: [] } })),
    ],
    'look-up-of-another-meeting': [
      'A look-up returns the thread of another meeting.',
      NO_ROSTER,
      lookUp((meeting, { directory }) => {
        const chat = objectAt(meeting, 'chatInfo')
        const other = directory.meetings.find(({ threadId }) => threadId !== chat.threadId)
        return { chatInfo: { ...chat, threadId: other?.threadId ?? '', messageId: other?.messageId ?? '' } }
      }),
    ],
  },
  'CC-71': {
    'organizer-must-be-named': [
      'Graph refuses a join without the name of the organizer.',
      /status 400/,
      refuseCreate(hasNamelessOrganizer),
    ],
    'nameless-organizer-leads-nowhere': [
      'A join without the name of the organizer finds no meeting.',
      missing('established'),
      commands((command) =>
        command.kind === 'create' && hasNamelessOrganizer(command.body)
          ? withBody(command, { chatInfo: { ...objectAt(command.body, 'chatInfo'), threadId: 'nowhere' } })
          : command,
      ),
    ],
  },
  'CC-72': {
    'foreign-meeting-accepted': [
      'A bot may join a meeting of another tenant.',
      ACCEPTED,
      accept(['tenantMismatch'], inOwnTenant),
    ],
    'foreign-meeting-and-created': [
      'Graph refuses a meeting of another tenant and creates the call.',
      CREATED,
      refuseAndCreate(['tenantMismatch'], inOwnTenant),
    ],
    'foreign-meeting-as-lacking': [
      'Graph refuses a meeting of another tenant as a missing permission.',
      /refused with 7504; expected: 7505/,
      replaceError('tenantMismatch', 'insufficientPermissions'),
    ],
    'no-meeting-joined': [
      'A join of an unknown meeting is established.',
      unexpected('established'),
      states((state, { kind }) => (kind === 'create' ? { ...state, meetingsOnDemand: 'admitted' } : state)),
    ],
    'no-meeting-waited-for': [
      'A join of an unknown meeting never ends.',
      missing('terminated'),
      decisions((decision, command, _, state) =>
        command.kind === 'timer' && joinsNothing(state, command.callId) && !decision.state.calls.has(command.callId)
          ? { state, answer: decision.answer, effects: [] }
          : decision,
      ),
    ],
  },
})
