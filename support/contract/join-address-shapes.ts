// The shapes of join addresses, each with its source, and how each is read.
import { z } from 'zod'
import type { CauseAndRemedy } from './fixture'
import { ORGANIZATIONS, PERSONAL, type WithSource } from './join-address-wrappers'
import { isObject } from './json'

export interface Coordinates {
  readonly kind: 'coordinates'
  readonly threadId: string
  /** "0" for a scheduled meeting, the id of the post for one in a channel. */
  readonly messageId: string
  /** Present in the address of a reply in a channel. */
  readonly replyChainMessageId: string | null
  readonly organizer: { readonly id: string; readonly tenantId: string }
}

export interface MeetingId extends CauseAndRemedy {
  readonly kind: 'meeting-id'
  readonly meetingId: string
  readonly passcode: string | null
}

export interface LookUp extends CauseAndRemedy {
  readonly kind: 'look-up'
}

export interface Misfit extends CauseAndRemedy {
  readonly kind: 'misfit'
}

const digits = z.string().regex(/^\d+$/)
const COORDINATES = z.object({
  /** Ends with @thread.v2, in channels with @thread.tacv2 or, in older ones, @thread.skype. */
  threadId: z.string().regex(/^19:\S+@\S+$/),
  messageId: digits,
  tenantId: z.guid(),
  organizerId: z.guid(),
  replyChainMessageId: digits.nullish(),
})
const MEETING_ID = z.object({ meetingId: digits })

/** What each member has to be. */
const SHOULD = {
  threadId: '19:…@thread.…',
  messageId: '0 for a scheduled meeting, the number of the post for one in a channel',
  tenantId: 'the GUID of the tenant',
  organizerId: 'the GUID of the organizer',
  replyChainMessageId: 'the number of a post',
  meetingId: 'a number without blanks',
}
/** What each shape calls the members. */
type Names = Readonly<Partial<Record<keyof typeof SHOULD, string>>>
const IN_CONTEXT: Names = {
  threadId: 'thread',
  messageId: 'message',
  tenantId: 'Tid (in the context)',
  organizerId: 'Oid (in the context)',
  replyChainMessageId: 'MessageId (in the context)',
}
const IN_COORDS: Names = {
  threadId: 'conversationId (in coords)',
  messageId: 'messageId (in coords)',
  tenantId: 'tenantId (in coords)',
  organizerId: 'organizerId (in coords)',
}

export const COPY = 'copy the whole address from the invitation'
const DECODE = `decode the address once, or ${COPY}`
const misfit = (cause: string, remedy = COPY): Misfit => ({ kind: 'misfit', cause, remedy })

/** The members, or what is wrong with the first that does not fit. */
function fittingMembers<Schema extends z.ZodType>(schema: Schema, members: object, names: Names): z.output<Schema> | Misfit {
  const { data, error } = schema.safeParse(members, { reportInput: true })
  const [issue] = error?.issues ?? []
  if (issue === undefined) return data as z.output<Schema>
  const member = issue.path[0] as keyof typeof SHOULD
  const [name, should, written] = [names[member], SHOULD[member], issue.input]
  if (written === undefined || written === '') return misfit(`its ${name} is missing`, `${COPY}: ${name} is ${should}`)
  if (typeof written !== 'string' || !written.includes('%')) return misfit(`its ${name} is not ${should}`)
  if (decoded(written) === undefined) return misfit(`its ${name} is not percent-encoded properly`)
  return misfit(`its ${name} is percent-encoded twice`, DECODE)
}

const isMisfit = (value: object): value is Misfit => 'kind' in value && value.kind === 'misfit'

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Decoded, or as it is where it cannot be decoded: `fittingMembers` reports it. */
const readable = (text: string): string => decoded(text) ?? text

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function coordinates(members: Readonly<Record<keyof z.input<typeof COORDINATES>, unknown>>, names: Names): Coordinates | Misfit {
  const found = fittingMembers(COORDINATES, members, names)
  if (isMisfit(found)) return found
  const { threadId, messageId, replyChainMessageId = null, organizerId, tenantId } = found
  return { kind: 'coordinates', threadId, messageId, replyChainMessageId, organizer: { id: organizerId, tenantId } }
}

/** Of /l/meetup-join/THREAD/MESSAGE?context=JSON. */
function fromContext({ searchParams }: URL, [thread = '', message, ...others]: readonly string[]): Coordinates | Misfit {
  if (message === undefined) return misfit(`its ${thread === '' ? 'thread' : 'message'} is missing`)
  if (others.length > 0) return misfit('its path continues after the message')
  const written = searchParams.get('context')
  if (written === null || written === '') return misfit('its context is missing, which has the tenant and the organizer')
  const context = jsonObject(written)
  if (context === undefined)
    return /^%(25)*7b/i.test(written)
      ? misfit('its context is percent-encoded twice', DECODE)
      : misfit('its context is not a JSON object')
  const { Tid: tenantId, Oid: organizerId, MessageId: replyChainMessageId } = context
  const [threadId, messageId] = [thread, message].map(readable)
  return coordinates({ threadId, messageId, tenantId, organizerId, replyChainMessageId }, IN_CONTEXT)
}

/** Of /light-meetings/launch?coords=BASE64: JSON, or JSON that is percent-encoded. */
function fromCoords({ searchParams }: URL): Coordinates | Misfit {
  // A plus sign of base64 that is not percent-encoded reads as a blank.
  const written = Buffer.from((searchParams.get('coords') ?? '').replaceAll(' ', '+'), 'base64').toString()
  const coords = jsonObject(written) ?? jsonObject(readable(written))
  if (coords === undefined) return misfit('its parameter coords is not a JSON object in base64')
  const { conversationId: threadId, messageId, tenantId, organizerId } = coords
  return coordinates({ threadId, messageId, tenantId, organizerId, replyChainMessageId: null }, IN_COORDS)
}

function meetingId({ searchParams }: URL, [id = '', ...others]: readonly string[]): MeetingId | Misfit {
  const found = fittingMembers(MEETING_ID, { meetingId: readable(id) }, { meetingId: 'meeting id' })
  if (isMisfit(found)) return found
  if (others.length > 0) return misfit('its path continues after the meeting id')
  return {
    kind: 'meeting-id',
    meetingId: found.meetingId,
    passcode: searchParams.get('p') || null,
    cause: 'has a meeting id and no coordinates: only the service knows the meeting',
    remedy: 'look the meeting up (Get onlineMeeting, filter joinMeetingIdSettings/joinMeetingId) and take its joinWebUrl',
  }
}

const lookUp = (cause: string, remedy: string): LookUp => ({ kind: 'look-up', cause, remedy })

const PERSONAL_MEETING = lookUp(
  'is of a meeting of a personal account, whose tenant and thread are not in the address',
  'schedule the meeting with an account of an organization, and take that address',
)
const EVENT = lookUp(
  'is where people register for a webinar or a town hall; the address to join comes with the confirmation',
  'register, and take the address from the confirmation',
)
const SHORT_LINK = lookUp(
  'is a short link, which leads elsewhere',
  'open it in a browser, and take the address that it leads to (aka.ms/JoinTeamsMeeting leads to help, not to a meeting)',
)

export interface AddressShape extends WithSource {
  /** As errors and the guide print it. */
  readonly form: string
  readonly hosts: readonly string[]
  /** How the path begins, without the slashes around; empty where any path fits. */
  readonly path: string
  readonly kind: 'coordinates' | 'meeting-id' | 'look-up'
  readonly read: (url: URL, segments: readonly string[]) => Coordinates | MeetingId | LookUp | Misfit
}

export const SHAPES: readonly [AddressShape, ...AddressShape[]] = [
  {
    form: 'https://HOST/l/meetup-join/THREAD/MESSAGE?context={"Tid":…,"Oid":…}',
    hosts: ORGANIZATIONS,
    path: 'l/meetup-join',
    kind: 'coordinates',
    basis: 'documented',
    source: 'resource page of call, November 2019; MessageId: microsoftgraph/microsoft-graph-comms-samples, JoinInfo.cs',
    read: fromContext,
  },
  {
    form: 'https://HOST/meet/MEETING_ID?p=PASSCODE',
    hosts: ORGANIZATIONS,
    path: 'meet',
    kind: 'meeting-id',
    basis: 'documented',
    source: 'Microsoft 365 message center MC772556; its use in a call: microsoftgraph/microsoft-graph-comms-samples, issue 829',
    read: meetingId,
  },
  {
    form: 'https://HOST/light-meetings/launch?coords=BASE64',
    hosts: ORGANIZATIONS,
    path: 'light-meetings/launch',
    kind: 'coordinates',
    basis: 'observed',
    source: 'attendee-labs/attendee, test_meeting_url_utils.py',
    read: fromCoords,
  },
  {
    form: 'https://teams.live.com/meet/MEETING_ID?p=PASSCODE',
    hosts: [PERSONAL],
    path: 'meet',
    kind: 'look-up',
    basis: 'observed',
    source: 'microsoftgraph/microsoft-graph-comms-samples, issue 805',
    read: () => PERSONAL_MEETING,
  },
  {
    form: 'https://teams.live.com/light-meetings/launch?coords=BASE64',
    hosts: [PERSONAL],
    path: 'light-meetings/launch',
    kind: 'look-up',
    basis: 'observed',
    source: 'Meeting-BaaS/meet-teams-bot, pull request 126',
    read: () => PERSONAL_MEETING,
  },
  {
    form: 'https://events.teams.microsoft.com/event/EVENT@TENANT',
    hosts: ['events.teams.microsoft.com'],
    path: 'event',
    kind: 'look-up',
    basis: 'observed',
    source: 'Adobe Pass documentation, webinars of 19 February and 5 March 2025',
    read: () => EVENT,
  },
  {
    form: 'https://aka.ms/NAME',
    hosts: ['aka.ms'],
    path: '',
    kind: 'look-up',
    basis: 'observed',
    source: 'merill/aka, issues 259 and 3051',
    read: () => SHORT_LINK,
  },
]
