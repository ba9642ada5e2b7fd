// Reads a world file: the bot, people, meetings and apps that the suite meets and the simulator plays. Says which capabilities it declares.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { distance } from 'fastest-levenshtein'
import { z } from 'zod'
import {
  deepFreeze,
  FixtureError,
  type FixtureProblem,
  type Frozen,
  fitted,
  PROJECT_ROOT,
  readUnchecked,
  repeated,
  reportProblem,
  shownFile,
} from './fixture'
import { type JoinAddress, readJoinAddress } from './join-address'
import { isObject } from './json'
import { isLoopback } from './loopback'
import { namesOf, WHEN_A_GUEST_WAITS, WHEN_CALLED } from './people-verbs'
import type { Capability } from './requirements'

const FOREIGN = ['expired', 'notYetValid', 'otherAudience', 'otherTenant'] as const
export type TokenKind = 'delegated' | (typeof FOREIGN)[number]

/** The meetings that features use. Other meetings are for the simulator; a misspelt name would silently leave scenarios out. */
export const MEETING_NAMES: readonly string[] = ['scheduled', 'channel', 'openChannel']

/** The world of the page "Create call", which is used when no file is given: its examples work as they are printed. */
export const WORLD_FILE = path.join(PROJECT_ROOT, 'fixtures/world.yaml')

const text = z.string().min(1)
const guid = z.guid('write a GUID, as in the overview of the registration')
const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write the name of an environment variable, never the secret itself')
const address = z.string().refine(isWebAddress, 'write a whole address that begins with https://')
const optionalText = text.nullable().default(null)
const seconds = z.number().nonnegative().optional()
const secret = z
  .string()
  .regex(/^simulated-/, 'begin it with "simulated-": a real secret belongs into the environment')
  .optional()
const guestPerson = z.strictObject({ id: text, displayName: text })
/** The optional members are for the simulator; times in seconds. */
const person = guestPerson.extend({
  /** Of the person's client, as on the roster. */
  languageId: text.optional(),
  whenCalled: z.enum(namesOf(WHEN_CALLED)).optional(),
  after: seconds,
  hangsUpAfter: seconds,
})
export type Person = Frozen<z.infer<typeof person>>

const organizer = z.strictObject({ id: text, tenantId: guid, displayName: optionalText })
/** What a call needs in chatInfo and meetingInfo to join a meeting. */
const coordinates = z.strictObject({
  threadId: text,
  /** "0" for a scheduled meeting, the id of the post for one in a channel. */
  messageId: text,
  /** Present in the address of a reply in a channel. */
  replyChainMessageId: optionalText,
  organizer,
})
export type MeetingCoordinates = Frozen<z.infer<typeof coordinates>>

/** Digits; an invitation prints them in groups. */
const meetingId = z.string().regex(/^\d[\d ]*\d$/, 'write the digits of the meeting id, with or without spaces')

const token = z.strictObject({ env: envName }).optional()
const tokens = z.strictObject({ delegated: token, expired: token, notYetValid: token, otherAudience: token, otherTenant: token })
const COORDINATES = ['threadId', 'messageId', 'organizer'] as const

const meeting = z
  .strictObject({
    ...coordinates.partial({ threadId: true, messageId: true, organizer: true }).shape,
    /** An address that has the coordinates, in any shape; without its wrappers once it is read. Null where the coordinates are written out. */
    joinUrl: optionalText,
    /** Key in `people` of the person who is in the meeting with the bot. */
    secondParticipant: optionalText,
    /** Whether a guest waits in the lobby or is let in at once; null: not declared. */
    guests: z.enum(['held', 'admitted']).nullable().default(null),
    /** The number by which the meeting can be looked up. */
    conferenceId: optionalText,
    /** The id and the passcode of its invitation, by which it can be joined. */
    joinMeetingId: meetingId.nullable().default(null),
    passcode: optionalText,
    /** The rest is for the simulator. */
    subject: text.optional(),
    /** Whether an application that joins as itself waits in the lobby, as where only organizers are let in at once. */
    applications: z.enum(['held', 'admitted']).default('admitted'),
    whenAGuestWaits: z.enum(namesOf(WHEN_A_GUEST_WAITS)).optional(),
    /** Seconds until a guest or an application that waits is admitted or refused. */
    after: seconds,
    /** Keys in `people` of those who are there from the beginning; `secondParticipant` if not given. */
    present: z.array(text).optional(),
  })
  .transform(({ threadId, messageId, replyChainMessageId, organizer, ...meeting }, context) => {
    const written = { threadId, messageId, organizer }
    if (meeting.joinUrl !== null) {
      const doubled = COORDINATES.filter((name) => written[name] !== undefined)
      for (const name of replyChainMessageId === null ? doubled : [...doubled, 'replyChainMessageId'])
        reportProblem(context, [name], { cause: 'stands beside joinUrl, which contains it', remedy: 'remove one of the two' })
      const read = readJoinAddress(meeting.joinUrl)
      if (read.kind === 'coordinates') return { ...meeting, joinUrl: read.address, coordinates: coordinatesOf(read) }
      const remedy = `${read.remedy}, or write ${COORDINATES.join(', ')} in place of joinUrl`
      reportProblem(context, ['joinUrl'], { cause: read.cause, remedy })
      return z.NEVER
    }
    if (threadId !== undefined && messageId !== undefined && organizer !== undefined)
      return { ...meeting, coordinates: { threadId, messageId, replyChainMessageId, organizer } }
    for (const name of COORDINATES.filter((name) => written[name] === undefined))
      reportProblem(context, [name], {
        cause: 'is missing',
        remedy: 'write it, or the joinUrl of the meeting in place of coordinates',
      })
    return z.NEVER
  })
export type Meeting = Frozen<z.infer<typeof meeting>>

/** A registration with a permission set of its own, or one that is not registered for calling. */
const app = z
  .strictObject({
    clientId: guid,
    /** Environment variable that holds its secret: GRAPH_SECRET_ and the name of the app if not given. */
    secretEnv: envName.optional(),
    permissions: z.array(text).optional(),
    registered: z.boolean().default(true),
    /** The rest is for the simulator. */
    displayName: text.optional(),
    tenantId: guid.optional(),
    secret,
    applicationInstances: z.array(guid).optional(),
  })
  .superRefine(({ registered, permissions }, context) => {
    if (!registered || permissions !== undefined) return
    const remedy = 'list the granted permissions, [] where there are none'
    reportProblem(context, ['permissions'], { cause: 'is missing', remedy })
  })

/** As environment variables are written: `onlyJoin` becomes ONLY_JOIN. */
export function inCapitals(name: string): string {
  return name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replace(/\W/g, '_')
    .toUpperCase()
}

const apps = z.record(text, app).transform((written) =>
  Object.fromEntries(
    Object.entries(written).map(([name, { secretEnv = `GRAPH_SECRET_${inCapitals(name)}`, permissions = [], ...others }]) => {
      return [name, { ...others, secretEnv, permissions }]
    }),
  ),
)
export type AppRegistration = Frozen<z.infer<typeof apps>[string]>

const worldFile = z
  .strictObject({
    /** All but the name are for the simulator; a tenant run has the ids and the address from its environment. */
    bot: z.strictObject({
      displayName: text,
      clientId: guid.nullable().default(null),
      tenantId: guid.nullable().default(null),
      callbackUri: address.nullable().default(null),
      secret,
      /** Every permission if not given. */
      permissions: z.array(text).optional(),
      registered: z.boolean().optional(),
      /** Application instances of the bot, by object id: the sources of its calls to telephones. */
      applicationInstances: z.array(guid).optional(),
    }),
    people: z.record(text, person).default({}),
    meetings: z.record(text, meeting).default({}),
    guest: guestPerson.nullable().default(null),
    media: z
      .strictObject({
        /** Addresses of prompts that the service may fetch beforehand. */
        prefetch: z.array(address).default([]),
        /** `file`: holds the media session; `live`: a media stack stands behind it, so the call can be established. */
        blob: z.strictObject({ file: optionalText, live: z.boolean().default(false) }).prefault({}),
      })
      .prefault({}),
    apps: apps.default({}),
    /** Environment variables that hold tokens which must not work; a tenant can give none that is not yet valid. */
    tokens: tokens.default({}),
    /** `maxCalls`: how many calls a run may make. */
    limits: z
      .strictObject({ maxCalls: z.number().int().min(1).default(60), answerWithinSeconds: z.number().positive().default(60) })
      .prefault({}),
    /** For the simulator: what a meeting that is not listed does with guests once it is joined; `none`: such a join ends. */
    meetingsOnDemand: z.enum(['held', 'admitted', 'none']).default('held'),
    /** For the simulator: the faults that are armed from the beginning. Their parameters stand beside the name. */
    faults: z
      .array(
        z.looseObject({ fault: text, messages: z.int().positive().nullable().default(null), app: text.nullable().default(null) }),
      )
      .default([]),
  })
  .superRefine(({ people, meetings }, context) => {
    const known = Object.keys(people).join(', ')
    const remedy = known === '' ? 'add that person to people' : `write one of ${known}`
    for (const [name, { secondParticipant, present = [] }] of Object.entries(meetings)) {
      const mentions = [[secondParticipant, 'secondParticipant'], ...present.map((one, at) => [one, 'present', at])] as const
      for (const [key, ...at] of mentions) {
        if (key === null || Object.hasOwn(people, String(key))) continue
        const cause = `is ${JSON.stringify(key)}, which is not one of people`
        reportProblem(context, ['meetings', name, ...(at as (string | number)[])], { cause, remedy })
      }
    }
    const named = Object.entries(meetings)
    for (const id of ['conferenceId', 'joinMeetingId'] as const)
      for (const at of repeated(named, ([, meeting]) => meeting[id]?.replaceAll(' ', '') ?? {})) {
        const fault = { cause: 'is that of another meeting', remedy: 'write another, or leave it out' }
        reportProblem(context, ['meetings', named[at]?.[0] ?? '', id], fault)
      }
    for (const [name, { joinMeetingId, passcode }] of named) {
      const fault = { cause: 'stands without joinMeetingId', remedy: 'write the id that it belongs to, or leave it out' }
      if (passcode !== null && joinMeetingId === null) reportProblem(context, ['meetings', name, 'passcode'], fault)
    }
  })

export type Cast = Frozen<z.infer<typeof worldFile>>

type Moved = Pick<FixtureProblem, 'path' | 'remedy'>

/** The members of an older file that have moved: apps were a list, and people and meetings had a tenant each. */
function movedMembers(written: unknown): Moved[] {
  if (!isObject(written)) return []
  const { bot, apps } = written
  const list: readonly unknown[] = Array.isArray(apps) ? apps : []
  const nameOf = (one: unknown) => (isObject(one) ? one.name : undefined)
  const first = bot === undefined ? list.findIndex((one) => nameOf(one) === undefined) : -1
  const tenants = (group: 'people' | 'meetings', remedy: string): Moved[] =>
    Object.entries(isObject(written[group]) ? written[group] : {}).flatMap(([name, one]) =>
      isObject(one) && 'tenantId' in one ? [{ path: `${group}.${name}.tenantId`, remedy }] : [],
    )
  return [
    ...list.map((one, at) => {
      const remedy = at === first ? 'write it as bot' : `write it as apps.${nameOf(one) ?? 'NAME'}, without its name`
      return { path: `apps[${at}]`, remedy }
    }),
    ...tenants('people', 'write it once, as bot.tenantId'),
    ...tenants('meetings', 'write it as tenantId of the organizer'),
  ]
}

/**
 * A world with the coordinates of every meeting.
 * @throws FixtureError that names the field and what to write there; of an older file each member that has moved, and where to
 */
export function readWorld(file: string): Cast {
  const written = readUnchecked(file)
  refuse(file, movedMembers(written), 'has moved')
  return deepFreeze(fitted(written, file, worldFile))
}

function refuse(file: string, problems: readonly Moved[], cause: string): void {
  const [first, ...others] = problems.map((problem) => ({ file: shownFile(file), cause, ...problem }))
  if (first !== undefined) throw new FixtureError([first, ...others])
}

/**
 * A world as the suite takes it: the meetings are those of the features, and the file of the media blob is absolute (it is written
 * relative to the world file).
 * @throws FixtureError as readWorld
 */
export function loadCast(file: string = WORLD_FILE): Cast {
  const cast = readWorld(file)
  const misspelt = Object.keys(cast.meetings).flatMap((name) => {
    const meant = MEETING_NAMES.find((known) => !(known in cast.meetings) && distance(known, name) <= 2)
    return meant === undefined
      ? []
      : [{ path: `meetings.${name}`, remedy: `write ${meant}, or a name that differs from it more` }]
  })
  refuse(file, misspelt, 'is joined by no scenario')
  const blob = cast.media.blob.file
  if (blob === null) return cast
  const blobFile = path.resolve(path.dirname(file), blob)
  const missing = { path: 'media.blob.file', remedy: 'write its path relative to the folder of the cast' }
  refuse(file, existsSync(blobFile) ? [] : [missing], 'names a file that does not exist')
  return deepFreeze({ ...cast, media: { ...cast.media, blob: { ...cast.media.blob, file: blobFile } } })
}

/** The coordinates that an address has. An address does not have the organizer's name. */
export function coordinatesOf(address: Extract<JoinAddress, { kind: 'coordinates' }>): MeetingCoordinates {
  const { threadId, messageId, replyChainMessageId, organizer } = address
  return { threadId, messageId, replyChainMessageId, organizer: { ...organizer, displayName: null } }
}

// What declares each capability. A target cannot do what its cast does not declare.
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
