// The apps, people and meetings that exist in the simulator, made from world files when the simulator starts and never changed by a run.
import type { AppRegistration, Cast, Meeting } from '../../contract/cast'
import { EVERY_PERMISSION } from '../core/forms'
import { type MeetingSeed, meetingKey } from '../core/state'

export interface App {
  readonly clientId: string
  readonly displayName: string
  readonly tenantId: string
  /** Begins with `simulated-`: it protects nothing. */
  readonly secret: string
  /** Application permissions with consent, as they appear in the token's roles. */
  readonly permissions: readonly string[]
  /** Whether the bot is registered for calling. */
  readonly registered: boolean
  /** The sources of its calls to telephones, by object id; none unless given. */
  readonly applicationInstances?: readonly string[] | undefined
}

/** A person who can sign in. */
export interface Account {
  readonly id: string
  readonly displayName: string
}

export interface Directory {
  readonly apps: readonly App[]
  /** None unless given: then no token of a person is issued. */
  readonly people?: readonly Account[]
  readonly meetings: readonly MeetingSeed[]
}

export function appOf({ apps }: Directory, clientId: string): App | undefined {
  return apps.find((app) => app.clientId === clientId)
}

export function knowsTenant({ apps }: Directory, tenantId: string): boolean {
  return apps.some((app) => app.tenantId === tenantId)
}

/** By display name or id, without regard to letter case. */
export function personNamed({ people = [] }: Directory, name: string): Account | undefined {
  const asked = name.toLowerCase()
  return people.find(({ id, displayName }) => id.toLowerCase() === asked || displayName.toLowerCase() === asked)
}

/** The apps, people and meetings of all these worlds. */
export function directoryOf(worlds: readonly Cast[]): Directory {
  return {
    apps: worlds.flatMap((world) => [botApp(world), ...Object.values(world.apps).map((app) => registeredApp(world, app))]),
    people: worlds.flatMap(({ people }) => Object.values(people).map(({ id, displayName }) => ({ id, displayName }))),
    meetings: worlds.flatMap(({ meetings }) => Object.values(meetings).map(meetingSeed)),
  }
}

const secretOf = (clientId: string) => `simulated-${clientId}`

/** The bot's registration: every permission, unless the world lists some. */
export function botApp({ bot }: Cast): App {
  const { clientId, tenantId, displayName, permissions = EVERY_PERMISSION, registered = true, applicationInstances } = bot
  if (clientId === null || tenantId === null)
    throw new Error('the simulator needs bot.clientId and bot.tenantId in the world file: write both, as GUIDs')
  const secret = bot.secret ?? secretOf(clientId)
  return { clientId, tenantId, displayName, secret, permissions, registered, applicationInstances }
}

/** Another registration: in the bot's tenant and with its name, unless the world gives others. */
export function registeredApp(world: Cast, { clientId, permissions, registered, ...own }: AppRegistration): App {
  const { tenantId, displayName } = botApp(world)
  return {
    clientId,
    tenantId: own.tenantId ?? tenantId,
    displayName: own.displayName ?? displayName,
    secret: own.secret ?? secretOf(clientId),
    permissions,
    registered,
    applicationInstances: own.applicationInstances,
  }
}

function meetingSeed({
  coordinates: { organizer, ...chat },
  joinUrl,
  conferenceId,
  joinMeetingId,
  passcode,
  guests,
  applications,
  subject,
}: Meeting): MeetingSeed {
  const { id, tenantId, displayName } = organizer
  return {
    ...chat,
    tenantId,
    organizer: { id, displayName },
    joinUrl,
    conferenceId,
    joinMeetingId,
    passcode,
    subject: subject ?? null,
    guests: guests ?? 'held',
    applications,
  }
}

/** The key of a meeting in the simulator's state. */
export function keyOf({ coordinates }: Meeting): string {
  return meetingKey(coordinates.threadId, coordinates.messageId)
}
