// Deviations in what a request may hold: bodies that are no JSON object, members that do not fit, and coordinates of meetings.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { ErrorName } from '../core/errors'
import { NOBODY } from './answers'
import type { Deviation, World, Wrap } from './deviation'
import {
  answeringWith,
  asked,
  breaks,
  type Create,
  deciding,
  deeply,
  forgiving,
  objectAt,
  otherwise,
  refusedFor,
  refusingInWords,
  without,
} from './wrapping'

const withBody = (create: Create, members: Readonly<Record<string, Json | undefined>>): Create => ({
  ...create,
  body: Object.fromEntries(
    Object.entries({ ...create.body, ...members }).filter(([, value]) => value !== undefined),
  ) as JsonObject,
})

/** A fault of a member goes unnoticed: where there is one, it is taken for something else. */
const unnoticed = (
  fault: (body: JsonObject) => boolean,
  members: (body: JsonObject) => Readonly<Record<string, Json | undefined>>,
  errors: readonly ErrorName[] = ['invalidRequest'],
) => forgiving(errors, (create) => (fault(create.body) ? withBody(create, members(create.body)) : null))

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** A body that is no JSON object, taken for one; undefined: it stays what it is. */
const taken = (reading: (text: string, type: string | null) => Json | undefined) =>
  asked((text, { headers }) => {
    const type = headers.get('content-type')
    if (isObject(parsed(text)) && type?.startsWith('application/json')) return null
    const body = reading(text, type)
    return body === undefined ? null : { body: JSON.stringify(body) }
  })

const CALLBACK = 'https://registered.contoso.com/callback'
const SERVICE_HOSTED: JsonObject = { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' }

/** The body read as a tolerant parser does: brackets that were opened and not closed, and commas too many. */
function tolerantly(text: string): Json | undefined {
  return parsed(text.replace(/,(\s*[}\]])/g, '$1'))
}

const bad = (to: { readonly status?: number; readonly code?: string }) =>
  answeringWith(400, async (response) => {
    const body = (await response.json()) as { error: { code: string } }
    return otherwise(response, { ...to, body: JSON.stringify({ error: { ...body.error, code: to.code ?? body.error.code } }) })
  })

const codeOf = (error: ErrorName, instead: ErrorName): Wrap =>
  deciding((decision, command, _) =>
    command.kind === 'create' && decision.answer.kind === 'refused' && refusedFor(decision, [error])
      ? { ...decision, answer: { kind: 'refused', refusal: { ...decision.answer.refusal, error: instead } } }
      : decision,
  )

const target = (user: JsonObject): Json => [
  { '@odata.type': '#microsoft.graph.participantInfo', identity: { '@odata.type': '#microsoft.graph.identitySet', user } },
]

const refuseCreate =
  (picks: (body: JsonObject) => boolean, error: ErrorName = 'invalidRequest'): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) =>
      command.kind === 'create' && picks(command.body)
        ? {
            state,
            answer: { kind: 'refused', refusal: { error, detail: null, diagnosis: 'refused against the book' } },
            effects: [],
          }
        : decide(state, command, env),
  })

const REFUSED = /Graph answered 201; expected: refused/
const ACCEPTED = /has status 400; documented: 201/
const CREATED = /a call lives all the same/

const ofOwnTenant = (create: Create): Create =>
  withBody(create, {
    meetingInfo: deeply(create.body.meetingInfo ?? null, (one) =>
      one.tenantId === undefined ? one : { ...one, tenantId: create.caller.tenantId },
    ),
  })

export const CONTENT: readonly Deviation[] = [
  breaks(
    'CC-14',
    'untyped-accepted',
    'A body without a content type is read as JSON.',
    REFUSED,
    taken((text, type) => (type === null || type === 'text/plain;charset=UTF-8' ? parsed(text) : undefined)),
  ),
  breaks(
    'CC-14',
    'any-type-accepted',
    'A body is read as JSON whatever its content type.',
    REFUSED,
    taken((text) => parsed(text)),
  ),
  breaks(
    'CC-14',
    'list-accepted',
    'Of a list the first entry is taken for the call.',
    REFUSED,
    taken((text) => [parsed(text)].flat()[0] ?? undefined),
  ),
  breaks(
    'CC-14',
    'text-accepted',
    'A text that holds JSON is taken for the call.',
    REFUSED,
    taken((text) => (typeof parsed(text) === 'string' ? parsed(parsed(text) as string) : undefined)),
  ),
  breaks('CC-14', 'not-json-500', 'A body that is no JSON is answered 500.', /answered 500/, bad({ status: 500 })),
  breaks('CC-14', 'not-json-415', 'A body that is no JSON is answered 415.', /answered 415/, bad({ status: 415 })),
  breaks(
    'CC-14',
    'not-json-under-another-code',
    'A body that is no JSON is refused with another code.',
    /refused with InvalidBody/,
    bad({ code: 'InvalidBody' }),
  ),
  breaks(
    'CC-14',
    'null-accepted',
    'For null a call is made of nothing.',
    REFUSED,
    taken((text) =>
      text === 'null'
        ? { callbackUri: CALLBACK, requestedModalities: ['audio'], mediaConfig: SERVICE_HOSTED, targets: target({ id: NOBODY }) }
        : undefined,
    ),
  ),
  breaks(
    'CC-14',
    'empty-accepted',
    'For an empty body a call is made of nothing.',
    REFUSED,
    taken((text) =>
      text === ''
        ? { callbackUri: CALLBACK, requestedModalities: ['audio'], mediaConfig: SERVICE_HOSTED, targets: target({ id: NOBODY }) }
        : undefined,
    ),
  ),
  breaks('CC-36', 'trailing-comma-accepted', 'A comma after the last member does not matter.', REFUSED, taken(tolerantly)),
  breaks('CC-36', 'trailing-comma-500', 'A comma after the last member is answered 500.', /answered 500/, bad({ status: 500 })),

  breaks(
    'CC-18',
    'media-supplied',
    'Where no media are sent, they are hosted by the service.',
    REFUSED,
    unnoticed(
      () => true,
      () => ({ mediaConfig: SERVICE_HOSTED }),
      ['missingMediaConfig'],
    ),
  ),
  breaks(
    'CC-18',
    'media-supplied-in-meetings',
    'Where a join sends no media, they are hosted by the service.',
    REFUSED,
    unnoticed(
      ({ meetingInfo }) => isObject(meetingInfo),
      () => ({ mediaConfig: SERVICE_HOSTED }),
      ['missingMediaConfig'],
    ),
  ),
  breaks(
    'CC-18',
    'media-missing-as-any-fault',
    'That media are missing is refused as any other fault.',
    /refused with BadRequest; expected: 8523/,
    codeOf('missingMediaConfig', 'invalidRequest'),
  ),
  breaks(
    'CC-18',
    'media-missing-and-created',
    'That media are missing is refused, and the call is created all the same.',
    CREATED,
    refusingInWords(['missingMediaConfig'], (create) => withBody(create, { mediaConfig: SERVICE_HOSTED })),
  ),

  breaks(
    'CC-19',
    'callback-not-needed',
    'A call without callbackUri is created.',
    REFUSED,
    unnoticed(
      ({ callbackUri }) => callbackUri === undefined,
      () => ({ callbackUri: CALLBACK }),
    ),
  ),
  breaks(
    'CC-19',
    'callback-over-http',
    'A callbackUri on plain http is accepted.',
    REFUSED,
    unnoticed(
      ({ callbackUri }) => String(callbackUri).startsWith('http:'),
      ({ callbackUri }) => ({ callbackUri: String(callbackUri).replace('http:', 'https:') }),
    ),
  ),
  breaks(
    'CC-19',
    'callback-not-read',
    'A callbackUri may be any text.',
    REFUSED,
    unnoticed(
      ({ callbackUri }) => callbackUri === 'callback',
      () => ({ callbackUri: CALLBACK }),
    ),
  ),
  breaks(
    'CC-19',
    'formless-accepted',
    'A call to nobody is created.',
    REFUSED,
    unnoticed(
      ({ targets, meetingInfo }) => targets === undefined && meetingInfo === undefined,
      () => ({ targets: target({ id: NOBODY }) }),
    ),
  ),
  breaks(
    'CC-19',
    'target-besides-meeting',
    'A join may have targets.',
    REFUSED,
    unnoticed(
      ({ targets, meetingInfo }) => isObject(meetingInfo) && Array.isArray(targets),
      () => ({ targets: [] }),
    ),
  ),
  breaks(
    'CC-19',
    'target-as-object',
    'A target that is no list is taken for one.',
    REFUSED,
    unnoticed(
      ({ targets }) => isObject(targets),
      ({ targets }) => ({ targets: [targets as JsonObject] }),
    ),
  ),
  breaks(
    'CC-19',
    'modality-as-text',
    'Modalities that are no list are taken for one.',
    REFUSED,
    unnoticed(
      ({ requestedModalities }) => typeof requestedModalities === 'string',
      ({ requestedModalities }) => ({ requestedModalities: [requestedModalities as string] }),
    ),
  ),
  breaks(
    'CC-19',
    'any-modality',
    'A modality that there is none of is accepted.',
    REFUSED,
    unnoticed(
      ({ requestedModalities }) => Array.isArray(requestedModalities),
      () => ({ requestedModalities: ['audio'] }),
    ),
  ),
  breaks(
    'CC-19',
    'any-type',
    'A call may be of any type.',
    REFUSED,
    unnoticed(
      (body) => body['@odata.type'] !== '#microsoft.graph.call',
      () => ({ '@odata.type': '#microsoft.graph.call' }),
    ),
  ),
  breaks(
    'CC-19',
    'any-media-type',
    'A mediaConfig may be of any type.',
    REFUSED,
    unnoticed(
      (body) => objectAt(body, 'mediaConfig')['@odata.type'] === '#microsoft.graph.noMediaConfig',
      () => ({ mediaConfig: SERVICE_HOSTED }),
    ),
  ),
  breaks(
    'CC-19',
    'ringing-without-limit',
    'A call may ring as long as the request says.',
    REFUSED,
    unnoticed(
      ({ ringingTimeoutInSeconds }) => Number(ringingTimeoutInSeconds) > 115,
      () => ({ ringingTimeoutInSeconds: 115 }),
    ),
  ),
  breaks(
    'CC-19',
    'ringing-no-time',
    'A call may ring no time at all.',
    REFUSED,
    unnoticed(
      ({ ringingTimeoutInSeconds }) => ringingTimeoutInSeconds === 0,
      () => ({ ringingTimeoutInSeconds: 1 }),
    ),
  ),
  breaks(
    'CC-19',
    'half-a-meeting',
    'A join may name the chat alone.',
    REFUSED,
    unnoticed(
      ({ chatInfo, meetingInfo }) => isObject(chatInfo) && meetingInfo === undefined,
      () => ({ chatInfo: undefined, targets: target({ id: NOBODY }) }),
    ),
  ),
  breaks(
    'CC-19',
    'subject-refused',
    'A call may have no subject.',
    ACCEPTED,
    refuseCreate(({ subject }) => subject !== undefined),
  ),
  breaks(
    'CC-19',
    'ringing-refused',
    'A call may not say how long it rings.',
    ACCEPTED,
    refuseCreate(({ ringingTimeoutInSeconds }) => ringingTimeoutInSeconds === 10),
  ),
  breaks(
    'CC-19',
    'policies-refused',
    'A call may have no routing policies.',
    ACCEPTED,
    refuseCreate(({ routingPolicies }) => routingPolicies !== undefined),
  ),
  breaks(
    'CC-19',
    'unfit-and-created',
    'What does not fit is refused, and a call is created all the same.',
    CREATED,
    refusingInWords(['invalidRequest'], (create) =>
      withBody(create, {
        '@odata.type': '#microsoft.graph.call',
        callbackUri: CALLBACK,
        targets: target({ id: NOBODY }),
        chatInfo: undefined,
        meetingInfo: undefined,
        requestedModalities: ['audio'],
        mediaConfig: SERVICE_HOSTED,
        ringingTimeoutInSeconds: undefined,
      }),
    ),
  ),
  breaks(
    'CC-19b',
    'unknown-property-refused',
    'A property that nobody knows is refused.',
    ACCEPTED,
    refuseCreate(({ favouriteColour }) => favouriteColour !== undefined),
  ),

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
    /roster/,
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
    /established did not come/,
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
    /established" came besides/,
    ({ decide }) => ({
      decide: (state, command, env) =>
        decide(command.kind === 'create' ? { ...state, meetingsOnDemand: 'admitted' } : state, command, env),
    }),
  ),
  breaks('CC-72', 'no-meeting-waited-for', 'The join of no meeting never ends.', /terminated" did not come/, ({ decide }) => ({
    decide: (state, command, env) => {
      const decision = decide(state, command, env)
      return command.kind === 'timer' &&
        decision.effects.some((effect) => effect.kind === 'notify' && JSON.stringify(effect.body).includes('DiagCode'))
        ? { state, answer: decision.answer, effects: [] }
        : decision
    },
  })),
]

function meetingFound(rewrite: (meeting: JsonObject, world: World) => JsonObject): Wrap {
  return (parts, world) =>
    answeringWith(200, async (response, _, { url }) => {
      if (!url.includes('/onlineMeetings/')) return response
      const meeting = (await response.json()) as JsonObject
      return otherwise(response, { body: JSON.stringify({ ...meeting, ...rewrite(meeting, world) }) })
    })(parts, world)
}
