// Deviations in where a meeting is found: the look-up, the join address, and meetings of others or of nobody.

import { isObject, type JsonObject } from '../../contract/json'
import type { Deviation, World, Wrap } from '../../simulator/wrapping'
import { answeringWith, breaks, deeply, NOBODY, objectAt, otherwise, without } from '../wrap/breaks'
import { type Create, forgiving, refuseCreate, refusingInWords } from '../wrap/deciding'
import { CREATED, codeOf, withBody } from '../wrap/filling'

const ofOwnTenant = (create: Create): Create =>
  withBody(create, {
    meetingInfo: deeply(create.body.meetingInfo ?? null, (one) =>
      one.tenantId === undefined ? one : { ...one, tenantId: create.caller.tenantId },
    ),
  })

function meetingFound(rewrite: (meeting: JsonObject, world: World) => JsonObject): Wrap {
  return (parts, world) =>
    answeringWith(200, async (response, _, { url }) => {
      if (!url.includes('/onlineMeetings/')) return response
      const meeting = (await response.json()) as JsonObject
      return otherwise(response, { body: JSON.stringify({ ...meeting, ...rewrite(meeting, world) }) })
    })(parts, world)
}

const REFUSED = /Graph answered 201; expected: refused/

export const COORDINATES: readonly Deviation[] = [
  breaks(
    'CC-70',
    'look-up-refused',
    'Online meetings cannot be looked up.',
    /look-up of the online meeting was answered 404/,
    ({ graph }) => ({
      graph: (request) =>
        graph(request.url.includes('/onlineMeetings/') ? new Request(request.url.replace(/[^/]+$/, '0'), request) : request),
    }),
  ),
  breaks(
    'CC-70',
    'look-up-without-thread',
    'The look-up does not tell the thread.',
    /look-up of the online meeting.*chatInfo\/threadId/,
    meetingFound((meeting) => ({ chatInfo: without(objectAt(meeting, 'chatInfo'), 'threadId') })),
  ),
  breaks(
    'CC-70',
    'look-up-of-no-tenant',
    'The tenant that the look-up tells is none that a join may name.',
    /status 403/,
    meetingFound((meeting) => ({
      participants: deeply(meeting.participants ?? null, (one) =>
        one.tenantId === undefined ? one : { ...one, tenantId: NOBODY },
      ),
    })),
  ),
  breaks(
    'CC-70',
    'look-up-without-organizer',
    'The look-up does not tell who organizes the meeting.',
    /look-up of the online meeting.*organizer/,
    meetingFound(() => ({ participants: { organizer: null, attendees: [] } })),
  ),
  breaks(
    'CC-70',
    'look-up-of-another-meeting',
    'The look-up tells the thread of another meeting.',
    /"roster updated, John and the bot" is missing/,
    meetingFound((meeting, { directory }) => {
      const chat = objectAt(meeting, 'chatInfo')
      const other = directory.meetings.find(({ threadId }) => threadId !== chat.threadId)
      return { chatInfo: { ...chat, threadId: other?.threadId ?? '', messageId: other?.messageId ?? '' } }
    }),
  ),
  breaks(
    'CC-71',
    'organizer-must-be-named',
    'A join that does not name its organizer is refused.',
    /status 400/,
    refuseCreate(
      ({ meetingInfo }) => isObject(meetingInfo) && objectAt(meetingInfo, 'organizer', 'user').displayName === undefined,
    ),
  ),
  breaks(
    'CC-71',
    'nameless-organizer-leads-nowhere',
    'A join that does not name its organizer finds no meeting.',
    /established is missing/,
    ({ decide }) => ({
      decide: (state, command, env) =>
        decide(
          state,
          command.kind === 'create' &&
            isObject(command.body.meetingInfo) &&
            objectAt(command.body.meetingInfo, 'organizer', 'user').displayName === undefined
            ? withBody(command, { chatInfo: { ...objectAt(command.body, 'chatInfo'), threadId: 'nowhere' } })
            : command,
          env,
        ),
    }),
  ),
  breaks(
    'CC-72',
    'foreign-meeting-accepted',
    'The coordinates of another tenant are those of a meeting like any other.',
    REFUSED,
    forgiving(['tenantMismatch'], ofOwnTenant),
  ),
  breaks(
    'CC-72',
    'foreign-meeting-and-created',
    'The coordinates of another tenant are refused, and the call is created all the same.',
    CREATED,
    refusingInWords(['tenantMismatch'], ofOwnTenant),
  ),
  breaks(
    'CC-72',
    'foreign-meeting-as-lacking',
    'The coordinates of another tenant are refused as for want of a permission.',
    /refused with 7504; expected: 7505/,
    codeOf('tenantMismatch', 'insufficientPermissions'),
  ),
  breaks(
    'CC-72',
    'no-meeting-joined',
    'The coordinates of no meeting lead into one.',
    /unexpected notification: .*established/,
    ({ decide }) => ({
      decide: (state, command, env) =>
        decide(command.kind === 'create' ? { ...state, meetingsOnDemand: 'admitted' } : state, command, env),
    }),
  ),
  breaks('CC-72', 'no-meeting-waited-for', 'The join of no meeting never ends.', /terminated" is missing/, ({ decide }) => ({
    decide: (state, command, env) => {
      const decision = decide(state, command, env)
      return command.kind === 'timer' &&
        decision.effects.some((effect) => effect.kind === 'notify' && JSON.stringify(effect.body).includes('DiagCode'))
        ? { state, answer: decision.answer, effects: [] }
        : decision
    },
  })),
]
