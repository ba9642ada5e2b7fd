// Finds the registration of the cast that a feature describes by its permissions.
import type { AppRegistration, Cast } from '../../contract/cast'
import { NotApplicable } from '../../contract/failures'
import type { Session } from '../session'

/** The permissions for calling that can be granted. Source: permissions reference of November 2019; E-05. */
const CALLING: readonly string[] = [
  'Calls.Initiate.All',
  'Calls.InitiateGroupCall.All',
  'Calls.JoinGroupCall.All',
  'Calls.JoinGroupCallAsGuest.All',
  'Calls.AccessMedia.All',
]

/** Spellings that only the page "Create call" has, with the erratum of each. */
const SPELLINGS: Readonly<Record<string, string>> = {
  'Calls.JoinGroupCalls.All': 'E-05',
  'Calls.InitiateGroupCalls.All': 'E-05',
  'Calls.JoinGroupCallsasGuest.All': 'E-04',
  'Calls.JoinGroupCallsAsGuest.All': 'E-04',
}

const UNREGISTERED = 'not registered for calling'

/** "granted no permission", "granted every permission but X", "granted only X and Y", "not registered for calling". */
export const REGISTRATION = new RegExp(
  `${UNREGISTERED}|granted (?:no permission|every permission(?: but [A-Z][\\w.]+)?|only [A-Z][\\w.]+(?: and [A-Z][\\w.]+)*)`,
)

export function permissionsIn(phrase: string): readonly string[] {
  const [, but] = /^every permission but (\S+)$/.exec(phrase) ?? []
  if (but !== undefined) return CALLING.filter((name) => name !== but)
  return phrase === 'no permission' ? [] : phrase.replace(/^only /, '').split(' and ')
}

/** Errata of the spellings that only the page has. */
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

/** The permissions for calling; an application may have others. */
function callingOnly({ permissions }: AppRegistration): string[] {
  return permissions.filter((name) => /^Calls\./i.test(name))
}

/** Makes the bot the registration that a phrase describes. */
export function register(session: Session, phrase: string): void {
  const { cast } = session.setting
  if (phrase === UNREGISTERED) {
    session.become(unregistered(cast))
    return
  }
  const granted = phrase.replace('granted ', '')
  // This is the bot's own registration.
  if (granted === 'every permission') return
  const permissions = permissionsIn(granted)
  session.become(registrationWith(cast, permissions, granted))
  for (const erratum of spellingErrata(permissions)) session.errata.add(erratum)
}

/** @throws NotApplicable when the cast declares no such registration */
export function unregistered({ apps }: Cast): AppRegistration {
  const found = Object.values(apps).find(({ registered }) => !registered)
  if (found === undefined) throw new NotApplicable('the cast declares no registration that is not registered for calling')
  return found
}
