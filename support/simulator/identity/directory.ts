// Who exists: tenants with their apps, people and meetings. Fixed when the simulator is made; never changed by a run.
import type { Person } from '../core/commands'
import type { MeetingSeed } from '../core/state'

export interface App {
  readonly clientId: string
  readonly displayName: string
  readonly tenantId: string
  /** Begins with `simulated-`: no secret of anybody. */
  readonly secret: string
  /** Application permissions with consent, as they appear in the token's roles. */
  readonly permissions: readonly string[]
  /** Whether the bot is registered for calling. */
  readonly registered: boolean
}

export interface DirectoryPerson extends Person {
  readonly tenantId: string
}

export interface Directory {
  readonly apps: readonly App[]
  readonly people: readonly DirectoryPerson[]
  readonly meetings: readonly MeetingSeed[]
}

export function appOf({ apps }: Directory, clientId: string): App | undefined {
  return apps.find((app) => app.clientId === clientId)
}

export function knowsTenant({ apps }: Directory, tenantId: string): boolean {
  return apps.some((app) => app.tenantId === tenantId)
}
