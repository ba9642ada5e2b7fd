// The simulated world of a run: the apps, people and meetings that its casts speak of.
import type { AppRegistration, Cast, Meeting } from '../../contract/cast'
import { EVERY_PERMISSION } from '../../simulator/core/permissions'
import { meetingKey } from '../../simulator/core/state'
import type { App, Directory } from '../../simulator/identity/directory'

/** Language of a person's client on the simulated roster (documented: example 3). */
const LANGUAGE = 'en-US'

/** Everything of every cast: the bot and the registrations of other permission sets, the people, the meetings. */
export function directoryOf(casts: readonly Cast[]): Directory {
  return {
    apps: casts.flatMap((cast) => [botOf(cast), ...Object.values(cast.apps).map((app) => appOf(cast, app))]),
    people: casts.flatMap((cast) =>
      Object.values(cast.people).map((person) => ({ ...person, languageId: LANGUAGE, tenantId: botOf(cast).tenantId })),
    ),
    meetings: casts.flatMap(({ meetings }) =>
      Object.values(meetings).map(({ coordinates: { organizer, ...chat }, joinUrl, conferenceId, guests }) => ({
        ...chat,
        tenantId: organizer.tenantId,
        organizer: { id: organizer.id, displayName: organizer.displayName },
        joinUrl,
        conferenceId,
        guests: guests ?? 'admitted',
      })),
    ),
  }
}

/** The bot's own registration: every permission, with consent. */
export function botOf({ bot }: Cast): App {
  const { clientId, tenantId, displayName } = bot
  if (clientId === null || tenantId === null) throw new Error('the cast of a simulator run needs bot.clientId and bot.tenantId')
  return { clientId, tenantId, displayName, secret: secretOf(clientId), permissions: EVERY_PERMISSION, registered: true }
}

/** A registration with another permission set: of the bot's tenant and, for the rosters, of its name. */
export function appOf(cast: Cast, { clientId, permissions, registered }: AppRegistration): App {
  return { ...botOf(cast), clientId, secret: secretOf(clientId), permissions, registered }
}

/** Of every simulated registration: no secret of anybody. */
function secretOf(clientId: string): string {
  return `simulated-${clientId}`
}

export function keyOf({ coordinates }: Meeting): string {
  return meetingKey(coordinates.threadId, coordinates.messageId)
}

export { LANGUAGE }
