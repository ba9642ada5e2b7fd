// The simulated world of a run: the apps, people and meetings that its casts speak of.
import type { Cast, Meeting } from '../contract/cast'
import { PERMISSIONS } from '../simulator/core/forms'
import { meetingKey } from '../simulator/core/state'
import type { App, Directory } from '../simulator/identity/directory'

/** Language of a person's client on the simulated roster (documented: example 3). */
const LANGUAGE = 'en-US'

export function directoryOf(casts: readonly Cast[]): Directory {
  return {
    apps: casts.map(botOf),
    people: casts.flatMap((cast) =>
      Object.values(cast.people).map((person) => ({ ...person, languageId: LANGUAGE, tenantId: botOf(cast).tenantId })),
    ),
    meetings: casts.flatMap(({ meetings }) =>
      Object.values(meetings).map(({ coordinates, guests }) => ({
        threadId: coordinates.threadId,
        messageId: coordinates.messageId,
        tenantId: coordinates.organizer.tenantId,
        guests: guests ?? 'admitted',
      })),
    ),
  }
}

/** The bot's own registration: every permission, with consent. */
export function botOf({ bot }: Cast): App {
  const { clientId, tenantId, displayName } = bot
  if (clientId === null || tenantId === null) throw new Error('the cast of a simulator run needs bot.clientId and bot.tenantId')
  return { clientId, tenantId, displayName, secret: `simulated-${clientId}`, permissions: PERMISSIONS, registered: true }
}

export function keyOf({ coordinates }: Meeting): string {
  return meetingKey(coordinates.threadId, coordinates.messageId)
}

export { LANGUAGE }
