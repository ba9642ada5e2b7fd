// The secrets of the documented cast's registrations, in the variables that the cast names: the simulator's, which are no secrets.
import { loadCast } from '../../support/contract/cast'

export function appSecrets(castFile?: string): Record<string, string> {
  const apps = Object.values(loadCast(castFile).apps)
  return Object.fromEntries(apps.map(({ secretEnv, clientId }) => [secretEnv, `simulated-${clientId}`]))
}
