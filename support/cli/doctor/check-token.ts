// The doctor's look at the token and the cast: who the bot is, what it may do, and which of the documented examples that allows.
import { decodeJwt } from 'jose'
import { z } from 'zod'
import { type Cast, capabilitiesOf } from '../../contract/cast'
import { CouldNotRun, HarnessError } from '../../contract/faults'
import type { Requirement } from '../../contract/requirements'
import type { PeopleSetting } from '../../targets/tenant/config/configuration'
import { type Checked, type Finding, found, mend, ok, warning } from './check-services'

/** What each documented example takes: the permissions that the page names for it (CC-08 to CC-11), and a meeting of the cast. */
const EXAMPLES: readonly { readonly id: string; readonly permissions: readonly string[]; readonly meeting: string | null }[] = [
  { id: 'CC-30', permissions: ['Calls.Initiate.All'], meeting: null },
  { id: 'CC-31', permissions: ['Calls.Initiate.All', 'Calls.AccessMedia.All'], meeting: null },
  { id: 'CC-32', permissions: ['Calls.JoinGroupCall.All'], meeting: 'scheduled' },
  { id: 'CC-33', permissions: ['Calls.JoinGroupCall.All', 'Calls.AccessMedia.All'], meeting: 'scheduled' },
  { id: 'CC-34', permissions: ['Calls.JoinGroupCall.All'], meeting: 'channel' },
  { id: 'CC-35', permissions: ['Calls.JoinGroupCallAsGuest.All'], meeting: 'channel' },
]

const PERMISSIONS = [...new Set(EXAMPLES.flatMap(({ permissions }) => permissions))]

/** The page writes some in the plural; letter case does not count (E-04, E-05). */
const spelling = (permission: string) => permission.toLowerCase().replace('groupcalls', 'groupcall')

const claims = z.looseObject({
  tid: z.string(),
  appid: z.string().optional(),
  azp: z.string().optional(),
  roles: z.array(z.string()).default([]),
})

/** What a token carries besides the permissions for calling is counted, not shown. */
export interface Grant {
  /** In lower case, names in the singular. */
  readonly permissions: ReadonlySet<string>
  readonly others: number
}

export interface Token {
  readonly bearer: string
  /** Null where the token cannot be read: Graph's tokens are formally nobody's but Graph's. */
  readonly grant: Grant | null
}

/** Asks for a token, and whether it is one of this app in this tenant. */
export async function checkCredential(
  ask: () => Promise<string>,
  { tenantId, clientId }: { readonly tenantId: string; readonly clientId: string },
): Promise<Checked<Token>> {
  let bearer: string
  try {
    bearer = await ask()
  } catch (error) {
    if (error instanceof CouldNotRun || error instanceof HarnessError) return found({ state: 'mend', says: error.message })
    throw error
  }
  const read = readClaims(bearer)
  if (read === null) {
    const finding = warning({ cause: 'a token was got that cannot be read', remedy: 'what it permits shows only in a run' })
    return { findings: [finding], found: { bearer, grant: null } }
  }
  const app = read.appid ?? read.azp ?? 'none'
  const roles = read.roles.map(spelling)
  const permissions = new Set(roles.filter((role) => PERMISSIONS.some((permission) => spelling(permission) === role)))
  const told = `a token for app ${app} in tenant ${read.tid}`
  const right = app.toLowerCase() === clientId && read.tid.toLowerCase() === tenantId
  return {
    findings: [
      right
        ? ok(told)
        : mend({
            cause: `got ${told}`,
            remedy: 'which is another; correct GRAPH_CLIENT_ID and GRAPH_TENANT_ID, or the credential',
          }),
    ],
    found: right ? { bearer, grant: { permissions, others: roles.length - permissions.size } } : null,
  }
}

function readClaims(token: string): z.output<typeof claims> | null {
  try {
    return claims.parse(decodeJwt(token))
  } catch {
    return null
  }
}

/** Which examples the permissions allow, and what to grant for the others. */
export async function checkPermissions({ grant }: Token, requirements: readonly Requirement[]): Promise<Checked> {
  if (grant === null)
    return found(warning({ cause: 'cannot be told', remedy: 'see in the portal that an administrator has consented' }))
  const examples = EXAMPLES.filter(({ id }) => requirements.some((requirement) => requirement.id === id))
  const name = (id: string) => named(id, requirements)
  const lacks = (permission: string) => !grant.permissions.has(spelling(permission))
  const held = PERMISSIONS.filter((permission) => !lacks(permission))
  const consent = 'in the registration, as an application permission, and let an administrator consent'
  if (held.length === 0) {
    const cause = `the token permits nothing of calling (it has ${grant.others} other permissions)`
    return found(mend({ cause, remedy: `grant ${PERMISSIONS.join(', ')} ${consent}` }))
  }
  const allowed = examples.filter(({ permissions }) => !permissions.some(lacks)).map(({ id }) => name(id))
  const refused = examples.filter(({ permissions }) => permissions.some(lacks))
  return found(
    ok(`${held.join(', ')}: they allow ${allowed.join(', ') || 'none of the examples by themselves'}`),
    ...refused.map(({ id, permissions }) =>
      warning({ cause: `${name(id)} will be refused`, remedy: `grant ${permissions.filter(lacks).join(' and ')} ${consent}` }),
    ),
  )
}

/** What the cast declares, and which examples cannot be judged with it. */
export async function checkCast(cast: Cast, people: PeopleSetting, requirements: readonly Requirement[]): Promise<Checked> {
  const declared = capabilitiesOf(cast)
  const findings = EXAMPLES.flatMap(({ id, meeting }): Finding[] => {
    const requirement = requirements.find((one) => one.id === id)
    if (requirement === undefined) return []
    const missing = requirement.needs.filter(({ capability }) => !declared.has(capability))
    const whole = missing.filter((need) => need.for === null).map(({ capability }) => capability)
    const absent = [...(meeting === null || meeting in cast.meetings ? [] : [`the ${meeting} meeting`]), ...whole]
    const name = named(id, requirements)
    if (absent.length > 0)
      return [
        warning({ cause: `${name} does not apply`, remedy: `declare ${absent.join(' and ')} in the cast to have it judged` }),
      ]
    if (people.kind === 'unattended' && requirement.needs.some(({ capability }) => capability === 'person-answers'))
      return [warning({ cause: `${name} cannot run, nobody answers`, remedy: 'set GRAPH_PEOPLE to attended and sit by' })]
    return missing.map(({ capability, for: part }) =>
      warning({
        cause: `${name} is judged without ${part}`,
        remedy: `declare ${capability} in the cast to have that judged too`,
      }),
    )
  })
  const { people: persons, meetings, limits } = cast
  const size = `people: ${Object.keys(persons).length}, meetings: ${Object.keys(meetings).length}; at most ${limits.maxCalls} calls a run`
  return found(ok(size), ...findings)
}

/** An example by its id and by the number that the page gives it. */
function named(id: string, requirements: readonly Requirement[]): string {
  const example = /^Example \d+/.exec(requirements.find((one) => one.id === id)?.statement ?? '')?.[0]
  return example === undefined ? id : `${id} (${example.toLowerCase()})`
}
