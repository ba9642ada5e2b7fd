// Which registration of the cast a feature speaks of: by what it is granted, never by its name.
import type { AppRegistration, Cast } from '../../contract/cast'
import { NotApplicable } from '../../contract/faults'
import type { Session } from '../session'

/** The permissions for calling that can be granted. Source: permissions reference of November 2019; E-05. */
const CALLING: readonly string[] = [
  'Calls.Initiate.All',
  'Calls.InitiateGroupCall.All',
  'Calls.JoinGroupCall.All',
  'Calls.JoinGroupCallAsGuest.All',
  'Calls.AccessMedia.All',
]

/** Names that only the page "Create call" has, with the erratum of each. */
const SPELLINGS: Readonly<Record<string, string>> = {
  'Calls.JoinGroupCalls.All': 'E-05',
  'Calls.InitiateGroupCalls.All': 'E-05',
  'Calls.JoinGroupCallsasGuest.All': 'E-04',
  'Calls.JoinGroupCallsAsGuest.All': 'E-04',
}

/** "no permission", "every permission", "every permission but X", "only X and Y". */
export const GRANTED = /no permission|every permission(?: but [A-Z][\w.]+)?|only [A-Z][\w.]+(?: and [A-Z][\w.]+)*/

export function permissionsIn(phrase: string): readonly string[] {
  const [, but] = /^every permission but (\S+)$/.exec(phrase) ?? []
  if (but !== undefined) return CALLING.filter((name) => name !== but)
  return phrase === 'no permission' ? [] : phrase.replace(/^only /, '').split(' and ')
}

/** Errata that the names in a phrase rely on. */
export function spellingErrata(permissions: readonly string[]): readonly string[] {
  return [...new Set(permissions.flatMap((name) => SPELLINGS[name] ?? []))]
}

/** @throws NotApplicable when the cast declares no registration with exactly these permissions for calling */
export function registrationWith({ apps }: Cast, permissions: readonly string[], phrase: string): AppRegistration {
  const wanted = [...permissions].sort().join()
  const found = Object.values(apps).find((app) => app.registered && callingOnly(app).sort().join() === wanted)
  if (found === undefined) throw new NotApplicable(`the cast declares no registration that is granted ${phrase}`)
  return found
}

/** @throws NotApplicable when the cast declares none */
export function unregistered({ apps }: Cast): AppRegistration {
  const found = Object.values(apps).find(({ registered }) => !registered)
  if (found === undefined) throw new NotApplicable('the cast declares no registration that is not registered for calling')
  return found
}

/** What an application may do besides calling is no matter here. */
function callingOnly({ permissions }: AppRegistration): string[] {
  return permissions.filter((name) => /^Calls\./i.test(name))
}

/** From now on the bot is the registration that is granted exactly so much. */
export function beGranted(session: Session, phrase: string): void {
  // The bot's own registration is granted everything.
  if (phrase === 'every permission') return
  const permissions = permissionsIn(phrase)
  session.become(registrationWith(session.setting.cast, permissions, phrase))
  for (const erratum of spellingErrata(permissions)) session.errata.add(erratum)
}

export function beUnregistered(session: Session): void {
  session.become(unregistered(session.setting.cast))
}
