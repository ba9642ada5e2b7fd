// The cast: who and what the scenarios meet on a target. Reads fixtures/cast.yaml or a tester's own file, and says what it declares.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { deepFreeze, type Fault, FixtureError, PROJECT_ROOT, readFixture, reportFault, shownFile } from './fixture'
import { isLoopback } from './loopback'
import type { Capability } from './requirements'

export interface Person {
  readonly id: string
  readonly displayName: string
}

/** What a call needs in chatInfo and meetingInfo to join a meeting. */
export interface MeetingCoordinates {
  readonly threadId: string
  /** "0" for a scheduled meeting, the id of the post for one in a channel. */
  readonly messageId: string
  /** Present in the address of a reply in a channel. */
  readonly replyChainMessageId: string | null
  /** An address does not tell the organiser's name. */
  readonly organizer: { readonly id: string; readonly tenantId: string; readonly displayName: string | null }
}

export interface Meeting {
  readonly coordinates: MeetingCoordinates
  /** Null where the coordinates were written out. */
  readonly joinUrl: string | null
  /** Key in `people` of somebody who is in the meeting besides the bot. */
  readonly secondParticipant: string | null
  /** Whether a guest waits in the lobby or is let in at once; null: not declared. */
  readonly guests: 'held' | 'admitted' | null
  /** Under which the meeting can be looked up. */
  readonly conferenceId: string | null
}

/** A registration with a permission set of its own, or one that is not registered for calling. */
export interface AppRegistration {
  readonly clientId: string
  /** Environment variable that holds its secret. */
  readonly secretEnv: string
  readonly permissions: readonly string[]
  readonly registered: boolean
}

const FOREIGN = ['expired', 'notYetValid', 'otherAudience', 'otherTenant'] as const
export type TokenKind = 'delegated' | (typeof FOREIGN)[number]

export interface Cast {
  /** The last three are for the simulator; a tenant run has them from its environment. */
  readonly bot: {
    readonly displayName: string
    readonly clientId: string | null
    readonly tenantId: string | null
    readonly callbackUri: string | null
  }
  readonly people: Readonly<Record<string, Person>>
  readonly meetings: Readonly<Record<string, Meeting>>
  readonly guest: Person | null
  readonly media: {
    /** Addresses of prompts that the service may fetch beforehand. */
    readonly prefetch: readonly string[]
    /** `file`: absolute, holds the media session; `live`: a media stack stands behind it, so the call can be established. */
    readonly blob: { readonly file: string | null; readonly live: boolean }
  }
  readonly apps: Readonly<Record<string, AppRegistration>>
  /** Environment variables that hold tokens which must not work; a tenant can give none that is not yet valid. */
  readonly tokens: Readonly<Partial<Record<TokenKind, { readonly env: string }>>>
  /** `maxCalls`: how many calls a run may make. */
  readonly limits: { readonly maxCalls: number; readonly answerWithinSeconds: number }
}

/** The meetings that features speak of: a name outside the list would silently leave scenarios out. */
export const MEETING_NAMES = ['scheduled', 'channel', 'openChannel'] as const

const CAST_FILE = path.join(PROJECT_ROOT, 'fixtures/cast.yaml')

const text = z.string().min(1)
const guid = z.guid('write a GUID, as in the overview of the registration')
const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write the name of an environment variable, never the secret itself')
const address = z.string().refine(isWebAddress, 'write a whole address that begins with https://')
const optionalText = text.nullable().default(null)
const person = z.strictObject({ id: text, displayName: text })
const organizer = z.strictObject({ id: text, tenantId: guid, displayName: optionalText })
const token = z.strictObject({ env: envName }).optional()
const tokens = z.strictObject({ delegated: token, expired: token, notYetValid: token, otherAudience: token, otherTenant: token })
const COORDINATES = ['threadId', 'messageId', 'organizer'] as const

const meeting = z
  .strictObject({
    joinUrl: optionalText,
    threadId: text.optional(),
    messageId: text.optional(),
    replyChainMessageId: optionalText,
    organizer: organizer.optional(),
    secondParticipant: optionalText,
    guests: z.enum(['held', 'admitted']).nullable().default(null),
    conferenceId: optionalText,
  })
  .transform(({ threadId, messageId, replyChainMessageId, organizer, ...meeting }, context): Meeting => {
    const written = { threadId, messageId, organizer }
    if (meeting.joinUrl !== null) {
      const doubled = COORDINATES.filter((name) => written[name] !== undefined)
      for (const name of replyChainMessageId === null ? doubled : [...doubled, 'replyChainMessageId'])
        reportFault(context, [name], { cause: 'stands beside joinUrl, which already tells it', remedy: 'remove one of the two' })
      const read = meetingCoordinates(meeting.joinUrl)
      if (read.coordinates !== undefined) return { ...meeting, coordinates: read.coordinates }
      reportFault(context, ['joinUrl'], read.fault)
      return z.NEVER
    }
    if (threadId !== undefined && messageId !== undefined && organizer !== undefined)
      return { ...meeting, coordinates: { threadId, messageId, replyChainMessageId, organizer } }
    for (const name of COORDINATES.filter((name) => written[name] === undefined))
      reportFault(context, [name], {
        cause: 'is missing',
        remedy: 'write it, or the joinUrl of the meeting in place of coordinates',
      })
    return z.NEVER
  })

const joinContext = z.object({ Tid: text, Oid: text, MessageId: optionalText })

const app = z
  .strictObject({
    clientId: guid,
    secretEnv: envName,
    permissions: z.array(text).optional(),
    registered: z.boolean().default(true),
  })
  .transform((written, context): AppRegistration => {
    if (written.registered && written.permissions === undefined)
      reportFault(context, ['permissions'], {
        cause: 'is missing',
        remedy: 'list the granted permissions, [] where there are none',
      })
    return { ...written, permissions: written.permissions ?? [] }
  })

const castFile = z
  .strictObject({
    bot: z.strictObject({
      displayName: text,
      clientId: guid.nullable().default(null),
      tenantId: guid.nullable().default(null),
      callbackUri: address.nullable().default(null),
    }),
    people: z.record(text, person).default({}),
    meetings: z
      .strictObject(Object.fromEntries(MEETING_NAMES.map((name) => [name, meeting.optional()])))
      .transform((meetings) => meetings as Record<string, Meeting>)
      .default({}),
    guest: person.nullable().default(null),
    media: z
      .strictObject({
        prefetch: z.array(address).default([]),
        blob: z.strictObject({ file: optionalText, live: z.boolean().default(false) }).prefault({}),
      })
      .prefault({}),
    apps: z.record(text, app).default({}),
    tokens: tokens.default({}),
    limits: z
      .strictObject({ maxCalls: z.number().int().min(1).default(60), answerWithinSeconds: z.number().positive().default(60) })
      .prefault({}),
  })
  .superRefine(({ people, meetings }, context) => {
    for (const [name, { secondParticipant }] of Object.entries(meetings)) {
      if (secondParticipant === null || Object.hasOwn(people, secondParticipant)) continue
      const known = Object.keys(people).join(', ')
      reportFault(context, ['meetings', name, 'secondParticipant'], {
        cause: `is ${JSON.stringify(secondParticipant)}, who is not one of people`,
        remedy: known === '' ? 'add that person to people' : `write one of ${known}`,
      })
    }
  })

/**
 * A cast with every meeting's coordinates resolved and the blob's file made absolute (it is written relative to the cast), deeply frozen.
 * @throws FixtureError that names the field and what to write there
 */
export function loadCast(file: string = CAST_FILE): Cast {
  const cast = readFixture(file, castFile)
  const written = cast.media.blob.file
  if (written === null) return deepFreeze(cast)
  const blobFile = path.resolve(path.dirname(file), written)
  if (!existsSync(blobFile)) {
    const fault = { cause: 'names a file that does not exist', remedy: 'write its path relative to the folder of the cast' }
    throw new FixtureError([{ file: shownFile(file), path: 'media.blob.file', ...fault }])
  }
  return deepFreeze({ ...cast, media: { ...cast.media, blob: { ...cast.media.blob, file: blobFile } } })
}

/**
 * The coordinates in an address of the form https://HOST/l/meetup-join/THREAD/MESSAGE?context={"Tid":…,"Oid":…}, percent-encoded,
 * or why there are none. Source: resource page of call, November 2019; MessageId in the context: Microsoft's calling samples.
 */
export function meetingCoordinates(
  joinUrl: string,
): { coordinates: MeetingCoordinates; fault?: undefined } | { coordinates?: undefined; fault: Fault } {
  const remedy = 'write the whole join address from the invitation (…/l/meetup-join/…?context=…), or the coordinates themselves'
  const fault = (cause: string) => ({ fault: { cause, remedy } })
  if (!URL.canParse(joinUrl)) return fault('is no web address')
  const { pathname, searchParams } = new URL(joinUrl)
  const [, thread, message] = /^\/l\/meetup-join\/([^/]+)\/([^/]+)\/?$/i.exec(pathname) ?? []
  if (thread === undefined || message === undefined) return fault('is not the join address of a meeting')
  const context = attempt(() => joinContext.parse(JSON.parse(searchParams.get('context') ?? '')))
  if (context === undefined) return fault('has no context that tells organiser (Oid) and tenant (Tid)')
  const chat = attempt(() => ({ threadId: decodeURIComponent(thread), messageId: decodeURIComponent(message) }))
  if (chat === undefined) return fault('is not percent-encoded properly')
  const organizer = { id: context.Oid, tenantId: context.Tid, displayName: null }
  return { coordinates: { ...chat, replyChainMessageId: context.MessageId, organizer } }
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

// What declares each capability. Whatever a cast does not declare, its target is taken to be unable to do.
const DECLARED_BY: { readonly [Name in Capability]: (cast: Cast) => boolean } = {
  'person-answers': ({ people }) => Object.keys(people).length > 0,
  'person-declines': ({ people }) => Object.keys(people).length > 0,
  'lobby-held': (cast) => anyMeeting(cast, ({ guests }) => guests === 'held'),
  'lobby-open': (cast) => anyMeeting(cast, ({ guests }) => guests === 'admitted'),
  'second-participant': (cast) => anyMeeting(cast, ({ secondParticipant }) => secondParticipant !== null),
  'conference-id': (cast) => anyMeeting(cast, ({ conferenceId }) => conferenceId !== null),
  'media-live': ({ media }) => media.blob.live,
  'app-sets': ({ apps }) => Object.values(apps).some(({ registered }) => registered),
  'unregistered-app': ({ apps }) => Object.values(apps).some(({ registered }) => !registered),
  'delegated-token': ({ tokens }) => tokens.delegated !== undefined,
  'foreign-token': ({ tokens }) => FOREIGN.some((kind) => tokens[kind] !== undefined),
}

/** What a target with this cast can do, by declaration. */
export function capabilitiesOf(cast: Cast): ReadonlySet<Capability> {
  const declared = (Object.keys(DECLARED_BY) as Capability[]).filter((name) => DECLARED_BY[name](cast))
  return new Set(declared)
}

function anyMeeting({ meetings }: Cast, holds: (meeting: Meeting) => boolean): boolean {
  return Object.values(meetings).some(holds)
}

/** https anywhere, plain http on loopback only. */
function isWebAddress(written: string): boolean {
  if (!URL.canParse(written)) return false
  const { protocol, hostname } = new URL(written)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}
